"""Why a seat stays empty: the inclusion-minimal Hall set that explains it (draw-protocol section 4, ruling 14).

Of the seats that are held and one that is empty, exactly one smallest set cannot be filled at once: the seats that would be
left, one after another, if the empty one were filled. So it is what can be reached from the empty seat by asking who may sit
there and which seat he or she would leave. Taking away any one seat of it lets all the others be filled.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


class Reach(Generic[Node]):
    """What can be reached from a node, as parts that are shared between nodes: a hopeless register costs one walk, not thousands.

    `follow` gives the next nodes. Tarjan's algorithm, without recursion.
    """

    def __init__(self, follow: Callable[[Node], Iterable[Node]]) -> None:
        self.follow = follow
        self.part_of: dict[Node, int] = {}
        self.parts: list[tuple[Node, ...]] = []
        self.after: list[frozenset[int]] = []
        self.seen: dict[Node, int] = {}
        self.found: dict[frozenset[int], tuple[Node, ...]] = {}

    def of(self, start: Node) -> tuple[Node, ...]:
        """Every node that can be reached from `start`, itself apart; the same tuple for all starts that reach the same parts."""
        entries = set()
        for node in self.follow(start):
            if node not in self.part_of:
                self.walk(node)
            entries.add(self.part_of[node])
        key = frozenset(entries)
        if key not in self.found:
            self.found[key] = tuple(node for part in self.closed(key) for node in self.parts[part])
        return self.found[key]

    def closed(self, entries: frozenset[int]) -> list[int]:
        """The parts themselves and all that come after them."""
        told, waiting = set(entries), list(entries)
        while waiting:
            more = self.after[waiting.pop()] - told
            told |= more
            waiting += more
        return sorted(told)

    def walk(self, root: Node) -> None:
        """Number the parts of all that can be reached from `root` and was not met before."""
        low, stack = {root: self.meet(root)}, [root]
        path = [(root, iter(self.follow(root)))]
        while path:
            node, nexts = path[-1]
            for other in nexts:
                if other not in self.seen:
                    low[other] = self.meet(other)
                    stack.append(other)
                    path.append((other, iter(self.follow(other))))
                    break
                if other not in self.part_of:
                    low[node] = min(low[node], self.seen[other])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == self.seen[node]:
                    self.close(node, stack)

    def meet(self, node: Node) -> int:
        """The number of a node met for the first time."""
        self.seen[node] = len(self.seen)
        return self.seen[node]

    def close(self, node: Node, stack: list[Node]) -> None:
        """A part is complete: everything on the stack down to its first node."""
        popped = [stack.pop()]
        while popped[-1] != node:
            popped.append(stack.pop())
        members = tuple(popped)
        self.part_of.update(dict.fromkeys(members, len(self.parts)))
        self.parts.append(members)
        nexts = {self.part_of[other] for member in members for other in self.follow(member)}
        self.after.append(frozenset(nexts - {len(self.parts) - 1}))

"""The hash of a draw's suite and the Merkle tree over its rows (draw-protocol 7.1, 7.3)."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from inspector.domain.errors import Invalid

SUITES = ("sha256", "sm3")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_LEAF, _NODE = b"\x00", b"\x01"
_STRETCH = 1024  # a power of two: then the tops of all stretches are one level of the whole tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """H by name. SM3 needs an OpenSSL that was built with it. Raises Invalid otherwise."""

    name: str = "sha256"

    def __post_init__(self) -> None:
        if self.name not in SUITES or self.name not in hashlib.algorithms_available:
            raise Invalid("draw_suite_unavailable", suite=self.name, known=", ".join(SUITES))

    def digest(self, content: bytes) -> bytes:
        """H(content), 32 bytes."""
        # The direct constructor takes half the time of a look-up by name.
        return hashlib.sha256(content).digest() if self.name == "sha256" else hashlib.new(self.name, content).digest()

    def behind(self, prefix: bytes) -> Callable[[bytes], bytes]:
        """H(prefix + content) as a function of the content, for many of them: the prefix is taken in once."""
        start = hashlib.new(self.name, prefix).copy

        def digest(content: bytes) -> bytes:
            hashed = start()
            hashed.update(content)
            return hashed.digest()

        return digest

    def hex(self, text: str) -> str:
        """H of a text's UTF-8 bytes as lower-case hex."""
        return self.digest(text.encode()).hex()


def leaf(suite: Suite, line: bytes) -> bytes:
    """The node of one row; the first byte keeps rows and inner nodes apart."""
    return suite.digest(_LEAF + line)


def root(suite: Suite, lines: Iterable[bytes]) -> str:
    """The Merkle root in hex; H("") for no rows. Holds one node for each stretch of rows: a roster is hashed as it is read."""
    tops = [climb(suite, stretch)[0] for stretch in _stretches(suite, lines)]
    return (climb(suite, tops)[0] if tops else suite.digest(b"")).hex()


def path(suite: Suite, lines: Iterable[bytes], index: int) -> tuple[str, ...]:
    """The inclusion path of one row, from its leaf to the root; an odd last node moves up unchanged (RFC 6962's tree)."""
    return paths(suite, lines, [index])[0]


def paths(suite: Suite, lines: Iterable[bytes], indices: Sequence[int]) -> list[tuple[str, ...]]:
    """The inclusion paths of many rows, in the order of `indices`: the tree is built once, however many are asked for.

    Holds what `root` holds, and the paths.
    """
    asked = defaultdict[int, list[int]](list)
    for index in dict.fromkeys(indices):
        asked[index // _STRETCH].append(index)
    lower: dict[int, list[str]] = {}
    tops: list[bytes] = []
    for number, stretch in enumerate(_stretches(suite, lines)):
        here = asked.get(number, [])
        top, steps = climb(suite, stretch, [index % _STRETCH for index in here])
        lower |= zip(here, steps, strict=True)
        tops.append(top)
    upper = dict(zip(asked, climb(suite, tops, list(asked))[1], strict=True)) if tops else {}
    return [(*lower[index], *upper[index // _STRETCH]) for index in indices]


def leaves(suite: Suite, lines: Iterable[bytes]) -> list[bytes]:
    """The lowest nodes of a stretch of rows."""
    return list(map(suite.behind(_LEAF), lines))


def climb(suite: Suite, level: Sequence[bytes], at: Sequence[int] = ()) -> tuple[bytes, list[list[str]]]:
    """(the node above all of a level, the steps from each of the places `at` up to there).

    Of a part of a tree that is as long as a power of two and begins at a multiple of it, that node is one of the whole tree's.
    """
    steps: list[list[str]] = [[] for _ in at]
    places, join = list(at), suite.behind(_NODE)
    while len(level) > 1:
        for number, place in enumerate(places):
            if place ^ 1 < len(level):
                steps[number].append(level[place ^ 1].hex())
            places[number] = place // 2
        nodes = iter(level)
        above = [join(left + right) for left, right in zip(nodes, nodes, strict=False)]
        level = [*above, *level[len(level) & ~1 :]]  # pairs become one node, an odd last one stays
    return level[0], steps


def included(suite: Suite, line: bytes, index: int, count: int, steps: Sequence[object], expected: str) -> bool:
    """Whether a row with its path leads to the root as row `index` of `count`. Never raises, whatever the path holds."""
    return leads(suite, leaf(suite, line), index, count, steps, expected)


def leads(suite: Suite, node: bytes, index: int, count: int, steps: Sequence[object], expected: str) -> bool:
    """Whether a row's leaf with its path leads to the root as row `index` of `count`. Never raises, whatever the path holds."""
    if not 0 <= index < count or not all(isinstance(step, str) and _HEX64.fullmatch(step) for step in steps):
        return False
    left = [bytes.fromhex(str(step)) for step in reversed(steps)]
    while count > 1:
        if index ^ 1 < count:
            if not left:
                return False
            node = suite.digest(_NODE + (left.pop() + node if index % 2 else node + left.pop()))
        index, count = index // 2, (count + 1) // 2
    return not left and node.hex() == expected


def _stretches(suite: Suite, lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest, hashed = iter(lines), suite.behind(_LEAF)
    while stretch := [hashed(line) for line in islice(rest, _STRETCH)]:
        yield stretch

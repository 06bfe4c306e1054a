"""The hash of a draw's suite and the Merkle tree over its rows (draw-protocol 7.1, 7.3)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
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
    rest, hashed, join = iter(lines), suite.behind(_LEAF), suite.behind(_NODE)
    tops: list[bytes] = []
    while stretch := [hashed(line) for line in islice(rest, _STRETCH)]:
        tops.append(_top(join, stretch))
    return (_top(join, tops) if tops else suite.digest(b"")).hex()


def path(suite: Suite, lines: Iterable[bytes], index: int) -> tuple[str, ...]:
    """The inclusion path of one row, from its leaf to the root; an odd last node moves up unchanged (RFC 6962's tree)."""
    return paths(suite, lines, [index])[0]


def paths(suite: Suite, lines: Iterable[bytes], indices: Sequence[int]) -> list[tuple[str, ...]]:
    """The inclusion paths of many rows, in the order of `indices`: the tree is built once, however many are asked for."""
    steps: list[list[str]] = [[] for _ in indices]
    at, join, level = list(indices), suite.behind(_NODE), list(map(suite.behind(_LEAF), lines))
    while len(level) > 1:
        for place, index in enumerate(at):
            if index ^ 1 < len(level):
                steps[place].append(level[index ^ 1].hex())
            at[place] = index // 2
        level = _above(join, level)
    return list(map(tuple, steps))


def included(suite: Suite, line: bytes, index: int, count: int, steps: Sequence[object], expected: str) -> bool:
    """Whether a row with its path leads to the root as row `index` of `count`. Never raises, whatever the path holds."""
    if not 0 <= index < count or not all(isinstance(step, str) and _HEX64.fullmatch(step) for step in steps):
        return False
    node, left = leaf(suite, line), [bytes.fromhex(str(step)) for step in reversed(steps)]
    while count > 1:
        if index ^ 1 < count:
            if not left:
                return False
            node = suite.digest(_NODE + (left.pop() + node if index % 2 else node + left.pop()))
        index, count = index // 2, (count + 1) // 2
    return not left and node.hex() == expected


def _top(join: Callable[[bytes], bytes], level: list[bytes]) -> bytes:
    while len(level) > 1:
        level = _above(join, level)
    return level[0]


def _above(join: Callable[[bytes], bytes], level: list[bytes]) -> list[bytes]:
    """The next level: pairs become one node, an odd last one stays."""
    nodes = iter(level)
    return [join(left + right) for left, right in zip(nodes, nodes, strict=False)] + level[len(level) & ~1 :]

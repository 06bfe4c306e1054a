"""The hash of a draw's suite and the Merkle tree over its rows (draw-protocol 7.1, 7.3)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inspector.domain.errors import Invalid

SUITES = ("sha256", "sm3")
_HEX64 = re.compile(r"[0-9a-f]{64}")


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

    def hex(self, text: str) -> str:
        """H of a text's UTF-8 bytes as lower-case hex."""
        return self.digest(text.encode()).hex()


def leaf(suite: Suite, line: bytes) -> bytes:
    """The node of one row; the first byte keeps rows and inner nodes apart."""
    return suite.digest(b"\x00" + line)


def root(suite: Suite, lines: Iterable[bytes]) -> str:
    """The Merkle root in hex; H("") for no rows. Holds one node a level: a roster of any size is hashed as it is read."""
    full: list[tuple[int, bytes]] = []  # the full subtrees so far, left to right, with their heights
    for line in lines:
        height, node = 0, leaf(suite, line)
        while full and full[-1][0] == height:
            height, node = height + 1, _joined(suite, full.pop()[1], node)
        full.append((height, node))
    if not full:
        return suite.digest(b"").hex()
    node = full.pop()[1]
    while full:
        node = _joined(suite, full.pop()[1], node)
    return node.hex()


def path(suite: Suite, lines: Sequence[bytes], index: int) -> tuple[str, ...]:
    """The inclusion path of one row, from its leaf to the root; an odd last node moves up unchanged (RFC 6962's tree)."""
    steps: list[str] = []
    level = [leaf(suite, line) for line in lines]
    while len(level) > 1:
        if index ^ 1 < len(level):
            steps.append(level[index ^ 1].hex())
        pairs = [_joined(suite, level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level, index = pairs + level[len(pairs) * 2 :], index // 2
    return tuple(steps)


def included(suite: Suite, line: bytes, index: int, count: int, steps: Sequence[object], expected: str) -> bool:
    """Whether a row with its path leads to the root as row `index` of `count`. Never raises, whatever the path holds."""
    if not 0 <= index < count or not all(isinstance(step, str) and _HEX64.fullmatch(step) for step in steps):
        return False
    node, left = leaf(suite, line), [bytes.fromhex(str(step)) for step in reversed(steps)]
    while count > 1:
        if index ^ 1 < count:
            if not left:
                return False
            node = _joined(suite, left.pop(), node) if index % 2 else _joined(suite, node, left.pop())
        index, count = index // 2, (count + 1) // 2
    return not left and node.hex() == expected


def _joined(suite: Suite, left: bytes, right: bytes) -> bytes:
    return suite.digest(b"\x01" + left + right)

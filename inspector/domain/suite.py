"""The hash of a draw's suite and the Merkle tree over its rows (draw-protocol 7.1, 7.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from inspector.domain.errors import Invalid

SUITES = ("sha256", "sm3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """H by name. SM3 needs an OpenSSL that was built with it. Raises Invalid otherwise."""

    name: str = "sha256"

    def __post_init__(self) -> None:
        if self.name not in SUITES or self.name not in hashlib.algorithms_available:
            raise Invalid("draw_suite_unavailable", suite=self.name, known=", ".join(SUITES))

    def digest(self, content: bytes) -> bytes:
        """H(content), 32 bytes."""
        return hashlib.new(self.name, content).digest()

    def hex(self, text: str) -> str:
        """H of a text's UTF-8 bytes as lower-case hex."""
        return hashlib.new(self.name, text.encode()).hexdigest()


def levels(suite: Suite, lines: Sequence[bytes]) -> list[list[bytes]]:
    """The tree from leaves to root; an odd last node moves up unchanged, which equals RFC 6962's tree."""
    level = [suite.digest(b"\x00" + line) for line in lines]
    tree = [level]
    while len(level) > 1:
        pairs = [suite.digest(b"\x01" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
        tree.append(level)
    return tree


def root(suite: Suite, lines: Sequence[bytes]) -> str:
    """The Merkle root in hex; H("") for no rows."""
    if not lines:
        return suite.digest(b"").hex()
    return levels(suite, lines)[-1][0].hex()


def path(suite: Suite, lines: Sequence[bytes], index: int) -> tuple[str, ...]:
    """The inclusion path of one row."""
    steps: list[str] = []
    for level in levels(suite, lines)[:-1]:
        sibling = index ^ 1
        if sibling < len(level):
            steps.append(level[sibling].hex())
        index //= 2
    return tuple(steps)


def included(suite: Suite, line: bytes, index: int, count: int, steps: Sequence[str], expected: str) -> bool:
    """Whether a row with its path leads to the root."""
    node, left = suite.digest(b"\x00" + line), list(steps)
    while count > 1:
        if index ^ 1 < count:
            if not left:
                return False
            other = bytes.fromhex(left.pop(0))
            node = suite.digest(b"\x01" + (other + node if index % 2 else node + other))
        index, count = index // 2, (count + 1) // 2
    return not left and node.hex() == expected

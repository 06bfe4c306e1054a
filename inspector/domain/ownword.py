"""Whose word a subject's word is: its own, or that of an officer who has entered it, or who was handed the link by which it came.

Whoever holds a subject's link can say by it what the subject can say, and nobody could tell the two apart. So no word that ends
something counts as the subject's own where an officer could have said it (handbook 2.7; decision 160).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from inspector.domain.consequence import Signed


class Uttered(Protocol):
    """A word that somebody may have entered for the subject (`entered`), or that came by a link that `holders` had in hand."""

    @property
    def entered(self) -> Signed | None:
        """Which officer wrote it down."""

    @property
    def holders(self) -> tuple[Signed, ...]:
        """Which officers had been handed the link by which it came."""


class Shown(Uttered, Protocol):
    """One with the SHA-256 of the files that came with it."""

    @property
    def digests(self) -> tuple[str, ...]:
        """Of the paper that the subject has signed, where an officer enters it."""


def hands(word: Uttered) -> tuple[Signed, ...]:
    """The officers of whom it may be the word."""
    return (word.entered,) if word.entered is not None else word.holders


def itself(word: Uttered) -> bool:
    """Whether it is the subject's own, by its own link or by the system through which it came."""
    return not hands(word)


def of(word: Uttered, signed: Signed) -> bool:
    """Whether it may be the word of who signs; a deputy and whom he or she stands in for are one here."""
    return any(one.may_mend(signed) for one in hands(word))


def seconded(word: Shown, earlier: Sequence[Uttered]) -> bool:
    """Whether who enters it, with the signed paper, is the second officer: an `earlier` one is another's."""
    second = word.entered
    if second is None or not word.digests:
        return False
    return any(hands(one) and not of(one, second) for one in earlier)

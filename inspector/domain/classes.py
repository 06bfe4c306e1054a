"""What a report has to know of a draw's classes of objects beside their numbers: from a pack's rows, or of files from the commitment."""

from __future__ import annotations

from typing import Protocol

FILES = "FILES"
"""The route of an object that stands in a roster of files, which says nothing of how it came there."""


class Class(Protocol):
    """What a report has to know of a class of objects beside its numbers: the level it is of, and whether it is to be drawn whole."""

    @property
    def level(self) -> str | None:
        """The credit level; None for a class of several, or of none."""

    @property
    def whole(self) -> bool:
        """Whether all of it are drawn on purpose."""


class Classes(Protocol):
    """Who knows the classes of a draw: the pack, or without the daemon the commitment."""

    def sampling(self, stratum: str, /) -> Class:
        """A class by its stratum."""

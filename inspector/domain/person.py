"""Names that stand under a decision: whether two are one person's, however they are typed."""

from __future__ import annotations

import unicodedata


def same(one: str, other: str) -> bool:
    """Whether two names are one person's: without case, blanks, full width, and the `os:` of the machine's users."""
    return _plainest(one) == _plainest(other)


def _plainest(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split()).removeprefix("os:")

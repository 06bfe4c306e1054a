"""What persons put under a decision: their names, and why. Whether two names are one person's, however they are typed."""

from __future__ import annotations

import unicodedata

from inspector.domain.errors import Invalid

LONGEST = 400
"""Letters of a name, a reason, a piece of evidence."""
LONGEST_NAME = 100
"""Letters of the name in a token, which stands below what its holder signs."""


def same(one: str, other: str) -> bool:
    """Whether two names are one person's: without case, blanks, full width, and the `os:` of the machine's users."""
    return _plainest(one) == _plainest(other)


def said(field: str, text: str) -> str:
    """A text in one line that says something. Raises Invalid (`draw_field_unusable`)."""
    told = " ".join(text.split())
    if not told or len(told) > LONGEST or not told.isprintable():
        raise Invalid("draw_field_unusable", field=field, most=LONGEST)
    return told


def nameable(name: str) -> bool:
    """Whether a text names somebody where it is shown: one line of visible characters, without a tag or a blank at its ends."""
    return name == name.strip() and 0 < len(name) <= LONGEST_NAME and name.isprintable() and not set(name) & set("<>")


def _plainest(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split()).removeprefix("os:")

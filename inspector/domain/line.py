"""A line that people read, and by which two things are told apart: names, numbers of cases. One rule, whatever door it comes in by."""

from __future__ import annotations

import unicodedata

from inspector.domain.errors import Invalid

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that nobody sees. Not among them: private and not yet assigned signs, in which rare names are written."""


def hidden(text: str) -> int:
    """The place, from 1, of the first sign that nobody sees: a control, a mark of zero width, a turn of direction. 0: there is none."""
    if text.isascii() and text.isprintable():
        return 0
    return next((place for place, sign in enumerate(text, 1) if unicodedata.category(sign) in _HIDDEN), 0)


def line(field: str, text: str) -> str:
    """The text without its outer blanks. Raises Invalid (`text_hidden`): two that look alike must not be two."""
    told = text.strip()
    if place := hidden(told):
        raise Invalid("text_hidden", field=field, place=place)
    return told


def pasted(text: str) -> str:
    """What somebody has pasted to look something up by, without the blanks, line ends and unseen signs that came along around it."""
    seen = [place for place, sign in enumerate(text) if not sign.isspace() and unicodedata.category(sign) not in _HIDDEN]
    return text[seen[0] : seen[-1] + 1] if seen else ""

"""Texts in one of Unicode's normal forms, in time linear in their length, whoever wrote them; cells that compute nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal

_MOST_MARKS = 30
_APART = "\u034f"
"""The combining grapheme joiner, which shows nothing and parts marks (Unicode's stream-safe form, UAX 15, 13)."""
_SHORT = 500


def composed(text: str, form: Literal["NFC", "NFD", "NFKC"] = "NFKC") -> str:
    """The normal form. Marks behind one sign are put in order, which takes the square of their number: thirty are ordered at once.

    No writing has so many; a text without them is what Unicode says it is.
    """
    long = len(text) > _SHORT and not text.isascii()
    return unicodedata.normalize(form, "".join(_parted(text)) if long else text)


_BLANKS, _DASHES = re.compile(r"\s+"), re.compile(r"[-\u2010-\u2015\u2212\u30fc]+")


def written(text: str) -> str:
    """A code that people write in several ways: one width, one case, no blanks, and one sign for all dashes."""
    return _DASHES.sub("-", _BLANKS.sub("", composed(text).casefold()))


def among(name: str, known: Iterable[str]) -> dict[str, str]:
    """Facts about a name that is none of the `known`: those, and the `nearest` of them, which is empty where none is like it."""
    names = tuple(known)
    return {"known": ", ".join(names), "nearest": _nearest(name, names)}


@lru_cache(maxsize=256)
def _nearest(name: str, known: tuple[str, ...]) -> str:
    return "".join(get_close_matches(name, known, n=1))


def plain_cell(text: str) -> str:
    """The text of a cell that goes out; what a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{text}" if text[:1] and text[:1] in "=+-@\t\r" else text


def _parted(text: str) -> Iterator[str]:
    marks = 0
    for sign in text:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks > _MOST_MARKS:
            yield _APART
            marks = 1
        yield sign

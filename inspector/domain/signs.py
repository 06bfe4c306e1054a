"""Texts in one of Unicode's normal forms, in time linear in their length, whoever wrote them; cells that compute nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal

LATER = re.compile(
    "[\u0892-\u0897\u1acf-\u1aff\U000105bd-\U000105ff\U00010d3a-\U00010e5f\U00010eb2-\U00010eff\U00011375-\U000113ff"
    "\U00011ef9-\U00011faf\U00014647-\U000167ff\U00016b90-\U00016e3f\U0001e02b-\U0001e0ff\U0001e300-\U0001e7df]"
)
"""What of Unicode is composed or put in order by versions behind 14.0 alone, with the gaps of 14.0 in which it lies (draw-protocol 7.1).

One reader would call a text with such a letter canonical and another one not, each by the Unicode that it was built with.
"""
_MOST_MARKS = 30
_APART = "\u034f"
"""The combining grapheme joiner, which shows nothing and parts marks (Unicode's stream-safe form, UAX 15, 13)."""
_SHORT = 500


def composed(text: str, form: Literal["NFC", "NFD", "NFKC"] = "NFKC") -> str:
    """The normal form. Marks behind one sign are put in order, which takes the square of their number: thirty are ordered at once.

    No writing has so many; a text without them is what Unicode says it is.
    """
    if text.isascii():
        return text
    return unicodedata.normalize(form, "".join(_parted(text)) if len(text) > _SHORT else text)


DOTS = frozenset("\u00b7\u2022\u2027\u2219\u22c5\u25cf\u30fb")
"""The dot between the parts of a name, as input methods write it: which of them it is, and whether it was typed, tells nothing apart."""
_BRACKETS = {"Ps": "[", "Pe": "]"}
_BLANKS, _DASHES = re.compile(r"\s+"), re.compile(r"[-\u2010-\u2015\u2212\u30fc]+")


def written(text: str) -> str:
    """A code that people write in several ways: one width, one case, no blanks, and one sign for all dashes."""
    return _DASHES.sub("-", _BLANKS.sub("", composed(text).casefold()))


def cited(text: str) -> str:
    """The number of a document at its plainest: as `written`, with one sign for all brackets, and nothing that shows nothing.

    〔2026〕, [2026], （2026） and 【2026】 are one year, whichever of them an input method writes.
    """
    told = ((one, unicodedata.category(one)) for one in written(text) if one not in DOTS)
    return "".join(_BRACKETS.get(kind, one) for one, kind in told if kind != "Cf")


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

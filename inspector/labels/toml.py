"""What is wrong with a TOML file, in both languages: where, and what to do. The standard library's reader speaks English alone."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache

from inspector.labels import LANGS, Lang, label, reason

_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)$")
_KINDS: Mapping[str, str] = {
    "Cannot ": "twice",
    "Duplicate ": "twice",
    "Expected '='": "statement",
    "Invalid statement": "statement",
    "Invalid initial": "statement",
    "Expected ']": "head",
    "Expected newline": "surplus",
    "Invalid date": "date",
    "Invalid value": "value",
    "Unclosed": "open",
    "Unterminated": "text",
    "Unescaped": "escape",
    "Escaped": "escape",
    "Invalid hex": "escape",
    "Illegal": "character",
    "Found invalid": "character",
}
"""How the reader's sentences begin, and the words we have for each; any other is `other`."""

_DAY = re.compile(r"(?:^|[=\[,])\s*(\d{1,5}(?:[-./]|\u5e74)\d{1,2}(?:[-./]|\u6708)\d{1,2}\u65e5?(?:[T ]\d+:\S*)?)")
"""A day as people write it, also with the three characters for year, month and day; perhaps with a time."""
_FLAG = re.compile(r"=\s*(?:True|False|TRUE|FALSE|\u662f|\u5426)\b")
_WIDE = re.compile("[\uff01-\uff5e\u3000]")
_MEANT = {**dict.fromkeys("“”„＂", '"'), **dict.fromkeys("‘’", "'"), "、": ",", "。": ".", "【": "[", "】": "]"}
"""Signs of the Chinese keyboard that no normal form turns into the one that is meant."""


class Unparsed(tomllib.TOMLDecodeError):
    """That a file is no TOML, with its `text`: the reader's sentence says where, and what stands there says why."""

    def __init__(self, said: str, text: str) -> None:
        super().__init__(said)
        self.text = text


def parsed(raw: bytes) -> dict[str, object]:
    """A file's content. The mark that Windows editors put before UTF-8 is none of it. Raises TOMLDecodeError, UnicodeDecodeError.

    Packs and calendars are read again and again, and hardly ever are they others: what was parsed is copied, which takes an eighth.
    """
    return deepcopy(_parsed(raw))


@lru_cache(maxsize=128)
def _parsed(raw: bytes) -> dict[str, object]:
    text = raw.decode("utf-8-sig")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # nested too deeply, or a number of thousands of digits, is no TOMLDecodeError
        raise Unparsed(str(error), text) from error


def facts(error: ValueError | OSError, name: str = "problem") -> Mapping[str, str]:
    """The facts of an error for a file that could not be read: `problem`, and `problem_zh` beside it."""
    english, chinese = (_told(error, lang) for lang in reversed(LANGS))
    return {name: english, f"{name}_zh": chinese}


def _told(error: ValueError | OSError, lang: Lang) -> str:
    if isinstance(error, OSError):
        return reason(error, lang)
    if isinstance(error, UnicodeDecodeError):
        return label("toml.encoding", lang, line=error.object[: error.start].count(b"\n") + 1)
    said = str(error)
    place = _PLACE.search(said)
    what = _slip(error, place, lang) or label(
        f"toml.{next((kind for begun, kind in _KINDS.items() if said.startswith(begun)), 'other')}", lang
    )
    if place is None or place[1] is None:
        return label("toml.at_end", lang, what=what)
    return label("toml.at", lang, line=place[1], column=place[2], what=what)


def _slip(error: ValueError, place: re.Match[str] | None, lang: Lang) -> str:
    """The usual slips, by what stands at the place: a sign of the Chinese keyboard, a day that is none, another language's truth."""
    if not isinstance(error, Unparsed) or place is None or place[1] is None:
        return ""
    line, at = error.text.split("\n")[int(place[1]) - 1], int(place[2]) - 1  # as the reader counts lines
    if sign := halved(line[at : at + 1]):
        return label("toml.wide", lang, sign=line[at], meant=sign)
    if said := next((found[1] for found in _DAY.finditer(line) if found.start() <= at <= found.end()), ""):
        return label("toml.date", lang, day=said)
    return label("toml.flag", lang) if any(found.start() < at <= found.end() for found in _FLAG.finditer(line)) else ""


def halved(text: str) -> str:
    """A text with the signs of a Chinese keyboard as they are meant here; empty where it has none."""
    if text.isascii():
        return ""
    found = "".join(_MEANT.get(sign) or (unicodedata.normalize("NFKC", sign) if _WIDE.match(sign) else sign) for sign in text)
    return found if found != text else ""

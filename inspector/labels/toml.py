"""What is wrong with a TOML file, in both languages: where, and what to do. The standard library's reader speaks English alone."""

from __future__ import annotations

import re
import tomllib
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


def parsed(raw: bytes) -> dict[str, object]:
    """A file's content. The mark that Windows editors put before UTF-8 is none of it. Raises TOMLDecodeError, UnicodeDecodeError.

    Packs and calendars are read again and again, and hardly ever are they others: what was parsed is copied, which takes an eighth.
    """
    return deepcopy(_parsed(raw))


@lru_cache(maxsize=128)
def _parsed(raw: bytes) -> dict[str, object]:
    return tomllib.loads(raw.decode("utf-8-sig"))


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
    what = label(f"toml.{next((kind for begun, kind in _KINDS.items() if said.startswith(begun)), 'other')}", lang)
    place = _PLACE.search(said)
    if place is None or place[1] is None:
        return label("toml.at_end", lang, what=what)
    return label("toml.at", lang, line=place[1], column=place[2], what=what)

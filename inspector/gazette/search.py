"""The search of the register: a page, one script, and the names in parts that the script loads one by one. No server is asked.

A part is a script that hands over its rows, for a page that is opened from a disk may load a script beside it and nothing else. Who is not
named, and what was taken back, stands in no part.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from pathlib import Path

from inspector.domain.gazette import Line
from inspector.gazette.frame import FOLDERS, nav, place, up, whole
from inspector.labels import LANGS, Lang, label

_SCRIPT = "find.js"
_MOST = 50
"""So many hits are shown, the newest first; whoever has more asks more closely."""
_WORDS = ("searching", "searched", "too_short", "too_many", "part_lacks")
_FACTS = {name: f"{{{name}}}" for name in ("done", "parts", "found", "number")}
"""What the script puts into the words."""


def pages(title: str, parts: int) -> Iterator[tuple[str, bytes]]:
    """The page in each language, and the script."""
    for lang in LANGS:
        yield f"{FOLDERS[lang]}find.html", whole(title, _form(parts, lang), "find.html", lang, script=_SCRIPT)
    yield _SCRIPT, _script()


def name(number: int) -> str:
    """The file of a part, counted from 1."""
    return f"find/{number:05d}.js"


def part(number: int, first: int, lines: Sequence[Line]) -> tuple[str, bytes]:
    """A part, by number from 1; `first` is the index of its first line among all."""
    rows = [
        [one.name, one.code, str(one.posted_on), place(first + index, one.public)]
        for index, one in enumerate(lines)
        if one.name and one.removed is None
    ]
    return name(number), f"part({number},{json.dumps(rows, ensure_ascii=False, separators=(',', ':'))});\n".encode()


def _form(parts: int, lang: Lang) -> str:
    words = "".join(f' data-{name.replace("_", "-")}="{escape(label(f"gazette.{name}", lang, **_FACTS))}"' for name in _WORDS)
    asked, go, back = (escape(label(f"gazette.{name}", lang)) for name in ("find_what", "find_go", "back"))
    way = nav(f'<a href="index.html">{back}</a>\n', lang)
    return (
        f"{way}\n"
        f'<form role="search" data-parts="{parts}" data-most="{_MOST}" data-root="{up(lang)}"{words}>\n'
        f'<label>{asked} <input name="asked" type="search" autocomplete="off" maxlength="100" required></label>\n'
        f"<button>{go}</button>\n</form>\n"
        f"<noscript><p>{escape(label('gazette.find_scriptless', lang))}</p></noscript>\n"
        '<p role="status"></p>\n<ol></ol>'
    )


@cache
def _script() -> bytes:
    return (Path(__file__).parent / _SCRIPT).read_bytes()

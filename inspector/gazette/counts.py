"""What is counted of each draw, on a page and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape

from inspector.domain.drawcount import DrawCount
from inspector.domain.gazette import CheckResult
from inspector.gazette.frame import FOLDERS, cells, nav, table, up, whole
from inspector.labels import LANGS, Lang, label, of

FILE = "data/counts.jsonl"
_COLUMNS = ("draw", "agency", "drawn", "made", "called_off", "results", "only_counted", "waiting", "taken_back")


def files(title: str, draws: Sequence[DrawCount]) -> Iterator[tuple[str, bytes]]:
    """The page in each language, and the file for programs; in any case, so that its absence tells nothing."""
    for lang in LANGS:
        yield f"{FOLDERS[lang]}counts.html", _page(title, draws, lang)
    yield FILE, "".join(json.dumps(one.value(), ensure_ascii=False) + "\n" for one in draws).encode()


def _page(title: str, draws: Sequence[DrawCount], lang: Lang) -> bytes:
    ways = f'<a href="index.html">{escape(label("gazette.back", lang))}</a>\n<a href="{up(lang)}{FILE}">{FILE}</a>\n'
    body = f"<h2>{escape(label('gazette.counts', lang))}</h2>\n<p>{escape(label('gazette.counts_about', lang))}</p>\n"
    body += "" if draws else f"<p>{escape(label('gazette.counts_none', lang))}</p>\n"
    held = table(_COLUMNS, (_row(one, lang) for one in draws), 1, lang) if draws else ""
    return whole(title, f"{body}{nav(ways, lang)}\n{held}", "counts.html", lang)


def _row(one: DrawCount, lang: Lang) -> str:
    found = (f"{of(kind, lang)} {one.results[kind]}" for kind in CheckResult if one.results.get(kind))
    results = label("ui.names_gap", lang).join(found) or "0"
    numbers = (one.drawn, one.made, one.called_off), (one.counted, one.waiting, one.removed)
    told = (one.draw or label("gazette.no_draw", lang), one.agency, *map(str, numbers[0]), results, *map(str, numbers[1]))
    return f'<tr role="row">{cells(_COLUMNS, told, lang)}</tr>'

"""The pages of the register: an index, and the lines by the page on which they first stood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from inspector.domain.gazette import Line
from inspector.gazette.frame import FOLDERS, PAGE, cells, nav, page_links, page_name, table, up, whole
from inspector.labels import LANGS, Lang, label, of

_COLUMNS = ("posted_on", "agency", "check", "name", "formed_on", "found", "draw")


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the index counts."""

    standing: int
    removed: int
    withheld: int
    counted: int
    on: date | None = None


def files(
    title: str, lines: Sequence[Line], totals: Totals, data: Sequence[str], same: Callable[[int, int], bool]
) -> Iterator[tuple[str, bytes]]:
    """Every page by its path, but those whose lines are the `same`. `data`: the files for programs, which the index leads to."""
    count = max(1, -(-len(lines) // PAGE))
    for lang in LANGS:
        yield f"{FOLDERS[lang]}index.html", _index(title, totals, count, data, lang)
    for number, start in enumerate(range(0, count * PAGE, PAGE), 1):
        if not same(start, start + PAGE):
            part = lines[start : start + PAGE]
            yield from ((f"{FOLDERS[lang]}{page_name(number)}", _page(title, part, number, count, lang)) for lang in LANGS)


def names(count: int, same: Callable[[int, int], bool]) -> Iterator[str]:
    """The pages of so many lines whose lines are the `same`."""
    for number, start in enumerate(range(0, max(count, 1), PAGE), 1):
        if same(start, start + PAGE):
            yield from (f"{FOLDERS[lang]}{page_name(number)}" for lang in LANGS)


def _index(title: str, totals: Totals, count: int, data: Sequence[str], lang: Lang) -> bytes:
    told = label("gazette.total", lang, results=totals.standing, removed=totals.removed, withheld=totals.withheld)
    raw = "".join(f'<a href="{up(lang)}{name}">{name}</a>\n' for name in data)
    body = f"<p>{escape(label('gazette.on', lang, on=totals.on))}</p>\n" if totals.on else ""
    body += f"<p>{escape(told)}</p>\n"
    body += f"<p>{escape(label('gazette.counted', lang, counted=totals.counted))}</p>\n" if totals.counted else ""
    body += f"<p>{escape(label('gazette.about', lang))}</p>\n"
    body += f'<p><a href="find.html">{escape(label("gazette.find", lang))}</a></p>\n'
    for name in ("letters", "penalties", "counts", "heads"):
        body += f'<p><a href="{name}.html">{escape(label(f"gazette.{name}", lang))}</a></p>\n'
    body += nav(page_links([page_name(number) for number in range(1, count + 1)], lang), lang) + "\n"
    body += f'<nav aria-label="{escape(label("gazette.data", lang))}">\n{raw}</nav>' if data else ""
    return whole(title, body, "index.html", lang)


def _page(title: str, lines: Sequence[Line], number: int, count: int, lang: Lang) -> bytes:
    around = [(number + 1, "newer"), (number - 1, "older")]
    links = "".join(
        f'<a href="{page_name(at)}">{escape(label(f"gazette.{word}", lang))}</a>\n' for at, word in around if 1 <= at <= count
    )
    back = f'<a href="index.html">{escape(label("gazette.back", lang))}</a>\n'
    held = table(_COLUMNS, (_row(one, lang) for one in lines), number, lang)
    return whole(title, f"{nav(back + links, lang)}\n{held}", page_name(number), lang)


def _row(one: Line, lang: Lang) -> str:
    row = f'<tr role="row" id="{escape(one.public)}">'
    if one.removed:
        told = label("gazette.removed", lang, on=one.removed_on, reason=of(one.removed, lang))
        return f'{row}<td role="cell" colspan="{len(_COLUMNS)}">{escape(told)}</td></tr>'
    name = f"{one.name} {one.code}" if one.name else label("gazette.unnamed", lang)
    codes = [row.name_en if lang == "en" else row.name for row in one.codes]
    came = label("ui.names_gap", lang).join((of(one.found, lang), *codes))
    said = (str(one.posted_on), one.agency, of(one.check, lang), name, str(one.formed_on or "—"), came, one.draw or "—")
    return f"{row}{cells(_COLUMNS, said, lang)}</tr>"

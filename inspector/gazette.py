"""The public register as files that need no server: pages in Chinese and English, and the same for programs. Pure: lines in, files out.

No script, no picture, no address but those of the folder itself. Lines keep the page on which they first stood, so that a later
register differs from an earlier one in its last page, its index and what was taken back.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from html import escape

from inspector.domain.gazette import Line
from inspector.labels import LANGS, Lang, label, of

PAGE = 500
"""Lines on one page."""
_FOLDERS: dict[Lang, str] = {"zh-Hans": "", "en": "en/"}
_CODES: dict[Lang, str] = {"zh-Hans": "zh-CN", "en": "en"}
_COLUMNS = ("posted_on", "agency", "check", "name", "formed_on", "found", "draw")
_STYLE = """:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; color: #1c2530; background: #fff;
  font: 1rem/1.6 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
a { color: #0b4f8a; }
h1 { font-size: 1.4rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: start; }
th, td { text-align: start; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #8a96a3; }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: 1rem 0; }
nav a, header a { display: inline-block; padding: .7rem 0; }
@media (max-width: 40rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, caption, tbody, tr { display: block; }
  tr { margin: .8rem 0; padding: .3rem .8rem; border: 1px solid #8a96a3; border-radius: .3rem; }
  td { display: grid; grid-template-columns: 6rem minmax(0, 1fr); gap: 0 .6rem; padding: .35rem 0; border: 0; overflow-wrap: anywhere; }
  td::before { content: attr(data-name); font-weight: 600; }
}
@media (prefers-color-scheme: dark) { body { color: #e6ebf0; background: #14191f; } a { color: #7db8ee; } }
"""


def files(title: str, lines: Sequence[Line], withheld: int) -> Iterator[tuple[str, bytes]]:
    """Every file of the register by its path. `withheld`: results that are there and wait for an officer, or for visits of their draw."""
    count = max(1, -(-len(lines) // PAGE))
    for lang in LANGS:
        yield f"{_FOLDERS[lang]}index.html", _index(title, lines, count, withheld, lang)
        for number in range(1, count + 1):
            part = lines[(number - 1) * PAGE : number * PAGE]
            yield f"{_FOLDERS[lang]}{page_name(number)}", _page(title, part, number, count, lang)
    yield "results.jsonl", "".join(json.dumps(one.value(), ensure_ascii=False) + "\n" for one in lines).encode()
    yield "results.csv", _csv(lines)


def page_name(number: int) -> str:
    """The file of a page, counted from 1."""
    return f"results-{number:05d}.html"


def place(index: int, line: Line) -> str:
    """Where in the folder a line stands, by its index among all."""
    return f"{page_name(index // PAGE + 1)}#{line.id}"


def _index(title: str, lines: Sequence[Line], count: int, withheld: int, lang: Lang) -> bytes:
    standing = sum(not one.removed for one in lines)
    told = label("gazette.total", lang, results=standing, removed=len(lines) - standing, withheld=withheld)
    pages = "".join(
        f'<a href="{page_name(number)}">{escape(label("gazette.page", lang, number=number))}</a>\n'
        for number in range(count, 0, -1)
    )
    up = "../" if lang == "en" else ""
    raw = "".join(f'<a href="{up}{name}">{name}</a>\n' for name in ("results.csv", "results.jsonl"))
    body = f"<p>{escape(told)}</p>\n<p>{escape(label('gazette.about', lang))}</p>\n"
    body += f'<nav aria-label="{escape(label("gazette.pages", lang))}">\n{pages}</nav>\n'
    body += f'<nav aria-label="{escape(label("gazette.data", lang))}">\n{raw}</nav>'
    return _whole(title, body, "index.html", lang)


def _page(title: str, lines: Sequence[Line], number: int, count: int, lang: Lang) -> bytes:
    heads = "".join(f'<th role="columnheader" scope="col">{escape(label(f"gazette.{name}", lang))}</th>' for name in _COLUMNS)
    rows = "\n".join(_row(one, lang) for one in lines)
    caption = escape(label("gazette.page_of", lang, number=number, count=count))
    # The roles stay when a narrow screen shows each row as a card.
    table = f'<table role="table">\n<caption>{caption}</caption>\n<thead role="rowgroup"><tr role="row">{heads}</tr></thead>\n'
    table += f'<tbody role="rowgroup">\n{rows}\n</tbody>\n</table>'
    around = [(number + 1, "newer"), (number - 1, "older")]
    links = "".join(
        f'<a href="{page_name(at)}">{escape(label(f"gazette.{word}", lang))}</a>\n' for at, word in around if 1 <= at <= count
    )
    back = f'<a href="index.html">{escape(label("gazette.back", lang))}</a>\n'
    nav = f'<nav aria-label="{escape(label("gazette.pages", lang))}">\n{back}{links}</nav>'
    return _whole(title, f"{nav}\n{table}", page_name(number), lang)


def _row(one: Line, lang: Lang) -> str:
    row = f'<tr role="row" id="{escape(one.id)}">'
    if one.removed:
        told = label("gazette.removed", lang, on=one.removed_on, reason=one.removed)
        return f'{row}<td role="cell" colspan="{len(_COLUMNS)}">{escape(told)}</td></tr>'
    name = f"{one.name} {one.code}" if one.name else label("gazette.unnamed", lang)
    codes = [row.name_en if lang == "en" else row.name for row in one.codes]
    came = label("ui.names_gap", lang).join((of(one.found, lang), *codes))
    cells = (str(one.posted_on), one.agency, of(one.check, lang), name, str(one.formed_on), came, one.draw)
    heads = (escape(label(f"gazette.{head}", lang)) for head in _COLUMNS)
    shown = "".join(
        f'<td role="cell" data-name="{head}"><span>{escape(cell)}</span></td>' for head, cell in zip(heads, cells, strict=True)
    )
    return f"{row}{shown}</tr>"


def _whole(title: str, body: str, name: str, lang: Lang) -> bytes:
    other: Lang = "en" if lang == "zh-Hans" else "zh-Hans"
    across = f"en/{name}" if other == "en" else f"../{name}"
    head = escape(label("gazette.title", lang, office=title))
    return f"""<!doctype html>
<html lang="{_CODES[lang]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>{head}</title>
<style>{_STYLE}</style>
</head>
<body>
<header><a href="{across}" lang="{_CODES[other]}" hreflang="{_CODES[other]}">{escape(label("ui.other_language", lang))}</a></header>
<main>
<h1>{head}</h1>
{body}
</main>
</body>
</html>
""".encode()


def _csv(lines: Sequence[Line]) -> bytes:
    """For spreadsheets, with the mark that they know UTF-8 by. A cell that one would take for a formula begins with an apostrophe."""
    names = (
        "id",
        "draw",
        "agency",
        "check",
        "name",
        "code",
        "formed_on",
        "posted_on",
        "found",
        "outcomes",
        "modes",
        "removed_on",
        "reason",
    )
    out = io.StringIO()
    told = csv.DictWriter(out, names, restval="", lineterminator="\r\n")
    told.writeheader()
    told.writerows({name: _plain(_cell(value)) for name, value in one.value().items()} for one in lines)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t\r" else text

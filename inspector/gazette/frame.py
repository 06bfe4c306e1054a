"""What every page of the register has: its head, the way to the other language, the policy that lets nothing in or out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape

from inspector.labels import Lang, label

PAGE = 500
"""Lines on one page."""
PART = 5_000
"""Lines in one file for programs, and in one part of the search."""
FOLDERS: dict[Lang, str] = {"zh-Hans": "", "en": "en/"}
_CODES: dict[Lang, str] = {"zh-Hans": "zh-CN", "en": "en"}
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
form { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end; margin: 1rem 0; }
label { display: grid; flex: 1 1 16rem; gap: .2rem; }
input, button { font: inherit; min-height: 2.75rem; padding: .3rem .7rem; border: 1px solid #8a96a3; border-radius: .3rem; }
input { color: inherit; background: transparent; }
button { color: #fff; background: #0b4f8a; }
li a { display: inline-block; padding: .7rem 0; }
@media (max-width: 40rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, caption, tbody, tr { display: block; }
  tr { margin: .8rem 0; padding: .3rem .8rem; border: 1px solid #8a96a3; border-radius: .3rem; }
  td { display: grid; grid-template-columns: 6rem minmax(0, 1fr); gap: 0 .6rem; padding: .35rem 0; border: 0; overflow-wrap: anywhere; }
  td::before { content: attr(data-name); font-weight: 600; }
}
@media (prefers-color-scheme: dark) { body { color: #e6ebf0; background: #14191f; } a { color: #7db8ee; } }
"""


def page_name(number: int) -> str:
    """The file of a page, counted from 1."""
    return f"results-{number:05d}.html"


def place(index: int, line: str) -> str:
    """Where in the folder a line stands, by its id and its index among all."""
    return f"{page_name(index // PAGE + 1)}#{line}"


def up(lang: Lang) -> str:
    """The way from a page of a language to the folder."""
    return "../" if FOLDERS[lang] else ""


def nav(links: str, lang: Lang) -> str:
    """Ways to other pages."""
    return f'<nav aria-label="{escape(label("gazette.pages", lang))}">\n{links}</nav>'


def page_links(names: Sequence[str], lang: Lang) -> str:
    """Ways to every page, in order from 1; the newest first."""
    numbered = [*enumerate(names, 1)][::-1]
    return "".join(f'<a href="{name}">{escape(label("gazette.page", lang, number=number))}</a>\n' for number, name in numbered)


def table(columns: Sequence[str], rows: Iterable[str], number: int, lang: Lang) -> str:
    """The lines of a page. How many pages there are stands in the index alone: said here, each new page would change all others."""
    heads = "".join(f'<th role="columnheader" scope="col">{escape(label(f"gazette.{name}", lang))}</th>' for name in columns)
    caption = escape(label("gazette.page", lang, number=number))
    # The roles stay when a narrow screen shows each row as a card.
    told = f'<table role="table">\n<caption>{caption}</caption>\n<thead role="rowgroup"><tr role="row">{heads}</tr></thead>\n'
    return told + '<tbody role="rowgroup">\n' + "\n".join(rows) + "\n</tbody>\n</table>"


def cells(columns: Sequence[str], told: Sequence[str], lang: Lang) -> str:
    """What a line says, each under its head."""
    return "".join(
        f"{begins}{escape(cell)}</span></td>" for begins, cell in zip(_begins(tuple(columns), lang), told, strict=True)
    )


@cache
def _begins(columns: tuple[str, ...], lang: Lang) -> tuple[str, ...]:
    """How the cells under some heads begin: the same on every line."""
    return tuple(f'<td role="cell" data-name="{escape(label(f"gazette.{head}", lang))}"><span>' for head in columns)


def whole(title: str, body: str, name: str, lang: Lang, *, script: str = "") -> bytes:
    """A page. `script`: the one that it may load, of its own folder; none where it is empty."""
    other: Lang = "en" if lang == "zh-Hans" else "zh-Hans"
    across = f"en/{name}" if other == "en" else f"../{name}"
    head = escape(label("gazette.title", lang, office=title))
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    policy += "; script-src 'self'" if script else ""
    loaded = f'\n<script src="{up(lang)}{script}" defer></script>' if script else ""
    return f"""<!doctype html>
<html lang="{_CODES[lang]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{head}</title>
<style>{_STYLE}</style>{loaded}
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

"""The commitment letters that are public, on pages and for programs. Natural persons are a number, and none where they are few."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from inspector.domain.pledge import Pledge
from inspector.domain.publish import LEAST
from inspector.gazette.frame import FOLDERS, PAGE, whole
from inspector.labels import LANGS, Lang, label

_COLUMNS = ("item", "facts", "name", "agency", "signed_on", "until", "scope")
PART = 5_000


def files(title: str, pledges: Sequence[Pledge]) -> Iterator[tuple[str, bytes]]:
    """Every page and part by its path; an index in any case, so that its absence tells nothing."""
    named = sorted((one for one in pledges if one.name), key=lambda one: (one.signed_on, one.case_id))
    others = Counter(one.item for one in pledges if not one.name)
    told = sorted((item, count) for item, count in others.items() if count >= LEAST)
    count = -(-len(named) // PAGE)
    for lang in LANGS:
        yield f"{FOLDERS[lang]}letters.html", _index(title, len(named), told, count, lang)
        for number in range(1, count + 1):
            part = named[(number - 1) * PAGE : number * PAGE]
            yield f"{FOLDERS[lang]}{_name(number)}", _page(title, part, number, lang)
    for number, start in enumerate(range(0, len(named), PART), 1):
        rows = (json.dumps(one.value(), ensure_ascii=False) + "\n" for one in named[start : start + PART])
        yield f"data/letters-{number:05d}.jsonl", "".join(rows).encode()


def _name(number: int) -> str:
    return f"letters-{number:05d}.html"


def _index(title: str, named: int, others: Sequence[tuple[str, int]], count: int, lang: Lang) -> bytes:
    links = "".join(
        f'<a href="{_name(number)}">{escape(label("gazette.page", lang, number=number))}</a>\n' for number in range(count, 0, -1)
    )
    body = f"<h2>{escape(label('gazette.letters', lang))}</h2>\n<p>{escape(label('gazette.letters_about', lang))}</p>\n"
    body += f"<p>{escape(label('gazette.letters_total', lang, letters=named))}</p>\n"
    told = [label("gazette.letters_persons", lang, item=item, count=many) for item, many in others]
    body += f"<ul>\n{''.join(f'<li>{escape(one)}</li>' for one in told)}\n</ul>\n" if told else ""
    back = f'<a href="index.html">{escape(label("gazette.back", lang))}</a>\n'
    body += f'<nav aria-label="{escape(label("gazette.pages", lang))}">\n{back}{links}</nav>'
    return whole(title, body, "letters.html", lang)


def _page(title: str, pledges: Sequence[Pledge], number: int, lang: Lang) -> bytes:
    heads = [escape(label(f"gazette.{name}", lang)) for name in _COLUMNS]
    row = "".join(f'<th role="columnheader" scope="col">{head}</th>' for head in heads)
    rows = "\n".join(_row(one, heads, lang) for one in pledges)
    caption = escape(label("gazette.page", lang, number=number))
    back = f'<a href="letters.html">{escape(label("gazette.letters", lang))}</a>'
    body = f'<nav aria-label="{escape(label("gazette.pages", lang))}">\n{back}\n</nav>\n'
    body += f'<table role="table">\n<caption>{caption}</caption>\n<thead role="rowgroup"><tr role="row">{row}</tr></thead>\n'
    body += f'<tbody role="rowgroup">\n{rows}\n</tbody>\n</table>'
    return whole(title, body, _name(number), lang)


def _row(one: Pledge, heads: Sequence[str], lang: Lang) -> str:
    facts = label("ui.names_gap", lang).join(one.facts)
    cells = (one.item, facts, f"{one.name} {one.code}", one.agency, str(one.signed_on), str(one.until), one.scope)
    shown = "".join(
        f'<td role="cell" data-name="{head}"><span>{escape(cell)}</span></td>' for head, cell in zip(heads, cells, strict=True)
    )
    return f'<tr role="row">{shown}</tr>'

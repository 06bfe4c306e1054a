"""The commitment letters that are public, on pages and for programs. Natural persons are a number, and none where they are few."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from inspector.domain.gazette import stepped
from inspector.domain.pledge import Pledge
from inspector.gazette.frame import FOLDERS, PAGE, PART, cells, nav, page_links, table, whole
from inspector.labels import LANGS, Lang, label

_COLUMNS = ("item", "facts", "name", "agency", "signed_on", "until", "scope")


def files(title: str, pledges: Sequence[Pledge], least: int) -> Iterator[tuple[str, bytes]]:
    """Every page and part by its path; an index in any case, so that its absence tells nothing."""
    named = sorted((one for one in pledges if one.name), key=lambda one: (one.signed_on, one.case_id))
    others = Counter(one.item for one in pledges if not one.name)
    told = [(item, told) for item, count in sorted(others.items()) if (told := stepped(count, least))]
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
    body = f"<h2>{escape(label('gazette.letters', lang))}</h2>\n<p>{escape(label('gazette.letters_about', lang))}</p>\n"
    body += f"<p>{escape(label('gazette.letters_total', lang, letters=named))}</p>\n"
    told = [label("gazette.letters_persons", lang, item=item, count=many) for item, many in others]
    body += f"<ul>\n{''.join(f'<li>{escape(one)}</li>' for one in told)}\n</ul>\n" if told else ""
    back = f'<a href="index.html">{escape(label("gazette.back", lang))}</a>\n'
    body += nav(back + page_links([_name(number) for number in range(1, count + 1)], lang), lang)
    return whole(title, body, "letters.html", lang)


def _page(title: str, pledges: Sequence[Pledge], number: int, lang: Lang) -> bytes:
    back = f'<a href="letters.html">{escape(label("gazette.letters", lang))}</a>\n'
    held = table(_COLUMNS, (_row(one, lang) for one in pledges), number, lang)
    return whole(title, f"{nav(back, lang)}\n{held}", _name(number), lang)


def _row(one: Pledge, lang: Lang) -> str:
    facts = label("ui.names_gap", lang).join(one.facts)
    told = (one.item, facts, f"{one.name} {one.code}", one.agency, str(one.signed_on), str(one.until), one.scope)
    return f'<tr role="row">{cells(_COLUMNS, told, lang)}</tr>'

"""The penalties that are public, on pages and for programs. Natural persons are a number, and none where they are few."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from inspector.domain.disclosure import PenaltyLine, yuan
from inspector.domain.signs import plain_cell
from inspector.gazette.frame import FOLDERS, PAGE, PART, cells, nav, page_links, table, up, whole
from inspector.labels import LANGS, Lang, label, of

_COLUMNS = ("posted_on", "agency", "penalised", "penalty", "act", "item", "decided_on", "until")
_SHEET = (
    *("id", "agency", "name", "code", "item", "act", "kinds", "amount", "decided_on"),
    *("posted_on", "until", "contested", "removed_on", "reason"),
)


def files(title: str, lines: Sequence[PenaltyLine], withheld: int, counted: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
    """Every page and part by its path; an index in any case, so that its absence tells nothing."""
    count, parts = -(-len(lines) // PAGE), -(-len(lines) // PART)
    for lang in LANGS:
        yield f"{FOLDERS[lang]}penalties.html", _index(title, lines, withheld, counted, parts, lang)
        for number in range(1, count + 1):
            yield (
                f"{FOLDERS[lang]}{_name(number)}",
                _page(title, lines[(number - 1) * PAGE : number * PAGE], number, lang),
            )
    for number in range(1, parts + 1):
        part = lines[(number - 1) * PART : number * PART]
        sheet, text = _data(number)
        yield sheet, _csv(part)
        yield text, "".join(json.dumps(one.value(), ensure_ascii=False) + "\n" for one in part).encode()


def place(index: int, line: PenaltyLine) -> str:
    """Where in the folder a line stands, by its index among all."""
    return f"{_name(index // PAGE + 1)}#{line.id}"


def _name(number: int) -> str:
    return f"penalties-{number:05d}.html"


def _data(number: int) -> tuple[str, str]:
    return f"data/penalties-{number:05d}.csv", f"data/penalties-{number:05d}.jsonl"


def _index(title: str, lines: Sequence[PenaltyLine], withheld: int, counted: Mapping[str, int], parts: int, lang: Lang) -> bytes:
    gone = sum(one.removed is not None for one in lines)
    total = label("gazette.penalties_total", lang, penalties=len(lines) - gone, removed=gone, withheld=withheld)
    body = f"<h2>{escape(label('gazette.penalties', lang))}</h2>\n<p>{escape(label('gazette.penalties_about', lang))}</p>\n"
    body += f"<p>{escape(total)}</p>\n"
    told = [label("gazette.penalties_persons", lang, agency=agency, count=many) for agency, many in counted.items()]
    body += f"<ul>\n{''.join(f'<li>{escape(one)}</li>' for one in told)}\n</ul>\n" if told else ""
    back = f'<a href="index.html">{escape(label("gazette.back", lang))}</a>\n'
    body += nav(back + page_links([_name(number) for number in range(1, -(-len(lines) // PAGE) + 1)], lang), lang)
    raw = "".join(f'<a href="{up(lang)}{name}">{name}</a>\n' for number in range(1, parts + 1) for name in _data(number))
    body += f'\n<nav aria-label="{escape(label("gazette.data", lang))}">\n{raw}</nav>' if raw else ""
    return whole(title, body, "penalties.html", lang)


def _page(title: str, lines: Sequence[PenaltyLine], number: int, lang: Lang) -> bytes:
    back = f'<a href="penalties.html">{escape(label("gazette.penalties", lang))}</a>\n'
    held = table(_COLUMNS, (_row(one, lang) for one in lines), number, lang)
    return whole(title, f"{nav(back, lang)}\n{held}", _name(number), lang)


def _row(one: PenaltyLine, lang: Lang) -> str:
    row = f'<tr role="row" id="{escape(one.id)}">'
    if one.removed:
        told = label("gazette.removed", lang, on=one.removed_on, reason=of(one.removed, lang))
        return f'{row}<td role="cell" colspan="{len(_COLUMNS)}">{escape(told)}</td></tr>'
    gap = label("ui.names_gap", lang)
    kinds = gap.join(of(kind, lang) for kind in one.kinds)
    amount = label("gazette.yuan", lang, amount=yuan(one.amount)) if one.amount is not None else ""
    mark = label("gazette.contested", lang) if one.contested else ""
    penalty = gap.join(filter(None, (kinds, amount, mark))) or "—"
    cell = (str(one.posted_on), one.agency, f"{one.name} {one.code}", penalty, one.act or "—", one.item or "—")
    return f"{row}{cells(_COLUMNS, (*cell, str(one.decided_on or '—'), str(one.until)), lang)}</tr>"


def _csv(lines: Sequence[PenaltyLine]) -> bytes:
    """For spreadsheets, as the results are."""
    out = io.StringIO()
    told = csv.DictWriter(out, _SHEET, restval="", lineterminator="\r\n")
    told.writeheader()
    for one in lines:
        values = {name: " ".join(held) if isinstance(held, list) else held for name, held in one.value().items()}
        told.writerow({name: plain_cell(str(held)) for name, held in values.items()})
    return b"\xef\xbb\xbf" + out.getvalue().encode()

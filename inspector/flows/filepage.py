"""A file's page in Chinese or English: it needs no server, asks nobody for anything, and prints well. Pure: told in, page out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from inspector.domain.dutyfile import signers
from inspector.domain.folio import Lack
from inspector.flows import wording
from inspector.labels import Lang, label
from inspector.store.room import Row

NAMES: dict[Lang, str] = {"zh-Hans": "index.html", "en": "en.html"}
_CODES: dict[Lang, str] = {"zh-Hans": "zh-CN", "en": "en"}
_COLUMNS = ("at", "rule", "who", "pack", "entry")
_STYLE = """:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; color: #1c2530; background: #fff; overflow-wrap: anywhere;
  font: 1rem/1.6 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
a { color: #0b4f8a; display: inline-block; padding: .7rem 0; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.1rem; border-bottom: 1px solid #8a96a3; }
ul { padding-inline-start: 1.4rem; }
li > span { white-space: pre-wrap; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { text-align: start; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid #8a96a3; }
code { font-size: .8rem; }
@media (max-width: 40rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr { display: block; }
  tr { margin: .8rem 0; padding: .3rem .8rem; border: 1px solid #8a96a3; border-radius: .3rem; }
  td { display: grid; grid-template-columns: 6rem minmax(0, 1fr); gap: 0 .6rem; border: 0; }
  td::before { content: attr(data-name); font-weight: 600; }
}
@media (prefers-color-scheme: dark) { body { color: #e6ebf0; background: #14191f; } a { color: #7db8ee; } }
@page { size: A4; margin: 18mm 16mm; }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; color: #000; background: #fff; font-size: 10.5pt; }
  nav { display: none; }
  h2 { break-after: avoid; }
  tr, li { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What a file is called, for whom it was made and when; `entries`: the label that says which entries of the ledger stand in it."""

    titles: Mapping[Lang, str]
    by: str
    at: datetime
    entries: str = "casefile.entries_hint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An entry of the ledger as the page tells it: who decided, by which rule and pack; `lack`: why its words are not in the file."""

    id: str
    at: datetime
    rule: str
    who: str
    pack: str
    digest: str
    lack: Lack | None


def signed(row: Row, lack: Lack | None) -> Signed:
    """The row of an entry. Of one whose words are withheld, or erased, nobody is named."""
    told = json.loads(row["body"]) if lack is None else {}
    facts = told.get("facts", {})
    return Signed(
        id=row["id"],
        at=row["at"],
        rule=row["rule"],
        who=" / ".join(dict.fromkeys(signers(facts))),
        pack=told.get("pack", ""),
        digest=row["digest"],
        lack=lack,
    )


def page(made: Making, lines: Sequence[str], entries: Sequence[Signed], lang: Lang) -> bytes:
    """The page: `lines` in parts (see `narrative.lines`), then the entries of the ledger, then how all of it is checked."""
    other: Lang = "en" if lang == "zh-Hans" else "zh-Hans"
    title = made.titles[lang]
    made_for = label("casefile.made", lang, by=made.by, at=wording.at(made.at))
    return f"""<!doctype html>
<html lang="{_CODES[lang]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(title)}</title>
<style>
{_STYLE}</style>
</head>
<body>
<nav><a href="{NAMES[other]}" lang="{_CODES[other]}">{escape(label("casefile.other", other))}</a></nav>
<main>
<h1>{escape(title)}</h1>
<p>{escape(made_for)}</p>
{"".join(_parts(lines))}
<section>
<h2>{escape(label("casefile.entries", lang))}</h2>
<p>{escape(label(made.entries, lang))}</p>
{_table(entries, lang)}
</section>
<section>
<h2>{escape(label("casefile.check", lang))}</h2>
<p>{escape(label("casefile.check_hint", lang))}</p>
</section>
</main>
</body>
</html>
""".encode()


def _parts(lines: Iterable[str]) -> Iterator[str]:
    """Sections: an empty line ends one, and the first line after it is the heading of the next."""
    part: list[str] = []
    for line in (*lines, ""):
        if line:
            part.append(line)
        elif part:
            yield f"<section>\n<h2>{escape(part[0])}</h2>\n{_list([(_depth(one), one.strip()) for one in part[1:]])}</section>\n"
            part = []


def _depth(line: str) -> int:
    return (len(line) - len(line.lstrip(" "))) // 2


def _list(lines: Sequence[tuple[int, str]]) -> str:
    """Lines as a list in a list for each step inwards."""
    told, at = "", 0
    while at < len(lines):
        depth, text = lines[at]
        end = next((after for after in range(at + 1, len(lines)) if lines[after][0] <= depth), len(lines))
        told += f"<li><span>{escape(text)}</span>{_list(lines[at + 1 : end])}</li>\n"
        at = end
    return f"<ul>\n{told}</ul>\n" if told else ""


def _table(entries: Sequence[Signed], lang: Lang) -> str:
    heads = [label(f"casefile.{name}", lang) for name in _COLUMNS]
    head = "".join(f'<th scope="col" role="columnheader">{escape(name)}</th>' for name in heads)
    body = ""
    for one in entries:
        said = label(f"Lack.{one.lack.name}", lang) if one.lack is not None else one.who or "—"
        entry = f"<code>{one.id}</code><br><code>{one.digest}</code>"
        cells = (
            escape(wording.at(one.at)),
            escape(wording.code("rule", one.rule, lang)),
            escape(said),
            escape(one.pack or "—"),
            entry,
        )
        told = zip(heads, cells, strict=True)
        row = "".join(f'<td role="cell" data-name="{escape(name)}"><div>{cell}</div></td>' for name, cell in told)
        body += f'<tr role="row">{row}</tr>\n'
    return f"""<table role="table">
<thead role="rowgroup"><tr role="row">{head}</tr></thead>
<tbody role="rowgroup">
{body}</tbody>
</table>"""

"""The heads of the ledger on a page: what to keep of them and why, and the same for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from inspector.domain import headlist
from inspector.domain.headlist import FILE, PublicHead
from inspector.gazette.frame import FOLDERS, cells, nav, table, up, whole
from inspector.labels import LANGS, Lang, label

_COLUMNS = ("head_day", "head", "head_lodged")


def files(title: str, heads: Sequence[PublicHead], key: str) -> Iterator[tuple[str, bytes]]:
    """The page in each language, and the file for programs; in any case, so that its absence tells nothing."""
    for lang in LANGS:
        yield f"{FOLDERS[lang]}heads.html", _page(title, heads, key, lang)
    yield FILE, headlist.content(heads, key)


def _page(title: str, heads: Sequence[PublicHead], key: str, lang: Lang) -> bytes:
    ways = f'<a href="index.html">{escape(label("gazette.back", lang))}</a>\n<a href="{up(lang)}{FILE}">{FILE}</a>\n'
    body = f"<h2>{escape(label('gazette.heads', lang))}</h2>\n<p>{escape(label('gazette.heads_about', lang))}</p>\n"
    body += f"<p>{escape(label('gazette.heads_check', lang))} <code>ledger verify --head heads.json</code></p>\n"
    signed = label("gazette.heads_signed", lang, key=key) if key else label("gazette.heads_unsigned", lang)
    body += f"<p>{escape(signed)}</p>\n" if heads else f"<p>{escape(label('gazette.heads_none', lang))}</p>\n"
    held = table(_COLUMNS, (_row(one, lang) for one in heads), 1, lang) if heads else ""
    return whole(title, f"{body}{nav(ways, lang)}\n{held}", "heads.html", lang)


def _row(one: PublicHead, lang: Lang) -> str:
    gap = label("ui.names_gap", lang)
    kept = gap.join(" ".join(filter(None, (held.witness, held.receipt))) for held in one.lodged)
    return f'<tr role="row">{cells(_COLUMNS, (str(one.day), one.line, kept or "—"), lang)}</tr>'

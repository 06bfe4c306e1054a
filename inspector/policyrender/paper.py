"""A pack as a page for a browser or a printer, and as a workbook: the approval sheet in the form an office passes round."""

from __future__ import annotations

import io
from datetime import datetime, time
from html import escape

from inspector.domain.policy import Policy
from inspector.policyrender import Table, cited, tables

_STYLE = (
    "body{font:14px/1.5 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;margin:2em auto;max-width:80em;padding:0 1em}"
    "table{border-collapse:collapse;width:100%;margin:.5em 0 2em}caption{text-align:left;font-weight:bold;font-size:1.1em}"
    "th,td{border:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "thead th{background:#eee}tr{break-inside:avoid}@page{size:A4 landscape;margin:15mm}"
)
_WIDEST, _LONGEST_NAME = 60, 31
"""Characters of a column of a workbook, and of a sheet's name, which Excel cuts no longer ones to."""
_FORBIDDEN = str.maketrans(dict.fromkeys(r"[]:*?/\'", "-"))


def html(policy: Policy) -> str:
    """The whole pack as one file: no script, nothing fetched, so that it can be mailed, archived and printed."""
    head = f"{policy.title}（{policy.label}）"
    body = "\n".join(_table(table, policy) for table in tables(policy))
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(head)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(policy.title)}</h1>\n<p>{escape(policy.label)}，摘要 SHA-256 <code>{policy.digest}</code></p>\n"
        f"{body}\n</body>\n</html>\n"
    )


def _table(table: Table, policy: Policy) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in table.heads)
    rows = "\n".join(
        f'<tr><th scope="row">{escape(row)}</th>'
        + "".join(f"<td>{escape(cited(cell, policy.sources))}</td>" for cell in cells)
        + "</tr>"
        for row, cells in table.rows.items()
    )
    return (
        f"<table>\n<caption>{escape(table.title)}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    )


def workbook(policy: Policy) -> bytes:
    """A workbook with a first sheet that says which text it is, and one for each table. Every print names pack and digest.

    Every cell is text: no row number becomes a date, no basis a formula.

    The same pack gives the same bytes: the workbook is dated by the day the pack takes effect.
    """
    import xlsxwriter

    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties(
            {
                "title": f"{policy.title}（{policy.label}）",
                "comments": f"SHA-256 {policy.digest}",
                "created": datetime.combine(policy.effective_from, time()),
            }
        )
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
        plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
        foot = f"&L{_print(policy.label)}　SHA-256 {policy.digest}&R第 &P 页，共 &N 页"
        for title, heads, rows in (_cover(policy), *(_sheet(table, policy) for table in tables(policy))):
            sheet = book.add_worksheet(title.translate(_FORBIDDEN)[:_LONGEST_NAME])
            sheet.freeze_panes(1, 1)
            sheet.set_landscape()
            sheet.repeat_rows(0)
            sheet.set_footer(foot)
            for column, texts in enumerate(zip(heads, *rows, strict=True)):
                sheet.set_column(column, column, min(_WIDEST, 4 + max(2 * len(text) for text in texts)))
            for number, row in enumerate([heads, *rows]):
                for column, text in enumerate(row):
                    sheet.write_string(number, column, text, bold if not number or not column else plain)
    return held.getvalue()


_Sheet = tuple[str, tuple[str, ...], list[list[str]]]


def _cover(policy: Policy) -> _Sheet:
    """Which text this is, as whoever signs has to name it."""
    told = {"名称": policy.title, "政策包": policy.label, "摘要 SHA-256": policy.digest, "底本": policy.extends or "无"}
    return "说明", ("项目", "内容"), [[head, text] for head, text in told.items()]


def _sheet(table: Table, policy: Policy) -> _Sheet:
    rows = [[row, *(cited(cell, policy.sources) for cell in cells)] for row, cells in table.rows.items()]
    return table.title, table.heads, rows


def _print(text: str) -> str:
    """Text in a foot, where an ampersand begins a command."""
    return text.replace("&", "&&")

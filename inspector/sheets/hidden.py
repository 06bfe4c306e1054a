"""Rows of an Excel sheet that nobody sees, hidden by hand or by a filter: the reader gives them like any others."""

from __future__ import annotations

import re
from collections.abc import Sequence

from inspector.sheets.flaw import RowFlaw
from inspector.sheets.formulas import xml_of

SHOWN = 10
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])([^<>]*+)>")
_PLACE = re.compile(rb"(?<![\w:])r=[\"']([0-9]{1,7})[\"']")
_HIDDEN = re.compile(rb"(?<![\w:])hidden=[\"'](?:1|true)[\"']")


def rows(content: bytes, place: int, table: Sequence[Sequence[object]]) -> list[RowFlaw]:
    """How many rows with anything in them are hidden, as a remark: they are part of the list. Nothing for another form than xlsx.

    `place`: which of its sheets is read, counted from 0; `table` is what was read of it.
    """
    number, found = 0, list[int]()
    for attributes in _ROW.findall(xml_of(content, place)):
        told = _PLACE.search(attributes)
        number = int(told[1]) if told else number + 1
        if (
            _HIDDEN.search(attributes)
            and 0 < number <= len(table)
            and any(value not in {"", None} for value in table[number - 1])
        ):
            found.append(number)
    shown = ", ".join(map(str, found[:SHOWN])) + (" …" if len(found) > SHOWN else "")
    return [RowFlaw(row=found[0], column="", code="rows_hidden", facts={"count": len(found), "rows": shown})] if found else []

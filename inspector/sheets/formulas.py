"""Cells of an Excel sheet that hold no value: a formula nobody has computed, or one that came out as an error.

The reader gives a formula's last result where the file has it, and nothing where not: an empty cell would be taken for what the
office meant. Programs that write workbooks without computing them leave such cells.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator

from inspector.domain.errors import Invalid

SHOWN = 10
# Between `<` and `<`, and of a cell up to the next one: what is never closed is not looked for to the end from each place.
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*?\br:id=[\"']([^<\"']+)[\"']")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
_ATTRIBUTE = re.compile(rb"(?<!\w)(\w+)=([\"'])([^\"']*)[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*+)(?<!/)>([^<]*+(?:<(?!/?(?:\w+:)?c[\s/>])[^<]*+)*+)</(?:\w+:)?c>")
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3}[0-9]+)[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)(?:\s[^<>]*)?>[^<]")
_TEXT = re.compile(rb"\bt=[\"']str[\"']")
_ERROR = re.compile(rb"\bt=[\"']e[\"']")


def refuse(content: bytes, place: int) -> None:
    """Raise Invalid (`sheet_formula`, `sheet_cell_error`) naming the cells; nothing for a workbook of another form than xlsx.

    `place`: which of its sheets is read, counted from 0.
    """
    xml = xml_of(content, place)
    if b"f" not in xml or not (_FORMULA.search(xml) or _ERROR.search(xml)):
        return
    for code, found in (("sheet_formula", list(_uncomputed(xml))), ("sheet_cell_error", list(_wrong(xml)))):
        if found:
            raise Invalid(code, cells=", ".join(found[:SHOWN]), count=len(found))


def _uncomputed(xml: bytes) -> Iterator[str]:
    for attributes, inside in _CELL.findall(xml):
        # A text that came out empty is a value: Excel writes it as such (t="str") with an empty <v>.
        empty_text = _TEXT.search(attributes) and b"<v" in inside
        if _FORMULA.search(inside) and not _VALUE.search(inside) and not empty_text:
            yield _place(attributes)


def _wrong(xml: bytes) -> Iterator[str]:
    yield from (_place(attributes) for attributes, _ in _CELL.findall(xml) if _ERROR.search(attributes))


def _place(attributes: bytes) -> str:
    found = _PLACE.search(attributes)
    return found[1].decode() if found else "?"


def xml_of(content: bytes, place: int) -> bytes:
    """The XML of the sheet that is read, whose size `extent` has bounded; empty where the content is no xlsx."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
            if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
                return b""
            listed = _SHEET.findall(packed.read("xl/workbook.xml"))
            target = _target(packed.read("xl/_rels/workbook.xml.rels"), listed[place]) if place < len(listed) else ""
            if target not in names:
                return b""
            return packed.read(target)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
        return b""  # the reader has already said what it makes of such a file


def _target(relations: bytes, name: bytes) -> str:
    for one in _RELATION.findall(relations):
        told = {key: value for key, _, value in _ATTRIBUTE.findall(one)}
        if told.get(b"Id") == name:
            target = told.get(b"Target", b"").decode("utf-8", "replace")
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
    return ""

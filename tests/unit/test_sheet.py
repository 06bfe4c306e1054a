"""What somebody hands in as a list: whatever is none, or is damaged, is named as what it is, with the way out in both languages."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Sequence

import pytest
import xlsxwriter

from inspector.domain.errors import Invalid
from inspector.labels import LANGS, told
from inspector.sheets.sheet import read
from tests.operator import MAIN, WORKBOOK

LIST = "编号,名称\nA,甲\n".encode()


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "sheet_foreign", "PDF"),
        (b"\xef\xbb\xbf\r\n<html><table><tr><td>A", "sheet_foreign", "HTML"),
        (b"\x89PNG\r\n\x1a\n", "sheet_foreign", "PNG"),
        (gzip.compress(LIST, mtime=0)[:-9], "sheet_packed", "gzip"),  # its text names the test: no moment in it
        (LIST + '"乙,丙\n'.encode(), "sheet_quotes", "3"),
        (b"PK\x03\x04 cut off", "sheet_workbook", "xlsx"),
        ("编号,名称".encode("utf-16"), "sheet_utf16", "CSV UTF-8"),
        (b" \n", "sheet_empty", ""),
    ],
    ids=["pdf", "page", "picture", "half packed", "lonely quote", "half a workbook", "utf-16", "blank"],
)
def test_what_is_no_list_is_named_as_what_it_is(content: bytes, code: str, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(content)
    assert refused.value.code == code
    assert all(says in told(refused.value, lang) for lang in LANGS)


def test_a_list_is_read_whether_packed_or_not() -> None:
    assert read(LIST) == read(gzip.compress(LIST))
    assert [row.cells for row in read(LIST).rows] == [("A", "甲")]


def sheets(**rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of sheets with these rows; one whose name begins with `old` is hidden."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed)
    for name, told_rows in rows.items():
        held = book.add_worksheet(name)
        for number, cells in enumerate(told_rows):
            for column, text in enumerate(cells):
                if text.startswith("="):
                    held.write_formula(number, column, text, None, "#REF!")
                else:
                    held.write_string(number, column, text)
        if name.startswith("old"):
            held.hide()
        else:
            held.activate()
            held.set_first_sheet()
    book.close()
    return packed.getvalue()


def test_of_a_workbook_the_one_sheet_that_a_person_sees_is_read_and_no_other_is_passed_over_in_silence() -> None:
    first, second = [["编号", "名称"], ["A", "甲"]], [["编号", "名称"], ["B", "乙"]]
    held = read(sheets(old=first, new=second, empty=[]))
    assert [row.cells for row in held.rows] == [("B", "乙")]
    assert [(one.code, one.facts["sheets"]) for one in held.odd] == [("sheets_hidden", "old")]
    for code, book in (("sheet_several", {"east": first, "west": second}), ("sheet_hidden", {"old": first, "empty": []})):
        with pytest.raises(Invalid) as refused:
            read(sheets(**book))
        assert (refused.value.code, refused.value.facts["sheets"]) == (code, "east, west" if code == "sheet_several" else "old")
    with pytest.raises(Invalid, match="sheet_cell_error"):
        read(sheets(empty=[], list=[["编号", "名称"], ["x", "=A9"]]))


def workbook(*cells: str) -> bytes:
    """A workbook whose second row has these cells, as XML."""
    heads = "".join(f'<c r="{letter}1" t="inlineStr"><is><t>{letter}</t></is></c>' for letter in "AB")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        for part, text in WORKBOOK.items():
            book.writestr(part, text)
        rows = f'<row r="1">{heads}</row><row r="2">{"".join(cells)}</row>'
        book.writestr("xl/worksheets/sheet1.xml", f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>")
    return packed.getvalue()


def test_of_a_formula_the_result_counts_that_the_spreadsheet_has_kept() -> None:
    held = read(
        workbook('<c r="A2" t="str"><f>"9"&amp;"1"</f><v>91</v></c>', '<c r="B2" t="str"><f>IF(A2="","x","")</f><v></v></c>')
    )
    assert held.rows[0].cells == ("91", "")


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (('<c r="A2" t="inlineStr"><is><t>x</t></is></c>', '<c r="B2"><f>A2&amp;"1"</f></c>'), "sheet_formula"),
        (('<c r="A2" t="inlineStr"><is><t>x</t></is></c>', '<c r="B2"><f>A2&amp;"1"</f><v/></c>'), "sheet_formula"),
        (('<c r="A2" t="inlineStr"><is><t>x</t></is></c>', '<c r="B2" t="e"><f>A9</f><v>#REF!</v></c>'), "sheet_cell_error"),
    ],
    ids=["without a result", "with an empty one", "an error"],
)
def test_a_formula_without_a_result_is_named_by_its_cell_and_never_read_as_empty(cells: tuple[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(workbook(*cells))
    assert refused.value.code == code
    assert all("B2" in told(refused.value, lang) for lang in LANGS)


def test_a_workbook_that_another_program_wrote_is_looked_through_as_well() -> None:
    parts = {
        name: text.replace("worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml") if "workbook.xml.rels" in name else text
        for name, text in WORKBOOK.items()
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        for part, text in parts.items():
            book.writestr(part, text)
        row = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><f>1+1</f></c></row>'
        book.writestr("xl/worksheets/sheet1.xml", f"<worksheet {MAIN}><sheetData>{row}</sheetData></worksheet>")
    with pytest.raises(Invalid, match="sheet_formula"):
        read(packed.getvalue())

"""A workbook of two kilobytes cannot ask for half a terabyte, whatever it hides its last cell behind; a list reads as it did."""

from __future__ import annotations

import codecs
import io
import zipfile

import pytest

from inspector.domain.errors import Invalid
from inspector.sheets import extent
from tests.property.test_reading import packed

HEAD = b"<worksheet><sheetData>"
FAR = b'<c r="XFD1048576"><v>1</v></c>'
SEVERAL = b"<row>" * 3_000 + b"<c><v>1</v></c>" * 3_000


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        pytest.param(FAR, "sheet_far", id="plain"),
        pytest.param(b'<x-1:c s="1" r = "XFD1048576"><v>1</v></x-1:c>', "sheet_far", id="prefixed"),
        pytest.param(b'<c x=">" r="XFD1048576"><v>1</v></c>', "sheet_far", id="behind a sign"),
        pytest.param(b'<c r="A1" r="XFD1048576"><v>1</v></c>', "sheet_far", id="named twice"),
        pytest.param(b"<t>" + b"x" * 3_000_000 + b"</t>" + FAR, "sheet_far", id="behind a long text"),
        pytest.param(b"<c " + b" " * 2_000_000 + FAR[3:], "sheet_workbook", id="in a long tag"),
        pytest.param(b"<c><v>1</v></c><!-- <row> -->", "sheet_workbook", id="a comment"),
        pytest.param(SEVERAL, "sheet_far", id="without names"),
        pytest.param("<c/>".encode("utf-16"), "sheet_workbook", id="wide"),
        pytest.param(
            b'<row r="7"><c r="A7"><v>1</v></c><c r="XFD7" s="2"><v>1</v></c></row><row r="300000"><c r="A300000"><v>1</v></c></row>',
            "sheet_far",
            id="as programs write it",
        ),
    ],
)
def test_a_cell_far_from_the_list_is_named_before_anybody_makes_room_for_it(xml: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        extent.refuse(packed(xml if xml.startswith(codecs.BOM_UTF16) else HEAD + xml))
    assert refused.value.code == code
    if xml == FAR:
        assert refused.value.facts["cells"] == "XFD1048576"


def test_what_is_said_of_a_packed_part_does_not_hide_what_is_in_it() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", HEAD + b" " * 100_000 + FAR)
    whole = held.getvalue()
    size = (len(HEAD) + 100_000 + len(FAR)).to_bytes(4, "little")
    assert whole.count(size) == 2
    with pytest.raises(Invalid, match="sheet_far"):
        extent.refuse(whole.replace(size, (10).to_bytes(4, "little")))


def test_cells_that_only_look_like_something_take_no_place() -> None:
    extent.refuse(packed(HEAD + b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="3"/></row><row r="1048576" s="3"/>'))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("xl/Workbook.bin", b"")
    with pytest.raises(Invalid, match="sheet_foreign"):
        extent.refuse(held.getvalue())

"""What somebody hands in as a list: whatever is none, or is damaged, is named as what it is, with the way out in both languages."""

from __future__ import annotations

import gzip

import pytest

from inspector.domain.errors import Invalid
from inspector.flows.sheet import read
from inspector.labels import LANGS, told

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
        ("编号,名称".encode("utf-16"), "sheet_encoding", "CSV UTF-8"),
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

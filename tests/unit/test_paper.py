"""The approval sheet as a page and as a workbook: the same words as the Markdown, and nothing that a program would read otherwise."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from inspector.domain.policy import Policy
from inspector.policybook import Policybook
from inspector.policyrender import paper, tables
from tests.packs import POLICIES, edited, loaded

BOOK = Policybook.load(POLICIES)


@pytest.mark.parametrize("label", [pack.label for pack in BOOK.packs])
def test_every_row_of_a_pack_stands_in_the_workbook_as_text(label: str) -> None:
    pack = BOOK.get(label)
    read = CalamineWorkbook.from_filelike(io.BytesIO(paper.workbook(pack)))
    cover, *names = read.sheet_names
    assert ["政策包", pack.label] in read.get_sheet_by_name(cover).to_python()
    assert ["摘要 SHA-256", pack.digest] in read.get_sheet_by_name(cover).to_python()
    for name, table in zip(names, tables(pack), strict=True):
        rows = read.get_sheet_by_name(name).to_python()
        assert rows[0] == list(table.heads)
        assert [row[0] for row in rows[1:]] == list(table.rows)
        assert all(isinstance(cell, str) for row in rows for cell in row)


def test_the_same_pack_makes_the_same_workbook() -> None:
    pack = BOOK.get("maoji@2026.1")
    assert paper.workbook(pack) == paper.workbook(pack)


@pytest.fixture
def naughty(tmp_path: Path) -> Policy:
    """A pack whose words could be taken for a formula, or for a tag."""
    return loaded(tmp_path, edited(('name = "信用风险低"', 'name = "=cmd|1 <script>alert(1)</script>"')))


def test_words_are_neither_a_formula_nor_a_tag(naughty: Policy) -> None:
    page = paper.html(naughty)
    assert "=cmd|1 &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    read = CalamineWorkbook.from_filelike(io.BytesIO(paper.workbook(naughty)))
    assert "=cmd|1 <script>alert(1)</script>" in [row[1] for row in read.get_sheet_by_name("信用等级").to_python()]


def test_the_page_fetches_nothing_and_says_which_text_it_is(naughty: Policy) -> None:
    page = paper.html(naughty)
    assert naughty.digest in page
    assert not [word for word in ("http://", "https://", "src=", "url(") if word in page]


def test_every_printed_sheet_of_the_workbook_names_pack_version_and_digest() -> None:
    pack = BOOK.get("maoji@2026.1")
    with zipfile.ZipFile(io.BytesIO(paper.workbook(pack))) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == len(tables(pack)) + 1
    assert all(f"&amp;Lmaoji@2026.1　SHA-256 {pack.digest}&amp;R" in sheet for sheet in sheets)

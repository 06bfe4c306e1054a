"""Texts that go out into spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest

from inspector.domain.signs import plain_cell
from inspector.flows.scoreboard import csv_text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_in_a_sheet_that_goes_out_is_a_formula_and_numbers_stay_numbers(text: str) -> None:
    (row,) = csv.DictReader(
        io.StringIO(csv_text(("fact", "days", "none"), [{"fact": text, "days": -1.5, "none": None}]), newline="")
    )
    assert row == {"fact": f"'{text}", "days": "-1.5", "none": ""}
    assert [plain_cell(told) for told in ("", "某店", "a=b")] == ["", "某店", "a=b"]

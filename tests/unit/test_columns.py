"""Text fits a terminal without losing a character; wide characters take two columns; a pipe gets it as it is."""

from __future__ import annotations

import pytest

from inspector.cli import columns

TEXT = (
    "  依据：[S0] 第7条（项、节）；毛管办〔2021〕4号《实施方案》（2021年2月24日），how it was counted, https://example.test/"
    + "a" * 90
)


def solid(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("wide", [20, 33, 40, 79, 80, 200])
def test_a_wrapped_line_fits_and_loses_nothing(wide: int) -> None:
    told = columns.fitted(TEXT, wide)
    assert solid(told) == solid(TEXT)
    assert max(columns.width(line) for line in told.split("\n")) <= wide + 2, "closing punctuation may hang"


def test_in_a_pipe_nothing_is_wrapped() -> None:
    assert columns.fitted(TEXT, None) == TEXT


def test_a_wide_character_takes_two_columns_and_a_combining_one_none() -> None:
    assert (columns.width("中文ab"), columns.width("e\u0301")) == (6, 1)


def test_what_goes_on_in_the_help_stands_under_its_own_column() -> None:
    told = columns.fitted("  --agency <str>   Agency, with all below it 机关（含下级）", 36)
    assert told.split("\n")[1].startswith(" " * 18)


ROWS = [["0" * 32, "VERIFYING", "某某有限公司", "x"], ["1" * 32, "REVIEW", "乙", "y" * 50]]


def test_a_table_in_a_pipe_has_one_line_a_row_with_columns_under_each_other() -> None:
    lines = list(columns.laid_out(["id", "state", "主体", "z"], ROWS, None))
    assert len(lines) == 4
    assert [columns.width(line[: line.index(end)]) for line, end in zip(lines[2:], ("x", "y"), strict=True)] == [59, 59]


@pytest.mark.parametrize("wide", [20, 40, 60])
def test_a_table_in_a_narrow_terminal_keeps_every_cell_whole(wide: int) -> None:
    lines = list(columns.laid_out(["id", "state", "主体", "z"], ROWS, wide))
    for row in ROWS:
        for cell in row:
            assert any(cell in line for line in lines), cell

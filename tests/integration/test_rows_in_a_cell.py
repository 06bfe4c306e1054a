"""Rows of a list that a pair of quotation marks makes one cell of: whoever hides firms so finds the cell told, in whatever column."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.sheets import sheet
from inspector.sheets.folded import SHOWN
from tests.offline import HEADS, OBJECTS, announce, faults, laptop
from tests.operator import Operator, one_database, settled, table

database_url = one_database


def swallowing(text: str, first: int, last: int) -> str:
    """A CSV with one more column, whose cell in row `first` holds all rows up to `last` (as spreadsheets count)."""
    lines = text.splitlines()
    inside = "\n".join(lines[first:last])
    kept = [f"{one}," for one in lines[1 : first - 1]], [f"{one}," for one in lines[last:]]
    return "\n".join([f"{lines[0]},备注", *kept[0], f'{lines[first - 1]},"{inside}"', *kept[1]]) + "\n"


def test_an_announcement_tells_the_cell_that_holds_rows(tmp_path: Path) -> None:
    office = laptop(tmp_path)
    text = Path(office.file("whole.csv", table(HEADS, *OBJECTS))).read_text(encoding="utf-8-sig")
    office.file("objects.csv", swallowing(text, 30, 35))
    said = announce(office, "--json")
    assert said.json["objects"] == len(OBJECTS) - 5, "so it is: nobody reads them"
    (told,) = [one for one in said.json["warnings"] if one["code"] == "cell_lines"]
    assert (told["row"], told["column"], "holds 4 line breaks" in told["what"]) == (30, "备注", True)


def test_a_line_break_in_a_code_is_refused(tmp_path: Path) -> None:
    office = laptop(tmp_path)
    first, *rest = OBJECTS
    office.file("objects.csv", table(HEADS, (f'"{first[0]}\n"', *first[1:]), *rest))
    assert ("objects.csv", 2, "id", "cell_control") in faults(announce(office, "--json"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_import_of_a_roster_tells_it(database_url: str, tmp_path: Path) -> None:
    operator: Operator = settled(database_url, tmp_path)
    rows = "".join(f"TEST{number:014d},某店{number}\n" for number in range(1, 9))
    text = swallowing(f"code,name\n{rows}", 3, 6).replace(",备注", ",remark", 1)
    said = operator.say("roster", "import", "objects", operator.file("in.csv", text), "--agency", "bureau", "--yes", "--json")
    assert ("cell_lines" in said.out, said.code) == (True, 0), (said.out, said.err)
    code = operator.file("code.csv", 'code,name\n"TEST00000000000001\n",某店\n')
    assert "cell_control" in operator.say("roster", "import", "objects", code, "--agency", "bureau", "--yes", "--json").out


def test_harmless_line_breaks_before_it_hide_no_cell_that_holds_rows() -> None:
    lines = [f'{number},"two\nlines"' for number in range(SHOWN + 9)]
    told = sheet.read(("code,note\n" + "\n".join([*lines, '9,"a\nb\nc\nd"']) + "\n").encode()).odd
    assert len(told) == SHOWN + 1
    assert told[0].facts == {"count": SHOWN + 10, "lines": SHOWN + 9 + 3, "shown": SHOWN}
    assert (told[-1].row, told[-1].facts) == (SHOWN + 11, {"count": 3})

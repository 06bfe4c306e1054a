"""The handbook's scenarios of the inspector's day, the record, sources and assistance: each is there once, with tests that are there."""

from __future__ import annotations

import ast
import re
from functools import cache

from tests.house import ROOT

TOLD = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "reference" / "scenarios.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d", line)
]
"""The rows: number and name, what is given and follows, tests."""
RECORD = (5, 15, 61, 63, 66, 67)
"""The scenarios of the record; 39, which is one too, stands with the inspector's day."""
ASKED = (*range(9, 15), 16, *range(52, 57))
"""Those of sources and of assistance; 15 stands with the record."""


@cache
def named_in(file: str) -> frozenset[str]:
    """The tests of a file; none where it is not there."""
    path = ROOT / file
    nodes = ast.parse(path.read_text(encoding="utf-8")).body if path.is_file() else []
    return frozenset(one.name for one in nodes if isinstance(one, ast.FunctionDef) and one.name.startswith("test_"))


def test_each_scenario_from_17_to_46_and_of_the_record_stands_there_once_with_tests_that_are_there() -> None:
    assert [int(name.split()[0]) for name, _, _ in TOLD] == [*range(17, 47), *RECORD, *ASKED]
    named = [(name, *one.split("::")) for name, _, tests in TOLD for one in re.findall(r"`([^`]+)`", tests)]
    assert {name for name, *_ in named} == {name for name, _, _ in TOLD}
    assert [(name, file, test) for name, file, test in named if test not in named_in(file)] == []

"""The table of what people decide: each clause has one branch that keeps it, and a test that fails without it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.house import ROOT
from tests.unit.test_scenarios import named_in
from tests.without import lacking

_BRANCH = r"`([^`]+)`(?:, and not `([^`]+)`,)? in `([^`:]+)::([^`]+)`"
TOLD = [
    pytest.param(*clause, id=clause[0])
    for line in (ROOT / "docs" / "reference" / "decided-by-people.md").read_text(encoding="utf-8").splitlines()
    if (clause := re.findall(rf"^\| (\w[^|]*) \| {_BRANCH} \| `([^`]+)` \|$", line)) and (clause := clause[0])
]
"""The rows: clause, branch, what stands instead where something has to, module, function, test."""
_NAMES = ("clause", "branch", "instead", "module", "function", "test")
_CRASHED = ("NameError", "UnboundLocalError", "NoneType")
"""What a test meets where nothing was put in the place of what others need: any bug does that, and it shows nothing of the clause."""
SCENARIOS = {2, 3, 4, 5, 6, 14, 51, 57, 58, 59, 60, 61, 62, 64, 65}
"""Scenarios of the handbook that the table answers."""
CLAUSES = {"1.1.6", "1.1.12", "1.1.21", "1.1.22", "1.1.23", "1.7.1", "1.7.2", "1.7.9", "1.7.11", "1.8.1", "1.8.2", "8.2"}
"""Its clauses that have no scenario of their own, and that the table answers."""


def test_every_row_is_read_and_every_scenario_is_answered() -> None:
    lines = (ROOT / "docs" / "reference" / "decided-by-people.md").read_text(encoding="utf-8").splitlines()
    assert len(TOLD) == sum(line.startswith("| ") for line in lines) - 1, "a row that the form above does not read"
    numbers = {str(one.values[0]).split()[0] for one in TOLD}
    assert {one for one in SCENARIOS if str(one) not in numbers} == set()
    assert numbers >= CLAUSES


@pytest.mark.parametrize(_NAMES, TOLD)
def test_the_branch_and_its_test_are_there(clause: str, branch: str, instead: str, module: str, function: str, test: str) -> None:
    lacking(module, function, branch, instead)
    file, _, name = test.partition("::")
    assert name in named_in(file), clause


@pytest.mark.slow
@pytest.mark.parametrize(_NAMES, TOLD)
def test_without_the_branch_the_test_fails(clause: str, branch: str, instead: str, module: str, function: str, test: str) -> None:
    asked = [sys.executable, "-m", "tests.without", module, function, branch, test, *([instead] if instead else [])]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, "FAILED" in done.stdout) == (1, True), f"{clause}: {done.stdout[-1500:]}{done.stderr[-500:]}"
    crashed = [line for line in done.stdout.splitlines() if line.startswith("E ") and any(one in line for one in _CRASHED)]
    assert not crashed, clause

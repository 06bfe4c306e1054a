"""The page of threats is held to the code: each line names a test that is there."""

from __future__ import annotations

import ast
import re

import pytest

from tests.needs import ROOT

PAGE = (ROOT / "docs/reference/threats.md").read_text(encoding="utf-8")
HELD = PAGE.partition("## What is not held")[0]
ROWS = [line for line in HELD.splitlines() if line.startswith("| ") and not line.startswith("| threat ")]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


def test_every_threat_says_who_what_holds_and_which_test_shows_it() -> None:
    assert len(ROWS) > 40
    for row in ROWS:
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]
        assert (len(cells), all(cells)) == (4, True), row
        assert "::test_" in cells[3], row


@pytest.mark.parametrize(("file", "name"), NAMED, ids=lambda told: told)
def test_the_test_that_a_threat_names_is_there(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

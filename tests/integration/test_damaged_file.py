"""A database file that is none, or is damaged: said in one line, with what to do."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from tests.operator import Operator

pytestmark = pytest.mark.slow


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()


def test_a_file_that_is_no_database_is_unreachable_and_not_a_traceback(operator: Operator) -> None:
    operator.file("inspector.sqlite3", "this is no database, however long it may be. " * 100)
    assert operator.say("check").code == 1
    said = operator.say("work", "list")
    assert (said.code, said.err.count("\n")) == (5, 1)


def test_a_damaged_file_is_told_in_one_line_with_how_much_more_there_is(operator: Operator) -> None:
    operator.migrated()
    file = operator.folder / "inspector.sqlite3"
    with contextlib.closing(sqlite3.connect(file)) as wire:
        (page,) = wire.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_case_file_state_outcome'").fetchone()
    held = file.read_bytes()
    file.write_bytes(held[: 4096 * (page - 1)] + b"\xff" * 4096 + held[4096 * page :])
    (told,) = [one for one in operator.say("check", "--json").json if one["name"] == "database.integrity"]
    assert told["state"] == "FAIL"
    for words in (told["message"], told["message_zh"]):
        assert ("\n" in words, "***" in words, f"{page}" in words) == (False, False, True)

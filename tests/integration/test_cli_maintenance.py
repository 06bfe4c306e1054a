"""An operator begins, moves, sees and ends a maintenance; the ledger says who, until when and why."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from inspector.domain.calendar import SHANGHAI
from tests.house import closing
from tests.operator import Operator, on_both, operated, settled


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def ahead(hours: float) -> str:
    return f"{datetime.now(SHANGHAI) + timedelta(hours=hours):%Y-%m-%dT%H:%M}"


@on_both
def test_an_operator_begins_sees_and_ends_a_maintenance(operator: Operator) -> None:
    assert operator.well("maintenance", "show", "--json").json == {"maintenance": False}
    begun = operator.well("maintenance", "begin", "--until", ahead(3), "--reason", "switches are exchanged")
    assert "nothing leaves the house until" in begun.out
    shown = operator.well("maintenance", "show", "--json").json
    assert (shown["maintenance"], shown["reason"], shown["until"][:16]) == (True, "switches are exchanged", ahead(3))
    told = operator.say("check").out
    assert "nothing leaves the house until" in told
    assert "switches are exchanged" in told
    assert "维护" in operator.well("maintenance", "end", lang="zh-Hans").out
    assert "there was no maintenance" in operator.well("maintenance", "end").out
    with closing(operator.store()) as store:
        rules = [(rule, facts.get("reason")) for rule, facts in operated(store)]
    assert rules[-3:] == [
        ("operator.maintenance.begin", "switches are exchanged"),
        ("operator.maintenance.end", ""),
        ("operator.maintenance.end", ""),
    ]


def test_a_maintenance_without_reason_or_beyond_a_day_is_refused(operator: Operator) -> None:
    assert operator.say("maintenance", "begin", "--until", ahead(3), "--reason", " ").code == 2
    refused = operator.say("maintenance", "begin", "--until", ahead(30), "--reason", "x")
    assert (refused.code, "What is forgotten ends by itself" in refused.err) == (2, True)
    assert operator.say("maintenance", "begin", "--until", ahead(-1), "--reason", "x").code == 2
    assert operator.well("maintenance", "show", "--json").json == {"maintenance": False}

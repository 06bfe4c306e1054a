"""Plans whose draws are too far apart for the visits that cases need, told by `check` and by `policy check --office`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.operator import Operator


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    told = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}")
    told.settle_in('\n[plans.monthly]\nagency = "bureau"\ntrigger = "cron day=1 09:00"\n').migrated()
    return told


@pytest.mark.slow
def test_a_plan_that_draws_too_seldom_for_its_cases_is_warned_of_with_the_items(operator: Operator) -> None:
    found = [one for one in operator.say("check", "--json").json if one["state"] == "WARN" and "days apart" in one["message"]]
    assert [one["name"] for one in found] == ["plans.monthly"], "what draws every few hours leaves room"
    assert "its draws are up to 31 days apart and a visit has 3wd" in found[0]["message"]
    assert "dispatch-premises 10wd" in found[0]["message"]


def test_policy_check_tells_it_beside_the_holes(operator: Operator) -> None:
    held = operator.say("policy", "check", "--office", "--json").json
    (warned,) = held["warnings"]
    assert warned.startswith("plans.monthly: its draws are up to 31 days apart")
    assert "plans.monthly: 两次抽取最长相隔 31 天" in operator.say("policy", "check", "--office", lang="zh-Hans").out

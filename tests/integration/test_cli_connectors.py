"""`connector`: what is wrong with a section is told with it, whichever command looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.operator import Operator, one_database, settled

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path, "")


def test_wrong_manners_fail_with_their_connector_and_not_with_the_agencies(operator: Operator) -> None:
    manners = '{ hours = ["22-6"], per_minute = 0, per_dya = 5 }'
    keys = 'kind = "http"\nurl = "http://127.0.0.1:9"\n'
    operator.settle_in(f"\n[sources.front]\n{keys}manners = {manners}\n[sources.other]\n{keys}")
    operator.well("migrate")
    for said in (operator.say("connector", "check", "front", "--json"), operator.say("check", "--json")):
        failed = [(one["name"], one["message"]) for one in said.json if one["state"] == "FAIL"]
        assert (said.code, [name for name, _ in failed]) == (1, ["sources.front"] * 3)
        assert all(key in message for key, (_, message) in zip(("hours", "per_minute", "per_dya"), failed, strict=True))
    assert operator.well("connector", "check", "other", "--no-call").code == 0


def test_who_resumes_what_nobody_has_paused_is_told_so(operator: Operator) -> None:
    operator.settle_in('\n[sources.front]\nkind = "http"\nurl = "http://127.0.0.1:9"\n')
    operator.well("migrate")
    resume = ("connector", "resume", "front", "--no-call")
    assert "was not paused" in operator.well(*resume).out
    operator.well("connector", "pause", "front", "--reason", "检修")
    assert "was not paused" not in operator.well(*resume).out
    assert "本未暂停" in operator.well(*resume, lang="zh-Hans").out


def test_a_new_connector_in_a_folder_that_is_not_there_names_that_folder(operator: Operator, tmp_path: Path) -> None:
    said = operator.say("connector", "new", "lands", "--out", str(tmp_path / "nowhere" / "lands"))
    assert (said.code, f"{tmp_path / 'nowhere'}: there is no such file or folder" in said.err) == (2, True)

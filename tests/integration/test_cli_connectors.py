"""`connector`: what is wrong with a section is told with it, whichever command looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from inspector import bootstrap
from inspector.domain.calendar import SHANGHAI
from inspector.domain.errors import Invalid
from inspector.settings import load
from inspector.testing.peer import answer, peer
from tests.operator import Operator, one_database, settled

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path, "")


@pytest.mark.slow
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


def canary(operator: Operator, url: str, manners: str, more: str = "") -> None:
    """Settings with a source that has a canary question and manners; the database is made."""
    keys = f'kind = "http"\nurl = "{url}"\nowner = "登记平台"\ntries = 3\n'
    about = 'canary = { fact = "registration-status", code = "TEST00000000000001", basis = "协议第三条" }\n'
    operator.settle_in(f"\n[sources.front]\n{keys}{about}manners = {manners}\n{more}")
    operator.well("migrate")


def used(operator: Operator) -> int:
    """How many calls are counted today."""
    held = operator.store()
    with held.read() as tx:
        pace = tx.manners.read(["front"]).get("front")
    held.close()
    return pace.used if pace is not None else 0


def test_a_canary_is_asked_within_the_hours_alone(operator: Operator) -> None:
    now = datetime.now(SHANGHAI)
    other = [f"{now + timedelta(hours=hours):%H:%M}" for hours in (6, 7)]
    with peer(answer(404, {})) as there:
        canary(operator, there.url, f'{{ hours = ["{other[0]}-{other[1]}"] }}')
        for command in (("connector", "check", "front"), ("connector", "resume", "front")):
            said = operator.well(*command)
            assert ("outside the hours in which it may be asked" in said.out, other[0] in said.out) == (True, True)
        assert (there.heard, used(operator)) == ([], 0)
        here = [f"{now + timedelta(hours=hours):%H:%M}" for hours in (-6, 6)]
        canary(operator, there.url, f'{{ hours = ["{here[0]}-{here[1]}"] }}')
        operator.say("connector", "check", "front")
        assert len(there.heard) == 1


def test_a_canary_counts_for_the_days_quota_and_asks_no_more_than_that_is(operator: Operator) -> None:
    with peer(answer(503, {})) as there:
        canary(operator, there.url, "{ per_day = 2 }")
        for calls in (1, 2):
            operator.say("connector", "check", "front")
            assert (len(there.heard), used(operator)) == (calls, calls), "a call is one try, as the daemon's is"
        said = operator.well("connector", "check", "front")
        assert "the day's quota of calls is used up" in said.out
        assert "当日配额已用完" in operator.well("connector", "check", "front", lang="zh-Hans").out
        assert (len(there.heard), used(operator)) == (2, 2)


def test_a_canary_whose_calls_nobody_can_count_is_not_asked(operator: Operator, tmp_path: Path) -> None:
    with peer(answer(404, {})) as there:
        canary(operator, there.url, "{ per_day = 2 }")
        elsewhere = replace(operator, folder=tmp_path / "elsewhere", url=f"sqlite:///{tmp_path / 'none.sqlite3'}")
        elsewhere.folder.mkdir()
        elsewhere.config.write_text(operator.config.read_text(encoding="utf-8").replace(operator.url, elsewhere.url))
        said = elsewhere.well("connector", "check", "front")
        assert "counted in the database" in said.out
        assert there.heard == []


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ('{ fact = "registration-status", code = "T1" }', "basis"),
        *(
            pytest.param(*one, marks=pytest.mark.slow)
            for one in (
                ('{ fact = "f", code = "c", basis = "b", expects = "maybe" }', "expects"),
                ('{ fact = "f", code = "c", basis = "b", bassis = "b" }', "bassis"),
                ('"yes"', "canary"),
            )
        ),
    ],
)
def test_a_wrong_canary_fails_with_its_connector_by_its_key_and_the_others_are_looked_at(
    operator: Operator, wrong: str, key: str
) -> None:
    keys = 'kind = "http"\nurl = "http://127.0.0.1:9"\n'
    operator.settle_in(f"\n[sources.front]\n{keys}canary = {wrong}\n[sources.other]\n{keys}")
    operator.well("migrate")
    for command in (("connector", "check", "front"), ("connector", "check", "--no-call"), ("check",)):
        said = operator.say(*command, "--json")
        failed = [one for one in said.json if one["state"] == "FAIL"]
        assert [one["name"] for one in failed] == ["sources.front"], "it is our own mistake, and told once"
        assert (said.code, key in failed[0]["message"], bool(failed[0]["mend"])) == (1, True, True)
        assert any(one["name"].startswith("sources.other") for one in said.json) == (command[-1] != "front")


@pytest.mark.slow
def test_manners_of_who_has_no_work_are_refused(operator: Operator) -> None:
    told = '\n[identity.sso]\nkind = "oidc"\nmanners = { per_day = 5 }\n'
    operator.settle_in(told + '[pulse]\nkind = "http"\nurl = "http://127.0.0.1:9"\nmanners = { per_day = 5 }\n')
    said = operator.say("check", "--json")
    failed = {one["name"] for one in said.json if one["state"] == "FAIL" and "its manners" in one["message"]}
    assert failed == {"identity.sso", "pulse.pulse"}
    with pytest.raises(Invalid, match="manners_workless"):
        bootstrap.prove(load(operator.config))


def test_a_look_notes_no_pack_of_the_folder(operator: Operator) -> None:
    with peer(answer(404, {})) as there:
        canary(operator, there.url, "{ per_day = 2 }")
        operator.say("connector", "check", "front")
        assert len(there.heard) == 1
    held = operator.store()
    with held.read() as tx:
        assert tx.packs.texts() == {}
    held.close()

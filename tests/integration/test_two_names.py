"""Who has an account of the pages and is a user of the machine is one person: what two must do is not done by one under two names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.cli import persons, terminal
from inspector.domain.errors import Invalid
from inspector.domain.person import at_machine, declared, same, twice
from inspector.domain.sendback import Mistake, SendBackReason
from inspector.flows import missent
from inspector.settings import load
from inspector.store.store import Store
from tests.edge import a_case, serving
from tests.house import Hand, application, closing, open_office, post
from tests.integration.test_way import LICENCE
from tests.operator import Operator

pytestmark = pytest.mark.alike
PEOPLE = '\n[people]\n"李四" = ["li.si", "os:lisi"]\n"王五" = ["os:wangwu"]\n'


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    """A house whose database is migrated when it is first needed."""
    return Operator(tmp_path, database_url).settle_in()


@pytest.mark.slow
def test_one_person_with_two_accounts_signs_by_one_name_and_is_no_second_person(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    office = replace(office, entrance=replace(office.entrance, people={"李四": ("li.si", "os:lisi")}))
    with serving(office) as edge, edge.as_("system") as hall:
        case_id = hall.post("/v1/cases", json=a_case()).json()["id"]
        way, given = f"/v1/cases/{case_id}/send-back", {"reason": "NOT_OURS", "words": "不属于本机关事项"}
        with edge.as_("officer", name="li.si") as account:
            assert account.post(way, json=given).status_code == 200
        with store.read() as tx:
            asked = tx.cases.get(case_id).send_back
        assert asked is not None
        assert asked.by == "李四", "whichever account is used"
        with edge.as_("officer", name="李四") as account:
            refused = account.post(f"{way}/agreement")
            assert (refused.status_code, refused.json()["error"]["code"]) == (409, "send_back_same_person")
        with edge.as_("officer", name="王五") as account:
            assert account.post(f"{way}/agreement").status_code == 200


@pytest.mark.slow
def test_who_has_asked_on_the_pages_agrees_by_no_other_name_at_the_command_line(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.settle_in(PEOPLE).migrated()
    with closing(operator.store()) as store:
        hand = Hand()
        office = open_office(store, hand)
        case = post(office, application(1, "business-licence", LICENCE))
        with store.begin() as tx:
            mistake = Mistake(reason=SendBackReason.NOT_OURS, words="不属于本机关事项")
            missent.ask(office, tx, case, mistake, "李四", "t-1", hand())
    for user, code, told in (
        ("os:lisi", 4, "another officer agrees"),
        ("os:unknown", 4, "nobody's here"),
        ("os:wangwu", 0, ""),
    ):
        monkeypatch.setattr(terminal, "operator", lambda user=user: user)
        done = operator.say("case", "send-back-agree", case, "--by", "王五")
        assert (done.code, told in done.err) == (code, True), user


def test_a_name_is_one_persons_and_what_was_signed_stays_comparable() -> None:
    people = {"李四": ("li.si", "os:lisi"), "王五": ()}
    assert declared("OS:LiSi", people) == declared("李 四", people) == "李四"
    assert declared("赵六", people) == ""
    signed = at_machine("王五", "os:lisi", "李四")
    assert signed == "王五 (os:lisi=李四)"
    assert [same(signed, one) for one in ("李四", "os:lisi", "王五", "赵六")] == [True, True, True, False]
    assert at_machine(None, "os:lisi", "李四") == at_machine("李四", "os:lisi", "李四") == "李四 (os:lisi)"
    assert twice(people) is None
    assert twice(people | {"王五": ("LI.SI",)}) == ("李四", "王五")


def test_settings_that_give_one_name_to_two_persons_are_refused(operator: Operator) -> None:
    operator.settle_in(PEOPLE + '"赵六" = ["os:LiSi"]\n')
    with pytest.raises(Invalid, match="settings_invalid") as refused:
        load(operator.config)
    assert "names one person twice, 李四 and 赵六" in str(refused.value.facts["problems"])


@pytest.mark.slow
def test_check_names_officers_whose_names_cannot_be_joined(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    def found() -> list[str]:
        return [one["message"] for one in operator.say("check", "--json").json if one["name"] == "people"]

    monkeypatch.setattr(terminal, "operator", lambda: "os:lisi")
    monkeypatch.setattr(persons, "operator", lambda: "os:lisi")
    operator.migrated()
    assert found() == [], "nobody signs on the pages"
    operator.well("token", "issue", "li.si", "--agency", "bureau", "--role", "officer")
    (alone,) = found()
    assert "os:lisi" in alone
    operator.settle_in(PEOPLE)
    assert found() == []
    operator.well("token", "issue", "赵六", "--agency", "bureau", "--role", "officer")
    (strange,) = found()
    assert ("赵六" in strange, "li.si" in strange) == (True, False)

"""An officer who is away names who decides in his or her stead; what falls due meanwhile goes there, and the ledger has it."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState
from inspector.domain.deputy import Deputy
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.proposal import Proposal
from inspector.flows import deputies, review
from inspector.store.store import Store
from inspector.store.tx import new_id
from tests.edge import serving
from tests.house import Hand, Table, open_office, settle
from tests.integration.test_forms import in_review, logged_in
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

WHY = "不损害公共利益"


def stands_in(case: Proceeding, deputy: str, officer: str = "李四", days: int = 14, by: str = "") -> Deputy:
    """From today on an officer is away for so many days."""
    since = case.hand().date()
    with case.office.store.begin() as tx:
        made = Deputy(
            id=new_id(),
            agency="bureau",
            officer=officer,
            deputy=deputy,
            since=since,
            until=since + timedelta(days=days),
            named_by=by or officer,
            named_at=case.hand(),
        )
        return deputies.name(case.office, tx, made, case.hand())


def anybody(case: Proceeding) -> Proceeding:
    """The case by a pack that does not ask for another second person than the deputy."""
    packs = tuple(
        replace(pack, consequences={kind: replace(row, deputy_apart=False) for kind, row in pack.consequences.items()})
        for pack in case.office.book.packs
    )
    return replace(case, office=replace(case.office, book=replace(case.office.book, packs=packs)))


def ruled(case: Proceeding) -> Consequence:
    """A revocation that the officer has decided, and that waits for others."""
    held = case.noticed(case.the(Proposal.REVOKE))
    return case.rule(held, public_interest=WHY)


def test_what_falls_due_while_an_officer_is_away_goes_to_the_deputy_who_decides_in_his_stead(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = ruled(case)
    with pytest.raises(Refusal, match="consequence_ruled"):
        case.rule(held, "周八", public_interest=WHY)
    made = stands_in(case, "周八", days=30)
    with store.read() as tx:
        assert deputies.whose(case.office, tx, held, hand()) == ("李四", "周八")
    again = case.rule(held, "周八", public_interest=WHY)
    assert again.verdict is not None
    assert (again.verdict.signed.by, again.verdict.signed.stead) == ("周八", "李四")
    hand.on(days=16)
    settle(case.office)
    (matter,) = (one for one in case.matters("consequence_due") if one["proposal"] == "REVOKE")
    assert "instead" not in matter, "the decision is the deputy's own now, who is there"
    for kind, name in ((Agreement.SECOND, "王五"), (Agreement.LEGAL, "赵六")):
        case.agree(held, kind, name)
    done = case.the(Proposal.REVOKE)
    assert done.state is ConsequenceState.IMPOSED
    assert {one.by for one in done.deciders} == {"李四", "周八", "王五", "赵六"}, (
        "so that none of them decides an objection to it"
    )
    with store.read() as tx:
        said = [json.loads(row["body"]) for row in tx.ledger.about(f"deputy:{made.id}")]
        imposed = [json.loads(row["body"]) for row in tx.ledger.about(case.case) if row["rule"] == "consequence.imposed"]
    assert [(one["facts"]["officer"], one["facts"]["instead"], one["facts"]["by"]) for one in said] == [("李四", "周八", "李四")]
    assert [one["facts"].get("stead") for one in imposed] == ["李四"]


def test_people_are_told_with_a_matter_that_the_deputy_is_to_see_to_it(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    stands_in(case, "周八", days=60)
    hand.on(days=30)
    settle(case.office)
    told = {(one["proposal"], one["officer"], one["instead"]) for one in case.matters("consequence_due")}
    assert told == {("REVOKE", "李四", "周八"), ("RECORD_CREDIT", "李四", "周八")}


def test_whoever_is_back_mends_what_the_deputy_has_written_and_the_deputy_stands_in_no_more(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = ruled(case)
    made = stands_in(case, "周八")
    case.rule(held, "周八", public_interest=WHY)
    with store.begin() as tx:
        deputies.end(tx, made.id, "李四", hand())
    again = case.rule(held, "李四", public_interest=WHY)
    assert again.verdict is not None
    assert (again.verdict.signed.by, again.verdict.signed.stead) == ("李四", "")
    with pytest.raises(Refusal, match="consequence_ruled"):
        case.rule(held, "周八", public_interest=WHY)
    with store.begin() as tx, pytest.raises(Refusal, match="deputy_over"):
        deputies.end(tx, made.id, "李四", hand())


def test_where_the_pack_asks_the_deputy_is_not_the_second_person_of_the_same_proceeding(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = ruled(case)
    made = stands_in(case, "王五", days=3)
    with pytest.raises(Refusal, match="consequence_deputy_agrees"):
        case.agree(held, Agreement.SECOND, "王五")
    case.rule(held, "王五", public_interest=WHY)
    with pytest.raises(Refusal, match="consequence_deputy_agrees"):
        case.agree(held, Agreement.SECOND, "李四")
    with store.begin() as tx:
        deputies.end(tx, made.id, "李四", hand())
    with pytest.raises(Refusal, match="consequence_deputy_agrees"):
        case.agree(held, Agreement.SECOND, "李四")
    assert case.agree(held, Agreement.SECOND, "赵六").verdict is not None


def test_where_no_pack_asks_the_deputy_may_agree_to_what_the_officer_wrote_before(store: Store, hand: Hand) -> None:
    case = anybody(decided(store, hand, Outcome.UNTRUE_INCURABLE))
    held = ruled(case)
    stands_in(case, "王五")
    assert case.agree(held, Agreement.SECOND, "王五").verdict is not None


def test_a_duty_comes_to_somebody_who_is_there_and_nobody_names_himself(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    stands_in(case, "周八")
    for officer, deputy, by, code in (
        ("李四", "钱七", "李四", "deputy_there"),
        ("赵六", "李 四", "赵六", "deputy_away"),
        ("周八", "赵六", "周八", "deputy_away"),
        ("赵六", "钱七", "钱七", "deputy_by_self"),
    ):
        with pytest.raises(Refusal, match=code):
            stands_in(case, deputy, officer, by=by)
    with pytest.raises(Invalid, match="deputy_self"):
        stands_in(case, "赵六", "赵六", by="王五")
    with pytest.raises(Invalid, match="deputy_dates"):
        stands_in(case, "钱七", "赵六", days=-1)
    hand.on(days=15)
    assert stands_in(case, "钱七").until == date(2026, 3, 31), "the former one's time is over by itself"


def test_a_deputy_is_named_and_ended_over_the_api_and_on_the_page_and_the_list_of_duties_says_so(
    store: Store, hand: Hand
) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    told = {"officer": "李四", "deputy": "周八", "since": "2026-03-02", "until": "2026-03-20"}
    with serving(office) as edge, edge.as_("officer", name="李四") as officer, edge.as_("officer", agency="other") as stranger:
        for name in ("赵六", "钱七", "周八"):
            edge.token("officer", name=name)
        case = in_review(edge)
        with store.begin() as tx:
            cited = tuple(piece.id for piece in tx.cases.evidence(case))
            review.conclude(office, tx, case, "hall", hand())
            review.decide(office, tx, case, Outcome.UNTRUE_INCURABLE, "李四", "登记已吊销", cited, hand())
        made = officer.post("/v1/deputies", json=told)
        assert (made.status_code, made.json()["named_by"]) == (200, "李四")
        duties = officer.get("/v1/docket").json()["duties"]
        assert {(one["officer"], one["instead"]) for one in duties} == {("李四", "周八")}
        assert stranger.get("/v1/deputies").json()["deputies"] == []
        assert stranger.post(f"/v1/deputies/{made.json()['id']}/end", json={}).status_code == 404
        with edge.client() as browser:
            logged_in(edge, browser)
            assert "周八 代 李四" in browser.get("/review").text
            page = browser.get("/deputies").text
            assert "由 周八 代行 李四 的职责" in page
            fields = dict(re.findall(r'name="(guard|message|id)" value="([^"]+)"', page))
            assert browser.post("/deputies", data={**fields, "do": "end"}).status_code == 303
            assert "没有人不在岗" in browser.get("/deputies").text
            named = {"officer": "赵六", "deputy": "赵六", "since": "2026-03-02", "until": "2026-03-20"}
            wrong = browser.post("/deputies", data={**fields, "message": "1", "do": "name", **named})
            assert (wrong.status_code, "不能由本人代行" in wrong.text, 'value="2026-03-20"' in wrong.text) == (422, True, True)
            good = browser.post("/deputies", data={**fields, "message": "2", "do": "name", **named, "deputy": "钱七"})
            assert good.status_code == 303
            assert "由 钱七 代行 赵六 的职责" in browser.get("/deputies").text
        rows = officer.get("/v1/deputies").json()["deputies"]
        assert [(one["officer"], one["ended_at"] is not None) for one in rows if one["officer"] == "李四"] == [("李四", True)]
        assert {one["instead"] for one in officer.get("/v1/docket").json()["duties"]} == {""}


def test_nobody_stands_in_for_a_name_that_nobody_has_nor_by_one(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with serving(office) as edge, edge.as_("officer", name="李四") as officer:
        edge.token("officer", name="周八")
        days = {"since": "2026-03-02", "until": "2026-03-20"}
        for names, field in (
            ({"officer": "李四", "deputy": "周巴"}, "deputy"),
            ({"officer": "李思", "deputy": "周八"}, "officer"),
        ):
            error = officer.post("/v1/deputies", json=names | days).json()["error"]
            assert (error["code"], error["facts"]["field"], error["facts"]["name"]) == ("officer_unknown", field, "…")
        assert (
            officer.post("/v1/deputies", json={"officer": "陈局长", "deputy": "周八"} | days).json()["error"]["code"]
            == "deputy_of_head"
        )
        assert officer.post("/v1/deputies", json={"officer": "李四", "deputy": "周 八"} | days).status_code == 200


@pytest.mark.differs
def test_two_officers_who_name_each_other_at_once_leave_one_of_them_there(store: Store, hand: Hand) -> None:
    case = Proceeding(office=open_office(store, hand), hand=hand, case="")
    since = hand().date()

    def away(officer: str, deputy: str) -> Deputy:
        told = {"since": since, "until": since + timedelta(days=9), "named_by": officer, "named_at": hand()}
        return Deputy(id=new_id(), agency="bureau", officer=officer, deputy=deputy, **told)  # type: ignore[arg-type]

    def name(made: Deputy) -> str:
        try:
            with store.begin() as tx:
                deputies.name(case.office, tx, made, hand())
        except Refusal as refused:
            return refused.code
        return "named"

    with ThreadPoolExecutor(1) as other:
        with store.begin() as tx:
            deputies.name(case.office, tx, away("王五", "赵六"), hand())
            second = other.submit(name, away("赵六", "王五"))
            with pytest.raises(TimeoutError):
                second.result(timeout=0.5)
        assert second.result(timeout=30) == "deputy_away"

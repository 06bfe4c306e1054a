"""Whoever withdraws is told before for how long the item cannot be committed to again, and says that this is known (handbook 1.1.6)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from inspector.domain.case import CaseState
from inspector.domain.errors import Refusal
from inspector.domain.serving import NoticeKind, SubjectWord
from inspector.flows import giving, review, spoken
from inspector.flows.office import Office
from inspector.flows.serving import token
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, post, settle
from tests.integration.test_forms import hidden
from tests.integration.test_reapply import exam, office

pytestmark = pytest.mark.alike
ARTICLE = "S34:1"


def committed(store: Store, hand: Hand) -> tuple[Office, str, str]:
    """Somebody has committed to an item that one cannot commit to again in that year; the case, and a notice whose link it has."""
    house = office(store, hand)
    case_id = post(house, exam("E-1"))
    settle(house)
    with store.begin() as tx:
        case = tx.cases.get(case_id)
        giving.inform(
            house,
            tx,
            case,
            f"{case_id}:told",
            NoticeKind.GUIDANCE,
            about=case_id,
            title="告知",
            facts=("事实",),
            reasons="临近所承诺之日",
            basis=(ARTICLE,),
            now=hand(),
        )
    return house, case_id, f"{case_id}:told"


def stands(store: Store, case: str) -> CaseState:
    with store.read() as tx:
        return tx.cases.get(case).state


@pytest.mark.slow
def test_the_system_that_withdraws_hears_the_bar_first_and_withdraws_once_the_applicant_knows_it(
    store: Store, hand: Hand
) -> None:
    house, case, _ = committed(store, hand)
    before = stands(store, case)
    with serving(house) as edge, edge.as_("system", name="hall") as system:
        path = f"/v1/cases/{case}/withdraw"
        told = system.post(path, json={"reason": "改考其他科目"})
        error = told.json()["error"]
        assert (told.status_code, error["code"]) == (409, "withdrawal_bars")
        for words in (ARTICLE, "2026-12-31", "exam-work-years", "bar_known"):
            assert words in error["message"], words
        assert stands(store, case) is before, "nothing is withdrawn"
        described = system.get("/openapi.json").json()["paths"]["/v1/cases/{case_id}/withdraw"]["post"]["description"]
        assert "withdrawal_bars" in described
        done = system.post(path, json={"reason": "改考其他科目", "bar_known": True})
        assert (done.status_code, done.json()["state"]) == (200, "WITHDRAWN")
    with store.read() as tx:
        (entry,) = [row for row in tx.ledger.about(case) if row["rule"] == "commitment.withdraw"]
        (event,) = [row for row in tx.events.of_case(case) if row["type"] == "commitment.withdrawn"]
    assert json.loads(entry["body"])["facts"]["barred_until"] == "2026-12-31"
    assert json.loads(event["body"])["barred_until"] == "2026-12-31"


def test_the_page_names_the_bar_before_and_takes_the_withdrawal_once_that_is_confirmed(store: Store, hand: Hand) -> None:
    house, case, notice = committed(store, hand)
    before = stands(store, case)
    with serving(house) as edge, edge.client() as phone:
        with store.read() as tx:
            path = f"/subject/{notice}/{token(house, tx, notice)}"
        shown = phone.get(path, headers={"Accept-Language": "zh"}).text
        for words in ("至当年年底前", "2026-12-31", "须提交证明", 'name="sure"'):
            assert words in shown, words
        form = {"word": "WITHDRAWAL", "words": "改考其他科目"}
        refused = phone.post(path, data={**form, "message": hidden(shown)}, headers={"Accept-Language": "zh"})
        assert (refused.status_code, "请勾选确认已知悉" in refused.text, "改考其他科目" in refused.text) == (422, True, True)
        assert stands(store, case) is before
        phone.post(path, data={**form, "message": hidden(refused.text), "sure": "yes"})
    assert stands(store, case) is CaseState.WITHDRAWN


def test_an_officer_at_the_counter_says_so_too(store: Store, hand: Hand) -> None:
    house, case, notice = committed(store, hand)
    with pytest.raises(Refusal, match="withdrawal_bars"), store.begin() as tx:
        spoken.say(house, tx, notice, SubjectWord.WITHDRAWAL, "不考了", (), hand(), door="李四")
    with store.begin() as tx:
        spoken.say(house, tx, notice, SubjectWord.WITHDRAWAL, "不考了", (), hand(), door="李四", bar_known=True)
    assert stands(store, case) is CaseState.WITHDRAWN


def test_where_no_bar_follows_nobody_is_asked(store: Store, hand: Hand) -> None:
    house = office(store, hand, ())
    case = post(house, exam("E-1"))
    settle(house)
    with store.begin() as tx:
        assert review.withdrawing(house, tx, tx.cases.get(case), hand() + timedelta(days=1)) is None
        review.withdraw(house, tx, case, "不考了", "hall", hand())
    assert stands(store, case) is CaseState.WITHDRAWN

"""A lead that opens a case again takes no kept promise away; what an officer then decides strikes it by two (decision 164)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from inspector.domain.calendar import due
from inspector.domain.case import CaseState, Outcome
from inspector.domain.creditrecord import RecordState
from inspector.domain.docket import DocketKind
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.proposal import Proposal
from inspector.domain.review import finding
from inspector.domain.serving import NoticeKind
from inspector.domain.timer import Timer
from inspector.flows import attention, review
from inspector.flows.office import Office
from inspector.flows.settle import settle_case
from inspector.store.tx import new_id
from tests.edge import Edge, serving
from tests.house import settle
from tests.integration.test_creditrecords import Place, here
from tests.integration.test_forms import logged_in
from tests.integration.test_striking import Kept, kept
from tests.proceedings import Proceeding, recorded

__all__ = ["here", "kept"]
pytestmark = pytest.mark.alike

BOTH = (RecordState.STANDING, 2)
"""It stands, and each of two receivers has it."""
ACT = "act-untrue-incurable"


def led(kept: Kept, verdict: Verdict = Verdict.MISMATCH) -> None:
    """Somebody's finding about the promise comes in, which nobody has seen to."""
    office, case = kept.case.office, kept.case.case
    with office.store.begin() as tx:
        held, before = tx.cases.get(case, lock=True), tx.cases.evidence(case)[0]
        seen = replace(before, id=new_id(), verdict=verdict, asked_at=kept.case.hand(), found="吊销")
        tx.cases.add_evidence(held, seen)
        pack = office.book.get(held.pack)
        settle_case(tx, office, finding(held, seen, pack, kept.case.hand(), office.calendar), pack, kept.case.hand())
    settle(office)


def decides(kept: Kept, outcome: Outcome, act: str = "") -> None:
    """An officer decides what the lead came to."""
    kept.case.decide(outcome, act=act)
    settle(kept.case.office)


def strikes(edge: Edge, kept: Kept, name: str = "王五") -> tuple[int, str]:
    """Another officer enters that the case was decided anew: status, and the record's state or the error's code."""
    told = {"why": "CORRECTION", "document": kept.case.case}
    with edge.as_("officer", name=name) as officer:
        answer = officer.post(f"/v1/credit/records/{kept.entry}/annulment", json=told)
    body = answer.json()
    return answer.status_code, body["error"]["code"] if "error" in body else body["state"]


def due_strikings(office: Office) -> list[tuple[str, str, datetime]]:
    """The kept promises on the list of decisions: entry, case, by when a second officer says the second word."""
    with office.store.read() as tx:
        due = tx.docket.page(list(office.tree), None, 50)
    return [(one.id, one.case_id, one.due_at) for one in due if one.kind is DocketKind.STRIKING]


def struck(kept: Kept) -> list[str]:
    """The reasons that its subject has read."""
    with kept.case.office.store.read() as tx:
        return [one.reasons for one in tx.servings.of_case(kept.case.case) if one.kind is NoticeKind.STRUCK]


@pytest.mark.parametrize("outcome", [Outcome.TRUE, Outcome.DATA_ERROR, Outcome.IMMATERIAL])
def test_a_lead_takes_no_kept_promise_back_and_it_is_entered_once_where_nothing_comes_of_it(kept: Kept, outcome: Outcome) -> None:
    for _ in range(2):
        led(kept)
        with kept.case.office.store.read() as tx:
            case = tx.cases.get(kept.case.case)
        assert (case.state, case.outcome, case.entry) == (CaseState.REVIEW, None, kept.entry)
        assert kept.stands == BOTH
        assert kept.case.events("review.opened")[-1]["entry"] == kept.entry, "the approving system hears what stands"
        decides(kept, outcome)
        assert kept.stands == BOTH
        assert kept.case.matters("credit_strike_asked") == []
    assert kept.place.first.made == kept.place.second.made == {kept.entry: 1}, "nobody is entered twice"


def test_what_waited_for_a_receiver_is_entered_there_all_the_same(here: Place) -> None:
    here.second.mode = "away"
    case = here.commits(1)
    with here.office.store.read() as tx:
        entry = str(tx.cases.get(case).entry)
    made = Kept(place=here, case=Proceeding(office=here.office, hand=here.hand, case=case), entry=entry)
    led(made)
    assert made.stands == (RecordState.STANDING, 1)
    here.second.mode = "ok"
    here.hand.on(days=1)
    settle(here.office)
    assert made.stands == BOTH


def test_who_decides_otherwise_has_said_the_first_of_two_words_and_the_subject_is_told_with_the_second(kept: Kept) -> None:
    case = kept.case
    led(kept)
    decides(kept, Outcome.UNTRUE_INCURABLE, ACT)
    assert kept.stands == BOTH, "one officer alone strikes nothing"
    (asked,) = case.matters("credit_strike_asked")
    assert (asked["entry"], asked["document"], asked["by"]) == (kept.entry, case.case, "李四")
    with case.office.store.read() as tx:
        policy = case.office.book.get(tx.cases.get(case.case).pack)
    by = due(case.hand(), policy.term(Timer.REVIEW).term, case.office.calendar).at
    assert due_strikings(case.office) == [(kept.entry, case.case, by)], "an officer's days to look, for entries wait for it"
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert "first word: 李四" in browser.get("/review?lang=en").text, "nobody begins in vain who was the first"
    with pytest.raises(Refusal, match="consequence_overtaken"):
        recorded(case.office, case.hand, case.case)
    with serving(case.office) as edge:
        assert strikes(edge, kept, "李四") == (409, "strike_same_person")
        assert kept.stands == BOTH
        assert strikes(edge, kept) == (200, "ANNULLED")
    settle(case.office)
    assert kept.stands == (RecordState.ANNULLED, 0)
    assert due_strikings(case.office) == []
    assert struck(kept) == ["查询结果与承诺不符"]
    entry = case.the(Proposal.RECORD_CREDIT)
    case.rule(entry)
    settle(case.office)
    with case.office.store.read() as tx:
        anew = str(tx.cases.get(case.case).entry)
    assert (anew == kept.entry, kept.place.record(anew).grade, kept.receivers(anew)) == (False, "minor", 2)


def test_nobody_strikes_a_kept_promise_by_a_decision_that_no_officer_has_made(kept: Kept) -> None:
    led(kept)
    with serving(kept.case.office) as edge:
        assert strikes(edge, kept) == (422, "annulled_by_review")
    assert kept.stands == BOTH


def test_who_does_not_agree_leaves_it_standing_and_a_later_decision_for_the_subject_ends_what_waits(kept: Kept) -> None:
    case = kept.case
    led(kept)
    decides(kept, Outcome.UNTRUE_INCURABLE, ACT)
    led(kept, Verdict.MATCH)
    assert kept.stands == BOTH, "it is opened again for the subject, and nothing is taken back"
    decides(kept, Outcome.TRUE)
    assert kept.stands == BOTH
    assert case.matters("credit_strike_asked") == []
    assert kept.rules()[-2:] == ["credit.strike_asked", "credit.strike_declined"]
    led(kept)
    decides(kept, Outcome.UNTRUE_INCURABLE, ACT)
    with case.office.store.begin() as tx:
        attention.close(tx, f"credit_strike_asked:{kept.entry}", "王五", case.hand(), note="证据不足")
    assert kept.stands == BOTH


def test_whoever_leaves_the_house_takes_the_kept_promise_along(kept: Kept) -> None:
    led(kept)
    decides(kept, Outcome.UNTRUE_INCURABLE, ACT)
    with kept.case.office.store.begin() as tx:
        review.withdraw(kept.case.office, tx, kept.case.case, "不办了", "hall", kept.case.hand())
    settle(kept.case.office)
    assert kept.stands == (RecordState.FALLEN, 0)
    assert kept.case.matters("credit_strike_asked") == []


def test_what_is_to_somebodys_discredit_falls_with_its_outcome_as_before(here: Place) -> None:
    entry = here.found(1)
    case = here.record(entry).case_id
    made = Kept(place=here, case=Proceeding(office=here.office, hand=here.hand, case=case), entry=entry)
    led(made, Verdict.MATCH)
    assert made.stands == (RecordState.FALLEN, 0)

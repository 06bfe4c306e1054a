"""What an officer may decide depends on the evidence he cites: only a contradiction makes a commitment untrue."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from inspector.domain.attempt import Attempt, AttemptWay
from inspector.domain.case import CaseState, Method, Outcome
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Evidence, Verdict
from inspector.flows import attempts, late, review
from inspector.flows.office import Office
from inspector.ports import Origin, PortError, Unavailable
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle

pytestmark = pytest.mark.alike

LICENCE = {"registration-status": "存续"}
UNTRUE = [Outcome.UNTRUE_CURABLE, Outcome.UNTRUE_INCURABLE, Outcome.FALSE_KNOWING]


def in_review(store: Store, hand: Hand, answer: str | PortError | None, as_of: datetime | None = None) -> tuple[Office, str, str]:
    """An office, a case in review there, and its one piece of evidence."""
    office = open_office(store, hand, sources={"registers": Table(default=answer, as_of=as_of)})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    hand.on(days=3)  # the pack waits two working days for a source
    settle(office)
    with store.read() as tx:
        (piece,) = tx.cases.evidence(case_id)
    return office, case_id, piece.id


def decide(office: Office, case_id: str, outcome: Outcome, *cited: str) -> CaseState:
    """An officer's decision."""
    with office.store.begin() as tx:
        return review.decide(office, tx, case_id, outcome, "李四", "理由", cited, office.now()).state


@pytest.mark.parametrize("outcome", UNTRUE)
def test_no_record_never_carries_an_untrue_outcome(store: Store, hand: Hand, outcome: Outcome) -> None:
    office, case_id, piece = in_review(store, hand, None)
    with store.read() as tx:
        assert tx.cases.evidence(case_id)[0].verdict is Verdict.NOT_FOUND
    with pytest.raises(Invalid, match="evidence_not_against"):
        decide(office, case_id, outcome, piece)
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.REVIEW


@pytest.mark.parametrize("outcome", UNTRUE)
def test_a_cited_mismatch_carries_an_untrue_outcome(store: Store, hand: Hand, outcome: Outcome) -> None:
    office, case_id, piece = in_review(store, hand, "吊销")
    assert decide(office, case_id, outcome, piece) is CaseState.CLOSED


@pytest.mark.parametrize("days", [-4, -150, 1_800], ids=["the day before", "five months before", "in the future"])
def test_a_mismatch_of_another_time_is_a_lead_that_carries_no_untrue_outcome_and_marks_nobody(
    store: Store, hand: Hand, days: int
) -> None:
    office, case_id, piece = in_review(store, hand, "吊销", hand() + timedelta(days=days))
    with store.read() as tx:
        held, (seen,) = tx.cases.get(case_id), tx.cases.evidence(case_id)
    assert held.review_reason == "STALE_LEAD"
    assert (seen.verdict, seen.fresh) == (Verdict.MISMATCH, False)
    assert seen.note == ("as_of_ahead" if days > 0 else "as_of_before")
    for outcome in (*UNTRUE, Outcome.REFUSED):
        with pytest.raises(Invalid, match="evidence_stale"):
            decide(office, case_id, outcome, piece)
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.REVIEW
        assert not [row for row in tx.work.page(case_id=case_id) if row["kind"] == OrderKind.CREDIT.value]


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNREACHABLE])
@pytest.mark.parametrize("answer", [None, Unavailable("timeout", origin=Origin.WIRE)], ids=["no record", "outage"])
def test_what_marks_or_burdens_the_subject_needs_evidence_that_says_something(
    store: Store, hand: Hand, outcome: Outcome, answer: PortError | None
) -> None:
    office, case_id, piece = in_review(store, hand, answer)
    gone = outcome is Outcome.UNREACHABLE  # which rests on attempts, named or not
    with pytest.raises(Refusal, match="attempts_lacking") if gone else pytest.raises(Invalid, match="evidence_missing"):
        decide(office, case_id, outcome)
    with pytest.raises(Refusal, match="attempts_lacking") if gone else pytest.raises(Invalid, match="evidence_silent"):
        decide(office, case_id, outcome, piece)
    seen = Evidence(
        id="visit:1",
        claim="registration-status",
        method=Method.ON_SITE,
        via="",
        verdict=Verdict.CANNOT_SAY,
        fresh=True,
        asked_at=hand(),
        as_of=hand(),
        remark="三次上门，大门紧闭",
    )
    with store.begin() as tx:
        late.beside(tx, tx.cases.get(case_id, lock=True), seen, hand())
    if gone:
        with pytest.raises(Refusal, match="attempts_lacking"):
            decide(office, case_id, outcome, seen.id)
    with store.begin() as tx:
        for hours, way in ((60, AttemptWay.ON_SITE), (30, AttemptWay.ON_SITE), (2, AttemptWay.TELEPHONE)):
            tried = Attempt(way=way, at=hand() - timedelta(hours=hours), words="无人应答", by="李四")
            attempts.enter(office, tx, case_id, tried, hand())
    assert decide(office, case_id, outcome, seen.id) is CaseState.CLOSED


@pytest.mark.parametrize("outcome", [Outcome.TRUE, Outcome.UNVERIFIABLE, Outcome.DATA_ERROR])
def test_an_outcome_against_nobody_needs_no_evidence(store: Store, hand: Hand, outcome: Outcome) -> None:
    office, case_id, _ = in_review(store, hand, None)
    assert decide(office, case_id, outcome) is CaseState.CLOSED


@pytest.mark.parametrize("reasons", ["", " \t", "\u200b"])
def test_nobody_decides_without_reasons(store: Store, hand: Hand, reasons: str) -> None:
    office, case_id, piece = in_review(store, hand, "吊销")
    with store.begin() as tx, pytest.raises(Invalid, match="reason_missing"):
        review.decide(office, tx, case_id, Outcome.DATA_ERROR, "李四", reasons, (piece,), hand())


def test_evidence_of_another_case_is_refused_and_not_dropped(store: Store, hand: Hand) -> None:
    office, case_id, piece = in_review(store, hand, "吊销")
    with pytest.raises(Invalid, match="evidence_unknown") as refused:
        decide(office, case_id, Outcome.UNTRUE_CURABLE, piece, "ask:another")
    assert refused.value.facts["evidence"] == "ask:another"

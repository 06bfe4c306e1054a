"""What a visit finds about a case that had been decided, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.case import CaseState, ClaimStatus, Method, Outcome
from inspector.domain.evidence import GOOD, Evidence, Verdict
from inspector.domain.finding import Finding
from inspector.flows import dispatch, late, review
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing, visits
from tests.house import Hand

pytestmark = pytest.mark.alike


@pytest.mark.slow
@pytest.mark.parametrize(
    ("decided", "found", "state"),
    [
        (Outcome.UNTRUE_CURABLE, Verdict.MATCH, CaseState.REVIEW),
        (Outcome.UNTRUE_CURABLE, Verdict.NOT_FOUND, CaseState.CLOSED),
        (Outcome.UNVERIFIABLE, Verdict.MATCH, CaseState.REVIEW),
        (Outcome.UNVERIFIABLE, Verdict.MISMATCH, CaseState.REVIEW),
        (Outcome.UNVERIFIABLE, Verdict.CANNOT_SAY, CaseState.CLOSED),
        (Outcome.CEASED, Verdict.MATCH, CaseState.REVIEW),
        (Outcome.DATA_ERROR, Verdict.MATCH, CaseState.CLOSED),
        (Outcome.IMMATERIAL, Verdict.MATCH, CaseState.CLOSED),
    ],
)
def test_what_a_visit_finds_against_the_outcome_of_a_case_brings_it_to_a_person_again_whomever_it_speaks_for(
    store: Store, hand: Hand, decided: Outcome, found: Verdict, state: CaseState
) -> None:
    office, _, _ = drawing(store, hand)
    ids, held = announced(office, hand, cases=2)
    carried_out(office, hand, held.number)
    visit = next(one for one in visits(office, held.number) if one.case_ids == (ids[0],))
    claim = visit.doubts[0].claim
    with store.begin() as tx:
        against = Evidence(
            id="ask:against",
            claim=claim,
            method=Method.ONLINE_QUERY,
            via="registers",
            verdict=Verdict.MISMATCH,
            fresh=True,
            asked_at=hand(),
            as_of=hand(),
        )
        case = tx.cases.get(ids[0], lock=True)
        late.beside(tx, case, against, hand())
        if decided in GOOD:  # else nobody would be sent any more: chance has drawn it
            by_lot = tx.visits.get(visit.id, lock=True)
            tx.visits.put(replace(by_lot, sampled=True, doubts=tuple(replace(one, needed=False) for one in by_lot.doubts)))
        files = tuple(replace(file, status=ClaimStatus.CONTRADICTED) for file in case.claims)
        tx.cases.put(replace(case, state=CaseState.REVIEW, claims=files, review_reason="MISMATCH"))
        review.decide(office, tx, ids[0], decided, "李四", "理由", (against.id,), hand())
    with store.read() as tx:
        names = [dispatch.seat_name(seat) for seat in tx.visits.team(visit.id)]
    findings = [Finding(case_id=doubt.case_id, claim=doubt.claim, verdict=found, note="所见") for doubt in visit.doubts]
    with store.begin() as tx:
        for name in names:
            dispatch.accept(tx, name, hand())
        dispatch.report(office, tx, names[0], findings, "", hand())
    with store.read() as tx:
        case = tx.cases.get(ids[0])
        told = render(explain(office, tx, ids[0]), "zh-Hans")
    assert ("发现问题" in told) is (found is Verdict.MISMATCH), "what agrees is not told as a fault"
    assert (case.state, case.review_reason) == (
        state,
        None if state is CaseState.CLOSED else "IN_FAVOUR" if found is Verdict.MATCH else "FINDING",
    )
    if state is CaseState.REVIEW:
        assert case.entry is None, "what no longer stands marks nobody's record"

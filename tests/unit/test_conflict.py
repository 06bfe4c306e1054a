"""Two fresh answers that say otherwise are in conflict, whatever stood before: a person decides, and cites both to go against somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain import late, review, verification
from inspector.domain.case import Case, CaseState, ClaimStatus, Method, Outcome
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.grading import EXAMPLE
from tests.property.test_case_properties import NOW, started
from tests.unit.test_conduct import CALENDAR, MAOJI

LICENCE, VISIT = Method.ASSISTANCE, Method.ON_SITE


def piece(name: str, verdict: Verdict, *, method: Method = LICENCE, fresh: bool = True, remark: str = "") -> Evidence:
    """What somebody says about the one claim."""
    return Evidence(
        id=name,
        claim=started().claims[0].claim.key,
        method=method,
        via="civil-affairs",
        verdict=verdict,
        fresh=fresh,
        asked_at=NOW,
        as_of=None,
        remark=remark,
    )


def comes(case: Case, *pieces: Evidence) -> Case:
    """Answers come late, one after another."""
    for number, one in enumerate(pieces):
        at = NOW + timedelta(hours=number)
        case = late.late(case, one, case.claims[0].claim, MAOJI, at, CALENDAR).state
    return case


def decide(case: Case, outcome: Outcome, cited: tuple[Evidence, ...], every: tuple[Evidence, ...]) -> Case:
    act = next((one.row for one in MAOJI.acts if outcome in one.outcomes), "")
    return review.review(
        case, outcome, "李四", "已核对", cited, MAOJI, NOW, CALENDAR, act=act, beside=every, grading=EXAMPLE
    ).state


MATCH, MISMATCH = piece("match", Verdict.MATCH), piece("mismatch", Verdict.MISMATCH)


def silent() -> Case:
    """The date has passed, and the claim is undetermined."""
    return verification.overdue(started(), MAOJI, NOW, CALENDAR).state


def proven() -> Case:
    """The register has confirmed the promise, and the case is over."""
    (held,) = started().claims
    first = Evidence(
        id="register",
        claim=held.claim.key,
        method=Method.ONLINE_QUERY,
        via=held.steps[0].via,
        verdict=Verdict.MATCH,
        fresh=True,
        asked_at=NOW,
        as_of=None,
    )
    case = verification.weigh(started(), first, MAOJI, NOW, CALENDAR).state
    assert case.outcome is Outcome.TRUE
    return case


@pytest.mark.parametrize("order", [(MATCH, MISMATCH), (MISMATCH, MATCH)])
def test_two_late_answers_about_a_claim_that_nobody_had_settled_are_in_conflict(order: tuple[Evidence, ...]) -> None:
    case = comes(silent(), *order)
    assert (case.claims[0].status, case.review_reason) == (ClaimStatus.CONFLICT, "CONFLICT")
    with pytest.raises(Invalid, match="evidence_one_sided"):
        decide(case, Outcome.UNTRUE_CURABLE, (MISMATCH,), order)


def test_a_third_word_after_a_conflict_that_was_decided_leaves_it_a_conflict() -> None:
    case = decide(comes(silent(), MATCH, MISMATCH), Outcome.TRUE, (), (MATCH, MISMATCH))
    for third in (piece("third", Verdict.MISMATCH), piece("lead", Verdict.MISMATCH, fresh=False)):
        again = comes(case, third)
        assert (again.state, again.claims[0].status) == (CaseState.REVIEW, ClaimStatus.CONFLICT)
        with pytest.raises(Invalid, match="evidence_one_sided"):
            decide(again, Outcome.UNTRUE_CURABLE, (MISMATCH,), (MATCH, MISMATCH, third))


def test_a_visit_that_contradicts_what_a_register_had_proven_is_in_conflict_with_it() -> None:
    seen = piece("visit", Verdict.MISMATCH, method=VISIT, remark="无人经营")
    case = review.finding(proven(), seen, MAOJI, NOW, CALENDAR).state
    assert (case.state, case.claims[0].status, case.review_reason) == (CaseState.REVIEW, ClaimStatus.CONFLICT, "FINDING")
    with pytest.raises(Invalid, match="evidence_one_sided"):
        decide(case, Outcome.UNTRUE_CURABLE, (seen,), (MATCH, seen))


def test_a_lead_of_another_day_takes_a_proof_from_nobody() -> None:
    lead = piece("lead", Verdict.MISMATCH, fresh=False)
    case = comes(proven(), lead)
    assert case.claims[0].status is ClaimStatus.STALE_LEAD
    assert comes(case, MISMATCH).claims[0].status is ClaimStatus.CONFLICT, "the register's answer is not forgotten"


@pytest.mark.parametrize("outcome", [one for one in Outcome if one in MAOJI.outcomes and review.adverse(MAOJI.outcomes[one])])
def test_no_outcome_goes_against_anybody_by_one_side_of_a_conflict(outcome: Outcome) -> None:
    case = comes(silent(), MATCH, MISMATCH)
    every = (MATCH, MISMATCH)
    with pytest.raises(Invalid, match="evidence_one_sided"):
        decide(case, outcome, (MISMATCH,), every)


def test_what_stands_in_the_evidence_is_a_conflict_though_the_case_says_otherwise() -> None:
    case = comes(silent(), MISMATCH)
    with pytest.raises(Invalid, match="evidence_one_sided"):
        decide(case, Outcome.UNTRUE_CURABLE, (MISMATCH,), (MATCH, MISMATCH))
    assert decide(comes(silent(), MISMATCH), Outcome.UNTRUE_CURABLE, (MISMATCH,), (MISMATCH,)).state is CaseState.CLOSED

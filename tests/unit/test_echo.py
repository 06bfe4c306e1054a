"""What an agency hears of its answer when the case is over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.domain.case import CaseState, ClaimStatus, Outcome
from inspector.domain.echo import Echo, came_of, echo
from tests.house import START
from tests.unit.test_says import case, request

PROVEN, CONTRADICTED, UNDETERMINED = ClaimStatus.PROVEN, ClaimStatus.CONTRADICTED, ClaimStatus.UNDETERMINED


@pytest.mark.parametrize(
    ("verdict", "status", "outcome", "came"),
    [
        ("match", PROVEN, Outcome.TRUE, Echo.USED),
        ("match", CONTRADICTED, Outcome.FALSE_KNOWING, Echo.DISPROVED),
        ("match", PROVEN, Outcome.UNTRUE_CURABLE, Echo.AGREED),
        ("match", PROVEN, Outcome.CEASED, Echo.AGREED),
        ("mismatch", CONTRADICTED, Outcome.UNTRUE_CURABLE, Echo.USED),
        ("mismatch", CONTRADICTED, Outcome.IMMATERIAL, Echo.USED),
        ("mismatch", CONTRADICTED, Outcome.DATA_ERROR, Echo.DISPROVED),
        ("mismatch", CONTRADICTED, Outcome.TRUE, Echo.DISPROVED),
        ("mismatch", CONTRADICTED, Outcome.UNREACHABLE, Echo.UNUSED),
        ("not_found", UNDETERMINED, Outcome.UNTRUE_CURABLE, Echo.UNUSED),
        ("cannot_say", UNDETERMINED, Outcome.TRUE, Echo.UNUSED),
    ],
)
def test_an_answer_was_used_disproved_or_not_needed_by_its_own_claim_and_the_outcome(
    verdict: str, status: ClaimStatus, outcome: Outcome, came: Echo
) -> None:
    (claim,) = case().claims
    over = replace(case(), state=CaseState.CLOSED, outcome=outcome, claims=(replace(claim, status=status),))
    said = replace(request(), claim=claim.claim.key, state=AssistanceState.ANSWERED, reply={"verdict": verdict, "value": ""})
    assert came_of(said, over) is came
    told = echo(said, over, START)
    assert told is not None
    assert echo(told.state, over, START) is None, "who has heard it does not hear it again"
    assert echo(replace(said, state=AssistanceState.DECLINED), over, START) is None
    assert came_of(replace(said, claim="former"), over) is Echo.UNUSED, "of what was corrected since nothing came"
    assert came_of(said, replace(over, state=CaseState.WITHDRAWN)) is Echo.WITHDRAWN


@pytest.mark.parametrize(
    "state", [AssistanceState.CANCELLED, AssistanceState.UNANSWERED, AssistanceState.DECLINED, AssistanceState.FORWARDED]
)
def test_who_gave_a_part_hears_what_came_of_it_however_its_request_ended(state: AssistanceState) -> None:
    (claim,) = case().claims
    over = replace(case(), state=CaseState.CLOSED, outcome=Outcome.UNTRUE_CURABLE, claims=(replace(claim, status=CONTRADICTED),))
    gave = replace(request(), claim=claim.claim.key, state=state, parts=({"value": "户口簿"}, {"value": "收入"}), reply=None)
    told = echo(gave, over, START)
    assert told is not None
    assert told.state.echo == Echo.UNUSED
    assert [order.payload["letter"] for order in told.orders] == ["outcome"]
    assert echo(told.state, over, START) is None
    named = echo(told.state, over, START, frozenset({f"assist:{gave.id}:part2"}))
    assert named is not None
    assert named.state.echo == Echo.USED, "the decision names the second part"
    assert came_of(gave, over, frozenset({f"assist:{gave.id}:part3"})) is Echo.UNUSED
    assert echo(replace(gave, parts=()), over, START) is None

"""What shows no character says nothing, wherever words are asked for: one rule for every door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from inspector.calendars import load_calendars
from inspector.domain import admission, reply, review, visit
from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.calendar import Counting, Term, Unit
from inspector.domain.case import Case, CaseState, Outcome
from inspector.domain.errors import InspectorError
from inspector.domain.evidence import Verdict, blank
from inspector.domain.person import nameable, said
from inspector.domain.policy import Compare
from inspector.domain.visit import Seat, SeatState
from inspector.flows.intake import drafted
from inspector.policybook import Policybook
from tests.house import START, application
from tests.packs import POLICIES

UNSEEN = ["", " ", "\u3000", "\u200b\u2060", "\u200b", "\u2800", "\u3164\u115f", "\ufe0f", "\u00ad"]
POLICY = Policybook.load(POLICIES).get("demo@1")
CALENDAR = load_calendars(POLICIES / "calendars")
ONE_DAY = Counting(term=Term(amount=1, unit=Unit.DAY), after=START.date(), nominal=START.date(), last=START.date())


def case() -> Case:
    """A case in review."""
    given = application(1, "business-licence", {"registration-status": "存续"})
    return replace(drafted(given, "hall", POLICY, START), state=CaseState.REVIEW)


def request() -> Request:
    """An open request."""
    return Request(
        id="r",
        case_id="c",
        claim="k",
        requester="bureau",
        requested="civil-affairs",
        ground="",
        basis="",
        question={"claimed": "8"},
        state=AssistanceState.SENT,
        opened_at=START,
        due_at=START,
        due_counted=ONE_DAY,
        due_provisional=False,
        escalate_at=START,
        escalate_counted=ONE_DAY,
    )


def seat() -> Seat:
    """A seat that has been accepted."""
    return Seat(
        visit="v",
        agency="bureau",
        place=0,
        turn=0,
        inspector="i",
        state=SeatState.ACCEPTED,
        ordered_at=START,
        accept_by=START,
        accept_counted=ONE_DAY,
    )


WORDS: dict[str, Callable[[str], object]] = {
    "an agency's reasons": lambda text: reply.decline(request(), text, "赵六", START, ""),
    "who signs a refusal": lambda text: reply.decline(request(), "档案移交中", text, START, ""),
    "who signs an answer": lambda text: reply.answer(request(), Verdict.MATCH, "", text, Compare.EXACT, START, ""),
    "an officer's reasons": lambda text: review.review(case(), Outcome.TRUE, "李四", text, (), POLICY, START, CALENDAR),
    "a withdrawal's reason": lambda text: review.withdraw(case(), text, "hall", POLICY, START),
    "an inspector's reason": lambda text: visit.decline(seat(), text, ""),
    "what a person signs": lambda text: said("reason", text),
}


@pytest.mark.parametrize("text", UNSEEN, ids=ascii)
def test_a_text_without_a_visible_character_is_blank_and_names_nobody(text: str) -> None:
    assert blank(text)
    assert not nameable(text)


@pytest.mark.parametrize("text", ["王", "✓", "é", "\u200b王", "❤\ufe0f"], ids=ascii)
def test_a_text_with_one_is_not(text: str) -> None:
    assert not blank(text)


@pytest.mark.parametrize("text", UNSEEN, ids=ascii)
@pytest.mark.parametrize("words", WORDS)
def test_whoever_must_say_why_says_something_that_can_be_seen(words: str, text: str) -> None:
    WORDS[words]("本人申请")
    with pytest.raises(InspectorError):
        WORDS[words](text)


@pytest.mark.parametrize("text", UNSEEN, ids=ascii)
def test_a_case_names_its_subject_and_its_signer_and_promises_something(text: str) -> None:
    held = case()
    assert held.letter is not None
    claims = tuple(replace(one, claim=replace(one.claim, value=text)) for one in held.claims)
    for changed, code in (
        (replace(held, subject=replace(held.subject, name=text)), "subject_nameless"),
        (replace(held, letter=replace(held.letter, signed_by=text)), "signer_missing"),
        (replace(held, claims=claims), "claim_blank"),
    ):
        assert code in {one.code for one in admission.objections(changed, POLICY, START)}

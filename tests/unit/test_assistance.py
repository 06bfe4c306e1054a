"""An assistance request's end when its case needs it no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.calendar import Counting, Term
from inspector.domain.evidence import Verdict
from inspector.domain.letter import cancel
from inspector.domain.policy import Compare
from inspector.domain.reply import answer, decline

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
COUNTED = Counting(term=Term.parse("10wd"), after=date(2026, 3, 2), nominal=date(2026, 3, 16), last=date(2026, 3, 16))


def request(state: AssistanceState, **more: object) -> Request:
    plain = Request(
        id="c.f.1",
        case_id="c",
        claim="f",
        requester="bureau",
        requested="civil-affairs",
        ground="1",
        basis="S1:7",
        question={"claimed": "8"},
        state=state,
        opened_at=NOW,
        due_at=NOW,
        due_counted=COUNTED,
        due_provisional=False,
        escalate_at=NOW,
        escalate_counted=COUNTED,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def told(held: Request, perhaps: Mapping[str, tuple[str, ...]] | None = None) -> list[object]:
    return [order.payload["via"] for order in cancel(held, perhaps or {}, NOW, "demo@1").orders]


@pytest.mark.parametrize(
    ("state", "holders", "hear"),
    [
        (AssistanceState.ORDERED, (), []),
        (AssistanceState.SENT, ("civil-affairs",), ["civil-affairs"]),
        (AssistanceState.REMINDED, ("civil-affairs",), ["civil-affairs"]),
        (AssistanceState.ESCALATED, ("civil-affairs", "county"), ["civil-affairs", "county"]),
        (AssistanceState.ESCALATED, ("civil-affairs",), ["civil-affairs"]),
        (AssistanceState.UNANSWERED, ("civil-affairs", "county"), ["civil-affairs", "county"]),
    ],
)
def test_everybody_who_holds_a_letter_and_nobody_else_is_told_of_the_end(
    state: AssistanceState, holders: tuple[str, ...], hear: list[str]
) -> None:
    assert told(request(state, told=holders, escalated_to="county")) == hear


def test_whoever_answered_needs_no_notice_and_the_superior_does() -> None:
    held = request(AssistanceState.ESCALATED, told=("civil-affairs", "county"), escalated_to="county")
    assert told(answer(held, Verdict.MATCH, "", "somebody", Compare.EXACT, NOW, "demo@1").state) == ["county"]
    assert told(decline(held, "no such records", "somebody", NOW, "demo@1").state) == ["county"]


def test_nobody_is_told_twice() -> None:
    held = request(AssistanceState.SENT, told=("civil-affairs",))
    once = cancel(held, {"civil-affairs": ("assist.send:1",)}, NOW, "demo@1")
    assert [order.payload["after"] for order in once.orders] == [["assist.send:1"]]
    assert told(once.state) == []

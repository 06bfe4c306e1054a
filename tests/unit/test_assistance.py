"""An assistance request's end when its case needs it no more."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from inspector.domain.assistance import AssistanceState, Request, cancel
from inspector.domain.calendar import Counting, Term

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
COUNTED = Counting(term=Term.parse("10wd"), after=date(2026, 3, 2), nominal=date(2026, 3, 16), last=date(2026, 3, 16))


@pytest.mark.parametrize(
    ("state", "letters"),
    [
        (AssistanceState.ORDERED, []),
        (AssistanceState.SENT, ["cancel"]),
        (AssistanceState.REMINDED, ["cancel"]),
        (AssistanceState.ANSWERED, []),
    ],
)
def test_only_an_agency_that_has_the_request_and_still_works_on_it_is_told_of_its_end(
    state: AssistanceState, letters: list[str]
) -> None:
    request = Request(
        id="c.f.1",
        case_id="c",
        claim="f",
        requester="bureau",
        requested="civil-affairs",
        ground="1",
        basis="S1:7",
        question={},
        state=state,
        opened_at=NOW,
        due_at=NOW,
        due_counted=COUNTED,
        due_provisional=False,
        escalate_at=NOW,
    )
    assert [order.payload["letter"] for order in cancel(request, NOW, "demo@1").orders] == letters

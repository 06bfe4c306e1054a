"""A date that was told binds, and a counted date names the event that it is counted from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain import digest, respite
from inspector.domain.assistance import AssistanceState
from inspector.domain.letter import LetterKind
from inspector.domain.start import StartEvent
from inspector.domain.urgency import Urgency
from tests.house import START
from tests.unit.test_ladder import WORD, calendar, opened, pack


def test_a_request_whose_date_one_digest_has_told_is_wound_by_no_later_one() -> None:
    policy, day = pack(), calendar()
    held = opened(policy).request
    first = digest.enclosed(held, "civil-affairs", policy, START + timedelta(days=1), day)
    assert first is not None
    told = first.state
    assert (told.state, told.reached) == (AssistanceState.ORDERED, False), "its receipt is lost"
    later = START + timedelta(days=3)
    assert digest.enclosed(told, "civil-affairs", policy, later, day) is None
    assert digest.patience(told, LetterKind.REQUEST, later, policy, day) == told.due_at
    assert digest.bears(told, LetterKind.REQUEST, later, START, policy, day), (
        "what is told by its date needs no room before the case's"
    )
    assert not digest.bears(held, LetterKind.REQUEST, later, START, policy, day)


@pytest.mark.parametrize("left", [True, False])
def test_an_urgency_that_is_contested_is_counted_from_the_sending_and_says_so(left: bool) -> None:
    policy, day = pack(), calendar()
    sent = START + timedelta(days=1) if left else None
    held = replace(opened(policy).request, urgency=Urgency.URGENT, sent_at=sent, due_at=START + timedelta(days=3))
    counted = respite.calm(held, WORD, policy, START + timedelta(days=2), day).state.due_counted
    event = StartEvent.REQUEST_SENT if left else StartEvent.REQUEST_OPENED
    assert (counted.event, counted.after) == (event, (sent or START).date())

"""An answer is put off by agreement so far as the pack lets it, however often; and naming dates keeps no ladder standing still for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from inspector.domain import dispute, respite, unheard
from inspector.domain.assistance import Quarrel, Request
from inspector.domain.calendar import Term, Unit
from inspector.domain.errors import Refusal
from inspector.domain.policy import Policy
from inspector.domain.timer import Timer
from tests.unit.test_ladder import PACK, START, WORD, calendar, opened, pack
from tests.unit.test_respite_late import closes


def with_row(days: int = 8) -> Policy:
    """The pack with a row for it."""
    usual = pack().term(Timer.ASSIST_REPLY)
    row = replace(usual, row="term-assist-longest", timer=Timer.ASSIST_LONGEST, term=Term(amount=days, unit=Unit.WORKING_DAY))
    return replace(pack(), terms={**pack().terms, Timer.ASSIST_LONGEST: row})


def named(held: Request, day: date, policy: Policy, now: datetime = START) -> Request:
    """The agency names a day."""
    last = respite.latest(held, policy, calendar())
    return respite.propose(held, day, WORD, now, calendar(), PACK, last).state


def working(after: datetime, days: int) -> date:
    """So many working days after a moment."""
    return calendar().add_working_days(calendar().local_date(after), days)


def test_the_last_day_that_can_be_agreed_stays_however_often_it_is_put_off() -> None:
    policy, held = with_row(), opened(with_row()).request
    first, now = held.due_at, START
    for days in (2, 5, 8):
        held = named(held, working(first, days), policy, now)
        held = respite.agree(held, closes(working(first, days)), "李四", policy, now, calendar()).state
        now += timedelta(days=1)
        assert held.due_at == closes(working(first, days))
        with pytest.raises(Refusal, match="date_too_far") as refused:
            named(held, working(first, 9), policy, now)
        assert refused.value.facts["last"] == working(first, 8).isoformat()
        assert refused.value.facts["row"] == "term-assist-longest"


def test_a_decision_of_the_superior_begins_another_count() -> None:
    policy, held = with_row(), opened(with_row()).request
    held = named(held, working(held.due_at, 8), policy)
    held = respite.agree(held, closes(working(opened(policy).request.due_at, 8)), "李四", policy, START, calendar()).state
    asked = dispute.dispute(held, Quarrel.GROUND, WORD, "county-office", policy, START, calendar()).state
    helps = dispute.decide(asked, True, WORD, policy, START + timedelta(days=40), calendar()).state
    assert named(helps, working(helps.due_at, 8), policy, START + timedelta(days=41)).proposed is not None
    with pytest.raises(Refusal, match="date_too_far"):
        named(helps, working(helps.due_at, 9), policy, START + timedelta(days=41))


def test_a_pack_without_the_row_refuses_no_day_and_keeps_the_ladder_no_longer_than_a_verification_has() -> None:
    held = opened(pack()).request
    far = named(held, date(2035, 3, 1), pack())
    assert far.proposed is not None
    silence = unheard.ours(far, pack(), calendar())
    assert silence is not None
    usual = pack().term(Timer.VERIFY)
    assert silence.on_at == closes(working(held.due_at, usual.term.amount))
    assert silence.rows[-1] == usual.row
    near = named(held, working(held.due_at, 19), pack())
    silence = unheard.ours(near, pack(), calendar())
    assert silence is not None
    assert near.proposed is not None
    assert (silence.on_at, len(silence.rows)) == (near.proposed.due_at, 2), (
        "whoever named a day within it is not reminded before it"
    )


def test_who_names_a_further_date_while_nobody_has_answered_waits_since_the_first() -> None:
    held = opened(pack()).request
    asked, now = named(held, working(held.due_at, 3), pack()), START
    before = silence = unheard.ours(asked, pack(), calendar())
    assert before is not None
    assert silence is not None
    for days in range(4, 30, 3):
        now += timedelta(days=3)
        asked = named(asked, working(held.due_at, days), pack(), now)
        silence = unheard.ours(asked, pack(), calendar())
        assert silence is not None
        assert (silence.since, silence.head_at) == (before.since, before.head_at)
    gone_on = unheard.go_on(asked, silence, PACK, silence.on_at, calendar()).state
    again = named(gone_on, working(held.due_at, 60), pack(), silence.on_at + timedelta(days=3))
    assert unheard.over(again), "and once the ladder has gone on, another date does not stop it again"
    kept = respite.keep(again, closes(working(held.due_at, 60)), WORD, silence.on_at + timedelta(days=4), PACK).state
    answered = named(kept, working(held.due_at, 61), pack(), silence.on_at + timedelta(days=5))
    assert not unheard.over(answered), "of a date that is named behind our word nobody was silent yet"

"""A word counts from when it came, and an agreed date is a day of the calendar like any other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from inspector.domain import dispute, respite, sending
from inspector.domain.almanac import NamedDay
from inspector.domain.assistance import AssistanceState, Door, Quarrel, Request
from inspector.domain.calendar import SHANGHAI, WorkingCalendar
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.recounting import recount_request
from inspector.domain.urgency import Urgency
from tests.unit.test_ladder import PACK, START, WORD, calendar, opened, pack, without


def agreed(day: date, known: WorkingCalendar | None = None) -> Request:
    """A date that the agency has named, and the requester has agreed to."""
    known = known or calendar()
    asked = respite.propose(opened(pack()).request, day, WORD, START, known, PACK).state
    assert asked.proposed is not None
    return respite.agree(asked, asked.proposed.due_at, "李四", pack(), START, known).state


def closes(day: date) -> datetime:
    """When business stops."""
    return datetime(day.year, day.month, day.day, 17, 30, tzinfo=SHANGHAI)


def test_an_extension_that_came_in_time_counts_however_late_it_is_read_and_from_the_old_begin() -> None:
    held = opened(pack()).request
    word = replace(WORD, door=Door(by="mail", came=held.due_at - timedelta(hours=3)))
    later = held.due_at + timedelta(days=2)
    longer = respite.extend(held, word, pack(), later, calendar()).state
    assert longer.due_at == respite.extend(held, WORD, pack(), START, calendar()).state.due_at
    for door in (None, Door(by="mail"), Door(by="mail", came=held.due_at)):
        with pytest.raises(Refusal, match="extension_after_due"):
            respite.extend(held, replace(WORD, door=door), pack(), later, calendar())
    urgent = replace(held, urgency=Urgency.URGENT, due_at=closes(date(2026, 3, 4)))
    word = replace(WORD, door=Door(by="paper", came=urgent.due_at - timedelta(minutes=1)))
    assert respite.calm(urgent, word, pack(), later, calendar()).state.urgency is Urgency.NORMAL
    with pytest.raises(Refusal, match="extension_after_due"):
        respite.calm(urgent, WORD, pack(), urgent.due_at, calendar())


def test_an_agreed_day_that_an_amended_notice_makes_a_day_off_moves_to_the_next_working_day_and_never_back() -> None:
    held = agreed(date(2026, 3, 24))
    assert (held.due_at, held.due_provisional) == (closes(date(2026, 3, 24)), False)
    found = recount_request(held, pack(), without(date(2026, 3, 24)))
    assert found is not None
    moved, change = found[0].state, found[1]
    assert (change, moved.due_at) == ("later", closes(date(2026, 3, 25)))
    assert moved.escalate_at > held.escalate_at
    back = recount_request(moved, pack(), calendar())
    assert back is not None
    assert (back[1], back[0].state.due_at) == ("kept", moved.due_at)
    between = recount_request(held, pack(), without(date(2026, 3, 10)))
    assert between is None or between[0].state.due_at == held.due_at, "a day off before it moves no day that was named"


def test_an_agreed_day_of_a_year_without_its_table_says_so_and_moves_when_the_table_comes() -> None:
    held = agreed(date(2027, 2, 8))
    assert held.due_provisional
    festival = tuple(NamedDay(day=date(2027, 2, day), name="春节") for day in range(5, 12))
    known = WorkingCalendar(
        tables=(*calendar().tables, replace(calendar().tables[-1], year=2027, days_off=festival, days_worked=()))
    )
    found = recount_request(held, pack(), known)
    assert found is not None
    assert (found[0].state.due_at, found[0].state.due_provisional) == (closes(date(2027, 2, 12)), False)


def test_a_day_that_nobody_means_is_refused_where_it_is_named_and_today_may_be_agreed_to() -> None:
    held = opened(pack()).request
    for day in (date(9999, 12, 31), date(2999, 12, 31), date(2046, 3, 2)):
        with pytest.raises(Invalid, match="day_beyond"):
            respite.propose(held, day, WORD, START, calendar(), PACK)
    day = date(2026, 4, 1)
    asked = respite.propose(held, day, WORD, START, calendar(), PACK).state
    today = respite.agree(asked, closes(day), "李四", pack(), closes(day) - timedelta(hours=8), calendar()).state
    assert today.due_at == closes(day)
    with pytest.raises(Refusal, match="extension_after_agreement"):
        respite.extend(today, WORD, pack(), closes(day) - timedelta(hours=7), calendar())
    within = respite.propose(held, START.date(), WORD, START, calendar(), PACK).state
    assert (within.proposed, within.due_at) == (None, held.due_at), "what its term reaches is met with its naming"


def test_a_date_that_the_agency_has_named_waits_for_our_officer_though_a_letter_of_ours_leaves_late() -> None:
    policy, known = pack(), calendar()
    asked = respite.propose(replace(opened(policy).request, sent_at=START), date(2026, 4, 20), WORD, START, known, PACK).state
    owing = sending.link_called_back(asked, "assistance.send:another-link", START)
    gone = START + timedelta(days=8)
    for left in (
        sending.written(owing, owing.requested, policy, gone, known),
        sending.sent(owing, owing.requested, "", policy, gone, known, key="assistance.send:another-link"),
    ):
        assert left is not None
        assert left.state.due_at > asked.due_at
        assert (left.state.state, left.state.proposed) == (AssistanceState.PROPOSED, asked.proposed)
        assert respite.agree(left.state, closes(date(2026, 4, 20)), "李四", policy, gone, known).state.due_at == closes(
            date(2026, 4, 20)
        )


def late_by(held: Request, days: int) -> Request:
    """The letter that we owe leaves so many days behind the moment it was to."""
    assert held.owed is not None
    return sending.sent(held, held.requested, "", pack(), START + timedelta(days=days), calendar(), key=held.owed.key).state


def test_an_agreed_day_that_our_late_letter_has_moved_stays_agreed_and_is_extended_no_more() -> None:
    policy, known = pack(), calendar()
    moved = late_by(agreed(date(2026, 3, 18)), 8)
    assert moved.due_at > closes(date(2026, 3, 18))
    with pytest.raises(Refusal, match="extension_after_agreement"):
        respite.extend(moved, WORD, policy, START + timedelta(days=9), known)
    stays = late_by(agreed(date(2026, 4, 20)), 8)
    assert stays.due_at == closes(date(2026, 4, 20)), "more than a whole term is left of it"


def test_a_term_of_the_superiors_decision_is_no_agreed_day_and_may_be_extended() -> None:
    policy, known = pack(), calendar()
    objected = dispute.dispute(
        late_by(agreed(date(2026, 3, 18)), 8), Quarrel.GROUND, WORD, "county-office", policy, START + timedelta(days=9), known
    ).state
    decided = dispute.decide(objected, True, WORD, policy, START + timedelta(days=10), known).state
    assert respite.extend(decided, WORD, policy, START + timedelta(days=11), known).state.extended == 1

"""After an outage of ours the ladder is climbed and not leapt, and no date binds that came while our house was shut."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from inspector.domain import dispute, ladder, reply, scoreboard
from inspector.domain.assistance import AssistanceState, Quarrel, Request, noted
from inspector.domain.calendar import SHANGHAI, Term
from inspector.domain.decision import OrderKind
from inspector.domain.doorway import Span
from inspector.domain.evidence import Verdict
from inspector.domain.policy import Compare
from inspector.domain.recounting import recount_request
from inspector.domain.shut import put_off
from inspector.domain.timer import Timer
from tests.unit.test_ladder import PACK, START, WORD, Standing, calendar, fired, opened, pack, sent, to_the_end, without

UPPER = [("liaison", "03-31"), ("head", "04-01"), ("escalate", "04-02")]


def after(held: Standing, now: datetime) -> Standing:
    """The rows that are due are carried out at `now`, the first first; as flows.ladder does."""
    while held.next is not None and held.next.due_at <= now:
        held = fired(replace(held, now=now), pack(), "county")
    return held


def on_time(held: Standing, until: datetime) -> Standing:
    """Each row is carried out when it comes due."""
    while held.next is not None and held.next.due_at <= until:
        held = fired(held, pack(), "county")
    return held


def at(day: int, hour: int = 17, minute: int = 30, month: int = 3) -> datetime:
    """A moment of the year."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def climbed(held: Standing) -> list[tuple[str, str]]:
    """The rules of what became of it, each with its day."""
    return [(one.rule.removeprefix("assistance."), one.at.strftime("%m-%d")) for one in held.request.history]


def test_who_was_never_reminded_is_reminded_before_anybody_above_hears_and_every_later_step_has_its_own_days() -> None:
    held = after(sent(opened(pack()), pack()), at(30, 9))
    assert climbed(held)[2:] == [("remind", "03-30")]
    whole = to_the_end(held, pack())
    assert climbed(whole)[2:6] == [("remind", "03-30"), *UPPER]
    assert whole.request.state is AssistanceState.UNANSWERED


def test_a_step_whose_letter_stayed_with_us_is_taken_once_more_and_no_third_time_and_one_that_was_refused_is_not() -> None:
    climbing = sent(opened(pack()), pack())
    while climbed(climbing)[-1][0] != "liaison":
        climbing = fired(climbing, pack(), "county")
    held = climbing.request
    then = next(one.at for one in held.rungs if one.kind is OrderKind.ASSIST_HEAD)

    def next_of(request: Request) -> OrderKind:
        return ladder.first(request, OrderKind.ASSIST_HEAD, then, calendar())

    assert next_of(held) is OrderKind.ASSIST_HEAD
    assert next_of(ladder.stayed(held, "liaison", "civil", then, "recipient_refused")) is OrderKind.ASSIST_HEAD
    ours = ladder.stayed(held, "liaison", "civil", then)
    assert next_of(ours) is OrderKind.ASSIST_LIAISON
    again = noted(ours, "assistance.liaison", then)
    assert next_of(again) is OrderKind.ASSIST_HEAD, "it has left"
    assert next_of(ladder.stayed(again, "liaison", "civil", then)) is OrderKind.ASSIST_HEAD, "no third time"
    assert ladder.stayed(held, "request", "civil", then) is held, "no step's letter"


def test_a_step_that_comes_late_puts_off_those_behind_it_and_the_days_between_stay() -> None:
    held = on_time(sent(opened(pack()), pack()), at(16))
    assert climbed(held)[-1] == ("last", "03-16")
    held = after(held, at(25, 9))
    assert climbed(held)[-1] == ("liaison", "03-25")
    assert [(row.kind, row.due_at) for row in sorted(held.rows.values(), key=lambda row: row.due_at)] == [
        (OrderKind.ASSIST_HEAD, at(26)),
        (OrderKind.ASSIST_DUE, at(27)),
    ]
    assert held.request.escalate_at == at(27)
    recounted = recount_request(held.request, pack(), without(date(2026, 3, 10)))
    assert recounted is None or recounted[0].state.escalate_at >= at(27), "a calendar brings none forward again"


def test_a_step_of_the_same_day_or_of_the_weekend_behind_it_moves_nothing() -> None:
    held = on_time(sent(opened(pack()), pack()), at(16))
    for now, behind in ((at(17, 23), False), (at(18, 8), True)):
        assert ladder.late(held.request, OrderKind.ASSIST_LIAISON, now, calendar()) is behind
    friday = replace(held.request, rungs=tuple(replace(one, at=at(20)) for one in held.request.rungs))
    assert not ladder.late(friday, OrderKind.ASSIST_LIAISON, at(22, 12), calendar())
    assert not ladder.late(held.request, OrderKind.ASSIST_REMIND, at(30), calendar()), "what comes before the date hurries nobody"


def test_a_step_of_hours_is_late_by_a_tenth_of_its_term() -> None:
    rows = {Timer.ASSIST_LIAISON: replace(pack().term(Timer.ASSIST_LIAISON), term=Term.parse("10h"))}
    policy = replace(pack(), terms={**pack().terms, **rows})
    held = sent(opened(policy), policy).request
    assert not ladder.late(held, OrderKind.ASSIST_LIAISON, at(17, 4), calendar())
    assert ladder.late(held, OrderKind.ASSIST_LIAISON, at(17, 5), calendar())


def test_a_date_that_came_while_the_house_was_shut_is_counted_without_that_time() -> None:
    held = sent(opened(pack()), pack())
    shut = Span(since=at(12, 10), until=at(19, 9))
    made = put_off(held.request, shut, pack(), shut.until, calendar())
    assert made is not None
    now = made.state
    assert (held.request.due_at, now.due_at) == (at(16), at(23)), "five working days on which it was shut when business stopped"
    assert [one.type for one in made.told] == ["assistance.moved"]
    whole = climbed(to_the_end(held.after(made, shut.until), pack()))
    assert whole[-5:] == [("last", "03-23"), ("liaison", "03-24"), ("head", "03-25"), ("escalate", "03-26"), ("silent", "04-02")]
    answered = reply.answer(now, Verdict.MATCH, "", "赵六", Compare.EXACT, at(20), PACK).state
    (score,) = scoreboard.scores([answered], calendar())
    assert score.punctual == 1
    assert put_off(now, shut, pack(), shut.until, calendar()) is None, "once"
    again = recount_request(now, pack(), without(date(2026, 3, 20)))
    assert again is not None
    assert again[0].state.due_at == at(24), "the time that it was shut stays left out when the calendar changes"


def test_each_date_that_others_are_bound_by_is_put_off_and_what_lies_outside_stays() -> None:
    held = sent(opened(pack()), pack())
    ack = put_off(held.request, Span(since=at(4, 9), until=at(5, 9)), pack(), at(5, 9), calendar())
    assert ack is not None
    assert (ack.state.accept_by, ack.state.hear_by, ack.state.due_at) == (at(5), at(5), at(16))
    night = Span(since=at(16, 18), until=at(17, 8))
    assert put_off(held.request, night, pack(), night.until, calendar()) is None
    liaison = put_off(held.request, Span(since=at(17, 9), until=at(18, 9)), pack(), at(18, 9), calendar())
    assert liaison is not None
    assert [rung.at for rung in liaison.state.rungs][-3:] == [at(18), at(19), at(20)]
    above = on_time(held, at(19))
    assert above.request.end_at == at(26)
    end = put_off(above.request, Span(since=at(26, 9), until=at(27, 9)), pack(), at(27, 9), calendar())
    assert end is not None
    assert (end.state.end_at, [row.due_at for row in end.orders]) == (at(27), [at(27)])
    told = dispute.dispute(held.request, Quarrel.COMPETENCE, WORD, "county", pack(), START, calendar()).state
    decides = put_off(told, Span(since=at(16, 9), until=at(17, 9)), pack(), at(17, 9), calendar())
    assert decides is not None
    assert decides.state.dispute is not None
    assert decides.state.dispute.due_at == at(17)


@pytest.mark.parametrize("hours", [1, 30])
def test_hours_are_put_off_by_the_hours_that_it_was_shut(hours: int) -> None:
    row = replace(pack().term(Timer.ASSIST_REPLY), term=Term.parse("48h"))
    policy = replace(pack(), terms={**pack().terms, Timer.ASSIST_REPLY: row})
    held = sent(opened(policy), policy).request
    shut = Span(since=held.due_at - timedelta(minutes=30), until=held.due_at + timedelta(hours=hours))
    made = put_off(held, shut, policy, shut.until, calendar())
    assert made is not None
    assert made.state.due_at == held.due_at + timedelta(hours=hours, minutes=30)


def test_an_agency_that_lacks_our_letter_is_owed_that_and_no_other_time() -> None:
    shut = Span(since=at(12, 10), until=at(19, 9))
    assert put_off(opened(pack()).request, shut, pack(), shut.until, calendar()) is None

"""A new calendar moves what others were told as one: the first word's date, and the steps of a ladder that was climbed late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from inspector.domain import ladder, reply
from inspector.domain.calendar import SHANGHAI
from inspector.domain.decision import OrderKind
from inspector.domain.evidence import Verdict
from inspector.domain.policy import Compare
from inspector.domain.recounting import recount_request
from inspector.domain.scoreboard import marks
from tests.unit.test_ladder import PACK, calendar, opened, pack, sent, without


def test_who_speaks_by_the_date_that_a_new_calendar_has_put_off_was_heard_in_time() -> None:
    held = sent(opened(pack()), pack()).request
    made = recount_request(held, pack(), without(date(2026, 3, 3), date(2026, 3, 10)))
    assert made is not None
    now = made[0].state
    assert held.accept_by is not None
    assert now.accept_by is not None
    assert (now.accept_by > held.accept_by, now.hear_by) == (True, now.accept_by)
    told = reply.answer(now, Verdict.MATCH, "", "赵六", Compare.EXACT, now.accept_by - timedelta(hours=1), PACK).state
    assert marks(told)["heard_in_time"]


def test_the_steps_of_a_ladder_that_was_taken_late_are_put_off_by_a_new_calendar_as_any_others() -> None:
    behind = datetime(2026, 3, 25, 9, tzinfo=SHANGHAI)
    held = ladder.remind(
        sent(opened(pack()), pack()).request, OrderKind.ASSIST_REMIND, behind, pack(), calendar(), behind=True
    ).state
    before = {rung.kind: rung.at.date() for rung in held.rungs if rung.kind in ladder.UPPER}
    made = recount_request(held, pack(), without(before[OrderKind.ASSIST_LIAISON]))
    assert made is not None
    state, change = made[0].state, made[1]
    after = {rung.kind: rung.at.date() for rung in state.rungs if rung.kind in ladder.UPPER}
    assert change == "later"
    assert all(after[kind] > before[kind] for kind in ladder.UPPER), (before, after)
    assert state.escalate_at.date() == after[OrderKind.ASSIST_DUE]
    back = recount_request(state, pack(), calendar())
    assert back is None or back[0].state.escalate_at == state.escalate_at, "and never brought forward"

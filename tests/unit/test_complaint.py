"""Complaints by their dates: how many working days are left, in what order they stand, and what was decided in time."""

from __future__ import annotations

from datetime import datetime

from inspector.calendars import load_calendars
from inspector.domain.calendar import SHANGHAI
from inspector.domain.complaint import Complaint, ComplaintKind, Handled, behind, handled, ordered
from inspector.domain.docket import Nearness
from inspector.domain.objection import Objection, ObjectionState
from tests.unit.test_packaging import ROOT

NOW = datetime(2026, 2, 13, 12, 0, tzinfo=SHANGHAI)
"""The Friday before Spring Festival: the next working days are Saturday the 14th and Tuesday the 24th."""


def complaint(name: str) -> Complaint:
    return Complaint(kind=ComplaintKind.TIP_OFF, id=name, agency="bureau", since=NOW)


def day(of: int, hour: int = 18, month: int = 2) -> datetime:
    return datetime(2026, month, of, hour, 0, tzinfo=SHANGHAI)


def test_what_is_left_is_told_in_working_days_and_a_holiday_is_none() -> None:
    calendar = load_calendars(ROOT / "policies" / "calendars")
    for due_at, days, near in (
        (day(14), 1, Nearness.SOON),
        (day(24), 2, Nearness.SOON),
        (day(26), 4, Nearness.LATER),
        (day(13), 0, Nearness.TODAY),
        (day(13, 11), 0, Nearness.OVERDUE),
        (day(6), -5, Nearness.OVERDUE),
    ):
        held = complaint("a").timed(due_at, NOW, calendar)
        assert (held.due_at, held.working_days, held.near, held.overdue) == (due_at, days, near, near is Nearness.OVERDUE)


def test_a_list_goes_on_behind_a_place_though_what_stood_there_was_decided() -> None:
    calendar = load_calendars(ROOT / "policies" / "calendars")
    dated = [complaint(name).timed(at, NOW, calendar) for name, at in (("c", day(24)), ("b", day(14)), ("a", day(24)))]
    held = ordered((complaint("0"), *dated))
    assert [one.id for one in held] == ["b", "a", "c", "0"]
    assert [one.id for one in behind([one for one in held if one.id != "a"], held[1].place)] == ["c", "0"]
    assert behind(held, held[-1].place) == ()


def objection(state: ObjectionState, decided_at: datetime | None, due_at: datetime | None = None) -> Objection:
    given = {"id": "o", "about": "e", "case_id": "c", "agency": "bureau", "words": "不实", "by": "link", "opened_at": day(2)}
    return Objection(digests=(), pack="demo@1", state=state, due_at=due_at or day(6), decided_at=decided_at, **given)  # type: ignore[arg-type]


def test_decided_in_time_is_to_the_second_and_what_ended_by_itself_is_not_counted() -> None:
    held = [
        objection(ObjectionState.UPHELD, day(6)),
        objection(ObjectionState.REJECTED, day(6, 19)),
        objection(ObjectionState.REJECTED, day(1), day(1)),
        objection(ObjectionState.ENDED, day(5)),
        objection(ObjectionState.OPEN, None),
    ]
    assert handled(held, day(2)) == Handled(in_time=1, late=1)

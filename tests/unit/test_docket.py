"""How near a decision's date is, and the place at which the officers' list goes on."""

from __future__ import annotations

from datetime import datetime

from inspector.calendars import load_calendars
from inspector.domain.calendar import SHANGHAI
from inspector.domain.docket import DocketKind, DocketRow, Nearness, Place, nearness
from inspector.web import docket
from tests.unit.test_packaging import ROOT


def test_a_date_is_overdue_from_its_very_second_today_all_day_and_near_from_three_working_days_before() -> None:
    calendar = load_calendars(ROOT / "policies" / "calendars")
    friday = datetime(2026, 3, 13, 17, 30, tzinfo=SHANGHAI)
    for now, told in (
        (datetime(2026, 3, 9, 23, 0, tzinfo=SHANGHAI), Nearness.LATER),
        (datetime(2026, 3, 10, 9, 0, tzinfo=SHANGHAI), Nearness.SOON),
        (datetime(2026, 3, 13, 0, 0, tzinfo=SHANGHAI), Nearness.TODAY),
        (datetime(2026, 3, 13, 17, 30, tzinfo=SHANGHAI), Nearness.TODAY),
        (datetime(2026, 3, 13, 17, 30, 1, tzinfo=SHANGHAI), Nearness.OVERDUE),
    ):
        assert nearness(friday, now, calendar) is told, now


def test_a_place_is_read_as_it_was_written() -> None:
    due_at = datetime(2026, 3, 13, 17, 30, 0, 250_000, tzinfo=SHANGHAI)
    row = DocketRow(kind=DocketKind.REVIEW, id="a" * 32, case_id="a" * 32, due_at=due_at)
    assert docket.place(docket.told(row.place)) == row.place
    bare = Place(due_at=due_at, id="a" * 32)
    assert docket.place(docket.told(bare)) == docket.place(f"{due_at.timestamp():.6f}~{bare.id}") == bare, (
        "as before, without a kind"
    )

"""What a change of the register does to somebody's absence, and which leaves have begun to count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from inspector.domain.absence import Absence, Noted, Standing, altered, begun
from inspector.domain.calendar import SHANGHAI
from inspector.domain.roster import InspectorRecord

TODAY = date(2026, 3, 2)
ROW = InspectorRecord(
    agency="bureau", id="Z001", name="钱某", pools=("bureau",), certificate="A1", certificate_until=date(2027, 1, 1)
)


def day(step: int) -> date:
    return TODAY + timedelta(days=step)


def leave(first: int | None, last: int | None) -> Standing:
    """Away from a day on until another, both counted from today."""
    begins, ends = (day(one) if one is not None else None for one in (first, last))
    return Standing(row=replace(ROW, leave_from=begins, leave_until=ends))


HERE, AWAY, GONE, LEFT = (
    Standing(row=ROW),
    leave(0, 9),
    Standing(row=ROW, listed=False),
    Standing(row=replace(ROW, in_post=False)),
)


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (HERE, AWAY, Absence.ENTERED),
        (None, AWAY, Absence.ENTERED),
        (HERE, GONE, Absence.ENTERED),
        (AWAY, HERE, Absence.WITHDRAWN),
        (GONE, HERE, Absence.WITHDRAWN),
        (LEFT, HERE, Absence.WITHDRAWN),
        (AWAY, leave(0, 3), Absence.SHORTENED),
        (AWAY, leave(1, 9), Absence.SHORTENED),
        (leave(0, None), leave(0, 30), Absence.SHORTENED),
        (leave(None, 9), leave(None, 3), Absence.SHORTENED),
        (AWAY, leave(0, 20), Absence.CHANGED),
        (AWAY, leave(5, 20), Absence.SHORTENED),
        (leave(-9, -1), HERE, Absence.CHANGED),
    ],
)
def test_a_change_enters_withdraws_shortens_or_changes_an_absence(
    before: Standing | None, after: Standing, what: Absence
) -> None:
    told = altered(before, after, TODAY)
    assert told is not None
    assert (told.what, told.undone) == (what, what in (Absence.WITHDRAWN, Absence.SHORTENED))


def test_what_touches_no_absence_is_no_change_of_one() -> None:
    assert altered(HERE, Standing(row=replace(ROW, cap=3, address="138")), TODAY) is None
    assert altered(None, HERE, TODAY) is None


def test_each_field_is_told_with_its_old_and_its_new_value() -> None:
    told = altered(HERE, AWAY, TODAY)
    assert told is not None
    assert told.fields == {"leave_from": (None, "2026-03-02"), "leave_until": (None, "2026-03-11")}


def at(step: float) -> datetime:
    return datetime(2026, 3, 2, 9, tzinfo=SHANGHAI) + timedelta(days=step)


def noted(when: float, first: int | None = None, last: int | None = None, *, none: bool = False) -> Noted:
    begins, ends = (day(one) if one is not None else None for one in (first, last))
    return Noted(at=at(when), inspector="Z001", none=none, first=begins, last=ends)


OFF = noted(0.001, none=True)


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([noted(0, 0, 3)], [(at(0), True)]),
        ([noted(0, None, 3)], [(at(0), True)]),
        ([noted(-2, 0, 3)], [(at(0).replace(hour=0), False)]),
        ([noted(0, 0, 3), OFF], [(at(0), True)]),
        ([noted(-2, 4, 9), OFF], []),
        ([noted(0, 9, 20)], []),
        ([noted(0, -9, -1)], []),
        ([noted(-2, -1, 3), noted(0, -1, 9)], [(at(-1).replace(hour=0), False)]),
        ([noted(0, 0, 0), noted(2, 0, 9)], [(at(0), True), (at(2), True)]),
    ],
    ids=["on the day", "open", "ahead", "for a moment", "taken back before", "to come", "past", "longer", "again after its end"],
)
def test_a_leave_counts_from_its_first_day_or_its_entry_whichever_is_later(entries: list[Noted], found: list[object]) -> None:
    assert [(one.at, one.late) for one in begun(entries, at(3), SHANGHAI)] == found

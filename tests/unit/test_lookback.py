"""The day of a visit that was made, held to what its entries tell of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from inspector.domain.lookback import Course, differing

OPENED, ENTERED = datetime(2025, 12, 29, 1, tzinfo=UTC), datetime(2026, 1, 5, 1, tzinfo=UTC)


def course(**day: str) -> Course:
    """What the entries tell of one agency's visit."""
    told = Course()
    told.add("visit.open", OPENED, {"facts": {}})
    told.add("visit.report", ENTERED, {"agency": "a", "facts": {"by": "Z1", **day}})
    return told


def odd(made_on: date | None, told: Course) -> list[str]:
    row: dict[str, Any] = {"id": "v", "agency": "a", "state": "DONE", "opened_at": OPENED, "done_at": ENTERED, "made_on": made_on}
    return [one.name for one in differing(row, {}, [], told)]


def test_a_day_that_the_team_has_not_told_is_named() -> None:
    assert odd(date(2025, 12, 31), course(visited_on="2025-12-31")) == []
    assert odd(date(2026, 1, 2), course(visited_on="2025-12-31")) == ["made_on"]
    assert odd(None, course(visited_on="2025-12-31")) == ["made_on"]


@pytest.mark.parametrize(
    ("made_on", "held"), [(None, True), (date(2025, 12, 29), True), (date(2026, 1, 5), True), (date(2025, 12, 28), False)]
)
def test_an_entry_of_before_days_were_told_leaves_open_the_days_on_which_it_may_have_been(
    made_on: date | None, held: bool
) -> None:
    assert (odd(made_on, course()) == []) is held
    assert odd(date(2026, 1, 6), course()) == ["made_on"]

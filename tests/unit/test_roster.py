"""What the register says of an inspector on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from inspector.domain.roster import InspectorRecord

DAY = date(2026, 3, 2)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "1"),
        ({"certificate_until": DAY}, "1"),
        ({"certificate_until": BEFORE}, "uncertified"),
        ({"certificate": ""}, "uncertified"),
        ({"in_post": False}, "departed"),
        ({"leave_from": DAY}, "leave"),
        ({"leave_until": DAY}, "leave"),
        ({"leave_from": BEFORE, "leave_until": AFTER}, "leave"),
        ({"leave_from": AFTER}, "1"),
        ({"leave_from": BEFORE, "leave_until": BEFORE}, "1"),
        ({"in_post": False, "leave_from": DAY}, "departed"),
    ],
)
def test_an_inspector_may_be_sent_while_certified_in_post_and_not_on_leave(changes: dict[str, object], status: str) -> None:
    plain: dict[str, object] = {"certificate": "C1", "certificate_until": date(2030, 1, 1)}
    row = InspectorRecord(agency="a", id="Z1", name="", pools=("a",), **(plain | changes))  # type: ignore[arg-type]
    assert row.status(DAY) == status

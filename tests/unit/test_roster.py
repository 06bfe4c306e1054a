"""What the register says of an inspector on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from inspector.domain.roster import InspectorRecord, Way, becomes

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


def test_a_browser_stands_where_the_register_asks_for_one_and_outlasts_its_files_as_long_as_they_ask() -> None:
    told: dict[str, object] = {"certificate": "C1", "certificate_until": date(2030, 1, 1)}
    row = InspectorRecord(agency="a", id="Z1", name="", pools=("a",), channel="wecom,web,sms", address="z1,-,138", **told)  # type: ignore[arg-type]
    assert ([way.channel for way in row.ways], row.unheard) == (["wecom", "sms"], ("web",))
    heard = replace(row, browser=Way(channel="web", address="here"))
    assert ([way.address for way in heard.ways], heard.unheard) == (["z1", "here", "138"], ())
    assert becomes(replace(row, name="Li"), heard) == replace(heard, name="Li")
    assert becomes(replace(row, address="z1,z1,138"), heard) == replace(row, address="z1,z1,138"), (
        "the register has an address of its own"
    )
    assert replace(heard, channel="other", address="-").ways == ()
    assert replace(row, channel="group", address="").ways == (Way(channel="group", address=""),), "nobody's alone, as before"

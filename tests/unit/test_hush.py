"""Quiet hours: nobody's phone rings in them, over midnight too, and what may not wait does not."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from inspector.domain.hush import Hush
from inspector.domain.manners import Window
from inspector.domain.roster import InspectorRecord, Way
from inspector.domain.urgency import Urgency
from tests.house import ZONE

NIGHT = Hush(
    windows={Urgency.NORMAL: (Window(begins=time(21), ends=time(8)), Window(begins=time(12), ends=time(13, 30)))},
    urgent=frozenset({"off"}),
)
FAR = datetime(2026, 3, 20, 17, 30, tzinfo=ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}+08:00")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("02T09:00", "02T09:00"),
        ("02T12:00", "02T13:30"),
        ("02T13:30", "02T13:30"),
        ("02T20:59", "02T20:59"),
        ("02T21:00", "03T08:00"),
        ("03T00:30", "03T08:00"),
        ("03T07:59", "03T08:00"),
    ],
)
def test_a_push_waits_for_the_end_of_the_quiet_hours_it_falls_into(now: str, until: str) -> None:
    assert NIGHT.until(Urgency.NORMAL, at(now), FAR) == at(until)
    assert NIGHT.until(Urgency.URGENT, at(now), FAR) == at(now)


def test_what_would_come_too_late_by_waiting_is_not_held_back() -> None:
    assert NIGHT.until(Urgency.NORMAL, at("02T22:00"), at("03T08:00")) == at("02T22:00")
    assert NIGHT.until(Urgency.NORMAL, at("02T22:00"), at("03T08:01")) == at("03T08:00")
    assert (NIGHT.of("off"), NIGHT.of("assignment")) == (Urgency.URGENT, Urgency.NORMAL)


def test_what_is_behind_its_last_moment_waits_for_the_morning_like_all_else() -> None:
    assert NIGHT.until(Urgency.NORMAL, at("02T22:00"), at("02T22:00")) == at("03T08:00")
    assert NIGHT.until(Urgency.NORMAL, at("02T22:00"), at("01T17:30")) == at("03T08:00")


def test_windows_that_leave_no_hour_are_a_silence_that_nobody_meant() -> None:
    always = Hush(windows={Urgency.NORMAL: (Window(begins=time(0), ends=time(12)), Window(begins=time(12), ends=time(0)))})
    assert always.until(Urgency.NORMAL, at("02T09:00"), FAR + timedelta(days=99)) == at("02T09:00")


def test_hours_are_read_as_settings_write_them() -> None:
    assert Window.of("21:00-08:00") == Window(begins=time(21), ends=time(8))
    assert Window.of("12:00 – 24:00") == Window(begins=time(12), ends=time(0))
    assert {Window.of(told) for told in ("", "21-8", "08:00-08:00", "25:00-26:00", "21:00")} == {None}


@pytest.mark.parametrize(
    ("channel", "address", "ways"),
    [
        ("", "138", []),
        ("sms", "a,b", [("sms", "a,b")]),
        ("wecom,sms", "138", [("wecom", "138"), ("sms", "138")]),
        ("wecom,sms", "zhang,138", [("wecom", "zhang"), ("sms", "138")]),
    ],
)
def test_ways_to_an_officer_are_those_of_the_register_in_its_order(
    channel: str, address: str, ways: list[tuple[str, str]]
) -> None:
    row = InspectorRecord(
        agency="bureau",
        id="Z1",
        name="赵",
        pools=("a",),
        certificate="c",
        certificate_until=FAR.date(),
        channel=channel,
        address=address,
    )
    assert [(way.channel, way.address) for way in row.ways] == ways
    marks = {Way(channel="sms", address=told).mark for told in ("138", "139")}
    assert len(marks) == 2
    assert not [mark for mark in marks if "13" in mark.partition(":")[0]], "a mark tells no address"

"""Days and moments as machines write them are read by one strict reader; what can be read in two ways is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from inspector.domain import days
from inspector.domain.days import Since
from inspector.domain.evidence import Verdict, says
from inspector.domain.policy import Compare

WRITTEN = [
    *("2024-05-01", "2024/05/01", "2024/5/1", "2024.5.1", "2024年5月1日", "2024 年 05 月 01 日", "2024年5月1号", "20240501"),
    *("2024-05-01 00:00:00", "2024-05-01T00:00:00", "2024-05-01 00:00:00.0", "2024/5/1 0:00", "2024/5/1 0:00:00"),
    *("2024-05-01T00:00:00+08:00", "2024-05-01 00:00:00+08", "2024-05-01T00:00:00.000+0800", "2024-04-30T16:00:00Z"),
    *(
        "2024-05-01T23:59:59.9999999+08:00",
        "2024-05-01T15:59:59Z",
        "2024-04-30T12:00:00-05:00",
        "2024-05-01+08:00",
        "2024-05-01Z",
    ),
    *("20240501235959", "20240501T101010", "２０２４-０５-０１", " 2024-05-01 ", "2024年5月1日 10:10", "2024-05-01T101010"),
]
"""All are the first of May 2024 in China."""

NONE = [
    *(
        "05/06/2024",
        "5/6/2024",
        "24-05-06",
        "2024-06-31",
        "2024-13-01",
        "2024-5/1",
        "2024-05",
        "2024",
        "",
        "长期",
        "2024-W18-3",
        "2024-122",
    ),
    *("1764123112345", "1764123112", "17641231123", "946684800000", "100012312359", "2024050110", "202405011010"),
    *(
        "2024-05-0110:10:10",
        "2024-05-01 25:00:00",
        "2024-05-01T24:00:00",
        "2024-05-01 08:00-12:00",
        "2024-05-01 1010",
        "0000-00-00",
    ),
    *(
        "2024-05-01+09:00",
        "9999-12-31T23:59:59Z",
        "2024-05-01 起",
        "2024-05-01/2024-06-01",
        "-2024-05-01",
        "2024-05-01T00:00:00+99:00",
    ),
]
"""None of them is a day: two readings, none, or digits that count something."""


def unread(read: Callable[..., object], *told: object) -> bool:
    """Whether it is refused."""
    try:
        read(*told)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("text", WRITTEN)
def test_a_day_in_any_writing_that_has_one_reading_is_read(text: str) -> None:
    assert days.day(text) == date(2024, 5, 1)
    assert says(Compare.NOT_BEFORE, "2024-04-30", text) is says(Compare.NOT_AFTER, "2024-05-01", text) is Verdict.MATCH
    assert says(Compare.NOT_BEFORE, "2024-05-02", text) is says(Compare.NOT_AFTER, "2024-04-30", text) is Verdict.MISMATCH
    assert says(Compare.NOT_BEFORE, text, "2024-05-01") is Verdict.MATCH, "whoever promised it may write it so, too"
    if "/" not in text:
        assert says(Compare.WITHIN, "2024-05-01", f"{text}/{text}") is Verdict.MATCH
        assert says(Compare.WITHIN, "2024-05-02", f"../{text}") is Verdict.MISMATCH
    assert says(Compare.WITHIN, text, "2024-05-01/2024-05-01") is Verdict.MATCH
    if not text.strip().isdigit():
        assert says(Compare.NORMALISED, "2024-05-01", text) is Verdict.MATCH
        assert says(Compare.NORMALISED, "2024-05-02", text) is Verdict.MISMATCH


@pytest.mark.parametrize("text", NONE)
def test_what_has_two_readings_or_none_is_no_day_and_speaks_against_nobody(text: str) -> None:
    for read in (days.day, days.moment):
        if (read, text) not in ((days.moment, "2024-05-01+09:00"), (days.moment, "9999-12-31T23:59:59Z")):
            assert unread(read, text)
    for rule in (Compare.NOT_BEFORE, Compare.NOT_AFTER):
        assert says(rule, "2024-05-01", text) is Verdict.CANNOT_SAY
    if text != "2024-05-01/2024-06-01":
        assert says(Compare.WITHIN, "2024-05-01", text) is says(Compare.WITHIN, "2024-05-01", f"{text}/..") is Verdict.CANNOT_SAY
    assert says(Compare.NORMALISED, "2024-05-01", text) is Verdict.CANNOT_SAY


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-29T08:00:00.1234567+08:00", datetime(2026, 11, 29, 0, 0, 0, 123456, UTC)),
        ("2026-11-29 08:00:00", datetime(2026, 11, 29, 0, 0, tzinfo=UTC)),
        ("20261129080000", datetime(2026, 11, 29, 0, 0, tzinfo=UTC)),
        ("2026/11/29 8:00", datetime(2026, 11, 29, 0, 0, tzinfo=UTC)),
        ("2026-11-29", datetime(2026, 11, 28, 16, 0, tzinfo=UTC)),
        ("2026-11-29+08:00", datetime(2026, 11, 28, 16, 0, tzinfo=UTC)),
        ("2026-11-29Z", datetime(2026, 11, 29, 0, 0, tzinfo=UTC)),
        ("2026年11月29日 8:00:01", datetime(2026, 11, 29, 0, 0, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_is_beijing_time_where_it_has_no_offset(text: str, moment: datetime) -> None:
    assert days.moment(text) == moment


def test_a_number_since_1970_is_a_moment_only_where_its_unit_is_known() -> None:
    moment = datetime(2025, 11, 26, 2, 11, 52, tzinfo=UTC)
    assert days.counted("1764123112", Since.SECONDS) == moment
    assert days.counted("1764123112345", Since.MILLISECONDS) == moment + timedelta(milliseconds=345)
    for text, since in (
        ("1764123112", Since.MILLISECONDS),
        ("1764123112345", Since.SECONDS),
        ("20261129", Since.SECONDS),
        ("-764123112", Since.SECONDS),
    ):
        assert unread(days.counted, text, since)


@pytest.mark.parametrize("day", ["1900-01-01", "1970-01-01", "0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("form", ["{} 00:00:00", "{}T00:00:00", "{}T00:00:00+08:00"])
def test_a_day_of_none_is_none_with_a_time_and_in_other_writings_too(day: str, form: str) -> None:
    for text in (
        form.format(day),
        day.replace("-", "/"),
        day.replace("-", "/").replace("/0", "/"),
        day.replace("-", "") + "000000",
    ):
        for rule in (Compare.NOT_BEFORE, Compare.NOT_AFTER, Compare.NORMALISED):
            assert says(rule, "2024-05-01", text) is not Verdict.MISMATCH, text
    assert says(Compare.NORMALISED, "2024/05", day[:7].replace("-", "/")) is Verdict.CANNOT_SAY


def test_an_hour_that_was_the_next_day_by_chinas_summer_time_is_of_no_day() -> None:
    """Programs tell the first of July 1990, kept as the midnight of its summer, with the offset of winter."""
    for text in ("1990-06-30T15:00:00Z", "1990-06-30T23:00:00+08:00", "1990-07-01T00:00:00+09:00"):
        assert says(Compare.NOT_BEFORE, "1990-07-01", text) is says(Compare.EXACT, "1990-07-01", text) is Verdict.CANNOT_SAY
    for text in ("1990-06-30T16:00:00Z", "1990-07-01T00:00:00+08:00", "1990-07-01 00:00:00", "1990-06-30 23:00:00"):
        assert days.day(text) == date(1990, 7 if "06-30 23" not in text else 6, 1 if "06-30 23" not in text else 30)
    assert days.day("2024-06-30T15:00:00Z") == date(2024, 6, 30)


def test_a_month_in_any_writing_is_read_and_is_neither_before_nor_after_a_day_of_its_own() -> None:
    for text in ("2024-05", "2024/5", "2024年5月", "２０２４-05"):
        assert says(Compare.NOT_BEFORE, "2024-05", text) is says(Compare.EXACT, "2024-05", text) is Verdict.MATCH
        assert says(Compare.NOT_BEFORE, "2024-06", text) is Verdict.MISMATCH
        assert says(Compare.NOT_BEFORE, "2024-05-01", text) is Verdict.CANNOT_SAY


def test_digits_that_are_a_day_are_no_quantity() -> None:
    for rule in (Compare.AT_LEAST, Compare.NORMALISED):
        assert says(rule, "5", "20240101") is says(rule, "30000000", "20240101") is Verdict.CANNOT_SAY
    assert says(Compare.AT_LEAST, "5", "20241301") is Verdict.MATCH
    assert says(Compare.NORMALISED, "20240101", "20240102") is Verdict.MISMATCH, "one day and another"

"""The shipped years, day by day, against two second sources that they were not written from."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from inspector.calendars import load_calendars
from inspector.domain.almanac import written
from inspector.domain.calendar import SHANGHAI, Term, WorkingCalendar, due
from inspector.domain.errors import Invalid
from inspector.labels import told
from tests.needs import ROOT, require
from tests.workdays import between

SHIPPED = ROOT / "policies" / "calendars"
CALENDAR = load_calendars(SHIPPED)
YEARS = range(2015, 2027)
WORKING_DAYS = {
    2015: 249,
    2016: 250,
    2017: 249,
    2018: 250,
    2019: 250,
    2020: 249,
    2021: 250,
    2022: 249,
    2023: 249,
    2024: 251,
    2025: 248,
    2026: 248,
}


def every_day(first: int, last: int) -> list[date]:
    start = date(first, 1, 1)
    return [start + timedelta(days=n) for n in range((date(last + 1, 1, 1) - start).days)]


def test_the_years_2015_to_2026_are_shipped() -> None:
    assert CALENDAR.years == set(YEARS)


def test_every_day_of_the_shipped_years_agrees_with_chinesecalendar() -> None:
    days = every_day(YEARS[0], YEARS[-1])
    assert len(days) == 4383
    assert [day for day in days if CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day)] == []


def test_the_shipped_years_name_the_weekdays_off_that_chinesecalendar_calls_holidays() -> None:
    """Weekends within a holiday are named by some notices and not by others; a weekday off is always somebody's holiday."""
    ours = {named.day for table in CALENDAR.tables for named in table.days_off if named.day.weekday() < 5}
    theirs = {day for day in chinese_calendar.constants.holidays if day.year in YEARS and day.weekday() < 5}
    assert ours == theirs


@pytest.mark.parametrize("year", range(2018, 2024))
def test_the_days_named_for_a_year_are_those_of_the_shared_data(year: int) -> None:
    told = json.loads((Path(require("shared-data")) / "cn-holidays" / f"{year}.json").read_text(encoding="utf-8"))
    off = {date.fromisoformat(day["date"]) for day in told["days"] if day["isOffDay"]}
    worked = {date.fromisoformat(day["date"]) for day in told["days"] if not day["isOffDay"]}
    table = next(table for table in CALENDAR.tables if table.year == year)
    assert {named.day for named in table.days_off} == off
    # 3 February 2020 is an ordinary Monday, which the second notice names because the first holiday would have ended before it
    assert {named.day for named in table.days_worked} == {day for day in worked if day.weekday() >= 5}


def test_each_shipped_year_has_its_number_of_working_days() -> None:
    assert {year: between(CALENDAR, date(year - 1, 12, 31), date(year, 12, 31)) for year in YEARS} == WORKING_DAYS


def test_each_shipped_year_names_its_notice_and_what_it_was_written_from() -> None:
    for table in CALENDAR.tables:
        assert table.notice.number.startswith("国办发明电〔"), table.year
        assert table.notice.source.startswith("https://www.gov.cn/"), table.year
        assert table.source_note, table.year
    assert {table.year: [one.number for one in table.amendments] for table in CALENDAR.tables if table.amendments} == {
        2015: ["国发明电〔2015〕1号"],
        2019: ["国办发明电〔2019〕3号"],
        2020: ["国办发明电〔2020〕1号"],
    }


def test_a_year_that_was_amended_is_a_later_version() -> None:
    for file in SHIPPED.glob("*.toml"):
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        assert told["version"] == 1 + len(told.get("amendment", [])), file.name


@pytest.mark.parametrize(
    ("start", "term", "last"),
    [
        ("2018-12-28", "1wd", "2018-12-29"),  # the notice for 2019 reaches back: a working Saturday of the year before
        ("2018-12-29", "1wd", "2019-01-02"),
        ("2019-04-30", "1wd", "2019-05-05"),  # by the amended Labour Day; before it, 2 May
        ("2020-01-23", "1wd", "2020-02-03"),  # by the prolonged Spring Festival; before it, 31 January
        ("2015-09-02", "1wd", "2015-09-06"),  # a holiday of that year alone
    ],
)
def test_amendments_and_days_at_the_edge_of_a_year_count(start: str, term: str, last: str) -> None:
    assert last_day(start, term) == date.fromisoformat(last)


def last_day(start: str, term: str, calendar: WorkingCalendar = CALENDAR) -> date:
    return due(calendar.opening(date.fromisoformat(start)).astimezone(SHANGHAI), Term.parse(term), calendar).counted.last


@pytest.mark.parametrize(
    ("name", "english"),
    [("中秋节", "Mid-Autumn"), ("清明节", "Qingming"), ("端午节", "Dragon Boat"), ("春节", "Spring Festival")],
)
def test_a_year_without_a_holiday_whose_day_moves_is_refused_with_its_name(name: str, english: str, tmp_path: Path) -> None:
    sections = (SHIPPED / "cn-2026.toml").read_text("utf-8").split("\n[[holiday]]")
    left = [section for section in sections if f'name = "{name}"' not in section]
    assert len(left) == len(sections) - 1
    (tmp_path / "cn-2026.toml").write_text("\n[[holiday]]".join(left), "utf-8")
    with pytest.raises(Invalid, match="calendar_holidays_lacking") as caught:
        load_calendars(tmp_path)
    assert (f"({english})" in told(caught.value, "en"), f"（{name}）" in told(caught.value, "zh-Hans")) == (True, True)


def test_a_span_of_days_holds_both_and_has_no_day_that_utc_cannot_tell() -> None:
    assert CALENDAR.span(date(2026, 3, 1), date(2026, 3, 2)) == tuple(datetime(2026, 3, day, tzinfo=SHANGHAI) for day in (1, 3))
    for day in (date.min, date.max):
        since, until = CALENDAR.span(day, day)
        assert since.astimezone(UTC) <= until.astimezone(UTC)


def test_what_a_calendar_remembers_of_terms_is_bounded_and_each_case_keeps_its_own_begin() -> None:
    calendar = WorkingCalendar(tables=CALENDAR.tables)
    term, first = Term.parse("20wd"), datetime(2026, 9, 21, 9, tzinfo=SHANGHAI)
    counted = due(first, term, calendar)
    later = due(first + timedelta(hours=3), term, calendar)
    assert (later.at, later.counted.skipped) == (counted.at, counted.counted.skipped)
    assert later.counted.since == first + timedelta(hours=3) != counted.counted.since
    assert due(first, Term.parse("20d"), calendar).at != counted.at
    assert due(first, term, WorkingCalendar()).at != counted.at, "another calendar counts for itself"
    for day in range(1_100):
        due(first + timedelta(days=day), term, calendar)
    assert due(first, term, calendar) == counted
    assert len(calendar._counted) <= 1_000


def test_the_text_that_dates_are_counted_by_is_the_same_text_always() -> None:
    """It is compared with one that was written years ago: names in the order of the alphabet, not of a release's code."""
    text = written(CALENDAR.tables, time(9), time(17))
    assert [text.index(f'"{name}":') for name in ("closes", "opens", "years")] == sorted(
        text.index(f'"{name}":') for name in ("closes", "opens", "years")
    )
    assert text.startswith('{"closes":"17:00')

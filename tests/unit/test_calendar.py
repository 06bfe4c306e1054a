"""Due dates by the official calendar: the handbook's time scenarios, the shipped years, files an administrator adds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from inspector.calendars import load_calendars
from inspector.domain.almanac import NamedDay, Notice, YearTable
from inspector.domain.calendar import SHANGHAI, Due, Term, WorkingCalendar, due, reminder
from inspector.domain.errors import Invalid
from inspector.labels import LANGS, told
from tests.needs import ROOT
from tests.workdays import between, holidays

SHIPPED = ROOT / "policies" / "calendars"
CALENDAR, NOTICE = load_calendars(SHIPPED), Notice(number="-", on=date(2025, 11, 4), source="-")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def due_after(start: str, term: str, calendar: WorkingCalendar = CALENDAR) -> Due:
    return due(at(start), Term.parse(term), calendar)


# --- the handbook's scenarios


def test_scenario_46_half_past_midnight_on_new_year_belongs_to_the_new_year() -> None:
    assert CALENDAR.local_date(datetime(2025, 12, 31, 16, 30, tzinfo=UTC)) == date(2026, 1, 1)


def test_scenario_47_five_working_days_over_spring_festival_count_the_working_sunday() -> None:
    found = due_after("2025-01-24T10:00", "5wd")
    assert found.at == at("2025-02-07T17:30")
    assert not found.provisional
    assert [named.day.day for named in found.counted.skipped] == [25, 28, 29, 30, 31, 1, 2, 3, 4]
    assert [named.day for named in found.counted.made_up] == [date(2025, 1, 26)]
    assert found.counted.notices == ("国办发明电〔2024〕12号",)


def test_scenario_48_twenty_working_days_over_national_day() -> None:
    found = due_after("2025-09-15T09:00", "20wd")
    assert found.at == at("2025-10-17T17:30")
    assert [named.day for named in found.counted.made_up] == [date(2025, 9, 28), date(2025, 10, 11)]


def test_scenario_49_two_months_from_new_years_eve_end_on_a_working_saturday_and_do_not_move() -> None:
    found = due_after("2025-12-31T15:00", "2mo")
    assert found.at == at("2026-02-28T17:30")
    assert found.counted.nominal == found.counted.last
    assert not found.provisional


def test_scenario_50_a_year_without_a_table_is_counted_by_weekends_and_the_holidays_of_the_law_and_flagged() -> None:
    found = due_after("2026-12-25T09:00", "10wd")
    assert found.at == at("2027-01-11T17:30")
    assert found.provisional
    assert found.counted.awaited == (2027,)
    assert NamedDay(day=date(2027, 1, 1), name="元旦") in found.counted.skipped, "off by law, whatever a notice says"


def test_scenario_50_the_date_is_certain_once_the_table_arrives() -> None:
    new_year = NamedDay(day=date(2027, 1, 1), name="元旦")
    monday = NamedDay(day=date(2027, 1, 4), name="元旦")
    table = YearTable(year=2027, notice=NOTICE, days_off=(new_year, monday), days_worked=())
    found = due_after("2026-12-25T09:00", "10wd", WorkingCalendar(tables=(*CALENDAR.tables, table)))
    assert found.at == at("2027-01-12T17:30")
    assert not found.provisional


def test_scenario_51_hours_run_through_the_weekend() -> None:
    found = due_after("2026-03-06T17:00", "24h")
    assert found.at == at("2026-03-07T17:00")
    assert not found.provisional


# --- terms


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        ("2026-03-02T23:59", "1wd", "2026-03-03T17:30"),  # after closing: the day does not count anyway
        ("2026-03-07T10:00", "1wd", "2026-03-09T17:30"),  # received on a Saturday
        ("2026-02-27T10:00", "1wd", "2026-02-28T17:30"),  # the next day is a working Saturday
        ("2026-03-02T10:00", "3d", "2026-03-05T17:30"),
        ("2026-04-01T10:00", "3d", "2026-04-07T17:30"),  # ends on 4 April, off to the 6th
        ("2025-09-25T10:00", "3d", "2025-09-28T17:30"),  # ends on a working Sunday
        ("2026-01-31T10:00", "1mo", "2026-02-28T17:30"),
        ("2026-03-31T10:00", "1mo", "2026-04-30T17:30"),
        ("2025-11-30T10:00", "3mo", "2026-02-28T17:30"),
        ("2026-04-01T10:00", "1mo", "2026-05-06T17:30"),  # ends on May Day, off to the 5th
        ("2024-02-29T10:00", "1y", "2025-02-28T17:30"),
        ("2025-10-05T10:00", "1y", "2026-10-08T17:30"),
        ("2026-03-06T17:00", "30min", "2026-03-06T17:30"),
    ],
)
def test_a_term_ends_where_the_civil_code_says(start: str, term: str, end: str) -> None:
    assert due_after(start, term).at == at(end)


def test_the_day_of_the_event_is_the_day_at_the_office_not_in_greenwich() -> None:
    late = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # 00:30 on 3 March in China
    assert due(late, Term.parse("1wd"), CALENDAR).at == at("2026-03-04T17:30")


def test_a_last_day_moved_off_a_holiday_shows_from_where_and_over_what() -> None:
    counted = due_after("2026-04-01T10:00", "3d").counted
    assert counted.nominal == date(2026, 4, 4)
    assert [(named.day.day, named.name) for named in counted.skipped] == [(4, "清明节"), (5, "清明节"), (6, "清明节")]


def test_business_close_is_the_offices_own() -> None:
    early = WorkingCalendar(tables=CALENDAR.tables, closes=time(17, 0))
    assert due_after("2026-03-02T10:00", "1wd", early).at == at("2026-03-03T17:00")


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        due(datetime(2026, 3, 2, 10), Term.parse("1wd"), CALENDAR)  # noqa: DTZ001 - the naive time is the point


@pytest.mark.parametrize("text", ["20wd", "3d", "2mo", "1y", "24h", "30min"])
def test_a_term_is_written_as_it_was_read(text: str) -> None:
    assert str(Term.parse(text)) == text


@pytest.mark.parametrize("text", ["", "wd", "20", "20 wd", "-3d", "1.5h", "3D", "２０wd", "3days", "1m"])
def test_a_term_that_is_not_clear_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        Term.parse(text)
    assert caught.value.code == "term_unreadable"


@pytest.mark.parametrize("text", ["0wd", "101y", "1201mo", "10001d"])
def test_a_term_of_nothing_or_of_more_than_a_lifetime_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        Term.parse(text)
    assert caught.value.code == "term_out_of_range"


# --- the calendar


def test_working_days_between_leaves_the_first_day_out() -> None:
    assert between(CALENDAR, date(2025, 1, 24), date(2025, 2, 7)) == 5
    assert between(CALENDAR, date(2025, 2, 7), date(2025, 1, 24)) == -5
    assert between(CALENDAR, date(2025, 2, 7), date(2025, 2, 7)) == 0


def test_working_days_are_added_backwards_too() -> None:
    assert CALENDAR.add_working_days(date(2025, 2, 7), -5) == date(2025, 1, 24)
    assert CALENDAR.add_working_days(date(2025, 2, 2), 0) == date(2025, 2, 2)


def test_a_reminder_comes_at_opening_some_working_days_ahead() -> None:
    assert reminder(at("2025-02-07T17:30"), 3, CALENDAR) == at("2025-01-27T08:30")
    with pytest.raises(Invalid):
        reminder(at("2025-02-07T17:30"), 0, CALENDAR)


def test_the_last_days_of_the_last_known_year_await_the_next_notice() -> None:
    assert CALENDAR.horizon == date(2026, 12, 28)
    assert not due_after("2026-12-25T09:00", "1wd").provisional
    assert due_after("2026-12-28T09:00", "1wd").provisional
    assert not due_after("2025-12-28T09:00", "1wd").provisional


def test_a_calendar_without_tables_still_answers() -> None:
    empty = WorkingCalendar()
    assert empty.horizon is None
    assert due_after("2026-02-13T09:00", "1wd", empty).at == at("2026-02-16T17:30")
    assert due_after("2026-02-13T09:00", "1wd", empty).provisional


def test_a_day_cannot_be_both_off_and_worked() -> None:
    day = NamedDay(day=date(2026, 2, 28), name="春节")
    table = YearTable(year=2026, notice=NOTICE, days_off=(day,), days_worked=(day,))
    with pytest.raises(Invalid) as caught:
        WorkingCalendar(tables=(table,))
    assert caught.value.code == "calendar_day_twice"
    with pytest.raises(Invalid) as caught:
        WorkingCalendar(tables=CALENDAR.tables + CALENDAR.tables)
    assert caught.value.code == "calendar_year_twice"
    with pytest.raises(Invalid) as caught:
        WorkingCalendar(opens=time(17), closes=time(9))
    assert caught.value.code == "office_hours_reversed"


def test_the_fixed_offset_is_what_the_zone_file_says() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    months = [datetime(year, month, 15, tzinfo=UTC) for year in range(1993, 2038) for month in range(1, 13)]
    assert {moment.astimezone(shanghai).utcoffset() for moment in months} == {SHANGHAI.utcoffset(None)}


# --- files


BY_LAW = holidays(2026).removeprefix("2026-01-01, ")
GOOD = f"""\
year = 2026
notice = "国办发明电〔2025〕7号"
notice_date = 2025-11-04
source = "official gazette"
[[holiday]]
name = "元旦"
days_off = [2026-01-01, 2026-01-02, {BY_LAW}]
days_worked = [2026-01-04]
"""


def test_a_year_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "cn-2026.toml").write_text(GOOD, encoding="utf-8")
    calendar = load_calendars(tmp_path, opens=time(9), closes=time(17))
    assert calendar.tables == (
        YearTable(
            year=2026,
            notice=Notice(number="国办发明电〔2025〕7号", on=date(2025, 11, 4), source="official gazette"),
            days_off=tuple(
                NamedDay(day=date.fromisoformat(day), name="元旦") for day in ["2026-01-01", "2026-01-02", *BY_LAW.split(", ")]
            ),
            days_worked=(NamedDay(day=date(2026, 1, 4), name="元旦"),),
        ),
    )
    assert (calendar.opens, calendar.closes) == (time(9), time(17))


@pytest.mark.parametrize(
    ("written", "instead", "code", "field"),
    [
        ("notice_date", "notice_day", "calendar_key_unknown", "notice_day"),
        ("days_off", "day_off", "calendar_key_unknown", "holiday[1].day_off"),
        ("2026-01-02", "2026-01-01", "calendar_day_twice", "holiday"),
        ("2026-01-02", "2026-01-04", "calendar_day_twice", "holiday"),
        ("2026-01-04", "2026-01-05", "calendar_worked_day_no_weekend", "holiday[1].days_worked[1]"),
        ("2026-01-02", "2027-01-01", "calendar_day_outside_year", "holiday[1].days_off[2]"),
        ("2026-05-02, ", "", "calendar_holidays_lacking", "holiday"),
        ("2026-04-05, ", "", "calendar_holidays_lacking", "holiday"),
        ("2026-02-18, ", "", "calendar_holidays_lacking", "holiday"),
        ("2026-01-02", "2025-11-30", "calendar_day_outside_year", "holiday[1].days_off[2]"),
        ("2026-01-04", "2024-12-29", "calendar_day_outside_year", "holiday[1].days_worked[1]"),
        ("2026-01-02", '"2026-01-02"', "calendar_date_expected", "holiday[1].days_off[2]"),
        ("2026-01-02", "2026-01-02T00:00:00", "calendar_date_expected", "holiday[1].days_off[2]"),
        ("[2026-01-04]", "2026-01-04", "calendar_dates_expected", "holiday[1].days_worked"),
        ('name = "元旦"', 'name = " "', "calendar_text_expected", "holiday[1].name"),
        ('notice = "国办发明电〔2025〕7号"\n', "", "calendar_notice_expected", "notice"),
        ("notice_date = 2025-11-04\n", "", "calendar_date_expected", "notice_date"),
        ("year = 2026", 'year = "2026"', "calendar_year_expected", "year"),
        ("year = 2026", "year = true", "calendar_year_expected", "year"),
        ("year = 2026", "year = 2025", "calendar_year_differs_from_file", "year"),
        ("[[holiday]]", "[holiday]", "calendar_holidays_expected", "holiday"),
        ("[[holiday]]", "[[holiday]", "calendar_unreadable", ""),
        ("year = 2026", "year = 2026\nversion = 0", "calendar_version_expected", "version"),
        ("year = 2026", "year = 2026\nversion = true", "calendar_version_expected", "version"),
        ("[[holiday]]", "[amendment]\n[[holiday]]", "calendar_amendments_expected", "amendment"),
        ("[[holiday]]", '[[amendment]]\nnotice = "x"\n[[holiday]]', "calendar_date_expected", "amendment[1].notice_date"),
        ("[[holiday]]", '[[amendment]]\nnumber = "x"\n[[holiday]]', "calendar_key_unknown", "amendment[1].number"),
    ],
)
def test_a_wrong_file_is_refused_with_file_field_and_cure(
    tmp_path: Path, written: str, instead: str, code: str, field: str
) -> None:
    assert GOOD.count(written) == 1
    (tmp_path / "cn-2026.toml").write_text(GOOD.replace(written, instead), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        load_calendars(tmp_path)
    assert (caught.value.code, caught.value.facts["file"], caught.value.facts["field"]) == (code, "cn-2026.toml", field)
    for lang in LANGS:
        cure = re.split("[;:]" if lang == "en" else "[；：]", told(caught.value, lang))[-1]
        assert len(cure) > 4, "what to do stands behind what is wrong, in the same language"
        assert bool(re.search("[\u4e00-\u9fff]", cure)) == (lang == "zh-Hans") or field in cure or "name = " in cure


def test_an_unknown_key_is_answered_with_the_nearest_valid_one(tmp_path: Path) -> None:
    (tmp_path / "cn-2026.toml").write_text(GOOD.replace("notice_date", "noticedate"), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        load_calendars(tmp_path)
    assert "write notice_date" in told(caught.value, "en")


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "cn-2026.toml").write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(Invalid) as caught:
        load_calendars(tmp_path)
    assert (caught.value.code, caught.value.facts["file"]) == ("calendar_unreadable", "cn-2026.toml")


def test_two_files_cannot_name_one_day(tmp_path: Path) -> None:
    (tmp_path / "cn-2026.toml").write_text(GOOD.replace("2026-01-02", "2026-12-31"), encoding="utf-8")
    later = GOOD.replace("2026-01-01, 2026-01-02", "2026-12-31, 2027-01-01").replace("2026-01-04", "2027-01-03")
    later = later.replace(BY_LAW, BY_LAW.replace("2026", "2027"))
    (tmp_path / "cn-2027.toml").write_text(later.replace("year = 2026", "year = 2027"), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        load_calendars(tmp_path)
    assert (caught.value.code, caught.value.facts["file"]) == ("calendar_day_in_two_files", "cn-2027.toml")
    assert "cn-2026.toml" in told(caught.value, "zh-Hans")


def test_a_folder_without_years_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        load_calendars(tmp_path / "nowhere")
    assert caught.value.code == "calendar_folder_empty"


# --- an administrator's own folder


def own_folders(tmp_path: Path, own: str) -> tuple[Path, Path]:
    """The folder of a release, and an administrator's with one file of 2026."""
    shipped, theirs = tmp_path / "shipped", tmp_path / "own"
    for folder, text in ((shipped, GOOD), (theirs, own)):
        folder.mkdir()
        (folder / "cn-2026.toml").write_text(text, encoding="utf-8")
    return shipped, theirs


AMENDED = GOOD.replace("year = 2026", "year = 2026\nversion = 2").replace("2026-01-01, 2026-01-02", "2026-01-01") + (
    '[[amendment]]\nnotice = ""\nnotice_date = 2025-12-20\nsource = "a circular"\n'
)


def test_an_administrator_adds_a_year_without_a_release(tmp_path: Path) -> None:
    (tmp_path / "cn-2027.toml").write_text(GOOD.replace("2026", "2027").replace("2027-01-04", "2027-01-03"), encoding="utf-8")
    calendar = load_calendars(SHIPPED, tmp_path)
    assert calendar.years == CALENDAR.years | {2027}
    assert not due_after("2026-12-25T09:00", "10wd", calendar).provisional


def test_a_higher_version_amends_a_year_within_the_year_and_a_counted_date_cites_both_notices(tmp_path: Path) -> None:
    calendar = load_calendars(*own_folders(tmp_path, AMENDED))
    assert calendar.is_working_day(date(2026, 1, 2))
    found = due_after("2025-12-31T09:00", "1mo", calendar).counted
    assert found.notices == ("国办发明电〔2025〕7号",)  # the circular has no number, and none is made up for it
    assert found.unknown == ("2026: a circular",)
    assert [one.source for one in calendar.tables[0].amendments] == ["a circular"]
    assert found.versions == ("2026/2",)


def test_a_shipped_year_outlives_an_older_file_of_the_administrators(tmp_path: Path) -> None:
    theirs, shipped = own_folders(tmp_path, AMENDED)
    assert [table.label for table in load_calendars(shipped, theirs).tables] == ["2026/2"]


def test_a_changed_year_under_a_used_version_is_refused_and_the_same_one_twice_is_not(tmp_path: Path) -> None:
    shipped, theirs = own_folders(tmp_path, AMENDED.replace("version = 2", "version = 1"))
    with pytest.raises(Invalid) as caught:
        load_calendars(shipped, theirs)
    assert (caught.value.code, caught.value.facts["next"]) == ("calendar_version_taken", 2)
    (theirs / "cn-2026.toml").write_text(GOOD, encoding="utf-8")
    assert load_calendars(shipped, theirs).years == {2026}


def test_a_misspelt_folder_of_calendars_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        load_calendars(SHIPPED, tmp_path / "nowhere")
    assert caught.value.code == "calendar_folder_missing"


def test_a_year_of_new_years_day_alone_is_refused_and_told_what_is_off_by_law(tmp_path: Path) -> None:
    (tmp_path / "cn-2026.toml").write_text(GOOD.replace(f", {BY_LAW}", ""), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        load_calendars(tmp_path)
    assert str(caught.value.facts["value"]).split(", ") == [
        *("2026-05-01", "2026-05-02", "2026-10-01", "2026-10-02", "2026-10-03"),
        *("3 × 2026-01-21 – 2026-02-24 (Spring Festival)", "1 × 2026-04-04 – 2026-04-06 (Qingming)"),
        *("1 × 2026-05-26 – 2026-06-26 (Dragon Boat)", "1 × 2026-09-07 – 2026-09-30 / 8 × 2026-10-01 – 2026-10-08 (Mid-Autumn)"),
    ]
    assert all("2026-10-03" in told(caught.value, lang) for lang in ("en", "zh-Hans"))


def test_a_year_without_mid_autumn_is_refused_and_one_in_which_it_falls_within_national_day_is_not(tmp_path: Path) -> None:
    (tmp_path / "cn-2026.toml").write_text(GOOD.replace("2026-09-15, ", ""), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        load_calendars(tmp_path)
    assert caught.value.facts["value"] == "1 × 2026-09-07 – 2026-09-30 / 8 × 2026-10-01 – 2026-10-08 (Mid-Autumn)"
    week = ", ".join(f"2026-10-0{day}" for day in range(4, 9))
    (tmp_path / "cn-2026.toml").write_text(GOOD.replace("2026-09-15, ", f"{week}, "), encoding="utf-8")
    assert not load_calendars(tmp_path).is_working_day(date(2026, 10, 8))


def test_the_second_of_may_is_off_by_law_since_2025(tmp_path: Path) -> None:
    text = GOOD.replace("2026-05-02, ", "").replace("2026", "2024").replace("2024-01-04", "2024-01-06")
    (tmp_path / "cn-2024.toml").write_text(text, encoding="utf-8")
    assert load_calendars(tmp_path).is_working_day(date(2024, 5, 2))


def test_a_december_day_is_counted_by_the_notice_that_names_it() -> None:
    """Saturday 29 December 2018 was worked by the notice for 2019 alone."""
    found = due_after("2018-12-03T09:00", "20wd").counted
    assert (found.last, [one.day for one in found.made_up]) == (date(2018, 12, 29), [date(2018, 12, 29)])
    assert (found.notices[:2], found.versions) == (("国办发明电〔2017〕12号", "国办发明电〔2018〕15号"), ("2018/1", "2019/2"))
    before = due_after("2018-12-03T09:00", "19wd").counted
    assert (before.last, before.versions) == (date(2018, 12, 28), ("2018/1",)), "and whoever does not reach it does not cite it"

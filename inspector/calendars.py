"""Reads the working calendars: one TOML file per year, `cn-<year>.toml`, written after the State Council's notice.

An administrator adds a year by adding a file; no release is needed. A file may name days at the end of the year before,
as the notice for 2019 did. Every error names the file, the field and how to mend it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from inspector.domain.calendar import NamedDay, WorkingCalendar, YearTable
from inspector.domain.errors import Invalid
from inspector.labels import toml

_FIRST_YEAR, _LAST_YEAR = 1993, 2199  # UTC+8 without summer time since 1992
_SATURDAY = 5
_FILE_KEYS = ("year", "notice", "notice_date", "source", "source_note", "holiday")
_HOLIDAY_KEYS = ("name", "days_off", "days_worked")


def load_calendars(folder: Path, *, opens: time = time(8, 30), closes: time = time(17, 30)) -> WorkingCalendar:
    """The calendar made of every `*.toml` in a folder. Raises Invalid (`calendar_*`) for the first thing wrong."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise Invalid("calendar_folder_empty", file=str(folder), field="")
    tables = tuple(_read_year(file) for file in files)
    _refuse_days_named_by_two(zip(files, tables, strict=True))
    return WorkingCalendar(tables=tables, opens=opens, closes=closes)


@dataclass(frozen=True, slots=True)
class _Part:
    """A table of a file, which knows where it stands so that it can say what is wrong."""

    file: Path
    where: str
    content: Mapping[str, object]

    def refuse(self, code: str, field: str, value: object, **facts: object) -> NoReturn:
        raise Invalid(f"calendar_{code}", file=self.file.name, field=f"{self.where}{field}", value=str(value), **facts)

    def only(self, keys: tuple[str, ...]) -> None:
        for key in self.content:
            if key not in keys:
                nearest = (get_close_matches(key, keys, n=1, cutoff=0.0) or keys)[0]
                self.refuse("key_unknown", key, key, nearest=nearest)

    def text(self, field: str, default: str | None = None) -> str:
        value = self.content.get(field, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.refuse("text_expected", field, value, name=field)
        return value

    def day(self, field: str) -> date:
        return self._as_day(field, self.content.get(field))

    def days(self, field: str, year: int) -> tuple[date, ...]:
        """Days of the year, or of December before it: a notice reaches back for New Year at most."""
        value = self.content.get(field, [])
        if not isinstance(value, list):
            self.refuse("dates_expected", field, value, name=field)
        days = tuple(self._as_day(f"{field}[{place}]", item) for place, item in enumerate(value, start=1))
        for place, day in enumerate(days, start=1):
            if day.year != year and (day.year, day.month) != (year - 1, 12):
                self.refuse("day_outside_year", f"{field}[{place}]", day, year=year, before=year - 1)
        return days

    def weekend_days(self, field: str, year: int) -> tuple[date, ...]:
        days = self.days(field, year)
        for place, day in enumerate(days, start=1):
            if day.weekday() < _SATURDAY:
                self.refuse("worked_day_no_weekend", f"{field}[{place}]", day)
        return days

    def _as_day(self, field: str, value: object) -> date:
        if not isinstance(value, date) or isinstance(value, datetime):
            self.refuse("date_expected", field, value)
        return value


def _read_year(file: Path) -> YearTable:
    part = _Part(file, "", _parse(file))
    part.only(_FILE_KEYS)
    year = _year(part)
    days_off: list[NamedDay] = []
    days_worked: list[NamedDay] = []
    for holiday in _holidays(part):
        name = holiday.text("name")
        days_off += (NamedDay(day=day, name=name) for day in holiday.days("days_off", year))
        days_worked += (NamedDay(day=day, name=name) for day in holiday.weekend_days("days_worked", year))
    _refuse_repeated(part, [*days_off, *days_worked])
    return YearTable(
        year=year,
        notice=part.text("notice"),
        notice_date=part.day("notice_date"),
        source=part.text("source"),
        source_note=part.text("source_note", ""),
        days_off=tuple(days_off),
        days_worked=tuple(days_worked),
    )


def _parse(file: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Invalid("calendar_unreadable", file=file.name, field="", **toml.facts(error, "value")) from error


def _year(part: _Part) -> int:
    year = part.content.get("year")
    if not isinstance(year, int) or not _FIRST_YEAR <= year <= _LAST_YEAR:
        part.refuse("year_expected", "year", year, first=_FIRST_YEAR, last=_LAST_YEAR)
    if part.file.stem != f"cn-{year}":
        part.refuse("year_differs_from_file", "year", year)
    return year


def _holidays(part: _Part) -> Iterable[_Part]:
    value = part.content.get("holiday")
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        part.refuse("holidays_expected", "holiday", value)
    for place, item in enumerate(value, start=1):
        holiday = _Part(part.file, f"holiday[{place}].", item)
        holiday.only(_HOLIDAY_KEYS)
        yield holiday


def _refuse_repeated(part: _Part, days: list[NamedDay]) -> None:
    seen: dict[date, str] = {}
    for named in days:
        if named.day in seen:
            part.refuse("day_twice", "holiday", named.day, first=seen[named.day], second=named.name)
        seen[named.day] = named.name


def _refuse_days_named_by_two(tables: Iterable[tuple[Path, YearTable]]) -> None:
    seen: dict[date, Path] = {}
    for file, table in tables:
        for named in (*table.days_off, *table.days_worked):
            if named.day in seen:
                _Part(file, "", {}).refuse("day_in_two_files", "holiday", named.day, other=seen[named.day].name)
        seen |= {named.day: file for named in (*table.days_off, *table.days_worked)}

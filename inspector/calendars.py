"""Reads the working calendars: one TOML file per year, `cn-<year>.toml`, written after the State Council's notice.

An administrator adds a year, or amends one, by a file in a folder of their own; no release is needed. Where two folders have a
year, the higher version counts; two states of one version are refused. A file may name days at the end of the year before,
as the notice for 2019 did. Every error names the file, the field and how to mend it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from inspector.domain.almanac import NamedDay, Notice, YearTable
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.errors import Invalid
from inspector.domain.statutory import fixed
from inspector.labels import LANGS, Lang, label, toml

_FIRST_YEAR, _LAST_YEAR = 1993, 2199  # UTC+8 without summer time since 1992
_SATURDAY = 5
_FILE_KEYS = ("year", "version", "notice", "notice_date", "source", "source_note", "amendment", "holiday")
_AMENDMENT_KEYS = ("notice", "notice_date", "source")
_MOVING_SINCE = 2008
_MOVING = (
    ("spring", (1, 21), (2, 24), 3, 1993),
    ("qingming", (4, 4), (4, 6), 1, _MOVING_SINCE),
    ("dragon_boat", (5, 26), (6, 26), 1, _MOVING_SINCE),
)
"""Holidays of Regulations on Public Holidays art. 2 whose day moves (Spring Festival, Qingming, Dragon Boat): between which days, how many
are off at least, since which year."""
_MID_AUTUMN, _IN_OCTOBER = (9, 7), 8
"""Mid-Autumn (same article, since 2008) falls on 7 September at the earliest. Where it falls within National Day, October's first eight
days are off instead of seven, as in 2009, 2017, 2020 and 2025."""
_HOLIDAY_KEYS = ("name", "days_off", "days_worked")


def load_calendars(
    folder: Path, own: Path | None = None, *, opens: time = time(8, 30), closes: time = time(17, 30)
) -> WorkingCalendar:
    """The calendar made of every `*.toml` in a folder, and in the administrator's `own` where there is one.

    Raises Invalid (`calendar_*`) for the first thing wrong. An own folder may be empty, but must be there: a misspelt one would
    silently be none.
    """
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise Invalid("calendar_folder_empty", file=str(folder), field="")
    if own is not None:
        if not own.is_dir():
            raise Invalid("calendar_folder_missing", file=str(own), field="calendars")
        files += sorted(own.glob("*.toml"))
    held: dict[int, tuple[Path, YearTable]] = {}
    for file in files:
        table = _read_year(file)
        held[table.year] = _newer(held.get(table.year), (file, table))
    _refuse_days_named_by_two(held[year] for year in sorted(held))
    return WorkingCalendar(tables=tuple(held[year][1] for year in sorted(held)), opens=opens, closes=closes)


def _newer(held: tuple[Path, YearTable] | None, given: tuple[Path, YearTable]) -> tuple[Path, YearTable]:
    """Of two files for a year the one with the higher version; the same version may only say the same."""
    if held is None or given[1].version > held[1].version:
        return given
    file, table = given
    if table.version == held[1].version and table != held[1]:
        _Part(file, "", {}).refuse("version_taken", "version", table.version, next=table.version + 1)
    return held


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
    _refuse_partial(part, year, {named.day for named in days_off})
    return YearTable(
        year=year,
        version=_version(part),
        notice=_notice(part),
        source_note=part.text("source_note", ""),
        amendments=tuple(_notice(one) for one in _amendments(part)),
        days_off=tuple(days_off),
        days_worked=tuple(days_worked),
    )


def _refuse_partial(part: _Part, year: int, off: AbstractSet[date]) -> None:
    """A year without its statutory holidays would be taken as certain, and counts days on which nobody works."""
    lacking = [str(day) for day in sorted(fixed(year)) if day not in off]
    named = list[tuple[str, str]]()
    for name, start, end, least, since in _MOVING:
        first, last = date(year, *start), date(year, *end)
        if year >= since and len([day for day in off if first <= day <= last]) < least:
            named.append((name, f"{least} × {first} – {last}"))
    if year >= _MOVING_SINCE and not _mid_autumn(year, off):
        alone = f"1 × {date(year, *_MID_AUTUMN)} – {date(year, 9, 30)}"
        named.append(("mid_autumn", f"{alone} / {_IN_OCTOBER} × {date(year, 10, 1)} – {date(year, 10, _IN_OCTOBER)}"))
    if lacking or named:
        chinese, english = (", ".join([*lacking, *(_called(name, days, lang) for name, days in named)]) for lang in LANGS)
        part.refuse("holidays_lacking", "holiday", english, value_zh=chinese)


def _called(name: str, days: str, lang: Lang) -> str:
    return days + label("holiday.named", lang, name=label(f"holiday.{name}", lang))


def _mid_autumn(year: int, off: AbstractSet[date]) -> bool:
    """Whether the year has the holiday: by itself in September, or as October's eighth day."""
    october = date(year, 10, 1)
    alone = any(date(year, *_MID_AUTUMN) <= day < october for day in off)
    return alone or all(date(year, 10, day) in off for day in range(1, _IN_OCTOBER + 1))


def _notice(part: _Part) -> Notice:
    """A notice; an empty number says that it is not known, and then the source is all there is."""
    number = part.content.get("notice")
    if not isinstance(number, str):
        part.refuse("notice_expected", "notice", number)
    return Notice(number=number.strip(), on=part.day("notice_date"), source=part.text("source"))


def _version(part: _Part) -> int:
    version = part.content.get("version", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        part.refuse("version_expected", "version", version)
    return version


def _amendments(part: _Part) -> Iterable[_Part]:
    value = part.content.get("amendment", [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        part.refuse("amendments_expected", "amendment", value)
    for place, item in enumerate(value, start=1):
        amendment = _Part(part.file, f"amendment[{place}].", item)
        amendment.only(_AMENDMENT_KEYS)
        yield amendment


def _parse(file: Path) -> Mapping[str, object]:
    try:
        return toml.parsed(file.read_bytes())
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

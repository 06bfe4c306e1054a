"""What the State Council's yearly notice says of a year: which weekdays and weekends are off, which weekends are worked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDay:
    """A day and the holiday that explains it; an ordinary weekend has no name."""

    day: date
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A document that arranges days off: its number (empty where it is not known), date, and where it can be read."""

    number: str
    on: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearTable:
    """One year's official arrangement: weekdays and weekends off, weekends worked, and the notices that say so.

    `version` tells the states of one year apart: a notice may be amended within its year, as for Labour Day 2019 and the Spring
    Festival of 2020. `amendments` are the notices that changed the first one; the days are those after all of them.
    """

    year: int
    notice: Notice
    version: int = 1
    source_note: str = ""
    amendments: tuple[Notice, ...] = ()
    days_off: tuple[NamedDay, ...]
    days_worked: tuple[NamedDay, ...]

    @property
    def label(self) -> str:
        """The year and its version, such as `2026/1`: what a counted date cites."""
        return f"{self.year}/{self.version}"

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what the version says: its days off and worked, whatever they are called and wherever they were read."""
        days = {"off": self.days_off, "worked": self.days_worked}
        told = [f"{kind} {day}" for kind, named in days.items() for day in sorted(one.day for one in named)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


def written(tables: Sequence[YearTable], opens: time, closes: time) -> str:
    """All that dates are counted by, as text: the same years and hours, the same text."""
    told = {"opens": opens, "closes": closes, "years": tables}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_told)


def _told(value: object) -> object:
    if isinstance(value, YearTable | Notice | NamedDay):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    return str(value)  # a day, an hour


def read(text: str) -> tuple[tuple[YearTable, ...], time, time]:
    """What was written. Raises ValueError, KeyError or TypeError for what is no such text."""
    told = json.loads(text)
    tables = tuple(map(_table, told["years"]))
    return tables, time.fromisoformat(told["opens"]), time.fromisoformat(told["closes"])


def _table(told: Mapping[str, Any]) -> YearTable:
    days = {name: tuple(NamedDay(day=date.fromisoformat(one["day"]), name=one["name"]) for one in told[name]) for name in _DAYS}
    return YearTable(
        year=told["year"],
        version=told["version"],
        notice=_notice(told["notice"]),
        source_note=told["source_note"],
        amendments=tuple(map(_notice, told["amendments"])),
        **days,
    )


def _notice(told: Mapping[str, Any]) -> Notice:
    return Notice(number=told["number"], on=date.fromisoformat(told["on"]), source=told["source"])


_DAYS = ("days_off", "days_worked")

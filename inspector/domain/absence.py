"""Who is away, by the register: what a change of it does, and from when a leave has counted (handbook scenario 36).

An absence keeps an inspector out of a frame, and moves his or her seat. Both are lawful and cannot be undone, so whoever keeps the
register could enter one for a moment: what is entered, and taken back, leaves a trace that a head and a draw's report go by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from inspector.domain.roster import InspectorRecord

FIELDS = ("leave_from", "leave_until", "in_post")
LISTED = "listed"
"""The field of an entry that says whether the register has somebody at all."""


class Absence(StrEnum):
    """What a change does to an absence: there is one now, none any more, a shorter one, or another one."""

    ENTERED = "ENTERED"
    WITHDRAWN = "WITHDRAWN"
    SHORTENED = "SHORTENED"
    CHANGED = "CHANGED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An inspector's row, and whether it is in force."""

    row: InspectorRecord
    listed: bool = True

    def away(self, day: date) -> bool:
        """Whether he or she is away on a day; a certificate that ends is no absence."""
        return not self.listed or not self.row.in_post or self.row.on_leave(day)

    def values(self) -> dict[str, object]:
        """By field, as an entry of the ledger has them."""
        held = {name: getattr(self.row, name) for name in FIELDS}
        told = {name: value.isoformat() if isinstance(value, date) else value for name, value in held.items()}
        return told | {LISTED: self.listed}


_PRESENT: Mapping[str, object] = {"leave_from": None, "leave_until": None, "in_post": True, LISTED: True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Altered:
    """A change of somebody's absence: the fields with their old and new values, and what it does."""

    inspector: str
    what: Absence
    fields: Mapping[str, tuple[object, object]]

    @property
    def undone(self) -> bool:
        """Whether somebody who was away is so no more, or shorter."""
        return self.what in (Absence.WITHDRAWN, Absence.SHORTENED)


def altered(before: Standing | None, after: Standing, today: date) -> Altered | None:
    """What a change of the register does to an absence, from today on; None where it touches none. `before` is None for a new row."""
    was, becomes = before.values() if before is not None else _PRESENT, after.values()
    fields = {name: (was[name], becomes[name]) for name in becomes if was[name] != becomes[name]}
    if not fields:
        return None
    days = _days(today, *(one.row for one in (before, after) if one is not None))
    gone = [before is not None and before.away(day) for day in days], [after.away(day) for day in days]
    if any(one and not other for one, other in zip(*gone, strict=True)):
        what = Absence.SHORTENED if any(gone[1]) else Absence.WITHDRAWN
    else:
        what = Absence.ENTERED if any(gone[1]) and not any(gone[0]) else Absence.CHANGED
    return Altered(inspector=after.row.id, what=what, fields=fields)


def _days(today: date, *rows: InspectorRecord) -> list[date]:
    """Days from today on between which no absence of these rows begins or ends."""
    near = [day for row in rows for day in (row.leave_from, row.leave_until) if day is not None]
    about = {day + timedelta(days=step) for day in near for step in (-1, 0, 1) if date.min < day < date.max}
    return sorted({today, *(day for day in about if day > today)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A leave as an entry has left it: `first` and `last` day, None where it is open; no leave at all where it is `none`."""

    at: datetime
    inspector: str
    none: bool
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A leave that has counted since a moment: the first of its first day and its entry. `late`: entered after its first day began."""

    inspector: str
    at: datetime
    late: bool


def begun(entries: Iterable[Noted], now: datetime, zone: tzinfo) -> list[Begun]:
    """The leaves that have begun to count by now, from the entries in order; one that was taken back before it began has not.

    One whose last day alone is moved while it runs goes on, and is no other.
    """
    held: dict[str, Noted] = {}
    found: list[Begun] = []

    def end(one: Noted, at: datetime) -> None:
        told = _begins(one, zone)
        if told.at <= at and (one.last is None or told.at.astimezone(zone).date() <= one.last):
            found.append(told)

    for one in entries:
        before = held.pop(one.inspector, None)
        if before is not None and not one.none and one.first == before.first and _runs(before, one.at, zone):
            held[one.inspector] = Noted(at=before.at, inspector=one.inspector, none=False, first=one.first, last=one.last)
            continue
        if before is not None:
            end(before, one.at)
        if not one.none:
            held[one.inspector] = one
    for one in held.values():
        end(one, now)
    return sorted(found, key=lambda told: (told.at, told.inspector))


def _begins(one: Noted, zone: tzinfo) -> Begun:
    first = datetime.combine(one.first, time(), zone) if one.first is not None else None
    return Begun(inspector=one.inspector, at=max(first or one.at, one.at), late=first is None or first < one.at)


def _runs(one: Noted, at: datetime, zone: tzinfo) -> bool:
    """Whether a leave counts at a moment."""
    return _begins(one, zone).at <= at and (one.last is None or at.astimezone(zone).date() <= one.last)

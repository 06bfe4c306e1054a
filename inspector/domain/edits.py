"""Edits of a register's rows that bear on a draw, and those that are put back (draw-protocol threats 3 and 7).

Who is in a frame, in which stratum, who may be dealt and sent follows from rows that people keep. Each edit is lawful, and so is the
one that corrects it. But a row that was edited for a moment around a draw has been for that draw alone what it is said to be: so each
edit has its words in the ledger, and one that is put back is known as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.inspection import Authority, Inspection
from inspector.domain.roster import InspectorRecord, RosterObject, StaffRole

Value = str | int | bool
LISTED = "listed"
"""Whether an officer stands in the register: it is counted by itself, and put back as any other aspect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One aspect of somebody's row with its old and new value.

    A membership (`pools:TOWN`), a standing (`officer`) and whether an officer is in the register at all (`listed`) is a bool; `certified`
    the last day of a certificate that holds, else empty.
    (It was a bool in entries of former releases, and is compared with nothing but its own other value.)
    `certificate` and `name` are who bears a staff code, `reached` where an assignment goes, by digests (`Way.mark`).
    """

    who: str
    aspect: str
    old: Value
    new: Value

    @property
    def of_officer(self) -> bool:
        """Whether it is about an officer and not about an object."""
        return self.aspect.partition(":")[0] in _OFFICERS

    @property
    def of_inspection(self) -> bool:
        """Whether it is about what a record of past inspections tells of an object."""
        return self.aspect.partition(":")[0] in _INSPECTED

    @property
    def shared(self) -> bool:
        """Whether it is about an inspection that an agency has on record as its own: the frames of all others go by that, too."""
        return self.of_inspection and self.aspect.split(":")[3] == Authority.OWN

    def value(self) -> list[Value]:
        """For an entry of the ledger."""
        return [self.who, self.aspect, self.old, self.new]

    def back_from(self, former: Edit, *, framed: bool = False) -> bool:
        """Whether this undoes a former one: to the value of before, or for what is more or less in the other direction.

        Of what may have any value (`_ANY`) a third one undoes it as well, where a frame stood upon the former one (`framed`): that was the
        value for this frame. So does any change of an inspection that was brought in for it.
        """
        part, _, name = self.aspect.partition(":")
        if self.who != former.who:
            return False
        if part in _TOLD and former.aspect == f"{_MADE}:{name}":
            return framed and former.new is True
        if self.aspect != former.aspect:
            return False
        if self.aspect in _ORDERED:
            return (former.new > former.old) != (self.new > self.old)  # type: ignore[operator]  # one aspect has one type
        return self.new == former.old or (framed and part in _ANY)


_OFFICERS = (LISTED, "cap", "officer", "certified", "pools", "qualifications", "conflict", "certificate", "name", "reached")
_MADE, _TOLD = "inspected", ("items", "went")
_INSPECTED = (_MADE, *_TOLD)
_ANY = ("pool", "qualification", *_TOLD)
_ORDERED = ("cap", "since", "certified")
"""Aspects of which more and less count, not the value alone: a cap of 10 that was 0 for a moment may come back as 9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An edit that the ledger has: when it was written, and by whom it was made."""

    at: datetime
    by: str
    edit: Edit


def edits(before: RosterObject | InspectorRecord, after: RosterObject | InspectorRecord, who: str, today: date) -> list[Edit]:
    """What differs between two rows of one object or officer and bears on a draw; `who` as the ledger may name it.

    A certificate counts by its last day, for a frame asks whether it lasts to the visits (handbook scenario 35): who is renewed may be
    dealt longer. One that has run out by itself is no edit. Absences have entries of their own (`absence`).
    """
    was, becomes = _aspects(before, today), _aspects(after, today)
    names = sorted({*was, *becomes})
    pairs = ((name, was.get(name, False), becomes.get(name, False)) for name in names)
    return [Edit(who=who, aspect=name, old=old, new=new) for name, old, new in pairs if old != new]


def listed(staff: str, *, holds: bool) -> Edit:
    """An officer who comes into the register, for the first time or again, or is taken out of it."""
    return Edit(who=staff, aspect=LISTED, old=not holds, new=holds)


def conflict(staff: str, who: str, *, holds: bool) -> Edit:
    """A conflict of interest that begins or ends to hold, of an officer with an object `who` as the ledger may name it."""
    return Edit(who=staff, aspect=f"conflict:{who}", old=not holds, new=holds)


def inspected(before: Inspection | None, after: Inspection, who: str) -> list[Edit]:
    """What an import makes of a past inspection of an object `who`: whether it was made, of what, and by whom.

    It frees its object from a draw for a while, and by rotation its inspectors from going there.
    """
    name = f"{after.on.isoformat()}:{after.check}:{after.authority}:{after.number}"
    was = _inspected(before) if before is not None else {_MADE: False}
    pairs = ((part, was.get(part, ""), value) for part, value in _inspected(after).items())
    return [Edit(who=who, aspect=f"{part}:{name}", old=old, new=new) for part, old, new in pairs if old != new]


def put_back(now: Iterable[Edit], former: Iterable[Noted], frame: datetime | None = None) -> list[tuple[Edit, Noted]]:
    """Those edits that undo one which the ledger has (the last of theirs that they undo), each with that.

    `frame`: when the newest frame was frozen that may go by these rows; None where there is none.
    """
    held: dict[tuple[str, str], list[Noted]] = {}
    for one in former:
        held.setdefault((one.edit.who, one.edit.aspect), []).append(one)
    found = []
    for edit in now:
        part, _, name = edit.aspect.partition(":")
        told = [*held.get((edit.who, f"{_MADE}:{name}"), ())] if part in _TOLD else []
        told += held.get((edit.who, edit.aspect), ())
        undone = [one for one in told if edit.back_from(one.edit, framed=frame is not None and one.at <= frame)]
        found += [(edit, undone[-1])] if undone else []
    return found


def _inspected(row: Inspection) -> dict[str, Value]:
    return {_MADE: row.completed, "items": ",".join(row.items), "went": ",".join(row.inspectors)}


def _aspects(row: RosterObject | InspectorRecord, today: date) -> Mapping[str, Value]:
    return _object(row) if isinstance(row, RosterObject) else _officer(row, today)


def _object(row: RosterObject) -> Mapping[str, Value]:
    """`since` decides who is owed a check (required coverage); a row without one has the empty date, the earliest of all."""
    since = row.since.isoformat() if row.since is not None else ""
    return {"pool": row.pool, "qualification": row.qualification, "since": since}


def _officer(row: InspectorRecord, today: date) -> Mapping[str, Value]:
    members = {f"pools:{one}": True for one in row.pools} | {f"qualifications:{one}": True for one in row.qualifications}
    holds = bool(row.certificate) and today <= row.certificate_until
    certified = row.certificate_until.isoformat() if holds else ""
    reached = " ".join(way.mark for way in row.ways)  # where the assignment goes, without telling the address
    person = {"certificate": row.certificate, "name": row.name, "reached": reached}
    return {"cap": row.cap, "officer": row.role is StaffRole.OFFICER, "certified": certified, **person, **members}

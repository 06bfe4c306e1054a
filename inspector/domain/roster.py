"""The two registers of the double-random draw: objects and inspectors (检查对象名录库, 执法检查人员名录库)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.case import SubjectKind


class StaffRole(StrEnum):
    """Experts and technicians may come along; they count for no seat and are dealt none (handbook 1.2.20, 1.2.24)."""

    OFFICER = "OFFICER"
    EXPERT = "EXPERT"


class Recusal(StrEnum):
    """Why an inspector must not be sent to an object (回避; handbook 1.2.21): a closed list, since free text would be private matter.

    It stays in the house: what is frozen and published of a draw says only that there is one (scenario 33).
    """

    RELATION = "relation"
    INTEREST = "interest"
    KIN = "kin"
    POST = "post"
    APPLIED = "applied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A declared conflict, of an agency's inspector with an object wherever it stands. `ended_at`: it holds no longer."""

    object: str
    inspector: str
    reason: Recusal
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterObject:
    """An object under daily supervision. `pool` is the district its inspectors belong to; `qualification` binds the first seat.

    `enrolled`: by a case (an exempt item, the certificate route), whether or not the office's own file names it; `unfiled`: no file has
    named it since. `since` it stands in the register: required coverage counts from there; None where nobody knows.
    """

    agency: str
    kind: SubjectKind
    code: str
    original: str
    name: str
    pool: str
    qualification: str = ""
    warnings: tuple[str, ...] = ()
    enrolled: bool = False
    unfiled: bool = False
    since: date | None = None


OWN_PHONE = "-"
"""Stands in the register for an address that the officer's own browser tells (Web Push); until it has, nothing goes that way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to an officer's phone: an address on a channel."""

    channel: str
    address: str

    @property
    def mark(self) -> str:
        """What tells this way from one by a mended address, without telling the address."""
        return f"{self.channel}:{hashlib.sha256(self.address.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectorRecord:
    """An enforcement officer. `id` is the staff code; the certificate bounds when he or she may be drawn (scenario 35).

    `leave_from` and `leave_until` are the first and last day of absence (scenario 36); one without the other is open on that side.
    `channel` names the channels in order of preference, parted by commas, and `address` the address on each, or one for all.
    `former` are the codes under which the same person stood before, the newest first, each as `AGENCY:CODE`. `browser`: what the officer's
    own browser has told, on a channel whose address is `-`; no file of the register says it.
    """

    agency: str
    id: str
    name: str
    pools: tuple[str, ...]
    qualifications: tuple[str, ...] = ()
    cap: int = 99
    role: StaffRole = StaffRole.OFFICER
    certificate: str
    certificate_until: date
    in_post: bool = True
    leave_from: date | None = None
    leave_until: date | None = None
    channel: str = ""
    address: str = ""
    former: tuple[str, ...] = ()
    browser: Way | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes under which the agency's own register has, or had, the officer."""
        return (self.id, *(code for one in self.former for of, _, code in [one.partition(":")] if of == self.agency))

    @property
    def ways(self) -> tuple[Way, ...]:
        """How to reach the officer, the preferred way first; none where no channel is named, or a browser is to tell and has not."""
        told = [self._told(way) if way.address == OWN_PHONE else way for way in self.named]
        return tuple(way for way in told if way is not None)

    @property
    def asks_browser(self) -> tuple[str, ...]:
        """The channels on which the officer's own browser tells where it is."""
        return tuple(way.channel for way in self.named if way.address == OWN_PHONE)

    @property
    def unheard(self) -> tuple[str, ...]:
        """Those of these channels on which none has told."""
        return tuple(one for one in self.asks_browser if self.browser is None or self.browser.channel != one)

    def _told(self, way: Way) -> Way | None:
        return self.browser if self.browser is not None and self.browser.channel == way.channel else None

    @property
    def named(self) -> tuple[Way, ...]:
        """The ways as the register names them, also one whose address a browser is to tell."""
        channels, told = _parted(self.channel), _parted(self.address)
        if len(channels) == 1:
            return (Way(channel=channels[0], address=self.address),)  # whole, whatever signs it is made of
        addresses = told * len(channels) if len(told) == 1 else told
        return tuple(Way(channel=channel, address=address) for channel, address in zip(channels, addresses, strict=False))

    def status(self, day: date, until: date | None = None) -> str:
        """The frame's status: `1` certified, in post and not on leave on that day, else the reason (draw-protocol ruling 14).

        The certificate must last `until` a later day, where one is named.
        """
        if self.role is StaffRole.EXPERT:
            return "expert"
        if not self.in_post:
            return "departed"
        if not self.certificate or (until or day) > self.certificate_until:
            return "uncertified"
        return "leave" if self.on_leave(day) else "1"

    def on_leave(self, day: date) -> bool:
        """Whether the officer is absent on a day."""
        given = self.leave_from is not None or self.leave_until is not None
        return given and (self.leave_from or day) <= day <= (self.leave_until or day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What an import would do to one field of a row."""

    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an import would do to one row; `shifts` are the fields of a changed one that differ."""

    kind: str
    key: str
    name: str
    person: bool = False
    """Whether the key holds the code of a natural person."""
    shifts: tuple[Shift, ...] = ()


def unmapped(towns: Iterable[str], staff: Iterable[InspectorRecord]) -> frozenset[str]:
    """The towns of objects that no officer's row names; who is in post and certified today is another question.

    A register of inspectors that nobody has brought in yet maps nothing, and leaves nothing out.
    """
    served = {town for row in staff if row.role is StaffRole.OFFICER for town in row.pools}
    return frozenset(towns) - served if served else frozenset()


def differences(
    held: Iterable[RosterObject | InspectorRecord], given: Iterable[RosterObject | InspectorRecord]
) -> tuple[Change, ...]:
    """What turns the held register into the given one: added, changed, removed; unchanged rows are not named.

    Whom a case has enrolled stays, whatever the file says: it knows nothing of the cases (scenario 5).
    """
    before = {key_of(row): row for row in held}
    after = {key_of(row): becomes(row, before.get(key_of(row))) for row in given}
    added = [_change("added", row) for key, row in after.items() if key not in before]
    changed = [
        _change("changed", row, _shifts(before[key], row)) for key, row in after.items() if key in before and before[key] != row
    ]
    removed = [_change("removed", row) for key, row in before.items() if key not in after and not _enrolled(row)]
    return (*added, *changed, *removed)


def key_of(row: RosterObject | InspectorRecord) -> str:
    """What tells a row of its register from the others."""
    return f"{row.kind}:{row.code}" if isinstance(row, RosterObject) else row.id


def _parted(told: str) -> list[str]:
    return [part.strip() for part in told.split(",") if part.strip()]


def _change(kind: str, row: RosterObject | InspectorRecord, shifts: tuple[Shift, ...] = ()) -> Change:
    person = isinstance(row, RosterObject) and row.kind is SubjectKind.PERSON
    return Change(kind=kind, key=key_of(row), name=row.name, person=person, shifts=shifts)


def _shifts(old: RosterObject | InspectorRecord, new: RosterObject | InspectorRecord) -> tuple[Shift, ...]:
    told = (
        one.name for one in fields(new) if one.name != "browser"
    )  # no file says it: it goes with the address that asked for it
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in told)
    return tuple(Shift(field=name, old=was, new=becomes) for name, was, becomes in pairs if was != becomes)


def marked(given: RosterObject, held: RosterObject | None) -> RosterObject:
    """A given row with the mark of the one it replaces, and the day that one has stood there since."""
    if held is None:
        return given
    return replace(given, enrolled=given.enrolled or held.enrolled, since=given.since or held.since)


def becomes(given: RosterObject | InspectorRecord, held: RosterObject | InspectorRecord | None) -> RosterObject | InspectorRecord:
    """A given row of either register as it will stand there in place of the one it replaces.

    An officer's former codes stay, and the browser that has told where it is, as long as the register asks for one on that channel.
    """
    if isinstance(given, InspectorRecord) and isinstance(held, InspectorRecord):
        told = held.browser if held.browser is not None and held.browser.channel in given.asks_browser else None
        return replace(given, former=given.former or held.former, browser=told)
    return marked(given, held) if isinstance(given, RosterObject) and isinstance(held, RosterObject) else given


def _enrolled(row: RosterObject | InspectorRecord) -> bool:
    return isinstance(row, RosterObject) and row.enrolled

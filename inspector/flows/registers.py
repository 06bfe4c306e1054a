"""Rows of a file as register entries and credit levels: pure, like `importing`. Columns nobody asked for are passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, tzinfo
from typing import Generic, TypeVar

from inspector.domain.case import SubjectKind
from inspector.domain.errors import Invalid
from inspector.domain.holder import Stood
from inspector.domain.identity import identify, identity_kind, masked, of_another, organisation
from inspector.domain.reached import RUNG
from inspector.domain.roster import InspectorRecord, RosterObject, StaffRole, Way, key_of
from inspector.domain.signs import written
from inspector.flows.diagnosis import of_error
from inspector.flows.formercodes import FormerCodes
from inspector.flows.layout import CODE, Column, Layout, RowReader
from inspector.sheets.flaw import RowFlaw
from inspector.sheets.sheet import Sheet

T = TypeVar("T")

OBJECTS = Layout(
    open_ended=True,
    columns=(
        CODE,
        Column(name="kind", chinese="主体类型", meaning="FIRM (default) or PERSON"),
        Column(name="name", chinese="主体名称", coded=True),
        Column(name="pool", chinese="所属片区", meaning="pool its inspectors come from; empty: the agency's", coded=True),
        Column(name="qualification", chinese="所需资格", meaning="what the first of the team must hold", coded=True),
        Column(name="since", chinese="列入日期", meaning="day it came into the register; empty: the day of its first import"),
    ),
)
ALSO_CODE = ("credit_code", "统一社会信用代码", "subject_code")
"""Heads under which exported registers carry the code."""

INSPECTORS = Layout(
    open_ended=True,
    columns=(
        Column(name="id", chinese="工号", meaning="staff code", needed=True, coded=True, plain=True),
        Column(name="name", chinese="姓名", needed=True, coded=True),
        Column(name="pools", chinese="片区", meaning="several parted by comma; empty: the agency's", coded=True),
        Column(name="qualifications", chinese="资格", meaning="several parted by comma", coded=True),
        Column(name="cap", chinese="期内上限", meaning="visits at most in the window of the pack's staff row; default 99"),
        Column(name="role", chinese="身份", meaning="OFFICER (default) or EXPERT, who takes no seat"),
        Column(name="certificate", chinese="执法证号", needed=True, coded=True),
        Column(name="certificate_until", chinese="执法证有效期", needed=True),
        Column(name="in_post", chinese="在岗", meaning="yes (default) or no"),
        Column(name="leave_from", chinese="休假起", meaning="first day of leave"),
        Column(name="leave_until", chinese="休假止", meaning="last day of leave"),
        Column(name="channel", chinese="推送渠道", meaning="several parted by comma, the preferred one first", coded=True),
        Column(
            name="address",
            chinese="推送地址",
            meaning="phone or address there; one for all, or one for each; -: the own browser's",
            coded=True,
            most=4_000,  # a subscription of Web Push has several hundred
        ),
        Column(name="former", chinese="原工号", meaning="staff code under which the same person stood before", coded=True),
    ),
)

LEVELS = Layout(
    open_ended=True,
    columns=(
        Column(name="code", chinese="主体代码", needed=True, coded=True, plain=True, most=64),
        Column(name="kind", chinese="主体类型", meaning="FIRM (default) or PERSON"),
        Column(name="level", chinese="信用等级", needed=True),
        Column(name="as_of", chinese="评定日期", meaning="day the level was stated", needed=True),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(Generic[T]):
    """What a file holds; with any flaw nothing of it may be used."""

    rows: tuple[T, ...]
    flaws: tuple[RowFlaw, ...]
    warnings: tuple[RowFlaw, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """The push channels that there are, by their `names`, and what they say themselves, without asking anybody.

    `unfit`: whether an address can be no one person's on a channel; `rings`: which of them show no link.
    """

    names: Sequence[str]
    unfit: Callable[[str, str], bool] = lambda _channel, _address: False
    rings: AbstractSet[str] = frozenset()

    def flaw(self, way: Way) -> str:
        """Why nobody can answer by a way, where that shows without asking anybody; empty: nothing does."""
        if way.channel not in self.names:
            return "channel_unknown"
        if self.unfit(way.channel, way.address):
            return "address_unfit" if way.address else "address_missing"
        return RUNG if way.channel in self.rings else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A stated credit level, and the row of the file that states it."""

    kind: SubjectKind
    code: str
    level: str
    as_of: datetime
    row: int = field(compare=False)


def objects(
    sheet: Sheet,
    agency: str,
    today: datetime,
    held: Iterable[RosterObject] = (),
    *,
    alike: bool = False,
    by: Callable[[RosterObject], str] = lambda _row: "",
) -> Read[RosterObject]:
    """The register of objects. An irregular code is kept with its warnings; the same row twice is one.

    Two codes of one organisation are a flaw, for it would be drawn twice as easily, unless somebody has said that they are two
    (`alike`). `held` are rows that stay beside the file, and `by` tells the id of a case that has entered one, or nothing. The same name
    under two codes is told: chains have it. A natural person's number under FIRM, or a firm's code under PERSON, is a flaw.
    """
    stays = {key_of(row): row for row in held}
    codes = {told: (0, key_of(row)) for row in stays.values() if (told := organisation(row.code)) is not None}
    names: dict[str, tuple[int, str]] = {}

    def one(reader: RowReader) -> tuple[str, RosterObject] | None:
        kind = reader.choice("kind", SubjectKind, SubjectKind.FIRM)
        code, original, warnings = identity(reader, kind, today)
        if reader.sound and of_another(identity_kind(kind), code, today.date()):
            # A frame has a firm's code as it is, and of a person a pseudonym alone, without a credit level: neither would be right.
            reader.flaw("kind", "code_of_person" if kind is SubjectKind.FIRM else "code_of_firm")
        since = reader.maybe_day("since")
        if since is not None and since > today.date():  # the coverage that is due from then on would begin for nobody
            reader.flaw("since", "since_future", since=since.isoformat())
        row = RosterObject(
            agency=agency,
            kind=kind,
            code=code,
            original=original,
            name=reader.text("name"),
            pool=reader.text("pool", agency),
            qualification=reader.text("qualification"),
            warnings=warnings,
            since=since,
        )
        key = f"{kind}:{code}"
        if reader.sound and (told := organisation(code)) is not None:
            other, same = codes.setdefault(told, (reader.number, key))
            if same != key:
                say = reader.warn if alike else reader.flaw
                if other:
                    say("code", "organisation_twice", other=other)
                else:
                    case, shown = by(stays[same]), _shown(stays[same])
                    say(
                        "code",
                        "organisation_enrolled" if case else "organisation_held",
                        held=shown,
                        **({"case": case} if case else {}),
                    )
        if row.name and reader.sound:
            other, same = names.setdefault(row.name, (reader.number, key))
            if same != key:
                reader.warn("name", "name_twice", other=other)
        return (key, row) if reader.sound else None

    return read_rows(code_named(sheet), OBJECTS, one, "code")


def _shown(row: RosterObject) -> str:
    return masked(row.code) if row.kind is SubjectKind.PERSON else row.code


def inspectors(
    sheet: Sheet, agency: str, today: date, channels: Channels, held: Iterable[Stood] = (), *, keep: bool = False
) -> Read[InspectorRecord]:
    """The register of inspectors. Whoever cannot be dealt or reached as things stand is kept with a warning.

    A leave that ends before it begins is a flaw: it is on none of its days, and whoever is away would be dealt. `held` are the rows of
    all registers, in force or not, and `keep` that the file takes none out: a certificate of another of them is a flaw, unless the row
    names that one as its former code (`former`).
    """
    former = FormerCodes(agency, held, keep=keep)
    certified: dict[str, tuple[int, str]] = {}
    called: dict[str, tuple[int, str]] = {}

    def one(reader: RowReader) -> tuple[str, InspectorRecord] | None:
        row = InspectorRecord(
            agency=agency,
            id=reader.text("id"),
            name=reader.text("name"),
            pools=reader.several("pools") or (agency,),
            qualifications=reader.several("qualifications"),
            cap=reader.number_of("cap", 99),
            role=reader.choice("role", StaffRole, StaffRole.OFFICER),
            certificate=reader.text("certificate"),
            certificate_until=reader.day("certificate_until"),
            in_post=reader.flag("in_post", default=True),
            leave_from=reader.maybe_day("leave_from"),
            leave_until=reader.maybe_day("leave_until"),
            channel=",".join(reader.several("channel")),
            address=_addresses(reader),
        )
        row = former.settle(reader, row)
        if reader.sound and row.certificate_until < today:
            reader.warn("certificate_until", "certificate_over", until=row.certificate_until.isoformat())
        if row.leave_from is not None and row.leave_until is not None and row.leave_until < row.leave_from:
            reader.flaw("leave_until", "leave_reversed", first=row.leave_from.isoformat(), last=row.leave_until.isoformat())
        if row.cap == 0:
            reader.warn("cap", "cap_none")
        number, holder = certified.setdefault(written(row.certificate), (reader.number, row.id))
        if row.certificate and holder != row.id:
            reader.flaw("certificate", "certificate_twice", other=number)
        _twins(reader, row.id, called)
        _reached(reader, row, channels)
        return (row.id, row) if reader.sound else None

    read = read_rows(sheet, INSPECTORS, one, "id")
    return replace(read, flaws=(*read.flaws, *former.standing({row.id for row in read.rows})))


def _twins(reader: RowReader, staff: str, called: dict[str, tuple[int, str]]) -> None:
    """Two ways to write one code would be one person twice in a draw; codes that differ in a dash alone may be two people's."""
    code = written(staff)
    number, holder = called.setdefault(code, (reader.number, staff))
    other, near = called.setdefault(f"bare {code.replace('-', '')}", (reader.number, staff))
    if holder != staff:
        reader.flaw("id", "staff_twice", other=number)
    elif near != staff:
        reader.warn("id", "staff_near", other=other)


def _addresses(reader: RowReader) -> str:
    """The addresses as the register keeps them; that of one channel whole, whatever signs it is made of."""
    return ",".join(reader.several("address")) if len(reader.several("channel")) > 1 else reader.text("address")


def _reached(reader: RowReader, row: InspectorRecord, channels: Channels) -> None:
    """How an officer is reached: each channel once, and an address for each."""
    named = [one for one in row.channel.split(",") if one]
    for channel in sorted({one for one in named if named.count(one) > 1}):
        reader.flaw("channel", "channel_twice", channel=channel)
    addresses = [one for one in row.address.split(",") if one]
    # which channel's it is shows by its place, and it is not one for all
    blank = len(addresses) == 1 and reader.parts("address") > 1
    if len(named) > 1 and (blank or len(addresses) not in (1, len(named))):
        reader.flaw("address", "addresses_differ", channels=len(named), addresses=len(addresses))
    known = ", ".join(channels.names) or "-"
    told = [(way.channel, channels.flaw(way)) for way in row.named]
    for channel, flaw in dict.fromkeys(told):
        if flaw and flaw != RUNG:
            reader.warn("channel" if flaw == "channel_unknown" else "address", flaw, channel=channel, known=known)
    if addresses and not named:
        reader.warn("channel", "channel_missing", known=known)
    if told and all(flaw == RUNG for _, flaw in told):
        reader.warn("channel", RUNG, channels=", ".join(named))


def levels(sheet: Sheet, known: Callable[[str], bool], scale: str, now: datetime, zone: tzinfo) -> Read[Level]:
    """Credit levels of firms. One that no pack knows would silently count as unrated, so it is a flaw. Days begin in `zone`."""

    def one(reader: RowReader) -> tuple[str, Level] | None:
        kind = reader.choice("kind", SubjectKind, SubjectKind.FIRM)
        if kind is SubjectKind.PERSON:
            reader.flaw("kind", "level_of_person")
        code, _, _ = identity(reader, kind, now)
        level, as_of = reader.text("level"), datetime.combine(reader.day("as_of"), time(), zone)
        if level and not known(level):
            reader.flaw("level", "level_unknown", level=level, known=scale)
        if as_of > now and "as_of" not in reader.spoiled:
            reader.flaw("as_of", "as_of_future", as_of=as_of.date().isoformat())
        return (
            (f"{kind}:{code}", Level(kind=kind, code=code, level=level, as_of=as_of, row=reader.number)) if reader.sound else None
        )

    return read_rows(code_named(sheet), LEVELS, one, "code")


def read_rows(sheet: Sheet, layout: Layout, one: Callable[[RowReader], tuple[str, T] | None], key: str) -> Read[T]:
    """Every row by the name `one` gives it; `key` is the column to look at where a name comes twice with other content."""
    found, told = layout.heads(sheet)
    rows = dict(_rows(layout.readers(sheet, found, told), one, key))
    return Read(rows=tuple(rows.values()), flaws=tuple(told.flaws), warnings=tuple(told.warnings))


def _rows(readers: Iterator[RowReader], one: Callable[[RowReader], tuple[str, T] | None], key: str) -> Iterator[tuple[str, T]]:
    """Each row by its key; a key that comes again with other content is a flaw, with the same content it is told and counted once."""
    seen: dict[str, tuple[int, T]] = {}
    for reader in readers:
        made = one(reader)
        if made is None:
            continue
        name, value = made
        number, before = seen.setdefault(name, (reader.number, value))
        if before != value:
            reader.flaw(key, "code_twice", other=number)
        elif number != reader.number:
            reader.warn(key, "row_repeated", other=number)
        else:
            yield name, value


def identity(reader: RowReader, kind: SubjectKind, today: datetime) -> tuple[str, str, tuple[str, ...]]:
    """(normal form, as handed in, warnings) of the row's code."""
    original = reader.text("code")
    if "code" in reader.spoiled:
        return "", "", ()
    try:
        told = identify(identity_kind(kind), original, today=today.date())
    except Invalid as error:
        reader.note(of_error(reader.number, error, "code"))
        return "", "", ()
    if told.warnings:
        reader.warn("code", "code_irregular", warnings=", ".join(told.warnings))
    if told.normal != original:
        reader.warn("code", "code_rewritten")
    return told.normal, original, told.warnings


def code_named(sheet: Sheet) -> Sheet:
    """A sheet whose code column bears our name, unless it does already."""
    heads = [head.strip().casefold() for head in sheet.heads]
    if "code" in heads or "主体代码" in heads:
        return sheet
    place = next((heads.index(other) for other in ALSO_CODE if other in heads), None)
    if place is None:
        return sheet
    return replace(sheet, heads=(*sheet.heads[:place], "code", *sheet.heads[place + 1 :]))

"""The registers of objects and inspectors, and declared conflicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.case import SubjectKind
from inspector.domain.credit import Told
from inspector.domain.errors import Missing
from inspector.domain.roster import Declared, InspectorRecord, Recusal, RosterObject, becomes, marked
from inspector.domain.spelling import party_of, told_of
from inspector.store.codec import dump, load
from inspector.store.room import Room
from inspector.store.seats import of_inspector
from inspector.store.tables import credit_level, inspector, recusal, roster_object, subject

_OBJECT_KEY = ("agency", "kind", "code")
_INSPECTOR_KEY = ("agency", "id")
_FIRM = credit_level.c.kind == SubjectKind.FIRM.value
"""Natural persons have no class (handbook 2.1): what was once stated of one counts for nothing."""
_FETCHED = 500
_TURN = 0x726F7374  # "rost": the advisory locks of the registers of objects
_INSPECTOR = sa.select(inspector.c.body, inspector.c.removed_at).where(
    inspector.c.agency == sa.bindparam("of"), inspector.c.id == sa.bindparam("who")
)
_ROW = roster_object.c
_ORGANISATIONS = sa.select(_ROW.organisation, _ROW.code).where(_ROW.agency == sa.bindparam("at"), _ROW.removed_at.is_(None))
_ORGANISATIONS = _ORGANISATIONS.where(_ROW.organisation.in_(sa.bindparam("asked", expanding=True)))
_EVER = [sa.select(table.c.code).where(table.c.organisation == sa.bindparam("told")) for table in (roster_object, subject)]
_SPELT = _EVER[1].where(subject.c.kind == sa.bindparam("of_kind"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """An object of the register, and the credit levels that anybody has stated of it, by whatever code of its organisation."""

    row: RosterObject
    told: tuple[Told, ...]


class RosterRoom(Room):
    """The register tables. A removed row keeps its history: it gets a date, it does not go."""

    def objects(self, agency: str) -> list[RosterObject]:
        """The objects of an agency in force."""
        held = roster_object.c
        asked = sa.select(held.body).where(held.agency == agency, held.removed_at.is_(None)).order_by(held.kind, held.code)
        return [load(RosterObject, text) for text in self.connection.execute(asked).scalars()]

    def places(self, agency: str) -> dict[tuple[str, str], int]:
        """How many objects in force stand in each (area, qualification), counted by the database: the register may be large."""
        held = roster_object.c
        asked = sa.select(held.pool, held.qualification, sa.func.count()).group_by(held.pool, held.qualification)
        asked = asked.where(held.agency == agency, held.removed_at.is_(None))
        return {(pool or "", qualification or ""): count for pool, qualification, count in self.connection.execute(asked)}

    def of_codes(self, agency: str, codes: Iterable[str]) -> list[RosterObject]:
        """The objects in force that bear one of these codes."""
        held, wanted, found = roster_object.c, sorted(codes), list[RosterObject]()
        for start in range(0, len(wanted), _FETCHED):
            these = held.code.in_(wanted[start : start + _FETCHED])
            asked = (
                sa.select(held.body).where(held.agency == agency, held.removed_at.is_(None), these).order_by(held.kind, held.code)
            )
            found += [load(RosterObject, text) for text in self.connection.execute(asked).scalars()]
        return found

    def take_turn(self, agency: str) -> None:
        """Hold an agency's register of objects to the transaction's end: who looks for a firm's other codes and then enters one.

        SQLite has one writer anyway.
        """
        if not self.sqlite:
            self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN, sa.func.hashtext(f"roster:{agency}"))))

    def standing_object(self, agency: str, kind: SubjectKind, code: str) -> RosterObject | None:
        """One object in force, or None."""
        held = roster_object.c
        asked = sa.select(held.body).where(
            held.agency == agency, held.kind == kind.value, held.code == code, held.removed_at.is_(None)
        )
        text = self.connection.execute(asked).scalar_one_or_none()
        return load(RosterObject, text) if text is not None else None

    def organisations(self, agency: str, wanted: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """The codes by which an agency's register has these organisations in force."""
        asked, found = sorted(set(wanted)), dict[str, tuple[str, ...]]()
        for start in range(0, len(asked), _FETCHED):
            rows = self.connection.execute(_ORGANISATIONS, {"at": agency, "asked": asked[start : start + _FETCHED]})
            for told, code in sorted(map(tuple, rows)):
                found[told] = (*found.get(told, ()), code)
        return found

    def of_any(self, codes: Collection[str], parties: Collection[str]) -> set[str]:
        """Which of these codes and organisations any agency's register has in force."""
        found = set[str]()
        for column, wanted in ((roster_object.c.code, sorted(codes)), (roster_object.c.organisation, sorted(parties))):
            for start in range(0, len(wanted), _FETCHED):
                asked = sa.select(column).where(
                    roster_object.c.removed_at.is_(None), column.in_(wanted[start : start + _FETCHED])
                )
                found |= set(self.connection.execute(asked).scalars())
        return found

    def ever(self, told: str) -> set[str]:
        """The codes by which any agency's register has had an organisation, or cases were about it: a visit was given by one of these."""
        return {code for asked in _EVER for code in self.connection.execute(asked, {"told": told}).scalars()}

    def several_of(self, agency: str) -> dict[str, int]:
        """The organisations that an agency's register has in force by several codes, with how many rows."""
        held = roster_object.c
        here = (held.agency == agency, held.removed_at.is_(None), held.organisation.is_not(None))
        asked = sa.select(held.organisation, sa.func.count()).where(*here).group_by(held.organisation)
        return dict(map(tuple, self.connection.execute(asked.having(sa.func.count() > 1))))

    def spelt_apart(self, agencies: Collection[str]) -> dict[str, str]:
        """The organisation of each code, where one has several in these agencies' registers in force and among the subjects of cases."""
        held, firm = roster_object.c, SubjectKind.FIRM.value
        here = (held.agency.in_(sorted(agencies)), held.removed_at.is_(None), held.organisation.is_not(None))
        named = sa.select(subject.c.organisation, subject.c.code).where(
            subject.c.kind == firm, subject.c.organisation.is_not(None)
        )
        codes = sa.union(sa.select(held.organisation, held.code).where(*here), named).cte("codes")
        several = sa.select(codes.c.organisation).group_by(codes.c.organisation).having(sa.func.count() > 1)
        asked = sa.select(codes.c.code, codes.c.organisation).where(codes.c.organisation.in_(several))
        return dict(map(tuple, self.connection.execute(asked)))

    def several(self, agency: str) -> int:
        """How many rows of an agency's register stand for an organisation that has another row: each but the first."""
        return sum(count - 1 for count in self.several_of(agency).values())

    def goes_by(self, agency: str, kind: SubjectKind, code: str) -> str:
        """By which code an agency's register has the firm of a code: its one row's; the code itself where there is none, or several."""
        told = told_of(kind, code)
        rows = self.organisations(agency, [told]).get(told, ()) if told is not None else ()
        return rows[0] if len(rows) == 1 else code

    def spellings(self, agency: str, kind: SubjectKind, code: str) -> tuple[str, ...]:
        """The codes in cases that an object of an agency's register stands for: its own, and what is no other row's and was mistyped."""
        told = told_of(kind, code)
        rows = self.organisations(agency, [told]).get(told, ()) if told is not None else ()
        if told is None or set(rows) - {code}:  # several stand there, and somebody has said that they are several
            return (code,)
        spelt = self.connection.execute(_SPELT, {"of_kind": kind.value, "told": told}).scalars()
        return (code, *sorted(set(spelt) - {code}))

    def aliases(self, agency: str) -> list[tuple[str, str]]:
        """(code that was struck out, code that the same firm stands under since) of an agency's register."""
        held = roster_object.c
        asked = sa.select(held.code, held.stands_as).where(held.agency == agency, held.stands_as.is_not(None))
        later = dict(map(tuple, self.connection.execute(asked)))
        found = []
        for code in sorted(later):
            stands = later[code]
            while stands in later:  # corrected once more
                stands = later[stands]
            found.append((code, stands))
        return found

    def struck(self, agency: str, since: datetime | None) -> int:
        """How many rows a person has struck out of an agency's register, since a moment or ever."""
        held = roster_object.c
        asked = sa.select(sa.func.count()).where(held.agency == agency, held.struck_at.is_not(None))
        asked = asked if since is None else asked.where(held.struck_at > since)
        return self.connection.execute(asked).scalar_one()

    def strike(self, row: RosterObject, stands_as: str | None, now: datetime) -> None:
        """Take an object out of force because somebody has said so; `stands_as` the code of the same firm."""
        held = roster_object.c
        here = sa.update(roster_object).where(held.agency == row.agency, held.kind == row.kind.value, held.code == row.code)
        self.connection.execute(here.values(removed_at=now, struck_at=now, stands_as=stands_as))

    def rated(self, agency: str) -> Iterator[Rated]:
        """As `objects`, one by one as they are read, and no two of one key: for a register that is too large to hold.

        Whoever walks through it uses the connection for nothing else meanwhile.
        """
        held, level, beside = roster_object.c, credit_level.c, self.levels_beside(agency)
        both = roster_object.outerjoin(credit_level, sa.and_(level.kind == held.kind, level.code == held.code, _FIRM))
        asked = sa.select(held.body, level.level, level.as_of, level.source).select_from(both)
        asked = asked.where(held.agency == agency, held.removed_at.is_(None)).order_by(held.kind, held.code)
        for body, said, as_of, source in self.connection.execute(asked, execution_options={"yield_per": _FETCHED}):
            row = load(RosterObject, body)
            own = (Told(code=row.code, level=said, as_of=as_of, source=source),) if said is not None else ()
            yield Rated(row=row, told=(*own, *beside.get(row.code, ())) if row.kind is SubjectKind.FIRM else own)

    def levels_beside(self, agency: str) -> Mapping[str, Sequence[Told]]:
        """By the code of each firm in an agency's register what was stated of it by other codes of its organisation; mostly nothing."""
        held, level, found = roster_object.c, credit_level.c, dict[str, list[Told]]()
        here = (held.agency == agency, held.removed_at.is_(None), held.kind == SubjectKind.FIRM.value, _FIRM)
        both = roster_object.join(credit_level, sa.and_(level.organisation == held.organisation, level.code != held.code))
        asked = sa.select(held.code, level.code, level.level, level.as_of, level.source).select_from(both).where(*here)
        for code, other, said, as_of, source in self.connection.execute(asked):
            found.setdefault(code, []).append(Told(code=other, level=said, as_of=as_of, source=source))
        return found

    def put_objects(self, rows: Iterable[RosterObject]) -> None:
        """Add or replace objects; one that a case has enrolled stays marked as such."""
        rows = list(rows)
        before = {
            (row.agency, row.kind, row.code): row for agency in {row.agency for row in rows} for row in self.objects(agency)
        }
        self._put(roster_object, [_whole(marked(row, before.get((row.agency, row.kind, row.code)))) for row in rows], _OBJECT_KEY)

    def replace(self, row: RosterObject) -> None:
        """Write an object as it is now to stand, in force, with the very marks it has."""
        self._put(roster_object, [_whole(row)], _OBJECT_KEY)

    def enrol(self, row: RosterObject) -> RosterObject | None:
        """Enter a subject into daily supervision, or mark the one that is there (an exempt item's subject; the plan, item 7).

        One that was removed is in force again, for the case that enrols it is newer: as it last stood; None where it is not so.
        """
        entered = replace(row, enrolled=True)
        key = {"agency": row.agency, "kind": row.kind.value, "code": row.code}
        if self.insert_one(roster_object, key | _object(entered), _OBJECT_KEY):
            return None
        here = sa.and_(*(roster_object.c[name] == value for name, value in key.items()))
        asked = sa.select(roster_object.c.body, roster_object.c.removed_at).where(here).with_for_update()
        body, removed_at = self.connection.execute(asked).one()
        stood = load(RosterObject, body)
        stays = entered if removed_at is not None else replace(stood, enrolled=True)
        self.connection.execute(sa.update(roster_object).where(here).values(**_object(stays), removed_at=None, stands_as=None))
        return stood if removed_at is not None else None

    def out(self, agency: str, codes: Iterable[str]) -> list[RosterObject]:
        """The objects with one of these codes that stood in the register and were taken out of force, each as it last stood."""
        held, wanted, found = roster_object.c, sorted(set(codes)), list[RosterObject]()
        asked = sa.select(held.body).where(held.agency == agency, held.removed_at.is_not(None))
        for start in range(0, len(wanted), _FETCHED):
            rows = self.connection.execute(asked.where(held.code.in_(wanted[start : start + _FETCHED])))
            found += [load(RosterObject, text) for text in rows.scalars()]
        return found

    def remove_objects(self, agency: str, keys: Iterable[tuple[str, str]], now: datetime) -> None:
        """Take objects out of force by (kind, code)."""
        for kind, code in keys:
            held = sa.update(roster_object).where(
                roster_object.c.agency == agency, roster_object.c.kind == kind, roster_object.c.code == code
            )
            self.connection.execute(held.values(removed_at=now))

    def inspectors(self, agency: str) -> list[InspectorRecord]:
        """The inspectors of an agency in force."""
        held = inspector.c
        asked = sa.select(held.body).where(held.agency == agency, held.removed_at.is_(None)).order_by(held.id)
        return [load(InspectorRecord, text) for text in self.connection.execute(asked).scalars()]

    def inspectors_out(self, agency: str, ids: Iterable[str]) -> list[InspectorRecord]:
        """Those with one of these staff codes who stood in the register and were taken out of force, each as he or she last stood."""
        held, wanted, found = inspector.c, sorted(set(ids)), list[InspectorRecord]()
        asked = sa.select(held.body).where(held.agency == agency, held.removed_at.is_not(None))
        for start in range(0, len(wanted), _FETCHED):
            rows = self.connection.execute(asked.where(held.id.in_(wanted[start : start + _FETCHED])))
            found += [load(InspectorRecord, text) for text in rows.scalars()]
        return found

    def staff(self, agency: str) -> list[str]:
        """The staff codes of all inspectors that stand, or stood, in an agency's register."""
        return list(self.connection.execute(sa.select(inspector.c.id).where(inspector.c.agency == agency)).scalars())

    def staffed(self) -> frozenset[str]:
        """The agencies that have inspectors in force."""
        asked = sa.select(inspector.c.agency).where(inspector.c.removed_at.is_(None)).distinct()
        return frozenset(self.connection.execute(asked).scalars())

    def inspector(self, agency: str, staff_id: str) -> InspectorRecord:
        """One inspector, in force or not. Raises Missing."""
        return self.standing(agency, staff_id)[0]

    def in_force(self, agency: str, staff_id: str) -> InspectorRecord | None:
        """One inspector of the register in force, or None."""
        try:
            person, stands = self.standing(agency, staff_id)
        except Missing:
            return None
        return person if stands else None

    def standing(self, agency: str, staff_id: str) -> tuple[InspectorRecord, bool]:
        """One inspector, and whether the register has him or her now. Raises Missing."""
        person, removed_at = self.removed(agency, staff_id)
        return person, removed_at is None

    def removed(self, agency: str, staff_id: str) -> tuple[InspectorRecord, datetime | None]:
        """One inspector, and when he or she was taken off the register; None of who stands. Raises Missing."""
        found = self.batch.held.get(of_inspector(agency, staff_id))
        if not isinstance(found, tuple):
            found = self.connection.execute(_INSPECTOR, {"of": agency, "who": staff_id}).one_or_none()
        if found is None:
            raise Missing("inspector_unknown", inspector=staff_id)
        body, removed_at = found
        return load(InspectorRecord, body), removed_at

    def put_inspectors(self, rows: Iterable[InspectorRecord]) -> None:
        """Add or replace inspectors."""
        values: list[dict[str, object]] = [
            {"agency": row.agency, "id": row.id, "body": dump(row, row.agency, row.id), "removed_at": None} for row in rows
        ]
        self._put(inspector, values, _INSPECTOR_KEY)

    def take_inspectors(self, agency: str, given: Iterable[InspectorRecord]) -> None:
        """The same of a file's rows, each as it becomes where one stands now: an officer's browser may have told since it was read."""
        if rows := list(given):
            held = {row.id: row for row in self.inspectors(agency)}
            self.put_inspectors(told for row in rows if isinstance(told := becomes(row, held.get(row.id)), InspectorRecord))

    def remove_inspectors(self, agency: str, ids: Iterable[str], now: datetime) -> None:
        """Take inspectors out of force."""
        held = sa.update(inspector).where(inspector.c.agency == agency, inspector.c.id.in_(list(ids)))
        self.connection.execute(held.values(removed_at=now))

    def employs(self, staff_id: str) -> bool:
        """Whether an inspector of this staff code stands, or stood, in anybody's register."""
        asked = sa.select(inspector.c.id).where(inspector.c.id == staff_id).limit(1)
        return self.connection.execute(asked).first() is not None

    def known(self, code: str) -> bool:
        """Whether an object of this code stands, or stood, in anybody's register."""
        asked = sa.select(roster_object.c.code).where(roster_object.c.code == code).limit(1)
        return self.connection.execute(asked).first() is not None

    def recusals(self, agency: str, *, ended: bool = False) -> Sequence[Declared]:
        """Every declared conflict of an agency's inspectors that holds; with `ended` also those that hold no longer."""
        held = recusal.c
        asked = sa.select(held.object, held.inspector, held.reason, held.ended_at).where(held.agency == agency)
        asked = asked if ended else asked.where(held.ended_at.is_(None))
        rows = self.connection.execute(asked.order_by(held.object, held.inspector))
        return [Declared(object=row[0], inspector=row[1], reason=Recusal(row[2]), ended_at=row[3]) for row in rows]

    def declared_by(self, agency: str, parties: Collection[str]) -> dict[str, int]:
        """How many conflicts about some objects, by their `party_of`, each person has declared that hold."""
        held = recusal.c
        asked = sa.select(held.object, held.declared_by).where(held.agency == agency, held.ended_at.is_(None))
        return dict(sorted(Counter(by for code, by in self.connection.execute(asked) if party_of(code) in parties).items()))

    def conflicts(self) -> list[tuple[str, int]]:
        """(reason, count) of the declared conflicts that hold, over all agencies: never who is meant."""
        asked = sa.select(recusal.c.reason, sa.func.count()).where(recusal.c.ended_at.is_(None))
        return [(row[0], row[1]) for row in self.connection.execute(asked.group_by(recusal.c.reason).order_by(recusal.c.reason))]

    def recused(self, agency: str, code: str, staff_id: str) -> bool:
        """Whether an inspector has a declared conflict with an object, by whichever code of the organisation."""
        return bool(self._conflicts(agency, code, staff_id))

    def recusal(self, agency: str, code: str, staff_id: str) -> tuple[str, str] | None:
        """(reason code, who declared it) of an inspector's declared conflict with an object, by whichever code of it, or None."""
        found = self._conflicts(agency, code, staff_id)
        return found.get(code) or next(iter(found.values()), None)

    def declare(self, agency: str, code: str, staff_id: str, reason: Recusal, by: str = "") -> None:
        """Keep a declared conflict."""
        row = {
            "agency": agency,
            "object": code,
            "inspector": staff_id,
            "reason": reason.value,
            "declared_by": by,
            "ended_at": None,
        }
        self.upsert(recusal, row, ("agency", "object", "inspector"))

    def end_conflict(self, agency: str, code: str, staff_id: str, now: datetime) -> list[str]:
        """A declared conflict holds no longer, by whichever code of the organisation it was declared; by which it was, none for none."""
        codes = sorted(self._conflicts(agency, code, staff_id))
        held = recusal.c
        here = sa.update(recusal).where(held.agency == agency, held.object.in_(codes), held.inspector == staff_id)
        self.connection.execute(here.values(ended_at=now))
        return codes

    def _conflicts(self, agency: str, code: str, staff_id: str) -> dict[str, tuple[str, str]]:
        """(reason code, who declared it) of the conflicts that an inspector has with an object, by the code of each."""
        held, party = recusal.c, party_of(code)
        asked = sa.select(held.object, held.reason, held.declared_by).order_by(held.object)
        asked = asked.where(held.agency == agency, held.inspector == staff_id, held.ended_at.is_(None))
        return {row[0]: (row[1], row[2]) for row in self.connection.execute(asked) if row[0] == code or party_of(row[0]) == party}

    def _put(self, table: sa.Table, rows: list[dict[str, object]], key: tuple[str, ...]) -> None:
        """Insert or replace many rows at once."""
        if rows:
            statement = self._insert(table)
            new = {name: statement.excluded[name] for name in rows[0] if name not in key}
            self.connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=new), rows)


def _whole(row: RosterObject) -> dict[str, object]:
    """The row of an object in force."""
    key = {"agency": row.agency, "kind": row.kind.value, "code": row.code}
    return key | {"removed_at": None, "stands_as": None} | _object(row)


def _object(row: RosterObject) -> dict[str, object]:
    """What the row of an object holds beside its key: `places` counts by its place, which a database cannot read in a sealed body."""
    body = dump(row, row.agency, row.kind.value, row.code)
    told = told_of(row.kind, row.code)
    return {"body": body, "pool": row.pool, "qualification": row.qualification, "organisation": told}

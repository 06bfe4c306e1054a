"""Credit records: each entry's life, objections to them, and the bars of other authorities."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.case import SubjectKind
from inspector.domain.creditrecord import Record, RecordState
from inspector.domain.errors import Missing
from inspector.domain.gate import OutsideBar
from inspector.domain.objection import Objection, ObjectionState
from inspector.domain.spelling import told_of
from inspector.store.booktables import credit_entry
from inspector.store.codec import dump, load
from inspector.store.recordtables import credit_record, objection, outside_bar
from inspector.store.room import Room, Row, insert_new
from inspector.store.sealed import SubjectCode
from inspector.store.tables import case_file, subject

_SUBJECTS = (
    sa.select(credit_record.c.body)
    .where(
        credit_record.c.kind == sa.bindparam("of_kind"),
        credit_record.c.code.in_(sa.bindparam("of_codes", expanding=True)),
        credit_record.c.adverse,
    )
    .order_by(credit_record.c.entry)
)
_ONES = (
    sa.select(credit_record.c.body)
    .where(
        credit_record.c.kind == sa.bindparam("of_kind"), credit_record.c.code == sa.bindparam("of_code"), credit_record.c.adverse
    )
    .order_by(credit_record.c.entry)
)
"""The same by one code, as nearly every case asks it: a list is written out anew for each question."""
_BARS = (
    sa.select(outside_bar.c.body)
    .where(outside_bar.c.kind == sa.bindparam("of_kind"), outside_bar.c.code == sa.bindparam("of_code"))
    .order_by(outside_bar.c.id)
)
_ALIKE = sa.select(outside_bar.c.body).where(outside_bar.c.organisation == sa.bindparam("told")).order_by(outside_bar.c.id)
"""The bars of an organisation: only a firm's code stands for one."""
_SPELT = sa.select(subject.c.code).where(
    subject.c.kind == SubjectKind.FIRM.value, subject.c.organisation == sa.bindparam("told", type_=SubjectCode())
)
_ONE = sa.select(credit_record.c.body).where(credit_record.c.entry == sa.bindparam("of"))
_LOCKED = _ONE.with_for_update()
_UNASKED = {"repair_asked_at": None, "repair_due_at": None}


class RecordRoom(Room):
    """The tables of credit records."""

    def add(self, record: Record) -> None:
        """Write a new one; the same entry twice is one."""
        self.batch.ahead.clear()
        said = {"case_id": record.case_id, "agency": record.agency, "kind": record.kind.value, "code": record.code}
        row = {"entry": record.entry, "adverse": record.adverse, "version": 0, **said, **_row(record)}
        self.batch.later(insert_new(self.sqlite, credit_record, ("entry",)), [row])

    def find(self, entry: str, *, lock: bool = False) -> Record | None:
        """One of them; None for an entry that has none."""
        text = self.connection.execute(_LOCKED if lock else _ONE, {"of": entry}).scalar_one_or_none()
        return load(Record, text) if text is not None else None

    def get(self, entry: str, *, lock: bool = False) -> Record:
        """One of them. Raises Missing."""
        if (held := self.find(entry, lock=lock)) is None:
            raise Missing("record_unknown", entry=entry)
        return held

    def put(self, record: Record) -> None:
        """Write a changed one; the caller holds its lock."""
        held = sa.update(credit_record).where(credit_record.c.entry == record.entry)
        self.expect_one(held.values(**_row(record), version=credit_record.c.version + 1), record.entry)

    def of_case(self, case_id: str) -> list[Record]:
        """Those of a case, in the order of their entries."""
        asked = sa.select(credit_record.c.body).where(credit_record.c.case_id == case_id).order_by(credit_record.c.entry)
        return [load(Record, text) for text in self.connection.execute(asked).scalars()]

    def of_subject(self, kind: SubjectKind, code: str) -> list[Record]:
        """What is to a subject's discredit, whatever became of it; a firm's by whatever code of its organisation a case has named it."""
        if self.batch.ahead.get(("record", kind, code)) is False:
            return []
        codes = self.spellings(kind, code)
        asked = (_ONES, {"of_code": code}) if codes == [code] else (_SUBJECTS, {"of_codes": codes})
        rows = self.connection.execute(asked[0], {"of_kind": kind.value, **asked[1]})
        return [load(Record, text) for text in rows.scalars()]

    def page(self, agencies: Collection[str], states: Collection[RecordState], limit: int, after: str = "") -> list[Record]:
        """Adverse records of these agencies in these states, by entry, behind the one `after`."""
        held = credit_record.c
        asked = sa.select(held.body).where(held.adverse, held.entry > after, held.agency.in_(sorted(agencies)))
        asked = asked.where(held.state.in_(sorted(one.value for one in states))).order_by(held.entry).limit(limit)
        return [load(Record, text) for text in self.connection.execute(asked).scalars()]

    def asked(self, agencies: Collection[str], limit: int) -> list[Record]:
        """Records of these agencies for which a repair is asked for; the nearest date first, and last those whose papers lack."""
        held = credit_record.c
        asked = sa.select(held.body).where(held.repair_asked_at.is_not(None), held.agency.in_(sorted(agencies)))
        asked = asked.order_by(held.repair_due_at.is_(None), held.repair_due_at, held.entry).limit(limit)
        return [load(Record, text) for text in self.connection.execute(asked).scalars()]

    def unrecorded(self, limit: int, after: str = "") -> list[Row]:
        """Entries in the books whose contents are known and that have no record yet, by id, behind the one `after`."""
        both = credit_entry.outerjoin(credit_record, credit_record.c.entry == credit_entry.c.entry)
        asked = sa.select(credit_entry).select_from(both).where(credit_record.c.entry.is_(None), credit_entry.c.body != "{}")
        asked = asked.where(credit_entry.c.entry > after)
        return self.rows(asked.order_by(credit_entry.c.entry).limit(limit))

    # --- objections

    def object(self, made: Objection) -> None:
        """Write a new objection."""
        row = {"id": made.id, "about": made.about, "case_id": made.case_id, "agency": made.agency, "version": 0}
        self.insert_one(objection, row | _objected(made), ("id",))

    def objection(self, objection_id: str, *, lock: bool = False) -> Objection:
        """An objection. Raises Missing."""
        asked = sa.select(objection.c.body).where(objection.c.id == objection_id)
        text = self.connection.execute(asked.with_for_update() if lock else asked).scalar_one_or_none()
        if text is None:
            raise Missing("objection_unknown", objection=objection_id)
        return load(Objection, text)

    def decided(self, changed: Objection) -> None:
        """Write a changed objection; the caller holds its lock."""
        held = sa.update(objection).where(objection.c.id == changed.id)
        self.expect_one(held.values(**_objected(changed), version=objection.c.version + 1), changed.id)

    def objections(
        self,
        *,
        case_id: str = "",
        about: str = "",
        agencies: Collection[str] | None = None,
        limit: int | None = None,
        open_ones: bool = True,
    ) -> list[Objection]:
        """Objections of a case, about a thing, of agencies; by their dates. Only open ones, unless somebody asks for all."""
        held = objection.c
        asked = sa.select(held.body).order_by(held.due_at, held.id).limit(limit)
        asked = asked.where(held.state == ObjectionState.OPEN.value) if open_ones else asked
        for wanted, column in ((case_id, held.case_id), (about, held.about)):
            asked = asked.where(column == wanted) if wanted else asked
        if agencies is not None:
            asked = asked.where(held.agency.in_(sorted(agencies)))
        return [load(Objection, text) for text in self.connection.execute(asked).scalars()]

    def ended_since(self, agencies: Collection[str], since: datetime) -> list[Objection]:
        """Objections of these agencies that ended since a moment, by their dates; those that ended before are not read."""
        held = objection.c
        asked = sa.select(held.body).where(held.decided_at >= since, held.agency.in_(sorted(agencies)))
        return [load(Objection, text) for text in self.connection.execute(asked.order_by(held.due_at, held.id)).scalars()]

    # --- bars of other authorities

    def bar(self, bar_id: str, *, lock: bool = False) -> OutsideBar | None:
        """A bar; None where there is none."""
        asked = sa.select(outside_bar.c.body).where(outside_bar.c.id == bar_id)
        text = self.connection.execute(asked.with_for_update() if lock else asked).scalar_one_or_none()
        return load(OutsideBar, text) if text is not None else None

    def new_bar(self, bar: OutsideBar) -> OutsideBar | None:
        """Write a bar that is not there yet. Where it is, nothing is written, and it comes back locked: who was first keeps it."""
        self.batch.ahead.clear()
        if self.insert_one(outside_bar, _bar(bar), ("id",)):
            return None
        return self.bar(bar.id, lock=True)

    def keep_bar(self, bar: OutsideBar) -> None:
        """Write a bar, or what was mended of it."""
        self.batch.ahead.clear()
        self.upsert(outside_bar, _bar(bar), ("id",))

    def bars_of(self, kind: SubjectKind, code: str) -> list[OutsideBar]:
        """The bars of a subject, whatever became of them; a firm's by whatever code of its organisation they name it."""
        if self.batch.ahead.get(("bar", kind, code)) is False:
            return []
        told = told_of(kind, code)
        asked = (_ALIKE, {"told": told}) if told is not None else (_BARS, {"of_kind": kind.value, "of_code": code})
        return [load(OutsideBar, text) for text in self.connection.execute(*asked).scalars()]

    def spellings(self, kind: SubjectKind, code: str) -> list[str]:
        """The codes by which cases are about this party, its own among them. A natural person's code stands for nobody else."""
        told = told_of(kind, code)
        if told is None:
            return [code]
        known = self.batch.ahead.get(("spelt", told))
        found = known if known is not None else self.connection.execute(_SPELT, {"told": told}).scalars()
        return sorted({code, *found})

    def cases_about(self, kind: SubjectKind, code: str, agency: str) -> list[str]:
        """The cases about this party, by whatever code: an agency's own before any other's, and of each the newest first."""
        held = case_file.c
        asked = sa.select(held.id).where(held.subject_kind == kind.value, held.subject_code.in_(self.spellings(kind, code)))
        first = sa.case((held.agency == agency, 0), else_=1)
        return list(self.connection.execute(asked.order_by(first, held.opened_at.desc(), held.id.desc())).scalars())

    def bars(self, agencies: Collection[str], limit: int, after: str = "") -> Sequence[OutsideBar]:
        """The bars that these agencies entered, by id."""
        held = outside_bar.c
        asked = sa.select(held.body).where(held.agency.in_(sorted(agencies)), held.id > after).order_by(held.id).limit(limit)
        return [load(OutsideBar, text) for text in self.connection.execute(asked).scalars()]


def _row(record: Record) -> dict[str, Any]:
    asked = record.repair if not record.state.over else None
    dates = {"repair_asked_at": asked.asked_at, "repair_due_at": asked.due_at} if asked is not None else _UNASKED
    return {"state": record.state.value, "body": dump(record, record.entry), **dates}


def _bar(held: OutsideBar) -> dict[str, Any]:
    said = {"kind": held.kind.value, "code": held.code, "organisation": told_of(held.kind, held.code), "agency": held.agency}
    return {"id": held.id, **said, "body": dump(held, held.id)}


def _objected(made: Objection) -> dict[str, Any]:
    dates = {"due_at": made.due_at, "decided_at": made.decided_at}
    return {"state": made.state.value, "body": dump(made, made.id), **dates}

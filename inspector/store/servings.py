"""What is said to subjects, and how the subject of a case can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.agreed import Contact
from inspector.domain.errors import Missing
from inspector.domain.serving import NoticeState, SubjectNotice
from inspector.store.among import among
from inspector.store.codec import dump, load
from inspector.store.room import Room
from inspector.store.servingtables import subject_contact, subject_notice
from inspector.store.tables import case_file

_OF_CASES = sa.select(subject_notice.c.body).where(among(subject_notice.c.case_id, "cases")).order_by(subject_notice.c.id)
"""Every case that ends asks it."""
_ONE = sa.select(subject_notice.c.body).where(subject_notice.c.id == sa.bindparam("of"))
_LOCKED = _ONE.with_for_update()
_CONTACT = sa.select(subject_contact.c.body).where(subject_contact.c.case_id == sa.bindparam("of"))


class ServingRoom(Room):
    """The tables of notices to subjects."""

    def add(self, notice: SubjectNotice) -> bool:
        """Write a new one; the same one twice is one. Whether it was new."""
        row = {"id": notice.id, "case_id": notice.case_id, "agency": notice.agency, "kind": notice.kind.value, "version": 0}
        return self.insert_one(subject_notice, row | self._row(notice), ("id",))

    def find(self, notice_id: str) -> SubjectNotice | None:
        """One of them, where there is one."""
        text = self.connection.execute(_ONE, {"of": notice_id}).scalar()
        return load(SubjectNotice, text) if text is not None else None

    def get(self, notice_id: str, *, lock: bool = False) -> SubjectNotice:
        """One of them. Raises Missing."""
        text = self.connection.execute(_LOCKED if lock else _ONE, {"of": notice_id}).scalar_one_or_none()
        if text is None:
            raise Missing("subject_notice_unknown", notice=notice_id)
        return load(SubjectNotice, text)

    def put(self, notice: SubjectNotice) -> None:
        """Write a changed one; the caller holds its lock."""
        values = self._row(notice) | {"version": subject_notice.c.version + 1}
        self.expect_one(sa.update(subject_notice).where(subject_notice.c.id == notice.id).values(**values), notice.id)

    def of_case(self, case_id: str) -> list[SubjectNotice]:
        """Those of a case, in the order in which they were made."""
        asked = sa.select(subject_notice.c.body).where(subject_notice.c.case_id == case_id).order_by(subject_notice.c.id)
        return [load(SubjectNotice, text) for text in self.connection.execute(asked).scalars()]

    def of_cases(self, cases: Sequence[str]) -> list[SubjectNotice]:
        """The same of several cases. What a transaction collects is none of these, and need not be written down to read them."""
        return [load(SubjectNotice, text) for text in self.batch.direct.execute(_OF_CASES, {"cases": cases}).scalars()]

    def open_of(self, agencies: Sequence[str] | None, limit: int) -> list[SubjectNotice]:
        """Those on their way of these agencies, or of the whole house (None); the nearest date first."""
        held = subject_notice.c
        asked = sa.select(held.body).where(held.state.in_([one.value for one in NoticeState if one.open]))
        if agencies is not None:
            asked = asked.where(held.agency.in_(list(agencies)))
        asked = asked.order_by(held.due_at.is_(None), held.due_at, held.id).limit(limit)
        return [load(SubjectNotice, text) for text in self.connection.execute(asked).scalars()]

    def counts(self) -> Sequence[Any]:
        """(agency, state, count)."""
        asked = sa.select(subject_notice.c.agency, subject_notice.c.state, sa.func.count())
        return self.connection.execute(asked.group_by(subject_notice.c.agency, subject_notice.c.state)).all()

    def reached_by(self, case_id: str, contact: Contact) -> None:
        """Write down how the subject of a case can be reached; the last word stands."""
        self.upsert(subject_contact, {"case_id": case_id, "body": dump(contact, case_id)}, ("case_id",))

    def contact(self, case_id: str) -> Contact:
        """How the subject of a case can be reached; nothing is known where nobody has said it, or it is kept no longer."""
        text = self.connection.execute(_CONTACT, {"of": case_id}).scalar_one_or_none()
        return load(Contact, text) if text else Contact()

    def contacts_old(self, before: datetime) -> list[str]:
        """The cases that ended before a moment, with a contact that is still there."""
        held = subject_contact.c
        asked = sa.select(held.case_id).join(case_file, case_file.c.id == held.case_id)
        asked = asked.where(case_file.c.ended_at < before, held.body.is_not(None))
        return list(self.connection.execute(asked.order_by(held.case_id)).scalars())

    def forget_contact(self, case_id: str) -> bool:
        """Let the contact of a case go; whether there was one."""
        held = subject_contact.c
        there = sa.update(subject_contact).where(held.case_id == case_id, held.body.is_not(None))
        return bool(self.connection.execute(there.values(body=None)).rowcount)

    def contacts_gone(self) -> list[str]:
        """The cases whose contact was let go, and not said again since."""
        held = subject_contact.c
        return list(self.connection.execute(sa.select(held.case_id).where(held.body.is_(None)).order_by(held.case_id)).scalars())

    def _row(self, notice: SubjectNotice) -> dict[str, object]:
        return {"state": notice.state.value, "due_at": notice.due_at, "body": dump(notice, notice.id)}

"""What waits for an officer's decision, whichever table it stands in; and where a person looks a case up."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.case import Case, CaseState, Subject
from inspector.domain.docket import DocketKind, DocketRow, Place
from inspector.domain.objection import ObjectionState
from inspector.domain.roster import InspectorRecord
from inspector.domain.signs import composed
from inspector.domain.visit import VisitState
from inspector.store.codec import load
from inspector.store.consequencetables import consequence
from inspector.store.dated import dated, doubted
from inspector.store.nextsteps import steps
from inspector.store.recordtables import credit_record, objection
from inspector.store.references import found_by
from inspector.store.room import Room
from inspector.store.servingtables import subject_notice
from inspector.store.tables import case_file, inspector, seat, subject, visit, visit_case

_READ, _NAMED = 1_000, 5_000
"""Subjects read at once, and found by a name at most: who looks up a common name sees the newest cases of the newest."""


def _numbered(typed: Collection[str]) -> Iterator[sa.Select[tuple[str]]]:
    """The cases of what bears one of these numbers. A receipt's is its notice's with a count behind it."""
    numbers = {*typed, *(one.rpartition("-")[0] for one in typed)}
    for held, number in (
        (consequence.c, consequence.c.id),
        (subject_notice.c, subject_notice.c.id),
        (credit_record.c, credit_record.c.entry),
        (objection.c, objection.c.id),
    ):
        yield sa.select(held.case_id).where(number.in_(sorted(numbers - {""})))


def _order(place: Place) -> tuple[datetime, str, str]:
    return place.due_at, place.id, place.kind


class DocketRoom(Room):
    """Reads of the tables that hold decisions to be made."""

    def page(self, agencies: Sequence[str], after: Place | None, limit: int) -> list[DocketRow]:
        """Decisions that are due in these agencies, by date, by id, and then by kind; those behind `after`."""
        due = self._due(agencies)
        asked = sa.select(due).order_by(due.c.due_at, due.c.id, due.c.kind).limit(limit)
        asked_for = dated(self.connection, agencies)
        if after is not None:
            behind = sa.or_(due.c.id > after.id, sa.and_(due.c.id == after.id, due.c.kind > after.kind))
            asked = asked.where(sa.or_(due.c.due_at > after.due_at, sa.and_(due.c.due_at == after.due_at, behind)))
            asked_for = [one for one in asked_for if _order(one.place) > _order(after)]
        rows = [DocketRow(**{**row, "kind": DocketKind(row["kind"])}) for row in self.rows(asked)]
        return sorted((*rows, *asked_for), key=lambda one: _order(one.place))[:limit]

    def _due(self, agencies: Sequence[str]) -> sa.Subquery:
        held = case_file.c
        reviews = sa.select(
            sa.literal(DocketKind.REVIEW.value).label("kind"), held.id, held.id.label("case_id"), held.due_at
        ).where(held.state == CaseState.REVIEW.value, held.outcome.is_(None), held.agency.in_(list(agencies)))
        step, due = consequence.c, steps(agencies)
        stepping = sa.select(sa.literal(DocketKind.CONSEQUENCE.value).label("kind"), step.id, step.case_id, due.c.due_at)
        stepping = stepping.join_from(due, consequence, step.id == due.c.id).where(step.id.not_in(doubted()))
        objected = sa.select(
            sa.literal(DocketKind.OBJECTION.value).label("kind"), objection.c.id, objection.c.case_id, objection.c.due_at
        ).where(
            objection.c.state == ObjectionState.OPEN.value,
            objection.c.due_at.is_not(None),
            objection.c.agency.in_(list(agencies)),
        )
        asked = credit_record.c
        by = sa.func.coalesce(asked.repair_due_at, asked.repair_asked_at)  # one of before every asking had a date
        repairs = sa.select(sa.literal(DocketKind.REPAIR.value).label("kind"), asked.entry.label("id"), asked.case_id, by).where(
            asked.repair_asked_at.is_not(None), asked.agency.in_(list(agencies))
        )
        return sa.union_all(reviews, stepping, objected, repairs).subquery("due")

    def nearest(self, agencies: Sequence[str], cases: Collection[str]) -> dict[str, datetime]:
        """By case the nearest date of a decision about it; none of what nothing is due about."""
        due = self._due(agencies)
        asked = sa.select(due.c.case_id, sa.func.min(due.c.due_at).label("at")).where(due.c.case_id.in_(sorted(cases)))
        return {row["case_id"]: row["at"] for row in self.rows(asked.group_by(due.c.case_id))}

    def find(self, agencies: Sequence[str], text: str, code: str, limit: int) -> list[Case]:
        """Cases of these agencies by whatever number stands on a paper of theirs, the subject's code or name, or who has visited it.

        Newest first. Numbers: the case's, the sender's, a proceeding's, a notice's or its receipt's, a record's, an objection's; by
        capitals or none, and in full-width signs. `code` is the text as codes are written. A visitor is found by staff code or name. A
        visit that is still to be made finds nothing: whom it goes to is told to its team alone (handbook 1.2.18).
        """
        held, typed = case_file.c, {text, composed(text)}
        lower = {one.lower() for one in typed}
        visitor = sa.or_(seat.c.inspector == text, sa.tuple_(seat.c.agency, seat.c.inspector).in_(self._officers(agencies, text)))
        visited = (
            sa.select(visit_case.c.case_id)
            .join(visit, visit.c.id == visit_case.c.visit)
            .join(seat, seat.c.visit == visit.c.id)
            .where(visitor, visit.c.state.in_([VisitState.DONE.value, VisitState.CEASED.value]))
        )
        found = sa.or_(
            held.id.in_(typed | lower),
            held.reference.in_({text, found_by(text)}),
            sa.func.lower(held.reference).in_(lower),
            held.subject_code == code,
            *(sa.tuple_(held.subject_kind, held.subject_code).in_(self._named(one)) for one in sorted(typed)),
            held.id.in_(visited),
            *(held.id.in_(asked) for asked in _numbered(typed | lower)),
        )
        asked = sa.select(held.body).where(held.agency.in_(list(agencies)), found).order_by(held.id.desc()).limit(limit)
        return [load(Case, body) for body in self.connection.execute(asked).scalars()]

    def _named(self, text: str) -> list[tuple[str, str]]:
        """(kind, code) of the subjects whose name holds this text, as last taken in first; at most `_NAMED`.

        Their bodies are read here and not by the database, which cannot look into a sealed one: all of them, some microseconds each.
        """
        found: list[tuple[str, str]] = []
        wanted, written = text.casefold(), json.dumps(text, ensure_ascii=False)[1:-1].casefold()
        asked = sa.select(subject.c.body).order_by(subject.c.id.desc())
        for body in self.connection.execute(asked, execution_options={"yield_per": _READ}).scalars():
            if (
                written in body.casefold() and wanted in (one := load(Subject, body)).name.casefold()
            ):  # most bodies need not be taken apart
                found.append((one.kind.value, one.code))
                if len(found) == _NAMED:
                    break
        return found

    def _officers(self, agencies: Sequence[str], text: str) -> list[tuple[str, str]]:
        """(agency, staff code) of the inspectors of these agencies, past ones too, whose name or code holds this text."""
        wanted = text.casefold()
        asked = sa.select(inspector.c.body).where(inspector.c.agency.in_(list(agencies)))
        there = [load(InspectorRecord, body) for body in self.connection.execute(asked).scalars()]
        return [(one.agency, one.id) for one in there if wanted in one.name.casefold() or wanted == one.id.casefold()]

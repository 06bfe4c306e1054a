"""Cases and their evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.case import Case, CaseState, Outcome, Subject, SubjectKind
from inspector.domain.errors import Missing, Refusal
from inspector.domain.evidence import UNTRUE, Evidence
from inspector.domain.spelling import told_of
from inspector.domain.taking import PURGED
from inspector.domain.verification import wants_visit
from inspector.store.among import among
from inspector.store.codec import dump, load
from inspector.store.drawtables import draw
from inspector.store.grounds import groundless, row
from inspector.store.references import forms, found_by, sent
from inspector.store.room import GONE, Room, Row, insert_new, padded
from inspector.store.standing import counts
from inspector.store.tables import PROVISIONAL, case_file, evidence, ledger, subject, visit, visit_case

_BODY = sa.select(case_file.c.body).where(case_file.c.id == sa.bindparam("case"))
_AGENCY = sa.select(case_file.c.agency).where(case_file.c.id == sa.bindparam("case"))
_BODY_LOCKED = _BODY.with_for_update()
_REFERRED = sa.select(case_file.c.id, case_file.c.digest, case_file.c.reference).where(
    case_file.c.agency == sa.bindparam("at"),
    case_file.c.sender == sa.bindparam("by"),
    case_file.c.reference.in_(sa.bindparam("references", expanding=True)),
)
_LOCKED = sa.select(case_file.c.id, case_file.c.body).where(among(case_file.c.id, "cases"))
_LOCKED = _LOCKED.order_by(case_file.c.id).with_for_update()
_KEPT = sa.select(subject.c.code).where(subject.c.kind == sa.bindparam("of_kind"), subject.c.code == sa.bindparam("of_code"))
_KEPT = _KEPT.with_for_update(read=True, key_share=True)
_ORDERED = sa.select(case_file.c.id).order_by(case_file.c.id).with_for_update()
_SENT = ("agency", "sender", "reference")
_NEW = insert_new(True, case_file, _SENT).execution_options(preserve_rowcount=True)
_PUT = sa.update(case_file).where(case_file.c.id == sa.bindparam("case"), case_file.c.version == sa.bindparam("at_version"))
_TOGETHER = 1000
"""Ids in one question: databases bound the values of a statement."""
_OPEN_DRAWS = ("PREPARING", "ANNOUNCED", "SEEDING")
_TO_BE_VISITED = sa.exists().where(
    visit_case.c.case_id == case_file.c.id, visit.c.id == visit_case.c.visit, visit.c.state.in_(("ASSIGNED", "SHORT", "OWED"))
)
_FRAMED = tuple(case_file.c[name] for name in ("id", "subject_kind", "subject_code", "item", "stratum", "wants_visit", "state"))
_IN_OPEN_DRAW = sa.exists().where(draw.c.number == case_file.c.drawn, draw.c.state.in_(_OPEN_DRAWS))
_FREE = ~_TO_BE_VISITED & ~_IN_OPEN_DRAW


class CaseRoom(Room):
    """The case table, the subjects and the evidence."""

    def add(self, case: Case, digest: str) -> Case | None:
        """Write a new case; None when its sender has used the reference at the agency before (then nothing is written)."""
        unsent = self.batch.ahead.pop(sent(case.agency, case.sender, case.reference), ...) is None
        written = replace(case, version=case.version + 1)
        row = self._row(written) | {
            "id": case.id,
            "agency": case.agency,
            "sender": case.sender,
            "reference": found_by(case.reference),
            "digest": digest,
            "pack": case.pack,
            "opened_at": case.opened_at,
        }
        if unsent and self.sqlite:  # whoever writes is alone until the commit
            self.batch.expect(_NEW, case.reference, row)
        elif not self.insert_one(case_file, row, _SENT):
            return None
        self.batch.held[_held(case.id)] = written  # nobody else sees it yet
        return written

    def remember(self, person: Subject) -> None:
        """Keep the subject once, as first seen; to the transaction's end nobody lets go of it."""
        body = dump(person, person.kind.value, person.code)
        told = told_of(person.kind, person.code)
        row = {"kind": person.kind.value, "code": person.code, "body": body, "organisation": told}
        self.batch.ahead.pop(("spelt", told), None)
        # it may go between the two, with the last case before this one: then it is new
        while not self.insert_soon(subject, row, ("kind", "code")):
            if self.batch.direct.execute(_KEPT, {"of_kind": person.kind.value, "of_code": person.code}).first() is not None:
                return

    def let_go(self, person: Subject) -> None:
        """A case has another subject by now: the one it had goes, where no other case is about it."""
        here = sa.and_(subject.c.kind == person.kind.value, subject.c.code == person.code)
        self.connection.execute(sa.select(subject.c.code).where(here).with_for_update()).all()  # and then look who is about it
        held = sa.exists().where(case_file.c.subject_kind == subject.c.kind, case_file.c.subject_code == subject.c.code)
        self.connection.execute(sa.delete(subject).where(here, ~held))

    def get(self, case_id: str, *, lock: bool = False) -> Case:
        """A case; `lock` holds its row to the end of the transaction, so that two hands take turns. Raises Missing."""
        held = self.batch.held.get(_held(case_id))
        if isinstance(held, Case):
            return held
        text = held if isinstance(held, str) else None
        if text is None:
            self.batch.holds_rows(lock)
            text = self.batch.direct.execute(_BODY_LOCKED if lock else _BODY, {"case": case_id}).scalar_one_or_none()
        if text is None:
            raise self._missing(case_id)
        case = load(Case, text)
        if held is not None:
            self.batch.held[_held(case_id)] = case
        return case

    def _missing(self, case_id: str) -> Missing:
        """Why there is no such case: it was let go at the end of its days, as an entry says, or there is none."""
        asked = sa.select(ledger.c.id, ledger.c.at).where(ledger.c.about == case_id, ledger.c.rule == PURGED)
        gone = self.batch.direct.execute(asked.order_by(ledger.c.id.desc()).limit(1)).one_or_none()
        if gone is None:
            return Missing("case_unknown", case=case_id)
        return Missing("case_purged", case=case_id, entry=gone.id, on=gone.at.date())

    def lock(self, case_ids: Collection[str]) -> None:
        """Hold several cases to the end of the transaction, in order of id, so that two hands never wait for each other.

        Each body is taken apart when its case is asked for: one that nobody can read is the affair of whoever needs it.
        """
        self.batch.holds_rows()
        locked = self.connection.execute(_LOCKED, {"cases": case_ids})
        with suppress(Refusal):  # one cannot be opened: all are locked, and each is read by whoever asks for it
            self.batch.held.update({_held(row.id): row.body for row in locked.all()})

    def lock_drawn(self, number: str, others: Collection[str]) -> None:
        """Hold the cases of a draw's frame, and others, to the end of the transaction, in order of id."""
        self.batch.holds_rows()
        held = sa.or_(case_file.c.drawn == number, case_file.c.id.in_(padded(others)))
        self.connection.execute(_ORDERED.where(held)).all()

    def by_reference(self, agency: str, sender: str, reference: str) -> tuple[str, str] | None:
        """(id, content digest) of the case a sender has opened under its reference at an agency, in whichever Unicode form, or None."""
        asked = sent(agency, sender, reference)
        if asked in self.batch.ahead:  # nothing need be written down to know it
            known: tuple[str, str] | None = self.batch.ahead[asked]
            return known
        written = forms(reference)
        found = self.connection.execute(_REFERRED, {"at": agency, "by": sender, "references": written}).all()
        row = min(found, key=lambda one: written.index(one.reference), default=None)
        return (row.id, row.digest) if row is not None else None

    def known(self, case_id: str) -> bool:
        """Whether there is a case of this id."""
        return self.batch.direct.execute(sa.select(case_file.c.id).where(case_file.c.id == case_id)).one_or_none() is not None

    def agency_of(self, case_id: str) -> str | None:
        """Whose a case is, by the table; None where there is no such case."""
        found: str | None = self.batch.direct.execute(_AGENCY, {"case": case_id}).scalar_one_or_none()
        return found

    def digests(self, sender: str, references: Sequence[str]) -> dict[tuple[str, str], str]:
        """The content digests by (agency, reference) of those references that a sender has used, however many are asked about."""
        named: dict[str, set[str]] = {}
        for one in references:
            for form in forms(one):
                named.setdefault(form, set()).add(one)
        held: dict[tuple[str, str], str] = {}
        for start in range(0, len(named), _TOGETHER):
            some = case_file.c.reference.in_(list(named)[start : start + _TOGETHER])
            asked = sa.select(case_file.c.agency, case_file.c.reference, case_file.c.digest).where(
                case_file.c.sender == sender, some
            )
            rows = self.connection.execute(asked)
            held |= {(row.agency, one): row.digest for row in rows for one in named[row.reference]}
        return held

    def digest(self, case_id: str) -> str:
        """The content digest a case was handed in with, or last corrected to. Raises Missing."""
        told = self.connection.execute(sa.select(case_file.c.digest).where(case_file.c.id == case_id)).scalar_one_or_none()
        if told is None:
            raise self._missing(case_id)
        return str(told)

    def put(self, case: Case, *, digest: str | None = None) -> Case:
        """Write a changed case with the transaction's next statement; expects the version it was read at, else that raises Stale."""
        following = replace(case, version=case.version + 1)
        guarded = self._row(following) | {"case": case.id, "at_version": case.version}
        if digest is None:
            self.batch.expect(_PUT, case.id, guarded)
        else:  # a column more: another statement, which must keep its place between the collected ones
            self.batch.write()
            self.expect_one(_PUT, case.id, guarded | {"digest": digest})
            self.batch.ahead.pop(sent(case.agency, case.sender, case.reference), None)
        self.batch.held[_held(case.id)] = following
        return following

    def in_review(self, after: str, limit: int) -> list[str]:
        """The ids of cases that wait for an officer's review, in their order."""
        asked = sa.select(case_file.c.id).where(case_file.c.state == CaseState.REVIEW.value, case_file.c.id > after)
        return list(self.connection.execute(asked.order_by(case_file.c.id).limit(limit)).scalars())

    def mark_drawn(self, case_ids: Sequence[str], number: str) -> None:
        """Note the draw that took these cases in, so that each is in one only."""
        ordered = sorted(case_ids)  # whoever holds several cases takes them in order of id
        for start in range(0, len(ordered), 512):
            some = padded(ordered[start : start + 512])
            self.connection.execute(_ORDERED.where(case_file.c.id.in_(some))).all()
            self.connection.execute(sa.update(case_file).where(case_file.c.id.in_(some)).values(drawn=number))

    def unmark_drawn(self, number: str) -> None:
        """A void draw gives its cases back to the next one."""
        self.connection.execute(_ORDERED.where(case_file.c.drawn == number)).all()
        self.connection.execute(sa.update(case_file).where(case_file.c.drawn == number).values(drawn=None))

    def undrawn(self, agency: str) -> list[Row]:
        """The cases of an agency that wait for a frame: not framed yet, or in need of a visit that no draw has given them.

        A visit that cannot take place for want of two inspectors is given all the same: it is owed (draw-protocol ruling 13).
        """
        asked = sa.select(*_FRAMED).where(case_file.c.agency == agency, case_file.c.state.not_in(GONE))
        unframed = case_file.c.drawn.is_(None) & sa.or_(case_file.c.stratum.is_not(None), case_file.c.wants_visit)
        asked = asked.where(sa.or_(unframed, case_file.c.wants_visit & _FREE))
        return self.rows(asked.order_by(case_file.c.id))

    def free(self, case_id: str) -> bool:
        """Whether a case that needs a visit has none to come: neither given, nor in the frame of a draw that is under way."""
        asked = sa.select(case_file.c.id).where(case_file.c.id == case_id, _FREE)
        return self.connection.execute(asked).first() is not None

    def waiting_about(self, agency: str, kind: SubjectKind, codes: Collection[str]) -> list[str]:
        """An agency's cases about one subject, by any of its codes, that need a visit and have none to come."""
        asked = sa.select(case_file.c.id).where(
            case_file.c.agency == agency,
            case_file.c.subject_kind == kind.value,
            case_file.c.subject_code.in_(sorted(codes)),
            case_file.c.wants_visit,
            _FREE,
        )
        return sorted(self.connection.execute(asked).scalars())  # sorted here: `consequences.framed_and_withdrawn`

    def standing_by(self, agency: str, kind: SubjectKind, codes: Collection[str]) -> list[Case]:
        """An agency's cases about a subject by any of these codes, also closed ones, without those that are gone; oldest first."""
        held = case_file.c
        asked = sa.select(held.id).where(
            held.agency == agency, held.subject_kind == kind.value, held.subject_code.in_(sorted(codes))
        )
        asked = asked.where(held.state.not_in(GONE))
        return [self.get(case_id) for case_id in sorted(self.connection.execute(asked).scalars())]

    def passed_over(self, agency: str, plan: str, since: datetime, strata: Sequence[str]) -> list[Row]:
        """Cases that a plan's draws have had in their frames since a moment without drawing them, in some strata."""
        theirs = sa.select(draw.c.number).where(draw.c.plan == plan, draw.c.made_at >= since, draw.c.state == "DRAWN")
        visited = sa.exists().where(visit_case.c.case_id == case_file.c.id)
        asked = sa.select(*_FRAMED).where(
            case_file.c.agency == agency,
            case_file.c.state.not_in(GONE),
            case_file.c.drawn.in_(theirs),
            case_file.c.stratum.in_(list(strata)),
            ~case_file.c.wants_visit,
            ~visited,
        )
        return self.rows(asked.order_by(case_file.c.id))

    def standing(self, case_ids: Sequence[str]) -> dict[str, tuple[str, str | None, str]]:
        """(route, outcome once it has one, agency) of cases by id, however many."""
        held: dict[str, tuple[str, str | None, str]] = {}
        for start in range(0, len(case_ids), _TOGETHER):
            some = case_file.c.id.in_(case_ids[start : start + _TOGETHER])
            asked = sa.select(case_file.c.id, case_file.c.route, case_file.c.outcome, case_file.c.agency).where(some)
            held |= {row[0]: (row[1], row[2], row[3]) for row in self.connection.execute(asked)}
        return held

    def items(self, case_ids: Sequence[str]) -> dict[str, str]:
        """The items of cases by id, however many; those that have left the house have none any more."""
        held: dict[str, str] = {}
        for start in range(0, len(case_ids), _TOGETHER):
            some = case_file.c.id.in_(case_ids[start : start + _TOGETHER]) & case_file.c.state.not_in(GONE)
            held |= {row[0]: row[1] for row in self.connection.execute(sa.select(case_file.c.id, case_file.c.item).where(some))}
        return held

    def untrue_since(self, kind: SubjectKind, codes: Sequence[str], since: datetime, beside: str) -> int:
        """How many cases of these codes, but the one of the id `beside`, have ended since a moment in an outcome that says "untrue".

        One whose decisions were annulled is none (handbook scenario 61), nor is one of which no decision has come.
        """
        held = case_file.c
        asked = sa.select(sa.func.count()).where(held.subject_kind == kind.value, held.subject_code.in_(codes))
        asked = asked.where(held.outcome.in_([one.value for one in UNTRUE]), held.ended_at >= since, held.id != beside)
        asked = asked.where(counts(held.id))
        return self.connection.execute(asked).scalar_one()

    def taken_in(self, agency: str, since: datetime, until: datetime | None = None) -> dict[str, int]:
        """How many subjects have come in since a moment, by the stratum of their cases: N of an intake.

        `until` another one: as it stood then, with what has left the house only afterwards.
        """
        subjects = sa.func.count(sa.distinct(case_file.c.subject_code))
        there: sa.ColumnElement[bool] = case_file.c.state.not_in(GONE)
        asked = sa.select(case_file.c.stratum, subjects).where(
            case_file.c.agency == agency, case_file.c.opened_at >= since, case_file.c.stratum.is_not(None)
        )
        if until is not None:
            there |= case_file.c.ended_at > until
            asked = asked.where(case_file.c.opened_at <= until)
        asked = asked.where(there)
        return {row[0]: row[1] for row in self.connection.execute(asked.group_by(case_file.c.stratum))}

    def add_evidence(self, case: Case, item: Evidence) -> None:
        """Keep a piece of evidence of a case; the same one twice is one."""
        self.batch.later(insert_new(self.sqlite, evidence, ("id",)), (row(case, item),))

    def evidence(self, case_id: str) -> list[Evidence]:
        """All evidence of a case in order of asking."""
        asked = sa.select(evidence.c.body).where(evidence.c.case_id == case_id).order_by(evidence.c.asked_at, evidence.c.id)
        return [load(Evidence, text) for text in self.connection.execute(asked).scalars()]

    def evidence_of(self, case_ids: Sequence[str]) -> dict[str, list[Evidence]]:
        """The same of several cases, by case; one that has none is not there."""
        asked = sa.select(evidence.c.case_id, evidence.c.body).where(evidence.c.case_id.in_(padded(case_ids)))
        found: dict[str, list[Evidence]] = {}
        for case_id, text in self.connection.execute(asked.order_by(evidence.c.asked_at, evidence.c.id)):
            found.setdefault(case_id, []).append(load(Evidence, text))
        return found

    def page(
        self,
        *,
        agencies: Sequence[str] | None,
        sender: str | None = None,
        state: str | None = None,
        only: Mapping[str, str | None] | None = None,
        after: str = "",
        limit: int = 50,
    ) -> list[Case]:
        """Cases by id, within the agencies the asker may see (None: all). `only` narrows by columns of the case table."""
        asked = sa.select(case_file.c.body).where(case_file.c.id > after).order_by(case_file.c.id).limit(limit)
        if agencies is not None:
            asked = asked.where(case_file.c.agency.in_(list(agencies)))
        if sender is not None:
            asked = asked.where(case_file.c.sender == sender)
        if state is not None:
            asked = asked.where(case_file.c.state == state)
        for column, value in (only or {}).items():
            if value is not None:
                same = case_file.c.reference.in_(forms(value)) if column == "reference" else case_file.c[column] == value
                asked = asked.where(same)
        return [load(Case, text) for text in self.connection.execute(asked).scalars()]

    def counts(self) -> Sequence[Any]:
        """(state, outcome, count) over all cases."""
        asked = sa.select(case_file.c.state, case_file.c.outcome, sa.func.count())
        return self.connection.execute(asked.group_by(case_file.c.state, case_file.c.outcome)).all()

    def opened_between(self, agency: str, since: datetime, until: datetime) -> list[tuple[str, int]]:
        """(state, count) of the cases taken in from one moment until before another."""
        asked = sa.select(case_file.c.state, sa.func.count()).where(case_file.c.agency == agency)
        asked = asked.where(case_file.c.opened_at >= since, case_file.c.opened_at < until)
        grouped = asked.group_by(case_file.c.state).order_by(case_file.c.state)
        return [(row[0], row[1]) for row in self.connection.execute(grouped)]

    def agencies(self) -> set[str]:
        """Every agency that has a case."""
        return set(self.connection.execute(sa.select(case_file.c.agency).distinct()).scalars())

    def provisional(self) -> int:
        """How many open dates a notice still to come can move."""
        return int(self.connection.execute(sa.select(sa.func.count()).select_from(case_file).where(PROVISIONAL)).scalar_one())

    def open_ids(self, after: str, limit: int) -> list[str]:
        """The cases that have not ended, in order of id."""
        still_open = case_file.c.state.in_([state.value for state in CaseState if not state.ended])
        asked = sa.select(case_file.c.id).where(still_open, case_file.c.id > after).order_by(case_file.c.id).limit(limit)
        return list(self.connection.execute(asked).scalars())

    def adverse_without_review(self, limit: int) -> list[str]:
        """Cases that ended against their subject without an officer's decision, or ground for it: there must be none (`grounds`)."""
        return list(self.connection.execute(groundless().limit(limit)).scalars())

    def _row(self, case: Case) -> dict[str, object]:
        strategy = case.strategy
        return {
            "route": case.route.value,
            "item": case.item,
            "subject_kind": case.subject.kind.value,
            "subject_code": case.subject.code,
            "state": case.state.value,
            "outcome": case.outcome.value if isinstance(case.outcome, Outcome) else None,
            "level": strategy.level.level if strategy else None,
            "stratum": strategy.stratum if strategy else None,
            "wants_visit": wants_visit(case),
            "due_at": case.due_at,
            "provisional": case.provisional,
            "ended_at": case.ended_at,
            "version": case.version,
            "body": dump(case, case.id),
        }


def _held(case_id: str) -> str:
    """The name of a case among what the transaction holds."""
    return f"case:{case_id}"

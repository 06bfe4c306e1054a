"""What of a case is old enough to go, what keeps it, and how it goes. The flow writes the entry that says so (`flows.purging`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.challenge import ChallengeState
from inspector.domain.consequence import ON_THE_WAY, UNDECIDED
from inspector.domain.creditrecord import RecordState
from inspector.domain.decision import OrderKind
from inspector.domain.evidence import Evidence
from inspector.domain.objection import ObjectionState
from inspector.domain.outside import FINDING, about
from inspector.domain.publicationduty import PublicationDuty
from inspector.domain.purge import Hold, nameless, unnamed
from inspector.domain.selfproof import ProofState
from inspector.domain.serving import NoticeState
from inspector.domain.taking import PURGED
from inspector.domain.tipoff import TipOff, TipState
from inspector.domain.visit import Visit, VisitState
from inspector.store.assistancetables import assistance, assistance_notice
from inspector.store.booktables import credit_difference, credit_entry
from inspector.store.caseless import Caseless, CaselessRoom, opened
from inspector.store.codec import dump, load
from inspector.store.consequencetables import consequence
from inspector.store.drawtables import challenge, draw
from inspector.store.entryscantables import entry_scan
from inspector.store.fieldnotetables import field_choice, field_note, field_photo
from inspector.store.materialtables import material
from inspector.store.publicationtables import pledge_shown, publication_duty
from inspector.store.recordtables import credit_copy, credit_record, objection, outside_bar
from inspector.store.sealed import NOTHING
from inspector.store.selfprooftables import self_proof
from inspector.store.servingtables import lead_check, outside_finding, subject_contact, subject_notice, tip_off
from inspector.store.tables import EPOCH, Moment, attention, case_file, event, evidence, ledger, subject, visit, visit_case, work
from inspector.store.unnaming import UNPUBLISHED, naming

_OPEN_DRAWS = ("PREPARING", "ANNOUNCED", "SEEDING")
_WITH_CASE: tuple[sa.Table, ...] = (
    *(evidence, self_proof, subject_notice, subject_contact, consequence, assistance, credit_entry, credit_record, objection),
    *(outside_finding, material),
)
"""What goes with its case, by the column `case_id`. Inquiries and viewings outlast it: they have days of their own."""
_WITH_VISIT = (field_note, field_choice, field_photo, entry_scan)
"""What was written down on the spot of visits. The visit itself is its draw's, by which frames and statistics go: nameless."""
_NAMED = (
    *(assistance.c.id, self_proof.c.id, subject_notice.c.id, consequence.c.id, objection.c.id),
    *(credit_entry.c.entry, credit_record.c.entry),
)
"""What of a case has an id of its own, by which matters and entries name it."""
_CASE = "held_case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """A case that may be old enough: the agency, the pack it was taken in under, since when it counts, when it ended."""

    id: str
    agency: str
    pack: str
    opened_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken out: rows by table, and one digest (SHA-256) of them all with what they said.

    The salts of erased entries are among it, and nowhere else any more: so whoever has a copy can show that it is what went, and nobody
    can find out by guessing what was in it. `shared` are the visits of which another case has the rest, as they stand now.
    """

    rows: dict[str, int]
    digest: str
    shared: tuple[Visit, ...] = ()


class PurgeRoom(CaselessRoom):
    """The tables of a case, together."""

    def aged(self, packs: Sequence[str], before: datetime, after: str, limit: int) -> list[Aged]:
        """Cases under some packs that ended before a moment, in order of id, behind `after`."""
        held = case_file.c
        asked = sa.select(held.id, held.agency, held.pack, held.opened_at, held.ended_at)
        asked = asked.where(held.pack.in_(list(packs)), held.ended_at < before, held.id > after)
        return [Aged(**row) for row in self.rows(asked.order_by(held.id).limit(limit))]

    def worded(self, packs: Sequence[str], before: datetime, after: str, limit: int) -> list[Aged]:
        """Those of them with evidence that came in since words of the case went, or none did."""
        went = sa.select(sa.func.max(ledger.c.at)).where(ledger.c.about == case_file.c.id, ledger.c.rule == PURGED)
        newer = evidence.c.asked_at > sa.func.coalesce(went.correlate(case_file).scalar_subquery(), sa.literal(EPOCH, Moment()))
        held = case_file.c
        asked = sa.select(held.id, held.agency, held.pack, held.opened_at, held.ended_at)
        asked = asked.where(held.pack.in_(list(packs)), held.ended_at < before, held.id > after)
        asked = asked.where(sa.exists().where(evidence.c.case_id == held.id, newer))
        return [Aged(**row) for row in self.rows(asked.order_by(held.id).limit(limit))]

    def packs(self) -> list[str]:
        """The packs that cases which ended were taken in under."""
        asked = sa.select(case_file.c.pack).where(case_file.c.ended_at.is_not(None)).distinct()
        return sorted(self.connection.execute(asked).scalars())

    def held(self, case_id: str) -> frozenset[Hold]:
        """What keeps a case that has ended. `CITED` is of single pieces, and not told here."""
        row = self.connection.execute(_held(), {_CASE: case_id}).mappings().one()
        tips = {Hold.TIP_OFF} if self._tips(case_id, tip_off.c.state != TipState.CLOSED.value) else set()
        return frozenset({Hold(name) for name, there in row.items() if there} | tips)

    def reword(self, piece: Evidence) -> None:
        """Write a piece of evidence without its wording; by what its columns say it goes on being counted."""
        held = sa.update(evidence).where(evidence.c.id == piece.id)
        self.connection.execute(held.values(body=dump(piece, piece.id)))

    def requests(self, case_id: str) -> list[Request]:
        """The requests of a case, held to the end of the transaction."""
        asked = sa.select(assistance.c.body).where(assistance.c.case_id == case_id).order_by(assistance.c.id).with_for_update()
        return [load(Request, body) for body in self.connection.execute(asked).scalars()]

    def hush(self, request: Request) -> None:
        """Write a request without what the agencies said; what is counted of it stands beside its body."""
        held = sa.update(assistance).where(assistance.c.id == request.id)
        self.connection.execute(held.values(body=dump(request, request.id), version=assistance.c.version + 1))

    def tips(self, case_id: str) -> list[str]:
        """The tip-offs about a case, and the checks they led to."""
        told = self._tips(case_id)
        return [name for one in told for name in (one.id, *one.checks)]

    def parts(self, case_id: str) -> list[str]:
        """What of a case has a name of its own in the ledger: requests, notices, consequences, objections, entries, duties to publish."""
        decided = sa.select(consequence.c.id).where(consequence.c.case_id == case_id)
        checked = (
            sa.select(lead_check.c.id).join(tip_off, tip_off.c.id == lead_check.c.tip_off).where(tip_off.c.case_id == case_id)
        )
        owed = sa.select(publication_duty.c.id)
        owed = owed.where(publication_duty.c.visit.in_(decided) | publication_duty.c.visit.in_(checked))
        asked = sa.union(*(sa.select(one).where(one.table.c.case_id == case_id) for one in _NAMED), owed)
        return sorted(self.connection.execute(asked).scalars())

    def take(self, case_id: str, entries: Sequence[str]) -> Taken:
        """Take a case out, with all that hangs on it, and the words of these entries; what was there, counted and digested.

        Events keep their place in the feed, empty: who reads it goes on by number.
        """
        others = sa.select(visit.c.body).join(visit_case, visit_case.c.visit == visit.c.id)
        others = others.where(visit_case.c.case_id == case_id, visit.c.id.not_in(self.visits(case_id)))
        bodies = self.connection.execute(others.order_by(visit.c.id)).scalars().all()  # which another case has, too
        shared = tuple(self._unname(load(Visit, body), frozenset({case_id})) for body in bodies)
        return replace(self._taken(self._parts(case_id, entries)), shared=shared)

    def take_caseless(self, one: Caseless, entries: Sequence[str]) -> Taken:
        """Take it out, with its matters, its checks and the words of these entries; what was there, counted and digested."""
        mine = [key for key in self._findings() if f"{FINDING}{about(*key)}" == one.id]
        parts = (
            (attention, attention.c.about.in_([*one.names, *self.keyed(one)])),
            (publication_duty, publication_duty.c.visit.in_(sa.select(lead_check.c.id).where(lead_check.c.tip_off == one.id))),
            (lead_check, lead_check.c.tip_off == one.id),
            (tip_off, tip_off.c.id == one.id),
            (outside_finding, sa.tuple_(outside_finding.c.system, outside_finding.c.number).in_(mine)),
            (outside_bar, outside_bar.c.id.in_([one.bar.id] if one.bar is not None else [])),
            *self._of_visits([one.id] if one.visit else []),
            (ledger, ledger.c.id.in_(list(entries))),
        )
        return self._taken(parts)

    def _taken(self, parts: Iterable[tuple[sa.Table, sa.ColumnElement[bool]]]) -> Taken:
        hashed = sha256()
        rows: dict[str, int] = {}
        for table, where in parts:
            found = self.connection.execute(sa.select(table).where(where).order_by(*table.primary_key.columns)).mappings().all()
            for row in found:
                hashed.update(_line(table.name, row))
            if found:
                rows[table.name] = len(found)
            if table is event:
                self.connection.execute(sa.update(event).where(where).values(body=NOTHING))
            elif table is visit:
                for row in found:
                    self._unname(load(Visit, row["body"]))
            elif table is publication_duty:
                for row in found:
                    bare = dump(unnamed(load(PublicationDuty, row["body"])), row["id"])
                    self.connection.execute(sa.update(table).where(table.c.id == row["id"]).values(body=bare))
            elif table is not ledger:
                self.connection.execute(sa.delete(table).where(where))
        return Taken(rows=rows, digest=hashed.hexdigest())

    def _parts(self, case_id: str, entries: Sequence[str]) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
        """Every table with what of it is this case's; those first that are found by others."""
        requests = sa.select(assistance.c.id).where(assistance.c.case_id == case_id)
        booked = sa.select(credit_entry.c.entry).where(credit_entry.c.case_id == case_id)
        visits = self.visits(case_id)
        tips = [one.id for one in self._tips(case_id)]
        yield assistance_notice, assistance_notice.c.request.in_(requests)
        yield credit_copy, credit_copy.c.entry.in_(booked)
        names = {case_id, *self.tips(case_id), *self.parts(case_id), *(name for one in visits for name in self.beside(one))}
        yield attention, attention.c.about.in_([*names, *self.matters(names)])
        checks = sa.select(lead_check.c.id).where(lead_check.c.tip_off.in_(tips))
        yield publication_duty, publication_duty.c.visit.in_(checks)
        yield lead_check, lead_check.c.tip_off.in_(tips)
        yield tip_off, tip_off.c.id.in_(tips)
        yield from self._of_visits(visits)
        decided = sa.select(consequence.c.id).where(consequence.c.case_id == case_id)
        yield publication_duty, publication_duty.c.visit.in_(decided)
        for table in _WITH_CASE:
            yield table, table.c.case_id == case_id
        yield event, event.c.case_id == case_id
        yield work, work.c.case_id == case_id
        yield ledger, ledger.c.id.in_(list(entries))
        mine = self._of(case_id)
        self.connection.execute(
            sa.select(subject.c.code).where(mine).with_for_update()
        ).all()  # a new case of it comes before, or after
        yield subject, mine & self._alone(case_id)
        yield case_file, case_file.c.id == case_id

    def _of_visits(self, visits: Sequence[str]) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
        """What hangs on visits that nobody else's case has, and themselves."""
        for table in _WITH_VISIT:
            yield table, table.c.visit.in_(visits)
        yield material, material.c.about.in_(visits)
        yield publication_duty, publication_duty.c.visit.in_(visits)
        yield visit, visit.c.id.in_(visits)

    def _unname(self, held: Visit, cases: frozenset[str] | None = None) -> Visit:
        """Write a visit nameless; what its columns say of it stays."""
        if cases is None:
            self.unspeak(held.id)
        bare = replace(nameless(held, cases), version=held.version + 1)
        changed = sa.update(visit).where(visit.c.id == held.id, visit.c.version == held.version)
        self.expect_one(changed.values(body=dump(bare, held.id), version=bare.version), held.id)
        return bare

    def _of(self, case_id: str) -> sa.ColumnElement[bool]:
        """The subject of a case."""
        return sa.exists().where(
            case_file.c.id == case_id, case_file.c.subject_kind == subject.c.kind, case_file.c.subject_code == subject.c.code
        )

    def _alone(self, case_id: str) -> sa.ColumnElement[bool]:
        """A subject that no other case is about."""
        other = case_file.alias()
        return ~sa.exists().where(
            other.c.id != case_id, other.c.subject_kind == subject.c.kind, other.c.subject_code == subject.c.code
        )

    def _tips(self, case_id: str, *where: sa.ColumnElement[bool]) -> list[TipOff]:
        """The tip-offs about a case."""
        asked = sa.select(tip_off.c.body).where(tip_off.c.case_id == case_id, *where).order_by(tip_off.c.id)
        return [load(TipOff, body) for body in self.connection.execute(asked).scalars()]


@cache
def _held() -> sa.Executable:
    """The question for all holds of a case, made once: it is asked of thousands in a night."""
    return sa.select(*(sa.exists(found).label(hold.value) for hold, found in _holds(sa.bindparam(_CASE)).items()))


def _holds(case_id: sa.ColumnElement[str]) -> dict[Hold, sa.Select[Any]]:
    """What asks for each hold."""
    one: sa.ColumnElement[int] = sa.literal_column("1", sa.Integer)
    visits = sa.select(visit_case.c.visit).where(visit_case.c.case_id == case_id)
    penalties = sa.select(consequence.c.id).where(consequence.c.case_id == case_id)
    unfinished = [state.value for state in UNDECIDED | ON_THE_WAY]
    over = [state.value for state in RecordState if state.over]
    # no platform in all those years: a discredit is a `RECORD`
    unplaced = (work.c.kind == OrderKind.CREDIT.value) & (work.c.lane == "")
    return {
        Hold.NOTICE: sa.select(one).where(subject_notice.c.case_id == case_id, subject_notice.c.state.in_(opened(NoticeState))),
        Hold.CONSEQUENCE: sa.select(one).where(
            consequence.c.case_id == case_id, consequence.c.state.in_(unfinished) | consequence.c.due_at.is_not(None)
        ),
        Hold.OBJECTION: sa.select(one).where(objection.c.case_id == case_id, objection.c.state == ObjectionState.OPEN.value),
        Hold.REPAIR: sa.select(one).where(credit_record.c.case_id == case_id, credit_record.c.repair_asked_at.is_not(None)),
        Hold.REQUEST: sa.select(one).where(assistance.c.case_id == case_id, assistance.c.state.in_(opened(AssistanceState))),
        Hold.SELF_PROOF: sa.select(one).where(
            self_proof.c.case_id == case_id,
            self_proof.c.state.in_([state.value for state in ProofState if state.asked or state is ProofState.RECEIVED]),
        ),
        Hold.VISIT: sa.select(one).where(visit.c.id.in_(visits), visit.c.state.in_(opened(VisitState))),
        Hold.CHALLENGE: sa.select(one).where(challenge.c.visit.in_(visits), challenge.c.state == ChallengeState.OPEN.value),
        Hold.DRAW: sa.select(one).where(
            case_file.c.id == case_id, draw.c.number == case_file.c.drawn, draw.c.state.in_(_OPEN_DRAWS)
        ),
        Hold.PUBLICATION: sa.select(one).where(
            publication_duty.c.visit.in_(visits) | publication_duty.c.visit.in_(penalties),
            publication_duty.c.state.in_(UNPUBLISHED),
        ),
        Hold.MATTER: sa.select(one).where(_matter(case_id)),
        Hold.RECORD: sa.select(one).where(
            credit_record.c.case_id == case_id, credit_record.c.adverse, credit_record.c.state.not_in(over)
        ),
        Hold.SHOWN: sa.select(one).where(pledge_shown.c.case_id == case_id),
        Hold.DIFFERENCE: sa.select(one).where(credit_difference.c.case_id == case_id),
        Hold.WORK: sa.select(one).where(work.c.case_id == case_id, work.c.state != "done", ~unplaced),
    }


def _matter(case_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether a matter waits about a case, or something of it that has an id of its own, or about what is keyed by one."""
    named = sa.union_all(
        sa.select(case_id.label("name")),
        *(sa.select(one).where(one.table.c.case_id == case_id) for one in _NAMED),
        sa.select(tip_off.c.id).where(tip_off.c.case_id == case_id),
        sa.select(lead_check.c.id).join(tip_off, tip_off.c.id == lead_check.c.tip_off).where(tip_off.c.case_id == case_id),
        sa.select(visit_case.c.visit).where(visit_case.c.case_id == case_id),
    ).subquery()
    waits = attention.c.closed_at.is_(None)
    keyed = sa.select(attention.c.id).select_from(named.join(attention, naming(named.c.name)))
    return sa.exists(keyed.where(waits))


def _line(table: str, row: sa.RowMapping) -> bytes:
    """A row as it is digested: what it says by column, as text; bytes by their own digest, which stands beside them."""
    told = {name: str(value) for name, value in row.items() if value is not None and not isinstance(value, bytes)}
    return (json.dumps([table, told], ensure_ascii=False, sort_keys=True) + "\n").encode()

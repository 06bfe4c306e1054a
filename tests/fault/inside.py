"""What the database says when everything has come to rest, read once."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from inspector.domain.assistance import Request
from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Case
from inspector.domain.consequence import Consequence
from inspector.domain.creditrecord import Record
from inspector.domain.evidence import Evidence
from inspector.domain.fieldnote import FieldNote
from inspector.domain.plan import Draw
from inspector.domain.roster import InspectorRecord
from inspector.domain.serving import SubjectNotice
from inspector.domain.taking import PURGED
from inspector.domain.visit import Seat, Visit
from inspector.flows import lodging
from inspector.flows.invariants import broken
from inspector.store import codec
from inspector.store.assistancetables import assistance
from inspector.store.consequencetables import consequence
from inspector.store.drawtables import draw, draw_file
from inspector.store.fieldnotetables import field_note
from inspector.store.recordtables import credit_record
from inspector.store.servingtables import subject_notice
from inspector.store.tables import attention, case_file, event, evidence, inspector, ledger, seat, visit, work
from inspector.store.tx import Tx

LAST = datetime(2200, 1, 1, tzinfo=UTC)
"""A day behind every date: what has a date that is over need only have been told to somebody."""
WAY = ("verification.result", "review.opened", "commitment.withdrawn", "application.withdrawn")
"""Events that say where a case stands."""


V = TypeVar("V")


_known: dict[tuple[str, str], Any] = {}


def load(kind: type[V], text: str) -> V:
    """A frozen value of its text. Remembered: who plants fault after fault reads the same rows again and again."""
    name = (kind.__name__, text)
    if name not in _known:
        _known[name] = codec.load(kind, text)
    value: V = _known[name]
    return value


class Inside:
    """The database by content. `ways` are the events of each case that say where it stands, in order."""

    def __init__(self, tx: Tx) -> None:
        run = tx.connection.execute
        self.cases = {case.id: case for case in (load(Case, text) for text in run(sa.select(case_file.c.body)).scalars())}
        self.requests = {one.id: one for one in (load(Request, text) for text in run(sa.select(assistance.c.body)).scalars())}
        self.events = run(sa.select(event).order_by(event.c.id)).all()
        self.ways: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
        for row in self.events:
            if row.type in WAY:
                self.ways[row.case_id].append((row.type, json.loads(row.body)))
        columns = (work.c.key, work.c.kind, work.c.lane, work.c.state, work.c.error, work.c.case_id, work.c.payload)
        self.works = {row.key: row for row in run(sa.select(*columns))}
        told = run(sa.select(evidence.c.case_id, evidence.c.body)).all()
        self.evidence = [(row.case_id, json.loads(row.body)) for row in told]
        self.pieces = {one.id: one for one in (load(Evidence, row.body) for row in told)}
        self.verdicts = {body["id"]: body["verdict"] for _, body in self.evidence}
        self.draws = {one.number: one for one in (load(Draw, text) for text in run(sa.select(draw.c.body)).scalars())}
        self.files: dict[str, dict[str, bytes]] = defaultdict(dict)
        for row in run(sa.select(draw_file).order_by(draw_file.c.part)):
            self.files[row.number][row.name] = self.files[row.number].get(row.name, b"") + row.bytes
        self.visits = {one.id: one for one in (load(Visit, text) for text in run(sa.select(visit.c.body)).scalars())}
        self.seats = {one.name: one for one in (load(Seat, text) for text in run(sa.select(seat.c.body)).scalars())}
        self.noted = {load(FieldNote, text).seat for text in run(sa.select(field_note.c.body)).scalars()}
        self.consequences = {
            one.id: one for one in (load(Consequence, text) for text in run(sa.select(consequence.c.body)).scalars())
        }
        self.records = {one.entry: one for one in (load(Record, text) for text in run(sa.select(credit_record.c.body)).scalars())}
        self.notices = {
            one.id: one for one in (load(SubjectNotice, text) for text in run(sa.select(subject_notice.c.body)).scalars())
        }
        staff = (load(InspectorRecord, text) for text in run(sa.select(inspector.c.body)).scalars())
        self.addresses = {one.id: one.address for one in staff}
        matters = run(sa.select(attention.c.id, attention.c.closed_at)).all()
        self.told = {row.id for row in matters}
        self.matters = {row.id for row in matters if row.closed_at is None}
        self.chain = tx.ledger.verify()
        self.broken = broken(tx, LAST)
        self.digests = tx.tree.digests(tx.tree.head().size)
        self.lodged = {lodging.name(one): one.root for mine in lodging.lodged(tx).values() for one in mine}
        self._read_ledger(tx)

    def _read_ledger(self, tx: Tx) -> None:
        """Answers weighed (none of them a visit's), officers' decisions in order, where a draw begins and ends, how each case stood.

        And what a request's pieces of evidence were, by their fingerprints, before their days were over and their wording went (`worded`).
        """
        self.weighed: Counter[str] = Counter()
        self.reviewed: dict[str, list[str]] = defaultdict(list)
        self.begun: dict[str, str] = {}
        self.over: dict[str, str] = {}
        self.worded: dict[str, dict[str, str]] = defaultdict(dict)
        self.stood: dict[str, list[str]] = defaultdict(list)
        weighing = ("evidence.weigh", "evidence.late", "evidence.conflict")
        for row in tx.connection.execute(sa.select(ledger).order_by(ledger.c.id)):
            body = json.loads(row.body or "{}")
            facts = body.get("facts", {})
            if row.about in self.cases and "state" in body:
                self.stood[row.about].append(body["state"])
            if row.rule == "officer.review":
                self.reviewed[row.about].append(facts.get("outcome"))
            elif row.rule == "draw.prepare":
                self.begun[row.about] = row.id
            elif row.rule in ("draw.carry_out", "draw.void"):
                self.over[row.about] = row.id
            elif row.rule == PURGED and date.fromisoformat(facts["until"]) < row.at.astimezone(SHANGHAI).date():
                for piece, (before, _) in facts.get("pieces", {}).items():
                    self.worded[piece.split(":")[1]][piece] = before
            elif row.rule in weighing and not str(facts.get("evidence")).startswith("visit:"):
                self.weighed[row.about] += 1


def order(key: str) -> str:
    """The order behind a key that somebody outside was called with: pushes and letters name what they say behind their order's."""
    return re.sub(r":[0-9a-f]{16}$", "", key) if key.startswith(("push:", "push.off:", "assist.send:")) else key


def first(key: str) -> str:
    """The key of a word by its first way; by another one it is the same word (`flows.correcting`)."""
    return key.partition("~")[0]


def told(what: str, which: Collection[object]) -> Iterator[str]:
    """How many, of what, and the first of them; nothing when there is none."""
    if which:
        yield f"{len(which)} {what}, as {min(map(str, which))}"

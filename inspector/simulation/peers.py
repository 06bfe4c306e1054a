"""The outside of a simulated office: it is asked and told through the ports, in memory, and does each thing once by its key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from inspector.demo.habits import LEVELS, SAYS, Say, other
from inspector.domain.case import SubjectKind
from inspector.ports import (
    Answer,
    AnswerStatus,
    Card,
    CreditEntry,
    CreditRetraction,
    Letter,
    Notice,
    Provenance,
    Question,
    Rating,
    Receipt,
    Unavailable,
)
from inspector.simulation.scene import Days

STALE = timedelta(days=900)


@dataclass
class Peer:
    """Somebody outside. `now` is the office's clock; `told` is what came, by key: a repetition is answered as before.

    `doubled`: keys that came with two contents, of which nobody can say which holds. There is none.
    """

    name: str
    port: str
    days: Days
    now: Callable[[], datetime]
    told: dict[str, str] = field(default_factory=dict)
    doubled: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.card = Card(name=self.name, port=self.port, kind="simulated", owner=self.name, version="1")

    def hear(self, key: str, content: object) -> bool:
        """Whether this is heard for the first time. Raises Unavailable while it is away."""
        if self.days.away(self.name, self.now()):
            raise Unavailable("unreachable")
        digest = hashlib.sha256(repr(content).encode()).hexdigest()
        first = key not in self.told
        if self.told.setdefault(key, digest) != digest:
            self.doubled.add(key)
        return first

    def provenance(self, asked: object, as_of: datetime | None = None) -> Provenance:
        """Of an answer."""
        digest = hashlib.sha256(repr(asked).encode()).hexdigest()
        return Provenance(
            source=self.name,
            owner=self.name,
            asked_at=self.now(),
            as_of=as_of,
            source_version="1",
            request_digest=digest,
            reply_digest=digest,
            attempts=1,
            live=as_of is None,
        )


class Register(Peer):
    """A source: what it says of a fact follows from the subject, always the same."""

    def ask(self, question: Question, *, key: str) -> Answer:
        """Answer."""
        self.hear(key, question)
        says = self.days.scene.chance.pick(SAYS, self.name, question.subject_code, question.fact)
        if says is Say.NOT_FOUND:
            return Answer(status=AnswerStatus.NOT_FOUND, value=None, provenance=self.provenance(question))
        value = question.claimed if says is Say.MATCH else other(question.claimed)
        as_of = self.now() - STALE if says is Say.STALE else None
        return Answer(status=AnswerStatus.FOUND, value=value, provenance=self.provenance(question, as_of))


@dataclass
class Desk(Peer):
    """An agency that takes letters; what it makes of them is somebody else's affair (`takes`)."""

    takes: Callable[[str, Letter], None] = lambda _name, _letter: None

    def send(self, letter: Letter, *, key: str) -> Receipt:
        """Take a letter, and each letter of a digest."""
        if self.hear(key, letter):
            for one in letter.enclosed or (letter,):
                self.takes(self.name, one)
        return Receipt(reference=f"{self.name}-{len(self.told)}", at=self.now())


class Platform(Peer):
    """A credit platform: states levels of firms, takes entries and takes them back."""

    def level(self, kind: SubjectKind, code: str, *, key: str, case_id: str, basis: str) -> Rating:
        """A level that follows from the subject."""
        self.hear(key, (kind, code, case_id, basis))
        found = self.days.scene.chance.pick(LEVELS, "level", code)
        told = self.provenance((kind, code, case_id, basis))
        return Rating(level=found, as_of=None, provenance=told, current=found is not None)

    def record(self, entry: CreditEntry, *, key: str) -> Receipt:
        """Take an entry."""
        self.hear(key, entry)
        return Receipt(reference=entry.entry_id, at=self.now())

    def retract(self, retraction: CreditRetraction, *, key: str) -> Receipt:
        """Take one back."""
        self.hear(key, retraction)
        return Receipt(reference=retraction.entry_id, at=self.now())


class Hall(Peer):
    """The approving system, as far as it hears."""

    def tell(self, notice: Notice, *, key: str) -> Receipt:
        """Hear a notice."""
        self.hear(key, notice)
        return Receipt(reference=notice.event_id, at=self.now())

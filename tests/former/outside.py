"""The outside of an office that is handed from one release to the next: in memory, each thing once by its key, away when told so."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from inspector.accounts import Way
from inspector.domain.case import SubjectKind
from inspector.domain.creditrecord import Amendment
from inspector.domain.errors import Invalid
from inspector.domain.reached import Reached
from inspector.domain.statement import Statement
from inspector.flows.office import Connectors
from inspector.ports import (
    Answer,
    AnswerStatus,
    Card,
    CreditEntry,
    CreditRetraction,
    Letter,
    Message,
    Notice,
    NotYet,
    Provenance,
    Question,
    Rating,
    Receipt,
    Typed,
    Unavailable,
)

CONTRADICTED = "吊销"
"""What the registers say of firms whose code begins with FALSE."""
FALSE = "TESTF"


@dataclass
class Outside:
    """Everybody. `away`: who does not answer now; `told`: what came to whom, by its key."""

    now: Callable[[], datetime]
    away: set[str] = field(default_factory=set)
    told: dict[str, Counter[str]] = field(default_factory=dict)

    def connectors(self) -> Connectors:
        """As an office names them."""
        return Connectors(
            sources={name: Register(name, "source", self) for name in ("registers", "social")},
            agencies={name: Desk(name, "agency", self) for name in ("county-office", "civil-affairs", "housing", "labour")},
            channels={name: Phones(name, "channel", self) for name in ("phones", "sms")},
            credit={"platform": Platform("platform", "credit", self)},
            approving={"hall": Hall("hall", "approving", self)},
            seeds={"dice": Dice("dice", "seed", self), **{name: Party(name, "seed", self) for name in ("justice", "audit")}},
            witnesses={"notary": Notary("notary", "witness", self)},
        )


@dataclass
class Peer:
    """Somebody outside."""

    name: str
    port: str
    outside: Outside

    def __post_init__(self) -> None:
        self.card = Card(name=self.name, port=self.port, kind="table", owner=self.name, version="1")

    def here(self) -> None:
        """Raise Unavailable while it is away."""
        if self.name in self.outside.away:
            raise Unavailable("unreachable")

    def hear(self, key: str) -> Receipt:
        """Take something. Raises Unavailable while it is away."""
        self.here()
        heard = self.outside.told.setdefault(self.name, Counter())
        heard[key] += 1
        return Receipt(reference=f"{self.name}-{hashlib.sha256(key.encode()).hexdigest()[:12]}", at=self.outside.now())

    def provenance(self, asked: object) -> Provenance:
        """Of an answer."""
        digest = hashlib.sha256(repr(asked).encode()).hexdigest()
        return Provenance(
            source=self.name,
            owner=self.name,
            asked_at=self.outside.now(),
            as_of=None,
            source_version="1",
            request_digest=digest,
            reply_digest=digest,
            attempts=1,
            live=True,
        )


class Register(Peer):
    """A source."""

    def ask(self, question: Question, *, key: str) -> Answer:
        """What a firm promised is so, but of some; of persons it knows nothing."""
        self.here()
        if question.subject_kind is SubjectKind.PERSON:
            return Answer(status=AnswerStatus.NOT_FOUND, value=None, provenance=self.provenance(question))
        value = CONTRADICTED if question.subject_code.startswith(FALSE) else question.claimed
        return Answer(status=AnswerStatus.FOUND, value=value, provenance=self.provenance(question))


class Desk(Peer):
    """An agency that takes letters and is silent."""

    def send(self, letter: Letter, *, key: str) -> Receipt:
        """Take it."""
        return self.hear(key)


class Phones(Peer):
    """A channel that reports deliveries."""

    reports = True

    def push(self, message: Message, *, key: str) -> Receipt:
        """Take it."""
        return self.hear(key)

    def reported(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Sequence[Reached]:
        """Not asked here: reports are taken in as the edge takes them."""
        raise NotImplementedError


class Platform(Peer):
    """A credit platform that rates nobody and takes entries."""

    def level(self, kind: SubjectKind, code: str, *, key: str, case_id: str, basis: str) -> Rating:
        """None."""
        self.here()
        return Rating(level=None, as_of=None, provenance=self.provenance((kind, code, case_id, basis)), current=False)

    def record(self, entry: CreditEntry, *, key: str) -> Receipt:
        """Take an entry."""
        return self.hear(key)

    def retract(self, retraction: CreditRetraction, *, key: str) -> Receipt:
        """Take one back."""
        return self.hear(key)

    def amend(self, amendment: Amendment, *, key: str) -> Receipt:
        """Hear what became of one."""
        return self.hear(key)

    amends = True
    accounts = frozenset({Way.WHOLE})
    refused: tuple[Invalid, ...] = ()

    def pick_up(self) -> None:
        """Its levels come with each look."""
        self.here()

    def statement(self, *, key: str) -> Statement:
        """It cannot account for anything this year, and says so: no outage, behind whose breaker its entries would wait."""
        raise NotYet("statement_later")

    def entry(self, entry_id: str, *, key: str, case_id: str = "", basis: str = "") -> Statement:
        """Nor for one."""
        return self.statement(key=key)


class Hall(Peer):
    """The approving system."""

    def tell(self, notice: Notice, *, key: str) -> Receipt:
        """Hear a notice."""
        return self.hear(key)


class Party(Peer):
    """A party to the seed, whose secret follows from the draw."""

    def nonce(self, draw: str) -> str:
        """It."""
        return hashlib.sha256(f"{self.name}/{draw}".encode()).hexdigest()

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:
        """Its hash."""
        self.hear(key)
        hashed = hashlib.sha256(f"ssj1/nonce\n{self.nonce(draw)}".encode()).hexdigest()
        return {"kind": "reveal", "party": self.name, "hash": hashed}

    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        """The secret."""
        self.hear(key)
        return {"kind": "reveal", "nonce": self.nonce(draw)}


class Dice(Peer):
    """A ceremony of which two people type the figures."""

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:
        """What will be thrown."""
        self.hear(key)
        return {"kind": "text", "what": "26 dice", "bits": 66, "form": {"dice": 26, "sides": 6}}

    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        """The figures, once two have typed the same."""
        if len(typed) < 2:
            raise NotYet("ceremony_waiting")
        return {"kind": "text", "text": typed[0].figures}


class Notary(Peer):
    """A witness."""

    def lodge(self, draw: str, value: str, *, key: str) -> Receipt:
        """Keep W."""
        return self.hear(key)


def thrown(number: str) -> str:
    """What the dice of a draw showed."""
    return " ".join(str(1 + byte % 6) for byte in hashlib.sha256(number.encode()).digest()[:26])

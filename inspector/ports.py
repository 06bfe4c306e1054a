"""What the outside can be. Each port has one or two methods and a card; everything else is the connector's own affair.

Errors say what to do next and whose fault it is. `Unavailable`: later; `Barred`: and tell a person; `Refused`: never in this form;
`Garbled`: tell a person. None is evidence against anybody: an outage is never guilt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from inspector.domain.case import SubjectKind
from inspector.domain.creditlaw import Publicity
from inspector.domain.letter import LetterKind
from inspector.domain.urgency import Urgency
from inspector.domain.words import Words


class Origin(StrEnum):
    """Whose fault a failure is: ours, the wire's, or theirs."""

    US = "us"
    WIRE = "wire"
    THEM = "them"


class PortError(Exception):
    """The root of what can go wrong at a port. `code` is stable, `detail` is for operators and holds no personal data.

    `attempts` are the tries made; 0: nobody was called, and nothing is known. `began`: when the call left, where its caller noted it.
    `refused`: the addressees not taken, each with the answer about it, for no log. `sure`: each try ended so that nothing was taken.
    """

    def __init__(self, code: str, *, origin: Origin, detail: str = "", attempts: int = 1) -> None:
        super().__init__(f"{code} ({origin}): {detail}")
        self.code, self.origin, self.detail, self.attempts = code, origin, detail, attempts
        self.began: datetime | None = None
        self.refused, self.sure = tuple[str, ...](), False

    @property
    def family(self) -> str:
        """What to do next, as metrics name it: `unavailable`, `notyet`, `barred`, `refused` or `garbled`."""
        return type(self).__name__.lower()


class Unavailable(PortError):
    """No answer now. `retry_after` is in seconds where the other side named a time. `perhaps`: what was sent may be there all the same."""

    def __init__(
        self, code: str, *, origin: Origin = Origin.WIRE, detail: str = "", attempts: int = 1, retry_after: float | None = None
    ) -> None:
        super().__init__(code, origin=origin, detail=detail, attempts=attempts)
        self.retry_after = retry_after
        self.perhaps = code in ("timeout", "broken_off") and attempts > 0


class NotYet(Unavailable):
    """The thing asked for will exist later (a ceremony that has not been held); no fault of anybody, and no sign of an outage."""


class Barred(Unavailable):
    """The other side is there and does not let us in, whatever we ask: an expired credential, a wrong path, an interface not granted.

    Nobody's case is at fault: work waits as in an outage until a person has mended it, who is told at once.
    """

    def __init__(self, code: str, *, origin: Origin = Origin.US, detail: str = "", attempts: int = 1) -> None:
        super().__init__(code, origin=origin, detail=detail, attempts=attempts)


class Refused(PortError):
    """The other side understood and will not do it; asking again in the same form is useless.

    `recipient_refused`: it takes nothing for this recipient (unknown, left, unsubscribed); that way to the person is turned off.
    """


class Garbled(PortError):
    """An answer came that cannot be understood. `digest` and `sent` are the SHA-256 of the bytes received and sent; `said`: their code."""

    def __init__(self, code: str, *, digest: str, detail: str = "", attempts: int = 1, sent: str = "", said: str = "") -> None:
        super().__init__(code, origin=Origin.THEM, detail=detail, attempts=attempts)
        self.digest, self.sent, self.said = digest, sent, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Who stands behind a connector: shown by `connector list`, in provenance and in metrics labels.

    `longest_seconds` bounds one call with its tries and waits: a lease of less than twice as long would take its work for abandoned. None:
    it does not say, and is taken on trust; whoever waits for the outside says.
    `once_seconds`: how long a channel's other side shows what comes again under one key once; 0: never (`flows.once`). None: on trust.
    """

    name: str
    port: str
    kind: str
    owner: str
    version: str
    personal_data: tuple[str, ...] = ()
    longest_seconds: float | None = None
    once_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where an answer comes from: enough to show years later what was asked and what came back.

    `as_of` is the date of the data; None with `live`: the source is the register itself, so they are of the moment of asking. None
    without it: nobody knows of when they are, so that they decide nothing.
    """

    source: str
    owner: str
    asked_at: datetime
    as_of: datetime | None
    source_version: str
    request_digest: str
    reply_digest: str
    attempts: int
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One thing to be said of a connector's other side when somebody looks: `code` names its words (labels, group `sighting`).

    `facts` are their parameters and hold no personal data. Not `fine`: a person should mend it, and there are words for how
    (group `sighting_mend`); `grave`: until then nothing can be asked there.
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    fine: bool = True
    grave: bool = False


@runtime_checkable
class Looking(Protocol):
    """A connector that can look at its other side, for `connector check`; those that cannot are only reached."""

    def look(self) -> Sequence[Sighting]:
        """Look, ask about nobody and change nothing. Raises Unavailable, Barred, Refused, Garbled."""


class AnswerStatus(StrEnum):
    """What a source said, before it is compared with the claim."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    CANNOT_SAY = "cannot_say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One fact about one subject on one day. `case_id` and `basis` are mandatory: a query without purpose is refused.

    `record`: a line of the pack lets a whole record be fetched for it. An interface that knows no lesser answer is asked only then.
    """

    case_id: str
    basis: str
    fact: str
    subject_kind: SubjectKind
    subject_code: str
    claimed: str
    on: date
    record: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. `value` is the source's own text for the fact when `FOUND`; `note` explains `CANNOT_SAY`.

    `clock`: how far the source's clock is ahead of ours where that is more than its settings allow, zero where they agree again; None
    where there is nothing to say of it. A person is told; it says nothing about the subject and changes no answer.
    """

    status: AnswerStatus
    value: str | None
    provenance: Provenance
    note: str = ""
    clock: timedelta | None = None


class Source(Protocol):
    """A place that holds facts (数据共享接口)."""

    card: Card

    def ask(self, question: Question, *, key: str) -> Answer:
        """Ask once (short tries inside). Raises Unavailable, Refused, Garbled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter of the assistance procedure (协助核查函). `reply_url` carries the addressee's own link.

    `due_provisional`: a notice of days off still to come may put the date off; it never brings it forward. The requested agency answers
    by the link; the common superior, to whom an escalation goes, sees the request by its one.
    `accept_by`: when it is to be acknowledged, where a pack says so. `text` is a dossier for who has not seen the request; `outcome`,
    in a letter of that kind, is a code that says what came of the answer: then nothing is said about the subject. `words`: for readers.
    `enclosed`: the letters of a digest, which itself says nothing about anybody. `reader`: whose letter it is, where not the kind says so.
    """

    kind: LetterKind
    request_id: str
    case_id: str
    basis: str
    ground: str
    fact: str
    subject_kind: SubjectKind
    subject_code: str
    claimed: str
    on: date
    due_at: datetime
    reply_url: str
    text: str = ""
    due_provisional: bool = False
    urgency: Urgency = Urgency.NORMAL
    accept_by: datetime | None = None
    outcome: str = ""
    words: Words = field(default_factory=Words)
    enclosed: tuple[Letter, ...] = ()
    reader: LetterKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The other side has it. `reference` is its own number for it, empty when it gives none; `at` its own date, else office time's.

    `refused`: of several addressees those who did not take it, with a code; `by_hand`: somebody must carry it on; a person is told of both.
    `unconfirmed`: also where it was refused: no silence counts from it. `number`: by what a report says later that none of `to` got it.
    """

    reference: str
    at: datetime | None = None
    attempts: int = 1
    refused: tuple[str, ...] = ()
    by_hand: bool = False
    unconfirmed: bool = False
    number: str = ""
    to: tuple[str, ...] = ()


class Agency(Protocol):
    """Another agency that is asked for assistance (被请求机关); it answers later, by link or by the API."""

    card: Card

    def send(self, letter: Letter, *, key: str) -> Receipt:
        """Hand a letter over. Raises Unavailable, Refused, Garbled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A push to one person: a title, few words, a link; `data` is the structured form for apps.

    `urgent`: it may ring at night. Its `data` say `test` where it only shows whether the way works, and there is nothing to be done.
    """

    to: str
    title: str
    text: str
    link: str
    urgent: bool = False
    data: Mapping[str, object] = field(default_factory=dict)


class Channel(Protocol):
    """A way to reach a person's phone."""

    card: Card

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand a message over. Raises Unavailable, Refused (`recipient_refused` where nothing reaches this one there), Garbled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A subject's credit level as the platform states it; `level` None when the platform does not rate it.

    `current`: a platform that states the level in force when it is asked. A level with neither that nor a date counts as unrated.
    """

    level: str | None
    as_of: datetime | None
    provenance: Provenance
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditEntry(Publicity):
    """A performance record (履约记录) of a promise kept or broken (the plan, item 8); `act`: the row of a dishonest act, or empty."""

    entry_id: str
    case_id: str
    subject_kind: SubjectKind
    subject_code: str
    grade: str
    outcome: str
    basis: str
    decided_by: str
    decided_at: datetime
    act: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRetraction:
    """That an entry holds no longer: its outcome fell by withdrawal (`WITHDRAWN`) or new review (`REOPENED`), or its basis (`ANNULLED`)."""

    entry_id: str
    case_id: str
    reason: str
    basis: str
    decided_at: datetime


class CreditPlatform(Protocol):
    """Where credit levels come from and performance records go."""

    card: Card

    def level(self, kind: SubjectKind, code: str, *, key: str, case_id: str, basis: str) -> Rating:
        """Look a subject's level up for a case, by a basis; without both Refused. Raises Unavailable, Refused, Garbled."""

    def record(self, entry: CreditEntry, *, key: str) -> Receipt:
        """Hand an entry over. Raises Unavailable, Refused, Garbled."""

    def retract(self, retraction: CreditRetraction, *, key: str) -> Receipt:
        """Take an entry back, so that no mark of it stays; a receipt also for one taken back already or never had. Raises as `record`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Figures of a public ceremony as one person typed them; once they are settled, `by` is the ceremony's name."""

    by: str
    figures: str


class SeedSource(Protocol):
    """A party or ceremony that contributes to a draw's seed (draw-protocol 7.4, ruling 19)."""

    card: Card

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:
        """The committed form before the seed exists, e.g. {"kind":"reveal","party":…,"hash":…} or {"kind":"text","what":…,"bits":…}."""

    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        """The part itself, e.g. {"kind":"reveal","nonce":…} or {"kind":"text","text":…}. Raises Unavailable until it exists.

        `typed`: of a ceremony what each person typed; for every other source the ceremonies' settled figures, each by its ceremony's
        name. They are settled first, so that who reveals can compare them with what was thrown (decision 27). `w` is the commitment's
        witness value: what is told once serves one commitment and one set of figures.
        """


class Witness(Protocol):
    """An independent keeper of witness values (draw-protocol 7.4)."""

    card: Card

    def lodge(self, draw: str, value: str, *, key: str) -> Receipt:
        """Deposit W. Only W, the draw's number and its date leave the house (ruling 18)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An event told to the approving system: also readable in the event feed under the same `event_id`."""

    event_id: str
    type: str
    at: datetime
    case_id: str
    reference: str
    data: Mapping[str, object]


class ApprovingSystem(Protocol):
    """The system that handles the matter and hears each result and proposal."""

    card: Card

    def tell(self, notice: Notice, *, key: str) -> Receipt:
        """Hand a notice over, signed. Raises Unavailable, Refused, Garbled."""


class Pulse(Protocol):
    """A dead-man's switch outside the house: silence there wakes ops."""

    card: Card

    def beat(self) -> None:
        """Say "alive". Raises Unavailable, Refused."""

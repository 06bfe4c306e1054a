"""An assistance request as a legal object with clocks (协助核查; the plan, item 7; handbook 1.5): its states, facts and evidence.

Its steps are in modules of their own: `asking` (opened, forwarded), `ladder` (what silence brings), `letter` (what leaves the house),
`reply` (what the requested agency says), `respite` (another date), `dispute` (the common superior decides), `echo` (what came of it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from inspector.domain.calendar import Counting
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.urgency import Urgency

TIMERS = frozenset(
    {
        *(OrderKind.ASSIST_ACK, OrderKind.ASSIST_REMIND, OrderKind.ASSIST_LAST, OrderKind.ASSIST_LIAISON, OrderKind.ASSIST_HEAD),
        *(OrderKind.ASSIST_DUE, OrderKind.ASSIST_END, OrderKind.ASSIST_DECIDE),
    }
)
"""Every wait of a request. One that is open has at least one of them before it (tests/unit/test_ladder_walk.py walks them all)."""


class AssistanceState(StrEnum):
    """Where a request stands. Silence never turns into an answer (handbook scenario 53).

    `SENT`: somebody has taken the letter; `DELIVERED`: its link was opened, by whomever; `ACCEPTED`: it has acknowledged it. `PROPOSED`: it
    has named another date and hears whether that is agreed; until then the old one binds. `PARTLY`: a part is answered, the rest is
    open. `PAST_DUE`: the day of the superior has come, and none is known whom a letter could reach. `DISPUTED`: the common superior
    decides (handbook 1.5.4). `FORWARDED`: another agency was named and is asked in its place.
    """

    ORDERED = "ORDERED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    ACCEPTED = "ACCEPTED"
    PROPOSED = "PROPOSED"
    EXTENDED = "EXTENDED"
    PARTLY = "PARTLY"
    REMINDED = "REMINDED"
    ESCALATED = "ESCALATED"
    PAST_DUE = "PAST_DUE"
    DISPUTED = "DISPUTED"
    ANSWERED = "ANSWERED"
    DECLINED = "DECLINED"
    FORWARDED = "FORWARDED"
    UNANSWERED = "UNANSWERED"
    CANCELLED = "CANCELLED"

    @property
    def open(self) -> bool:
        """Whether an answer still counts."""
        return self not in _OVER

    @property
    def hears(self) -> bool:
        """Whether a word of the agency is kept: in time it counts, after the last date it is late evidence for a person."""
        return self.open or self is AssistanceState.UNANSWERED

    @property
    def above(self) -> bool:
        """Whether the day of the superior has come, and only the end is before it."""
        return self in _ABOVE

    @property
    def silent(self) -> bool:
        """Whether nothing has been heard of the agency yet, and nobody above it was told."""
        return self in _UNHEARD


_OVER = frozenset(
    {
        *(AssistanceState.ANSWERED, AssistanceState.DECLINED, AssistanceState.FORWARDED),
        *(AssistanceState.UNANSWERED, AssistanceState.CANCELLED),
    }
)
_UNHEARD = frozenset({AssistanceState.ORDERED, AssistanceState.SENT, AssistanceState.DELIVERED, AssistanceState.REMINDED})
_ABOVE = frozenset({AssistanceState.ESCALATED, AssistanceState.PAST_DUE})


class Inability(StrEnum):
    """Why an agency does not help, as a code beside its written reasons (the plan, item 7; handbook 1.5.1).

    `UNCLEAR`: the request does not say what is wanted, or on which ground: it was badly put.
    """

    BEYOND_POWERS = "BEYOND_POWERS"
    NOT_PERMITTED = "NOT_PERMITTED"
    NOT_HELD = "NOT_HELD"
    HINDERS_DUTIES = "HINDERS_DUTIES"
    UNCLEAR = "UNCLEAR"
    OTHER = "OTHER"


class Quarrel(StrEnum):
    """What two agencies do not agree about: whose competence it is, whether the request has a ground, whether a refusal holds."""

    COMPETENCE = "COMPETENCE"
    GROUND = "GROUND"
    REFUSAL = "REFUSAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How an agency's word came in: by the link of its letter, or by a token of its own, and then by whose name.

    Or `by` a signed message of the agency's system (`signed`), by e-mail (`mail`, `token` is the address), or on paper (`paper`, `token`
    is who transcribed it, `written` what stands there word for word). `scan`: the digest of a mail, or of a paper's picture. `came`: when
    the word was here, where that was before it was entered: what lay in our house is nobody's delay.
    """

    token: str = ""
    by: str = ""
    written: str = ""
    scan: str = ""
    came: datetime | None = None

    @property
    def name(self) -> str:
        """`link`, `token`, `signed`, `mail` or `paper`."""
        return self.by or ("token" if self.token else "link")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody says about a request, with reasons and under a name; `door` where it is the requested agency's."""

    reasons: str
    signer: str
    door: Door | None = None

    def came(self, now: datetime) -> datetime:
        """When it was here: before it is entered `now`, where somebody knows."""
        return self.door.came if self.door is not None and self.door.came is not None else now

    def facts(self) -> dict[str, object]:
        """The word as facts of a decision. Raises Invalid for reasons or a signer that say nothing."""
        signed(self.signer, self.reasons)
        return {"reasons": self.reasons, "signer": self.signer, **by_door(self.door)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A step of the ladder of silence and its day; `counted` is None for what is counted back from the date."""

    kind: OrderKind
    at: datetime
    counted: Counting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Something that has happened to a request: a rule's name, whom it concerns (a connector), what was said, and since when that was here

    (`came`), where it was entered later.
    """

    at: datetime
    rule: str
    who: str = ""
    said: str = ""
    came: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Another date that the agency has named and nobody has agreed to yet.

    `since`: when the first of the dates was named that nobody of ours has answered, where this is not it.
    """

    due_at: datetime
    reasons: str
    signer: str
    at: datetime
    since: datetime | None = None

    @property
    def unheard(self) -> datetime:
        """Since when the agency waits for a word of ours: naming another date meanwhile begins nothing anew."""
        return self.since or self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """What the common superior is to decide, and by when. `by` raised it; `superior` is a connector, None where none is known."""

    about: Quarrel
    reasons: str
    by: str
    since: datetime
    due_at: datetime
    counted: Counting
    superior: str | None
    helps: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A letter without which the agency does not know how, or by when, to answer: its key, and since when it is to leave.

    `link`: the agency's link was called back, and no letter has brought it another one, whether one is on its way or not.
    """

    key: str
    since: datetime
    link: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lain:
    """A further letter that we owed has lain here for working days, to the moment `left_at`: what the agency says from then on counts

    from `since`, later than before by as many working days.
    """

    left_at: datetime
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: who is asked what, on which ground, by when. `escalated_to` is the common superior's connector.

    Three dates of its own, beside the case's, which goes on: its reply (`due_at`), then the superior (`escalate_at`), then its end
    without an answer (`end_at`, once that day has come). `rungs` are the steps before these, as the pack has them; `turn` counts the
    clocks, each extension or agreed date being a new one.

    `told` are the connectors of those who hold a letter of it and have not heard yet that it is over. `late`: the reply came when the
    request had ended without one; `moved_on`: the case has taken its next way, so that whatever comes is late.

    `put_off`: the date that bound before the first was agreed to; none was, where it is None.

    `contacts` are the keys of letters to its liaison officer or head by another connector than the agency's own, each with that
    connector; empty behind the key of a push, which leaves nobody a letter in hand.

    `had` are the keys of the letters that have left for the agency and did not come back, each with when it left.

    `again` are the keys of letters of a kind that went in the same clock before: with another link, about another date.

    `owed` is the letter that we owe the agency, other than the first: until it has left no step of the ladder is taken.

    `hear_by`: when its first word is due, to acknowledge or, where no term says so, to answer; no later date moves it.

    `lain` are the times over which such letters have lain here: nobody's delay.

    `first` is the connector that the case's way names, where `requested` is another, to which it was forwarded; `chain` are those
    asked before, in order. `parts` are answers to a part of the question; `afterwords` are words that came when they could change
    nothing of the request any more: answers that say otherwise than the first, and whatever was said once it was over.
    """

    id: str
    case_id: str
    claim: str
    requester: str
    requested: str
    ground: str
    basis: str
    question: Mapping[str, object]
    state: AssistanceState
    opened_at: datetime
    due_at: datetime
    due_counted: Counting
    due_provisional: bool
    escalate_at: datetime
    escalate_counted: Counting
    end_at: datetime | None = None
    end_counted: Counting | None = None
    sent_at: datetime | None = None
    escalated_to: str | None = None
    told: tuple[str, ...] = ()
    reply: Mapping[str, object] | None = None
    door: Door | None = None
    ended_at: datetime | None = None
    late: bool = False
    moved_on: bool = False
    urgency: Urgency = Urgency.NORMAL
    rungs: tuple[Rung, ...] = ()
    turn: int = 0
    extended: int = 0
    delivered_at: datetime | None = None
    accepted_at: datetime | None = None
    accept_by: datetime | None = None
    hear_by: datetime | None = None
    proposed: Proposed | None = None
    parts: tuple[Mapping[str, object], ...] = ()
    afterwords: tuple[Mapping[str, object], ...] = ()
    first: str = ""
    chain: tuple[str, ...] = ()
    forwarded_from: str | None = None
    forwarded_to: str | None = None
    dispute: Dispute | None = None
    history: tuple[Past, ...] = ()
    echo: str | None = None
    again: tuple[str, ...] = ()
    owed: Owed | None = None
    lain: tuple[Lain, ...] = ()
    put_off: datetime | None = None
    contacts: Mapping[str, str] = field(default_factory=dict)
    had: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether the agency has acknowledged the request."""
        return self.accepted_at is not None

    @property
    def reached(self) -> bool:
        """Whether the agency surely knows of the request: a letter was taken or opened, or it has said something about it."""
        return self.sent_at is not None or self.accepted or self.dispute is not None

    @property
    def knows(self) -> bool:
        """Whether the agency knows of the request and how, and by when, it can answer: its silence says something only then."""
        return self.reached and self.owed is None

    @property
    def longer(self) -> bool:
        """Whether the agency has named a date behind the one that binds. Of an older release one inside it may stand here: that is met."""
        return self.proposed is not None and self.proposed.due_at > self.due_at

    @property
    def superiors(self) -> tuple[str, ...]:
        """The connectors of those above who were written to: of a silence, of a dispute."""
        return tuple(filter(None, (self.escalated_to, self.dispute.superior if self.dispute is not None else None)))

    def counted_from(self, until: datetime) -> datetime:
        """From when the agency's days until a moment are counted: from its first letter, without those over which we owed it another."""
        held = (one.since for one in reversed(self.lain) if one.left_at <= until)
        return next(held, self.sent_at or self.opened_at)

    def key(self, kind: OrderKind) -> str:
        """The key of a wait of the present clock."""
        return f"{kind.value}:{self.id}{_turned(self.turn)}"

    def keys(self, kinds: frozenset[OrderKind]) -> list[str]:
        """The keys of these waits, of every clock there was."""
        return [f"{kind.value}:{self.id}{_turned(turn)}" for turn in range(self.turn + 1) for kind in kinds]

    def letter_key(self, kind: str, via: str) -> str:
        """A letter's key: each kind goes to each addressee once for each clock."""
        return f"{OrderKind.ASSIST_SEND.value}:{self.id}:{kind}:{via}{_turned(self.turn)}"


def _turned(turn: int) -> str:
    return f":{turn}" if turn else ""


def noted(request: Request, rule: str, now: datetime, who: str = "", said: str = "") -> Request:
    """The same with one more line of history."""
    return replace(request, history=(*request.history, Past(at=now, rule=rule, who=who or request.requested, said=said)))


def came(request: Request, at: datetime | None) -> Request:
    """The same, whose last line of history tells of a word that was here `at` a moment, before it was entered."""
    if at is None or not request.history or at >= request.history[-1].at:
        return request
    return replace(request, history=(*request.history[:-1], replace(request.history[-1], came=at)))


def arrived(request: Request, at: datetime | None, now: datetime) -> datetime | None:
    """When a word came, as a box or an officer has it: None, that is now, for one before its letter or ahead of us."""
    return at if at is not None and (request.sent_at or request.opened_at) <= at < now else None


def stands(request: Request, state: AssistanceState) -> AssistanceState:
    """The state after a word of the agency: that somebody above was told stays true until a new clock runs."""
    return request.state if request.state in _ABOVE else state


def must_be_open(request: Request) -> None:
    """Raise Refusal where nobody waits any more, or the common superior has the word."""
    if not request.state.open:
        raise Refusal("request_closed", request=request.id, state=request.state)
    if request.state is AssistanceState.DISPUTED:
        raise Refusal("request_disputed", request=request.id)


def signed(signer: str, reasons: str | None = None) -> None:
    """Raise Invalid where reasons are wanted and say nothing, or where nobody signs."""
    if reasons is not None and blank(reasons):
        raise Invalid("reasons_missing", field="reasons")
    if blank(signer):
        raise Invalid("signer_missing", field="signer")


def by_door(door: Door | None) -> dict[str, str]:
    """The door as facts of a decision."""
    if door is None:
        return {}
    told = {"token": door.token, "written": door.written, "scan": door.scan, "came": door.came.isoformat() if door.came else ""}
    return {"door": door.name} | {name: text for name, text in told.items() if text}

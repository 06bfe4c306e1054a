"""A visit and its seats: two inspectors by dealing; who declines or stays silent is followed by the re-deal rule, never by choice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.appointed import Appointed
from inspector.domain.attested import Attested
from inspector.domain.brief import Brief
from inspector.domain.calendar import Counting
from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because, Decision, OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.filing import Filing
from inspector.domain.finding import UNMET, Doubt, Finding, Part, Seen
from inspector.domain.inspection import CheckType
from inspector.domain.quiet import Whom
from inspector.domain.stake import Stake
from inspector.domain.stop import Shut

LAPSED = "lapsed"
"""Why a seat expires whose inspector had accepted: the time to enter a result is over, too, and nothing was heard of the team."""
GONE = "gone"
"""Why a seat from which a visit was made is read as one that has passed on: its inspector has left, or was recused since."""

EXPIRED, EXPIRED_RECALLED = "expired", "expired_recalled"
"""Why a seat passes on whose inspector gave no word in time; the second one where the office had called its link back before."""

RECALLED = "recalled"
"""Why a visit is owed: the office has called back a second link at one place that nobody had answered."""


class VisitState(StrEnum):
    """Where a visit stands. `SHORT` has an empty seat and must not take place (two officers, Penalties Law art. 42).

    `OWED` is short too: called off in its own draw, it is owed by a supplementary one, which deals it a whole team (ruling 13).
    `CEASED` is an outcome: there is no such object any more, and it stays in the results (handbook scenario 29).
    """

    ASSIGNED = "ASSIGNED"
    SHORT = "SHORT"
    OWED = "OWED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    CEASED = "CEASED"

    @property
    def open(self) -> bool:
        """Whether the visit is still to be made."""
        return self is VisitState.ASSIGNED or self.short

    @property
    def short(self) -> bool:
        """Whether it must not take place for want of inspectors."""
        return self in (VisitState.SHORT, VisitState.OWED)


class SeatState(StrEnum):
    """How far the push of a seat has come, and what its inspector has said so far.

    `STOOD`: its inspector had made the visit before the seat passed on; `NEEDLESS`: who was dealt it then need not go (`attested`).
    """

    ORDERED = "ORDERED"
    HANDED_OVER = "HANDED_OVER"
    DELIVERED = "DELIVERED"
    READ = "READ"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    RELIEVED = "RELIEVED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    STOOD = "STOOD"
    NEEDLESS = "NEEDLESS"

    @property
    def open(self) -> bool:
        """Whether the seat still counts as held."""
        return self.awaited or self is SeatState.ACCEPTED

    @property
    def awaited(self) -> bool:
        """Whether the inspector has still to say yes or no."""
        return self is SeatState.ORDERED or self.pushed

    @property
    def pushed(self) -> bool:
        """Whether a channel has taken the push, and the inspector has not answered: only then does silence count."""
        return self in (SeatState.HANDED_OVER, SeatState.DELIVERED, SeatState.READ)

    @property
    def has(self) -> bool:
        """Whether the inspector sits here and has the assignment in hand."""
        return self.pushed or self is SeatState.ACCEPTED

    @property
    def made(self) -> bool:
        """Whether the visit was made from here."""
        return self in (SeatState.DONE, SeatState.STOOD)

    @property
    def there(self) -> bool:
        """Whether its inspector is of those who go, or have gone."""
        return self.open or self.made

    @property
    def knows(self) -> bool:
        """Whether the inspector may know whom the visit is to: not (any more) once the seat has passed on, or was called off."""
        return self not in (SeatState.DECLINED, *_PAST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One object to be visited, by the agency and, in a joint check, its `partners` together, each with a team of its own.

    `object_id` is the frame's key (a pseudonym for natural persons), `stratum` the one it was drawn in; `others` are the stakes of partners
    that have drawn it in lists with rules of their own. `check` says whether it counts towards a cap; `sampled`: chance alone chose it, so
    that it may stand in the statistics of random draws. Until `released`, by the clock at `release_at`, not even the team learns whom the
    visit is to (handbook 1.2.18). `ceased`: how the object is no more, `proof`: by what that is known, as `ceased_by` has recorded it; it
    is so once another person has signed that, and the state says it. `replaces`: the visit whose object it came in for, or that a
    supplementary draw dealt anew. `pool` is its district, where quiet windows ask for it; `windows` are the days, from when it was given
    on, on which nobody may go; `conflict`: they leave no day in time, and a person decides. `unpublished` are items in question that stand
    in no published list any more: while there are any, nobody may go (handbook 1.2.3). `looks_at`: the visit whose result is looked at
    again from what was entered; then nobody goes. `spared`: what was in question and was settled without it, so that nobody is asked; who
    had read it may still answer. `merged`: the cases of `case_ids` that no draw has brought here: they go along, for there is a visit
    anyway. `briefs`: what each agency's team was told of it last; before the release that is how it was given (`domain.brief`). `filing`:
    it was made and no visit code was read (`domain.codeless`). `ticked`: agency and code of what check sheets tell for an officer,
    once the result is entered. `attested`: that a team had made it before its seats passed on; `appointed`: its day, by an officer.
    """

    id: str
    draw: str
    agency: str
    object_id: str
    kind: SubjectKind
    code: str
    name: str
    check: CheckType
    stratum: str
    sampled: bool
    pooled: bool
    doubts: tuple[Doubt, ...]
    case_ids: tuple[str, ...]
    basis: str
    state: VisitState
    opened_at: datetime
    due_at: datetime
    due_counted: Counting
    partners: tuple[str, ...] = ()
    others: tuple[Stake, ...] = ()
    done_at: datetime | None = None
    parts: tuple[Part, ...] = ()
    findings: tuple[Finding, ...] = ()
    release_at: datetime | None = None
    released: bool = True
    ceased: str = ""
    proof: str = ""
    ceased_by: str = ""
    replaces: str = ""
    pool: str = ""
    windows: tuple[Shut, ...] = ()
    conflict: bool = False
    unpublished: tuple[str, ...] = ()
    looks_at: str = ""
    spared: tuple[Doubt, ...] = ()
    merged: tuple[str, ...] = ()
    briefs: tuple[Brief, ...] = ()
    filing: Filing | None = None
    ticked: tuple[tuple[str, str], ...] = ()
    attested: tuple[Attested, ...] = ()
    appointed: Appointed | None = None
    version: int = 0

    @property
    def agencies(self) -> tuple[str, ...]:
        """Who goes, the lead first."""
        return (self.agency, *self.partners)

    @property
    def made_on(self) -> date | None:
        """The day on which it was made, the last one where its agencies say several; None where it was not, or nobody says."""
        days = [part.on for part in self.parts if part.on is not None]
        return max(days, default=None) if self.state is VisitState.DONE else None

    @property
    def file_by(self) -> datetime | None:
        """By when it is to be filed, while that waits for its proof."""
        return self.filing.duty.due_at if self.filing is not None and self.filing.open else None

    @property
    def whom(self) -> Whom:
        """What quiet windows ask of it."""
        return Whom(kind=self.kind, check=self.check, pool=self.pool)

    @property
    def stakes(self) -> tuple[Stake, ...]:
        """Who has drawn the object, and how."""
        return (Stake(agency=self.agency, stratum=self.stratum, sampled=self.sampled), *self.others)

    @property
    def vouched(self) -> frozenset[str]:
        """The agencies whose team had made it before its seats passed on: that stands, whatever the register says since."""
        return frozenset(one.agency for one in self.attested if one.stands)

    @property
    def nameless(self) -> bool:
        """Whether it stands without whom it was to and what was written there, as at the end of its days (`purge.nameless`)."""
        return not self.code and not self.name

    @property
    def owing(self) -> frozenset[str]:
        """Who has not entered what the visit still waits for: the lead, and each agency that has a fact in question."""
        return frozenset({self.agency, *(doubt.agency for doubt in self.doubts)}) - {part.agency for part in self.parts}

    def brief_of(self, agency: str) -> Brief | None:
        """What an agency's team was told; None where nothing was."""
        return next((one for one in self.briefs if one.agency == agency), None)

    def found_by(self, agency: str) -> bool:
        """Whether a person has to look at what a team has entered: a finding, words without a name, or why nothing could be checked."""
        part = next((one for one in self.parts if one.agency == agency), None)
        asked = any(doubt.agency == agency for doubt in self.doubts)
        unsaid = part is not None and part.seen is None and not asked and not blank(part.remarks)
        return unsaid or (part is not None and part.seen in (Seen.FINDING, *UNMET))

    def cases_of(self, agency: str) -> tuple[str, ...]:
        """An agency's own cases that the visit serves; in a joint one those with a fact still in question."""
        if not self.partners:
            return self.case_ids
        return tuple(dict.fromkeys(doubt.case_id for doubt in self.doubts if doubt.agency == agency))


_PAST = (SeatState.EXPIRED, SeatState.RELIEVED, SeatState.CANCELLED, SeatState.NEEDLESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One place in a team, at one turn: a re-deal is a new turn of the same place. `agency` is whose officer sits there.

    `accept_by` counts from `handed_at`, when a channel took the push; until then it says what it would be, had one taken it as ordered.
    `tried` are the marks of the ways by which it was ordered to be pushed, one for each of `pushes`; `bounced`: how often it began
    anew, so that its clocks do, under keys of their own: a push that a channel had taken came to nobody, or the register was mended.
    `knowing`: declined by who could know whom the visit is to. `belated`: the reason of a decline that came when the seat had passed on
    already. `recalled`: how often the office has called its link back while its
    inspector had it and had not answered; the first `void` of its pushes bear a link that opens nothing any more.
    """

    visit: str
    agency: str
    place: int
    turn: int
    inspector: str
    state: SeatState
    ordered_at: datetime
    accept_by: datetime
    accept_counted: Counting
    reason: str = ""
    handed_at: datetime | None = None
    tried: tuple[str, ...] = ()
    bounced: int = 0
    accepted: bool = False
    knowing: bool = False
    belated: str = ""
    recalled: int = 0
    void: int = 0

    @property
    def name(self) -> str:
        """Its name in keys and links."""
        return f"{self.visit}:{self.place}:{self.turn}"

    def push(self, number: int) -> str:
        """The key of its push by its nth way."""
        return f"{OrderKind.PUSH.value}:{self.name}" + (f":{number}" if number else "")

    @property
    def lapsed(self) -> bool:
        """Whether its inspector had accepted, and that is over: by its time, by the register (leave, recusal), or with the visit."""
        return self.state in _PAST and (self.accepted or self.reason == LAPSED)

    @property
    def pushes(self) -> tuple[str, ...]:
        """The keys of every push that was ordered."""
        return tuple(self.push(number) for number in range(max(1, len(self.tried))))

    def brought_by(self, message: str) -> bool:
        """Whether a message (a push's key, and behind it what it says) bears the link that counts: what is heard of others is nothing."""
        return message.rpartition(":")[0] not in self.pushes[: self.void]

    @property
    def timers(self) -> tuple[str, ...]:
        """The keys of its clocks: that it leaves, that it reaches the phone, that it is answered."""
        return tuple(self.clock(kind) for kind in (OrderKind.PUSH_DUE, OrderKind.PUSH_REACH, OrderKind.ACCEPT_DUE))

    def clock(self, kind: OrderKind) -> str:
        """The key of one of its clocks; one that has run before a push came back is done, and its key with it."""
        return f"{kind.value}:{self.name}" + (f":{self.bounced}" if self.bounced else "")

    @property
    def work(self) -> tuple[str, ...]:
        """The keys of all that is ordered for it while it waits for an answer."""
        return (*self.pushes, *self.timers)


def accept(seat: Seat, pack: str) -> Decision[Seat]:
    """The inspector takes the assignment; saying so twice is the same."""
    _must_be_open(seat)
    because = Because(rule="seat.accept", basis=(), pack=pack, facts={"inspector": seat.inspector})
    return Decision(state=replace(seat, state=SeatState.ACCEPTED, accepted=True), because=because)


def decline(seat: Seat, reason: str, pack: str, *, knowing: bool = False, unaccepted: bool = False) -> Decision[Seat]:
    """The inspector cannot or must not go (leave, recusal): with a reason; the seat is dealt again by the rule.

    `unaccepted`: it was written where the seat was not accepted yet. An acceptance since is the later word, and stands.

    Raises Refusal (`seat_closed`, `seat_accepted_since`), Invalid (`reason_missing`).
    """
    _must_be_open(seat)
    if unaccepted and seat.state is SeatState.ACCEPTED:
        raise Refusal("seat_accepted_since", visit=seat.visit, place=seat.place)
    because = _declined(seat, reason, "seat.decline", pack)
    return Decision(state=replace(seat, state=SeatState.DECLINED, reason=reason, knowing=knowing), because=because)


def decline_late(seat: Seat, reason: str, pack: str, *, captured_at: datetime, sent_at: datetime | None = None) -> Decision[Seat]:
    """A decline that lay in a phone without signal, and comes when its seat has passed on as one of whom nothing was heard.

    It stays with the seat and in the ledger, with what the phone's clock says, and decides nothing: the seat is another's by the rule.
    Raises Refusal (`seat_closed`, also for a second one), Invalid (`reason_missing`).
    """
    if seat.state is not SeatState.EXPIRED or seat.belated:
        _must_be_open(seat)
    because = _declined(seat, reason, "seat.decline_late", pack)
    clock = {"captured_at": captured_at.isoformat(), "sent_at": sent_at.isoformat() if sent_at is not None else None}
    return Decision(state=replace(seat, belated=reason), because=replace(because, facts={**because.facts, **clock}))


def _declined(seat: Seat, reason: str, rule: str, pack: str) -> Because:
    if blank(reason):
        raise Invalid("reason_missing", field="reason")
    return Because(rule=rule, basis=("S1:43",), pack=pack, facts={"inspector": seat.inspector, "place": seat.place})


def expire(seat: Seat, pack: str) -> Decision[Seat]:
    """No word by the date: the seat is dealt again; nobody is nagged. One whose push no channel took stays: an outage is no silence."""
    because = Because(rule="seat.expire", basis=(), pack=pack, facts={"inspector": seat.inspector, "place": seat.place})
    if not seat.state.pushed:
        return Decision(state=seat, because=replace(because, rule="timer.obsolete"))
    return Decision(state=replace(seat, state=SeatState.EXPIRED), because=because)


def relieve(seat: Seat, reason: str, pack: str) -> Decision[Seat]:
    """The registers say that the inspector cannot go (`reason`: departed, uncertified, leave, recused), whatever the answer was.

    The seat is dealt again by the rule (scenarios 35, 36); one that is over already stays as it is.
    """
    facts = {"inspector": seat.inspector, "place": seat.place, "reason": reason}
    because = Because(rule="seat.relieve", basis=("S1:55",), pack=pack, facts=facts)
    if not seat.state.open:
        return Decision(state=seat, because=replace(because, rule="timer.obsolete"))
    return Decision(state=replace(seat, state=SeatState.RELIEVED, reason=reason), because=because)


def release(visit: Visit, pack: str) -> Decision[Visit]:
    """The clock has come to the release: the team may know whom the visit is to. Nobody can bring it forward.

    One that is short is made by nobody of its draw: the object stays unannounced, for another seed deals it another team (ruling 13).
    """
    because = Because(rule="visit.release", basis=(visit.basis,), pack=pack, facts={"release_at": f"{visit.release_at}"})
    if visit.released or visit.state is not VisitState.ASSIGNED:
        return Decision(state=visit, because=replace(because, rule="timer.obsolete"))
    return Decision(state=replace(visit, released=True), because=because)


def correct(visit: Visit, doubts: tuple[Doubt, ...], basis: str, pack: str) -> Decision[Visit]:
    """The sender has corrected a case that the visit serves: in question is what is claimed now. A drawn subject stays drawn."""
    because = Because(rule="visit.correct", basis=(basis,), pack=pack, facts={"facts": len(doubts)})
    return Decision(state=replace(visit, doubts=doubts), because=because)


def owe(visit: Visit, reason: str, pack: str) -> Decision[Visit]:
    """The visit is called off in its own draw and owed by a supplementary one (ruling 13); the selection of its object stands."""
    because = Because(rule="visit.owe", basis=(visit.basis,), pack=pack, facts={"reason": reason})
    return Decision(state=replace(visit, state=VisitState.OWED), because=because)


def cancel(visit: Visit, reason: str, pack: str) -> Decision[Visit]:
    """It will not be made: nothing is left to look at, or it was short of inspectors and has been dealt anew. The seats are freed."""
    because = Because(rule="visit.cancel", basis=(visit.basis,), pack=pack, facts={"reason": reason})
    return Decision(state=replace(visit, state=VisitState.CANCELLED), because=because)


def _must_be_open(seat: Seat) -> None:
    if not seat.state.open:
        raise Refusal("seat_closed", visit=seat.visit, place=seat.place, state=seat.state)

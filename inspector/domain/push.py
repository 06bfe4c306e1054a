"""The push of a seat: by which way it goes, from when its inspector's silence counts, and what a channel's reports make of it.

Invariants: the time to accept begins when a channel takes the push, never before; while none has, nobody is passed over, and a person
is told (an outage is never guilt). Reports come in any order: they only ever bring a seat further, but that a push came to nobody, which
puts it back to where no channel has taken it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from inspector.domain.calendar import Due, Term, WorkingCalendar, due
from inspector.domain.deadline import answer
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.hush import Hush
from inspector.domain.policy import Policy
from inspector.domain.reached import Reach
from inspector.domain.roster import Way
from inspector.domain.start import StartEvent
from inspector.domain.timer import Timer
from inspector.domain.visit import Seat, SeatState, Visit

ASSIGNMENT = "assignment"
"""The word of the push that brings a seat; those that correct it have words of their own."""

SAID_FOR = timedelta(days=1)
"""So long a push says the date it said at first, that a try made again is the same message; after that it says the date anew."""

_FARTHER = {Reach.DELIVERED: SeatState.DELIVERED, Reach.READ: SeatState.READ}
_RANK = (SeatState.ORDERED, SeatState.HANDED_OVER, SeatState.DELIVERED, SeatState.READ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushing:
    """How this office pushes. `patience`: so long one way is tried where there is another.

    `unreached`: so long after a channel that reports deliveries took a push and reported none, it goes the next way as well.
    `declines`: an inspector who has declined so many assignments `declines_within` that time is a matter for the office.
    """

    hush: Hush = field(default_factory=Hush)
    patience: timedelta = timedelta(hours=1)
    unreached: timedelta = timedelta(hours=4)
    declines: int = 3
    declines_within: timedelta = timedelta(days=90)


def order_seat(  # noqa: PLR0913, PLR0917 - a seat in all its parts
    visit: Visit,
    agency: str,
    place: int,
    turn: int,
    inspector: str,
    ways: tuple[Way, ...],
    policy: Policy,
    now: datetime,
    calendar: WorkingCalendar,
    how: Pushing,
) -> Decision[Seat]:
    """Give a seat to the inspector the dealing named, and push it by the first of the ways that serve; none: a person is told.

    Nothing but the push's own clock runs yet: that it leaves.
    """
    term = policy.term(Timer.ACCEPT)
    leaves = how.hush.until(how.hush.of(ASSIGNMENT), now, visit.due_at)
    accept = _accept(term.term, visit, leaves, calendar)
    seat = Seat(
        visit=visit.id,
        agency=agency,
        place=place,
        turn=turn,
        inspector=inspector,
        state=SeatState.ORDERED,
        ordered_at=now,
        accept_by=accept.at,
        accept_counted=accept.counted,
    )
    seat, push = pushed(seat, visit, ways, leaves, how)
    because = Because(
        rule="seat.order",
        basis=(policy.draw.basis, term.basis),
        pack=policy.label,
        facts={"inspector": inspector, "place": place, "turn": turn, "accept_by": accept.at.isoformat()},
    )
    return Decision(state=seat, because=because, orders=(push, leaving(seat, visit)))


def pushed(seat: Seat, visit: Visit, ways: tuple[Way, ...], leaves: datetime, how: Pushing) -> tuple[Seat, Order]:
    """The seat with one more push on its way, at the moment it `leaves`, and its order; `ways` are those left to it, in order.

    It is tried until the visit is due, a day at least, or for the office's patience where there is a further way. It says the date of
    acceptance that a hand-over at this moment would mean.
    """
    first = ways[0] if ways else Way(channel="", address="")
    last = max(visit.due_at, leaves + SAID_FOR)
    until = min(last, leaves + how.patience) if len(ways) > 1 else last
    order = Order(
        kind=OrderKind.PUSH,
        key=seat.push(len(seat.tried)),
        due_at=leaves,
        urgent_by=seat.accept_by,
        lane=first.channel,
        expires_at=until,
        payload={**_payload(seat, visit), "accept_by": seat.accept_by.isoformat(), "said_at": leaves.isoformat()},
    )
    return replace(seat, tried=(*seat.tried, first.mark)), order


def leaving(seat: Seat, visit: Visit) -> Order:
    """The clock of a push that no channel has taken: by its date a person is told, and nobody is passed over."""
    return _clock(OrderKind.PUSH_DUE, seat, visit, seat.accept_by)


def again(
    seat: Seat, visit: Visit, policy: Policy, ways: tuple[Way, ...], now: datetime, calendar: WorkingCalendar, how: Pushing
) -> tuple[Seat, Order]:
    """The seat pushed once more, by the first of the `ways` left; while nobody has it, its date is that of a hand-over then."""
    leaves = how.hush.until(how.hush.of(ASSIGNMENT), now, visit.due_at)
    if seat.state is SeatState.ORDERED:
        accept = _accept(policy.term(Timer.ACCEPT).term, visit, leaves, calendar)
        seat = replace(seat, accept_by=accept.at, accept_counted=accept.counted)
    return pushed(seat, visit, ways, leaves, how)


def said(visit: Visit, policy: Policy, told: tuple[datetime, datetime], now: datetime, calendar: WorkingCalendar) -> datetime:
    """The date of acceptance that a push says now; `told` is (that which it said, when).

    A try made again within a day says the same, so that the phone gets one message: the clock itself begins later, never earlier.
    """
    accept_by, said_at = told
    latest = _accept(policy.term(Timer.ACCEPT).term, visit, now, calendar).at
    if now - said_at < SAID_FOR and now < accept_by:
        return min(accept_by, latest)  # the visit may be to be made earlier since
    return latest


def handed_over(
    seat: Seat,
    visit: Visit,
    policy: Policy,
    channel: str,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    reach: timedelta | None = None,
) -> Decision[Seat]:
    """A channel has taken the push: from now on the inspector's time to accept runs.

    `reach`: when to look whether it was delivered, where the channel reports that and there is a further way. A second channel that
    takes it begins no second clock; whoever has answered meanwhile has none.
    """
    facts: dict[str, object] = {"inspector": seat.inspector, "channel": channel}
    because = Because(rule="seat.handed_over", basis=(), pack=policy.label, facts=facts)
    if seat.state is not SeatState.ORDERED:
        return Decision(state=seat, because=because)
    accept = _accept(policy.term(Timer.ACCEPT).term, visit, now, calendar)
    state = replace(seat, state=SeatState.HANDED_OVER, handed_at=now, accept_by=accept.at, accept_counted=accept.counted)
    orders = [_clock(OrderKind.ACCEPT_DUE, state, visit, accept.at)]
    if reach is not None and now + reach < accept.at:
        orders.append(_clock(OrderKind.PUSH_REACH, state, visit, now + reach))
    because = replace(because, facts={**facts, "accept_by": accept.at.isoformat()})
    return Decision(state=state, because=because, orders=tuple(orders))


def unconfirmed(
    seat: Seat, visit: Visit, channel: str, pack: str, now: datetime, *, reach: timedelta | None = None
) -> Decision[Seat]:
    """It was handed over to a channel that cannot say whether the other side took it: no silence counts, and the push's own clock runs on.

    `reach`: when it goes the next way as well, where there is one.
    """
    facts = {"inspector": seat.inspector, "channel": channel}
    because = Because(rule="seat.unconfirmed", basis=(), pack=pack, facts=facts)
    if reach is None or seat.state is not SeatState.ORDERED:
        return Decision(state=seat, because=because)
    clock = _clock(OrderKind.PUSH_REACH, seat, visit, now + reach)
    clock = replace(clock, key=f"{clock.key}~{len(seat.tried)}", payload={**clock.payload, "unconfirmed": True})
    return Decision(state=seat, because=because, orders=(clock,))


def rung(seat: Seat, channel: str, pack: str) -> Decision[Seat]:
    """A robot has rung its inspector where others read along, and so without the link: nobody can answer by it, and no clock begins."""
    because = Because(rule="seat.rung", basis=(), pack=pack, facts={"inspector": seat.inspector, "channel": channel})
    return Decision(state=seat, because=because)


def reached(seat: Seat, reach: Reach, pack: str) -> Decision[Seat] | None:
    """What a report of delivery or reading makes of a seat; None: nothing, for it is further already or over."""
    state = _FARTHER.get(reach)
    if state is None or seat.state not in _RANK or _RANK.index(seat.state) >= _RANK.index(state):
        return None
    because = Because(rule=f"seat.{reach.value}", basis=(), pack=pack, facts={"inspector": seat.inspector})
    return Decision(state=replace(seat, state=state), because=because)


def bounced(seat: Seat, channel: str, code: str, pack: str, *, told: bool = False) -> Decision[Seat] | None:
    """The channel that took the push reports that it came to nobody: no silence counts any more. None: somebody has it all the same.

    `told`: a channel has reported the contrary. That its link was opened shows less, for systems that scan links open them, too.
    """
    if seat.state is not SeatState.HANDED_OVER and (told or seat.state is not SeatState.READ):
        return None
    facts = {"inspector": seat.inspector, "channel": channel, "code": code}
    because = Because(rule="seat.bounced", basis=(), pack=pack, facts=facts)
    state = replace(seat, state=SeatState.ORDERED, handed_at=None, bounced=seat.bounced + 1)
    return Decision(state=state, because=because)


def another_term(seat: Seat, visit: Visit, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Seat]:
    """The house was not there when the date of a seat passed, and heard nobody: its inspector has the time to accept once more."""
    term = policy.term(Timer.ACCEPT)
    accept = _accept(term.term, visit, now, calendar)
    facts = {"inspector": seat.inspector, "passed": seat.accept_by.isoformat(), "accept_by": accept.at.isoformat()}
    because = Because(rule="seat.away", basis=(term.basis,), pack=policy.label, facts=facts)
    state = replace(seat, accept_by=accept.at, accept_counted=accept.counted, bounced=seat.bounced + 1)
    return Decision(state=state, because=because, orders=(_clock(OrderKind.ACCEPT_DUE, state, visit, accept.at),))


def nearer(seat: Seat, visit: Visit, pack: str, now: datetime, calendar: WorkingCalendar) -> Decision[Seat] | None:
    """The visit is to be made earlier: who has still to answer does so before its last day. None: by a date that serves already."""
    told = answer(Due(at=seat.accept_by, counted=seat.accept_counted), visit.due_at, now, calendar)
    if not seat.state.awaited or told.at >= seat.accept_by:
        return None
    facts = {"inspector": seat.inspector, "was_due": seat.accept_by.isoformat(), "accept_by": told.at.isoformat()}
    because = Because(rule="seat.sooner", basis=(visit.basis,), pack=pack, facts=facts)
    return Decision(state=replace(seat, accept_by=told.at, accept_counted=told.counted), because=because)


def recalled(seat: Seat, told: Mapping[str, object], pack: str) -> Decision[Seat]:
    """The office has called the link of a seat back that nobody has answered: its inspector cannot, so no silence counts any more.

    The seat is where no channel has taken a push, and the time to accept begins with the next hand-over. `told` is who called it back
    and why.
    """
    because = Because(rule="seat.link", basis=(), pack=pack, facts={**told, "unanswered": seat.state.pushed})
    state = replace(
        seat,
        state=SeatState.ORDERED,
        handed_at=None,
        bounced=seat.bounced + 1,
        recalled=seat.recalled + seat.state.pushed,
        void=len(seat.tried),
    )
    return Decision(state=state, because=because)


def _accept(term: Term, visit: Visit, from_: datetime, calendar: WorkingCalendar) -> Due:
    return answer(due(from_, term, calendar, StartEvent.PUSH_HANDED), visit.due_at, from_, calendar)


def _clock(kind: OrderKind, seat: Seat, visit: Visit, at: datetime) -> Order:
    return Order(kind=kind, key=seat.clock(kind), due_at=at, urgent_by=at, payload=_payload(seat, visit))


def _payload(seat: Seat, visit: Visit) -> dict[str, object]:
    return {"visit": seat.visit, "place": seat.place, "turn": seat.turn, "cases": list(visit.cases_of(seat.agency))}

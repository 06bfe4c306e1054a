"""Seats that go on and a visit that is over, written down: with the end of clocks and of what people were told about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from inspector.domain.appointing import clocks
from inspector.domain.brief import difference
from inspector.domain.decision import Order, OrderKind
from inspector.domain.docket import RECUSAL_ASKED
from inspector.domain.push import ASSIGNMENT
from inspector.domain.reached import RUNG
from inspector.domain.result import enters
from inspector.domain.urgency import Urgency
from inspector.domain.visit import Seat, SeatState, Visit
from inspector.flows import stopped, teamnotes
from inspector.flows.briefing import briefed
from inspector.flows.office import Office
from inspector.store import payload
from inspector.store.tx import Tx

OVERDUE = "visit_overdue"
"""The matter for a person that a visit's date opens when it passes without a result."""

CONFLICT = "visit_conflict"
"""The matter of a visit that quiet windows leave no day for: a person decides (handbook scenario 44); over when the visit is."""

INSIDE = "visit_in_quiet"
"""The matter of a result that says somebody was there on a day on which nobody might go."""

UNPUBLISHED = "item_unpublished"
"""The matter of a visit to look at an item that stands in no published list any more: it is blocked (handbook scenario 45)."""

SHORT = "team_short"
"""The matter for a person that an empty seat opens, of the agency whose officer is lacking."""

ASKED = RECUSAL_ASKED
"""The matter of an application that an inspector be recused."""

CEASED_ASKED = "object_ceased"
"""The matter of an object that one person has recorded as no more: another one signs it, or closes the matter and the visit is made."""

CLASH = "note_clash"
"""The matter of two inspectors of one team who say different things of one fact: the team's lead says which stands."""

LAPSED_NOTE = "note_lapsed"
"""The matter of a note that lay in a phone until its inspector's acceptance was over: a person asks whether the visit was made."""

CHANGED, SPARED, ADDED, RENEWED, DIFFERS = "changed", "spared", "added", "renewed", "differs"
"""What a team is told of what is in question: a promise was corrected, something is settled, a case goes along; or of a new link.

Its lead alone hears that two of it say different things.
"""

SOONER, APPOINTED, SEVERAL = "sooner", "appointed", "several"
"""What is told of a visit's date: it is to be made earlier than was told, or an officer has decided on which day (`appointing`);
and that more than one thing has changed, where one push says all of it.
"""

_READ_AGAIN = frozenset({CHANGED, SPARED, ADDED, SOONER, APPOINTED, SEVERAL})
"""Words that ask for the page to be read again, and say no more that could be lost: of several that wait the last one tells all."""

AWAITED = "awaited"
"""What is told to who made a visit before the seats of its team passed on: it stands, and its result is to be entered."""

DECIDED = "recusal"
"""What is told to whom an application for recusal was about, and who of the team has entered it: the head has decided, and why."""

UNDELIVERED = "push_undelivered"
"""The matter for a person that a push opens which no channel took; it is over when the seat is."""


def put_seat(tx: Tx, was: Seat, changed: Seat, now: datetime) -> None:
    """Write a seat; the caller holds its visit's lock. Raises Stale when the seat is not as it was decided about."""
    tx.visits.put_seat(changed, was.state)
    teamnotes.passed_on(tx, was, changed, now)
    tx.attention.over(f"{UNDELIVERED}:{OrderKind.PUSH.value}:{changed.name}", now)
    if not changed.state.there:  # nobody need be recused who has got up already
        tx.attention.over(f"{ASKED}:{changed.name}", now)


def stand_down(office: Office, tx: Tx, held: Visit, now: datetime) -> None:
    """The visit will not be made: its seats are freed, and whoever may know of the assignment is told not to go."""
    team = [seat for seat in tx.visits.team(held.id) if seat.state.open]
    for agency in held.agencies:
        tx.attention.close(f"{CLASH}:{short_of(held, agency)}", now)
    rise(tx, team, now, SeatState.CANCELLED)
    tell_off(office, tx, held, team, now)


def tell_off(office: Office, tx: Tx, held: Visit, seats: Iterable[Seat], now: datetime) -> None:
    """Tell those whose `seats`, as they were, are theirs no longer, once their work is ended: who has the push, or may have it.

    What has not left the house need not be taken back. It may have left by a way that was given up since.
    """
    last = held.due_at if held.due_at > now else None  # of one that was overdue it is said all the same
    told = ((seat, may_have(tx, seat)) for seat in seats)
    orders = [
        by_way(office, tx, held, seat, _off(held, seat, now, after), now, last) for seat, after in told if after is not None
    ]
    tx.work.order(orders, now)


def tell_changed(office: Office, tx: Tx, held: Visit, now: datetime, word: str = CHANGED) -> None:
    """What is in question was corrected, or is more or less: tell those who may have read what it was, once for each change.

    Before the release nobody of the team has read it, and of one that is short nobody need: then a push at the moment of a
    correction would only tell whoever sees both whom the visit is to. Who has made it, and is to enter the result, answers what is asked.
    """
    if held.released and not held.state.short:
        changed = _rebriefed(office, tx, held, now)
        _tell(office, tx, changed, word, now, now)
        for seat in entering(tx, changed):
            tell_seat(office, tx, changed, seat, word, str(changed.version), now)


def entering(tx: Tx, held: Visit) -> list[Seat]:
    """The seats of those who had made the visit before they passed on, and are to enter its result (`attested`)."""
    return [seat for seat in tx.visits.team(held.id) if seat.state.made and enters(held, seat)]


def rebrief(office: Office, tx: Tx, held: Visit, now: datetime) -> Visit:
    """A visit was released: each team hears of what is asked otherwise than it was told when the visit was given, if anything is."""
    changed = _rebriefed(office, tx, held, now)
    for was in held.briefs:
        fresh = changed.brief_of(was.agency)
        word = difference(was, fresh) if fresh is not None else ""
        for seat in (one for one in tx.visits.team(held.id) if word and one.state.open and one.agency == was.agency):
            _tell_one(office, tx, changed, seat, word, str(changed.version), now, now)
    return changed


def _rebriefed(office: Office, tx: Tx, held: Visit, now: datetime) -> Visit:
    """The visit with its teams' briefs as things stand now."""
    changed = briefed(office, tx, held, now)
    return tx.visits.put(changed) if changed.briefs != held.briefs else held


def tell_dated(office: Office, tx: Tx, held: Visit, now: datetime, word: str = SOONER) -> None:
    """The visit has another date than its team may have read: tell them, before the release only at its moment (`tell_changed`)."""
    at = now if held.released or held.release_at is None else max(now, held.release_at)
    _tell(office, tx, held, word, at, now)


def _tell(office: Office, tx: Tx, held: Visit, word: str, due_at: datetime, now: datetime) -> None:
    """Tell who sits and has the push, or may have it, since it was under way."""
    for seat in (one for one in tx.visits.team(held.id) if one.state.open):
        _tell_one(office, tx, held, seat, word, str(held.version), due_at, now)


def tell_seat(office: Office, tx: Tx, held: Visit, seat: Seat, word: str, mark: str, now: datetime) -> None:
    """The same of one seat, once for each `mark`."""
    _tell_one(office, tx, held, seat, word, mark, now, now)


def _tell_one(office: Office, tx: Tx, held: Visit, seat: Seat, word: str, mark: str, due_at: datetime, now: datetime) -> None:
    after, last = may_have(tx, seat), held.due_at if held.due_at > now else None
    if after is not None:
        order = _word(seat, now, held.due_at, after)
        key = f"{order.key}:{mark}"
        word = _gathered(office, tx, seat, word, key, now)
        order = replace(order, key=key, due_at=due_at, payload={**order.payload, "word": word})
        tx.work.order([by_way(office, tx, held, seat, order, now, last)], now)


def _gathered(office: Office, tx: Tx, seat: Seat, word: str, key: str, now: datetime) -> str:
    """The word that also says what waits to be told of a seat and has not left: a phone rings once for one settlement, or one night.

    One that is urgent stays so. What was tried may have arrived, and goes on by itself.
    """
    if word not in _READ_AGAIN:
        return word
    rows, machine_now = tx.work.begun_so(f"{OrderKind.PUSH_OFF.value}:{seat.name}:"), tx.machine_now()
    idle = [row for row in rows if row.state in ("ready", "waiting") and row.attempts == 0 and row.lease_until <= machine_now]
    words = {row.key: (payload.read(row.payload) or {}).get("word") for row in idle}
    waiting = {row: told for row, told in words.items() if told in _READ_AGAIN and "~" not in row}
    if key in waiting:
        return word  # it is told already, under this key
    stopped.end(tx, waiting, now)
    told = {word, *map(str, waiting.values())}
    urgent = [one for one in (APPOINTED, SOONER, *sorted(told)) if one in told and office.pushing.hush.of(one) is Urgency.URGENT]
    return word if len(told) == 1 else urgent[0] if urgent else SEVERAL


def may_have(tx: Tx, seat: Seat) -> tuple[str, ...] | None:
    """The pushes of a seat, as it is or was, whose call may be going on yet; None where its inspector cannot know of the assignment.

    A push that was claimed may have arrived whatever came back, also one that was given up for another way.
    """
    rows = [row for key in seat.pushes if (row := tx.work.keyed(key)) is not None]
    if not (
        seat.state.has or seat.state.made or any(row["fence"] for row in rows)
    ):  # who was there knows, though its rows are gone
        return None
    machine_now = tx.machine_now()
    return tuple(str(row["key"]) for row in rows if under_way(row, machine_now))


def by_way(office: Office, tx: Tx, held: Visit, seat: Seat, order: Order, now: datetime, last: datetime | None = None) -> Order:
    """The order of a word about a seat by the way that brought its push, else by the preferred one; of no use after `last`.

    It is tried for the office's patience, as a push is: an outage of one channel sends nobody in vain. Then it goes the next way; of
    the last one a person is told while there is still time to telephone.
    """
    ways, how = channels(tx, seat), office.pushing
    urgency = how.hush.of(str(order.payload.get("word", "off")))
    patient = how.hush.until(urgency, max(now, order.due_at), last or held.due_at) + how.patience
    expires = min(patient, last) if last is not None else patient
    payload = {**order.payload, "last": last.isoformat() if last is not None else None}
    return replace(order, lane=ways[0] if ways else "", expires_at=expires, payload=payload)


def channels(tx: Tx, seat: Seat) -> list[str]:
    """The channels by which the inspector of a seat hears more of it, without those turned off: first that which brought the push."""
    shut = {one.mark for one in tx.pushes.off([seat.agency], seat.inspector)}
    ways = [way for way in tx.rosters.inspector(seat.agency, seat.inspector).ways if way.mark not in shut]
    told = [
        one.mark for one in tx.pushes.of_seat(seat.name) if one.word == ASSIGNMENT and one.failed_at is None and one.code != RUNG
    ]
    return [way.channel for way in sorted(ways, key=lambda way: way.mark not in told[-1:])]


def under_way(row: Mapping[str, Any], machine_now: datetime) -> float:
    """For how many seconds at most the call of a work row may still be going on; 0 once it is settled.

    One that was ended under somebody's hands is done too, and its call may be on the way: it has said why it was not carried out.
    """
    settled = row["state"] == "done" and row["error"] is None
    return 0.0 if settled else max(0.0, (row["lease_until"] - machine_now).total_seconds())


def rise(tx: Tx, team: Iterable[Seat], now: datetime, state: SeatState = SeatState.DONE) -> None:
    """Those who sit get up, for the visit is made or called off: nobody need answer or be asked any more, and their work ends."""
    ended: list[str] = []
    for seat in team:
        if seat.state.open:
            put_seat(tx, seat, replace(seat, state=state), now)
            ended += seat.work
    stopped.end(tx, ended, now)


def end_clock(tx: Tx, held: Visit, now: datetime) -> None:
    """The visit's own dates mean nothing any more, and nobody need see to it."""
    others = (f"{kind.value}:{held.id}" for kind in (OrderKind.VISIT_RELEASE, OrderKind.VISIT_LAPSE))
    stopped.end(tx, [*clocks(held), *others], now)
    for matter in (OVERDUE, CONFLICT, UNPUBLISHED):
        tx.attention.over(f"{matter}:{held.id}", now)
    tx.attention.over(f"{CEASED_ASKED}:{held.id}", now)
    for agency in held.agencies:
        tx.attention.over(f"{SHORT}:{short_of(held, agency)}", now)


def short_of(held: Visit, agency: str) -> str:
    """What an agency's matter of a visit is about (`SHORT`, `CLASH`): the visit, for a partner in a joint one with its name behind it."""
    return held.id if agency == held.agency else f"{held.id}:{agency}"


def _off(held: Visit, seat: Seat, now: datetime, after: tuple[str, ...]) -> Order:
    """The order to tell so, once for a seat; of one from which a visit stood as made, it is another word than when it had passed on."""
    order = _word(seat, now, held.due_at, after)
    return replace(order, key=f"{order.key}:off:{held.version}") if seat.state.made else order


def _word(seat: Seat, now: datetime, by: datetime, after: tuple[str, ...]) -> Order:
    """The order to tell the inspector of a seat that he or she need not go, once the work `after` is surely over."""
    return Order(
        kind=OrderKind.PUSH_OFF,
        key=f"{OrderKind.PUSH_OFF.value}:{seat.name}",
        due_at=now,
        urgent_by=by,
        payload={"visit": seat.visit, "place": seat.place, "turn": seat.turn, "after": list(after)},
    )

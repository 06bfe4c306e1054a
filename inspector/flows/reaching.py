"""By which ways an inspector is reached: in the register's order, without those turned off; and what a mended register lets go out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from inspector.domain import push
from inspector.domain.decision import Because, Decision
from inspector.domain.reached import RUNG, UNCONFIRMED
from inspector.domain.roster import InspectorRecord, Way
from inspector.domain.visit import SeatState
from inspector.flows import stopped
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seats import put_seat
from inspector.ports import Receipt
from inspector.store.pushes import Off
from inspector.store.tx import Tx

CHANNEL_OFF = "channel_off"
"""The matter of ways of a channel that are turned off, for it knows no such recipients: whose, `push ways` says, for of matters nobody
reads who is sent. Over when the register names other addresses."""


PHONE_LOST = "phone_lost"
"""Why the browser of an officer whose link was called back is pushed to no more."""


def ways(tx: Tx, agency: str, staff: str, tried: Collection[str] = ()) -> tuple[Way, ...]:
    """The ways that serve, the preferred one first, without those `tried`."""
    shut = {one.mark for one in tx.pushes.off([agency], staff)}
    return tuple(way for way in tx.rosters.inspector(agency, staff).ways if way.mark not in shut and way.mark not in tried)


def by_lane(person: InspectorRecord, lane: str) -> Way | None:
    """An officer's way on a channel, by the address that the register has now."""
    return next((way for way in person.ways if way.channel == lane), None)


def links(office: Office, channel: str) -> bool:
    """Whether a channel shows a link, so that its recipient can answer by it."""
    return getattr(office.connectors.channels.get(channel), "rings", False) is not True


def outcome(office: Office, channel: str, receipt: Receipt) -> str:
    """Why a message that a channel took is known to have reached nobody who can answer; empty where it has."""
    return UNCONFIRMED if receipt.unconfirmed else "" if links(office, channel) else RUNG


def turn_off(tx: Tx, agency: str, staff: str, way: Way, code: str, now: datetime) -> None:
    """The channel knows no such recipient: nothing goes that way any more, and a person is told, once."""
    if not tx.pushes.turn_off(Off(agency=agency, inspector=staff, channel=way.channel, mark=way.mark, code=code, since=now)):
        return
    _matter(tx, agency, way.channel, now)
    because = Because(rule="channel.off", basis=(), pack="", facts={"inspector": staff, "channel": way.channel, "error": code})
    record(tx, f"roster:{agency}", Decision(state=way, because=because), now, {})


def turn_browser_off(tx: Tx, agency: str, staff: str, now: datetime) -> None:
    """A link was called back, perhaps of a lost phone: its officer's browser is pushed to no more, until he or she subscribes anew."""
    person = tx.rosters.inspector(agency, staff)
    if person.browser is not None and person.browser in person.ways:
        turn_off(tx, agency, staff, person.browser, PHONE_LOST, now)


def turn_on(office: Office, tx: Tx, agency: str, staff: str, channel: str, by: str, now: datetime) -> bool:
    """A person says that a way serves again: what waited for it goes out. False where it was not off. Raises Missing."""
    tx.rosters.inspector(agency, staff)
    tx.visits.lock(tx.visits.unpushed(agency))  # before anything is written, as everywhere
    if not _on(tx, agency, staff, channel, by, now):
        return False
    again(office, tx, agency, now, everything=frozenset({staff}))
    return True


def mended(office: Office, tx: Tx, agency: str, now: datetime) -> None:
    """The register has changed: a way with another address is on again, and pushes that no channel took go out by what is new.

    The caller holds the visits that are `unpushed`.
    """
    for off in tx.pushes.off([agency]):
        person = tx.rosters.in_force(agency, off.inspector)
        if person is None or off.mark not in {way.mark for way in person.ways}:
            _on(tx, agency, off.inspector, off.channel, "", now)
    again(office, tx, agency, now)


def again(office: Office, tx: Tx, agency: str, now: datetime, everything: Collection[str] = ()) -> None:
    """Order the pushes anew that no channel took and nobody tries any more; of `everything` also by ways that were tried.

    With them the clock by which a person is told that nothing leaves: the one before has run, or told of another date.
    """
    for visit_id in tx.visits.unpushed(agency):
        held = tx.visits.get(visit_id, lock=True)
        for seat in tx.visits.team(visit_id):
            if seat.state is not SeatState.ORDERED or seat.agency != agency or trying(tx, seat.pushes):
                continue
            tried = () if seat.inspector in everything else seat.tried
            if found := ways(tx, agency, seat.inspector, tried):
                policy = office.book.get(tx.draws.get(held.draw).pack_of(agency))
                stopped.end(tx, seat.timers, now)
                anew = replace(seat, bounced=seat.bounced + 1)
                changed, order = push.again(anew, held, policy, found, now, office.calendar, office.pushing)
                put_seat(tx, seat, changed, now)
                tx.work.order([order, push.leaving(changed, held)], now)


def trying(tx: Tx, keys: Iterable[str]) -> bool:
    """Whether one of these pushes is still to be carried out."""
    rows = (tx.work.keyed(key) for key in keys)
    return any(row is not None and row["state"] in ("waiting", "ready") for row in rows)


def _on(tx: Tx, agency: str, staff: str, channel: str, by: str, now: datetime) -> bool:
    if not tx.pushes.turn_on(agency, staff, channel):
        return False
    _matter(tx, agency, channel, now)
    because = Because(rule="channel.on", basis=(), pack="", facts={"inspector": staff, "channel": channel, "by": by})
    record(tx, f"roster:{agency}", Decision(state=channel, because=because), now, {})
    return True


def _matter(tx: Tx, agency: str, channel: str, now: datetime) -> None:
    """How many ways of a channel are off; none: it is nobody's affair any more."""
    about, count = f"{agency}:{channel}"[:200], sum(1 for off in tx.pushes.off([agency]) if off.channel == channel)
    if count:
        tx.attention.open(CHANNEL_OFF, agency, about, {"channel": channel, "count": count}, now)
    else:
        tx.attention.close(f"{CHANNEL_OFF}:{about}", now)

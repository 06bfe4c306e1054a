"""A test push: by each of an inspector's ways, marked as a test, in the ledger with how it ended; no seat has anything to do with it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog

from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.reached import NO_RECIPIENT, RUNG, UNCONFIRMED
from inspector.domain.roster import Way
from inspector.domain.visit import Seat, Visit
from inspector.flows import once, reaching
from inspector.flows.contents import named
from inspector.flows.office import Office
from inspector.flows.receipts import TEST
from inspector.flows.record import record
from inspector.flows.settle import Settlement
from inspector.labels import label
from inspector.ports import Garbled, Message, PortError, Refused
from inspector.store import payload
from inspector.store.pushes import Pushed
from inspector.store.tx import Tx, new_id
from inspector.store.work import Work

log = structlog.get_logger(__name__)

_AGAIN = timedelta(hours=1)
"""So long after a test a link brings no further one by the same way: each costs money, and platforms shut out who sends too often."""

_LATE = timedelta(days=30)
"""How urgent a test is: less than whatever somebody is to answer, so that none goes before an assignment on a lane that was shut."""


def by_link(office: Office, tx: Tx, held: Visit, seat: Seat, now: datetime) -> tuple[str, tuple[str, ...]]:
    """A test that an inspector asks for by the link of a seat that he or she still holds; the caller has the visit's lock.

    Raises Refusal (`seat_closed`, `push_no_way`, `push_tested`).
    """
    if not (seat.state.open and held.state.open):
        raise Refusal("seat_closed", visit=seat.visit, place=seat.place, state=seat.state)
    told = tx.pushes.page([seat.agency], inspector=seat.inspector)
    lately = {one.channel for one in told if one.word == "test" and one.failed_at is None and now < one.handed_at + _AGAIN}
    return order(office, tx, seat.agency, seat.inspector, f"seat:{seat.name}", now, lately=lately)


def order(
    office: Office,
    tx: Tx,
    agency: str,
    staff: str,
    by: str,
    now: datetime,
    only: Collection[str] = (),
    lately: Collection[str] = (),
) -> tuple[str, tuple[str, ...]]:
    """Order a test of each way, or of some channels alone; (its number, the channels). Quiet hours do not hold: somebody is waiting.

    Ways that are turned off are tried as well: so one sees whether they serve again. By each way one at a time, and none of `lately`.
    Raises Missing; Refusal (`push_no_way`, `push_tested`).
    """
    person = tx.rosters.inspector(agency, staff)
    ways = [way for way in person.ways if not only or way.channel in only]
    if not ways:
        raise Refusal("push_no_way", inspector=staff)
    waits = {*lately, *_under_way(tx, agency, staff)}
    ways = [way for way in ways if way.channel not in waits]
    if not ways:
        raise Refusal("push_tested", inspector=staff)
    number, told = new_id(), tuple(way.channel for way in ways)
    because = Because(
        rule="push.test", basis=(), pack="", facts={"test": number, "inspector": staff, "by": by, "channels": list(told)}
    )
    record(tx, _about(agency), Decision(state=person, because=because), now, {})
    tx.work.order([_order(office, agency, staff, number, way, now) for way in ways], now)
    return number, told


def _under_way(tx: Tx, agency: str, staff: str) -> set[str]:
    """The channels by which a test goes to somebody now."""
    rows = [
        row for state in ("ready", "waiting") for row in tx.work.page(state=state, kind=OrderKind.PUSH_TEST.value, limit=_MOST)
    ]
    asked = [(str(row["lane"]), payload.read(row["payload"]) or {}) for row in rows]
    return {lane for lane, said in asked if (said.get("agency"), said.get("inspector")) == (agency, staff)}


_MOST = 10_000
"""Tests under way that are looked at; there is one for each way of an inspector."""


def send(work: Work, office: Office) -> Settlement:
    """Send one. Whatever comes of it is told to nobody but who looks; only a way that leads to nobody is turned off, as by any push."""
    agency, staff = str(work.payload["agency"]), str(work.payload["inspector"])
    with office.store.read() as tx:
        person = tx.rosters.inspector(agency, staff)
    channel, way = office.connectors.channels.get(work.lane), reaching.by_lane(person, work.lane)
    if channel is None or way is None:
        return _ended(work, "channel_not_configured" if channel is None else "address_gone").unasked()
    lang = office.agency(agency).language
    message = Message(
        to=way.address,
        title=label("push.test_title", lang),
        text=label("push.test_text", lang, agency=office.agency(agency).name),
        link=office.base_url,
        data={"test": True},
    )
    key = named(work.key, message)
    try:
        receipt = once.hand(office, work, channel, message, key=key)
    except (Refused, Garbled) as error:
        dead = way if error.code == NO_RECIPIENT else None
        return _ended(work, error.code, dead, detail=error.detail).after(error)
    told = Pushed(
        key=key[:300],
        seat=f"{TEST}{work.payload['test']}",
        word="test",
        agency=agency,
        inspector=staff,
        channel=way.channel,
        mark=way.mark,
        reference=receipt.reference[:200],
        handed_at=office.now(),
        code=reaching.outcome(office, way.channel, receipt),
    )
    return _ended(work, told.code, told=told, attempts=receipt.attempts)


def not_sent(work: Work, _office: Office, error: PortError | None) -> Settlement:
    """No receipt came in time."""
    return _ended(work, error.code if error else "patience_over", detail=error.detail if error else "")


def _ended(
    work: Work, code: str, dead: Way | None = None, *, told: Pushed | None = None, attempts: int = 1, detail: str = ""
) -> Settlement:
    """How a test ended, in the ledger, and for who looks; `detail`: what the other side said, as its connector tells it to operators."""

    def write(tx: Tx, now: datetime) -> None:
        agency, staff = str(work.payload["agency"]), str(work.payload["inspector"])
        if told is not None or (way := reaching.by_lane(tx.rosters.inspector(agency, staff), work.lane)) is None:
            made = told
        else:  # what went wrong is what a first set-up looks for, and nobody reads the ledger for it
            made = _failed(work, way, code, now)
        if made is not None:
            tx.pushes.add(made)
        if dead is not None:
            reaching.turn_off(tx, agency, staff, dead, code, now)
        facts = {"test": work.payload["test"], "inspector": staff, "channel": work.lane, "error": code}
        if detail:
            log.warning("push.test_failed", channel=work.lane, error=code, detail=detail)
        because = Because(rule="push.tested", basis=(), pack="", facts=facts)
        record(tx, _about(agency), Decision(state=code, because=because), now, {})

    outcome = UNCONFIRMED if code == UNCONFIRMED else "undelivered" if code not in ("", RUNG) else "handed_over"
    return Settlement(write=write, outcome=outcome, attempts=attempts)


def _failed(work: Work, way: Way, code: str, now: datetime) -> Pushed:
    """A test that no channel took, as `push list` shows it: when it was given up, and why."""
    return Pushed(
        key=work.key[:300],
        seat=f"{TEST}{work.payload['test']}",
        word="test",
        agency=str(work.payload["agency"]),
        inspector=str(work.payload["inspector"]),
        channel=way.channel,
        mark=way.mark,
        reference="",
        handed_at=now,
        failed_at=now,
        code=code[:100],
    )


def _order(office: Office, agency: str, staff: str, number: str, way: Way, now: datetime) -> Order:
    kind = OrderKind.PUSH_TEST
    return Order(
        kind=kind,
        key=f"{kind.value}:{number}:{way.channel}"[:280],
        due_at=now,
        urgent_by=now + _LATE,
        lane=way.channel,
        expires_at=now + office.pushing.patience,
        payload={"agency": agency, "inspector": staff, "test": number},
    )


def _about(agency: str) -> str:
    return f"roster:{agency}"

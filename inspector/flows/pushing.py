"""Pushes on their way out: by an inspector's ways in order, never in quiet hours, and never against the inspector while none has left.

The time to accept begins when a channel takes the push. A way that its channel says leads to nobody is turned off, and the next one is
tried; whom no way reaches, a person is told of. Nobody is passed over for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from inspector.domain import push as pushes
from inspector.domain.appointing import missed
from inspector.domain.decision import OrderKind
from inspector.domain.policy import Policy
from inspector.domain.push import ASSIGNMENT
from inspector.domain.reached import NO_RECIPIENT, RUNG, UNCONFIRMED, Reach
from inspector.domain.roster import Way
from inspector.domain.urgency import Urgency
from inspector.domain.visit import Seat, SeatState, Visit
from inspector.flows import once, reaching, relief, seatlink, stopped
from inspector.flows.briefing import carried
from inspector.flows.contents import named
from inspector.flows.left import wait_where_left
from inspector.flows.office import Office
from inspector.flows.seated import LINK, by_name, note_seat, pack, read, settle_seat
from inspector.flows.seats import UNDELIVERED, put_seat
from inspector.flows.settle import Settlement, nothing
from inspector.incoming import Reporting
from inspector.labels import Lang, label
from inspector.ports import Garbled, Message, NotYet, Origin, PortError, Receipt, Refused
from inspector.store.pushes import Pushed
from inspector.store.room import Row
from inspector.store.tx import Tx
from inspector.store.work import Work

WAITS = "waits"
"""Why a push is a matter that has not left by the date on which it would have been to be answered: nobody has refused it."""


def push(work: Work, office: Office) -> Settlement:
    """Push one seat's assignment. The object's identity is on the page behind the link, not in the push (handbook 1.2.18).

    An address mended between two tries makes another message, and so another key.
    """
    with office.store.read(brief=True) as tx:
        tx.visits.at_once(str(work.payload["visit"]), int(work.payload["place"]), int(work.payload["turn"]), LINK)
        seat, held = read(tx, work)
        person, stands = tx.rosters.standing(seat.agency, seat.inspector)
        policy = _policy(office, tx, held, seat)
        gone = relief.unfit(office, tx, held, seat, person if stands else None, office.calendar.local_date(office.now()))
        link = seatlink.address(office, tx, seat.name)
    if seat.state not in (SeatState.ORDERED, SeatState.HANDED_OVER) or not held.state.open:
        return nothing("obsolete")
    if gone is not None:
        return _relieved(work, office).unasked()
    channel, way = office.connectors.channels.get(work.lane), reaching.by_lane(person, work.lane)
    if channel is None or way is None:
        if way is not None and len(person.ways) == 1:
            wait_where_left(office, work.lane, "channel_not_configured")
        return _on(work, office, "channel_not_configured" if channel is None else "address_gone").unasked()
    urgency = quiet(office, ASSIGNMENT, held.due_at)
    waits = seat.state is SeatState.ORDERED
    by = pushes.said(held, policy, _said(work, seat), office.now(), office.calendar) if waits else seat.accept_by
    lang = office.agency(seat.agency).language
    message = Message(
        to=way.address,
        title=label("push.look_title" if held.looks_at else "push.title", lang),
        text=label("push.look_text" if held.looks_at else "push.text", lang, accept_by=f"{by:%Y-%m-%d %H:%M}")
        + closed(office, held, lang),
        link=link,
        urgent=urgency is Urgency.URGENT,
        data={
            "visit": held.id,
            "seat": seat.name,
            "accept_by": by.isoformat(),
            "facts": sum(1 for doubt in held.doubts if doubt.agency == seat.agency),
            **dated(office, held),
            **carried(held, seat.agency, policy, lang),
        },
    )
    key = named(work.key, message)
    try:
        receipt = once.hand(office, work, channel, message, key=key)
    except (Refused, Garbled) as error:
        return _on(work, office, error.code, way if error.code == NO_RECIPIENT else None, error.detail).after(error)

    code = reaching.outcome(office, way.channel, receipt)

    def write(tx: Tx, now: datetime) -> None:
        fresh, of = read(tx, work, lock=True)
        tx.pushes.add(_taken(fresh, key, way, receipt, code, now))
        if code == RUNG:
            _rung(office, tx, of, fresh, way.channel, work.key, now)
        elif receipt.unconfirmed:
            _unconfirmed(office, tx, of, fresh, way.channel, now, doubt=receipt is once.DOUBT)
        else:
            hand_over(office, tx, of, fresh, way.channel, work.key, now)

    return Settlement(write=write, outcome=UNCONFIRMED if receipt.unconfirmed else "handed_over", attempts=receipt.attempts)


def _unconfirmed(office: Office, tx: Tx, held: Visit, seat: Seat, channel: str, now: datetime, *, doubt: bool) -> None:
    """Nobody can say that it was taken: the seat stays where it is, until its link is opened or another way has brought the push.

    In `doubt` whether an earlier try has brought it a person is told at once, where there is no other way: a telephone call settles it.
    """
    reach = office.pushing.unreached if reaching.ways(tx, seat.agency, seat.inspector, seat.tried) else None
    if doubt and reach is None and seat.state is SeatState.ORDERED:
        _undelivered(tx, seat, UNCONFIRMED, now)
    note_seat(tx, held, pushes.unconfirmed(seat, held, channel, pack(tx, held), now, reach=reach), now)


def _rung(office: Office, tx: Tx, held: Visit, seat: Seat, channel: str, key: str, now: datetime) -> None:
    """It rang, and brought no link: the next way goes at once; with none a person is told, and those with a link are tried on."""
    note_seat(tx, held, pushes.rung(seat, channel, pack(tx, held)), now)
    if seat.state is not SeatState.ORDERED or not held.state.open:
        return
    if reaching.trying(tx, [one for one in seat.pushes if one != key]) or next_way(office, tx, held, seat, now):
        return
    found = tuple(way for way in reaching.ways(tx, seat.agency, seat.inspector) if reaching.links(office, way.channel))
    if found and not any(one.code == UNCONFIRMED for one in tx.pushes.of_seat(seat.name)):
        changed, order = pushes.again(seat, held, _policy(office, tx, held, seat), found, now, office.calendar, office.pushing)
        put_seat(tx, seat, changed, now)
        tx.work.order([order], now)
        seat = changed
    _undelivered(tx, seat, RUNG, now)


def hand_over(office: Office, tx: Tx, held: Visit, seat: Seat, channel: str, key: str, now: datetime) -> Seat:
    """A channel has taken a seat's push: its inspector's time to accept runs from now on.

    `key` is the work of that push: no other one need leave then. Empty: it is known by what came of it, and its own work goes on.
    """
    made: object = office.connectors.channels.get(channel)
    reports = getattr(made, "reports", False) and isinstance(
        made, Reporting
    )  # in this order: the second costs more than a settlement's write
    further = reports and bool(reaching.ways(tx, seat.agency, seat.inspector, seat.tried))
    reach = office.pushing.unreached if further else None
    decision = pushes.handed_over(seat, held, _policy(office, tx, held, seat), channel, now, office.calendar, reach=reach)
    settle_seat(tx, held, seat, decision, now)
    if seat.state is SeatState.ORDERED and decision.state.state is SeatState.HANDED_OVER:
        others = [one for one in seat.pushes if one != key] if key else []
        stopped.end_at_last(tx, [*others, seat.clock(OrderKind.PUSH_DUE)], now)
    return decision.state


def opened(office: Office, tx: Tx, name: str, now: datetime) -> None:
    """The link of a seat was opened: its push has come, though its receipt may have been lost, and was read."""
    held, seat = by_name(tx, name, lock=True)
    if not held.state.open:
        return
    if seat.state is SeatState.ORDERED:
        seat = hand_over(office, tx, held, seat, "", "", now)
    decision = pushes.reached(seat, Reach.READ, pack(tx, held))
    if decision is not None:
        settle_seat(tx, held, seat, decision, now)


def not_pushed(work: Work, office: Office, error: PortError | None) -> Settlement:
    """It could not be handed over this way in time: the next way; with none left a person is told, and it is tried on, day by day.

    It may be that this house itself stood still: a visit that is overdue is to be made all the same, and nobody is passed over.
    """
    code = error.code if error else "patience_over"

    def write(tx: Tx, now: datetime) -> None:
        seat, held = read(tx, work, lock=True)
        detail = error.detail if error else ""
        go_on(office, tx, held, seat, work.key, code, now, channel=work.lane, detail=detail)
        fresh = tx.visits.seat(held.id, seat.place, seat.turn)
        if fresh.state is not SeatState.ORDERED or fresh.tried != seat.tried or not held.state.open:
            return
        found = [way for way in reaching.ways(tx, seat.agency, seat.inspector) if way.channel == work.lane]
        if once.claimed(office, work):
            return  # it may be there: another one by the same way would be shown beside it
        if found and not reaching.trying(tx, [one for one in seat.pushes if one != work.key]):
            policy = _policy(office, tx, held, fresh)
            changed, order = pushes.again(fresh, held, policy, tuple(found), now, office.calendar, office.pushing)
            put_seat(tx, fresh, changed, now)
            tx.work.order([order], now)
            _undelivered(tx, changed, code, now, channel=work.lane, detail=detail)

    return Settlement(write=write, outcome="undelivered")


def overdue(work: Work, _office: Office) -> Settlement:
    """By now the push was to be answered, had it left at once: a person is told that it has not. Its tries go on."""

    def write(tx: Tx, now: datetime) -> None:
        seat, held = read(tx, work, lock=True)
        if seat.state is SeatState.ORDERED and held.state.open:
            rows = [row for key in reversed(seat.pushes) if (row := tx.work.keyed(key)) is not None and row["error"]]
            codes = [WAITS, *(one.code for one in tx.pushes.of_seat(seat.name) if one.code and one.word == ASSIGNMENT)]
            facts = partial(_not_yet, seat, rows, codes[-1], now)
            tx.attention.add(UNDELIVERED, seat.agency, seat.push(0), facts, now)

    return Settlement(write=write)


def _not_yet(seat: Seat, failing: Sequence[Row], code: str, now: datetime, before: Mapping[str, Any]) -> Mapping[str, object]:
    """By what a push has not left: as it was told `before`, or by what is tried on since and fails; `code` where neither is known."""
    said = {name: before[name] for name in ("error", "channel", "detail") if name in before}
    newer = next((row for row in failing if row["state"] != "done" or not said), None)
    if newer is not None and (newer["error"], newer["lane"]) != (said.get("error"), said.get("channel")):
        said = {"error": newer["error"], "channel": newer["lane"]}
    return _told(seat, said or {"error": code}, now)


def unreached(work: Work, office: Office) -> Settlement:
    """The channel took the push and has not reported that it came to the phone, or cannot say that it did: the next way as well."""
    waits = SeatState.ORDERED if work.payload.get("unconfirmed") else SeatState.HANDED_OVER

    def write(tx: Tx, now: datetime) -> None:
        seat, held = read(tx, work, lock=True)
        tried = waits is SeatState.ORDERED and reaching.trying(tx, seat.pushes)
        if seat.state is waits and held.state.open and not tried:
            next_way(office, tx, held, seat, now)

    return Settlement(write=write)


def next_way(office: Office, tx: Tx, held: Visit, seat: Seat, now: datetime) -> bool:
    """Order a seat's push by the next way there is; whether there is one, and it is of use yet."""
    found = reaching.ways(tx, seat.agency, seat.inspector, seat.tried)
    if not found or now >= held.due_at:
        return False
    changed, order = pushes.again(seat, held, _policy(office, tx, held, seat), found, now, office.calendar, office.pushing)
    put_seat(tx, seat, changed, now)
    tx.work.order([order], now)
    return True


def go_on(office: Office, tx: Tx, held: Visit, seat: Seat, key: str, code: str, now: datetime, **told: str) -> None:
    """A way has failed, of the push `key`: the next one, or a person is told where nobody tries any more. Not once somebody has it."""
    if seat.state is not SeatState.ORDERED or not held.state.open:
        return
    if reaching.trying(tx, [one for one in seat.pushes if one != key]):
        return
    if not next_way(office, tx, held, seat, now):
        _undelivered(tx, seat, code, now, **told)


def quiet(office: Office, word: str, last: datetime) -> Urgency:
    """The class of a push by what it says. Raises NotYet while that class keeps quiet: a try made again is no reason to ring at night."""
    hush, now = office.pushing.hush, office.now()
    urgency = hush.of(word)
    until = hush.until(urgency, now, last)
    if until > now:
        wait = office.waited(now, until).total_seconds()
        raise NotYet("quiet_hours", origin=Origin.US, attempts=0, retry_after=max(wait, 1.0))
    return urgency


def closed(office: Office, held: Visit, lang: Lang) -> str:
    """The days on which nobody may go, the day that an officer has named, and that nobody may at all, as a push says them."""
    gap = label("ui.sentence_gap", lang)
    blocked = gap + label("push.blocked_text", lang, visit=held.id) if held.unpublished else ""
    spans = [label("explain.dates", lang, first=one.first, last=one.last) for one in held.windows]
    over = missed(held, office.now(), office.calendar)
    said = "push.named_day_over" if over else "push.named_day"
    named = gap + label(said, lang, day=held.appointed.on) if held.appointed is not None else ""
    return (label("push.quiet", lang, spans=label("explain.and", lang).join(spans)) if spans else "") + named + blocked


def dated(office: Office, held: Visit) -> Mapping[str, object]:
    """The days on which nobody may go, and the day that an officer has named while it lies ahead, as a push says them to a program."""
    shut = [{"first": one.first.isoformat(), "last": one.last.isoformat()} for one in held.windows]
    ahead = held.appointed is not None and not missed(held, office.now(), office.calendar)
    named = {"day": held.appointed.on.isoformat()} if held.appointed is not None and ahead else {}
    return {**({"windows": shut} if shut else {}), **named}


def _said(work: Work, seat: Seat) -> tuple[datetime, datetime]:
    """Which date the push says, and since when; its seat's where that is later, or where it was ordered before there were two clocks."""
    said = work.payload
    if "said_at" not in said:
        return seat.accept_by, seat.ordered_at
    accept_by, said_at = (datetime.fromisoformat(str(said[name])) for name in ("accept_by", "said_at"))
    return max(accept_by, seat.accept_by), said_at


def _taken(seat: Seat, key: str, way: Way, receipt: Receipt, code: str, now: datetime) -> Pushed:
    return Pushed(
        key=key[:300],
        seat=seat.name,
        word=ASSIGNMENT,
        agency=seat.agency,
        inspector=seat.inspector,
        channel=way.channel,
        mark=way.mark,
        reference=receipt.reference[:200],
        handed_at=now,
        code=code,
    )


def _on(work: Work, office: Office, code: str, dead: Way | None = None, detail: str = "") -> Settlement:
    """The push cannot go this way; `dead`: nothing can. `detail`: what the other side said, as far as a connector tells it to operators."""

    def write(tx: Tx, now: datetime) -> None:
        seat, held = read(tx, work, lock=True)
        if dead is not None:
            reaching.turn_off(tx, seat.agency, seat.inspector, dead, code, now)
        go_on(office, tx, held, seat, work.key, code, now, channel=work.lane, detail=detail)

    return Settlement(write=write, outcome="undelivered")


def _undelivered(tx: Tx, seat: Seat, code: str, now: datetime, **told: str) -> None:
    """A person is told, by when it is to be accepted, and by what it failed: `channel`, and the other side's own word (`detail`)."""
    tx.attention.open(UNDELIVERED, seat.agency, seat.push(0), _told(seat, {"error": code, **told}, now), now)


def _told(seat: Seat, why: Mapping[str, object], now: datetime) -> Mapping[str, object]:
    due = {"due_at": seat.accept_by.isoformat()} if seat.accept_by > now else {}
    return {"seat": seat.name, **{name: value for name, value in why.items() if value}, "word": ASSIGNMENT, **due}


def _relieved(work: Work, office: Office) -> Settlement:
    """Nobody is pushed a visit that he or she may not make by the register of the day: the seat passes on by the rule."""

    def write(tx: Tx, now: datetime) -> None:
        relief.look_at(office, tx, tx.visits.get(str(work.payload["visit"]), lock=True), now)

    return Settlement(write=write, outcome="relieved")


def _policy(office: Office, tx: Tx, held: Visit, seat: Seat) -> Policy:
    return office.book.get(tx.draws.pack_of(held.draw, seat.agency))

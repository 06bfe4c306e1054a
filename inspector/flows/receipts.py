"""What a channel reports of pushes it took: delivered, read, or come to nobody. Each report counts once; in any order it does no harm."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from inspector.domain import push as pushes
from inspector.domain.decision import Order, OrderKind
from inspector.domain.push import ASSIGNMENT
from inspector.domain.reached import CODE_UNKNOWN, NO_RECIPIENT, TELLABLE, Reach, Reached
from inspector.domain.visit import Seat, SeatState, Visit
from inspector.flows import posting, pushing, reaching, stopped
from inspector.flows.office import Office
from inspector.flows.seated import by_name, pack, settle_seat
from inspector.flows.seats import UNDELIVERED
from inspector.flows.settle import Settlement, nothing
from inspector.ports import NotYet, Origin, PortError
from inspector.store.pushes import Pushed
from inspector.store.tx import Tx
from inspector.store.work import Work

TEST = "test:"
"""What stands in place of a seat where a push was only to see whether the way works."""

_WAITS = timedelta(days=2)
"""So long a report waits for the receipt of what it is about, longer than a push goes out under one key (`SAID_FOR`): the receipt may
have been lost, and it comes when the push is made again. Silence must not count from then on, though it is known that nobody has it."""

_LOOKS = (timedelta(seconds=2), timedelta(hours=1))
"""How soon a report looks again, at first and at most; between, when its age has doubled: reports of what nobody knows are few looks."""


def ordered(tx: Tx, channel: str, told: Iterable[Reached], now: datetime) -> int:
    """Take reports in, each once by what it says; how many."""
    orders = [_order(channel, one, now) for one in told]
    tx.work.order(orders, now)
    return len(orders)


def take(work: Work, office: Office) -> Settlement:
    """Lay a report to the push it is about. Raises NotYet where none is known under that name yet; it looks again ever more seldom."""
    channel, about = str(work.payload["channel"]), str(work.payload["about"])
    with office.store.read() as tx:
        found = tx.pushes.find(channel, about)
    if found is None:
        heard = work.payload.get("heard")
        age = office.now() - datetime.fromisoformat(str(heard)) if heard else timedelta(0)
        wait = min(max(age, _LOOKS[0]), _LOOKS[1])
        raise NotYet("push_unknown", origin=Origin.US, attempts=0, retry_after=office.after(wait))

    def write(tx: Tx, now: datetime) -> None:
        _heard(office, tx, found, _report(work, now), now)

    return Settlement(write=write, outcome=str(work.payload["reach"]), attempts=0)


def unknown(_work: Work, _office: Office, _error: PortError | None) -> Settlement:
    """No push is known under that name: an old one, or another house's. Nothing is made of it."""
    return nothing("unknown")


def _heard(office: Office, tx: Tx, push: Pushed, told: Reached, now: datetime) -> None:
    """The visit is locked before anything is written, as everywhere."""
    if push.seat.startswith(posting.PUSHED):
        if tx.pushes.note(push.key, told.reach, told.at or now, told.code) and told.reach is Reach.FAILED:
            posting.push_failed(office, tx, push, told.code, now)
        return
    test = push.seat.startswith(TEST)
    held, seat = (None, None) if test else by_name(tx, push.seat, lock=True)
    if not tx.pushes.note(push.key, told.reach, told.at or now, told.code):
        return
    failed = told.reach is Reach.FAILED
    if failed and told.code == NO_RECIPIENT:
        _shut(tx, push, told.code, now)
    if held is None or seat is None:
        return
    if push.word == ASSIGNMENT and not seat.brought_by(push.key):
        return  # its link was called back since: whether it came or not, nobody can answer by it
    if push.word == ASSIGNMENT:
        (_failed if failed else _reached)(office, tx, held, seat, push, told, now)
    elif failed:  # who need not go, or was to read anew, has not heard it
        tx.attention.open(UNDELIVERED, push.agency, push.key, {"seat": push.seat, "error": told.code}, now)


def _shut(tx: Tx, push: Pushed, code: str, now: datetime) -> None:
    """The way that a push went is off, unless the register names another address there by now."""
    ways = tx.rosters.inspector(push.agency, push.inspector).ways
    for way in (one for one in ways if one.mark == push.mark):
        reaching.turn_off(tx, push.agency, push.inspector, way, code, now)


def _failed(office: Office, tx: Tx, held: Visit, seat: Seat, push: Pushed, told: Reached, now: datetime) -> None:
    """It came to nobody: where no other way has brought it, no silence counts any more, and the next way is taken."""
    sent = [one for one in tx.pushes.of_seat(push.seat) if one.word == ASSIGNMENT and seat.brought_by(one.key)]
    if any(one.failed_at is None for one in sent):
        return
    came = any(one.delivered_at or one.read_at for one in sent)
    bounced = pushes.bounced(seat, push.channel, told.code, pack(tx, held), told=came)
    if bounced is not None:
        settle_seat(tx, held, seat, bounced, now)
        stopped.end(tx, seat.timers, now)
        pushing.go_on(office, tx, held, bounced.state, "", told.code, now)
        fresh = tx.visits.seat(held.id, seat.place, seat.turn)
        tx.work.order([pushes.leaving(fresh, held)], now)


def _reached(office: Office, tx: Tx, held: Visit, seat: Seat, push: Pushed, told: Reached, now: datetime) -> None:
    """It came, or was read: the seat goes further; also one that was said to have failed before."""
    if seat.state is SeatState.ORDERED and held.state.open:
        seat = pushing.hand_over(office, tx, held, seat, push.channel, "", now)
    decision = pushes.reached(seat, told.reach, pack(tx, held))
    if decision is not None:
        settle_seat(tx, held, seat, decision, now)


def _order(channel: str, told: Reached, now: datetime) -> Order:
    """One report as work; its key is what it says, so that it comes once however often it is sent."""
    kind = OrderKind.PUSH_REPORT
    return Order(
        kind=kind,
        key=f"{kind.value}:{channel}:{told.about}:{told.reach.value}"[:300],
        due_at=now,
        urgent_by=now,
        expires_at=now + _WAITS,
        payload={
            "channel": channel,
            "about": told.about,
            "reach": told.reach.value,
            "at": told.at.isoformat() if told.at else None,
            "code": told.code if TELLABLE.fullmatch(told.code) else CODE_UNKNOWN,
            "heard": now.isoformat(),
        },
    )


def _report(work: Work, now: datetime) -> Reached:
    said = work.payload
    at = datetime.fromisoformat(str(said["at"])) if said["at"] else None
    return Reached(
        about=str(said["about"]),
        reach=Reach(said["reach"]),
        at=min(at, now) if at is not None else None,
        code=str(said["code"]),
    )

"""What a channel reports of pushes it took: delivered, read, or come to nobody. Each report counts once; in any order it does no harm."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from inspector.domain import push as pushes
from inspector.domain.decision import Order, OrderKind
from inspector.domain.push import ASSIGNMENT
from inspector.domain.reached import NO_RECIPIENT, Reach, Reached
from inspector.domain.visit import SeatState
from inspector.flows import pushing, reaching, stopped
from inspector.flows.office import Office
from inspector.flows.seated import pack, settle_seat
from inspector.flows.settle import Settlement, nothing
from inspector.ports import NotYet, Origin, PortError
from inspector.store.pushes import Pushed
from inspector.store.tx import Tx
from inspector.store.work import Work

TEST = "test:"
"""What stands in place of a seat where a push was only to see whether the way works."""

_WAITS = timedelta(minutes=10)
"""So long a report waits for the receipt of what it is about: the other side may be faster than our own record of it."""


def ordered(tx: Tx, channel: str, told: Iterable[Reached], now: datetime) -> int:
    """Take reports in, each once by what it says; how many."""
    orders = [_order(channel, one, now) for one in told]
    tx.work.order(orders, now)
    return len(orders)


def take(work: Work, office: Office) -> Settlement:
    """Lay a report to the push it is about. Raises NotYet where none is known under that name yet."""
    channel, about = str(work.payload["channel"]), str(work.payload["about"])
    with office.store.read() as tx:
        found = tx.pushes.find(channel, about)
    if found is None:
        raise NotYet("push_unknown", origin=Origin.US, attempts=0, retry_after=2.0)

    def write(tx: Tx, now: datetime) -> None:
        _heard(office, tx, found, _report(work, now), now)

    return Settlement(write=write, outcome=str(work.payload["reach"]), attempts=0)


def unknown(_work: Work, _office: Office, _error: PortError | None) -> Settlement:
    """No push is known under that name: an old one, or another house's. Nothing is made of it."""
    return nothing("unknown")


def _heard(office: Office, tx: Tx, push: Pushed, told: Reached, now: datetime) -> None:
    """The visit is locked before anything is written, as everywhere."""
    visit, _, rest = push.seat.rpartition(":")
    visit, _, place = visit.rpartition(":")
    test = push.seat.startswith(TEST)
    held = None if test else tx.visits.get(visit, lock=True)
    if not tx.pushes.note(push.key, told.reach, told.at or now, told.code):
        return
    way = next((one for one in tx.rosters.inspector(push.agency, push.inspector).ways if one.mark == push.mark), None)
    if told.reach is Reach.FAILED and told.code == NO_RECIPIENT and way is not None:
        reaching.turn_off(tx, push.agency, push.inspector, way, told.code, now)
    if held is None or push.word != ASSIGNMENT:
        return
    seat = tx.visits.seat(visit, int(place), int(rest))
    if told.reach is Reach.FAILED:
        if any(one.word == ASSIGNMENT and one.failed_at is None for one in tx.pushes.of_seat(push.seat)):
            return  # another way has brought it
        bounced = pushes.bounced(seat, push.channel, told.code, pack(tx, held))
        if bounced is not None:
            settle_seat(tx, held, seat, bounced, now)
            stopped.end(tx, [f"{OrderKind.PUSH_REACH.value}:{seat.name}"], now)
            tx.work.redate(
                max(held.due_at, now), now, key=f"{OrderKind.ACCEPT_DUE.value}:{seat.name}"
            )  # it says nothing till then
            pushing.go_on(office, tx, held, bounced.state, "", told.code, now)
        return
    if seat.state is SeatState.ORDERED and held.state.open:  # said to have failed before, and it has come all the same
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
            "code": told.code[:80],
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

"""What the daily look finds that nobody looks after any more: rows of a draw that are gone or were put aside are written down anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from inspector.domain.decision import Order, OrderKind
from inspector.domain.plan import PROMISES, Draw, DrawKind, DrawState, look_at
from inspector.flows import footing, queue, succession
from inspector.flows.lapse import LATER, over
from inspector.flows.office import Office
from inspector.flows.silence import HALTED, entered
from inspector.store import payload
from inspector.store.draws import CONTRADICTED, HISTORY
from inspector.store.schedules import BEFORE
from inspector.store.tx import Tx, new_id

LOST = "draw_next_lost"
"""The matter of a draw whose order to announce nobody held any more: it was written anew, and somebody is to see who took it away."""
_DAY = timedelta(days=1)
_NOTHING, _SKIPPED, _LAPSED = ("draw.nothing_to_draw", "draw.not_planned", queue.LOST), "draw.skipped", "draw.extension_lapsed"
"""Entries by which an announcement came to nothing, or waits; and that of an extension that could not be asked for any more.

A reason why no draw stands there has to hold: an entry that was altered is none, and a matter for people, which is not sealed, neither.
"""


def look(office: Office, tx: Tx, agency: str, now: datetime) -> None:
    """Write down anew what an agency's open draws need that are over their last moment by an hour: its row is gone, or was put aside.

    So nothing that anybody deletes, or puts off again and again, keeps a draw open for longer than two, nor those that wait behind it.
    """
    day = f":{office.calendar.local_date(now).isoformat()}:{new_id()}"  # a key that nobody can have laid there before as done
    for held in tx.draws.open(agency):
        if held.state is DrawState.ANNOUNCED:
            begins = held.seed_at
            lost = (
                begins is not None
                and begins + LATER <= now
                and (begins + _DAY <= now or _idle(tx, OrderKind.DRAW_LODGE, held, now))
            )
            order = _order(OrderKind.DRAW_LODGE, held, day, now)
        elif held.state is DrawState.SEEDING and held.seeded:
            known = max((one.at for one in footing.told(tx, held.number, ("draw.reveal",))[0] if one.at is not None), default=now)
            lost = known + _DAY <= now or _idle(tx, OrderKind.DRAW_CARRY_OUT, held, now)
            order = _order(OrderKind.DRAW_CARRY_OUT, held, day, now)
        else:
            lost = bool(over(tx, held, now - LATER))
            order = look_at(held, f"{day}{PROMISES}" if held.state is DrawState.PREPARING else day, held.parties, now)
        if lost:
            tx.work.order([order], now)


def _order(kind: OrderKind, held: Draw, day: str, now: datetime) -> Order:
    """An order of a draw once more; without a lane, so that a witness is not waited for any longer."""
    return Order(kind=kind, key=f"{kind.value}:{held.number}{day}", due_at=now, urgent_by=now, payload={"draw": held.number})


def _idle(tx: Tx, kind: OrderKind, held: Draw, now: datetime) -> bool:
    """Whether an order of a draw is gone, done or put aside: nothing that the program leaves waits or is held for so long."""
    key = f"{kind.value}:{held.number}"
    row = tx.work.keyed(key)
    if row is None or row["state"] == "done":
        return True
    if row["state"] == "quarantined":
        return not entered(tx, held, HALTED, key)
    return bool(row["due_at"] > now + _DAY or row["lease_until"] > tx.machine_now() + LATER)


def to_come(office: Office, tx: Tx, agency: str, now: datetime) -> None:
    """The numbers behind void draws, and slots that have come: each has a draw, an order, or an entry that says why there is neither.

    Nobody loses the next number in silence (ruling 12) by taking its order's row away, nor a slot that waits for another draw.
    """
    notes = [one for one in footing.told(tx, agency, (*_NOTHING, _SKIPPED))[0] if one.at is not None]
    waits = {slot for row in tx.work.open_of(OrderKind.DRAW_ANNOUNCE.value) if (slot := _waits(tx, row, now)) is not None}
    nothing = {_slot(one.facts) for one in notes if one.rule in _NOTHING and one.sound}
    for held in tx.draws.unfollowed(agency):
        if not held.followed or held.plan not in office.plans or held.kind is DrawKind.SUPPLEMENT:
            continue  # what a supplementary draw owes is announced by its own look
        slot = held.plan, f"{held.slot}+"
        if _kept_back(tx, held.plan):
            continue
        if slot in nothing or _given_up(tx, held):
            _tell(tx, held, now)
        elif slot not in waits and _void_at(tx, held, now) + LATER <= now:
            _anew(tx, agency, held.number, slot, now)
    skips = [one for one in notes if one.rule == _SKIPPED]
    skipped = {_slot(one.facts): one.at for one in skips if one.at is not None}
    # An older release entered no end of a wait, and told it by a matter alone.
    older = {_slot(one.facts) for one in skips if one.sound and "end_entered" not in one.facts}
    nothing |= {slot for slot in older if tx.attention.get(f"{queue.OVERTAKEN}:{':'.join(slot)}") is not None}
    for slot, since in (skipped | dict(_begun(office, tx, agency))).items():
        known = slot in waits or slot in nothing or slot[1] == BEFORE or slot[1].endswith("+")
        if known or slot[0] not in office.plans or _kept_back(tx, slot[0]):
            continue
        if since + LATER <= now and tx.draws.by_slot(*slot) is None:
            _anew(tx, agency, ":".join(slot), slot, now)


def _begun(office: Office, tx: Tx, agency: str) -> Iterator[tuple[tuple[str, str], datetime]]:
    """The slot of each of an agency's plans that was taken last, and when: only with it its order is put down."""
    for plan in office.plans.values():
        if plan.agency == agency and (taken := tx.schedules.begun(f"plan:{plan.name}")) is not None:
            yield (plan.name, taken[0]), taken[1]


def _waits(tx: Tx, row: Mapping[str, Any], now: datetime) -> tuple[str, str] | None:
    """The slot that an order to announce is for; None where it is put off, or held, for longer than the program does."""
    if row["due_at"] > now + queue.AGAIN or row["lease_until"] > tx.machine_now() + LATER:
        return None
    said = payload.read(row["payload"])
    return _slot(said) if said else None  # what nobody can read, nobody can carry out


def _slot(told: Mapping[str, object]) -> tuple[str, str]:
    return str(told.get("plan")), str(told.get("slot"))


def _void_at(tx: Tx, held: Draw, now: datetime) -> datetime:
    told = footing.told(tx, held.number, ("draw.void",))[0]
    return max((one.at for one in told if one.at is not None and one.sound), default=now - LATER)


def _given_up(tx: Tx, held: Draw) -> bool:
    """Whether the number behind a void draw was tried, and came to what a person was told of: no further source, or no time left."""
    why = (succession.WANTING, *((_LAPSED,) if held.kind is DrawKind.EXTENSION else ()))
    return any(one.sound for one in footing.told(tx, held.number, why)[0])


def _kept_back(tx: Tx, plan: str) -> bool:
    """Whether a person has been told, and has not seen to it yet, that the records let no draw of a plan be numbered."""
    told = (tx.attention.get(f"{kind}:plan:{plan}") for kind in (CONTRADICTED, HISTORY))
    return any(one is not None and one["closed_at"] is None for one in told)


def _tell(tx: Tx, held: Draw, now: datetime) -> None:
    """The matter of a void draw says that a number follows: it does not any more."""
    matter = tx.attention.get(f"draw_void:{held.number}")
    if matter is not None and matter["closed_at"] is None:
        tx.attention.open("draw_void", held.agency, held.number, {"reason": held.void_reason, "next": False}, now)


def _anew(tx: Tx, agency: str, about: str, slot: tuple[str, str], now: datetime) -> None:
    """Order an announcement once more, under a key that nobody can have laid there before; a person is told."""
    kind, said = OrderKind.DRAW_ANNOUNCE, {"plan": slot[0], "slot": slot[1]}
    key = f"{kind.value}:{':'.join(slot)}:anew:{new_id()}"
    tx.work.order([Order(kind=kind, key=key, due_at=now, urgent_by=now, payload=said)], now)
    tx.attention.open(LOST, agency, about, said, now)

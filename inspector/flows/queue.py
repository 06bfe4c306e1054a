"""Draws that wait for each other: an agency has one that chooses under way at a time (decision 45).

What a draw chooses are visits only once it is carried out, days after its frame was frozen. Until then no cap, rest, quota or load of
an inspector could see it; so whoever would freeze another frame of the same agencies waits, the longest waiting first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from inspector.domain.decision import Order, OrderKind
from inspector.domain.plan import Draw, DrawKind
from inspector.flows.office import Office
from inspector.store import payload
from inspector.store.tx import Tx, new_id

OVERTAKEN = "draw_slot_overtaken"
"""The matter of a slot, each its own, that found its period over while an earlier draw of the plan was still open."""
LOST = "draw.overtaken"
"""The entry that says so: for the daily look, which believes no matter (`overlooked`)."""
AGAIN = timedelta(days=1)
"""A waiting slot is tried when the draw before it is over; after so long in any case."""
BEFORE = timedelta(minutes=5)
"""So long before its own period ends it is tried for the last time; by no more do two daemons' clocks differ."""
_NEWEST = 5


def under_way(tx: Tx, agencies: Collection[str], plan: str) -> Draw | None:
    """The draw that keeps a plan of these agencies waiting, its own first; a supplementary one selects nobody. The caller has the turns."""
    held = [one for one in tx.draws.under_way(agencies) if one.kind is not DrawKind.SUPPLEMENT]
    return min(held, key=lambda one: (one.plan != plan, one.number), default=None)


def begins(tx: Tx, agencies: Collection[str], now: datetime) -> datetime:
    """When a draw begins whose clock was read before it had the turn: behind the end of those that it has waited for.

    Else it would say that it was made before visits were given that its frame knows. The caller has the turns.
    """
    for one in tx.draws.last(list(agencies), limit=_NEWEST):
        now = _behind(one.drawn_at, now)
    return now


def commits(tx: Tx, held: Draw, now: datetime) -> tuple[Draw, datetime]:
    """Which commitment a draw's own one names, and when that is made: later, as far as clocks differ.

    Where one was set back further, their dates say nothing; their order is asked by the chain (`embargo`). The caller has the turn.
    """
    before = tx.draws.head(held.agency)
    if before is None:
        return replace(held, prev=None), now
    return replace(held, prev=before.c), _behind(before.announced_at, now, timedelta(microseconds=1))


def wait(tx: Tx, said: Mapping[str, Any], behind: Draw, now: datetime, *, ends: datetime | None = None) -> None:
    """Try a slot again when what keeps it waiting is over; `said` is what its work carried. It keeps its place and its first reason.

    `ends`: when the period is over beyond which it does not wait; shortly before that it is tried for the last time.
    """
    last = now + AGAIN if ends is None else max(now + BEFORE, ends - BEFORE)
    tries, since = int(said.get("tries", 0)) + 1, str(said.get("since") or now.isoformat())
    kind, slot = OrderKind.DRAW_ANNOUNCE, f"{said['plan']}:{said['slot']}"
    order = Order(
        kind=kind,
        key=f"{kind.value}:{slot}:again:{tries}:{new_id()}",  # nobody can have laid it there before as done
        due_at=min(now + AGAIN, last),
        urgent_by=datetime.fromisoformat(since),
        payload={**said, "tries": tries, "since": since, "behind": said.get("behind") or behind.number},
    )
    tx.work.order([order], now)


def put_off(tx: Tx, agency: str, said: Mapping[str, Any], behind: Draw, now: datetime) -> bool:
    """A plan's slot finds a draw under way: it waits, behind one of its own plan only as long as its own period runs.

    False: then it is lost, which the caller enters (`LOST`). A draw that was published as planned did not take place, and somebody has
    to account for it, of each slot.
    """
    plan, slot = str(said["plan"]), str(said["slot"])
    name = f"plan:{plan}"
    if behind.plan != plan or behind.kind is DrawKind.EXTENSION:
        wait(tx, said, behind, now)
    elif tx.schedules.period(name, now) == slot.rstrip("+"):
        wait(tx, said, behind, now, ends=tx.schedules.following(name, now))
    else:
        facts = {"plan": plan, "slot": slot, "open": said.get("behind") or behind.number}
        tx.attention.open(OVERTAKEN, agency, f"{plan}:{slot}", facts, now)
        return False
    return True


def over(office: Office, tx: Tx, held: Draw, now: datetime) -> None:
    """A draw is over: the slots that may have waited for it are due, the longest waiting first."""
    for key, text in tx.work.waiting(OrderKind.DRAW_ANNOUNCE.value):
        said = payload.read(text) or {}  # what nobody can read is ordered anew by the daily look (`overlooked`)
        plan = office.plans.get(str(said.get("plan")))
        if plan is not None and {*plan.turns} & {*held.agencies}:
            tx.work.hasten(key, now)


def _behind(moment: datetime | None, now: datetime, by: timedelta = timedelta()) -> datetime:
    """Now, or just behind a moment of a draw before, where another daemon's clock went a little ahead or ours was read before it."""
    return moment + by if moment is not None and now <= moment < now + BEFORE else now

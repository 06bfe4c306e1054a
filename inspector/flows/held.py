"""Connectors that may not be asked now, by our own rules or for another reason: told to people, and why each row waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from inspector.domain.manners import Held, Turn, asked, current, turn
from inspector.flows.office import Office
from inspector.store.tables import EPOCH
from inspector.store.tx import Tx

HELD_BEYOND = "held_beyond"
"""The matter of a connector that may be asked only when it is too late for some of its work; closed by whoever has seen to it."""

MAINTENANCE = "maintenance"
"""Why all connectors wait while nothing is to leave the house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Why the work of a connector waits, by a code (labels, group `wait`), and until when: office time.

    None where nobody knows, or with the next call.
    """

    reason: str
    until: datetime | None = None


def note(tx: Tx, office: Office, lane: str, told: Turn, now: datetime, *, count: int = 1, case_id: str | None = None) -> None:
    """Tell a person that a connector may be asked only when it is too late: once for the connector, with how many rows it was."""

    def more(before: Mapping[str, Any]) -> dict[str, object]:
        known = int(before.get("count", 0))  # what gave up is one more each; what goes on waiting is told again each day
        many = known + count if case_id else max(known, count)
        facts: dict[str, object] = {"connector": lane, "reason": told.held, "asked_from": told.until, "count": many}
        return facts | ({"case": case_id} if case_id else {})

    tx.attention.add(HELD_BEYOND, office.house, lane, more, now)


def take(office: Office, lane: str, most: float | None = None) -> float | Turn:
    """Take a turn of a connector that has manners, besides those of the rows that are leased: machine seconds until it has come.

    With nothing taken: why not, and until when. `most`: so many seconds whoever asks would wait for it.
    """
    manners = office.manners[lane]
    with office.store.begin() as tx:
        tx.manners.ensure([lane])
        held = tx.manners.hold([lane])[lane]
        machine_now, now = tx.machine_now(), office.now()
        pace = current(manners, held, machine_now, now)
        told = turn(manners, replace(pace, next_at=machine_now), machine_now, now, office.calendar.is_working_day)
        wait = max(0.0, (pace.next_at - machine_now).total_seconds())
        if told.most and most is not None and wait > most:
            told = Turn(most=0, held=Held.RATE, until=_office(pace.next_at, machine_now, now))
        if told.most:
            tx.manners.write({lane: asked(manners, pace, 1, machine_now)})
    return wait if told.most else told


def waits(tx: Tx, office: Office) -> dict[str, Wait]:
    """Each connector whose ready work waits, with why: paused, its breaker open, or not to be asked now by its manners.

    While a maintenance lasts that is why for all but those that a person has paused: these wait on when it is over.
    """
    machine_now, now = tx.machine_now(), office.now()
    rests = tx.office.rests(now)
    paces = tx.manners.read([*office.manners]) if office.manners else {}
    found: dict[str, Wait] = {}
    for lane in tx.lanes.all():
        if lane.paused:
            found[lane.name] = Wait(reason="paused")
        elif rests is not None:
            found[lane.name] = Wait(reason=MAINTENANCE, until=rests)
        elif lane.open_until > EPOCH:
            cooled = lane.open_until <= machine_now  # one call goes out to see, as soon as there is one
            until = None if cooled else _office(lane.open_until, machine_now, now)
            found[lane.name] = Wait(reason="barred" if lane.barred else "breaker", until=until)
        elif (manners := office.manners.get(lane.name)) is not None and lane.name in paces:
            pace = current(manners, paces[lane.name], machine_now, now)
            told = turn(manners, pace, machine_now, now, office.calendar.is_working_day)
            if told.held is not None and told.until is not None:
                until = _office(told.until, machine_now, now) if told.held is Held.RATE else told.until
                found[lane.name] = Wait(reason=told.held.value, until=until)
    return found


def left(tx: Tx, office: Office) -> dict[str, int]:
    """How many calls each connector with a daily quota has left today."""
    counted = {name: manners for name, manners in office.manners.items() if manners.per_day is not None}
    machine_now, now, found = tx.machine_now(), office.now(), {}
    paces = tx.manners.read([*counted]) if counted else {}
    for name, manners in counted.items():
        used = current(manners, paces[name], machine_now, now).used if name in paces else 0
        found[name] = max(0, (manners.per_day or 0) - used)
    return found


def _office(moment: datetime, machine_now: datetime, now: datetime) -> datetime:
    """A moment of machine time as office time, while both run alike: good enough to be shown."""
    return now + max(moment - machine_now, timedelta())

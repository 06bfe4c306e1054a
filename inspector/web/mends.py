"""What is to be done at the house, first what wakes people: each with its command and the chapter of the runbooks that tells more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from inspector.domain.calendar import Term, Unit, due
from inspector.domain.decision import OrderKind
from inspector.flows.settle import CREDIT_UNPLACED
from inspector.labels import Lang, label
from inspector.store.deadlines import due_by
from inspector.store.replicas import ALIVE, LOST
from inspector.store.tables import EPOCH
from inspector.store.tx import Tx
from inspector.web.desk import Desk
from inspector.web.health import told

_LATE = timedelta(minutes=15)
"""A slot may be taken so late before anybody has to look: as the alert InspectorScheduleLate has it."""
_OTHERS = "assistance"
"""Of the dates those that other agencies keep: letters see to them."""
WATCHED = ("health", "attention", "risk", "calendar", "work", "lanes", "schedules", "replicas")
"""The parts of the page of which it is said whether they are in order; of the others there is nothing to be judged."""


class Mend(Enum):
    """What may be amiss: the part of the page that tells of it, the chapter of docs/how-to/runbooks.md, and the command.

    `first`: somebody has to do it now; else it is at risk, and is looked at.
    """

    UNREADY = ("health", "InspectorDown", "./run check", True)
    STOPPED = ("work", "InspectorWorkStopped", "./run work list --state quarantined", True)
    BARRED = ("lanes", "InspectorConnectorBarred", "./run connector check {name}", True)
    MATTER = ("attention", "InspectorMatterWaits", "./run attention list --kind {name}", True)
    CALENDAR = ("calendar", "InspectorCalendarEnds", "./run check", True)
    MAINTENANCE = ("lanes", "InspectorConnectorAway", "./run maintenance end", False)
    TOMORROW = ("risk", "InspectorDeadlineTomorrow", "./run docket list", False)
    FAILING = ("lanes", "InspectorConnectorAway", "./run connector check {name}", False)
    PAUSED = ("lanes", "InspectorConnectorPaused", "./run connector resume {name}", False)
    UNHEARD = ("risk", "InspectorPulseUnheard", "./run connector check pulse", False)
    OVERDUE = ("schedules", "InspectorScheduleLate", "./run schedule list", False)
    SILENT = ("replicas", "InspectorDown", "./run check", False)

    def __init__(self, part: str, runbook: str, command: str, first: bool) -> None:
        self.part = part
        self.runbook = runbook
        self.command = command
        self.first = first


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One thing that is amiss, in words, with the command that mends it."""

    mend: Mend
    text: str
    command: str


def todos(desk: Desk, tx: Tx, now: datetime, machine_now: datetime, *, stopped: int, lang: Lang) -> list[Todo]:
    """All that is amiss, in the order of the table. `stopped`: how many rows of work have."""
    found = [
        Todo(
            mend=mend,
            text=label(f"ops.todo_{mend.name.lower()}", lang, name=name, **facts),
            command=mend.command.format(name=name),
        )
        for mend, name, facts in _amiss(desk, tx, now, machine_now, stopped, lang)
    ]
    return sorted(found, key=lambda one: [*Mend].index(one.mend))


_Amiss = Iterator[tuple[Mend, str, dict[str, object]]]


def _amiss(desk: Desk, tx: Tx, now: datetime, machine_now: datetime, stopped: int, lang: Lang) -> _Amiss:
    """(what, its name, facts) of each thing."""
    for reason in desk.health().reasons:
        yield Mend.UNREADY, "", {"reason": told(reason, lang)}
    if stopped:
        yield Mend.STOPPED, "", {"count": stopped}
    for kind, count in tx.attention.counts():
        named = {"kind": label(f"attention.{kind}", lang), "count": unplaced(tx) if kind == CREDIT_UNPLACED else count}
        yield Mend.MATTER, kind, named
    calendar = desk.office.calendar
    if calendar.horizon is not None and calendar.ends_soon(calendar.local_date(now)):
        yield Mend.CALENDAR, "", {"day": calendar.horizon}
    tomorrow = due_by(tx, due(now, Term(amount=1, unit=Unit.WORKING_DAY), calendar).at)
    if count := sum(count for of, count in tomorrow.items() if of != _OTHERS):
        yield Mend.TOMORROW, "", {"count": count}
    rests = tx.office.rests(now)
    if rests is not None:
        yield Mend.MAINTENANCE, "", {"until": f"{calendar.local(rests):%Y-%m-%d %H:%M}"}
    yield from _lanes(tx, machine_now, asked=rests is None)
    yield from _machine(desk, tx, now, machine_now)


def _machine(desk: Desk, tx: Tx, now: datetime, machine_now: datetime) -> _Amiss:
    for row in tx.schedules.all():
        late = desk.office.overdue(row, now)
        if late is not None and late > _LATE:
            yield Mend.OVERDUE, row["name"], {}
    for row in tx.replicas.all():
        silent = machine_now - row["seen_at"]
        if silent <= ALIVE and row["pulse_error"] is not None:
            yield Mend.UNHEARD, row["id"], {}
        elif ALIVE < silent < LOST:
            yield Mend.SILENT, row["id"], {}


def _lanes(tx: Tx, machine_now: datetime, *, asked: bool) -> _Amiss:
    """What does not answer is told while it is `asked`: in a maintenance nobody is, and nothing is known of how it would."""
    for lane in tx.lanes.all():
        if lane.paused:
            yield Mend.PAUSED, lane.name, {}
        elif lane.barred:
            yield Mend.BARRED, lane.name, {}
        elif asked and (lane.failures or (lane.open_until > machine_now and lane.open_until > EPOCH)):
            yield Mend.FAILING, lane.name, {}


def unplaced(tx: Tx) -> int:
    """How many credit records wait for a platform: one matter of an agency stands for all of them."""
    return tx.work.unplaced(OrderKind.CREDIT.value)

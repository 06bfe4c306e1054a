"""Turns: connectors that have manners are claimed apart, so many rows as may be asked now, and the turn is taken in the same commit.

So nobody is asked more often than allowed, whoever is killed when: a turn that was taken and not used is lost, never used twice. What
waits for a turn lies in the ready set, most urgent first, as everything else; what could only be asked behind its patience gives up now,
so that its case goes the next way by rule, and a person is told. Nothing is ever said about whom it was to ask about.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.daemon.budget import Budget
from inspector.daemon.bulkhead import Bulkhead, Room
from inspector.daemon.engine import Engine
from inspector.daemon.group import Done
from inspector.domain.decision import OrderKind
from inspector.domain.manners import Held, Pace, Turn, asked, current, turn
from inspector.flows.held import note, take
from inspector.flows.office import Office
from inspector.flows.table import Flow
from inspector.ports import Origin, Unavailable
from inspector.store.tx import Tx
from inspector.store.work import Claim, Work

REST = 0.05
"""Seconds between two looks for news of other lanes: the rows are shared, and each look holds them for a moment."""


QUESTIONS = (OrderKind.RATE, OrderKind.ASK)
"""What gives up before its date where its turn comes behind it: its case goes on by rule. All else waits for its date."""


class Turns:
    """The turns of one worker. `closed` are the lanes that may send nothing now; `at`: when to look again (monotonic seconds)."""

    def __init__(self, engine: Engine, flows: Mapping[OrderKind, Flow], owner: str) -> None:
        self.at = float("inf")
        self.closed: tuple[str, ...] = ()
        self._engine = engine
        self._owner = owner
        self._kinds = [kind.value for kind in QUESTIONS if kind in flows]
        self._crowded = False
        self._looked = 0.0
        self._spared: dict[Claim, Turn] = {}
        self._told: dict[str, datetime] = {}

    def due(self, *, news: bool = False) -> bool:
        """Whether a lane's next turn has come since the last look; or with `news`, whether it is not too soon for another look."""
        now = time.monotonic()
        if news:
            self.at = min(self.at, self._looked + REST)
        return now >= self.at

    def freed(self) -> None:
        """Calls have ended: what had its turn and no place may go now."""
        if self._crowded:
            self.at = 0.0

    def claim(self, tx: Tx, office: Office, held: Bulkhead, room: Room, left: Collection[str]) -> list[Work]:
        """Lease what may be asked now of each lane with manners, and what is to give up; but of lanes `left` to others."""
        self._looked = time.monotonic()
        rows: list[Work] = []
        written: dict[str, Pace] = {}
        free = {name: held.free(name) for name in office.manners if name not in left and room.laned}
        names = sorted(name for name, places in free.items() if places > 0)
        self.at, self._crowded = float("inf"), len(names) < len(free)
        if not names:
            self.closed = tuple(office.manners)
            return []
        paces, shut, closed = tx.manners.hold(names), tx.manners.shut(names), set(office.manners) - set(names)
        machine_now, now = tx.machine_now(), office.now()  # of the moment at which the rows are ours
        for name in names:
            places = min(free[name], room.most - len(rows))
            manners, before = office.manners[name], paces.get(name)
            if before is None:
                tx.manners.ensure([name])
                before = tx.manners.hold([name])[name]
            pace = current(manners, before, machine_now, now)
            told = turn(manners, pace, machine_now, now, office.calendar.is_working_day)
            if name in shut or told.most == 0:
                closed.update([name] if told.most == 0 else [])
                rows += self._give_up(tx, office, name, told, places, machine_now, shut=name in shut)
            else:
                most = min(told.most, places)
                claimed = tx.manners.claim(name, self._owner, machine_now, self._engine.lease, most)
                pace = asked(manners, pace, len(claimed), machine_now)
                rows += claimed
                for work in claimed:  # given up by a claim that was never committed, the row may bear the same mark
                    self._spared.pop(work.claim, None)
                if len(claimed) == most == told.most:
                    self._look(pace.next_at, machine_now)
                self._crowded |= len(claimed) == most < told.most
            if told.held is Held.RATE and told.until is not None:
                self._look(told.until, machine_now)
            if pace != before:
                written[name] = pace
        tx.manners.write(written)
        self.closed = tuple(sorted(closed))
        return rows

    def took(self, tx: Tx, office: Office, rows: Sequence[Work], machine_now: datetime) -> None:
        """Calls that go out besides, to see whether a connector is well again, take their turn as well."""
        names = sorted({work.lane for work in rows} & set(office.manners))
        for name, before in tx.manners.hold(names).items() if names else ():
            pace = current(office.manners[name], before, machine_now, office.now())
            tx.manners.write({name: asked(office.manners[name], pace, 1, machine_now)})

    def given_up(self, work: Work, office: Office, flow: Flow) -> Done | None:
        """What becomes of a row that was claimed to give up; None for one that is to be asked."""
        told = self._spared.pop(work.claim, None)
        if told is None or told.held is None:
            return None
        error = Unavailable(f"held_{told.held.value}", origin=Origin.US, attempts=0)
        if flow.give_up is None:
            return Done(work=work, error=error)
        settled = flow.give_up(work, office, error)

        def write(tx: Tx, now: datetime) -> None:
            settled.write(tx, now)
            note(tx, office, work.lane, told, now, case_id=work.case_id)

        return Done(work=work, settlement=replace(settled, write=write, outcome="gave_up", attempts=0))

    def _give_up(
        self, tx: Tx, office: Office, name: str, told: Turn, most: int, machine_now: datetime, *, shut: bool
    ) -> list[Work]:
        """Of a lane that may send nothing: what is past its patience, or will be when it may. Of other work a person hears once."""
        now = office.now()
        timed = told.held in (Held.HOURS, Held.QUOTA) and told.until is not None
        by = told.until if timed and told.until is not None else now
        rows = tx.manners.spent(
            name, self._owner, machine_now, self._engine.lease, most, office_now=now, by=by, kinds=self._kinds
        )
        if not shut or timed:
            self._spared.update({work.claim: told for work in rows})
        if timed and self._told.get(name) != by:
            self._told[name] = by
            if count := tx.manners.late(name, by):
                note(tx, office, name, told, now, count=count)
        return rows

    def _look(self, at: datetime, machine_now: datetime) -> None:
        self.at = min(self.at, time.monotonic() + max(0.0, (at - machine_now).total_seconds()))


@dataclass(slots=True)
class CallLeave:
    """What one call may do beyond its first request: see `inspector.leave`.

    A connector whose calls are spaced or counted is tried once in a call: its next try is a row, at its turn.
    """

    office: Office
    lane: str
    budget: Budget
    began: bool = False

    def again(self) -> bool:
        """One more try of the same: at the owner's expense."""
        return self.lane not in self.office.manners and self.budget.again(self.office, self.office.connectors.owner(self.lane))

    def further(self) -> float | None:
        """A turn of its own for each request behind the first."""
        if not self.began or self.lane not in self.office.manners:
            self.began = True
            return 0.0
        told = take(self.office, self.lane)
        return None if isinstance(told, Turn) else told

"""What people of a simulated office and outside of it are about to do, and when: each in a transaction of its own, by the same doors."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from inspector.domain.errors import InspectorError
from inspector.simulation.hand import Still
from inspector.simulation.scene import Days
from inspector.store.store import Store
from inspector.store.tx import Tx

Doing = Callable[[Tx, datetime], object]
Told = Callable[[str], object]
"""What is done when the office does not take it, by the error's code."""


def _nothing(_code: str) -> None:
    """Whoever is refused leaves it at that."""


@dataclass
class Agenda:
    """Doings by their moments; what was planned first comes first. `refused` counts by code what the office did not take."""

    store: Store
    clock: Still
    days: Days
    refused: Counter[str] = field(default_factory=Counter)
    _heap: list[tuple[datetime, int, Doing, Told]] = field(default_factory=list)
    _planned: int = 0

    def now(self) -> datetime:
        """Office time."""
        return self.days.calendar.local(self.clock.at)

    @property
    def next(self) -> datetime | None:
        """When the next of them is to be done; None: nobody is about to do anything."""
        return self._heap[0][0] if self._heap else None

    def plan(self, at: datetime, do: Doing, refused: Told = _nothing) -> None:
        """Somebody will do something."""
        self._planned += 1
        heapq.heappush(self._heap, (at, self._planned, do, refused))

    def daily(self, who: str, do: Doing, *, covered: bool = False) -> None:
        """Somebody does something on each working day, from today's on, but not on leave; `covered`: then somebody else does it."""
        self._each(who, do, self.now().date(), covered)

    def _each(self, who: str, do: Doing, day: date, covered: bool) -> None:
        def then(tx: Tx, now: datetime) -> None:
            self._each(who, do, self.days.after(now.date()), covered)
            if covered or not self.days.on_leave(who, now.date()):
                do(tx, now)

        at = self.days.at(day, 0, "daily", who, day.isoformat())
        self.plan(at, then)

    def due(self) -> None:
        """Do all that is due."""
        while self._heap and self._heap[0][0] <= self.clock.at:
            _, _, do, refused = heapq.heappop(self._heap)
            try:
                with self.store.begin() as tx:
                    do(tx, self.now())
            except InspectorError as error:
                self.refused[error.code] += 1
                refused(error.code)

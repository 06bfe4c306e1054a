"""The breaker of each connector: its state is the lane's row, shared by replicas and kept over restarts.

Failures in a row open it and nothing of the lane is claimed any more; when it has cooled, one call goes out, and its answer closes the
breaker or opens it for longer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from inspector.store.tx import Tx
from inspector.store.work import Work


@dataclass(kw_only=True)
class Breaker:
    """All breakers of this process. `_failing` are lanes with failures counted: only there an answer has something to write."""

    threshold: int
    cool: timedelta
    most: timedelta
    _failing: set[str] = field(default_factory=set)

    def recall(self, tx: Tx) -> None:
        """Take over failures counted before this start: the first answer ends them like our own."""
        self._failing.update(lane.name for lane in tx.lanes.all() if lane.failures)

    def probe(self, tx: Tx, owner: str, machine_now: datetime, lease: timedelta) -> list[Work]:
        """Lease one row of each lane that has cooled."""
        probes = tx.work.probe(owner, machine_now, lease)
        self._failing.update(work.lane for work in probes)
        return probes

    def broken(self, lane: str) -> bool:
        """Whether an answer of the lane would have something to write."""
        return lane in self._failing

    def answered(self, tx: Tx, lane: str) -> None:
        """The other side is there, whatever it said."""
        if lane in self._failing:
            tx.lanes.succeeded(lane)
            self._failing.discard(lane)

    def failed(self, tx: Tx, lane: str, told: str, machine_now: datetime) -> datetime | None:
        """Count a failure; until when the breaker is open now, or None."""
        opened = tx.lanes.failed(lane, told, machine_now, threshold=self.threshold, cool=self.cool, most=self.most)
        self._failing.add(lane)
        return opened if opened > machine_now else None

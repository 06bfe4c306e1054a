"""The breaker of each connector: its state is the lane's row, shared by replicas and kept over restarts.

Failures in a row open it and nothing of the lane is claimed any more; when it has cooled, one call goes out, and its answer closes the
breaker or opens it for longer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from inspector.domain.backoff import DAY
from inspector.flows.office import Office
from inspector.flows.verify import last_garbled, quieten
from inspector.ports import Barred, Garbled, NotYet, Unavailable
from inspector.store.tx import Tx
from inspector.store.work import Claim, Work

BARRED = "connector_barred"
"""The matter for a person that a connector opens where we are not let in; one for each connector, over with its first answer."""

_GARBLED = Garbled.__name__.lower()
_OPEN, _BARRED = "open", "barred"

log = structlog.get_logger(__name__)


def asked(error: Unavailable) -> timedelta:
    """For how long the other side itself has told us to wait with whatever else we have for it (`Retry-After`): at most a day."""
    return timedelta(seconds=max(0.0, min(error.retry_after or 0.0, DAY))) if error.attempts else timedelta()


@dataclass(kw_only=True)
class Breaker:
    """All breakers of this process. `_failing` are lanes with failures counted: only there an answer has something to write.

    `_open` are those that this process has opened: what it holds of them is not sent after. `_garbled` are those that have answered
    what nobody can understand, and when last: only there an answer in form ends a matter, once the lane has been `quiet` so long.
    `_said`: what the log has told of a lane that is not closed; each change is one line, however many calls fail in it.
    """

    threshold: int
    cool: timedelta
    most: timedelta
    quiet: timedelta
    _failing: set[str] = field(default_factory=set)
    _open: set[str] = field(default_factory=set)
    _garbled: dict[str, datetime] = field(default_factory=dict)
    _closed: bool = False
    _missed: dict[str, int] = field(default_factory=dict)
    _probes: set[Claim] = field(default_factory=set)
    _said: dict[str, str] = field(default_factory=dict)

    def recall(self, tx: Tx) -> None:
        """Take over failures counted, and matters opened, before this start: the first answer ends them like our own."""
        self._failing.update(lane.name for lane in tx.lanes.all() if lane.failures)
        self._garbled.update(last_garbled(tx))

    def probe(self, tx: Tx, owner: str, machine_now: datetime, lease: timedelta, *, but: Collection[str] = ()) -> list[Work]:
        """Lease one row of each lane that has cooled, `but` those that are left to other daemons."""
        cooled = [lane for lane in tx.lanes.cooled(machine_now, self.threshold, self._pause) if lane not in but]
        probes = tx.work.probe(owner, machine_now, lease, cooled)
        self._failing.update(work.lane for work in probes)
        for lane in dict.fromkeys(work.lane for work in probes):
            self._said.setdefault(lane, _OPEN)  # another process may have opened it
            log.info("connector.half_opened", connector=lane)
        self._probes.update(work.claim for work in probes)
        return probes

    def claimed(self, batch: Sequence[Work], unwritten: Collection[str]) -> None:
        """What could be claimed is not shut any more: another replica may have closed it.

        But for lanes of which something is `unwritten` yet: the failures that open it may be among that, and the row does not know them.
        """
        for lane in (self._open & {work.lane for work in batch}).difference(unwritten):
            self._open.discard(lane)
            self.reached(lane)

    def alone(self, work: Work, error: Barred) -> bool:
        """Whether it is the row that is not let in, and not the house: it was told the same before, and others were answered since.

        So a path that its own question makes wrong is one row's failure, counted like any other, and not its connector's.
        """
        return work.error == error.code and work.lane not in self._failing

    def noticed(self, work: Work, error: Exception) -> None:
        """A call of a lane has failed and is not settled yet: with as many in a row as open it, no other is sent after them.

        Where we are not let in one is enough, and where we are asked to wait: what is queued behind it need not hear the same.
        """
        lane = work.lane
        if not lane or not isinstance(error, Unavailable) or isinstance(error, NotYet):
            return
        self._missed[lane] = self._missed.get(lane, 0) + (1 if error.attempts else 0)
        if (isinstance(error, Barred) and not self.alone(work, error)) or asked(error) or self._missed[lane] >= self.threshold:
            self._open.add(lane)

    def reached(self, lane: str) -> None:
        """A call of the lane was answered."""
        self._missed.pop(lane, None)

    def down(self, lane: str, error: Exception) -> bool:
        """Whether a lane that has opened is down, so that no try of its work counts; where we were only asked to wait each does."""
        wait = isinstance(error, Unavailable) and asked(error)
        return not wait or self._missed.get(lane, 0) >= self.threshold

    def is_open(self, lane: str) -> bool:
        """Whether it has opened since the row of the lane was claimed."""
        return lane in self._open

    def broken(self, lane: str) -> bool:
        """Whether an answer of the lane would have something to write."""
        return lane in self._failing

    def looks(self, work: Work) -> bool:
        """Whether a row goes out to see whether its connector is well again; asked once, when it goes."""
        looks = work.claim in self._probes
        self._probes.discard(work.claim)
        return looks

    def ails(self, owner: str, office: Office) -> bool:
        """Whether a connector of this owner is failing, so that he is not to be burdened."""
        return any(office.connectors.owner(lane) == owner for lane in list(self._failing))

    def has_closed(self) -> bool:
        """Whether one has closed since this was last asked."""
        closed, self._closed = self._closed, False
        return closed

    def answered(self, tx: Tx, lane: str, now: datetime) -> None:
        """The other side is there and lets us in, whatever it said."""
        if lane in self._failing:
            tx.lanes.succeeded(lane)
            tx.attention.close(f"{BARRED}:{lane}", now)
            self._failing.discard(lane)
            self._open.discard(lane)
            self._closed = True
            if self._said.pop(lane, None) is not None:
                log.info("connector.closed", connector=lane)

    def heard(self, tx: Tx, lane: str, call: str, now: datetime) -> None:
        """How a call ended that led to something: an answer in form (`answered`) a while behind the last garbled one ends their matter.

        Not the first one: of a source that garbles now and then nobody would ever hear.
        """
        if call == _GARBLED:
            self._garbled[lane] = now
        elif call == "answered" and lane in self._garbled and now - self._garbled[lane] >= self.quiet:
            last = quieten(tx, lane, self.quiet, now)
            if last is None:
                del self._garbled[lane]
            else:
                self._garbled[lane] = last

    def failed(self, tx: Tx, lane: str, error: Unavailable, machine_now: datetime) -> datetime | None:
        """Count a failure; until when the breaker is open now, or None. It opens, too, for as long as the other side asks us to wait."""
        told, wait = error.code, asked(error)
        opened = tx.lanes.failed(lane, told, machine_now, threshold=self.threshold, pause=self._pause, asked=wait)
        until = self._opened(lane, opened, machine_now)
        if until is not None and self._changed(lane, _OPEN):
            log.warning("connector.opened", connector=lane, error=told, seconds=round((until - machine_now).total_seconds()))
        return until

    def barred(self, tx: Tx, lane: str, error: Barred, agency: str, machine_now: datetime, now: datetime) -> datetime | None:
        """We are not let in: the breaker opens at once, the lane is marked with the reason, and a person is told, once a connector."""
        opened = tx.lanes.failed(lane, error.code, machine_now, threshold=1, pause=self._pause, barred=True)
        tx.attention.open(BARRED, agency, lane, {"connector": lane, "error": error.code, "detail": error.detail}, now)
        if self._changed(lane, _BARRED):
            log.warning("connector.barred", connector=lane, error=error.code, detail=error.detail)
        return self._opened(lane, opened, machine_now)

    def _changed(self, lane: str, state: str) -> bool:
        """Whether the log has not told this yet: a lane whose every probe fails is one outage, and opened once."""
        before, self._said[lane] = self._said.get(lane), state
        return before != state

    def _opened(self, lane: str, until: datetime, machine_now: datetime) -> datetime | None:
        self._failing.add(lane)
        if until <= machine_now:
            return None
        self._open.add(lane)
        return until

    def _pause(self, failures: int, threshold: int) -> timedelta:
        """How long the breaker stays open after so many failures in a row, of which `threshold` open it."""
        return min(self.cool * (1 << min(max(0, failures - threshold), 16)), self.most)

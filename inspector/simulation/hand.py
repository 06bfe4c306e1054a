"""The daemon's worker on one thread: it claims, carries out and settles as always, but one after the other and when it is told to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any

from inspector.daemon.engine import Engine
from inspector.daemon.worker import Worker
from inspector.domain.backoff import Ladder
from inspector.flows.office import Office
from inspector.store.machine import MachineClock
from inspector.telemetry.metrics import Metrics

ENGINE = Engine(
    threads=16,
    capacity=128,
    lane_slots=14,
    poll=0.0,
    linger=0.0,
    retry_reserve=1_000_000,
    ladder=Ladder(base=60, cap=3600, tries=8),
)
"""Never idle and never spared: both would ask the machine's own clock, which no run shares with another."""


class KilledError(BaseException):
    """The daemon died at a named point, as by kill -9: nothing behind it ran."""


class Still(MachineClock):
    """A clock that stands until it is moved: machine time and office time alike."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.at = now

    def now(self) -> datetime:
        """The moment at which it stands."""
        return self.at

    def milliseconds(self) -> int:
        """The same since 1970, as ids begin."""
        return int(self.at.timestamp() * 1000)


class _Here(ThreadPoolExecutor):
    """Carries out what it is given at once, in the thread that gives it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Carry out; an error is the caller's."""
        fn(*args, **kwargs)
        return Future()


class Hand(Worker):
    """A worker without threads. `fault` may raise KilledError."""

    def __init__(self, office: Office, fault: Callable[[str], None]) -> None:
        super().__init__(office, Metrics(), ENGINE, "simulation", machine=office.calendar.local, fault=fault)
        self._pool = _Here(1)

    def turn(self) -> int:
        """Claim what is due, carry it out and settle it; how many rows. Raises KilledError."""
        self.wake()
        claimed = self._claim()
        self._done.put(None)
        self._settling()
        return claimed

    @property
    def unsettled(self) -> float:
        """Settlements that could not be written: none, where nothing is wrong with the program."""
        return self.metrics.registry.get_sample_value("inspector_settlements_failed_total") or 0.0

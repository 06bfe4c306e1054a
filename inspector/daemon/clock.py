"""The clock: APScheduler runs the ticks in memory; what is due is computed from tables, so a missed, doubled or late tick is harmless.

Plans and sweeps are rows of the schedule table. A slot is taken once across replicas by a unique tick row, in the transaction that
writes its order. After an outage each class catches up in its own way (`CatchUp`); legal dates are work rows and always come.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from inspector.daemon.spell import Spell
from inspector.domain.decision import Order
from inspector.store.replicas import LOST
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.telemetry.metrics import Metrics
from inspector.trigger import following, following_now

log = structlog.get_logger(__name__)

SHARE = 0.1
"""So much of the time a tick that spares the house may take; what costs more comes more seldom."""


class CatchUp(StrEnum):
    """What happens to slots that passed while nobody was there: made up for once, or let go."""

    ONCE = "once"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A plan or sweep. `order` says what a slot (of office time) asks for; it is written in the transaction that takes the slot."""

    name: str
    text: str
    trigger: BaseTrigger
    catch_up: CatchUp
    order: Callable[[datetime, datetime], Order]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Something the daemon does every few machine seconds; its body may fail, the next one comes all the same.

    `longest`: it spares the house. Where it costs more than a tenth (`SHARE`) of its time it comes as much more seldom, up to so many
    seconds; without it it comes always.
    """

    name: str
    seconds: float
    body: Callable[[], None]
    longest: float = 0.0

    def apart(self, cost: float) -> float:
        """Seconds between the beginnings of two, by what the last one has cost."""
        return max(self.seconds, min(cost / SHARE, self.longest))


class _Scheduler(BackgroundScheduler):  # type: ignore[misc] # APScheduler tells no types
    """APScheduler's own, which calls itself running also when its thread has died."""

    @property
    def alive(self) -> bool:
        """Whether it runs, thread and all."""
        return bool(self.running) and self._thread is not None and self._thread.is_alive()


class Clock:
    """Runs ticks, notices jumps of the wall clock, and takes the slots of schedules that are due in office time."""

    def __init__(
        self,
        store: Store,
        metrics: Metrics,
        now: Callable[[], datetime],
        replica: str,
        schedules: Mapping[str, Schedule],
        *,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._metrics = metrics
        self._now = now
        self._replica = replica
        self._schedules = schedules
        self._scheduler = _Scheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._wall = wall
        self._drift = wall() - time.monotonic()
        self._failed: dict[str, int] = {}
        self._spells: dict[str, Spell] = {}
        self._begun: dict[str, float] = {}
        self._apart: dict[str, float] = {}
        self._stopped = threading.Event()
        self._guard = threading.Thread(target=self._guarding, name="drift", daemon=True)

    @property
    def declared(self) -> dict[str, str]:
        """Name and trigger of the configured schedules, as the other replicas are told them."""
        return {schedule.name: schedule.text for schedule in self._schedules.values()}

    def declare(self) -> None:
        """Write the configured schedules down; one that has run before keeps its place, so that an outage is caught up.

        What nobody has any more goes; what another replica has stays, whatever the settings here say.
        """
        now = self._now()
        with self._store.begin() as tx:
            for schedule in self._schedules.values():
                tx.schedules.declare(schedule.name, schedule.text, following(schedule.trigger, None, now))
            self._keep(tx)

    def restore(self) -> None:
        """Write down again what has gone missing, and forget what nobody has any more."""
        now = self._now()
        with self._store.begin() as tx:
            self._keep(tx)
            known = {row["name"] for row in tx.schedules.all()}
            for schedule in self._schedules.values():
                if schedule.name not in known:
                    tx.schedules.declare(schedule.name, schedule.text, following(schedule.trigger, None, now))
                    log.warning("schedule.restored", schedule=schedule.name)

    def _keep(self, tx: Tx) -> None:
        """Forget schedules that neither we nor any replica has that runs or may come back."""
        others = tx.replicas.declared(tx.machine_now(), LOST).values()
        tx.schedules.keep_only(sorted({*self._schedules, *(name for told in others for name in told)}))

    def start(self, ticks: list[Tick]) -> None:
        """Begin to tick."""
        calendar = Tick(name="calendar", seconds=1.0, body=self.fire_due)
        for tick in (calendar, *ticks):
            self._scheduler.add_job(
                self._run, "interval", seconds=tick.seconds, args=(tick,), id=tick.name, next_run_time=datetime.now(UTC)
            )
        self._scheduler.start()
        self._guard.start()

    def stop(self) -> None:
        """Finish running ticks and stop."""
        self._stopped.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    @property
    def failing(self) -> tuple[str, ...]:
        """Ticks that have failed twice or more in a row: a full disk, a database that takes no writes."""
        return tuple(sorted(name for name, times in self._failed.items() if times > 1))

    @property
    def alive(self) -> bool:
        """Whether the scheduler's thread and the guard of the wall clock still run."""
        return self._scheduler.alive and self._guard.is_alive()

    def fire_due(self) -> None:
        """Take every slot that is due; one schedule that fails keeps no other from its turn."""
        now = self._now()
        with self._store.read() as tx:
            due = [row for row in tx.schedules.due(now) if row["name"] in self._schedules]
        for row in due:
            try:
                self._fire(self._schedules[row["name"]], row["next_at"], now)
            except Exception as error:  # nothing was written, so the slot is due again at the next tick
                log.exception("schedule.failed", schedule=row["name"], error=type(error).__name__)

    def _fire(self, schedule: Schedule, slot: datetime, now: datetime) -> None:
        """Take one slot. The tick row and the slot's orders are one transaction, so each slot happens once or not yet."""
        next_at = following_now(schedule.trigger, slot, now)
        missed = next_at != following(schedule.trigger, slot, slot)
        with self._store.begin() as tx:
            if not tx.schedules.fired(schedule.name, slot, next_at, now, self._replica):
                return
            if schedule.catch_up is not CatchUp.SKIP or not missed:
                tx.work.order([schedule.order(slot, now)], now)
        log.info("schedule.fired", schedule=schedule.name, slot=slot.isoformat())

    def _run(self, tick: Tick) -> None:
        """A tick body never lets an exception out, or APScheduler's thread would carry it away."""
        began, apart = time.monotonic(), self._apart.pop(tick.name, tick.seconds)
        waited = began - self._begun.get(tick.name, began - apart)
        if apart > tick.seconds and waited < apart - tick.seconds / 2:  # too soon; its last end stays told as it was
            self._apart[tick.name] = apart
            return
        self._begun[tick.name] = began
        self._metrics.tick_lag.labels(tick.name).set(max(0.0, waited - apart))
        try:
            tick.body()
        except Exception as error:  # noqa: BLE001 - a tick asks "what is due?"; the next one asks again
            self._failed[tick.name] = self._failed.get(tick.name, 0) + 1
            if (times := self._spells.setdefault(tick.name, Spell()).times()) is not None:
                log.warning("tick.failed", tick=tick.name, error=type(error).__name__, detail=str(error)[:200], times=times)
            return
        self._failed.pop(tick.name, None)
        self._spells.pop(tick.name, None)
        self._metrics.ticks.labels(tick.name).set(time.time())
        self._apart[tick.name] = tick.apart(time.monotonic() - began)

    def _guarding(self) -> None:
        """A thread of its own: a job of the scheduler would sleep through a clock that was set back, like the jobs it guards."""
        guard = Tick(name="drift", seconds=1.0, body=self._check_drift)
        while not self._stopped.wait(guard.seconds):
            self._run(guard)

    def _check_drift(self) -> None:
        """When the wall clock jumps, interval jobs would sleep on: let every tick run now (engine.md section 3)."""
        drift = self._wall() - time.monotonic()
        if abs(drift - self._drift) > 5:
            log.warning("clock.jumped", seconds=round(drift - self._drift, 1))
            for job in self._scheduler.get_jobs():
                job.modify(next_run_time=datetime.now(UTC))
        self._drift = drift

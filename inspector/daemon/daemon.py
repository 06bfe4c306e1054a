"""The daemon's life: start in order, drain on SIGTERM, leave at once on a second one."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

import structlog

from inspector.daemon import heap, sweeps
from inspector.daemon.accord import Accord
from inspector.daemon.clock import Clock, Tick
from inspector.daemon.dispatch import Dispatcher
from inspector.daemon.law import Law
from inspector.daemon.terms import terms
from inspector.daemon.worker import Worker
from inspector.domain.errors import Away
from inspector.flows import amending, contested, creditbook, doorways, mailbox, retracting, supplies
from inspector.flows.office import Office
from inspector.flows.tell import place_credit
from inspector.ports import Pulse
from inspector.store.mark import ANOTHER
from inspector.store.store import DISPLACED
from inspector.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

GRACE = 20.0
"""Seconds that what runs may take to end when the daemon stops.

With its loops, a ping under way, the last seal and the edge a stop takes up to 50 s: whoever stops it must not kill it sooner. The unit and
the compose file of `config/` give it 90 s; a container engine that is told nothing gives it 10.
"""


_DUTIES = 300.0
"""Seconds between two looks at the duties: a broken invariant pages once two of them have found it."""

_STALEST = 120.0
"""Seconds between two snapshots at most, whatever they cost: figures of five minutes ago page somebody (`InspectorSnapshotStale`)."""


class Daemon:
    """Worker, clock and their ticks around one office."""

    def __init__(
        self,
        worker: Worker,
        dispatcher: Dispatcher,
        clock: Clock,
        metrics: Metrics,
        *,
        law: Law,
        pulse: Pulse | None = None,
    ) -> None:
        self.worker = worker
        self.dispatcher = dispatcher
        self.clock = clock
        self.metrics = metrics
        self.law = law
        self._heart = sweeps.Heart(pulse, metrics) if pulse is not None else None
        self._life = sweeps.Life(replica=worker.owner, started_at=datetime.now(UTC), declared=self.declared)
        self._accord = Accord(worker.office.store, worker.owner)
        self._stopping = threading.Event()

    def start(self) -> None:
        """Void dead leases where we own the file, write schedules down, begin to work and to tick."""
        with self.office.store.begin() as tx:
            if tx.sqlite:
                tx.work.void_leases()
                tx.replicas.clear()
            self._life.write(tx)  # before any work of ours: others leave what they lack the connector for to those who have it
            tx.replicas.begun(self.worker.owner)
            tx.lanes.ensure(self.office.connectors.names())
            tx.lanes.look_again(tx.machine_now())
            place_credit(self.office, tx, self.office.now())
            retracting.resume(self.office, tx, self.office.now())
            amending.resume(tx, self.office.now())
        creditbook.take_over_all(self.office)
        contested.remark_all(self.office)
        self.clock.declare()
        doorways.open_again(self.office)
        sweeps.snapshot(self.office, self.metrics)
        self.dispatcher.run()
        self.clock.start(self._ticks())
        log.info("daemon.started", replica=self.worker.owner)

    def stop(self) -> None:
        """Stop claiming, let running work end, give the rest back, stop the ticks: none of them, slow as it may be, delays the rest."""
        self._stopping.set()
        log.info("daemon.draining", replica=self.worker.owner)
        self.dispatcher.stop(GRACE)
        self.clock.stop()
        try:
            sweeps.seal(self.office.store, self.office)
            with self.office.store.begin() as tx:
                tx.replicas.gone(self.worker.owner)
        except Exception as error:  # noqa: BLE001 - a stop must end; correctness never needs it
            log.warning("daemon.stop_incomplete", error=type(error).__name__)
        log.info("daemon.stopped", replica=self.worker.owner)

    @property
    def office(self) -> Office:
        """The office as it stands: another one once packs or calendars were taken up anew."""
        return self.worker.office

    def declared(self) -> dict[str, str]:
        """What the other daemons of this database must have alike, as it stands: by name."""
        return {**terms(self.office), **self.clock.declared}

    @property
    def live(self) -> bool:
        """Whether a restart would mend nothing: every loop runs, or we are stopping anyway. Asks no database."""
        return self._stopping.is_set() or (self.worker.alive and self.clock.alive)

    def reasons(self) -> tuple[str, ...]:
        """Why we are not ready; none: the database answers and takes writes, the loops run, the clock ticks, and we are not stopping.

        Whoever is stopping has that one reason: its loops end because it stops, and what a tick met before is nobody's concern now.
        """
        if self._stopping.is_set():
            return ("stopping",)
        reasons = []
        if not self.worker.alive:
            reasons.append("worker_loop_ended")
        if not self.clock.alive:
            reasons.append("clock_stopped")
        reasons += [f"tick_failing:{name}" for name in self.clock.failing]
        try:
            with self.office.store.read() as tx:
                tx.machine_now()
                tx.lanes.all()
        except Exception as error:  # noqa: BLE001 - the reason is the answer
            problem = error.facts.get("problem", error.code) if isinstance(error, Away) else type(error).__name__
            reasons.append("database_displaced" if problem == DISPLACED else f"database:{problem}")
        else:
            if (present := self.office.store.mark.foreign) is not None:
                return (f"{ANOTHER}:{present}",)  # all else that fails fails by this
            if (fault := self.office.store.fault) is not None:
                reasons.append(f"database_unwritable:{fault}")
        return tuple(reasons)

    def _beat(self) -> None:
        """A sign of life in the table and to the dead-man's switch outside, and a look at what the other replicas have declared."""
        self._life.seen(self.office.store)
        doorways.open_again(self.office)
        self.clock.restore()
        self._accord.look(self.office, self.declared())
        if self._heart is not None:
            self._life.pulsed(self.office.store, self._heart.beat())

    def _watch(self) -> None:
        """Write what sources' answers look like, and look whether they are as before."""
        office = self.office
        office.watch.write(office.store, office.house, office.now())

    def _ticks(self) -> list[Tick]:
        """The engine's heartbeats, in machine seconds; what has a date in the office's calendar is a schedule, not a tick."""
        store = self.office.store
        return [
            Tick(name="promote", seconds=0.5, body=lambda: _ignore(sweeps.promote(self.office))),
            Tick(name="seal", seconds=1.0, body=lambda: _ignore(sweeps.seal(store, self.office))),
            Tick(name="recover", seconds=1.0, body=lambda: sweeps.recover(store, self._life)),
            Tick(name="snapshot", seconds=5.0, body=lambda: sweeps.snapshot(self.office, self.metrics), longest=_STALEST),
            Tick(name="drift", seconds=5.0, body=self._watch),
            Tick(name="law", seconds=10.0, body=self.law.look),
            Tick(name="mail", seconds=15.0, body=lambda: _ignore(mailbox.pick_up(self.office))),
            Tick(name="supplies", seconds=15.0, body=lambda: supplies.look(self.office, self.worker.owner)),
            Tick(name="beat", seconds=15.0, body=self._beat),
            Tick(name="duties", seconds=_DUTIES, body=lambda: sweeps.duties(self.office, self.metrics)),
            Tick(name="heap", seconds=30.0, body=heap.give_back),
        ]


def replica_name() -> str:
    """The name of this process among the replicas."""
    return f"{socket.gethostname()}-{os.getpid()}"


def on_signal() -> threading.Event:
    """Set by SIGTERM or SIGINT from now on; a second signal leaves at once (leases bring the work back).

    To be called before anything is started: a signal in the midst of a start must find whoever drains it.
    """
    asked = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            os._exit(130)
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)
    return asked


def until(asked: threading.Event, look: Callable[[], None] = lambda: None) -> None:
    """Wait for the signal; in steps, so that the interpreter gets round to it. `look` is done at each."""
    look()
    while not asked.wait(1.0):
        look()


def _ignore(_value: object) -> None:
    """A tick body returns nothing."""

"""The engine under test: orders, flows and workers in real time, and what it says in its log."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from inspector.daemon import sweeps
from inspector.daemon.engine import Engine
from inspector.daemon.worker import Worker
from inspector.domain.backoff import Ladder
from inspector.domain.decision import Order, OrderKind
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.flows.table import Flow
from inspector.ports import PortError
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.store.work import Work
from inspector.telemetry import logs
from inspector.telemetry.metrics import Metrics
from tests.house import ZONE, Table, open_office, running

LANE = "registers"
LEASE = timedelta(seconds=60)
FAST = Engine(
    threads=10,  # of which a lane has eight
    capacity=40,
    lane_slots=8,
    lease=LEASE,
    poll=0.05,
    ladder=Ladder(base=0.01, cap=3600, tries=3),
    breaker_cool=timedelta(seconds=60),
)


def clock() -> datetime:
    """Office time that is the machine's."""
    return datetime.now(ZONE)


def real_office(store: Store) -> Office:
    """An office in real time with one lane."""
    return open_office(store, clock, sources={LANE: Table()})


def order(name: object, *, lane: str = "", urgent: datetime | None = None, **more: Any) -> Order:
    """An order due now."""
    now = clock()
    given: dict[str, Any] = {"kind": OrderKind.ASK, "due_at": now, **more}
    return Order(key=f"ask:{name}", lane=lane, urgent_by=urgent or now, case_id=f"case-{name}", **given)


def put(store: Store, *orders: Order) -> None:
    """Write orders down."""
    with store.begin() as tx:
        tx.work.order(orders, clock())


def row(store: Store, name: object) -> dict[str, Any]:
    """An order's row."""
    with store.read() as tx:
        return next(held for held in tx.work.page(limit=10_000) if held["key"] == f"ask:{name}")


def states(store: Store) -> dict[str, str]:
    """Every order's name and state."""
    with store.read() as tx:
        return {held["key"].removeprefix("ask:"): held["state"] for held in tx.work.page(limit=10_000)}


def until(true: Callable[[], bool], office: Office | None = None, seconds: float = 30.0) -> None:
    """Wait for something to come about, promoting what comes due meanwhile."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        if office is not None:
            sweeps.promote(office)
        time.sleep(0.01)


@dataclass
class Hands:
    """A flow that notes what it is asked, does what `say` says, and writes a ledger line as its outcome."""

    say: Callable[[Work], None] = lambda _work: None
    write: Callable[[Work], None] = lambda _work: None
    calls: list[str] = field(default_factory=list)
    wrote: list[str] = field(default_factory=list)
    gave_up: list[str] = field(default_factory=list)

    def do(self, work: Work, _office: Office) -> Settlement:
        """Carry out."""
        self.calls.append(work.key)
        self.say(work)

        def write(_tx: Tx, _now: datetime) -> None:
            self.write(work)
            self.wrote.append(work.key)

        return Settlement(write=write)

    def give_up(self, work: Work, _office: Office, error: PortError | None) -> Settlement:
        """Settle what cannot be had."""
        self.gave_up.append(f"{work.key}:{error.code if error else None}")
        return Settlement(write=lambda _tx, _now: None)

    def flows(self, *, patient: bool = False) -> Mapping[OrderKind, Flow]:
        """Only questions are known here; `patient` ones may give up."""
        return {OrderKind.ASK: Flow(do=self.do, give_up=self.give_up if patient else None)}


@contextmanager
def at_work(
    office: Office, hands: Hands, engine: Engine = FAST, *, owner: str = "one", patient: bool = False
) -> Iterator[Worker]:
    """A worker for the length of a block."""
    with running(Worker(office, Metrics(), engine, owner, flows=hands.flows(patient=patient))) as worker:
        yield worker


def count(worker: Worker, name: str, **labels: str) -> float:
    """A metric's value, 0 when it has none yet."""
    return worker.metrics.registry.get_sample_value(name, labels) or 0.0


@contextmanager
def listening(*, json_lines: bool = True, level: str = "INFO") -> Iterator[io.StringIO]:
    """The house's log in a buffer; what was configured before is put back."""
    root = logging.getLogger()
    before, level_before, known = root.handlers[:], root.level, structlog.get_config()
    levels = {name: logging.getLogger(name).level for name in list(logging.Logger.manager.loggerDict)}
    stream = io.StringIO()
    logs.configure(level=level, json=json_lines, stream=stream)
    try:
        yield stream
    finally:
        root.handlers, root.level = before, level_before
        for name in ("httpx", "httpcore", "apscheduler", "uvicorn", "uvicorn.error", "alembic", "procrastinate", "psycopg"):
            logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
        structlog.configure(**known)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """The log as values."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fails(error: Exception, *names: object) -> Hands:
    """Hands that fail at every order, or at the named ones."""
    keys = {f"ask:{name}" for name in names}

    def say(held: Work) -> None:
        if not names or held.key in keys:
            raise error

    return Hands(say=say)

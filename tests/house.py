"""A small office for the tests: the real store, packs, flows and worker; outside parties speak over real sockets or are tables here."""

from __future__ import annotations

import importlib
import os
import pkgutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as dialects

import inspector.store
from inspector.calendars import load_calendars
from inspector.daemon import sweeps
from inspector.daemon.engine import Engine
from inspector.daemon.worker import Worker
from inspector.domain.backoff import Ladder
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.case import Claim, MatterKind, Route, SubjectKind
from inspector.domain.decision import OrderKind
from inspector.domain.duty import Follow, FollowRow
from inspector.domain.policy import Policy
from inspector.flows.intake import Application, take
from inspector.flows.office import AgencyNode, Connectors, Office, Plan
from inspector.flows.table import FLOWS
from inspector.policybook import Policybook
from inspector.ports import Answer, AnswerStatus, Card, Provenance, Question
from inspector.store import migrate
from inspector.store.keyring import Keyring
from inspector.store.room import Row
from inspector.store.store import Store
from inspector.store.tables import EPOCH, metadata
from inspector.store.tables import work as work_table
from inspector.store.work import Work
from inspector.telemetry.metrics import Metrics
from tests import postgres

ROOT = Path(__file__).parent.parent
ZONE = timezone(timedelta(hours=8))
START = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
"""A Monday morning in a year whose calendar is known."""

QUICK = Engine(
    threads=8,
    capacity=32,
    lease=timedelta(seconds=5),
    poll=0.05,
    linger=0.002,
    ladder=Ladder(base=21, cap=3600, tries=3),
    not_yet=3600,
)
"""Waits of under a minute pass at once (see `settle`): work without a date spends its three tries, dated work then waits for the hand."""


@dataclass
class Hand:
    """Office time that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def on(self, **length: float) -> None:
        """Let office time pass."""
        self.now += timedelta(**length)


@dataclass
class Table:
    """A source whose answers are a table: (fact, code) → value; an exception is raised, a missing row is not found."""

    name: str = "registers"
    rows: dict[tuple[str, str], str | Exception] = field(default_factory=dict)
    default: str | Exception | None = None
    asked: list[tuple[str, Question]] = field(default_factory=list)
    as_of: datetime | None = None

    def __post_init__(self) -> None:
        self.card = Card(name=self.name, port="source", kind="table", owner="test", version="1")

    def ask(self, question: Question, *, key: str) -> Answer:
        """Answer from the table."""
        self.asked.append((key, question))
        held = self.rows.get((question.fact, question.subject_code), self.default)
        if isinstance(held, Exception):
            raise held
        told = Provenance(
            source=self.name,
            owner="test",
            asked_at=datetime.now(UTC),
            as_of=self.as_of,
            source_version="1",
            request_digest="0" * 64,
            reply_digest="1" * 64,
            attempts=1,
            live=self.as_of is None,
        )
        if held is None:
            return Answer(status=AnswerStatus.NOT_FOUND, value=None, provenance=told)
        return Answer(status=AnswerStatus.FOUND, value=question.claimed if held == "=" else held, provenance=told)


TREE = {
    "city": AgencyNode(id="city", name="市", pack="demo", connector="county-office"),
    "county": AgencyNode(id="county", name="区", parent="city"),
    "bureau": AgencyNode(id="bureau", name="区市场监管局", parent="county", heads=("陈局长", "王局长", "head")),
    "other": AgencyNode(id="other", name="邻区局", parent="city"),
    "civil": AgencyNode(id="civil", name="区民政局", parent="county", connector="civil-affairs"),
    "houses": AgencyNode(id="houses", name="区住建局", parent="city", connector="housing"),
}


def open_store(url: str, keys: Keyring | None = None) -> Store:
    """A store of this release's shape: the migrations' own result, copied (SQLite), or one script's (PostgreSQL).

    That both are the same shape is test_migrate's affair.
    """
    store = Store(url, synchronous="OFF", keys=keys)
    if store.sqlite:
        assert store.url.database is not None
        assert not Path(f"{store.url.database}-wal").exists(), "somebody is connected to it, and would lose what the file holds"
        Path(store.url.database).write_bytes(migrated_file())
    else:
        with store.engine.begin() as connection:
            held = connection.connection.driver_connection
            assert isinstance(held, psycopg.Connection)
            postgres.furnish(held, _schema())
    return store


@cache
def migrated_file() -> bytes:
    """An SQLite file that the migrations have made."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made.sqlite3"
        with closing(Store(f"sqlite:///{file}", synchronous="OFF")) as store:
            migrate.upgrade(store)
            with store.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return file.read_bytes()


@cache
def _schema() -> str:
    """The tables as one PostgreSQL script, with Alembic's mark."""
    for module in pkgutil.iter_modules(inspector.store.__path__, "inspector.store."):
        if module.name.endswith("tables"):
            importlib.import_module(module.name)  # each table is there, whoever else has been read
    parts: list[str] = []
    dialect = dialects.dialect()  # type: ignore[no-untyped-call]

    def keep(told: Any, *_: object) -> None:
        parts.append(str(told.compile(dialect=dialect)))

    mock = sa.create_mock_engine("postgresql+psycopg://", keep)
    metadata.create_all(mock, checkfirst=False)
    mark = f"CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('{migrate.newest()}')"
    return ";".join([*parts, mark])


@cache
def _book(planned: bool) -> Policybook:
    """The shipped packs, read once; unless `planned` their draws need no annual plan, so that a test of draws need not make one.

    The demo's has no catalogue of dishonest acts: what is tested of an officer's decision names none (`test_acts` does). Nor does it ask
    that visits without a code be filed, which no test's firm reads (`test_codeless` does).
    """
    held = Policybook.load(ROOT / "policies")
    packs = (replace(one, acts=(), follows=_uncoded(one)) if one.id == "demo" else one for one in held.packs)
    return replace(held, packs=tuple(one if planned else replace(one, draw=replace(one.draw, plan=False)) for one in packs))


def _uncoded(pack: Policy) -> dict[Follow, FollowRow]:
    return {step: row for step, row in pack.follows.items() if step is not Follow.VISIT_FILING}


@cache
def _calendar() -> WorkingCalendar:
    """The shipped calendars, read once."""
    return load_calendars(ROOT / "policies" / "calendars")


def _secret(store: Store) -> bytes:
    """The house's own secret, where an operator has begun one in this database."""
    with store.read() as tx:
        held = tx.office.get()
    return bytes.fromhex(held.secret) if held is not None else b"s" * 32


def open_office(
    store: Store,
    hand: Callable[[], datetime],
    *,
    plans: Mapping[str, Plan] | None = None,
    planned: bool = False,
    **ports: Mapping[str, object],
) -> Office:
    """An office on a store, with the shipped demo pack; `planned` as it is shipped, its draws needing an annual plan."""
    connectors = Connectors(**ports)  # type: ignore[arg-type]
    with store.begin() as tx:
        tx.lanes.ensure(connectors.names())
    return Office(
        store=store,
        book=_book(planned),
        calendar=_calendar(),
        connectors=connectors,
        tree=TREE,
        plans=plans or {},
        secret=_secret(store),
        base_url="http://inspector.test",
        now=hand,
        tickets_from=0,  # PostgreSQL computes the tickets of every draw in the tests
        held=500,  # and no frame fits into memory
    )


def application(number: int, item: str, claims: Mapping[str, str], **changes: object) -> Application:
    """An application as an approving system would send it: facts and promised values."""
    held = Application(
        agency="bureau",
        reference=f"R-{number:06d}",
        route=Route.COMMITMENT,
        matter=MatterKind.LICENCE,
        item=item,
        subject_kind=SubjectKind.FIRM,
        subject_code=f"TEST{number:014d}",
        subject_name="某某有限公司",
        claims=tuple(Claim(key=fact, fact=fact, value=value, on=date(2026, 2, 27)) for fact, value in claims.items()),
        letter_text="本人承诺",
        letter_digest="0" * 64,
        notice_version="2025-01",
        signed_by="张三",
        signed_on=date(2026, 3, 1),
    )
    return replace(held, **changes)  # type: ignore[arg-type]


def post(office: Office, given: Application, sender: str = "hall") -> str:
    """Take an application in; the case's id."""
    with office.store.begin() as tx:
        return take(office, tx, given, sender, office.now()).case.id


def next_period(office: Office, plan: str) -> None:
    """The plan's next slot is taken, as the clock takes it: a new period has begun."""
    with office.store.begin() as tx:
        assert tx.schedules.fired(f"plan:{plan}", office.now(), None, office.now(), "test")


DISPATCHER = os.environ.get("INSPECTOR_TEST_DISPATCHER", "")
"""`procrastinate` or `lying`: by whom offices on PostgreSQL are told what is due; the second drops and doubles it. Else nobody tells."""


@contextmanager
def running(worker: Worker, grace: float = 5.0) -> Iterator[Worker]:
    """A worker for the length of a block, behind the dispatcher that this run is of."""
    if not DISPATCHER or worker.office.store.sqlite:
        worker.start()
        stop = worker.stop
    else:
        from tests.dispatchers import asked_for  # which needs this module

        carrier = asked_for(DISPATCHER, worker)
        carrier.run()
        stop = carrier.stop
    try:
        yield worker
    finally:
        stop(grace)


def settle(office: Office, engine: Engine = QUICK, seconds: float = 60.0, *, enough: Callable[[], bool] | None = None) -> None:
    """Work until nothing is ready any more but behind an open breaker or a pause, or until it is `enough`. Fails when neither comes.

    What is asked for again and again, short waits being none here, is never done: there a test says what is enough.
    """

    def later(moment: datetime) -> datetime:
        """Short waits pass at once, long ones wait for the hand (or for what they wait for)."""
        wait = moment - datetime.now(UTC)
        return office.now() + (wait if wait > timedelta(seconds=60) else timedelta(0))

    worker = Worker(office, Metrics(), engine, "test", machine=later)
    with running(worker):
        deadline = time.monotonic() + seconds
        ready: list[Row] = []
        look_at = 0.0
        while time.monotonic() < deadline:
            if worker.in_flight and time.monotonic() < look_at:  # it is not over, and to look is dear
                time.sleep(0.002)
                continue
            look_at = time.monotonic() + 0.05
            with office.store.read() as tx:
                ready = tx.work.page(state="ready", limit=1000)
                if ready:
                    shut = {
                        lane.name for lane in tx.lanes.all() if (lane.open_until > EPOCH or lane.paused) and worker.in_flight == 0
                    }
                    now = office.now()
                    ready = [held for held in ready if held["lane"] not in shut or (held["expires_at"] or now) < now]
            moved = sweeps.promote(office)
            if (not ready and not moved) or (enough is not None and enough()):
                return
            if not DISPATCHER:
                worker.wake()  # else whoever is asked to tells it, or it looks by itself
            time.sleep(0.002)
    raise AssertionError(f"work is still ready after {seconds} s: {[row['key'] for row in ready]}")


def claim(office: Office, *, without: Sequence[str] = (), lease: float = 60.0) -> list[Work]:
    """Lease everything that is due, as a daemon would that dies or dawdles; rows of the lanes `without` stay unclaimed."""
    sweeps.promote(office)
    with office.store.begin() as tx:
        return tx.work.claim("hand", tx.machine_now(), office.now(), timedelta(seconds=lease), 1000, full=without)


def let_lapse(office: Office) -> None:
    """Every lease has run out, and with it every call that was under way."""
    with office.store.begin() as tx:
        tx.connection.execute(sa.update(work_table).values(lease_until=EPOCH))


def take_over(office: Office) -> None:
    """Every lease has run out, and another daemon has claimed all of it in the same moment: nobody comes between."""
    with office.store.begin() as tx:
        tx.connection.execute(sa.update(work_table).values(lease_until=EPOCH))
        tx.work.claim("other", tx.machine_now(), office.now(), timedelta(seconds=60), 1000)


def carry_out(office: Office, work: Work) -> None:
    """Carry out one claimed row and settle it. Raises what the flow raises, and Stale when the work has been ended meanwhile."""
    made = FLOWS[OrderKind(work.kind)].do(work, office)
    with office.store.begin() as tx:
        tx.work.finish(work, office.now())
        made.write(tx, office.now())


@contextmanager
def closing(store: Store) -> Iterator[Store]:
    """A store for the length of a block."""
    try:
        yield store
    finally:
        store.close()

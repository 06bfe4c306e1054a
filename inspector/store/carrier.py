"""Procrastinate carries the keys of work that is due from the commit that made it so to one of the daemons (engine.md 5.4, decision 132).

The work rows stay the truth: what is carried only wakes whoever takes it, who asks the table. So whatever procrastinate loses, doubles or
keeps costs a moment and no work. It is used for nothing else: no wait, no retry, no lock of its own, and every job is deleted when it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog
from tenacity import RetryCallState, Retrying, sleep_using_event, stop_when_event_set, wait_random_exponential

from inspector.domain.errors import Invalid
from inspector.store.savepoint import savepoint
from inspector.store.store import Store
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

EXTRA = "procrastinate"
QUEUE, TASK = "inspector", "inspector.due"
_LOCK = 0x63617272  # "carr": one daemon makes the tables
_LOOK = 0.2
_AT_ONCE = 4


def library() -> Any:
    """Procrastinate. Raises Invalid (`dispatcher_library_missing`)."""
    try:
        return import_module("procrastinate")
    except ImportError:
        raise Invalid("dispatcher_library_missing", extra=EXTRA) from None


def flaws(url: str) -> Iterator[Invalid]:
    """Why nothing can be carried in this database: `dispatcher_needs_postgres`, `dispatcher_library_missing`."""
    if sa.make_url(url).get_backend_name() == "sqlite":
        yield Invalid("dispatcher_needs_postgres")
        return
    try:
        library()
    except Invalid as flaw:
        yield flaw


class Carrier:
    """Puts keys into commits, and hears of those that others and we have put. `heard` is called from a thread of its own.

    Raises Invalid as `flaws` has it.
    """

    def __init__(self, store: Store, heard: Callable[[], None]) -> None:
        for flaw in flaws(store.url.render_as_string()):
            raise flaw
        self._library = library()
        self._store = store
        self._heard = heard
        # by connections of ours alone: never opened
        self._putting = self._library.App(connector=self._library.SyncPsycopgConnector())

    def furnish(self) -> None:
        """Make procrastinate's tables where they are not there yet. Raises what the database raises."""
        with self._store.engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            if connection.execute(sa.select(sa.func.to_regclass("procrastinate_jobs"))).scalar_one() is None:
                _driver(connection).execute(self._library.schema.SchemaManager.get_schema())

    def put(self, tx: Tx, keys: Sequence[str]) -> bool:
        """Let the commit of this transaction carry keys; False where procrastinate cannot: then nothing of it stays in the transaction.

        Behind a savepoint, because a carrier that fails must not undo what it was to tell of.
        """
        given = self._putting.configure_task(TASK, queue=QUEUE, allow_unknown=True, connection=_driver(tx.connection))
        try:
            with savepoint(tx.connection, "carried"):
                given.defer(keys=list(keys))
        except self._library.exceptions.ConnectorException as error:
            log.warning("carrier.unavailable", error=type(error.__cause__ or error).__name__)
            return False
        except psycopg.Error:  # of the savepoint itself: the connection is lost, or the transaction is
            tx.connection.execute(sa.select(sa.literal(1)))  # says so in the words that the store tells outages by
            raise
        return True

    def carry(self, stop: threading.Event) -> None:
        """Hear of keys until `stop` is set. A worker of procrastinate's that ends, by an error or without one, is begun anew."""
        supervised = Retrying(
            wait=wait_random_exponential(multiplier=0.2, max=10),
            stop=stop_when_event_set(stop),
            sleep=sleep_using_event(stop),
            after=_ended,
            retry_error_callback=lambda _state: None,
        )
        supervised(lambda: asyncio.run(self._work(stop)))

    async def _work(self, stop: threading.Event) -> None:
        """One worker's life. Raises EndedError where it ends by itself: procrastinate's returns when a side task of its dies."""
        address = self._store.url.set(drivername="postgresql").render_as_string(hide_password=False)
        told = {"connect_timeout": 5, "application_name": "inspector-carry"}
        app = self._library.App(
            connector=self._library.PsycopgConnector(conninfo=address, kwargs=told, min_size=1, max_size=3, timeout=10)
        )

        @app.task(name=TASK, queue=QUEUE)  # type: ignore[untyped-decorator]
        async def due(keys: list[str]) -> None:  # noqa: ARG001 - for whoever looks into the queue; the claim asks the table
            self._heard()

        async with app.open_async():
            await self._clear(app)
            self._heard()  # whatever was put while nobody listened
            working = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=_AT_ONCE,
                    delete_jobs="always",
                    install_signal_handlers=False,  # the daemon owns its signals
                    shutdown_graceful_timeout=1,
                )
            )
            while not (stop.is_set() or working.done()):
                await asyncio.wait([working], timeout=_LOOK)
            if working.done():
                await working
                raise EndedError
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working

    async def _clear(self, app: Any) -> None:
        """Delete what dead workers had taken: its rows are claimed by whoever polls."""
        for job in await app.job_manager.get_stalled_jobs(queue=QUEUE):
            with contextlib.suppress(self._library.exceptions.ConnectorException):  # another daemon was faster
                await app.job_manager.finish_job(job, self._library.jobs.Status.ABORTED, delete_job=True)


class EndedError(Exception):
    """Procrastinate's worker has ended though nobody asked it to."""


def _ended(state: RetryCallState) -> None:
    """Said each time: the waits between grow to ten seconds."""
    error = state.outcome.exception() if state.outcome is not None else None
    log.warning("carrier.ended", error=type(error).__name__)


def _driver(connection: sa.Connection) -> psycopg.Connection[Any]:
    """The driver's own connection, with the transaction that is under way on it."""
    held = connection.connection.driver_connection
    assert isinstance(held, psycopg.Connection)
    return held

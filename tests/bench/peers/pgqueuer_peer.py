"""PgQueuer on PostgreSQL: asyncpg and uvloop, batches of 16, at most 32 picked, each job a task of its own."""

from __future__ import annotations

import sys
from datetime import timedelta

import asyncpg
from pgqueuer.core.qm import QueueManager
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries

from tests.bench import domain
from tests.bench.peers import job


def _dollars(text: str) -> str:
    """The placeholders of psycopg as those of asyncpg."""
    first, *rest = text.split("%s")
    return first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))


async def _as_it_is(_connection: object) -> None:
    """The job leaves nothing on a connection; asyncpg's own clearing would cost a round trip for each job."""


async def work() -> None:
    """Work until killed."""
    rows = await asyncpg.create_pool(job.DATABASE, min_size=job.CONNECTIONS, max_size=job.CONNECTIONS, reset=_as_it_is)
    manager = QueueManager(Queries(AsyncpgDriver(await asyncpg.connect(job.DATABASE))))
    lines = job.Lines()
    first, second, third, fourth = map(_dollars, domain.PEER_SQL)

    @manager.entrypoint("verify")
    async def verify(held: Job) -> None:
        case_id = (held.payload or b"").decode()
        answer = await lines.ask(case_id)
        async with rows.acquire() as connection, connection.transaction():
            await connection.execute(first, *job.outcome(case_id, answer))
            await connection.execute(second, case_id)
            await connection.execute(third, case_id, domain.TOLD)
            await connection.execute(fourth, case_id)

    await manager.run(
        batch_size=16,
        max_concurrent_tasks=job.CONCURRENCY,
        dequeue_timeout=timedelta(seconds=1),
        heartbeat_timeout=timedelta(seconds=job.LEASE),
    )


async def enqueue() -> None:
    """Enqueue the cases named on standard input."""
    connection = await asyncpg.connect(job.DATABASE)
    queries = Queries(AsyncpgDriver(connection))
    await queries.install()
    cases = [line.strip().encode() for line in sys.stdin]
    await queries.enqueue(["verify"] * len(cases), list(cases), [0] * len(cases))
    await connection.close()

"""Procrastinate on PostgreSQL: asyncio, 32 at once, finished jobs deleted, and the user's duty done: stalled jobs are retried."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime

from procrastinate import App, PsycopgConnector
from psycopg_pool import AsyncConnectionPool

from tests.bench import domain
from tests.bench.peers import job

app = App(connector=PsycopgConnector(conninfo=job.DATABASE, min_size=8, max_size=job.CONNECTIONS))
lines = job.Lines()
rows = AsyncConnectionPool(job.DATABASE, min_size=job.CONNECTIONS, max_size=job.CONNECTIONS, open=False)


@app.task(name="verify")
async def verify(case_id: str) -> None:
    """One verification."""
    answer = await lines.ask(case_id)
    first, second, third, fourth = domain.PEER_SQL
    async with rows.connection() as connection:
        await connection.execute(first, job.outcome(case_id, answer))
        await connection.execute(second, (case_id,))
        await connection.execute(third, (case_id, domain.TOLD))
        await connection.execute(fourth, (case_id,))


async def reap() -> None:
    """Retry what workers without a heartbeat held, as its how-to asks."""
    while True:
        await asyncio.sleep(job.LEASE / 3)
        for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=job.LEASE):
            with suppress(Exception):  # another worker may have been faster
                await app.job_manager.retry_job(stalled, datetime.now(UTC))


async def work() -> None:
    """Work until killed."""
    await rows.open()
    async with app.open_async():
        reaper = asyncio.create_task(reap())
        await app.run_worker_async(
            concurrency=job.CONCURRENCY,
            delete_jobs="always",
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=job.LEASE / 3,
            stalled_worker_timeout=job.LEASE,
        )
        reaper.cancel()


async def enqueue() -> None:
    """Enqueue the cases named on standard input."""
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await verify.batch_defer_async(*({"case_id": line.strip()} for line in sys.stdin))

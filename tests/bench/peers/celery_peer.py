"""Celery on Redis: threads, acknowledged late, results off. The visibility timeout brings back what a killed worker held."""

from __future__ import annotations

import sys

from celery import Celery

from tests.bench.peers import job

app = Celery("celery_peer", broker=job.REDIS)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_compression=None,
    worker_prefetch_multiplier=4,
    worker_send_task_events=False,
    worker_disable_rate_limits=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": job.LEASE, "unacked_restore_limit": 1000},
)


@app.task(name="verify")
def verify(case_id: str) -> None:
    """One verification."""
    job.verify(case_id)


def main() -> None:
    """Enqueue the cases named on standard input."""
    with app.producer_pool.acquire(block=True) as producer:
        for line in sys.stdin:
            verify.apply_async((line.strip(),), producer=producer)


if __name__ == "__main__":
    main()

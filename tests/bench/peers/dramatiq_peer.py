"""Dramatiq on Redis: one process of 32 threads, the default middleware without what the job does not use."""

from __future__ import annotations

import sys

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AgeLimit, Retries, ShutdownNotifications, TimeLimit

from tests.bench.peers import job

# Maintenance, which brings back what a dead worker held, comes by chance: by default once in 1,000 commands, here once in 100.
broker = RedisBroker(
    url=job.REDIS,
    middleware=[AgeLimit(), TimeLimit(), ShutdownNotifications(), Retries(max_retries=20, min_backoff=500)],
    heartbeat_timeout=int(job.LEASE * 1000),
    maintenance_chance=10_000,
)
dramatiq.set_broker(broker)


@dramatiq.actor(queue_name="verify")
def verify(case_id: str) -> None:
    """One verification."""
    job.verify(case_id)


def main() -> None:
    """Enqueue the cases named on standard input."""
    for line in sys.stdin:
        verify.send(line.strip())


if __name__ == "__main__":
    main()

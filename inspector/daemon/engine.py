"""The engine's numbers, as the settings give them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from inspector.domain.backoff import Ladder
from inspector.tuning import EngineSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The engine's numbers. `lane_slots` bounds the calls of one connector at once (see `bulkhead`); `linger` is in seconds."""

    threads: int = 128
    capacity: int = 512
    lease: timedelta = timedelta(seconds=60)
    poll: float = 1.0
    group: int = 128
    linger: float = 0.01
    lane_slots: int = 32
    unheard: int = 50
    not_yet: float = 30.0
    ladder: Ladder = field(default=Ladder(base=2, cap=3600, tries=8))
    retry_share: float = 0.2
    retry_reserve: int = 10
    breaker_threshold: int = 8
    breaker_cool: timedelta = timedelta(seconds=15)
    breaker_most: timedelta = timedelta(minutes=10)
    garbled_quiet: timedelta = timedelta(hours=24)


def engine_of(told: EngineSettings) -> Engine:
    """The engine's numbers from the settings."""
    return Engine(
        threads=told.threads,
        capacity=told.capacity,
        lease=timedelta(seconds=told.lease_seconds),
        poll=told.poll_seconds,
        group=told.group,
        linger=told.linger_seconds,
        lane_slots=told.lane_slots,
        unheard=told.unheard_claims,
        retry_share=told.retry_share,
        retry_reserve=told.retry_reserve,
        ladder=Ladder(base=told.retry_base_seconds, cap=told.retry_cap_seconds, tries=told.retry_tries),
        breaker_threshold=told.breaker_failures,
        breaker_cool=timedelta(seconds=told.breaker_cool_seconds),
        garbled_quiet=timedelta(hours=told.garbled_quiet_hours),
    )

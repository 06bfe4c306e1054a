"""Machine time between two looks at the database's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inspector.store.machine import MachineClock

FAR = timedelta(days=40)


def test_it_is_the_wall_clocks_until_the_database_has_told_its_own() -> None:
    clock = MachineClock()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    clock.told(datetime.now(UTC) - FAR)
    assert abs(clock.now() - (datetime.now(UTC) - FAR)) < timedelta(seconds=5)
    assert clock.ahead() == pytest.approx(FAR.total_seconds(), abs=5)


def test_it_runs_on_and_a_look_that_took_long_does_not_turn_it_back() -> None:
    clock, moment = MachineClock(), datetime(2026, 1, 5, tzinfo=UTC)
    clock.told(moment)
    first = clock.now()
    clock.told(moment)
    assert clock.now() >= first


def test_a_database_that_was_set_back_is_followed() -> None:
    clock = MachineClock()
    clock.told(datetime.now(UTC))
    clock.told(datetime.now(UTC) - FAR)
    assert abs(clock.now() - (datetime.now(UTC) - FAR)) < timedelta(seconds=5)

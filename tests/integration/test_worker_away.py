"""A database that goes away while work is under way costs the while, and no work."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from inspector.daemon import sweeps
from inspector.domain.errors import Away
from inspector.store.work import Work
from tests import house, postgres
from tests.engine import FAST, Hands, at_work, listening, order, put, real_office, row, states, until


@pytest.mark.slow
def test_a_database_that_goes_away_for_a_while_costs_nothing_but_the_while(
    postgres_url: str, postgres_server: postgres.Server
) -> None:
    name = postgres_url.rpartition("/")[2].partition("?")[0]

    def admin(statement: str) -> None:
        with psycopg.connect(postgres_server.admin, autocommit=True) as connection:
            connection.execute(statement.encode())

    with house.closing(house.open_store(postgres_url)) as store, listening(level="WARNING") as stream:
        office = real_office(store)
        put(store, *(order(n) for n in range(60)))
        calls, away = threading.Semaphore(0), threading.Event()

        def say(_held: Work) -> None:
            calls.release()
            away.wait(60)

        hands = Hands(say=say)
        with at_work(office, hands, replace(FAST, lease=timedelta(seconds=4))) as worker:
            assert calls.acquire(timeout=60)
            admin(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            admin(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            away.set()
            until(lambda: "claim.failed" in stream.getvalue() and "settle.failed" in stream.getvalue())
            admin(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

            def over() -> bool:
                """Whether all is done; the first read of a connection that was cut off says that the database is away."""
                with suppress(Away):
                    sweeps.promote(office)
                    return set(states(store).values()) == {"done"}
                return False

            until(over, seconds=60)
            assert worker.alive
        assert Counter(hands.wrote).most_common(1)[0][1] <= 2
        assert {row(store, n)["error"] for n in range(60)} == {None}

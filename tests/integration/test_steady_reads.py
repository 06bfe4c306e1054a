"""Long reads leave connections to those who ask for a moment, and a crowd of our own is not told as a database that is away."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier, Event

import pytest

from inspector.domain.errors import Away
from inspector.store.store import Store

POOL = 3


@pytest.fixture
def narrow(store: Store) -> Iterator[Store]:
    with closing(Store(store.url.render_as_string(hide_password=False), synchronous="OFF", pool=POOL, patience=0.5)) as held:
        yield held


@pytest.mark.slow
def test_however_many_read_for_long_whoever_asks_for_a_moment_is_answered(narrow: Store) -> None:
    """Daily looks that begin faster than they end once held every connection, and the whole house waited for a minute."""
    over, reading, read = Event(), Event(), []

    def look(number: int) -> None:
        with narrow.read(steady=True):
            reading.set()
            assert over.wait(60)
        read.append(number)

    with ThreadPoolExecutor(2 * POOL) as looking:
        looks = [looking.submit(look, number) for number in range(2 * POOL)]
        try:
            assert reading.wait(60)
            for _ in range(POOL):
                with narrow.read() as tx:
                    assert tx.work.waiting("ask") == []
        finally:
            over.set()
        for one in looks:
            one.result(timeout=60)
    assert sorted(read) == list(range(2 * POOL)), "and each of the long ones has its turn"


def test_where_all_connections_are_in_use_that_is_what_is_said(narrow: Store) -> None:
    over, all_read = Event(), Barrier(POOL + 1)

    def hold() -> None:
        with narrow.read():
            all_read.wait(60)
            assert over.wait(60)

    with ThreadPoolExecutor(POOL) as holding:
        held = [holding.submit(hold) for _ in range(POOL)]
        try:
            all_read.wait(60)
            with pytest.raises(Away) as error, narrow.read():
                pass
        finally:
            over.set()
        for one in held:
            one.result(timeout=60)
    assert error.value.facts["problem"] == "CONNECTIONS_IN_USE"

"""What a claim and a settlement cost, however many rows wait or fail. Counted, not timed, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.daemon.breaker import Breaker
from inspector.daemon.failure import Failure, ShutError
from inspector.domain.decision import OrderKind
from inspector.flows import pushing, seatlink
from inspector.flows.seated import LINK
from inspector.ports import Unavailable
from inspector.store.store import Store
from inspector.store.tables import lane, work
from inspector.store.tx import Tx
from inspector.store.work import Work
from tests.drawn import announced, carried_out, drawing
from tests.engine import FAST, LANE, LEASE, clock, order, put, real_office, states
from tests.house import Hand
from tests.phones import AWAY, Line

HOUR = timedelta(hours=1)
BACKLOG = 1500
SHUT: dict[str, object] = {"open_until": HOUR}
"""From the moment at which it is written: a run may last longer than an hour."""


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to databases meanwhile, by whichever connection."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(sa.Engine, "before_cursor_execute", note)


def backlog(store: Store, rows: int, **values: object) -> None:
    """Nothing but so many rows of a lane that is as `values` say, all more urgent than those of the others."""
    with store.begin() as tx:
        tx.connection.execute(sa.delete(work))
        tx.lanes.ensure(["dead", "well", "fine"])
        if values:
            told = {key: clock() + value if isinstance(value, timedelta) else value for key, value in values.items()}
            tx.connection.execute(sa.update(lane).where(lane.c.name == "dead").values(**told))
    expires = clock() + HOUR
    put(store, *(order(f"dead-{number}", lane="dead", urgent=clock() - HOUR, expires_at=expires) for number in range(rows)))
    put(
        store,
        *(order(f"{name}-{number}", lane=name, urgent=clock() + HOUR) for number in range(8) for name in ("", "well", "fine")),
    )
    if not store.sqlite:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("analyze work"))


def claimed(store: Store, *, full: Sequence[str] = (), most: int = 16) -> tuple[list[Work], int]:
    """What a claim takes, and what the database has looked at for it: rows on PostgreSQL, steps of its machine on SQLite."""
    with store.begin() as tx:
        now = tx.machine_now(), clock()
        counted: list[int] = []
        driver: Any = tx.connection.connection.driver_connection
        if tx.sqlite:
            driver.set_progress_handler(lambda: counted.append(1), 1)
        before = _read(tx)
        taken = tx.work.claim("one", *now, LEASE, most, full=full)
        if tx.sqlite:
            driver.set_progress_handler(None, 1)
        return taken, len(counted) + _read(tx) - before


def _read(tx: Tx) -> int:
    """Rows of work that this transaction has read so far, by any way; PostgreSQL keeps count."""
    if tx.sqlite:
        return 0
    asked = sa.text("select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = 'work'")
    return int(tx.connection.execute(asked).scalar_one())


@pytest.mark.parametrize(
    ("values", "full"),
    [(SHUT, ()), ({"paused": True}, ()), ({}, ("dead",)), (SHUT, ("dead",))],
    ids=["barred", "paused", "at its share", "both"],
)
def test_a_claim_looks_at_no_more_rows_however_many_wait_behind_a_lane_that_takes_none(
    store: Store, values: dict[str, object], full: tuple[str, ...]
) -> None:
    cost = []
    for rows in (1, BACKLOG):
        backlog(store, rows, **values)
        taken, looked = claimed(store, full=full)
        assert len(taken) == 16
        assert {held.lane for held in taken} == {"", "well", "fine"}
        cost.append(looked)
    assert cost[1] <= cost[0] * 1.2, cost


@pytest.mark.slow
def test_of_an_open_lane_no_more_rows_are_looked_at_than_are_wanted(store: Store) -> None:
    cost = []
    for rows in (50, BACKLOG):
        backlog(store, rows)
        taken, looked = claimed(store)
        assert [held.lane for held in taken] == ["dead"] * 16, "the most urgent first"
        cost.append(looked)
    assert cost[1] <= cost[0] * 1.2, cost


def test_rows_past_their_patience_are_found_behind_a_shut_lane_without_a_look_at_the_others(store: Store) -> None:
    cost = []
    for rows in (1, BACKLOG):
        backlog(store, rows, **SHUT)
        put(store, *(order(f"late-{number}", lane="dead", expires_at=clock() - HOUR) for number in range(3)))
        taken, looked = claimed(store, most=8)
        assert [held.key for held in taken if held.lane == "dead"] == [f"ask:late-{number}" for number in range(3)]
        assert len(taken) == 8
        cost.append(looked)
    assert cost[1] <= cost[0] * 1.2, cost


@pytest.mark.parametrize("error", [Unavailable("timeout"), ShutError()])
def test_failures_that_settle_together_cost_a_few_statements_however_many_they_are(store: Store, error: Exception) -> None:
    """When a source dies all its calls end at once, and healthy work must not wait until each of them has been written."""
    office, count = real_office(store), 32
    breaker = Breaker(threshold=FAST.breaker_threshold, cool=FAST.breaker_cool, most=FAST.breaker_most, quiet=HOUR)
    failure = Failure(office=office, engine=FAST, flows={}, breaker=breaker, later=lambda moment: moment)
    with store.begin() as tx:
        tx.lanes.ensure([LANE])
    put(store, *(order(number, lane=LANE) for number in range(count)))
    with store.begin() as tx:
        rows = tx.work.claim("one", tx.machine_now(), clock(), LEASE, count)
    with statements() as sent, store.begin() as tx:
        for row in rows:
            failure.settle(tx, row, error, clock())
    assert (len(rows), len(sent) <= 6) == (count, True), sent
    assert set(states(store).values()) == {"ready" if isinstance(error, ShutError) else "waiting"}
    with store.read() as tx:
        (held,) = [one for one in tx.lanes.all() if one.name == LANE]
    assert held.failures == (0 if isinstance(error, ShutError) else FAST.breaker_threshold), "one outage opens it once"


@pytest.mark.slow
def test_a_push_reads_all_that_it_goes_by_in_one_statement_also_which_of_its_links_counts(store: Store, hand: Hand) -> None:
    """A second one would be another journey for each of 500 at once, and of another moment than the first."""
    office, phones, _ = drawing(store, hand)
    away = replace(office, connectors=replace(office.connectors, channels={"phones": Line("phones", fault=AWAY)}))
    _, held = announced(away, hand, cases=1)
    carried_out(away, hand, held.number)
    hand.on(hours=2)
    with store.begin() as tx:
        tx.lanes.succeeded("phones")
        tx.work.promote(hand())
        (mine, _) = (one for one in tx.work.claim("one", tx.machine_now(), hand(), LEASE, 50) if one.kind == OrderKind.PUSH)
        name = mine.key.removeprefix("push:")
        tx.replylinks.call_back(LINK, name, hand())
        address = seatlink.address(office, tx, name)
    with statements() as sent:
        pushing.push(mine, office)
    read = [one for one in sent if "SELECT" in one and "pg_notify" not in one]  # a bell of before may ring by now
    assert len(read) == 1, sent
    assert phones.messages[-1].link == address, "the one that counts now"

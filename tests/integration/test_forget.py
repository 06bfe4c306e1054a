"""Housekeeping: what is history leaves the working tables after the days that settings say, and nothing younger does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.daemon.schedules import schedules
from inspector.domain.decision import Order, OrderKind
from inspector.domain.retention import Record
from inspector.flows import forget, purging
from inspector.settings import Schedules
from inspector.store.sessions import KEPT
from inspector.store.store import Store
from inspector.store.tables import inbox, tick, work
from tests.house import Hand, open_office, settle


def test_each_kind_of_history_is_kept_for_its_own_days(store: Store, hand: Hand) -> None:
    told = Schedules(keep_done_days=7, keep_slots_days=30, keep_messages_days=90)
    ages = (1, 8, 31, 91)
    office = open_office(store, hand)
    with store.begin() as tx:
        for age in ages:
            then = hand() - timedelta(days=age)
            tx.inbox.keep("hall", f"m-{age}", "0" * 64, {}, then)
            tx.schedules.fired("sweep:forget", then, None, then, "me")
            tx.work.order([Order(kind=OrderKind.ASK, key=f"w-{age}", due_at=then, urgent_by=then)], then)
        tx.connection.execute(sa.update(work).values(state="done", done_at=work.c.made_at))
        now = hand()
        tx.work.order([schedules(told, {}, now)["sweep:forget"].order(now, now)], now)
    settle(office)
    with store.read() as tx:
        messages = set(tx.connection.execute(sa.select(inbox.c.message_id)).scalars())
        slots = tx.connection.execute(sa.select(sa.func.count()).select_from(tick)).scalar_one()
        kept = set(tx.connection.execute(sa.select(work.c.key).where(work.c.key.like("w-%"))).scalars())
    assert messages == {"m-1", "m-8", "m-31"}
    assert slots == 2
    assert kept == {"w-1"}


def test_of_a_table_passed_in_small_spans_every_old_row_goes_and_no_young_one(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forget, "_SPAN", 3)
    monkeypatch.setattr(forget, "_MANY", 4)
    office, old = open_office(store, hand), {1, 2, 3, 4, 5, 15, 16, 24}
    with store.begin() as tx:
        for number in range(25):
            then = hand() - timedelta(days=9 if number in old else 1)
            tx.work.order([Order(kind=OrderKind.ASK, key=f"w-{number}", due_at=then, urgent_by=then)], then)
        tx.connection.execute(sa.update(work).values(state="done", done_at=work.c.made_at))
        tx.connection.execute(sa.update(work).where(work.c.key == "w-3").values(state="waiting", done_at=None))
    forget._done(office, hand() - timedelta(days=7))
    with store.read() as tx:
        kept = set(tx.connection.execute(sa.select(work.c.key)).scalars())
        told = [facts["rows"] for _, facts in tx.ledger.facts(["retention.forget"], "retention:work")]
    assert kept == {f"w-{number}" for number in range(25) if number not in old or number == 3}
    assert (sum(told), len(told)) == (7, 2), "an entry for each transaction that let some go"


def test_the_search_for_old_work_writes_nothing_and_so_keeps_nobody_waiting(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = open_office(store, hand)
    with store.begin() as tx:
        tx.work.order([Order(kind=OrderKind.ASK, key="w", due_at=hand(), urgent_by=hand())], hand())

    def refused(_self: Store) -> None:
        raise AssertionError("a writer waits for nothing")

    monkeypatch.setattr(Store, "begin", refused)
    forget._done(office, hand() - timedelta(days=7))


def test_who_had_signed_in_is_kept_for_six_months_whatever_the_packs_say(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    bare = tuple(replace(pack, retentions=()) for pack in office.book.packs)
    over = purging.outlived(replace(office, book=replace(office.book, packs=bare)), Record.SECURITY, KEPT.days)
    assert over is not None
    assert (over.row, over.before <= hand() - timedelta(days=184)) == (None, True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_old_messages_are_found_by_their_age_and_not_by_reading_all_of_them(store: Store, hand: Hand) -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: tuple[object, ...], *_: object) -> None:
        if statement.startswith("DELETE FROM inbox"):
            asked.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        with store.begin() as tx:
            tx.inbox.forget(hand())
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    ((statement, parameters),) = asked
    with store.read() as tx:
        steps = [str(row.detail) for row in tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert any("USING INDEX ix_inbox_at (at<?)" in step for step in steps), steps
    assert not any(step.startswith("SCAN") for step in steps), steps

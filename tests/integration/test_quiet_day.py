"""A day on which nothing is due asks few questions: no more for an agency that has neither draws nor visits, and none one by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.daemon.schedules import schedules, sweep_order
from inspector.domain.decision import Order, OrderKind
from inspector.flows import forget, relief
from inspector.flows.office import AgencyNode, Office
from inspector.settings import Schedules
from inspector.store.store import Store
from inspector.store.work import Work
from tests.house import Hand, claim, open_office


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of a block, without the turns that PostgreSQL takes by one each."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "advisory" not in statement:
            said.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def _daily(office: Office, work: Work) -> list[str]:
    with counted() as said:
        settlement = relief.daily(work, office)
        with office.store.begin() as tx:
            settlement.write(tx, office.now())
    return said


def test_the_daily_look_asks_no_more_for_agencies_that_have_nothing_under_way(store: Store, hand: Hand) -> None:
    office, now = open_office(store, hand), hand()
    with store.begin() as tx:
        tx.work.order([sweep_order(OrderKind.ROSTER_LOOK, {}, now, now)], now)
    (work,) = claim(office)
    _daily(office, work)  # some things are said on the first day alone
    few = _daily(office, work)
    more = {f"quiet-{number}": AgencyNode(id=f"quiet-{number}", name="某局", parent="county") for number in range(30)}
    many = _daily(replace(office, tree={**office.tree, **more}), work)
    assert len(many) == len(few), sorted({*many} - {*few})


def test_a_night_with_little_to_forget_is_one_transaction(store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    office, now = open_office(store, hand), hand()
    then = now - timedelta(days=400)
    with store.begin() as tx:
        tx.inbox.keep("hall", "m", "0" * 64, {}, then)
        tx.schedules.fired("sweep:forget", then, None, then, "me")
        tx.work.order([schedules(Schedules(), {}, now)["sweep:forget"].order(now, now)], now)
    (work,) = claim(office)
    begun: list[object] = []
    begin = Store.begin

    def counting(self: Store) -> object:
        begun.append(self)
        return begin(self)

    monkeypatch.setattr(Store, "begin", counting)
    forget.forget(work, office)
    assert len(begun) == 1
    with store.read() as tx:
        assert tx.inbox.seen("hall", "m", "0" * 64) is None


def test_of_many_keys_those_under_way_are_asked_for_at_once(store: Store, hand: Hand) -> None:
    now = hand()
    with store.begin() as tx:
        for key, due in (("waits", now + timedelta(days=1)), ("ready", now)):
            tx.work.order([Order(kind=OrderKind.ASK, key=key, due_at=due, urgent_by=due)], now)
    with store.read() as tx, counted() as said:
        assert tx.work.under_way(["waits", "ready", "none"]) == {"waits", "ready"}
        assert tx.work.under_way([]) == set()
    assert len(said) == 1

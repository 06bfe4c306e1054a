"""Turns are taken before cases and draws are held, by everybody: so nobody waits in a ring."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from inspector.daemon.group import Done, parts
from inspector.daemon.schedules import sweep_order
from inspector.domain.decision import OrderKind
from inspector.flows import misnaming, voiding
from inspector.flows.office import Office
from inspector.flows.table import FLOWS
from inspector.store.room import Batch
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests import house
from tests.drawn import carried_out, drawing
from tests.house import Hand, application, claim, post, settle
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_misnamed import concluded
from tests.integration.test_way import LICENCE

_WAITS = sa.text("select count(*) from pg_locks where locktype = 'advisory' and not granted")


def a_draw(office: Office) -> str:
    with office.store.read() as tx:
        return tx.draws.newest("bureau")[0]


def drawn(store: Store, hand: Hand) -> Office:
    """An office with a draw that was carried out."""
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    held = announce(office, hand, "weekly")
    settle(office)
    carried_out(office, hand, held.number)
    return office


def waits_with_empty_hands(office: Office, do: Callable[[Tx], object], hold: Callable[[Tx], object]) -> None:
    """Somebody has the turn; who does something waits for it; and whatever row the first one wants then is free."""
    store = office.store

    def act() -> None:
        with store.begin() as tx:
            do(tx)

    with ThreadPoolExecutor() as beside:
        with store.begin() as tx:
            tx.draws.take_turn("bureau")
            acting = beside.submit(act)
            for _ in range(3000):
                with store.read() as looked:
                    if looked.connection.execute(_WAITS).scalar_one():
                        break
                time.sleep(0.02)
            else:
                pytest.fail("nobody waits for the turn")
            hold(tx)
        acting.result(timeout=60)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_who_says_that_a_case_was_about_somebody_else_waits_with_empty_hands(store: Store, hand: Hand) -> None:
    office = house.open_office(store, hand)
    case = concluded(office)
    waits_with_empty_hands(
        office,
        lambda tx: misnaming.sign(office, tx, case, "王五", "代码第12位录错", office.now()),
        lambda tx: tx.cases.get(case, lock=True),
    )


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.slow
def test_who_signs_a_void_waits_with_empty_hands(store: Store, hand: Hand) -> None:
    office = drawn(store, hand)
    number = a_draw(office)
    waits_with_empty_hands(
        office,
        lambda tx: voiding.sign(office, tx, number, by="李科员", reason="名册有误", now=office.now()),
        lambda tx: tx.draws.get(number, lock=True),
    )


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.slow
def test_who_holds_a_draw_waits_with_empty_hands(store: Store, hand: Hand) -> None:
    office = drawn(store, hand)
    number = a_draw(office)
    waits_with_empty_hands(office, lambda tx: tx.draws.hold(number), lambda tx: tx.draws.get(number, lock=True))


@pytest.mark.slow
def test_a_turn_behind_a_row_is_a_bug_that_every_database_tells(store: Store, hand: Hand) -> None:
    office = drawn(store, hand)
    case, number = concluded(office), a_draw(office)
    holds: list[Callable[[Tx], object]] = [
        lambda tx: tx.cases.get(case, lock=True),
        lambda tx: tx.cases.lock([case]),
        lambda tx: tx.cases.lock_drawn(number, []),
        lambda tx: tx.draws.get(number, lock=True),
        lambda tx: tx.draws.lock([number]),
    ]
    for hold in holds:
        with store.begin() as tx:
            hold(tx)
            with pytest.raises(RuntimeError, match="draw:bureau"):
                tx.draws.take_turn("bureau")
        with store.begin() as tx:
            tx.draws.take_turn("bureau")
            hold(tx)
            tx.draws.take_turn("bureau")  # it is there already
            with pytest.raises(RuntimeError, match="draw:other"):
                tx.draws.take_turn("other")
    with store.begin() as tx:
        tx.cases.get(case)
        tx.draws.get(number)
        tx.draws.take_turn("bureau")  # what is only read is in nobody's way


@pytest.mark.slow
def test_the_daily_look_is_settled_by_itself_and_has_every_turn_before_any_row(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = drawn(store, hand)
    post(office, application(77, "business-licence", LICENCE))
    with store.begin() as tx:
        tx.work.order([sweep_order(OrderKind.ROSTER_LOOK, {}, hand(), hand())], hand())
    works = claim(office)
    assert {one.kind for one in works} > {OrderKind.ROSTER_LOOK}
    done = [Done(work=one, settlement=FLOWS[OrderKind(one.kind)].do(one, office)) for one in works]
    (alone,) = [part for part in parts(done, FLOWS) if any(one.work.kind == OrderKind.ROSTER_LOOK for one in part)]
    (looked,) = alone
    before, holds = list[set[str]](), Batch.holds_rows

    def first(batch: Batch, locked: bool = True) -> None:
        before.append(set(batch._turns))
        holds(batch, locked)

    monkeypatch.setattr(Batch, "holds_rows", first)
    with store.begin() as tx:
        assert looked.settlement is not None
        assert looked.settlement.write is not None
        looked.settlement.write(tx, hand())
        tx.draws.hold(a_draw(office))
    every = {f"draw:{agency}" for agency in {*office.tree, *(plan.agency for plan in office.plans.values())}}
    assert len(every) > 1
    assert before[0] >= every

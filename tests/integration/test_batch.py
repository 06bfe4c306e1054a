"""What a transaction collects is written as if at once: nothing is read over, nothing written over another's hand."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain.case import Case
from inspector.domain.errors import Stale
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests.engine import until
from tests.house import START, Hand, application, closing, open_office, open_store, post

CLAIM = {"registration-status": "存续"}


@pytest.fixture
def name(store: Store, hand: Hand) -> str:
    """The id of a case that has just come in."""
    return post(open_office(store, hand), application(1, "business-licence", CLAIM))


def read(store: Store, name: str) -> Case:
    with store.read() as tx:
        return tx.cases.get(name)


def later(case: Case, days: int) -> Case:
    return replace(case, concluded_at=START + timedelta(days=days))


def undone(tx: Tx, changed: Case) -> None:
    """A part of the transaction that writes a case and then fails."""
    with tx.savepoint():
        tx.cases.put(changed)
        raise ZeroDivisionError


def put_all(tx: Tx, cases: list[Case]) -> None:
    for case in cases:
        tx.cases.put(case)


def test_a_case_changed_twice_in_one_transaction_is_read_as_it_was_last_written(store: Store, name: str) -> None:
    with store.begin() as tx:
        first = tx.cases.put(later(tx.cases.get(name, lock=True), 1))
        second = tx.cases.put(later(tx.cases.get(name, lock=True), 2))
        assert (second.version, tx.cases.get(name)) == (first.version + 1, second)
    assert read(store, name) == second


def test_a_case_that_another_hand_has_changed_is_not_written_over(store: Store, name: str) -> None:
    before = read(store, name)
    with store.begin() as tx:
        changed = tx.cases.put(later(before, 1))
    with pytest.raises(Stale), store.begin() as tx:
        tx.cases.put(later(before, 2))
    assert read(store, name) == changed


def test_what_a_savepoint_has_taken_back_is_not_read_again(store: Store, name: str) -> None:
    before = read(store, name)
    with store.begin() as tx:
        tx.cases.lock([name])
        with pytest.raises(ZeroDivisionError):
            undone(tx, later(before, 1))
        assert tx.cases.get(name) == before
    assert read(store, name) == before


def test_a_stale_change_in_a_savepoint_is_undone_alone(store: Store, hand: Hand, name: str) -> None:
    other = post(open_office(store, hand), application(2, "business-licence", CLAIM))
    stale = read(store, name)
    with store.begin() as tx:
        tx.cases.put(later(tx.cases.get(name, lock=True), 1))
        with pytest.raises(Stale), tx.savepoint():
            tx.cases.put(later(stale, 2))
        changed = tx.cases.put(later(tx.cases.get(other, lock=True), 3))
    assert (read(store, name).concluded_at, read(store, other)) == (START + timedelta(days=1), changed)


def test_one_stale_change_of_five_that_are_written_together_takes_the_whole_transaction_back(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    names = [post(office, application(number, "business-licence", CLAIM)) for number in range(5)]
    before = [read(store, name) for name in names]
    with store.begin() as tx:
        moved = tx.cases.put(later(before[2], 1))
    with pytest.raises(Stale), store.begin() as tx:
        put_all(tx, [later(case, 2) for case in before])
    assert [read(store, name) for name in names] == [*before[:2], moved, *before[3:]]


@pytest.mark.postgres
def test_a_hand_that_writes_a_case_which_another_holds_waits_and_its_word_is_not_lost(postgres_url: str, hand: Hand) -> None:
    with closing(open_store(postgres_url)) as store:
        name = post(open_office(store, hand), application(1, "business-licence", CLAIM))

        def write() -> None:
            with store.begin() as tx:
                held = tx.cases.get(name, lock=True)
                tx.cases.put(replace(held, review_reason="said by the second"))

        second = threading.Thread(target=write)
        with store.begin() as tx:
            tx.cases.lock([name])
            second.start()
            until(lambda: waiting(store))
            tx.cases.put(later(tx.cases.get(name), 1))
        second.join()
        kept = read(store, name)
    assert (kept.concluded_at, kept.review_reason) == (START + timedelta(days=1), "said by the second")


def waiting(store: Store) -> bool:
    """Whether a connection waits for another's lock."""
    with store.read() as tx:
        asked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return bool(tx.connection.exec_driver_sql(asked).scalar())

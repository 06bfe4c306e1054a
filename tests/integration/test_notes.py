"""Before a call that nobody could repeat its row says so, durably; many calls at once share their commits (issue 6, push latency)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Stale
from inspector.flows.holding import CALLED
from inspector.store import payload
from inspector.store.notes import Notes
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.store.work import Work
from tests.house import Hand

pytestmark = pytest.mark.alike
MANY = 12


def claimed(store: Store, hand: Hand) -> list[Work]:
    """Rows in hand."""
    with store.begin() as tx:
        orders = [
            Order(kind=OrderKind.PUSH, key=f"push:V-1:{number}:0", due_at=hand(), urgent_by=hand(), payload={"number": number})
            for number in range(MANY)
        ]
        tx.work.order(orders, hand())
        tx.work.promote(hand())
        works = tx.work.claim("one", tx.machine_now(), hand(), timedelta(seconds=60), 100)
    assert len(works) == MANY
    return sorted(works, key=lambda work: work.id)


def carried(store: Store, works: list[Work]) -> list[object]:
    """What each row says now of its call."""
    with store.read() as tx:
        rows = [tx.work.keyed(work.key) for work in works]
    return [(payload.read(row["payload"]) or {}).get(CALLED) for row in rows if row is not None]


def test_calls_that_come_while_one_is_noted_share_the_next_commit_and_each_row_says_its_own(store: Store, hand: Hand) -> None:
    works, commits, there, go = claimed(store, hand), 0, threading.Event(), threading.Event()

    @contextmanager
    def begun() -> Iterator[Tx]:
        nonlocal commits
        with store.begin() as tx:
            yield tx
            commits += 1
            if commits == 1:
                there.set()
                assert go.wait(30)

    notes = Notes(begun)

    def keep(work: Work) -> None:
        notes.keep(work, lambda at: {**work.payload, CALLED: f"{work.payload['number']} {at.isoformat()}"})

    with ThreadPoolExecutor(MANY) as pool:
        first = pool.submit(keep, works[0])
        assert there.wait(30)
        others = [pool.submit(keep, work) for work in works[1:]]
        while len(notes._lie) < MANY - 1:
            pass
        go.set()
        for one in (first, *others):
            one.result(30)
    assert commits == 2
    assert [str(one).partition(" ")[0] for one in carried(store, works)] == [str(number) for number in range(MANY)]


def test_a_row_that_is_another_daemons_by_now_is_not_called_for_and_spoils_no_other_note(store: Store, hand: Hand) -> None:
    works = claimed(store, hand)
    lost, *ours = works
    held = replace(lost, fence=lost.fence - 1)
    with pytest.raises(Stale):
        store.notes.keep(held, lambda _: {CALLED: "never"})
    notes, together = Notes(store.begin), [held, *ours]
    notes._turn.acquire()
    with ThreadPoolExecutor(MANY) as pool:
        made = [pool.submit(notes.keep, work, lambda at: {CALLED: at.isoformat()}) for work in together]
        while len(notes._lie) < MANY:
            pass
        notes._turn.release()
        errors = [type(one.exception(30)) for one in made]
    assert errors == [Stale, *[type(None)] * (MANY - 1)]
    assert [one is not None for one in carried(store, works)] == [False, *[True] * (MANY - 1)]


def test_where_nothing_could_be_written_nobody_calls(store: Store, hand: Hand) -> None:
    works = claimed(store, hand)

    @contextmanager
    def broken() -> Iterator[Tx]:
        with store.begin() as tx:
            yield tx
            raise OSError("no room on the disk")

    notes = Notes(broken)
    notes._turn.acquire()
    with ThreadPoolExecutor(MANY) as pool:
        made = [pool.submit(notes.keep, work, lambda at: {CALLED: at.isoformat()}) for work in works]
        while len(notes._lie) < MANY:
            pass
        notes._turn.release()
        assert {type(one.exception(30)) for one in made} == {OSError}
    assert carried(store, works) == [None] * MANY

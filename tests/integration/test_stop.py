"""The worker's stop: what runs is ended, everything else is given back, and nothing is both."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace

from inspector.store.store import Store
from inspector.store.tables import EPOCH
from inspector.store.work import Work
from tests.engine import FAST, Hands, at_work, order, put, real_office, row, states, until


def test_a_graceful_stop_ends_what_runs_and_gives_the_rest_back(store: Store) -> None:
    office = real_office(store)
    running, go = threading.Event(), threading.Event()

    def say(_held: Work) -> None:
        running.set()
        go.wait(10)

    put(store, *(order(n) for n in range(6)))
    with at_work(office, Hands(say=say), replace(FAST, threads=1)) as worker:
        assert running.wait(10)
        stopping = threading.Thread(target=worker.stop, args=(10.0,))
        stopping.start()
        until(lambda: worker.in_flight == 1)
        go.set()
        stopping.join()
    assert Counter(states(store).values()) == {"done": 1, "ready": 5}
    left = [row(store, n) for n in range(6) if states(store)[str(n)] == "ready"]
    assert {(held["lease_until"], held["owner"], held["attempts"]) for held in left} == {(EPOCH, None, 0)}


def test_a_thread_that_comes_late_to_a_row_given_back_does_not_carry_it_out(store: Store) -> None:
    office = real_office(store)
    running, go = threading.Event(), threading.Event()

    def say(_held: Work) -> None:
        running.set()
        go.wait(10)

    put(store, order(1), order(2))
    hands = Hands(say=say)
    with at_work(office, hands, replace(FAST, threads=1)) as worker:
        assert running.wait(10)
        until(lambda: worker.in_flight == 2)
        late = next(held for held in worker._held._held.values() if held.key not in hands.calls)
        stopping = threading.Thread(target=worker.stop, args=(10.0,))
        stopping.start()
        until(lambda: worker.in_flight == 1)
        go.set()
        worker._carry_out(late)
        stopping.join()
    assert len(hands.calls) == 1
    assert states(store)[late.key.removeprefix("ask:")] == "ready"

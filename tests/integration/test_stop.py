"""What a worker holds and does not: at its stop, and where a claim is lost. What runs is ended, the rest is given back, nothing is both."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace

import sqlalchemy as sa

from inspector.store.store import Store
from inspector.store.tables import EPOCH
from inspector.store.work import Work
from tests.engine import FAST, Hands, at_work, lines, listening, order, put, real_office, row, states, until

LOST = 3
"""Claims whose commit fails."""


def test_a_graceful_stop_ends_what_runs_and_gives_the_rest_back(store: Store) -> None:
    office = real_office(store)
    running, go = threading.Event(), threading.Event()

    def say(_held: Work) -> None:
        running.set()
        go.wait(60)

    put(store, *(order(n) for n in range(6)))
    with at_work(office, Hands(say=say), replace(FAST, threads=1)) as worker:
        assert running.wait(60)
        stopping = threading.Thread(target=worker.stop, args=(60.0,))
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
        go.wait(60)

    put(store, order(1), order(2))
    hands = Hands(say=say)
    with at_work(office, hands, replace(FAST, threads=1)) as worker:
        assert running.wait(60)
        until(lambda: worker.in_flight == 2)
        late = next(held for held in worker._held._held.values() if held.key not in hands.calls)
        stopping = threading.Thread(target=worker.stop, args=(60.0,))
        stopping.start()
        until(lambda: worker.in_flight == 1)
        go.set()
        worker._carry_out(late)
        stopping.join()
    assert len(hands.calls) == 1
    assert states(store)[late.key.removeprefix("ask:")] == "ready"


def test_nothing_is_carried_out_of_a_claim_whose_commit_fails(store: Store) -> None:
    """Whoever reads a batch before its commit calls the outside for rows that another daemon may hold."""
    office, hands = real_office(store), Hands()
    called = threading.Event()
    lost: list[list[str]] = []

    def lose(_connection: object) -> None:
        if threading.current_thread().name in ("claim", "settle") and len(lost) < LOST:
            called.wait(0.1)  # whoever would not await the commit has time to call
            lost.append(list(hands.calls))
            raise ConnectionError("the commit did not get through")

    hands.say = lambda _held: called.set()
    put(store, *(order(n) for n in range(6)))
    sa.event.listen(store.engine, "commit", lose)
    try:
        with listening() as stream, at_work(office, hands):
            until(lambda: set(states(store).values()) == {"done"})  # and promote nothing, for a claim would share that commit
    finally:
        sa.event.remove(store.engine, "commit", lose)
    assert lost == [[]] * LOST
    assert [line["error"] for line in lines(stream) if line["event"] == "claim.failed"][:1] == ["ConnectionError"]
    assert sorted(hands.calls) == [f"ask:{n}" for n in range(6)], "each once, when the claim stands"

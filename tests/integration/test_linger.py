"""Few rows that come one after the other share a claim and a commit; what comes alone is not kept waiting."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from inspector.daemon.worker import Worker
from inspector.store.store import Store
from inspector.store.work import Work
from inspector.telemetry.metrics import Metrics
from tests.engine import FAST, Hands, at_work, order, put, real_office, states, until
from tests.house import running

LONG = 3.0


def test_what_comes_while_a_small_claim_is_rested_from_is_claimed_together(store: Store) -> None:
    office, points = real_office(store), list[str]()
    put(store, order(1))
    hands = Hands()
    worker = Worker(office, Metrics(), replace(FAST, poll=60, linger=LONG), "one", flows=hands.flows(), fault=points.append)
    with running(worker):
        until(lambda: states(store) == {"1": "done"})
        for name in (2, 3, 4):
            put(store, order(name))
            worker.wake()
        until(lambda: set(states(store).values()) == {"done"})
    assert points.count("claimed") == 2
    assert sorted(hands.calls) == ["ask:1", "ask:2", "ask:3", "ask:4"]


def test_what_comes_alone_waits_for_nobody(store: Store) -> None:
    office, began = real_office(store), time.monotonic()
    with at_work(office, Hands(), replace(FAST, linger=60)):
        put(store, order(1))
        until(lambda: states(store) == {"1": "done"}, office)
    assert time.monotonic() - began < 60


def test_a_stop_does_not_wait_for_company(store: Store) -> None:
    office, said = real_office(store), threading.Event()

    def say(_work: Work) -> None:
        said.set()

    began = time.monotonic()
    with at_work(office, Hands(say=say), replace(FAST, linger=60)) as worker:
        for name in (1, 2):
            put(store, order(name))
            worker.wake()
        said.wait(30)
    assert time.monotonic() - began < 60

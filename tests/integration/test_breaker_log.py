"""What the log tells of breakers, each change once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa
from structlog.testing import CapturingLogger

from inspector.daemon import breaker
from inspector.ports import Barred, Unavailable
from inspector.store.store import Store
from inspector.store.tables import EPOCH, work
from inspector.store.work import Work
from tests.engine import (
    FAST,
    LANE,
    Hands,
    at_work,
    clock,
    order,
    put,
    real_office,
    states,
    until,
)
from tests.integration.test_worker import cool, lane_of


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> CapturingLogger:
    """What the log is told of breakers, whatever level is written."""
    held = CapturingLogger()
    monkeypatch.setattr(breaker, "log", held)
    return held


def told_of(said: CapturingLogger) -> list[tuple[str, str]]:
    """Event and level of each line about the lane."""
    return [(str(call.args[0]), call.method_name) for call in said.calls if call.kwargs["connector"] == LANE]


def test_an_outage_is_opened_once_each_probe_half_opens_and_an_answer_closes(store: Store, said: CapturingLogger) -> None:
    office = real_office(store)
    healthy, answer = threading.Event(), threading.Event()

    def say(_held: Work) -> None:
        if not healthy.is_set():
            raise Unavailable("refused")
        answer.wait(60)

    hands = Hands(say=say)
    put(store, *(order(n, lane=LANE) for n in range(12)))
    with at_work(office, hands, replace(FAST, breaker_threshold=2, threads=1)) as worker:
        until(lambda: lane_of(store)["failures"] == 2 and worker.in_flight == 0)
        with store.begin() as tx:  # as if all had been written down since
            tx.connection.execute(sa.update(work).values(state="ready"))
        before = len(hands.calls)
        time.sleep(0.3)
        assert len(hands.calls) == before, "open: nothing goes out"
        cool(store)
        until(lambda: lane_of(store)["failures"] == 3)
        assert len(hands.calls) == before + 1, "the probe failed: open again, for longer"
        assert lane_of(store)["open_until"] > clock() + FAST.breaker_cool  # type: ignore[operator]
        healthy.set()
        cool(store)
        until(lambda: len(hands.calls) == before + 2)
        time.sleep(0.3)
        assert (len(hands.calls), worker.in_flight) == (before + 2, 1), "half open: one probe, and no other call"
        answer.set()
        until(lambda: Counter(states(store).values()) == {"done": 11, "waiting": 1})
    assert lane_of(store) == {"failures": 0, "open_until": EPOCH, "error": None}
    half = ("connector.half_opened", "info")
    assert told_of(said) == [("connector.opened", "warning"), half, half, ("connector.closed", "info")], "each change once"


def test_a_connector_that_does_not_let_us_in_is_told_once_however_often_it_says_so(store: Store, said: CapturingLogger) -> None:
    office = real_office(store)

    def say(_held: Work) -> None:
        raise Barred("unauthorised")

    put(store, *(order(n, lane=LANE) for n in range(4)))
    with at_work(office, Hands(say=say), FAST) as worker:
        for _ in range(2):
            until(lambda: lane_of(store)["error"] is not None and worker.in_flight == 0)
            before = lane_of(store)
            cool(store)
            until(lambda: lane_of(store)["failures"] != before["failures"] and worker.in_flight == 0)  # noqa: B023 - it is waited for here
    half = ("connector.half_opened", "info")
    assert told_of(said) == [("connector.barred", "warning"), half, half]

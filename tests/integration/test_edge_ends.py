"""The edge ends as soon as it is told to and what runs is answered: it does not look for either each tenth second."""

from __future__ import annotations

import threading
import time

import httpx
import pytest

from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from inspector.web.app import build
from inspector.web.health import Health
from inspector.web.server import Server, listen
from tests.edge import WEB, serving
from tests.house import Hand, open_office

pytestmark = pytest.mark.alike


def test_an_edge_that_nobody_asks_anything_ends_at_once_though_a_connection_is_kept(store: Store, hand: Hand) -> None:
    office, took = open_office(store, hand), list[float]()
    for _ in range(5):  # the quickest of five: a busy machine may be slow, and is never quick
        with serving(office) as edge, edge.client() as client:
            assert client.get("/health/live").status_code == 200
            began = time.monotonic()
            edge.server.stop()
            took.append(time.monotonic() - began)
    assert min(took) < 0.09


def test_a_request_that_runs_is_answered_though_the_edge_ends_meanwhile_and_no_other_is_taken(store: Store, hand: Hand) -> None:
    runs, goes_on, told = threading.Event(), threading.Event(), list[int]()

    def live() -> bool:
        runs.set()
        return goes_on.wait(30)

    server = Server(build(open_office(store, hand), Metrics(), Health, live, WEB), listen(WEB))
    address = f"http://127.0.0.1:{server.port}/health/live"
    asks = threading.Thread(target=lambda: told.append(httpx.get(address, trust_env=False, timeout=60).status_code))
    ends = threading.Thread(target=server.stop, args=[60])
    server.start()
    asks.start()
    assert runs.wait(30)
    ends.start()
    ends.join(0.2)
    assert ends.is_alive(), "it waits for the request"
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, trust_env=False, timeout=60)
    goes_on.set()
    for thread in (asks, ends):
        thread.join(60)
        assert not thread.is_alive()
    assert told == [200]

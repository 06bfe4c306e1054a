"""Work that only another release can carry out: it waits, and after a day in which none came a person is told. On both databases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest

from inspector.daemon.worker import Worker
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Missing
from inspector.flows.table import Flow
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.engine import FAST, LANE, Hands, clock, order, put, row, until
from tests.house import Table, open_office, running


def heard(store: Store) -> list[tuple[str, str, str]]:
    """What stopped or waiting work a person hears of: whose, which row, and why."""
    with store.read() as tx:
        rows = [one for one in tx.attention.page(None) if one["kind"] == "work_stopped"]
    told = [(str(one["agency"]), json.loads(one["body"])) for one in rows]
    return [(agency, str(one["work"]), str(one["error"])) for agency, one in told]


@pytest.mark.parametrize("why", ["kind_unknown", "pack_unknown"])
def test_a_row_that_no_release_has_come_for_in_a_day_is_told_to_a_person_and_still_waits(store: Store, why: str) -> None:
    passed, newer = timedelta(0), [False]

    def now() -> datetime:
        return clock() + passed

    def say(_work: Any) -> None:
        if not newer[0]:
            raise Missing("pack_unknown", pack="demo@99", known="demo@1")

    office = open_office(store, now, sources={LANE: Table()})
    known = {OrderKind.ASK: Flow(do=Hands(say=say).do)}

    def at_work(flows: Mapping[OrderKind, Flow]) -> AbstractContextManager[Worker]:
        return running(Worker(office, Metrics(), FAST, "one", flows=flows, machine=lambda told: told + passed))

    put(store, order(1))
    with at_work({} if why == "kind_unknown" else known):
        until(lambda: row(store, 1)["state"] == "waiting")
        since = row(store, 1)["error"]
        passed = timedelta(hours=2)
        until(lambda: row(store, 1)["due_at"] > now() and row(store, 1)["fence"] > 1, office)
        assert row(store, 1)["error"] == since, "since when it waits"
        assert heard(store) == []
        passed = timedelta(hours=25)
        until(lambda: heard(store) == [(office.house, "ask:1", why)], office)
        held = row(store, 1)
        assert (held["state"], held["attempts"], held["error"]) == ("waiting", 0, since), "it is not lost"
        assert held["due_at"] > now() + timedelta(minutes=30)
    newer[0], passed = True, timedelta(hours=27)  # the release that knows it has come
    with at_work(known):
        until(lambda: row(store, 1)["state"] == "done", office)
    assert heard(store) == [], "and with it the matter is over"

"""A case verified over the state exchange platform: what the platform does wrong delays it and says nothing about it. On both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector.daemon.breaker import BARRED
from inspector.daemon.worker import Worker
from inspector.domain.case import CaseState, Outcome
from inspector.domain.evidence import Verdict
from inspector.flows.verify import CLOCK_DIFFERS
from inspector.store.room import Row
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.engine import until
from tests.gateway import SERVICE, SPENT, Platform, reached
from tests.house import QUICK, Hand, application, open_office, post, running, settle
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike


def matters(store: Store, kind: str) -> list[Row]:
    with store.read() as tx:
        return [held for held in tx.attention.page(None) if held["kind"] == kind]


def test_a_case_waits_while_the_platform_grants_nothing_and_is_true_when_it_confirms(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    said: list[object] = [{"code": "-1"}, {"code": SPENT}, {"code": "-1"}, {"code": "E-106", "data": None}]
    platform = Platform(ahead=-200)
    platform.says = lambda _: platform.told(said.pop(0) if len(said) > 1 else said[0])
    with reached(tmp_path, platform, as_of_field="", live=True) as (source, _, _):
        office = open_office(store, hand, sources={"registers": source})
        case = post(office, application(1, "business-licence", LICENCE))
        settle(office)
        (matter,) = matters(store, BARRED)
        told = json.loads(matter["body"])
        assert (told["connector"], told["error"]) == ("registers", "source_barred")
        assert told["detail"].startswith("code E-106; our clock is ")
        with store.read() as tx:
            assert (tx.cases.get(case).state, tx.cases.evidence(case)) == (CaseState.VERIFYING, [])
        said[:] = [{"code": "0", "data": {"value": "存续"}}]
        with store.begin() as tx:
            tx.lanes.look_again(tx.machine_now())  # as a restart does, when the grant has come
        hand.on(hours=1)  # the row's own wait after its fourth try
        with running(Worker(office, Metrics(), QUICK, "test", machine=lambda _: office.now())):
            until(lambda: not matters(store, BARRED), office)
        settle(office)
    with store.read() as tx:
        held, evidence = tx.cases.get(case), tx.cases.evidence(case)
    assert (held.state, held.outcome) == (CaseState.CLOSED, Outcome.TRUE)
    assert [piece.verdict for piece in evidence] == [Verdict.MATCH]
    assert (matters(store, BARRED), len(matters(store, CLOCK_DIFFERS))) == ([], 1)
    assert {heard.headers["x-correlation-id"] for heard in platform.asked} == {case}
    assert {heard.headers["gjgxjhpt_sid"] for heard in platform.asked} == {SERVICE}
    assert len({heard.headers["idempotency-key"] for heard in platform.asked}) == 1, "one question, under one key, however often"

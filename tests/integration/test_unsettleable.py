"""Work whose failure cannot be written down by its flow's rules: it stops all the same, and a person is told. On both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.daemon.worker import Worker
from inspector.domain.decision import OrderKind
from inspector.flows.table import Flow
from inspector.ports import Origin, Unavailable
from inspector.store.keyring import ALTERED
from inspector.store.sealed import bare
from inspector.store.store import Store
from inspector.store.tables import case_file
from inspector.store.work import Work
from inspector.telemetry.metrics import Metrics
from tests.edge import a_case, serving
from tests.engine import FAST, Hands, clock, count, lines, listening, order, put, real_office, row, states, until
from tests.house import Table, application, closing, open_office, post, running
from tests.integration.test_way import LICENCE
from tests.sealing import sealed_store

WEARY = replace(FAST, lease=timedelta(seconds=5), breaker_threshold=1_000_000)


def damage(store: Store, case_id: str) -> None:
    """What nobody can read stands in a case."""
    with store.begin() as tx:
        told = sa.func.replace(case_file.c.body, '"VERIFYING"', '"HEARD"')
        tx.connection.execute(sa.update(case_file).where(case_file.c.id == case_id).values(body=told))


def asked(store: Store, case_id: str) -> dict[str, Any]:
    """The question of a case."""
    with store.read() as tx:
        (held,) = tx.work.page(case_id=case_id, kind="ask")
    return held


def test_work_of_a_case_that_nobody_can_read_stops_and_its_neighbours_go_on(store: Store) -> None:
    office = open_office(store, clock, sources={"registers": Table(default="=")})
    ours, other = (post(office, application(number, "business-licence", LICENCE)) for number in (1, 2))
    damage(store, ours)

    worker = Worker(office, Metrics(), WEARY, "one")
    with running(worker):
        until(lambda: (asked(store, ours)["state"], asked(store, other)["state"]) == ("quarantined", "done"), office)
        assert count(worker, "inspector_settlements_failed_total") == 0, "the database is not away"
    assert asked(store, ours)["error"] == "stored_unreadable"
    with store.read() as tx:
        (told,) = tx.attention.standing("work_stopped")
        (matter,) = [one for one in tx.attention.page(None) if one["kind"] == "work_stopped"]
    assert (told["case"], told["error"]) == (ours, "stored_unreadable")
    assert matter["agency"] == "bureau", "known by the table, whatever the body says"


@pytest.mark.alike
def test_who_asks_for_a_case_that_nobody_can_read_hears_so_and_the_log_says_where(store: Store) -> None:
    with serving(real_office(store)) as edge, edge.as_("system") as system, listening() as stream:
        case_id = system.post("/v1/cases", json=a_case(1)).json()["id"]
        damage(store, case_id)
        told = system.get(f"/v1/cases/{case_id}")
    error = told.json()["error"]
    assert (told.status_code, error["code"]) == (500, "stored_unreadable")
    assert error["facts"] == {"what": "Case", "places": "state: enum"}
    assert "备份" in error["message_zh"]
    assert [line["event"] for line in lines(stream) if line["level"] == "error"] == ["request.failed"]


def test_a_case_that_was_exchanged_under_its_seal_stops_its_own_work_alone(database_url: str) -> None:
    with closing(sealed_store(database_url)) as store:
        with store.begin() as tx:
            tx.office.found(clock(), clock(), 1.0, skip_closed=False)
        office = open_office(store, clock, sources={"registers": Table(default="=")})
        ours, other = (post(office, application(number, "business-licence", LICENCE)) for number in (1, 2))
        held = bare(case_file)
        with store.begin() as tx:
            taken = sa.select(held.c.body).where(held.c.id == other).scalar_subquery()
            tx.connection.execute(sa.update(held).where(held.c.id == ours).values(body=taken))
        with running(Worker(office, Metrics(), WEARY, "one")):
            until(lambda: (asked(store, ours)["state"], asked(store, other)["state"]) == ("quarantined", "done"), office)
        assert asked(store, ours)["error"] == ALTERED
        with store.read() as tx:
            assert [told["case"] for told in tx.attention.standing("work_stopped")] == [ours]


@pytest.mark.parametrize("hook", ["stuck", "halted"])
def test_a_rule_for_failures_that_fails_itself_stops_the_row(store: Store, hook: str) -> None:
    def dead(_work: Work) -> None:
        raise Unavailable("connection_refused", origin=Origin.WIRE, attempts=1)

    def amiss(*_: object) -> Any:
        raise KeyError("a fault of the program")

    office, hands = real_office(store), Hands(say=dead)
    put(store, order(1))
    flow = Flow(do=hands.do, stuck=amiss) if hook == "stuck" else Flow(do=hands.do, halted=amiss)
    worker = Worker(office, Metrics(), WEARY, "one", flows={OrderKind.ASK: flow})
    with running(worker):
        until(lambda: states(store) == {"1": "quarantined"}, office)
    assert (row(store, 1)["error"], row(store, 1)["attempts"]) == ("KeyError", FAST.ladder.tries)
    assert len(hands.calls) == FAST.ladder.tries, "not once for each claim"
    with store.read() as tx:
        (told,) = tx.attention.standing("work_stopped")
    assert (told["work"], told["error"]) == ("ask:1", "KeyError")

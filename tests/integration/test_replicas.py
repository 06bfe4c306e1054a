"""Daemons on one database that were started with different packs, connectors or settings: a person is told, and no work suffers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from inspector.daemon.accord import LOOKS, Accord
from inspector.daemon.breaker import BARRED
from inspector.daemon.elsewhere import REST
from inspector.daemon.terms import terms
from inspector.domain.case import CaseState
from inspector.domain.errors import Missing
from inspector.flows.office import Connectors, Office
from inspector.store.replicas import connector
from inspector.store.room import Row
from inspector.store.store import Store
from tests.edge import serving
from tests.engine import LANE, Hands, at_work, clock, listening, order, put, real_office, row, states, until
from tests.house import Hand, application, closing, open_office, post, settle
from tests.integration.test_installation import LICENCE, Installation

pytestmark = pytest.mark.alike


def second(at: Installation) -> str:
    """demo@2, with one value changed, in force from a day before the tests' own."""
    told = {"version": '"2"', "effective_from": "2026-02-01", "exempt_review_by": "2027-01-31"}
    lines = at.stricter().splitlines()
    return "\n".join(f"{key} = {told[key]}" if (key := line.split(" ")[0]) in told else line for line in lines)


def two(folder: Path, url: str, hand: Hand) -> tuple[Installation, Office, Installation, Office]:
    """Two daemons' offices on one database; a new version of the pack lies in the second one's folder alone."""
    folders = [folder / name for name in ("a", "b")]
    for one in folders:
        one.mkdir()
    here, there = (Installation(one, url) for one in folders)
    first = here.start(hand)
    (there.policies / "demo" / "pack-2.toml").write_text(second(there), encoding="utf-8")
    return here, first, there, there.start(hand)


@pytest.mark.slow
def test_a_case_under_a_version_that_only_another_daemon_has_read_is_decided_and_explained_here(
    tmp_path: Path, database_url: str, hand: Hand
) -> None:
    here, first, there, other = two(tmp_path, database_url, hand)
    with closing(here.store), closing(there.store):
        case = post(other, application(1, "business-licence", LICENCE))
        with serving(first) as edge, edge.as_("officer") as officer:
            told = officer.get(f"/v1/cases/{case}/explain")
        settle(first)
        with here.store.read() as tx:
            held = tx.cases.get(case)
            tries = [one["attempts"] for one in tx.work.page() if one["state"] != "done" and one["error"]]
        assert first.book.get("demo@2").digest == other.book.get("demo@2").digest
        with pytest.raises(Missing, match="pack_unknown"):
            first.book.get("demo@3")
    assert (held.pack, held.state) == ("demo@2", CaseState.REVIEW)
    assert told.status_code == 200, told.text
    assert tries == []


def test_work_under_a_pack_that_this_release_cannot_read_is_put_off_uncounted_and_never_stopped(store: Store) -> None:
    def say(_work: object) -> None:
        raise Missing("pack_unknown", pack="demo@99", known="demo@1")

    put(store, order(1))
    with listening() as stream, at_work(real_office(store), Hands(say=say)):
        until(lambda: states(store) == {"1": "waiting"})
        until(lambda: "work.pack_unknown" in stream.getvalue())
    held = row(store, 1)
    assert (held["attempts"], held["error"].split(":")[0]) == (0, "pack_unknown")
    assert held["due_at"] - clock() < timedelta(minutes=2), "another daemon may do it now"


def alive(store: Store, replica: str, declared: dict[str, str]) -> None:
    with store.begin() as tx:
        tx.replicas.seen(replica, "1", tx.machine_now(), tx.machine_now(), declared)


def lane(store: Store) -> tuple[int, bool]:
    with store.read() as tx:
        (held,) = [one for one in tx.lanes.all() if one.name == LANE]
    return held.failures, held.barred


def matters(store: Store, kind: str) -> list[Row]:
    with store.read() as tx:
        return [held for held in tx.attention.page(None) if held["kind"] == kind]


def test_work_for_a_connector_that_another_daemon_has_is_left_to_that_one_and_shuts_nobody_out(store: Store) -> None:
    whole = real_office(store)
    poor = replace(whole, connectors=Connectors())
    alive(store, "two", {connector(LANE): "sources"})
    put(store, *(order(n, lane=LANE) for n in range(5)), order("house"))
    hands, others = Hands(), Hands()
    with at_work(poor, hands) as worker:
        until(lambda: states(store)["house"] == "done" and not worker.in_flight)
        until(lambda: {row(store, n)["fence"] for n in range(5)} != {0} and not worker.in_flight)
        assert hands.calls == ["ask:house"]
        assert (lane(store), matters(store, BARRED)) == ((0, False), [])
        assert {(row(store, n)["state"], row(store, n)["attempts"], row(store, n)["error"]) for n in range(5)} == {
            ("ready", 0, None)
        }
        with at_work(whole, others, owner="two"):
            until(lambda: set(states(store).values()) == {"done"})
    assert sorted(others.calls) == [f"ask:{n}" for n in range(5)]
    assert REST <= 60, "when the other one is gone its work must not be passed over for long"


def test_a_connector_that_no_living_daemon_has_waits_for_a_person_as_before(store: Store, hand: Hand) -> None:
    here = open_office(store, hand, sources={})
    with store.begin() as tx:
        tx.lanes.ensure(["registers"])
        then = tx.machine_now() - timedelta(minutes=5)
        tx.replicas.seen("two", "1", then, then, {connector("registers"): "sources"})
    post(open_office(store, hand, sources={"registers": object()}), application(1, "business-licence", LICENCE))
    settle(here)
    assert [held["about"] for held in matters(store, BARRED)] == ["registers"]


def test_a_person_is_told_by_name_what_living_daemons_have_differently_and_it_is_over_when_they_agree(
    store: Store, hand: Hand
) -> None:
    office = open_office(store, hand, sources={"registers": object()})
    pack = office.book.get("demo@1")
    office = replace(office, book=replace(office.book, packs=(pack,)))
    other = replace(
        office,
        base_url="http://0.0.0.0:8080",
        connectors=Connectors(),
        calendar=replace(office.calendar, closes=time(18)),
        book=replace(office.book, packs=(replace(pack, digest="0" * 64), replace(pack, version="2"))),
        tree={**office.tree, "bureau": replace(office.tree["bureau"], pack="maoji")},
    )
    alive(store, "two", {**terms(other), "plan:spring": "every 30h", "plan:autumn": "every 30h"})
    accord = Accord(store, "one")
    with listening() as stream:
        for looks in range(1, LOOKS + 3):
            accord.look(office, {**terms(office), "plan:spring": "every 20h"})
            assert len(matters(store, "replicas_differ")) == (looks >= LOOKS), (
                "folders are read within some seconds of each other"
            )
    (held,) = matters(store, "replicas_differ")
    facts = json.loads(held["body"])
    assert facts["differ"] == [
        "agencies.bureau",
        "connector:registers",
        "pack:demo@1",
        "pack:demo@2",
        "plan:autumn",
        "plan:spring",
        "time.closes",
        "web.base_url",
    ]
    assert facts["told"]["web.base_url"] == {"one": "http://inspector.test", "two": "http://0.0.0.0:8080"}
    assert facts["told"]["connector:registers"] == {"one": "sources", "two": None}
    assert stream.getvalue().count("replicas.differ") == 1
    alive(store, "two", {**terms(office), "plan:spring": "every 20h"})
    accord.look(office, {**terms(office), "plan:spring": "every 20h"})
    assert matters(store, "replicas_differ") == []


@pytest.mark.slow
def test_a_daemon_tells_the_others_what_it_has_before_it_orders_any_work(tmp_path: Path, database_url: str) -> None:
    from inspector import bootstrap, settings

    at = Installation(tmp_path, database_url)
    with closing(at.store):
        house = bootstrap.house(settings.load(at.operator.config), at.store)
        house.daemon.start()
        try:
            with at.store.read() as tx:
                (declared,) = tx.replicas.declared(tx.machine_now(), timedelta(minutes=1)).values()
        finally:
            house.daemon.stop()
            house.server.stop()
    assert set(terms(house.office)) | {"plan:licensing", "sweep:forget"} <= set(declared)

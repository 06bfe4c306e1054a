"""Maintenance: nothing leaves the house, nothing is lost or given up by it, legal clocks go on, and it ends by itself."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from inspector.daemon import sweeps
from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.maintenance import MOST
from inspector.flows import maintenance
from inspector.flows.held import waits
from inspector.flows.office import Office
from inspector.labels import label
from inspector.ports import NotYet
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.edge import WEB, a_case, serving
from tests.engine import FAST, LANE, Hands, at_work, clock, order, put, real_office, row, states, until
from tests.house import START, Hand, Table, carry_out, claim, open_office
from tests.integration.test_forms import logged_in
from tests.integration.test_letters import AGENCIES, Desk, an_office, climbing, go, opened, request_of
from tests.integration.test_manners import NIGHT, mannered

HOUR = timedelta(hours=1)


def founded(office: Office) -> Office:
    """The same office with the row that a first start writes."""
    with office.store.begin() as tx:
        tx.office.found(tx.machine_now(), office.now(), 1.0, skip_closed=False)
    return office


def begun(office: Office, length: timedelta = 4 * HOUR) -> datetime:
    at = office.now() + length
    with office.store.begin() as tx:
        maintenance.begin(tx, at, office.now())
    return at


def ended(office: Office) -> None:
    with office.store.begin() as tx:
        assert maintenance.end(tx, office.now())


@pytest.mark.alike
def test_no_call_leaves_while_it_lasts_the_laws_timers_run_and_what_waited_leaves_once_when_it_is_over(store: Store) -> None:
    office, hands = founded(real_office(store)), Hands()
    begun(office)
    put(store, *(order(n, lane=LANE) for n in range(5)), order("timer"))
    with at_work(office, hands, owner="one"), at_work(office, hands, owner="two"):
        until(lambda: row(store, "timer")["state"] == "done")
        put(store, order("another timer"), order("another", lane=LANE))
        until(lambda: row(store, "another timer")["state"] == "done")
        assert sorted(hands.calls) == ["ask:another timer", "ask:timer"]
        assert {row(store, n)["state"] for n in (*range(5), "another")} == {"ready"}
        ended(office)
        until(lambda: set(states(store).values()) == {"done"})
    assert sorted(hands.calls) == sorted({*hands.calls}), "each once"
    assert len(hands.calls) == 8


@pytest.mark.alike
def test_it_begins_in_a_daemon_that_runs_what_it_holds_goes_back_and_what_is_under_way_ends(store: Store) -> None:
    office, free = founded(real_office(store)), threading.Event()
    hands = Hands(say=lambda _work: (free.wait(20), None)[1])
    put(store, *(order(n, lane=LANE) for n in range(30)))
    with at_work(office, hands) as worker:
        until(lambda: len(hands.calls) == FAST.lane_slots and worker.in_flight > FAST.lane_slots)
        begun(office)
        until(lambda: worker._rest.lasts(office.now()))
        free.set()
        until(lambda: not worker.in_flight)
        assert len(hands.calls) == FAST.lane_slots, "what was claimed and had not begun is called by nobody"
        assert sorted(states(store).values()) == ["done"] * FAST.lane_slots + ["ready"] * (30 - FAST.lane_slots)
        assert {row(store, n)["attempts"] for n in range(30) if row(store, n)["state"] == "ready"} == {0}, "no try is counted"
        ended(office)
        until(lambda: set(states(store).values()) == {"done"})
    assert len(hands.calls) == len({*hands.calls}) == 30


@pytest.mark.alike
def test_what_loses_its_patience_meanwhile_is_not_given_up_but_tried_once_when_it_is_over(store: Store, hand: Hand) -> None:
    office, hands = founded(open_office(store, hand, sources={LANE: Table()})), Hands()
    with store.begin() as tx:
        tx.work.order([order("soon", lane=LANE, expires_at=hand() + HOUR, due_at=hand())], hand())
    at = begun(office)
    with at_work(office, hands, patient=True) as worker:
        hand.now = at - timedelta(minutes=1)
        until(lambda: worker._rest.lasts(office.now()))
        put(store, order("timer"))
        until(lambda: row(store, "timer")["state"] == "done")
        assert row(store, "soon")["state"] == "ready"
        hand.now = at
        until(lambda: row(store, "soon")["state"] == "done")
    assert (hands.gave_up, hands.calls) == ([], ["ask:timer", "ask:soon"]), "it ended by itself"


@pytest.mark.alike
def test_connectors_that_have_manners_and_those_that_are_down_rest_as_well(store: Store, hand: Hand) -> None:
    """A connector outside its hours gives up what would come too late, and a breaker that has cooled sends one call: not now."""
    office = founded(mannered(open_office(store, hand, sources={LANE: Table(), "down": Table()}), NIGHT))
    with store.begin() as tx:
        tx.lanes.failed("down", "http_503", tx.machine_now() - HOUR, threshold=1, pause=lambda *_: timedelta(seconds=1))
        orders = [order("manners", lane=LANE, expires_at=hand() + HOUR), order("down", lane="down")]
        tx.work.order(orders, clock())
    begun(office)
    hands = Hands()
    with at_work(office, hands, patient=True):
        put(store, order("timer"))
        until(lambda: row(store, "timer")["state"] == "done")
        put(store, order("later"))
        until(lambda: row(store, "later")["state"] == "done")
        assert (hands.calls, hands.gave_up) == (["ask:timer", "ask:later"], [])
        ended(office)
        until(lambda: hands.gave_up == ["ask:manners:held_hours"] and "ask:down" in hands.calls)


@pytest.mark.alike
def test_it_lasts_a_day_at_most_lies_ahead_and_can_be_moved(store: Store, hand: Hand) -> None:
    office = founded(open_office(store, hand))
    for at in (hand() - HOUR, hand(), hand() + MOST + timedelta(minutes=1)):
        with store.begin() as tx, pytest.raises(Invalid, match="maintenance_until"):
            maintenance.begin(tx, at, hand())
    begun(office, MOST)
    at = begun(office, HOUR)
    with store.read() as tx:
        assert (held := maintenance.lasting(tx, hand())) is not None
        assert held.until == at
        assert maintenance.lasting(tx, at) is None
    with store.begin() as tx:
        assert not maintenance.end(tx, at), "it was over"


@pytest.mark.alike
def test_it_reaches_beyond_no_moment_by_which_a_draw_wants_the_parts_of_its_seed(store: Store, hand: Hand) -> None:
    office = founded(open_office(store, hand))
    with store.begin() as tx:
        now, last = hand(), hand() + 3 * HOUR
        for party, kind in (("dice", OrderKind.DRAW_PROMISE), ("audit", OrderKind.DRAW_REVEAL)):
            key = f"{kind.value}:bureau-2026-001:{party}"
            tx.work.order([Order(kind=kind, key=key, due_at=now, urgent_by=last, expires_at=last, lane=party)], now)
    with store.begin() as tx, pytest.raises(Refusal, match="maintenance_over_draw") as refused:
        maintenance.begin(tx, hand() + 3 * HOUR, hand())
    assert refused.value.facts["draw"] == "bureau-2026-001"
    with store.read() as tx:
        assert tx.office.rests(hand()) is None
    begun(office, 2 * HOUR)


@pytest.mark.alike
def test_whoever_begins_it_hears_what_falls_due_meanwhile(store: Store, hand: Hand) -> None:
    founded(open_office(store, hand))
    with store.begin() as tx:
        told = [order("within", lane=LANE, expires_at=hand() + HOUR), order("after", lane=LANE, expires_at=hand() + 9 * HOUR)]
        tx.work.order([*told, order("ours", expires_at=hand() + HOUR)], hand())
        found = maintenance.begin(tx, hand() + 4 * HOUR, hand())
    assert found.orders == {"ask": 1}
    assert found.dates["verification"] == 0


def test_a_draw_that_comes_due_waits_since_its_parties_would_be_asked_by_nobody(store: Store, hand: Hand) -> None:
    office = founded(open_office(store, hand))
    seen: list[str] = []
    flow = maintenance.behind(lambda work, _office: seen.append(work.key))  # type: ignore[arg-type,return-value]
    put(store, order("announce"))
    with store.begin() as tx:
        (work,) = tx.work.claim("one", tx.machine_now(), clock(), HOUR, 1)
    begun(office)
    with pytest.raises(NotYet, match="maintenance"):
        flow(work, office)
    ended(office)
    flow(work, office)
    assert seen == ["ask:announce"]


def test_the_ladder_of_a_request_stands_still_and_climbs_on_when_it_is_over(store: Store, hand: Hand) -> None:
    civil, county = Desk("civil-affairs"), Desk("county-office")
    office = founded(climbing(an_office(store, hand, {"civil-affairs": civil, "county-office": county})))
    case_id = opened(office)
    go(office, letters=True)
    rung, sent = request_of(store, case_id).rungs[0], list(civil.kinds)
    hand.now = rung.at
    (work, *_) = claim(office, without=AGENCIES)
    at = begun(office)
    with pytest.raises(NotYet, match="letter_waits"):
        carry_out(office, work)
    assert (civil.kinds, county.kinds) == (sent, []), "nobody is reminded, and nobody above hears"
    hand.now = at
    carry_out(office, work)
    go(office, letters=True)
    assert len(civil.kinds) == len(sent) + 1


def test_everybody_who_looks_is_told_and_what_comes_in_is_taken(store: Store, hand: Hand) -> None:
    office = founded(open_office(store, hand, sources={LANE: Table()}))
    at = begun(office)
    with serving(office, WEB.model_copy(update={"open_ops": True})) as edge:
        with edge.as_("system") as system:
            assert system.post("/v1/cases", json=a_case()).status_code == 201
        with edge.client() as officer, edge.client() as stranger:
            logged_in(edge, officer, "officer")
            told = label("ui.maintenance", "zh-Hans", until=f"{START + 4 * HOUR:%Y-%m-%d %H:%M}")
            assert told in officer.get("/review").text
            assert told not in stranger.get("/login").text
            page = stranger.get("/ops?lang=en").text
    assert "nothing leaves the house, and legal dates go on" in page
    assert "./run maintenance end" in page
    with store.read() as tx:
        assert {name: (one.reason, one.until) for name, one in waits(tx, office).items()} == {LANE: ("maintenance", at)}
    metrics = Metrics()
    hand.now += 2 * HOUR
    sweeps.promote(office)
    sweeps.snapshot(office, metrics)
    value = metrics.registry.get_sample_value
    assert value("inspector_maintenance") == 1
    assert value("inspector_connector_waiting", {"connector": LANE, "reason": "maintenance"}) == 1
    assert value("inspector_work_oldest_due_seconds", {"kind": "ask"}) == 0, "it is not late: it waits by an operator's word"
    hand.now = at
    sweeps.snapshot(office, metrics)
    assert value("inspector_maintenance") == 0
    assert (value("inspector_work_oldest_due_seconds", {"kind": "ask"}) or 0) > 0

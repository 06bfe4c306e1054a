"""The worker: what it tries again, what it stops trying, and that nobody else's work suffers from it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from inspector.daemon.worker import Worker
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Stale
from inspector.flows.settle import Settlement, nothing
from inspector.flows.table import Flow
from inspector.ports import Garbled, NotYet, Refused, Unavailable
from inspector.store.store import Store
from inspector.store.tables import EPOCH, lane, work
from inspector.store.tx import Tx
from inspector.store.work import Work
from inspector.telemetry.metrics import Metrics
from tests import house
from tests.engine import (
    FAST,
    LANE,
    Hands,
    at_work,
    clock,
    count,
    fails,
    lines,
    listening,
    order,
    put,
    real_office,
    row,
    states,
    until,
)
from tests.house import Hand, Table, open_office

HOUR = timedelta(hours=1)


def lane_of(store: Store) -> dict[str, object]:
    with store.read() as tx:
        (held,) = [one for one in tx.lanes.all() if one.name == LANE]
    return {"failures": held.failures, "open_until": held.open_until, "error": held.error}


def cool(store: Store) -> None:
    """Let a breaker's pause be over."""
    with store.begin() as tx:
        tx.connection.execute(sa.update(lane).values(open_until=clock() - HOUR))


def test_what_is_unavailable_is_tried_again_by_rows_and_then_given_up(store: Store) -> None:
    office = real_office(store)
    put(store, order(1))
    hands = fails(Unavailable("timeout"))
    with at_work(office, hands, patient=True) as worker:
        until(lambda: states(store) == {"1": "done"}, office)
        until(lambda: count(worker, "inspector_work_settled_total", kind="ask", outcome="gave_up") == 1)
        assert count(worker, "inspector_work_settled_total", kind="ask", outcome="postponed") == 2
    assert (len(hands.calls), hands.gave_up) == (FAST.ladder.tries, ["ask:1:timeout"])


def test_where_giving_up_is_no_settlement_the_row_waits_in_quarantine_with_its_code(store: Store) -> None:
    office = real_office(store)
    put(store, order(1))
    hands = fails(Unavailable("timeout"))
    with at_work(office, hands):
        until(lambda: states(store) == {"1": "quarantined"}, office)
    assert (len(hands.calls), row(store, 1)["error"]) == (FAST.ladder.tries, "timeout")


def test_daemons_that_die_in_the_middle_take_no_try_from_a_case(store: Store) -> None:
    office = real_office(store)
    put(store, order(1))
    for _ in range(FAST.ladder.tries):
        house.claim(office)
        with store.begin() as tx:
            tx.work.void_leases()
    hands = fails(Unavailable("timeout"))
    with at_work(office, hands, patient=True):
        until(lambda: states(store) == {"1": "done"}, office)
    assert (len(hands.calls), hands.gave_up) == (FAST.ladder.tries, ["ask:1:timeout"])


def test_a_lease_runs_by_the_machines_clock_whatever_day_the_office_has(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={LANE: Table()})  # months behind the machine
    with store.begin() as tx:
        tx.work.order([order(1, due_at=hand())], hand())
    go = threading.Event()

    def say(_held: Work) -> None:
        go.wait(60)

    with at_work(office, Hands(say=say)):
        until(lambda: row(store, 1)["owner"] is not None, office)
        left = row(store, 1)["lease_until"] - clock()
        go.set()
    assert timedelta(0) < left <= FAST.lease


def test_patience_is_a_date_and_ends_the_tries_that_are_left(store: Store) -> None:
    office = real_office(store)
    put(store, order(1, expires_at=clock() - HOUR))
    hands = fails(Unavailable("timeout"))
    with at_work(office, hands, patient=True):
        until(lambda: states(store) == {"1": "done"}, office)
    assert (hands.calls, hands.gave_up) == (["ask:1"], ["ask:1:timeout"]), "late work is tried once"


@pytest.mark.parametrize("error", [Refused("E-106", origin="them"), Garbled("not_json", digest="0" * 64)], ids=["no", "noise"])  # type: ignore[arg-type]
def test_a_refusal_and_an_answer_nobody_understands_are_not_tried_again(store: Store, error: Exception) -> None:
    office = real_office(store)
    put(store, order(1))
    hands = fails(error)
    with at_work(office, hands, patient=True):
        until(lambda: states(store) == {"1": "quarantined"}, office)
    assert (hands.calls, row(store, 1)["error"]) == (["ask:1"], error.code)  # type: ignore[attr-defined]


def test_a_wait_the_other_side_asked_for_is_never_cut_short(store: Store) -> None:
    office = real_office(store)
    names = range(8)
    put(store, *(order(n) for n in names))
    began = clock()
    with at_work(office, fails(Unavailable("busy", retry_after=100))):
        until(lambda: set(states(store).values()) == {"waiting"})
    waits = [(row(store, n)["due_at"] - began).total_seconds() for n in names]
    assert min(waits) >= 100
    assert max(waits) < 200


def test_who_asks_us_to_wait_is_asked_nothing_else_meanwhile_and_one_call_goes_when_the_time_is_over(store: Store) -> None:
    """A 429 with `Retry-After`: its next rows wait until that moment, too, and a probe that hears it again makes it later."""
    office = real_office(store)
    put(store, *(order(n, lane=LANE) for n in range(3)))
    hands = fails(Unavailable("http_429", retry_after=3600))
    settings = replace(FAST, breaker_cool=timedelta(milliseconds=50), threads=1)
    with at_work(office, hands, settings):
        until(lambda: lane_of(store)["failures"] == 1)
        time.sleep(0.3)
    assert len(hands.calls) == 1
    held = lane_of(store)
    assert held["error"] == "http_429"
    assert clock() + timedelta(minutes=59) < held["open_until"] <= clock() + HOUR  # type: ignore[operator]
    with store.begin() as tx:
        now = tx.machine_now()
        assert tx.lanes.cooled(now, 8, lambda _failures, _threshold: timedelta(seconds=1)) == [], (
            "it is no clock that was set back"
        )
        assert tx.lanes.cooled(now - timedelta(minutes=1), 8, lambda _failures, _threshold: timedelta(seconds=1)) == [], (
            "an older reading"
        )
        assert tx.lanes.cooled(now - 2 * HOUR, 8, lambda _failures, _threshold: timedelta(seconds=1)) == [LANE]
    cool(store)
    with at_work(office, Hands(), settings):
        until(lambda: list(states(store).values()).count("done") == 2)
    assert lane_of(store) == {"failures": 0, "open_until": EPOCH, "error": None}


def test_what_does_not_exist_yet_is_asked_for_later_without_counting_and_is_no_outage(store: Store) -> None:
    office = real_office(store)
    put(store, order(1, lane=LANE), order(2, lane=LANE, expires_at=clock() - HOUR))
    hands = fails(NotYet("ceremony_not_held", retry_after=100))
    with at_work(office, hands, replace(FAST, breaker_threshold=1), patient=True):
        until(lambda: states(store) == {"1": "waiting", "2": "done"})
    assert (row(store, 1)["attempts"], row(store, 1)["error"]) == (0, "ceremony_not_held")
    assert row(store, 1)["due_at"] > clock() + timedelta(seconds=90)
    assert hands.gave_up == ["ask:2:ceremony_not_held"]
    assert lane_of(store)["failures"] == 0


def test_one_outage_opens_the_breaker_once_however_many_calls_it_catches(store: Store) -> None:
    office = real_office(store)
    together = threading.Barrier(8, timeout=60)

    def say(_held: Work) -> None:
        together.wait()
        raise Unavailable("refused")

    put(store, *(order(n, lane=LANE) for n in range(8)))
    with at_work(office, Hands(say=say), replace(FAST, breaker_threshold=3)):
        until(lambda: set(states(store).values()) == {"waiting"})
        held = lane_of(store)
    assert (held["failures"], held["error"]) == (3, "refused")
    assert clock() < held["open_until"] <= clock() + FAST.breaker_cool  # type: ignore[operator]
    attempts = Counter(row(store, n)["attempts"] for n in range(8))
    assert attempts == {1: 2, 0: 6}, "only what failed before it opened has lost a try"


@pytest.mark.parametrize("way", ["obsolete", "late"])
def test_work_that_asked_nobody_closes_no_breaker_and_counts_as_no_call(store: Store, way: str) -> None:
    """A probe finds that its letter has lost its purpose, or that its patience is over: nothing is known of the other side."""
    office = real_office(store)
    with store.begin() as tx:
        tx.connection.execute(sa.update(lane).values(failures=8, open_until=clock() - HOUR, error="refused"))
    put(store, order(1, lane=LANE, expires_at=clock() - HOUR if way == "late" else None))
    flow = Flow(do=lambda _work, _office: nothing("obsolete"), give_up=lambda _work, _office, _error: nothing("patience_over"))
    worker = Worker(office, Metrics(), FAST, "one", flows={OrderKind.ASK: flow})
    with house.running(worker):
        until(lambda: states(store) == {"1": "done"})
    assert (lane_of(store)["failures"], lane_of(store)["error"]) == (8, "refused")
    assert count(worker, "inspector_connector_calls_total", connector=LANE, outcome="answered") == 0
    assert count(worker, "inspector_work_settled_total", kind="ask", outcome="gave_up" if way == "late" else "obsolete") == 1


def test_failures_counted_before_a_restart_are_ended_by_the_first_answer(store: Store) -> None:
    office = real_office(store)
    with store.begin() as tx:
        tx.connection.execute(sa.update(lane).values(failures=7, error="refused"))
    put(store, order(1, lane=LANE))
    with at_work(office, Hands()):
        until(lambda: states(store) == {"1": "done"})
    assert lane_of(store)["failures"] == 0


def test_a_fault_in_a_flow_is_tried_again_then_quarantined_and_its_traceback_shows_no_values(store: Store) -> None:
    office, secrets = real_office(store), ("110105194912310021", "ins_0123456789abcdef")

    def say(_held: Work) -> None:
        secret_local = "张三的住址"
        raise KeyError(f"{secrets[0]}, {secrets[1]}, {len(secret_local)}")

    put(store, order(1), order(2))
    with listening() as stream:
        hands = Hands(say=lambda held: say(held) if held.key == "ask:1" else None)
        with at_work(office, hands, patient=True):
            until(lambda: states(store) == {"1": "quarantined", "2": "done"}, office)
    assert row(store, 1)["error"] == "KeyError"
    failed = [line for line in lines(stream) if line["event"] == "work.failed"]
    assert [line["work"] for line in failed] == ["ask:1"] * FAST.ladder.tries
    assert [line["case_id"] for line in failed] == ["case-1"] * FAST.ladder.tries
    assert "say" in {frame["name"] for frame in failed[0]["exception"][0]["frames"]}
    assert [secret for secret in ("张三", *secrets) if secret in stream.getvalue()] == []


def test_a_settlement_whose_rule_fails_does_no_harm_to_those_that_share_its_commit(store: Store) -> None:
    office = real_office(store)

    def write(held: Work) -> None:
        if held.key == "ask:3":
            raise ValueError("no such item")

    put(store, *(order(n) for n in range(8)))
    with listening() as stream, at_work(office, Hands(write=write)):
        until(lambda: Counter(states(store).values()) == {"done": 7, "quarantined": 1}, office)
    assert row(store, 3)["error"] == "ValueError"
    told = [line for line in lines(stream) if line["event"] == "work.failed"]
    assert [line["work"] for line in told] == ["ask:3"] * FAST.ladder.tries


def test_a_row_claimed_anew_as_soon_as_its_failure_is_committed_is_carried_out_and_not_forgotten(store: Store) -> None:
    office, go, first = real_office(store), threading.Event(), iter(["settled"])

    def say(held: Work) -> None:
        if held.claim == (1, 1):
            raise Unavailable("timeout")
        if held.key == "ask:2":
            go.wait(60)

    def fault(point: str) -> None:
        if point == "settled" and next(first, None):  # committed, not let go yet
            put(store, order(2))
            until(lambda: "ask:2" in hands.calls)  # it has the only thread: row 1 waits in the daemon's hands
            until(lambda: row(store, 1)["fence"] == 2 and worker.in_flight == 3, office)

    hands = Hands(say=say)
    worker = Worker(office, Metrics(), replace(FAST, threads=1), "one", flows=hands.flows(), fault=fault)
    put(store, order(1))
    with house.running(worker):
        until(lambda: row(store, 1)["fence"] == 2 and worker.in_flight == 2)
        go.set()
        until(lambda: states(store) == {"1": "done", "2": "done"}, office)
    assert hands.calls == ["ask:1", "ask:2", "ask:1"]


def test_a_settlement_that_collides_only_when_it_gives_up_is_counted_as_refused_too(store: Store) -> None:
    office = real_office(store)

    def collides(_tx: Tx, _now: datetime) -> None:
        raise Stale("case_changed", case="case-1")

    def spoils(_tx: Tx, _now: datetime) -> None:
        raise Unavailable("timeout")

    flow = Flow(do=lambda _work, _office: Settlement(write=spoils), give_up=lambda *_: Settlement(write=collides))
    put(store, order(1, expires_at=clock() - HOUR))
    worker = Worker(office, Metrics(), FAST, "one", flows={OrderKind.ASK: flow})
    with house.running(worker):
        until(lambda: count(worker, "inspector_work_settled_total", kind="ask", outcome="stale") == 1)
        assert count(worker, "inspector_settlements_refused_total") == 1
    assert (row(store, 1)["state"], row(store, 1)["attempts"]) == ("ready", 0), "its lease brings it back"


def test_a_kind_from_a_newer_release_is_put_off_and_told_and_never_dropped(store: Store) -> None:
    office = real_office(store)
    put(store, order(1), order(2, kind=OrderKind.PUSH), order(3))
    with store.begin() as tx:
        tx.connection.execute(sa.update(work).where(work.c.key == "ask:1").values(kind="kind.of.tomorrow"))
    with listening() as stream, at_work(office, Hands()) as worker:
        until(lambda: states(store) == {"1": "waiting", "2": "waiting", "3": "done"})
        until(lambda: count(worker, "inspector_work_settled_total", kind="kind.of.tomorrow", outcome="kind_unknown") == 1)
    assert (row(store, 1)["attempts"], row(store, 1)["error"].split(":")[0]) == (0, "kind_unknown")
    assert {line["work"] for line in lines(stream) if line["event"] == "work.kind_unknown"} == {"ask:1", "ask:2"}


def test_a_worker_that_slept_past_its_lease_cannot_write_what_another_has_settled(store: Store) -> None:
    office = real_office(store)
    asleep, wake = threading.Event(), threading.Event()

    def say(_held: Work) -> None:
        asleep.set()
        wake.wait(60)

    put(store, order(1))
    slow, quick = Hands(say=say), Hands()
    with at_work(office, slow, replace(FAST, capacity=1), owner="slow") as sleeper:  # no room to claim it again itself
        assert asleep.wait(60)
        with store.begin() as tx:
            tx.work.void_leases()
        with at_work(office, quick, owner="quick"):
            until(lambda: states(store) == {"1": "done"})
        before = row(store, 1)
        wake.set()
        until(lambda: count(sleeper, "inspector_settlements_refused_total") == 1)
    assert row(store, 1) == before
    assert (slow.wrote, quick.wrote) == ([], ["ask:1"])


def test_a_long_call_keeps_its_lease(store: Store) -> None:
    office = real_office(store)
    go = threading.Event()
    put(store, order(1))
    hands = Hands(say=lambda _held: (go.wait(60), None)[1])
    lease = timedelta(seconds=2)
    with at_work(office, hands, replace(FAST, lease=lease), owner="one"):
        until(lambda: bool(hands.calls))
        first = row(store, 1)["lease_until"]
        until(lambda: row(store, 1)["lease_until"] > first + lease)
        go.set()
        until(lambda: states(store) == {"1": "done"})
    assert hands.calls == ["ask:1"]


def test_work_in_flight_is_shown_while_it_runs(store: Store) -> None:
    office = real_office(store)
    go = threading.Event()
    put(store, order(1), order(2))
    with at_work(office, Hands(say=lambda _held: (go.wait(60), None)[1])) as worker:
        until(lambda: count(worker, "inspector_work_in_flight") == 2)
        go.set()
        until(lambda: count(worker, "inspector_work_in_flight") == 0)


def test_two_daemons_on_one_server_share_the_work_and_double_none(postgres_url: str) -> None:
    with house.closing(house.open_store(postgres_url)) as first, house.closing(Store(postgres_url)) as second:
        offices = [real_office(store) for store in (first, second)]
        put(first, *(order(n) for n in range(80)))
        both = threading.Barrier(2)  # neither goes on before the other has begun

        def begun(first: Iterator[str]) -> Callable[[Work], None]:
            def say(_held: Work) -> None:
                if next(first, None):
                    both.wait(60)

            return say

        hands = [Hands(say=begun(iter(["first"]))) for _ in offices]
        few = replace(FAST, capacity=4, threads=4)
        with at_work(offices[0], hands[0], few, owner="one"), at_work(offices[1], hands[1], few, owner="two"):
            until(lambda: set(states(first).values()) == {"done"})
        calls = Counter(hands[0].calls + hands[1].calls)
    assert (len(calls), max(calls.values())) == (80, 1)
    assert hands[0].wrote
    assert hands[1].wrote


def test_a_row_that_was_damaged_waits_for_a_person_and_stops_nobody_else(store: Store) -> None:
    office = real_office(store)
    put(store, order(1), order(2), order(3))
    with store.begin() as tx:
        tx.connection.execute(sa.update(work).where(work.c.key == "ask:1").values(payload='{"case": '))
        tx.connection.execute(sa.update(work).where(work.c.key == "ask:2").values(payload="[]"))
    with at_work(office, Hands()) as worker:
        until(lambda: states(store) == {"1": "quarantined", "2": "quarantined", "3": "done"})
        until(lambda: count(worker, "inspector_work_settled_total", kind="ask", outcome="quarantined") == 2)
    assert (row(store, 1)["error"], row(store, 1)["payload"]) == ("payload_unreadable", '{"case": '), "kept as it was found"
    with store.read() as tx:
        assert [one["error"] for one in tx.attention.standing("work_stopped")] == ["payload_unreadable"]

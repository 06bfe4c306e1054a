"""What the house says of itself: metrics that Prometheus accepts."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from connectors import patience
from connectors.sources import http
from inspector.daemon import sweeps
from inspector.daemon.worker import Worker
from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import MatterKind, SubjectKind
from inspector.domain.clock import OfficeTime
from inspector.domain.decision import OrderKind
from inspector.domain.evidence import Evidence
from inspector.domain.lack import CHANGING
from inspector.domain.reached import Reach
from inspector.flows import assist, dispatch
from inspector.flows.draw import announce_now
from inspector.flows.duties import BECAME
from inspector.flows.office import Office
from inspector.ports import Unavailable
from inspector.store.store import Store
from inspector.store.tables import lane
from inspector.telemetry.metrics import Duties, Metrics, Snapshot
from inspector.testing.peer import answer, lost, peer
from tests import needs
from tests.drawn import announced, carried_out, drawing
from tests.engine import FAST, LANE, Hands, at_work, clock, count, listening, order, put, real_office, states, until
from tests.house import Hand, Table, application, closing, next_period, open_office, open_store, post, running, settle
from tests.integration.test_draw_way import FACTS

pytestmark = pytest.mark.alike

T = TypeVar("T")
LICENCE = {"registration-status": "存续"}
PERSON = "110105194912310021"


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Metrics]:
    """After a case, a draw, letters, a failure, a tick and a request: every family has a sample."""
    with closing(open_store(f"sqlite:///{tmp_path_factory.mktemp('metrics') / 'metrics.sqlite3'}")) as store:
        yield gathered(store, Hand())


def gathered(store: Store, hand: Hand) -> Metrics:
    office = under_way(store, hand)
    post(office, application(9, "business-licence", LICENCE))
    settle(office)
    put(store, order(1, lane=LANE), order(2, lane=LANE))
    real = real_office(store)
    hands = Hands(say=lambda held: _raise(Unavailable("timeout", attempts=3)) if held.key == "ask:1" else None)
    with at_work(real, hands, patient=True) as worker:
        until(lambda: {states(store)[name] for name in "12"} == {"done"}, real)
        worker.metrics.ticks.labels("seal").set(1)
        worker.metrics.tick_lag.labels("seal").set(0)
        worker.metrics.requests.labels("/v1/cases", "POST", "2xx").inc()
    with store.begin() as tx:
        tx.schedules.declare("plan:spring", "every 1h", clock())
        tx.attention.open("answer_garbled", "bureau", "case-1", {}, clock())
    sweeps.snapshot(office, worker.metrics)
    sweeps.duties(office, worker.metrics)
    return worker.metrics


def under_way(store: Store, hand: Hand) -> Office:
    """A draw carried out, of whose four seats one is accepted, another draw announced, and three letters, one of them declined."""
    office, _, _ = drawing(store, hand)
    _, drawn = announced(office, hand, cases=2)
    carried_out(office, hand, drawn.number)
    post(office, application(8, "dispatch-premises", FACTS))
    settle(office)
    next_period(office, "weekly")
    with store.begin() as tx:
        (seat, *_), _ = (tx.visits.team(visit.id) for visit in tx.visits.of_draw(drawn.number))
        dispatch.accept(tx, dispatch.seat_name(seat), hand())
        assert announce_now(office, tx, "weekly", "clerk", hand()) is not None
    settle(office)
    person = {"subject_kind": SubjectKind.PERSON, "subject_code": PERSON, "matter": MatterKind.CONFIRMATION}
    cases = [post(office, application(number, "hukou-housing", {"home-title": "王某"}, **person)) for number in (5, 6, 7)]
    with store.begin() as tx:
        (asked,) = tx.assistance.of_case(cases[0])
        assist.refuse(office, tx, asked.id, "不掌握该信息", "陈局长", hand())
    return office


def _raise(error: Exception) -> None:
    raise error


OUTSIDE = ("inspector_assistance", "inspector_draws", "inspector_visits", "inspector_assignments")
GROWING = (
    *("case_file", "ledger", "work", "assistance", "evidence", "event", "seat", "visit", "visit_case", "attention", "objection"),
    *("consequence", "subject_notice", "credit_record", "credit_entry", "credit_copy", "self_proof", "material", "push"),
)
"""The tables that grow with every case."""


@pytest.mark.differs
def test_a_snapshot_reads_no_table_that_grows_whole(store: Store, hand: Hand) -> None:
    """At 100,000 cases two such readings took a second, every five seconds."""
    office = open_office(store, hand, sources={LANE: Table(default="=")})
    post(office, application(1, "business-licence", LICENCE))
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        sweeps.snapshot(office, Metrics())
        sweeps.duties(office, Metrics())
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    asked = [one for one in asked if any(table in one[0] for table in GROWING)]
    assert len(asked) > 7
    with store.read() as tx:
        if not store.sqlite:
            tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # of two rows it would read the whole, and rightly so
        found = []
        for statement, parameters in asked:
            explain = ("EXPLAIN QUERY PLAN " if store.sqlite else "EXPLAIN ") + statement
            plan = [str(row[-1]) for row in tx.connection.exec_driver_sql(explain, parameters)]
            whole = [line for line in plan if re.search(rf"(SCAN|Seq Scan on) ({'|'.join(GROWING)})(?! USING)", line)]
            found += [(line, statement) for line in whole]
    assert not found


@pytest.mark.slow
def test_what_is_asked_drawn_and_assigned_outside_is_counted_by_state(store: Store, hand: Hand) -> None:
    office, metrics = under_way(store, hand), Metrics()
    sweeps.snapshot(office, metrics)
    shown = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.render().decode())
        for sample in family.samples
        if sample.name in OUTSIDE
    }
    assert shown == {
        ("inspector_assistance", "housing", "DECLINED"): 1,
        ("inspector_assistance", "housing", "ORDERED"): 2,
        ("inspector_draws", "DRAWN"): 1,
        ("inspector_draws", "SEEDING"): 1,
        ("inspector_visits", "ASSIGNED"): 2,
        ("inspector_assignments", "ACCEPTED"): 1,
        ("inspector_assignments", "HANDED_OVER"): 3,
    }


@pytest.mark.slow
def test_the_families_that_are_looked_at_here_have_samples(metrics: Metrics) -> None:
    families = {family.name: family.samples for family in text_string_to_metric_families(metrics.render().decode())}
    assert [name for name in OUTSIDE if not families[name]] == []


def everything(look: type[T]) -> T:
    """A look in which each gauge has a sample, whatever the house of these tests happens to have."""
    one: dict[type, object] = {str: "one", int: 1, float: 1.0, bool: True}
    kinds = get_type_hints(look)
    told: dict[str, Any] = {
        name: (tuple(one[of] for of in get_args(get_args(kind)[0])),) for name, kind in kinds.items() if get_args(kind)
    }
    return look(**told)


@pytest.mark.needs("promtool")
@pytest.mark.parametrize("whole", [False, True], ids=["after some work", "each gauge with a sample"])
def test_prometheus_finds_nothing_to_mend(metrics: Metrics, whole: bool) -> None:
    if whole:
        metrics = Metrics()
        metrics.show(everything(Snapshot))
        metrics.owe(everything(Duties))
    ran = subprocess.run(
        [needs.require("promtool"), "check", "metrics"], input=metrics.render(), capture_output=True, timeout=120, check=False
    )
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, b"")


def test_every_family_says_what_it_is_in_a_sentence_and_has_our_name(metrics: Metrics) -> None:
    families = list(text_string_to_metric_families(metrics.render().decode()))
    assert len(families) > 20
    for family in families:
        assert family.name.startswith("inspector_")
        assert re.fullmatch(r"[A-Z0-9].{8,}\.|.*must be 0\.", family.documentation), family.name
        assert family.type in ("counter", "gauge", "histogram")


def test_no_family_tells_when_it_was_created(metrics: Metrics) -> None:
    assert b"_created" not in metrics.render()


def test_labels_come_from_closed_sets_and_never_from_cases_or_persons(metrics: Metrics) -> None:
    allowed: dict[str, set[str] | re.Pattern[str]] = {
        "kind": {kind.value for kind in OrderKind} | {"answer_garbled", "credit_unplaced", "letter_undeliverable"},
        "connector": {LANE, "audit", "dice", "justice", "lottery", "notary", "phones"},
        "outcome": re.compile(r"[a-z_]*|[A-Z_]+"),
        "state": re.compile(r"[a-z_]+|[A-Z_]+"),
        "status": re.compile(r"[1-5]xx"),
        "route": re.compile(r"/[a-z0-9/{}_]+"),
        "method": re.compile(r"[A-Z]+"),
        "agency": {"bureau", "housing"},
        "fact": re.compile(r"[a-z-]+"),  # a pack's codes
        "chosen": {"chance", "coverage"},
        "reason": {"breaker", "paused"},
        "mark": re.compile(r"[a-z_]+"),
        "lack": {lack.value for lack in CHANGING},
        "tick": {"seal"},
        "schedule": {"plan:spring", "plan:weekly"},
        "of": {
            *("verification", "review", "consequence", "visit", "assistance", "objection", "repair", "withdrawal", "striking"),
            *("shaken", "regrade", "send_back", "spoken", "retraction", "amendment", "untaken", "held", "bar", "stood_in"),
            *("overtaken", "recusal", "limit", "disclosure", "letter", "result", "penalty", "push"),
            *("adverse_without_review", "visit_without_team", "draw_without_commitment", "clock_without_step"),
            "order_without_owner",
        },
        "within_working_days": {"1", "3", "5"},
        "plan": {"weekly"},
        "became": {*BECAME},
        "channel": {"phones"},
        "reach": {*Reach, "handed"},
        "version": re.compile(r"[0-9.]+"),
        "le": re.compile(r"[0-9.]+|\+Inf"),
    }
    for family in text_string_to_metric_families(metrics.render().decode()):
        for sample in family.samples:
            for name, value in sample.labels.items():
                known = allowed[name]
                assert known.fullmatch(value) if isinstance(known, re.Pattern) else value in known, (sample.name, name, value)


def test_what_is_settled_and_called_is_counted(metrics: Metrics) -> None:
    def value(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(name, labels)

    assert value("inspector_work_settled_total", kind="ask", outcome="gave_up") == 1
    assert value("inspector_connector_calls_total", connector=LANE, outcome="unavailable") == FAST.ladder.tries
    assert value("inspector_connector_calls_total", connector=LANE, outcome="answered") == 1
    assert value("inspector_connector_attempts_total", connector=LANE) == 3 * FAST.ladder.tries + 1
    assert value("inspector_connector_seconds_count", connector=LANE) == FAST.ladder.tries + 1
    assert value("inspector_cases", state="CLOSED", outcome="TRUE") == 1
    assert value("inspector_invariants", of="adverse_without_review") == 0


def test_every_try_of_a_call_is_counted_and_a_refusal_counts_as_one(
    tmp_path: Path, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience._AsAsked, "__call__", lambda *_: 0.0)
    found = answer(200, {"code": 0, "data": {"value": "存续", "as_of": None}, "version": "1"})
    with closing(open_store(f"sqlite:///{tmp_path / 'tries.sqlite3'}")) as store, peer(answer(503), lost, found) as held:
        source = http.connect(LANE, {"url": held.url, "tries": 3})
        office = open_office(store, hand, sources={LANE: source})
        with running(Worker(office, Metrics(), FAST, "one")) as worker:
            case = post(office, application(1, "business-licence", LICENCE))
            until(lambda: len(evidence(store, case)) == 1, office)
            assert [told.attempts for told in evidence(store, case)] == [3]
            assert count(worker, "inspector_connector_calls_total", connector=LANE, outcome="answered") == 1
            assert count(worker, "inspector_connector_attempts_total", connector=LANE) == 3
            held.plays(answer(400))
            case = post(office, application(2, "business-licence", LICENCE))
            until(lambda: len(evidence(store, case)) == 1, office)
            assert count(worker, "inspector_connector_calls_total", connector=LANE, outcome="refused") == 1
            assert count(worker, "inspector_connector_attempts_total", connector=LANE) == 4
        source.close()


def evidence(store: Store, case: str) -> Sequence[Evidence]:
    with store.read() as tx:
        return tx.cases.evidence(case)


def test_a_fault_of_our_own_is_one_label_whatever_its_name(store: Store) -> None:
    office = real_office(store)
    put(store, order(1, lane=LANE), order(2, lane=LANE))
    errors = {"ask:1": KeyError("a"), "ask:2": ZeroDivisionError()}
    with listening(), at_work(office, Hands(say=lambda held: _raise(errors[held.key]))) as worker:
        until(lambda: set(states(store).values()) == {"quarantined"}, office)
        assert count(worker, "inspector_connector_calls_total", connector=LANE, outcome="failed") == 2 * FAST.ladder.tries


@pytest.mark.differs
def test_gauges_tell_what_is_leased_due_stopped_and_broken(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={LANE: Table()})
    with store.begin() as tx:
        now = hand()
        tx.work.order([order(n, due_at=now, urgent=now) for n in range(3)], now)
        tx.work.claim("one", tx.machine_now(), now, FAST.lease, 1)
        tx.lanes.pause(LANE, tx.machine_now())
        tx.connection.execute(sa.update(lane).values(open_until=tx.machine_now() + FAST.breaker_cool))
    hand.on(minutes=10)
    metrics = Metrics()
    sweeps.snapshot(office, metrics)

    def value(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(name, labels)

    assert value("inspector_work", kind="ask", state="leased") == 1
    assert value("inspector_work", kind="ask", state="ready") == 2
    assert value("inspector_work_oldest_due_seconds", kind="ask") == 600
    assert value("inspector_work_oldest_due_seconds", kind="push") == 0
    assert value("inspector_connector_paused", connector=LANE) == 1
    assert value("inspector_connector_breaker_open", connector=LANE) == 1


def test_work_whose_date_is_past_is_late_also_when_nobody_promotes_it(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with store.begin() as tx:
        at = hand() + timedelta(hours=1)
        tx.work.order([order(1, due_at=at), order(2, due_at=at, kind=OrderKind.PUSH), order(3, kind=OrderKind.TELL)], hand())
        tx.work.order([order(4, due_at=at + timedelta(days=90), kind=OrderKind.VERIFY_DUE)], hand())
        for held in tx.work.claim("one", tx.machine_now(), hand(), FAST.lease, 1):
            tx.work.quarantine(held, "E-106", hand())
    hand.on(days=60)
    metrics = Metrics()
    sweeps.snapshot(office, metrics)
    late = {
        kind: metrics.registry.get_sample_value("inspector_work_oldest_due_seconds", {"kind": kind})
        for kind in ("ask", "push", "tell", "verify.due")
    }
    hidden = (60 * 24 - 1) * 3600
    assert late == {"ask": hidden, "push": hidden, "tell": 0, "verify.due": 0}, "a person looks at tell; the last is not due yet"


def test_what_comes_due_at_fridays_closing_is_not_late_on_monday_where_closed_time_is_skipped(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    friday = datetime(2026, 3, 6, 17, 29, tzinfo=SHANGHAI)
    clock = OfficeTime(machine_anchor=friday, office_anchor=friday, rate=1.0, skip_closed=True, calendar=office.calendar)
    office = replace(office, waited=clock.waited)
    hand.now = friday + timedelta(days=2, hours=15, minutes=2)
    with store.begin() as tx:
        tx.work.order([order(1, due_at=friday, urgent=friday)], friday)
        tx.schedules.declare("plan:x", "every 4h", friday)
        assert tx.schedules.fired("plan:x", friday, hand.now + timedelta(hours=4), hand.now, "one")
    metrics = Metrics()
    sweeps.snapshot(office, metrics)
    assert metrics.registry.get_sample_value("inspector_work_oldest_due_seconds", {"kind": "ask"}) == 120
    assert metrics.registry.get_sample_value("inspector_schedule_lag_seconds", {"schedule": "plan:x"}) == 120

"""A case whose credit level is still being looked up: its legal clock runs, and nothing about it speaks against anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from inspector.daemon import sweeps
from inspector.daemon.schedules import sweep_order
from inspector.domain.case import CaseState, ClaimStatus, LevelReason, Outcome, SubjectKind
from inspector.domain.decision import Order, OrderKind
from inspector.flows import review
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.ports import Rating
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_corrections import Platform
from tests.integration.test_way import LICENCE


class Broken(Platform):
    """A platform whose connector fails in a way that nobody foresaw."""

    def level(self, kind: SubjectKind, code: str, *, key: str) -> Rating:
        """Fail."""
        raise RuntimeError("a bug")


def rating(store: Store, hand: Hand, platform: Platform) -> tuple[Office, str]:
    """A case whose level is to be looked up there."""
    office = open_office(store, hand, sources={"registers": Table(default="=")}, credit={"platform": platform})
    case_id = post(office, application(1, "business-licence", LICENCE))
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.RATING
    return office, case_id


def at_risk(office: Office) -> list[float | None]:
    """Open dates within 1, 3 and 5 working days, as the metrics tell them."""
    metrics = Metrics()
    sweeps.snapshot(office, metrics)
    name = "inspector_deadlines_at_risk"
    return [metrics.registry.get_sample_value(name, {"within_working_days": str(days)}) for days in (1, 3, 5)]


def test_a_case_stuck_in_rating_comes_to_a_person_at_its_date_as_undetermined(store: Store, hand: Hand) -> None:
    office, case_id = rating(store, hand, Broken(as_of=hand()))
    settle(office)
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.RATING
        term = tx.cases.get(case_id).verify_term
    assert term is not None
    hand.now = term.due_at - timedelta(hours=1)
    settle(office)
    assert at_risk(office) == [1.0, 1.0, 1.0]
    hand.now = term.due_at
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(case_id)
        told = render(explain(office, tx, case_id), "en")
    assert (case.state, case.review_reason, case.outcome) == (CaseState.REVIEW, "DEADLINE", None)
    assert [held.status for held in case.claims] == [ClaimStatus.UNDETERMINED]
    assert "Credit level looked up" not in told
    with store.begin() as tx:
        decided = review.decide(office, tx, case_id, Outcome.UNVERIFIABLE, "李四", "无法核实", (), hand())
    assert decided.state is CaseState.CLOSED


def test_the_date_is_counted_once_and_is_the_strategys_own(store: Store, hand: Hand) -> None:
    office, case_id = rating(store, hand, Platform(as_of=hand()))
    with store.read() as tx:
        before = tx.cases.get(case_id).verify_term
    hand.on(days=1)
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(case_id)
        (clock,) = tx.work.page(case_id=case_id, kind="verify.due")
    assert case.strategy is not None
    assert before is not None
    assert {case.strategy.due_at, before.due_at, clock["due_at"], clock["urgent_by"]} == {before.due_at}
    assert case.verify_term == before


def test_a_credit_platform_taken_out_of_the_settings_is_waited_for_to_the_packs_date_and_then_the_case_goes_on_unrated(
    store: Store, hand: Hand
) -> None:
    office, case_id = rating(store, hand, Platform(as_of=hand()))
    without = replace(office, connectors=replace(office.connectors, credit={}))
    settle(without)
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.RATING, "it may have been a slip"
    hand.on(days=3)
    settle(without)
    with store.read() as tx:
        case = tx.cases.get(case_id)
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.TRUE)
    assert case.strategy is not None
    assert (case.strategy.level.level, case.strategy.level.reason) == ("U", LevelReason.LOOK_UP_FAILED)


def test_what_is_due_today_is_claimed_before_the_rating_of_a_new_case_and_before_housekeeping(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")}, credit={"platform": Platform(as_of=hand())})
    given = application(1, "business-licence", LICENCE)
    with store.begin() as tx:
        tx.credit.state(SubjectKind.FIRM, given.subject_code, "A", hand(), "platform")
        housekeeping: Order = sweep_order(OrderKind.FORGET, {"days": 30}, hand(), hand())
        tx.work.order([housekeeping], hand())
    old = post(office, given)
    with store.read() as tx:
        term = tx.cases.get(old).verify_term
    assert term is not None
    hand.now = term.due_at - timedelta(hours=3)
    new = post(office, application(2, "business-licence", LICENCE))
    with store.begin() as tx:
        claimed = tx.work.claim("x", tx.machine_now(), hand(), timedelta(seconds=60), 10)
    assert [(work.kind, work.case_id) for work in claimed] == [("ask", old), ("rate", new), ("forget", None)]

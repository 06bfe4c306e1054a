"""A case whose credit level is still being looked up: its legal clock runs, and nothing about it speaks against anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from inspector.daemon import sweeps
from inspector.daemon.schedules import sweep_order
from inspector.domain import verification
from inspector.domain.case import CaseState, ClaimStatus, LevelReason, Outcome, SubjectKind
from inspector.domain.decision import Order, OrderKind
from inspector.flows import intake, review
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.flows.settle import settle_case
from inspector.labels import LANGS, label
from inspector.ports import Rating, Unavailable
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_corrections import Platform
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike


class Broken(Platform):
    """A platform whose connector fails in a way that nobody foresaw."""

    def level(self, kind: SubjectKind, code: str, *, key: str, case_id: str, basis: str) -> Rating:
        """Fail."""
        raise RuntimeError("a bug")


@dataclass
class Slow(Platform):
    """A platform during whose first look-up something else happens, and which then is silent; what it answers is `says`."""

    meanwhile: Callable[[], None] | None = None
    says: str = "dated"

    def level(self, kind: SubjectKind, code: str, *, key: str, case_id: str, basis: str) -> Rating:
        """Let it happen, then answer."""
        happens, self.meanwhile = self.meanwhile, None
        if happens is None:
            raise Unavailable("timeout")
        happens()
        told = super().level(kind, code, key=key, case_id=case_id, basis=basis)
        return {"dated": told, "undated": replace(told, as_of=None), "unrated": replace(told, level=None)}[self.says]


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
    return [
        metrics.registry.get_sample_value(name, {"of": "verification", "within_working_days": str(days)}) for days in (1, 3, 5)
    ]


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


@pytest.mark.parametrize(
    ("says", "held", "reason"),
    [
        ("dated", True, "stated"),
        ("undated", False, "undated"),
        ("unrated", False, "not_rated"),
    ],
)
def test_a_level_that_comes_when_the_date_has_passed_is_kept_and_said_and_does_not_count(
    store: Store, hand: Hand, says: str, held: bool, reason: str
) -> None:
    platform = Slow(as_of=hand(), says=says)
    office, case_id = rating(store, hand, platform)
    platform.meanwhile = lambda: overdue(office, case_id, hand())
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(case_id)
        known = tx.credit.level(case.subject.kind, case.subject.code)
        explained = explain(office, tx, case_id)
    (late,) = [one for one in explained.decisions if one.rule == "credit.late"]
    told = [render(explained, lang) for lang in LANGS]
    assert (case.state, case.review_reason, case.strategy) == (CaseState.REVIEW, "DEADLINE", None)
    assert known == (("A", hand(), "platform") if held else None)
    assert (late.facts["level_reason"], late.facts["review_reason"]) == (reason, "DEADLINE")
    assert [text.count(label("rule.credit.late", lang)) for text, lang in zip(told, LANGS, strict=True)] == [1, 1]


def test_a_level_that_comes_while_a_corrected_case_waits_for_it_again_serves(store: Store, hand: Hand) -> None:
    platform = Slow(as_of=hand())
    office, case_id = rating(store, hand, platform)
    given = application(1, "business-licence", LICENCE)
    changed = replace(given, claims=tuple(replace(one, value="开业") for one in given.claims))

    def correct() -> None:
        with store.begin() as tx:
            intake.correct(office, tx, case_id, changed, "hall", hand())

    platform.meanwhile = correct
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(case_id)
        rows = [row["rule"] for row in tx.ledger.about(case_id)]
    assert case.strategy is not None
    assert (case.strategy.level.level, case.strategy.level.reason) == ("A", LevelReason.STATED)
    assert rows.count("strategy.choose") == 1


def test_nobody_keeps_the_level_that_comes_for_a_withdrawn_case(store: Store, hand: Hand) -> None:
    platform = Slow(as_of=hand())
    office, case_id = rating(store, hand, platform)

    def withdraw() -> None:
        with store.begin() as tx:
            review.withdraw(office, tx, case_id, "不再办理", "hall", hand())

    platform.meanwhile = withdraw
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(case_id)
        assert case.state is CaseState.WITHDRAWN
        assert tx.credit.level(case.subject.kind, case.subject.code) is None
        assert "credit.late" not in [row["rule"] for row in tx.ledger.about(case_id)]


@pytest.mark.parametrize("pushed", [1, -1])
def test_a_case_goes_by_the_newer_of_what_the_platform_answers_and_what_came_in_meanwhile(
    store: Store, hand: Hand, pushed: int
) -> None:
    platform = Slow(as_of=hand() - timedelta(days=30))
    office, case_id = rating(store, hand, platform)
    platform.meanwhile = lambda: push(office, case_id, platform.as_of + timedelta(days=pushed))
    settle(office)
    assert level(office, case_id) == (("D", "pushed") if pushed > 0 else ("A", "platform"))


def test_a_level_of_tomorrow_that_came_in_meanwhile_stands_in_the_way_of_no_answer(store: Store, hand: Hand) -> None:
    platform = Slow(as_of=hand())
    office, case_id = rating(store, hand, platform)
    platform.meanwhile = lambda: push(office, case_id, hand() + timedelta(days=3))
    settle(office)
    assert level(office, case_id) == ("A", "platform")


@pytest.mark.parametrize("says", ["dated", "undated", "unrated"])
def test_a_level_that_came_in_meanwhile_counts_where_the_look_up_brings_none(store: Store, hand: Hand, says: str) -> None:
    platform = Slow(as_of=hand(), says=says)
    office, case_id = rating(store, hand, platform)
    if says == "dated":  # it is silent, to the end of its patience
        push(office, case_id, hand())
        for _ in range(8):
            hand.on(days=1)
            settle(office)
    else:
        platform.meanwhile = lambda: push(office, case_id, hand())
        settle(office)
    assert level(office, case_id) == ("D", "pushed")


def push(office: Office, case_id: str, as_of: datetime) -> None:
    """The firm's level comes by another way."""
    with office.store.begin() as tx:
        subject = tx.cases.get(case_id).subject
        tx.credit.state(subject.kind, subject.code, "D", as_of, "pushed")


def level(office: Office, case_id: str) -> tuple[str, str]:
    """The level that a case goes by, and who states it."""
    with office.store.read() as tx:
        strategy = tx.cases.get(case_id).strategy
    assert strategy is not None
    return strategy.level.level, strategy.level.source


def overdue(office: Office, case_id: str, now: datetime) -> None:
    """The verification's date passes."""
    with office.store.begin() as tx:
        case = tx.cases.get(case_id, lock=True)
        policy = office.book.get(case.pack)
        settle_case(tx, office, verification.overdue(case, policy, now, office.calendar), policy, now)

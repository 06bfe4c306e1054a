"""Which dates are at risk: those of cases, of visits, of what officers have to do about consequences, and of the agencies asked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from inspector.daemon import sweeps
from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.creditlaw import RepairPaper
from inspector.domain.docket import DocketKind
from inspector.domain.proposal import Proposal
from inspector.domain.withdrawal import Answering, WithdrawalAnswer
from inspector.flows import annulling, repairs, review, withdrawals
from inspector.flows.office import Office
from inspector.store.dated import dated
from inspector.store.deadlines import due_by
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.drawn import announced, carried_out, drawing, visits
from tests.edge import serving
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_pulse import OPEN, sections
from tests.integration.test_way import HOUSEHOLD, Post, person
from tests.proceedings import decided

pytestmark = pytest.mark.alike

BEFORE = timedelta(seconds=1)


def falling(office: Office, of: str, at: datetime) -> tuple[int, int]:
    """How many of a kind fall due before a moment, and at it."""
    with office.store.read() as tx:
        return due_by(tx, at - BEFORE)[of], due_by(tx, at)[of]


def metric(office: Office, of: str, days: int) -> float | None:
    metrics = Metrics()
    sweeps.snapshot(office, metrics)
    told = {"of": of, "within_working_days": str(days)}
    return metrics.registry.get_sample_value("inspector_deadlines_at_risk", told)


@pytest.mark.slow
def test_a_visit_is_at_risk_by_its_own_date_until_it_is_over(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (made,) = visits(office, held.number)
    assert falling(office, "visit", made.due_at) == (0, 1)
    assert (metric(office, "visit", 1), metric(office, "visit", 5)) == (0.0, 1.0)
    hand.now = made.due_at
    settle(office)
    assert falling(office, "visit", made.due_at) == (0, 1), "a date that has passed is at risk all the more"


@pytest.mark.slow
def test_an_answer_is_at_risk_by_the_day_that_the_agency_was_given(store: Store, hand: Hand) -> None:
    civil = Post("civil-affairs")
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    office = open_office(store, hand, sources=sources, agencies={"civil-affairs": civil})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    with store.read() as tx:
        (request,) = tx.assistance.of_case(case_id)
    assert falling(office, "assistance", request.due_at) == (0, 1)
    assert metric(office, "assistance", 5) == 1.0
    assert metric(office, "review", 5) == 0.0, "whoever waits for an agency is not reviewed yet"


def test_a_step_about_a_consequence_is_at_risk_by_its_date(store: Store, hand: Hand) -> None:
    held = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    with store.read() as tx:
        dates = sorted(one.due_at for one in tx.consequences.of_case(held.case) if one.due_at is not None)
    assert falling(held.office, "consequence", dates[0]) == (0, dates.count(dates[0]))


@pytest.mark.slow
def test_our_answers_to_an_objection_and_to_a_repair_are_at_risk_by_their_dates_until_they_are_given(
    store: Store, hand: Hand
) -> None:
    held = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    entry = held.impose(held.the(Proposal.RECORD_CREDIT)).entry
    settle(held.office)
    assert metric(held.office, "objection", 5) == 0.0
    objection = held.object(entry)
    assert objection.due_at is not None
    assert falling(held.office, "objection", objection.due_at) == (0, 1)
    assert metric(held.office, "objection", 5) == 1.0
    held.answer(objection, held.by("周八"), upheld=False)
    assert metric(held.office, "objection", 5) == 0.0
    with store.read() as tx:
        hand.on(days=(tx.records.get(entry).repairable_from - hand().date()).days + 1)
    with store.begin() as tx:
        papers = tuple((paper, "a" * 64) for paper in RepairPaper)
        asked = repairs.ask(held.office, tx, entry, "", papers, "hall", hand(), names={"a" * 64: "整改材料"})
    assert asked.repair is not None
    assert asked.repair.due_at is not None
    assert falling(held.office, "repair", asked.repair.due_at) == (0, 1)
    with store.begin() as tx:
        repairs.decide(held.office, tx, entry, "王五", "符合条件", hand(), grant=True)
    assert falling(held.office, "repair", asked.repair.due_at) == (0, 0)


@pytest.mark.slow
def test_an_answer_to_a_withdrawal_is_at_risk_by_its_date_until_it_is_given(store: Store, hand: Hand) -> None:
    held = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    held.impose(held.the(Proposal.RECORD_CREDIT))
    assert metric(held.office, "withdrawal", 5) == 0.0
    with store.begin() as tx:
        review.withdraw(held.office, tx, held.case, "不办了", "hall", hand())
    with store.read() as tx:
        said = withdrawals.waiting(tx, held.case)
    assert said is not None
    assert falling(held.office, "withdrawal", said.due_at) == (0, 1)
    assert metric(held.office, "withdrawal", 5) == 1.0
    hand.now = said.due_at + BEFORE
    assert metric(held.office, "withdrawal", 1) == 1.0, "a date that has passed is at risk all the more"
    given = Answering(answer=WithdrawalAnswer.DECLINED, reasons="已有不实认定", by="钱七", token="t-钱七", at=hand())
    with store.begin() as tx:
        withdrawals.answer(held.office, tx, held.case, given, hand())
    assert metric(held.office, "withdrawal", 5) == 0.0


@pytest.mark.slow
def test_the_second_word_on_a_kept_promise_is_at_risk_by_its_date_until_it_is_said(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    case = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    with store.read() as tx:
        entry = str(tx.cases.get(case).entry)
    said = (entry, Annulled.COURT, "行初1号")
    with store.begin() as tx:
        annulling.entry(office, tx, *said, "李四", hand(), token="t-1", reasons="核查所依据的登记已被撤销")
    with store.read() as tx:
        (row,) = dated(tx.connection)
    assert (row.kind, row.id, row.case_id) == (DocketKind.STRIKING, entry, case)
    assert falling(office, "striking", row.due_at) == (0, 1)
    assert (metric(office, "striking", 5), metric(office, "withdrawal", 5)) == (1.0, 0.0)
    with store.begin() as tx:
        annulling.entry(office, tx, *said, "王五", hand(), token="t-2")
    assert metric(office, "striking", 5) == 0.0


def test_the_ops_page_says_the_same_of_all_kinds_in_both_languages(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    held = decided(store, hand, Outcome.UNTRUE_INCURABLE, office=office)
    with store.read() as tx:
        hand.now = min(one.due_at for one in tx.consequences.of_case(held.case) if one.due_at is not None) - timedelta(hours=1)
    steps = metric(office, "consequence", 1)
    assert steps
    with serving(office, OPEN) as edge:
        english, chinese = sections(edge, "en"), sections(edge, "zh-Hans")
    assert f"steps about consequences {steps:.0f}, visits 0, answers of other agencies 0" in english["!At risk"]
    assert f"处理环节 {steps:.0f}，现场检查 0，其他机关答复 0" in chinese["!风险提示"]

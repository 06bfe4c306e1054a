"""What is objected to, repaired and transferred is computed again, too: its dates, what lacks, and what was decided (decision 234)."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, ConsequenceState
from inspector.domain.creditlaw import RepairPaper
from inspector.domain.finding import Seen
from inspector.domain.proposal import Proposal
from inspector.domain.recompute import Again
from inspector.flows import objections, repairs, transfers
from inspector.store.store import Store
from inspector.store.tables import ledger
from tests.house import Hand
from tests.integration.test_more_time import asking, longer
from tests.integration.test_recompute_steps import rewritten, told
from tests.integration.test_supervision import entered, pooled
from tests.operator import on_both, one_database
from tests.proceedings import Proceeding, decided

database_url = one_database
pytestmark = pytest.mark.slow

TRANSFER = ("consequence.reported", "consequence.head", "consequence.handed", "consequence.police", "consequence.contested")


@pytest.fixture
def transferred(store: Store, hand: Hand) -> Proceeding:
    """A suspected crime: the police declined, the procurator was asked, they filed it after all, and have the papers."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.propose(Proposal.TRANSFER_JUDICIAL)
    for name in ("李四", "王五"):
        held = case.report(held, name)
    case.head(held)
    case.hand_over(held)
    hand.on(days=1)
    case.police(held, accepted=False)
    case.act(lambda tx: transfers.contest(case.office, tx, held.id, "procurator", "监督申请1号", case.by("李四"), hand()))
    hand.on(days=1)
    case.police(held, accepted=True)
    done = case.act(lambda tx: transfers.papers(case.office, tx, held.id, "交接单1", case.by("李四"), hand()))
    assert done.state is ConsequenceState.TRANSFERRED
    return case


def of(found: list[tuple[str, Again]], *rules: str) -> list[tuple[str, Again]]:
    """What some rules came to."""
    return [one for one in found if one[0] in rules]


@on_both
def test_each_step_of_a_transfer_comes_to_the_same_and_a_date_that_was_rewritten_is_seen(transferred: Proceeding) -> None:
    found = told(transferred)
    assert of(found, *TRANSFER, "consequence.papers") == [
        *((rule, Again.SAME) for rule in ("consequence.reported", "consequence.reported", *TRANSFER[1:])),
        ("consequence.police", Again.SAME),
        ("consequence.papers", Again.SAME),
    ]
    rewritten(transferred, "consequence.handed", '"due_at": "2026', '"due_at": "2027')
    assert [one for one in told(transferred) if one[1] is Again.DIFFERS] == [("consequence.handed", Again.DIFFERS)]


def test_a_transfer_that_its_head_refuses_or_lets_stand_comes_to_the_same(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.propose(Proposal.TRANSFER_JUDICIAL)
    for name in ("李四", "王五"):
        held = case.report(held, name)
    case.head(held, approves=False)
    assert of(told(case), "consequence.head") == [("consequence.head", Again.SAME)]
    again = case.propose(Proposal.TRANSFER_JUDICIAL)
    for name in ("李四", "王五"):
        again = case.report(again, name)
    case.head(again)
    case.hand_over(again)
    case.police(again, accepted=False)
    case.act(lambda tx: transfers.let_stand(case.office, tx, again.id, "证据不足", case.by("陈局长"), hand()))
    assert of(told(case), "consequence.dropped") == [("consequence.dropped", Again.SAME)]
    assert not [one for one in told(case) if one[1] in (Again.DIFFERS, Again.UNSURE, Again.NOT_STORED)]


@on_both
def test_an_objection_its_longer_term_and_its_answer_come_to_the_same(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    case.impose(penalty := case.the(Proposal.PENALTY))
    first = case.object(penalty.id)
    with store.begin() as tx:
        objections.pass_on(case.office, tx, first.id, case.by("周八"), "须向登记机关核实", hand())
    hand.on(days=1)
    case.answer(first, case.by("周八"), upheld=False)
    second = case.object(penalty.id, "罚款过重")
    case.object(penalty.id, "程序违法")
    case.answer(second, case.by("周八"), upheld=True)
    rules = ("objection.opened", "objection.passed_on", "objection.decided")
    found = of(told(case), *rules)
    assert {rule for rule, _ in found} == set(rules)
    assert [rule for rule, _ in found].count("objection.decided") == 3, "an answer to one that was open beside it, too"
    assert {again for _, again in found} == {Again.SAME}
    rewritten(case, "objection.passed_on", '"due_at": "2026', '"due_at": "2027')
    assert [one for one in told(case) if one[1] is Again.DIFFERS] == [("objection.passed_on", Again.DIFFERS)]


@on_both
def test_a_repair_its_date_and_what_lacked_come_to_the_same_also_after_a_refusal(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    case.impose(case.the(Proposal.RECORD_CREDIT))
    with store.read() as tx:
        (record,) = tx.records.of_case(case.case)
    hand.on(days=800)
    some = (RepairPaper.CORRECTED, "1" * 64)

    def ask(words: str, *papers: tuple[RepairPaper, str]) -> None:
        with store.begin() as tx:
            names = {digest: "材料" for _, digest in papers}
            repairs.ask(case.office, tx, record.entry, words, papers, "officer: 李四", hand(), names=names)

    def decide(*, grant: bool) -> None:
        with store.begin() as tx:
            repairs.decide(case.office, tx, record.entry, "周八", "已核对", hand(), grant=grant)

    ask("申请修复", some)
    decide(grant=False)
    hand.on(days=1)
    ask("再次申请", some)
    hand.on(days=1)
    ask("", *((paper, f"{number}" * 64) for number, paper in enumerate(RepairPaper, 2)))
    decide(grant=True)
    rules = ("credit.repair_asked", "credit.repair_refused", "credit.repaired")
    found = of(told(case), *rules)
    assert [rule for rule, _ in found] == [rules[0], rules[1], rules[0], rules[0], rules[2]]
    assert {again for _, again in found} == {Again.SAME}
    with store.begin() as tx:
        row = [row for row in tx.ledger.about(case.case) if row["rule"] == rules[0]][-1]
        body = json.loads(row["body"])
        body["facts"]["lacking"] = ["CORRECTED"]
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=text))
    assert [one for one in told(case) if one[1] is Again.DIFFERS] == [(rules[0], Again.DIFFERS)]


@pytest.mark.parametrize("second", [False, True])
def test_more_time_to_rectify_comes_to_the_same_where_one_gives_it_and_where_another_agrees(
    store: Store, hand: Hand, second: bool
) -> None:
    case = asking(decided(store, hand, Outcome.UNTRUE_CURABLE), second=second)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    for reasons in ("先写错了", "供货延误") if second else ("供货延误",):
        hand.on(days=1)
        longer(case, order, reasons=reasons)
    if second:
        case.agree(order, Agreement.SECOND, "王五")
    found = of(told(case), "consequence.more_time_written", "consequence.more_time")
    assert found == [*[("consequence.more_time_written", Again.SAME)] * (2 * second), ("consequence.more_time", Again.SAME)]


@on_both
def test_what_a_visit_of_daily_supervision_told_an_exempt_case_comes_to_the_same(store: Store, hand: Hand) -> None:
    office, case_id, visit = pooled(store, hand)
    entered(office, hand, visit, Seen.FINDING, "无证经营")
    case = Proceeding(office, hand, case_id)
    assert of(told(case), "supervision.found") == [("supervision.found", Again.SAME)]
    rewritten(case, "supervision.found", "无证经营", "一切正常")
    assert of(told(case), "supervision.found") == [("supervision.found", Again.DIFFERS)]

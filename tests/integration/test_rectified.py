"""Rectified in time: no penalty, a minor entry at most, each change of a grade sealed; and reminders end with the order (scenario 57)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, ConsequenceState, Notice, Stage, StatementKind
from inspector.domain.errors import Refusal
from inspector.domain.grading import Harm
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeState
from inspector.domain.wayto import ServiceWay
from inspector.domain.weight import Grading
from inspector.flows import proceedings, reached
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def graver(store: Store, hand: Hand) -> Office:
    """An office whose pack calls what can be cured a general discredit, which two people enter."""
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    curable = Outcome.UNTRUE_CURABLE
    packs = tuple(
        replace(
            pack,
            outcomes={**pack.outcomes, curable: replace(pack.outcomes[curable], grade="general")},
            consequences={kind: replace(row, second=row.second or kind is Proposal.RECORD_CREDIT) for kind, row in rows.items()},
        )
        for pack in office.book.packs
        for rows in [pack.consequences]
    )
    return replace(office, book=replace(office.book, packs=packs))


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    return decided(store, hand, Outcome.UNTRUE_CURABLE, office=graver(store, hand))


def entries(case: Proceeding, rule: str) -> list[dict[str, object]]:
    with case.office.store.read() as tx:
        return [json.loads(row["body"]) for row in tx.ledger.about(case.case) if row["rule"] == rule]


def rectified(case: Proceeding) -> None:
    """The order is imposed, carried out in time, and an officer has seen it."""
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    assert case.look(order, good=True, on=case.hand().date()).state is ConsequenceState.RECTIFIED


def test_the_lighter_grade_is_an_entry_of_the_ledger_and_undoes_a_decision_that_waits_for_agreement(
    case: Proceeding, hand: Hand
) -> None:
    entry = case.the(Proposal.RECORD_CREDIT)
    assert entry.grading.grade == "general"
    case.serve(case.give(entry))
    case.say(entry, StatementKind.WAIVER, "我放弃陈述申辩")
    before = case.rule(entry)
    assert before.stage is Stage.AGREE
    rectified(case)
    lighter = case.the(Proposal.RECORD_CREDIT)
    assert (lighter.grading.grade, lighter.grading.corrected, lighter.stage) == ("minor", True, Stage.DECIDE)
    (sealed,) = entries(case, "consequence.regraded")
    order = case.the(Proposal.ORDER_RECTIFY).id
    assert {name: sealed["facts"][name] for name in ("grade_was", "grade", "fallen_by")} == {  # type: ignore[index]
        "grade_was": "general",
        "grade": "minor",
        "fallen_by": order,
    }
    assert lighter.due_at == before.due_at, "its step has the date that it had"
    hand.on(days=60)
    settle(case.office)
    assert {(one["proposal"], one["step"]) for one in case.matters("consequence_due")} == {("RECORD_CREDIT", "DECIDE")}
    case.rule(lighter)
    case.agree(lighter, Agreement.SECOND, "王五")
    with case.office.store.read() as tx:
        assert tx.records.get(case.the(Proposal.RECORD_CREDIT).entry).grade == "minor"


def test_who_was_untrue_and_rectified_it_in_time_commits_again_whatever_stands_entered(store: Store, hand: Hand) -> None:
    """Scenario 4: untrue is not false."""
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    rectified(case)
    assert case.impose(case.the(Proposal.RECORD_CREDIT)).entry, "it is entered, and bars nobody"
    again = post(case.office, application(1, "business-licence", {"registration-status": "吊销"}, reference="R-again"))
    settle(case.office)
    with store.read() as tx:
        former, held = tx.cases.get(case.case), tx.cases.get(again)
    assert (held.subject, held.outcome, again == former.id) == (former.subject, Outcome.TRUE, False)


def test_an_entry_that_was_made_with_a_graver_grade_is_put_before_an_officer(case: Proceeding) -> None:
    case.impose(case.the(Proposal.RECORD_CREDIT))
    rectified(case)
    assert [(one["proposal"], one["rule"]) for one in case.matters("consequence_shaken")] == [
        ("RECORD_CREDIT", "consequence.rectified")
    ]
    assert entries(case, "consequence.regraded") == []


def test_what_did_harm_is_spared_nothing_by_its_rectification(case: Proceeding) -> None:
    order, entry = case.the(Proposal.ORDER_RECTIFY), case.the(Proposal.RECORD_CREDIT)
    penalty = case.propose(Proposal.PENALTY)
    notice = Notice(given=case.by("李四"), facts=("不符",), reasons="不符", rights=("陈述、申辩，可以要求听证",), basis=())
    harmed: Grading = replace(order.grading, harm=Harm.MINOR)
    case.act(lambda tx: proceedings.give(case.office, tx, order.id, notice, harmed, case.hand()))
    assert entries(case, "consequence.given")[-1]["facts"]["grade_harm"] == "MINOR"  # type: ignore[index]
    case.serve(order)
    case.say(order, StatementKind.WAIVER, "我放弃陈述申辩")
    until = case.hand().date().replace(day=20)
    case.rule(order, until=until)
    case.look(order, good=True, on=case.hand().date())
    held = {one.id: one for one in case.all()}
    assert (held[penalty.id].state, held[entry.id].grading.grade) == (ConsequenceState.PROPOSED, "general")


def test_a_reminder_that_has_not_come_is_called_off_with_the_order_and_is_proven_no_more(case: Proceeding, hand: Hand) -> None:
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    hand.on(days=12)
    settle(case.office)
    name = f"{order.id}:reminder"
    with case.office.store.read() as tx:
        assert tx.servings.get(name).state.open
    case.annul(order, Annulled.CORRECTION)
    settle(case.office)
    with case.office.store.read() as tx:
        assert tx.servings.get(name).state is NoticeState.CANCELLED
    with case.office.store.begin() as tx, pytest.raises(Refusal, match="subject_notice_over"):
        reached.served(case.office, tx, name, hand().date(), ServiceWay.IN_PERSON, "回证", "李四", hand())
    assert [one["kind"] for one in case.matters("notice_to_serve")] == ["ANNULMENT"]


def test_nobody_is_reminded_of_an_order_whose_outcome_fell(case: Proceeding, hand: Hand) -> None:
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    hand.on(days=12)
    settle(case.office)
    case.speaks_for()
    with case.office.store.read() as tx:
        assert tx.servings.get(f"{order.id}:reminder").state is NoticeState.CANCELLED


def test_a_revocation_that_waits_for_its_second_person_is_not_agreed_to_while_an_objection_is_open(
    store: Store, hand: Hand
) -> None:
    """Scenario 62: nothing adverse is given, decided or agreed to, and it goes on once the objection is rejected."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    revoke, penalty = case.noticed(case.the(Proposal.REVOKE)), case.the(Proposal.PENALTY)
    case.rule(revoke, public_interest="不损害公共利益")
    objection = case.object(entry)
    with pytest.raises(Refusal, match="consequence_objected"):
        case.agree(revoke, Agreement.SECOND, "王五")
    with pytest.raises(Refusal, match="consequence_objected"):
        case.rule(revoke, public_interest="不损害公共利益")
    with pytest.raises(Refusal, match="consequence_objected"):
        case.give(penalty)
    case.answer(objection, case.by("周八"), upheld=False)
    assert case.agree(revoke, Agreement.SECOND, "王五").verdict is not None
    assert case.give(penalty).notice is not None


def test_a_proposal_is_spoken_against_in_defence_and_what_is_over_is_objected_to_no_more(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    revoke = case.the(Proposal.REVOKE)
    with pytest.raises(Refusal, match="objection_early"):
        case.object(revoke.id)
    case.serve(case.give(revoke))
    with pytest.raises(Refusal, match="objection_early"):
        case.object(revoke.id)
    assert len(case.say(revoke, StatementKind.DEFENCE).statements) == 1
    case.drop(revoke)
    with pytest.raises(Refusal, match="objection_gone"):
        case.object(revoke.id)
    with store.read() as tx:
        assert not tx.records.objections(case_id=case.case)

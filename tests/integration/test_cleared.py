"""Whoever something was decided against hears that it stands no more: once, of all that fell, by which document (scenario 61)."""

from __future__ import annotations

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, SubjectNotice
from inspector.domain.wayto import ServiceWay
from inspector.flows import annulling, reached
from inspector.store.store import Store
from tests.house import Hand
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def heard(case: Proceeding) -> list[SubjectNotice]:
    with case.office.store.read() as tx:
        return [one for one in tx.servings.of_case(case.case) if one.kind is NoticeKind.ANNULMENT]


def test_a_court_annuls_the_revocation_and_one_notice_tells_of_it_and_of_the_entry_that_fell_with_it(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    revoke = case.impose(case.the(Proposal.REVOKE))
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    hand.on(days=3)
    case.annul(revoke)
    (told,) = heard(case)
    assert told.about == revoke.id
    assert [any(word in fact for fact in told.facts) for word in ("撤销行政决定", entry, "删除")] == [True, True, True]
    assert told.reasons == "法院判决（（2026）行终1号），予以撤销"
    assert {"S0:8", *revoke.basis} <= set(told.basis)
    assert [one["kind"] for one in case.matters("notice_to_serve")] == ["ANNULMENT"], "it is served as every notice is"


def test_an_entry_that_is_annulled_is_told_of_with_the_decision_that_ordered_it_and_so_is_an_upheld_objection(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    case.answer(case.object(entry), case.by("赵六七"), upheld=True)
    (told,) = heard(case)
    assert told.reasons == f"您于 {hand().date().isoformat()} 提出的异议成立，予以撤销", "no id of ours"
    assert sum(entry in fact for fact in told.facts) == 1
    with store.read() as tx:
        assert {one.kind for one in tx.servings.of_case(case.case)} >= {NoticeKind.OBJECTION, NoticeKind.ANNULMENT}


def test_when_the_outcome_falls_the_subject_hears_that_its_record_does_and_of_a_decision_that_stands_nothing(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    case.impose(case.the(Proposal.REVOKE))
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    hand.on(days=1)
    case.speaks_for()
    (told,) = heard(case)
    assert (told.about, "不再成立" in told.reasons) == (entry, True)


def test_nobody_hears_of_the_end_of_a_transfer_that_he_was_never_told_of(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.propose(Proposal.TRANSFER_JUDICIAL)
    for name in ("李四", "王五"):
        held = case.report(held, name)
    held = case.police(case.hand_over(case.head(held)), accepted=True)
    with store.begin() as tx:
        annulling.consequence(case.office, tx, held.id, Annulled.COURT, "不予立案1号", "陈局长", hand())
    assert heard(case) == []


@pytest.mark.parametrize("read", [True, False], ids=["who had the decision", "who had it not yet"])
def test_whose_matter_is_suspended_no_more_hears_so_and_the_decision_is_served_no_more(
    store: Store, hand: Hand, read: bool
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE, concluded=False)
    end, suspended = case.the(Proposal.TERMINATE), case.impose(case.propose(Proposal.SUSPEND))
    if read:
        with store.begin() as tx:
            reached.served(
                case.office, tx, f"{suspended.id}:decision", hand().date(), ServiceWay.IN_PERSON, "回证1", "李四", hand()
            )
    case.drop(end)
    with store.read() as tx:
        told = [one for one in tx.servings.of_case(case.case) if one.kind is NoticeKind.LET_GO and one.about == suspended.id]
        decision = tx.servings.get(f"{suspended.id}:decision")
    assert [one.title for one in told] == ["暂停办理已解除" if read else "原拟作出的处理不再作出"], (
        "it was told what was intended"
    )
    assert decision.state.open is False, "nobody is to read as in force what is over"

"""A decision names its own remedies: by which way, to whom, until when, by which article (Penalties Law art. 59)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.serving import SubjectNotice
from inspector.flows import remedying
from inspector.labels import label
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def said(case: Proceeding, held: Consequence, part: str) -> SubjectNotice:
    with case.office.store.read() as tx:
        return tx.servings.get(f"{held.id}:{part}")


def test_the_notice_of_a_decision_names_review_and_court_and_not_the_rights_of_the_proposal(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.noticed(case.the(Proposal.ORDER_RECTIFY))
    case.rule(order, until=hand().date().replace(day=28))
    told = said(case, order, "decision")
    assert said(case, order, "notice").rights == ("陈述、申辩，可以要求听证",)
    assert "陈述、申辩，可以要求听证" not in told.rights
    review, court, objection = told.rights
    assert ("60 日" in review, "本级人民政府" in review, "行政复议" in review) == (True, True, True)
    assert ("6 个月" in court, "基层人民法院" in court, "行政诉讼" in court) == (True, True, True)
    assert "《中华人民共和国行政复议法》" in review, "the article is cited where the subject reads it"
    assert "异议" in objection
    assert {"S1:59;S65:20;S65:24", "S1:59;S66:14;S66:18;S66:46"} <= set(told.basis)
    hand.on(days=13)
    settle(case.office)
    assert said(case, order, "reminder").rights == (), "a reminder gives none, and repeats none that are over"


def test_the_notice_of_an_entry_tells_its_grade_until_when_it_is_shown_and_from_when_on_it_is_repaired(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    ordered = case.impose(case.the(Proposal.RECORD_CREDIT))
    with store.read() as tx:
        mine = tx.records.get(ordered.entry)
    told = said(case, ordered, "decision").facts
    assert mine.most_until is not None
    for word in (
        mine.entry,
        label(f"grade.{mine.grade}", "zh-Hans"),
        mine.most_until.isoformat(),
        mine.repairable_from.isoformat(),
    ):
        assert any(word in fact for fact in told), word


def test_an_officer_may_word_the_remedies_and_then_these_stand_in_the_notice(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    entry = case.noticed(case.the(Proposal.RECORD_CREDIT))
    own = ("收到本决定之日起60日内，向毛集实验区管理委员会申请行政复议",)
    case.rule(entry, rights=own)
    assert said(case, entry, "decision").rights == own


def test_where_neither_the_pack_nor_the_officer_names_a_remedy_nothing_is_decided(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    held = case.the(Proposal.RECORD_CREDIT)
    silent = replace(case.office.book.get(held.pack), remedies=())
    with pytest.raises(Refusal, match="remedy_unstated"):
        remedying.of(held, silent, "zh-Hans")


def test_who_is_told_that_an_objection_was_rejected_hears_which_remedies_are_left(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT))
    for upheld in (False, True):
        case.answer(objection := case.object(entry.id, f"不属实{upheld}"), case.by("周八"), upheld=upheld)
        with store.read() as tx:
            told = tx.servings.get(f"{objection.id}:objection")
        assert [("行政复议" in "".join(told.rights)), ("S65:20" in "".join(told.basis))] == [not upheld, not upheld]

"""What an officer found of the gravity stays with each proposal, whatever stage the matter comes to (handbook 2.7: all inputs stored)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Notice
from inspector.domain.grading import Cooperation, Grading, Harm
from inspector.domain.proposal import Proposal
from inspector.flows import proceedings, review
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def test_what_the_review_found_of_third_parties_and_cooperation_stands_in_each_proposal(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    case = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    found = Grading(harm=Harm.MINOR, amount=300, third_parties=True, cooperation=Cooperation.PARTIAL)
    with store.begin() as tx:
        cited = tuple(piece.id for piece in tx.cases.evidence(case))
        review.decide(
            office, tx, case, Outcome.UNTRUE_INCURABLE, "李四", "登记已吊销", cited, hand(), grading=found, token="t-李四"
        )
    graded = [one.grading for one in Proceeding(office=office, hand=hand, case=case).all()]
    assert graded
    assert {(one.harm, one.amount, one.third_parties, one.cooperation) for one in graded} == {
        (Harm.MINOR, "300", "true", "PARTIAL"),
    }


def test_a_matter_that_is_concluded_meanwhile_keeps_what_the_notice_said_in_words(store: Store, hand: Hand) -> None:
    """The amount is what an officer has typed: a conclusion must not fail because it is no plain number."""
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE, concluded=False)
    held = case.the(Proposal.TERMINATE)
    notice = Notice(given=case.by("李四"), facts=("登记状态为吊销",), reasons="与承诺不符", rights=("陈述、听证",), basis=())
    said = replace(held.grading, amount="约三万元", third_parties="两户邻居", cooperation="配合")
    case.act(lambda tx: proceedings.give(case.office, tx, held.id, notice, said, hand()))
    with store.begin() as tx:
        review.conclude(case.office, tx, case.case, "hall", hand())
    after = case.the(Proposal.REVOKE).grading
    assert (after.amount, after.third_parties, after.cooperation) == ("约三万元", "两户邻居", "配合")
    assert (after.concluded, after.grade) == (True, "general"), "and its grade is that of the stage"

"""Who has decided or agreed of a finding judges nothing of it again, and two who stand in for each other are one (decision 246)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, ConsequenceState, Stage
from inspector.domain.errors import Refusal
from inspector.domain.objection import ObjectionState
from inspector.domain.proposal import Proposal
from inspector.flows import repairs
from inspector.store.store import Store
from tests.house import Hand
from tests.integration.test_creditrecords import NAMES, PAPERS
from tests.integration.test_deputies import ruled, stands_in
from tests.integration.test_more_time import asking, longer
from tests.integration.test_repair_papers import second
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    """An entry by 李四 alone, and a revocation of the same finding to which 王五 and 赵六 have agreed."""
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    case.impose(case.the(Proposal.REVOKE))
    case.impose(case.the(Proposal.RECORD_CREDIT))
    return case


@pytest.mark.parametrize(("name", "token"), [("王五", "t-王五"), ("赵六", "t-赵六"), ("周八", "t-王五")])
def test_who_has_agreed_to_the_revocation_decides_no_objection_to_the_entry_of_the_same_finding(
    case: Proceeding, name: str, token: str
) -> None:
    objection = case.object(case.the(Proposal.RECORD_CREDIT).entry)
    with pytest.raises(Refusal, match="objection_same_officer"):
        case.answer(objection, replace(case.by(name), token=token), upheld=False)
    assert case.answer(objection, case.by("周八"), upheld=False).state is ObjectionState.REJECTED


def test_nor_where_the_pack_asks_for_another_person_its_repair(case: Proceeding) -> None:
    entry = case.the(Proposal.RECORD_CREDIT).entry
    case.hand.on(days=400)
    two = second(case.office)
    with case.office.store.begin() as tx:
        repairs.ask(two, tx, entry, "已改正", PAPERS, "hall", case.hand(), names=NAMES)
    with case.office.store.begin() as tx, pytest.raises(Refusal, match="repair_same_officer"):
        repairs.decide(two, tx, entry, "王五", "符合条件", case.hand(), grant=True, token="t-王五")
    with case.office.store.begin() as tx:
        assert repairs.decide(two, tx, entry, "周八", "符合条件", case.hand(), grant=True, token="t-周八").ended_by == "周八"


def test_an_officer_and_the_deputy_are_no_two_of_those_who_agree(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = ruled(case)
    stands_in(case, "周八", "王五", days=3)
    case.agree(held, Agreement.SECOND, "王五")
    with pytest.raises(Refusal, match="consequence_deputy_agrees"):
        case.agree(held, Agreement.LEGAL, "周八")
    assert case.agree(held, Agreement.LEGAL, "赵六").state is ConsequenceState.IMPOSED


def test_nor_of_those_who_agree_to_more_time(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    case = asking(case, second=True, legal=True, deputy_apart=True)
    longer(case, order)
    stands_in(case, "周八", "王五", days=3)
    case.agree(order, Agreement.SECOND, "王五")
    with pytest.raises(Refusal, match="consequence_deputy_agrees"):
        case.agree(order, Agreement.LEGAL, "周八")
    assert case.agree(order, Agreement.LEGAL, "赵六").stage is Stage.RECHECK

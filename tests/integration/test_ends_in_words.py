"""How a proceeding ended is read in words: the page of a consequence shows no codes of rules, reasons or doors."""

from __future__ import annotations

import re

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence
from inspector.domain.proposal import Proposal
from inspector.domain.serving import SubjectWord
from inspector.flows import review
from inspector.labels import of
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.integration.test_ownword import asked
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

CODES = re.compile(r"consequence\.[a-z_]+|>rule<|\bCOURT\b|subject:")


def text(case: Proceeding, held: Consequence) -> str:
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        return browser.get(f"/consequences/{held.id}").text


def test_what_a_rule_ended_says_by_which(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE, concluded=False)
    late = case.the(Proposal.TERMINATE)
    with store.begin() as tx:
        review.conclude(case.office, tx, case.case, "hall", hand())
    page = text(case, late)
    assert ("依规则" in page, CODES.findall(page)) == (True, [])


def test_what_ended_with_another_decision_names_it(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    fine = case.propose(Proposal.PENALTY)
    case.look(order, good=True, on=hand().date())
    page = text(case, fine)
    assert (f"随{of(Proposal.ORDER_RECTIFY, 'zh-Hans')}（{order.id}）" in page, CODES.findall(page)) == (True, [])


def test_what_a_court_annulled_and_a_wish_by_a_link_are_in_words(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    receipt = asked(case, f"{order.id}:decision", SubjectWord.RECHECK)
    assert f"通过告知书链接，回执 {receipt}" in text(case, order)
    case.annul(order)
    page = text(case, order)
    assert (of(Annulled.COURT, "zh-Hans") in page, CODES.findall(page)) == (True, [])

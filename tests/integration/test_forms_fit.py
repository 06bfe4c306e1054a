"""The officer's forms ask for what the step needs and for nothing else; the list says whose a step is, a search by when one is due."""

from __future__ import annotations

import re

import pytest

from inspector.domain.case import Outcome
from inspector.domain.proposal import Proposal
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def asked(page: str, step: str) -> dict[str, bool]:
    """The fields of a step's form, each with whether it may be left empty."""
    return {
        name: "may be left empty" in words for name, words in re.findall(rf'<label for="{step}-([a-z_]+)">([^<]*)</label>', page)
    }


def test_the_notice_and_the_decision_ask_for_what_a_proposal_has_and_needs(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    curable = decided(store, hand, Outcome.UNTRUE_CURABLE, number=2, office=case.office)
    of = {Proposal.PENALTY: case, Proposal.REVOKE: case, Proposal.ORDER_RECTIFY: curable}
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser, name="李四")

        def shown(proposal: Proposal, step: str) -> dict[str, bool]:
            return asked(browser.get(f"/consequences/{of[proposal].the(proposal).id}?lang=en").text, step)

        notice = {proposal: shown(proposal, "notice") for proposal in of}
        assert (notice[Proposal.PENALTY]["content"], notice[Proposal.PENALTY]["basis"]) == (False, False)
        assert ("content" in notice[Proposal.REVOKE], notice[Proposal.REVOKE]["basis"]) == (False, True)
        for proposal, one in of.items():
            one.serve(one.give(one.the(proposal)))
        hand.on(days=11)
        logged_in(edge, browser, name="李四")
        own = {"content", "performance", "discussed", "public_interest", "until"}
        decision = {proposal: shown(proposal, "decision") for proposal in of}
        assert {proposal: own & {*told} for proposal, told in decision.items()} == {
            Proposal.PENALTY: {"content", "performance", "discussed"},
            Proposal.REVOKE: {"public_interest"},
            Proposal.ORDER_RECTIFY: {"until"},
        }
        assert (decision[Proposal.REVOKE]["public_interest"], decision[Proposal.ORDER_RECTIFY]["until"]) == (False, False)


def test_a_search_tells_of_a_case_that_has_ended_by_when_something_is_due_about_it(store: Store, hand: Hand) -> None:
    case: Proceeding = decided(store, hand, Outcome.FALSE_KNOWING)
    with store.read() as tx:
        ended = tx.cases.get(case.case)
    due = case.the(Proposal.PENALTY).due_at
    assert due is not None
    assert ended.due_at is not None
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser, name="李四")

        def found() -> str:
            return browser.post("/review?lang=en", data={"find": "R-000001"}).text

        assert (f"{due:%Y-%m-%d}" in found(), f"{ended.due_at:%Y-%m-%d}" in found()) == (True, False)
        case.annul(case.impose(case.the(Proposal.REVOKE)))  # and with it falls what nobody has decided
        assert "2026-" not in found(), "nothing is due about it any more"


def test_the_list_says_whose_a_step_is_and_a_screen_reader_which_of_a_cases_links_is_which(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.noticed(case.the(Proposal.PENALTY))
    case.rule(held, "周八")
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser, name="王五")
        page = browser.get("/review?lang=en").text
        assert "<h1>Decisions due</h1>" in page
        links = re.findall(r'<a href="/consequences/([^"?]+)[^"]*" aria-describedby="([^"]+)">', page)
        told = {name: re.search(rf'<div id="{why}">([^<]*)</div>', page)[1] for name, why in links}  # type: ignore[index]
        assert told[held.id] == "Administrative penalty · Agree to the decision (second person, legal review) · 周八"
        assert told[case.the(Proposal.REVOKE).id] == "Revoke the decision · Give the notice · 李四"

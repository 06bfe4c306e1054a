"""What a subject reads is in its own words: law under the heading that says law, and no code of ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from inspector.daemon import sweeps
from inspector.domain.case import Outcome
from inspector.domain.consequence import Signed
from inspector.domain.proposal import Proposal
from inspector.domain.serving import SubjectWord
from inspector.domain.source import PROPOSED
from inspector.flows import objections, serving, spoken
from inspector.labels import label
from inspector.store.store import Store
from tests.edge import serving as edge_of
from tests.house import Hand, Table, open_office, settle
from tests.integration.test_acts import catalogued
from tests.integration.test_creditrecords import place
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def by_link(case: Proceeding, notice: str) -> str:
    """The page behind a notice's link, in Chinese."""
    with case.office.store.read() as tx:
        path = f"/subject/{notice}/{serving.token(case.office, tx, notice)}"
    with edge_of(case.office) as edge, edge.client() as browser:
        return str(browser.get(path, headers={"Accept-Language": "zh"}).text)


def test_no_proposal_of_the_software_stands_under_the_legal_basis_that_a_subject_reads(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.give(case.the(Proposal.PENALTY))
    notice = f"{held.id}:notice"
    with store.read() as tx:
        cited = tx.servings.get(notice).basis
    assert any(one.partition(":")[0] in {"P", "H"} for row in cited for one in row.split(";")), "the rows do rest on some"
    with edge_of(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        paper = browser.get(f"/notices/{notice}/paper", headers={"Accept-Language": "zh"}).text
    for page in (by_link(case, notice), paper):
        assert (PROPOSED in page, "docs/reference" in page, "某条例第8条" in page) == (False, False, True), page
        assert "行政处罚法" in page


def test_what_bars_nobody_by_itself_says_nothing_of_a_bar_on_the_page_where_it_is_decided(store: Store, hand: Hand) -> None:
    office = catalogued(open_office(store, hand, sources={"registers": Table(default="吊销")}))
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=office, act="act-false")
    said = {}
    with edge_of(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        for proposal in (Proposal.RECORD_CREDIT, Proposal.REVOKE, Proposal.PENALTY):
            text = browser.get(f"/consequences/{case.the(proposal).id}", headers={"Accept-Language": "zh"}).text
            said[proposal] = re.findall(rf"<dt>{label('fact.bars', 'zh-Hans')}</dt><dd>([^<]*)</dd>", text)
    assert said == {Proposal.RECORD_CREDIT: [label("proceeding.yes", "zh-Hans")], Proposal.REVOKE: [], Proposal.PENALTY: []}


def test_a_field_that_says_nothing_is_named_on_the_page_as_the_page_names_it(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    path = f"/consequences/{case.the(Proposal.REVOKE).id}"
    with edge_of(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        wrong = send(browser, path, "notice", facts="登记状态为吊销", rights="陈述、申辩，可以要求听证", reasons=" ")
    text = label("ui.field_empty", "zh-Hans", field=label("proceeding.reasons", "zh-Hans"))
    assert (wrong.status_code, text in wrong.text, "reasons 没有" in wrong.text) == (422, True, False), wrong.text


def test_no_event_of_a_finding_and_what_follows_names_an_officer_nor_one_that_a_release_before_has_written(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    case.impose(case.the(Proposal.RECORD_CREDIT))
    with store.begin() as tx:
        tx.events.add("former", "bureau", case.case, "verification.result", hand(), {"outcome": "TRUE", "decided_by": "李四"})
    sweeps.seal(store, case.office)
    with edge_of(case.office) as edge, edge.as_("system", name="hall") as system:
        told = system.get("/v1/events").json()["events"]
    assert [one["data"]["decided_by"] for one in told if one["type"] == "verification.result"] == ["officer", "officer"]
    assert not [one for one in told if any(name in str(one["data"]) for name in ("李四", "王五", "赵六"))]


def test_a_word_that_came_by_a_notices_link_says_so_where_an_objection_or_a_repair_is_decided(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with place(store, hand, tmp_path) as here:
        entry = here.found(1, Outcome.UNTRUE_CURABLE, "act-untrue-curable")
        notice = f"{entry}:repairable"
        settle(here.office)
        with store.begin() as tx:
            for word in (SubjectWord.REPAIR, SubjectWord.OBJECTION):
                spoken.say(here.office, tx, notice, word, "已改正", (), hand())
            (objection,) = tx.records.objections(about=entry)
        with edge_of(here.office) as edge, edge.client() as browser:
            logged_in(edge, browser)
            pages = [browser.get(path).text for path in (f"/credit/records/{entry}", f"/credit/objections/{objection.id}")]
            with store.begin() as tx:
                objections.decide(
                    here.office, tx, objection.id, Signed(by="王五", token="t", at=hand()), "经核对属实", hand(), upheld=False
                )
            after = browser.get(f"/credit/records/{entry}").text
    assert [f"subject:{notice}" in page for page in pages] == [False, False]
    waiting, over = (label(f"creditdesk.{one}", "zh-Hans") for one in ("objections", "objections_decided"))
    assert [(waiting in page, over in page) for page in (pages[0], after)] == [(True, False), (False, True)]

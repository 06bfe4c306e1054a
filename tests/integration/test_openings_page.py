"""An officer opens a proceeding on the page of a case as the API does: what may be opened is a choice, what may not is said with why."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import ConsequenceState
from inspector.domain.proposal import Proposal
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, Table, open_office
from tests.integration.test_acts import catalogued
from tests.integration.test_forms import hidden, in_review, logged_in
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    """A case found untrue beyond cure, by an office with a catalogue of acts."""
    office = catalogued(open_office(store, hand, sources={"registers": Table(default="吊销")}))
    return decided(store, hand, Outcome.UNTRUE_INCURABLE, act="act-untrue-incurable", office=office)


@pytest.fixture
def edge(case: Proceeding) -> Iterator[Edge]:
    with serving(case.office) as held:
        yield held


def choices(page: str, name: str) -> list[str]:
    """What a choice of the page offers, but the empty one."""
    found = re.search(rf'<select id="{name}".*?</select>', page, re.DOTALL)
    return [one for one in re.findall(r'value="([^"]*)"', found[0]) if one] if found is not None else []


def evidence(case: Proceeding) -> list[str]:
    with case.office.store.read() as tx:
        return [piece.id for piece in tx.cases.evidence(case.case)]


def send(browser: httpx.Client, path: str, **told: object) -> httpx.Response:
    """Fill the form in and send it."""
    page = browser.get(path).text
    return browser.post(path, data={"guard": hidden(page, "guard"), "message": hidden(page)} | told)


@pytest.mark.slow
def test_an_officer_opens_a_penalty_from_the_page_of_its_case_once_and_comes_to_its_next_step(
    edge: Edge, case: Proceeding
) -> None:
    path = f"/review/{case.case}/proceeding"
    with edge.client() as browser:
        logged_in(edge, browser)
        assert f'href="{path}"' in browser.get(f"/review/{case.case}").text
        page = browser.get(path).text
        assert "PENALTY" in choices(page, "proposal")
        assert "RECORD_CREDIT" not in choices(page, "proposal"), "the review has proposed one"
        assert "不能启动" in page, "and the page says so"
        assert f'href="/consequences/{case.the(Proposal.RECORD_CREDIT).id}"' in page, "with the way to it and what is due there"
        assert "吊销" in page, "the evidence is read where it is chosen"
        form: dict[str, object] = {
            "guard": hidden(page, "guard"),
            "message": hidden(page),
            "proposal": "PENALTY",
            "reasons": "另有违法情形",
        }
        form |= {"evidence": evidence(case), "act": ""}
        first, again = browser.post(path, data=form), browser.post(path, data=form)
        held = case.the(Proposal.PENALTY)
        assert (first.status_code, first.headers["location"]) == (303, f"/consequences/{held.id}")
        assert again.headers["location"] == first.headers["location"], "a double click opens one"
        assert (held.proposed_by, held.origin, held.reasons) == ("李四", "consequence.opened", "另有违法情形")
        assert (held.state, held.evidence) == (ConsequenceState.PROPOSED, tuple(evidence(case)))
        assert held.proposed_token, "by the login that two-person steps are compared by"
        assert "制发告知书" in browser.get(first.headers["location"]).text
        assert "Open a proceeding" in browser.get(f"{path}?lang=en").text


@pytest.mark.slow
def test_what_is_missing_is_said_beside_the_form_and_nothing_typed_is_lost(edge: Edge, case: Proceeding) -> None:
    path = f"/review/{case.case}/proceeding"
    with edge.client() as browser:
        logged_in(edge, browser)
        bare = send(browser, path, proposal="", act="", reasons="")
        assert bare.status_code == 422
        assert "请选择拟提出的处理；请填写理由" in bare.text, "all of it at once"
        silent = send(browser, path, proposal="PENALTY", act="", reasons="另有违法情形")
        assert silent.status_code == 422
        assert "另有违法情形" in silent.text
        assert 'value="PENALTY" selected' in silent.text
        taken = send(browser, path, proposal="RECORD_CREDIT", act="act-untrue-incurable", reasons="x", evidence=evidence(case))
        assert taken.status_code == 409, "a form made by hand is refused as the API refuses it"
        assert [one.proposal for one in case.all()].count(Proposal.RECORD_CREDIT) == 1


def test_an_entry_that_was_let_go_is_opened_anew_by_an_act_of_the_finding_alone(edge: Edge, case: Proceeding) -> None:
    case.drop(case.the(Proposal.RECORD_CREDIT))
    path = f"/review/{case.case}/proceeding"
    with edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(path).text
        assert "RECORD_CREDIT" in choices(page, "proposal")
        assert "act-untrue-incurable" in choices(page, "act")
        assert "act-false" not in choices(page, "act"), "what was found untrue is not entered as false"
        given = {"proposal": "RECORD_CREDIT", "reasons": "另有发现", "evidence": evidence(case)}
        assert send(browser, path, act="", **given).status_code == 422
        assert send(browser, path, act="act-untrue-incurable", **given).status_code == 303
    assert case.the(Proposal.RECORD_CREDIT).grading.act == "act-untrue-incurable"


@pytest.mark.slow
def test_who_may_not_has_no_form_and_a_case_that_nobody_was_found_against_has_nothing_to_open(
    edge: Edge, case: Proceeding
) -> None:
    path = f"/review/{case.case}/proceeding"
    with edge.client() as auditor, edge.client() as stranger, edge.client() as browser, edge.client() as nobody:
        logged_in(edge, auditor, "auditor")
        logged_in(edge, stranger, "officer", "other")
        logged_in(edge, browser)
        assert choices(auditor.get(path).text, "proposal") == []
        assert path not in auditor.get(f"/review/{case.case}").text
        assert stranger.get(path).status_code == 404
        assert nobody.get(path).headers["location"].startswith("/login?next=")
        told = {"proposal": "PENALTY", "reasons": "x", "evidence": evidence(case)}
        assert browser.post(path, data=told | {"guard": "0" * 32}).status_code == 403
        assert auditor.post(path, data=told | {"guard": "0" * 32}).status_code == 403
        case.speaks_for()
        case.decide(Outcome.TRUE)
        after = browser.get(path).text
        assert choices(after, "proposal") == []
        assert "目前没有可以启动的处理程序" in after
        assert path not in browser.get(f"/review/{case.case}").text


def test_of_a_case_in_review_a_suspicion_alone_is_opened(edge: Edge) -> None:
    path = f"/review/{in_review(edge, 7)}/proceeding"
    with edge.client() as browser:
        logged_in(edge, browser)
        assert choices(browser.get(path).text, "proposal") == ["TRANSFER_JUDICIAL"]

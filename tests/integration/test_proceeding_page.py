"""The officer's page of a consequence: the steps that are due, in order, each by the same rules as the API, two persons by two logins."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import ConsequenceState, Stage
from inspector.domain.proposal import Proposal
from inspector.labels import of
from inspector.store.store import Store
from inspector.web.stages import MATTERS, OFFERED, STEPS
from tests.edge import Edge, serving
from tests.house import Hand
from tests.integration.test_forms import hidden, logged_in
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    """A case of which an officer has found that it was untrue and cannot be cured."""
    return decided(store, hand, Outcome.UNTRUE_INCURABLE)


@pytest.fixture
def edge(case: Proceeding) -> Iterator[Edge]:
    with serving(case.office) as held:
        yield held


def send(browser: httpx.Client, path: str, step: str, **told: object) -> httpx.Response:
    """Fill a form of the page in and send it."""
    page = browser.get(path).text
    assert f'name="do" value="{step}"' in page, f"{step} is offered"
    form = {"guard": hidden(page, "guard"), "message": hidden(page, "message"), "do": step}
    if step in ("decision", "agreement"):
        form["turn"] = hidden(page, "turn")
    return browser.post(path, data=form | told)


def test_every_stage_offers_steps_that_there_are_and_every_step_is_offered_somewhere() -> None:
    assert set(OFFERED) == set(Stage)
    pushed = {"push", "push_back"}  # what waits for a word about another province (`stages.pushes`)
    assert {name for names in OFFERED.values() for name in names} | set(MATTERS) | pushed == set(STEPS)


@pytest.mark.slow
def test_a_revocation_goes_its_way_on_the_page_from_the_list_to_the_second_persons_agreement(
    edge: Edge, case: Proceeding, hand: Hand
) -> None:
    path = f"/consequences/{case.the(Proposal.REVOKE).id}"
    with edge.client() as browser, edge.client() as other:
        logged_in(edge, browser)
        logged_in(edge, other, name="王五")
        assert f'href="{path}"' in browser.get("/review").text, "it is on the list"
        assert f'href="{path}"' in browser.get(f"/review/{case.case}").text, "and on its case's page"
        page = browser.get(path).text
        assert "制发告知书" in page
        assert "市场主体登记状态：承诺“存续”" in page, "the notice is drafted from the evidence"
        assert "收到本告知书之日起 5 个工作日内可以陈述、申辩" in page, "how long, in words"
        assert "收到本告知书之日起 5 个工作日内可以陈述、申辩" in browser.get(f"{path}?lang=en").text, (
            "in the language of the office"
        )
        facts, rights = (re.search(rf'name="{name}"[^>]*>\n([^<]*)</textarea>', page) for name in ("facts", "rights"))
        assert facts is not None
        assert rights is not None
        bare = send(browser, path, "notice", facts="", reasons="", rights="")
        assert (bare.status_code, "请填写" in bare.text) == (422, True)
        given = {"facts": facts[1], "rights": rights[1], "reasons": "与承诺不符"}
        assert send(browser, path, "notice", **given).status_code == 303
        early = browser.get(path).text
        assert 'name="do" value="decision"' not in early, "nothing is decided before it is served"
        served = {"on": f"{hand():%Y-%m-%d}", "way": "IN_PERSON", "proof": "回证1"}
        assert send(browser, path, "service", **served).status_code == 303
        ruled = {"reasons": "事实清楚", "public_interest": "不损害公共利益"}
        soon = send(browser, path, "decision", **ruled)
        assert (soon.status_code, "事实清楚" in soon.text) == (409, True), (
            "the time for a statement is not over, and nothing typed is lost"
        )
        assert send(browser, path, "statement", kind="DEFENCE", words="材料已补正").status_code == 303
        assert "材料已补正" in browser.get(path).text
        hand.on(days=11)
        assert send(browser, path, "decision", **ruled).status_code == 303
        own = send(browser, path, "agreement", kind="SECOND", words="同意")
        assert own.status_code == 409, "the same login is no second person"
        for kind in ("SECOND", "LEGAL"):
            if 'value="agreement"' in other.get(path).text:
                send(other, path, "agreement", kind=kind, words="同意")
        after = other.get(path).text
        assert "王五" in after
    held = case.the(Proposal.REVOKE)
    assert held.verdict is not None
    assert held.state in (ConsequenceState.IMPOSED, ConsequenceState.NOTICED)


def test_an_auditor_reads_and_cannot_decide_another_agency_knows_of_none_and_a_foreign_form_is_refused(
    edge: Edge, case: Proceeding
) -> None:
    path = f"/consequences/{case.the(Proposal.REVOKE).id}"
    with edge.client() as auditor, edge.client() as stranger, edge.client() as browser:
        logged_in(edge, auditor, "auditor")
        logged_in(edge, stranger, "officer", "other")
        logged_in(edge, browser)
        assert 'name="do"' not in auditor.get(path).text
        assert stranger.get(path).status_code == 404
        assert path not in stranger.get("/review").text
        assert browser.post(path, data={"do": "drop", "reasons": "x", "guard": "0" * 32}).status_code == 403
        assert send(browser, path, "drop", reasons="情节轻微").status_code == 303
        assert 'name="do"' not in browser.get(path).text
        assert browser.get("/consequences/none").status_code == 404


def test_of_an_order_that_has_not_come_the_cases_page_and_the_lists_say_that_it_is_to_be_served(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.noticed(case.the(Proposal.ORDER_RECTIFY))
    case.rule(order, until=hand().date().replace(day=28), brought=False)
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)

        def told() -> str:
            found = re.search(rf'<a href="/consequences/{order.id}[^>]*>([^<]*)</a>', browser.get(f"/review/{case.case}").text)
            assert found is not None
            return found[1]

        assert told().endswith(of(Stage.SERVE, "zh-Hans")), "nothing is looked at again before it has come"
        case.bring(order)
        assert told().endswith(of(Stage.RECHECK, "zh-Hans"))

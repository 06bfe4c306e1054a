"""An officer receives and decides objections and repairs on pages: they stand on the list, and the rules are those of the API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from inspector.domain.case import Outcome
from inspector.domain.creditrecord import RecordState
from inspector.domain.proposal import Proposal
from inspector.domain.viewing import Shown as What
from inspector.store.store import Store
from inspector.web.creditdesk import STEPS, of_objection, of_record
from inspector.web.roles import Role
from tests.edge import Edge, serving
from tests.house import Hand
from tests.integration.test_creditrecords import Place, place
from tests.integration.test_forms import hidden, logged_in
from tests.proceedings import decided

pytestmark = pytest.mark.alike


@pytest.fixture
def here(store: Store, hand: Hand, tmp_path: Path) -> Iterator[Place]:
    with place(store, hand, tmp_path) as made:
        yield made


@pytest.fixture
def edge(here: Place) -> Iterator[Edge]:
    with serving(here.office) as held:
        yield held


def send(browser: httpx.Client, path: str, step: str, files: dict[str, bytes] | None = None, **told: str) -> httpx.Response:
    """Fill a form of the page in and send it, with its files where it has any."""
    page = browser.get(path).text
    assert f'name="do" value="{step}"' in page, f"{step} is offered"
    form = {"guard": hidden(page, "guard"), "message": f"{hidden(page, 'message')}", "do": step} | told
    brought = {name: (f"{name}.pdf", content) for name, content in (files or {}).items()}
    return browser.post(path, data=form, files=brought or None)


@pytest.mark.slow
def test_an_objection_is_received_listed_and_decided_by_who_had_no_part_in_the_decision(edge: Edge, here: Place) -> None:
    entry = here.found(1)
    with edge.client() as counter, edge.client() as own, edge.client() as other:
        for browser, name in ((counter, "赵六"), (own, "李四"), (other, "王五")):
            logged_in(edge, browser, name=name)
        path = f"/credit/records/{entry}"
        empty = send(counter, path, "object", words="")
        assert (empty.status_code, 'aria-invalid="true"' in empty.text) == (422, True)
        assert send(counter, path, "object", {"material": b"paper"}, words="登记有误").status_code == 303
        assert here.record(entry).contested, "marked in the same breath"
        (link,) = set(re.findall(r'href="(/credit/objections/[^"?]+)"', counter.get("/review").text))
        assert link in counter.get("/credit").text
        told = counter.get(link).text
        assert ("登记有误" in told, "针对" in told, f"/credit/records/{entry}" in told) == (True, True, True)
        same = send(own, link, "decide", upheld="true", reasons="我认为有误")
        assert (same.status_code, "我认为有误" in same.text, "李四" in same.text) == (409, True, True)
        assert send(counter, link, "others", reasons="须向登记机关核实").status_code == 303
        assert "须向登记机关核实" in other.get(link).text
        assert 'value="others"' not in other.get(link).text, "the longer term runs once"
        assert send(other, link, "decide", upheld="true", reasons="经核对，登记有误").status_code == 303
        assert here.record(entry).state is RecordState.ANNULLED
        assert ("经核对，登记有误" in other.get(link).text, link in other.get("/review").text) == (True, False)


@pytest.mark.slow
def test_a_repair_is_received_with_its_papers_listed_by_its_date_and_granted(edge: Edge, here: Place) -> None:
    entry = here.found(1)
    path = f"/credit/records/{entry}"
    with edge.client() as browser, edge.client() as auditor:
        logged_in(edge, browser, name="王五")
        logged_in(edge, auditor, role="auditor")
        early = send(browser, path, "repair", words="已改正")
        assert (early.status_code, here.record(entry).repairable_from.isoformat() in early.text) == (409, True)
        here.hand.on(days=100)
        named = {"corrected_name": "整改验收单", "words": "已改正"}
        assert send(browser, path, "repair", {"corrected": b"proof"}, **named).status_code == 303
        assert path in browser.get("/review").text, "our time runs from the asking, whatever lacks"
        assert ("公开信用承诺" in browser.get("/credit").text, path in browser.get("/credit").text) == (True, True)
        assert send(browser, path, "repair", {"commitment": b"promise"}, commitment_name="公开信用承诺书").status_code == 303
        assert path in browser.get("/review").text
        with edge.as_("officer", name="王五") as api:
            due = api.get("/v1/docket").json()["duties"]
        assert [(one["kind"], one["id"]) for one in due if one["kind"] == "REPAIR"] == [("REPAIR", entry)]
        assert 'name="do"' not in auditor.get(path).text, "who only reads decides nothing"
        assert send(browser, path, "grant", grant="true", reasons="符合修复条件").status_code == 303
        assert here.record(entry).state is RecordState.REPAIRED
        assert path not in browser.get("/review").text


def test_a_decision_without_an_entry_is_objected_to_on_its_own_page(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.noticed(case.the(Proposal.ORDER_RECTIFY))
    case.rule(order, until=hand().date().replace(day=28))
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser, name="赵六")
        assert send(browser, f"/consequences/{order.id}", "objection", words="期限太短").status_code == 303
        (link,) = set(re.findall(r'href="(/credit/objections/[^"?]+)"', browser.get("/review").text))
        assert f"/consequences/{order.id}" in browser.get(link).text


def test_a_record_tells_every_objection_that_touches_it_by_whichever_name_and_how_each_ended(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    revoke = case.impose(case.the(Proposal.REVOKE))
    penalty = case.impose(case.the(Proposal.PENALTY))
    ordered = case.impose(case.the(Proposal.RECORD_CREDIT))
    about = (ordered.entry, ordered.id, revoke.id, penalty.id)
    made = [case.object(one, f"{one}不属实") for one in about]
    by_entry, by_decision, to_the_main, to_the_penalty = (one.id for one in made)
    path = f"/credit/records/{ordered.entry}"
    with serving(case.office) as edge, edge.as_("officer", name="赵六") as api, edge.client() as browser:
        logged_in(edge, browser, name="赵六")
        told = api.get(f"/v1{path}").json()["objections"]
        assert {one["id"] for one in told} == {by_entry, by_decision, to_the_main}, "with the penalty no entry falls"
        case.answer(made[2], case.by("孙八"), upheld=False)
        assert to_the_main not in {one["id"] for one in api.get(f"/v1{path}").json()["objections"]}
        page = browser.get(path).text
    assert [one in page for one in (by_entry, by_decision, to_the_main, to_the_penalty)] == [True, True, True, False]
    assert re.search(rf"{to_the_main}[^·]*</a> · 不成立", page), "how one ended stands beside it"


def test_another_agencys_officer_finds_neither_page(edge: Edge, here: Place) -> None:
    entry = here.found(1)
    objection = here.objects(entry)
    with edge.client() as stranger, edge.client() as nobody:
        logged_in(edge, stranger, agency="other", name="别人")
        assert stranger.get(f"/credit/records/{entry}").status_code == 404
        assert stranger.get(f"/credit/objections/{objection}").status_code == 404
        assert objection not in stranger.get("/credit").text
        began = nobody.get(f"/credit/records/{entry}").headers["location"]
        assert nobody.get(began).status_code == 200, "and back to the page after the login"
        sent = nobody.post(f"/credit/objections/{objection}", data={"do": "decide"})
        assert (sent.status_code, "/login" in sent.headers["location"]) == (303, True)


def test_every_step_is_offered_somewhere(here: Place) -> None:
    entry = here.found(1)
    fresh = of_record(here.record(entry))
    with here.office.store.read() as tx:
        assert not tx.records.asked(["bureau"], 10)
    here.objects(entry)
    with here.office.store.read() as tx:
        (held,) = tx.records.objections(about=entry)
    kept = here.commits(2)
    with here.office.store.read() as tx:
        true = tx.cases.get(kept).entry
    assert true is not None
    assert {*fresh, "count", "grant", "decline", *of_objection(held), *of_record(here.record(true))} == set(STEPS)


def test_whom_a_page_of_credit_shows_is_on_record(edge: Edge, here: Place) -> None:
    entry = here.found(1)
    with edge.client() as counter, edge.client() as lister, edge.client() as reader:
        for browser, name in ((counter, "赵六"), (lister, "李四"), (reader, "王五")):
            logged_in(edge, browser, name=name)
        send(counter, f"/credit/records/{entry}", "object", words="登记有误")
        (link,) = set(re.findall(r'href="(/credit/objections/[^"?]+)"', lister.get("/credit").text))
        reader.get(link)
        with edge.as_(Role.AUDITOR, name="钱七") as overseer:
            assert len(overseer.get("/v1/credit/objections").json()["objections"]) == 1
    with here.office.store.read() as tx:
        seen = {(one.by, one.shown, one.door) for one in tx.viewings.of_case(here.record(entry).case_id)}
    pages = {("赵六", What.CREDIT, "page"), ("李四", What.LIST, "page"), ("王五", What.CREDIT, "page")}
    assert seen == pages | {("钱七", What.CREDIT, "api")}

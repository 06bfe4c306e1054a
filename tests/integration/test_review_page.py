"""The officer's page of a case: when each answer came, what a contradiction is before and after the decision, and no empty words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from inspector.domain.case import ClaimStatus, Outcome
from inspector.domain.evidence import Verdict
from inspector.domain.review import Reviewed, reviewed
from inspector.flows.dispatch import seat_name
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.review import decide
from inspector.labels import LANGS, of
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.edge import Edge, a_case, serving
from tests.house import Hand, Table, open_office, settle
from tests.integration.test_draw_way import one_seat
from tests.integration.test_forms import PERSON, hidden, in_review, logged_in

pytestmark = pytest.mark.alike
EMPTY = re.compile(r"[(（][\s—]*[)）]")


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office whose source contradicts and whose other agencies are asked by letter."""
    with serving(open_office(store, hand, sources={"registers": Table(default="吊销")})) as held:
        yield held


def test_an_agencys_answer_is_of_the_day_it_came_and_says_when_it_was_asked_for(edge: Edge, hand: Hand) -> None:
    claims = [{"key": "c1", "fact": "home-title", "value": "王某", "on": "2026-02-27"}]
    given = a_case(matter="CONFIRMATION", item="hukou-housing", subject=PERSON, claims=claims)
    with edge.as_("system") as client:
        case_id = client.post("/v1/cases", json=given).json()["id"]
    hand.on(days=2, hours=1)
    with edge.office.store.read() as tx:
        (request,) = tx.assistance.of_case(case_id)
    path = f"/assist/{request.id}/{edge.office.link_token('assist', request.id)}"
    with edge.client() as browser:
        logged_in(edge, browser)
        form = {"do": "answer", "verdict": "mismatch", "value": "李某", "signer": "赵六"}
        assert browser.post(path, data=form).status_code == 303
        english, chinese = browser.get(f"/review/{case_id}?lang=en").text, browser.get(f"/review/{case_id}").text
    assert english.count("2026-03-04 10:00, Assistance of another agency (housing): Contradicts · asked 2026-03-02 09:00") == 2
    assert chinese.count("2026-03-04 10:00，协助核查（housing）：不一致 · 提出于 2026-03-02 09:00") == 2
    assert re.search(r"1\. 2026-03-04 10:00 .*\n +Asked 2026-03-02 09:00\n", english), "the explanation says the same"


def test_a_letter_that_nobody_answered_keeps_the_day_it_was_asked(edge: Edge, hand: Hand) -> None:
    claims = [{"key": "c1", "fact": "home-title", "value": "王某", "on": "2026-02-27"}]
    with edge.as_("system") as client:
        given = a_case(matter="CONFIRMATION", item="hukou-housing", subject=PERSON, claims=claims)
        case_id = client.post("/v1/cases", json=given).json()["id"]
    for _ in range(5):
        hand.on(days=7)
        settle(edge.office)
    with edge.office.store.read() as tx:
        (heard, *_) = explain(edge.office, tx, case_id).heard
    assert (heard.verdict, heard.came_at, f"{heard.asked_at:%Y-%m-%d %H:%M}") == (Verdict.NO_ANSWER, None, "2026-03-02 09:00")


@pytest.mark.slow
def test_a_contradiction_is_a_lead_until_an_officer_confirms_it_or_does_not(edge: Edge) -> None:
    words = {lang: {one: of(one, lang) for one in (ClaimStatus.CONTRADICTED, *Reviewed)} for lang in LANGS}
    for number, outcome, made in (
        (1, Outcome.UNTRUE_CURABLE, Reviewed.CONFIRMED),
        (2, Outcome.DATA_ERROR, Reviewed.NOT_CONFIRMED),
    ):
        case_id = in_review(edge, number)
        with edge.client() as browser:
            logged_in(edge, browser)
            for lang in LANGS:
                before = browser.get(f"/review/{case_id}?lang={lang}").text
                assert before.count(words[lang][ClaimStatus.CONTRADICTED]) == 3, "in the table, the explanation and its history"
            with edge.office.store.begin() as tx:
                evidence = tuple(one.id for one in tx.cases.evidence(case_id))
                decide(edge.office, tx, case_id, outcome, "李四", "已核对", evidence, edge.office.now())
            for lang in LANGS:
                after = browser.get(f"/review/{case_id}?lang={lang}").text
                assert after.count(words[lang][made]) == 2
                assert after.count(words[lang][ClaimStatus.CONTRADICTED]) == 1, "what it was is history"


def test_only_the_claim_whose_mismatch_the_officer_cites_is_confirmed(edge: Edge) -> None:
    case_id = in_review(edge)
    with edge.office.store.begin() as tx:
        evidence = tx.cases.evidence(case_id)
        case = decide(edge.office, tx, case_id, Outcome.FALSE_KNOWING, "李四", "已核对", (evidence[0].id,), edge.office.now())
    (cited,) = case.claims
    other = replace(cited, claim=replace(cited.claim, key="c2"))
    lead = replace(cited, status=ClaimStatus.STALE_LEAD)
    assert [reviewed(case, one, evidence) for one in (cited, other)] == [Reviewed.CONFIRMED, Reviewed.NOT_CONFIRMED]
    assert reviewed(case, lead, [replace(evidence[0], fresh=False)]) is Reviewed.NOT_CONFIRMED
    assert reviewed(case, replace(cited, status=ClaimStatus.PROVEN), evidence) is None


@pytest.mark.slow
def test_nothing_stands_in_empty_brackets_where_a_visit_has_answered_or_a_level_has_no_name(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        (visit,) = tx.visits.of_draw(held.number)
        paths = [f"/seat/{name}/{office.link_token('seat', name)}" for name in map(seat_name, tx.visits.team(visit.id))]
    with serving(office) as edge, edge.client() as browser:
        for path in paths:
            browser.post(path, data={"do": "accept"})
        doubts = {f"{one.case_id}:{one.claim}" for one in visit.doubts}
        told = {f"verdict:{one}": "mismatch" for one in doubts} | {f"note:{one}": "无人" for one in doubts}
        assert browser.post(paths[0], data={"do": "result"} | told).status_code == 303
        logged_in(edge, browser)
        page = browser.get(f"/review/{visit.case_ids[0]}?lang=en").text
        assert "On-site inspection: Contradicts" in page
        assert EMPTY.findall(page) == []
        assert EMPTY.findall(browser.get(f"/review/{visit.case_ids[0]}").text) == []
    with store.read() as tx:
        why = explain(office, tx, visit.case_ids[0])
    assert why.why is not None
    for lang in LANGS:
        assert EMPTY.findall(render(replace(why, why=replace(why.why, level_name="")), lang)) == []


def test_a_decision_sent_twice_is_told_to_be_recorded_by_whom_and_when_and_never_by_a_message_id(edge: Edge) -> None:
    case_id, other = in_review(edge), in_review(edge, 2)
    with edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/review/{case_id}").text
        form = {"guard": hidden(page, "guard"), "message": hidden(page), "outcome": "TRUE", "reasons": "已核对"}
        assert browser.post(f"/review/{case_id}", data=form).status_code == 303
        changed, anew = form | {"outcome": "DATA_ERROR"}, form | {"reasons": "另有想法", "message": "a1"}
        told = {
            "": "此前已有记录：李四已于 2026-03-02 09:00 作出决定：属实。刚才提交的内容没有改变任何记录",
            "?lang=en": "This is recorded already: 李四 decided at 2026-03-02 09:00: True. What was sent just now changed nothing",
        }
        for lang, words in told.items():
            for sent in (changed, anew):
                again = browser.post(f"/review/{case_id}{lang}", data=sent)
                assert again.status_code == 409
                assert re.findall(r'role="alert"[^>]*>([^<]*)<', again.text) == [words]
                assert f'<a href="/review/{case_id}{lang}">' in again.text
                assert form["message"] not in again.text
        elsewhere = browser.post(f"/review/{other}?lang=en", data=form)
    assert elsewhere.status_code == 409
    assert "What was sent just now changed nothing" in elsewhere.text
    assert "recorded already" not in elsewhere.text, "nothing is recorded of the other case"
    assert form["message"] not in elsewhere.text
    assert "已核对</textarea>" in elsewhere.text, "what was typed is kept, under an id of its own"
    with edge.office.store.read() as tx:
        assert [tx.cases.get(one).outcome for one in (case_id, other)] == [Outcome.TRUE, None]


@pytest.mark.slow
def test_a_form_behind_a_link_that_was_sent_already_says_so_in_peoples_words(store: Store, hand: Hand) -> None:
    office, name = one_seat(store, hand)
    path = f"/seat/{name}/{office.link_token('seat', name)}?lang=en"
    with serving(office) as edge, edge.client() as browser:
        assert browser.post(path, data={"do": "accept", "message": "m1"}).status_code == 303
        again = browser.post(path, data={"do": "decline", "reason": "ill", "message": "m1"})
    assert again.status_code == 409
    assert "This form had been sent already" in again.text
    assert "Message id" not in again.text

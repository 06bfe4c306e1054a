"""The officers' list: by legal date across its pages, and a case is found by whatever a person has at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from inspector.domain.case import Outcome
from inspector.domain.docket import DocketKind, DocketRow
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.identity import normalise
from inspector.domain.proposal import Proposal
from inspector.flows import dispatch, missent
from inspector.store.store import Store
from inspector.web import docket
from tests.drawn import announced, carried_out, drawing, visits
from tests.edge import Edge, a_case, serving
from tests.house import Hand, Table, open_office, settle
from tests.integration.test_forms import in_review, logged_in
from tests.integration.test_sent_back import ELSEWHERE
from tests.proceedings import decided


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office whose register contradicts every promise."""
    with serving(open_office(store, hand, sources={"registers": Table(default="吊销")})) as held:
        yield held


def numbers(page: str) -> list[str]:
    """The numbers on the list, in its order."""
    return re.findall(r"<bdi>(R-\d{6})</bdi>", page)


def test_what_is_due_first_stands_first_and_each_page_goes_on_where_the_last_one_ended(
    edge: Edge, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (3, 1):
        in_review(edge, number)
    hand.on(days=1)
    in_review(edge, 2)
    monkeypatch.setattr(docket, "_MOST", 2)
    with edge.client() as browser:
        logged_in(edge, browser)
        first = browser.get("/review").text
        (more,) = re.findall(r'href="(/review\?after=[^"]+)"', first)
        second = browser.get(more).text
        assert (numbers(first), numbers(second)) == (["R-000003", "R-000001"], ["R-000002"])
        assert "已逾期" not in first
        hand.on(days=8)
        assert browser.get("/review").text.count('class="error">已逾期') == 2
        strange = browser.get("/review?after=x~y").text
        assert numbers(strange) == ["R-000003", "R-000001"], "a place that is none is the beginning"


def test_no_row_is_lost_between_pages_where_two_decisions_about_one_thing_are_due_at_once(edge: Edge, hand: Hand) -> None:
    case_id = in_review(edge, 1)
    with edge.office.store.begin() as tx:
        missent.ask(edge.office, tx, case_id, ELSEWHERE, "李四", "", hand())
    with edge.office.store.read() as tx:
        whole = tx.docket.page(["bureau"], None, 50)
        assert {(one.id, one.due_at) for one in whole} == {(case_id, whole[0].due_at)}, "both are due within the same term"
        paged, after = list[DocketRow](), None
        while rows := tx.docket.page(["bureau"], after, 1):
            paged += rows
            after = docket.place(docket.told(rows[-1].place))
    assert paged == whole
    assert {one.kind for one in paged} == {DocketKind.REVIEW, DocketKind.SEND_BACK}


@pytest.mark.slow
def test_a_case_is_found_by_its_number_the_senders_the_firms_code_or_name_whatever_its_state(edge: Edge) -> None:
    case_id = in_review(edge, 7)
    firm = {"kind": "FIRM", "code": "TEST00000000000002", "name": "云溪百分%饮食店 Yunxi Trading"}
    with edge.as_("system") as client:
        other = client.post("/v1/cases", json=a_case(8, subject=firm)).json()["id"]
        listed = client.get("/v1/cases", params={"reference": " R-000008\u3000"}).json()["cases"]
        assert [one["id"] for one in listed] == [other], "over the API, too"
    with edge.client() as browser, edge.client() as stranger:
        logged_in(edge, browser)
        logged_in(edge, stranger, "officer", "other")
        for wanted, found in (
            (case_id, ["R-000007"]),
            ("R-000008", ["R-000008"]),
            (" test00000000000002 ", ["R-000008"]),
            ("\tR-000008\r\n", ["R-000008"]),
            ("\u3000R-000008\u00a0", ["R-000008"]),
            ("\ufeffR-000008\u200b ", ["R-000008"]),
            ("百分%饮", ["R-000008"]),
            ("yunxi TRADING", ["R-000008"]),
            ("百_%", []),
            ("%", ["R-000008"]),
            ("无此企业", []),
        ):
            assert numbers(browser.post("/review", data={"find": wanted}).text) == found, wanted
        assert numbers(stranger.post("/review", data={"find": other}).text) == []
        assert "No case is found" in browser.post("/review?lang=en", data={"find": "<script>"}).text
        assert "<script>" not in browser.post("/review", data={"find": "<script>"}).text
    settle(edge.office)


@pytest.mark.alike
def test_who_has_been_there_finds_the_case_and_who_is_still_to_go_does_not(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    (case_id,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = (one for one in visits(office, held.number) if one.case_ids == (case_id,))

    def found() -> list[str]:
        with store.read() as tx:
            officer = next(one for one in tx.rosters.inspectors(team[0].agency) if one.id == team[0].inspector)
            wanted = (team[0].inspector, officer.name)
            return sorted({case.id for text in wanted for case in tx.docket.find(("bureau",), text, text, 50)})

    with store.begin() as tx:
        team = tx.visits.team(visit.id)
        for one in team:
            dispatch.accept(tx, one.name, hand())
    assert found() == [], "an assignment is told to its team alone"
    findings = [Finding(case_id=case_id, claim=doubt.claim, verdict=Verdict.MATCH) for doubt in visit.doubts]
    with store.begin() as tx:
        dispatch.report(office, tx, team[0].name, findings, "一切属实", hand())
    assert found() == [case_id]
    with store.read() as tx:
        officer = next(one for one in tx.rosters.inspectors(team[0].agency) if one.id == team[0].inspector)
        for wanted in (officer.name, officer.name[-2:], team[0].inspector.swapcase()):
            assert [case.id for case in tx.docket.find(("bureau",), wanted, wanted, 50)] == [case_id], wanted
        assert tx.docket.find(("bureau",), "没有这个人", "没有这个人", 50) == []


def test_a_case_is_found_by_every_number_that_its_subject_can_quote_and_however_it_is_written(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    recorded = case.impose(case.the(Proposal.RECORD_CREDIT))
    objection = case.object(recorded.id)
    with store.begin() as tx:
        held = tx.cases.get(case.case)
        notice = next(one for one in tx.servings.of_case(case.case) if one.about == recorded.id)
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in held.reference)
    numbers = (recorded.id, notice.id, f"{notice.id}-1", recorded.entry, objection.id, held.id.upper())
    written = (held.reference, held.reference.lower(), held.reference.upper(), wide, wide.lower(), held.subject.code.lower())
    with store.read() as tx:
        for text in (*numbers, *written):
            assert [one.id for one in tx.docket.find(("bureau",), text, normalise(text), 50)] == [case.case], text
            assert tx.docket.find(("other",), text, normalise(text), 50) == [], "each agency finds its own"
        for text in ("", "-", "credit:", recorded.entry[:-1] + "9"):
            assert tx.docket.find(("bureau",), text or "没有", "没有", 50) == [], text

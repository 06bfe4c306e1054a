"""A decision that waits for others says for whom: on its page, where no other agreement is offered, on the officers' list and over HTTP."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement
from inspector.domain.proposal import Proposal
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, Table, open_office
from tests.integration.test_forms import logged_in
from tests.integration.test_penalty_times import ruled
from tests.integration.test_proceeding_page import send
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def offered(page: str) -> list[str]:
    """The kinds of agreement that a page offers."""
    end = page.index('value="agreement"')  # the button, behind the fields
    form = page[page.rindex("<form", 0, end) : end]
    return re.findall(r'value="(SECOND|LEGAL|HEAD)"', form)


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    office = ruled(open_office(store, hand, sources={"registers": Table(default="吊销")}))
    return decided(store, hand, Outcome.FALSE_KNOWING, office=office)


def test_whoever_reads_it_sees_who_has_still_to_agree_and_by_name_where_the_office_has_named_somebody(case: Proceeding) -> None:
    held = case.noticed(case.the(Proposal.PENALTY))
    case.rule(held)
    case.agree(held, Agreement.SECOND, "王五")
    with serving(case.office) as edge, edge.client() as browser, edge.as_("officer") as officer:
        logged_in(edge, browser, name="赵六")
        page = browser.get(f"/consequences/{held.id}?lang=en").text
        assert "Waits for the agreement of" in page
        assert ("赵六" in page, "陈局长" in page) == (True, True)
        assert offered(page) == ["LEGAL", "HEAD"], "the second person has agreed"
        assert "Agree to the decision (legal review, the head)" in browser.get("/review?lang=en").text
        assert "（法制审核、负责人）" in browser.get("/review?lang=zh-Hans").text
        duties = {one["id"]: one["waits"] for one in officer.get("/v1/docket").json()["duties"]}
        assert duties[held.id] == ["LEGAL", "HEAD"]
        assert [waits for name, waits in duties.items() if name != held.id] == [[]] * (len(duties) - 1)
        assert send(browser, f"/consequences/{held.id}", "agreement", kind="LEGAL", words="同意").status_code == 303
        assert offered(browser.get(f"/consequences/{held.id}").text) == ["HEAD"]


def test_so_does_more_time_for_an_order_that_waits_for_others(store: Store, hand: Hand, case: Proceeding) -> None:
    packs = tuple(
        replace(
            pack,
            consequences={
                one: replace(row, second=one is Proposal.ORDER_RECTIFY or row.second) for one, row in pack.consequences.items()
            },
        )
        for pack in case.office.book.packs
    )
    office = replace(case.office, book=replace(case.office.book, packs=packs))
    order = decided(store, hand, Outcome.UNTRUE_CURABLE, number=2, office=office)
    held = order.impose(order.the(Proposal.ORDER_RECTIFY))
    assert held.rectification is not None
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser, name="李四")
        until = (held.rectification.until + timedelta(days=5)).date().isoformat()
        told = {"until": until, "reasons": "设备未到", "law": "某条例第8条"}
        assert send(browser, f"/consequences/{held.id}", "more_time", **told).status_code == 303
        page = browser.get(f"/consequences/{held.id}").text
        assert ("尚待同意" in page, offered(page)) == (True, ["SECOND"])

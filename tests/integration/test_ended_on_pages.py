"""Whatever stands on the officers' list can be ended on the page that it leads to, by the operation of the API."""

from __future__ import annotations

import re

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import Stage
from inspector.domain.falling import REGRADE
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, SubjectWord
from inspector.flows import annulling, spoken
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_creditrecords import Place, here
from tests.integration.test_forms import hidden, logged_in
from tests.integration.test_proceeding_page import send
from tests.proceedings import decided
from tests.reached import opened

__all__ = ["here"]
pytestmark = pytest.mark.alike


def test_words_that_fit_no_proceeding_are_answered_and_settled_on_the_page_that_the_list_leads_to(
    store: Store, hand: Hand
) -> None:
    house = opened(store, hand)
    notice = house.give()
    with house.office.store.begin() as tx:
        spoken.say(house.office, tx, notice.id, SubjectWord.DEFENCE, "登记已恢复", (), hand())
    path = f"/notices/{notice.id}"
    with serving(house.office) as edge, edge.client() as browser, edge.client() as auditor:
        logged_in(edge, browser)
        logged_in(edge, auditor, "auditor")
        assert f'href="{path}"' in browser.get("/review").text
        assert 'value="seen"' not in auditor.get(path).text, "who only reads ends nothing"
        assert browser.post(path, data={"do": "seen", "note": "已阅", "guard": "0" * 32}).status_code == 403
        bare = send(browser, path, "answer", title="", facts="登记已恢复", basis="P:2.7", reasons="已核实")
        assert (bare.status_code, "标题" in bare.text, "已核实" in bare.text) == (422, True, True), "nothing typed is lost"
        told = {"title": "对您意见的答复", "facts": "登记机关记载已恢复", "basis": "P:2.7", "reasons": "已核实"}
        assert send(browser, path, "answer", **told).status_code == 303
        assert send(browser, path, "seen", note="").status_code == 422
        assert f'href="{path}"' in browser.get("/review").text, "an answer alone settles nothing"
        assert send(browser, path, "seen", note="已核实并答复").status_code == 303
        assert f'href="{path}"' not in browser.get("/review").text
        assert 'value="answer"' not in browser.get(path).text
    with house.office.store.read() as tx:
        (answer,) = [one for one in tx.servings.of_case(house.case_id) if one.kind is NoticeKind.GUIDANCE]
    assert (answer.title, answer.about) == ("对您意见的答复", notice.about)


def test_what_took_effect_and_stands_though_its_ground_fell_is_said_so_on_its_page(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = case.impose(case.the(Proposal.REVOKE))
    path = f"/consequences/{held.id}"
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert 'value="stands"' not in browser.get(path).text
        case.speaks_for()
        assert f'href="{path}"' in browser.get("/review").text
        assert send(browser, path, "stands", note="").status_code == 422
        assert send(browser, path, "stands", note="另有证据").status_code == 303
        assert case.matters("consequence_shaken") == []
        assert f'href="{path}"' not in browser.get("/review").text


def test_an_order_in_doubt_says_by_which_page_it_stands(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    case.impose(case.the(Proposal.ORDER_RECTIFY))
    case.speaks_for()
    order = case.the(Proposal.ORDER_RECTIFY)
    assert order.stage is Stage.WEIGH
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/consequences/{order.id}").text
    assert re.search(rf'重新作出同样的决定[^<]*<a href="/review/{case.case}"', page)
    assert 'value="stands"' not in page, "a note would leave its step due"
    case.decide(Outcome.FALSE_KNOWING)
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/consequences/{order.id}").text
    assert ("重新作出同样的决定" in page, "办件已另作处理" in page) == (False, True)


def test_a_grade_that_stands_though_the_earlier_finding_fell_is_said_so_on_its_page(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.impose(case.the(Proposal.RECORD_CREDIT))
    path = f"/consequences/{held.id}"
    with store.begin() as tx:
        tx.attention.open(REGRADE, held.agency, held.id, {"case": case.case, "due_at": hand().isoformat()}, hand())
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert f'href="{path}"' in browser.get("/review").text
        assert send(browser, path, "graded", note="本次情节已足以定级").status_code == 303
        assert f'href="{path}"' not in browser.get("/review").text


def test_who_does_not_agree_that_a_kept_promise_is_struck_says_so_on_its_page(here: Place) -> None:
    with here.office.store.read() as tx:
        entry = tx.cases.get(here.commits(1)).entry
    assert entry is not None
    path = f"/credit/records/{entry}"
    with serving(here.office) as edge, edge.client() as browser:
        logged_in(edge, browser, name="王五")
        assert 'value="decline"' not in browser.get(path).text
        with here.office.store.begin() as tx:
            annulling.entry(here.office, tx, entry, Annulled.COURT, "行初1号", "李四", here.hand(), token="t-1", reasons="不实")
        assert path in browser.get("/review").text
        page = browser.get(path).text
        form = {"guard": hidden(page, "guard"), "message": hidden(page, "message"), "do": "decline"}
        assert browser.post(path, data=form | {"note": ""}).status_code == 422
        assert browser.post(path, data=form | {"note": "文书未生效", "message": "2"}).status_code == 303
        assert path not in browser.get("/review").text
        assert 'value="decline"' not in browser.get(path).text
    assert (here.record(entry).striking, here.record(entry).stands_somewhere) == (None, True)

"""An officer opens a proceeding in a browser: from the case's page, by the keyboard, without scripts, in both languages, by axe's rules."""

from __future__ import annotations

import pytest

from inspector.domain.proposal import Proposal
from tests.browser.test_pages import check
from tests.browser.visitor import Door
from tests.edge import Edge
from tests.integration.test_openings_page import case, edge
from tests.proceedings import Proceeding

__all__ = ["case", "edge"]
pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


def test_from_the_cases_page_to_the_new_proceedings_own_by_the_keyboard(edge: Edge, door: Door, case: Proceeding) -> None:
    desk = door.desk(edge.url)
    desk.log_in(edge.token("officer", name="李四"), f"/review/{case.case}")
    check(desk)
    desk.follow("另行启动处理程序")
    check(desk)
    desk.press("启动")
    assert desk.alert().inner_text() != ""
    assert desk.page.evaluate("document.activeElement.id") == "proposal"
    check(desk)
    desk.page.get_by_label("拟提出的处理").select_option("PENALTY")
    desk.page.get_by_role("checkbox").first.focus()
    desk.page.keyboard.press("Space")
    desk.tab_to("理由")
    desk.page.keyboard.type("另有违法情形")
    desk.tab_to("启动")
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Enter")
    assert desk.page.url.endswith(f"/consequences/{case.the(Proposal.PENALTY).id}")
    assert "另有违法情形" in desk.text()
    check(desk)


def test_on_a_phone_without_scripts_in_english_and_where_nothing_can_be_opened(edge: Edge, door: Door, case: Proceeding) -> None:
    phone = door.phone(edge.url, scripts=False)
    phone.log_in(edge.token("officer", name="李四"), f"/review/{case.case}/proceeding?lang=en")
    assert "What cannot be opened now, and why" in phone.text()
    phone.page.get_by_label("What is to be proposed").select_option("PENALTY")
    phone.page.get_by_role("checkbox").first.check()
    phone.fill("Reasons", "something else was found")
    assert "Give notice to the subject" in phone.press("Open it")
    desk = door.desk(edge.url)
    desk.log_in(edge.token("auditor"), f"/review/{case.case}/proceeding")
    assert desk.now().endswith("目前没有可以启动的处理程序")
    check(desk)
    desk.follow("English")
    check(desk)

"""An officer enters a tip-off from the telephone, proposes a check, and another one approves it as the head. In a real browser."""

from __future__ import annotations

import pytest

from inspector.store.store import Store
from tests.browser.test_pages import NAUGHTY, check
from tests.browser.visitor import Door
from tests.edge import serving
from tests.house import Hand, open_office

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


def test_a_tip_off_is_entered_checked_and_closed_by_two_people_and_who_told_is_shown_only_when_asked(
    store: Store, hand: Hand, door: Door
) -> None:
    with serving(open_office(store, hand)) as edge:
        desk = door.desk(edge.url)
        desk.log_in(edge.token("officer", name="李四"), "/tip-offs")
        check(desk)
        desk.press("登记")
        assert "请写明所涉主体的代码" in desk.alert().inner_text()
        desk.fill("主体代码", "TEST00000000000001")
        desk.fill("线索内容", NAUGHTY[0])
        desk.fill("举报人（可不填）", "王举报")
        assert "王举报" not in desk.press("登记")
        desk.page.locator("main table a").first.click()
        check(desk)
        assert "王举报" not in desk.text()
        assert "王举报" in desk.press("查看举报人")
        desk.page.locator("#scope").fill("是否经营")
        desk.page.locator("#propose-reasons").fill("线索具体")
        assert "待批准" in desk.press("提出线索核查")
        desk.page.locator("#document-1").fill("批〔2026〕1号")
        desk.press("批准")
        assert "须由另一人" in desk.alert().inner_text()
        path = desk.page.url.removeprefix(edge.url)
        head = door.desk(edge.url)
        head.log_in(edge.token("officer", name="王局长"), path)
        head.page.locator("#document-1").fill("批〔2026〕1号")
        assert "已批准" in head.press("批准")
        desk.open(path)
        desk.page.locator("#visited-1").fill("2026-03-02")
        desk.page.locator("#team-1").fill("A-1、A-2")
        assert "未发现问题" in desk.press("登记结果")
        desk.page.locator("#close-reasons").fill("查无问题")
        assert "已办结" in desk.press("办结")
        check(desk)


def test_an_overseer_sees_what_waits_by_its_date_and_has_nothing_to_press(store: Store, hand: Hand, door: Door) -> None:
    with serving(open_office(store, hand)) as edge:
        desk = door.desk(edge.url)
        desk.log_in(edge.token("officer", name="李四"), "/tip-offs")
        desk.fill("主体代码", "TEST00000000000001")
        desk.fill("线索内容", "未经营")
        desk.press("登记")
        hand.on(days=60)
        overseer = door.desk(edge.url)
        overseer.log_in(edge.token("auditor", name="督查室"), "/oversight")
        check(overseer)
        assert "其中逾期 1 件" in overseer.text()
        assert overseer.page.locator("main button").all_inner_texts() == ["退出"]
        overseer.page.locator("main table a").first.click()
        check(overseer)
        assert "未经营" in overseer.text()

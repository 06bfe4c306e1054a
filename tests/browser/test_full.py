"""A phone whose storage is full of photos shows what the house says as long as it has signal (issue 6)."""

from __future__ import annotations

import pytest

from inspector.flows import dispatch
from tests.browser.scenes import Visit
from tests.browser.test_pages import check
from tests.browser.visitor import Door

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


def test_what_the_house_has_just_said_is_shown_though_the_phone_can_keep_nothing_more(visit: Visit, door: Door) -> None:
    phone = door.phone(visit.edge.url)
    phone.pardoned = "Quota"
    phone.open(visit.second)
    phone.press("接受任务")
    phone.page.get_by_text("本页已存入手机").wait_for()
    tools = phone.page.context.new_cdp_session(phone.page)
    tools.send("Storage.overrideQuotaForOrigin", {"origin": visit.edge.url, "quotaSize": 1_000})
    with visit.edge.office.store.begin() as tx:
        dispatch.accept(tx, visit.first.split("/")[2], visit.hand())
    phone.page.goto(visit.edge.url + visit.second)
    assert "同组人员尚未全部接受" not in phone.text(), "what was stored is of before"
    assert phone.page.get_by_role("button", name="提交结果").count() == 1
    phone.page.goto(visit.edge.url + visit.first)
    phone.page.get_by_text("本页未能存入手机").wait_for()  # another link opens, too, and says what it cannot do
    assert phone.page.get_by_role("button", name="提交结果").count() == 1


@pytest.mark.slow
def test_who_types_hears_once_that_the_phone_keeps_nothing_of_it_any_more(visit: Visit, door: Door) -> None:
    phone = door.phone(visit.edge.url)
    phone.pardoned = "Quota"
    phone.open(visit.second)
    phone.press("接受任务")
    with visit.edge.office.store.begin() as tx:
        dispatch.accept(tx, visit.first.split("/")[2], visit.hand())
    phone.open(visit.second)
    phone.page.get_by_text("本页已存入手机").wait_for()
    tools = phone.page.context.new_cdp_session(phone.page)
    tools.send("Storage.overrideQuotaForOrigin", {"origin": visit.edge.url, "quotaSize": 1})
    phone.page.locator("#remarks").fill("后院堆放易燃物" * 400)
    trouble = phone.page.locator("#phone-trouble")
    trouble.get_by_text("正在填写的内容在关闭本页后不会保留").wait_for()
    assert trouble.get_attribute("role") == "alert"
    assert phone.page.locator("#remarks").input_value() == "后院堆放易燃物" * 400, "nothing that was typed is lost"
    check(phone)

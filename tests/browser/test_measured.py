"""A measured place is of the note it was measured for, and is kept as long as that one is (issue 6)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from inspector.domain.fieldnote import PlaceHow
from tests.browser.scenes import Visit
from tests.browser.test_signal import field, ready, signal
from tests.browser.test_stranded import ANY
from tests.browser.visitor import Door, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


def measuring(door: Door, visit: Visit) -> Visitor:
    """The first inspector's phone, which may say where it is, and has."""
    phone, _ = ready(door, visit)
    phone.pardoned = ANY
    phone.page.context.grant_permissions(["geolocation"])
    phone.page.context.set_geolocation({"latitude": 31.2, "longitude": 121.4, "accuracy": 12})
    phone.page.locator("#result").get_by_role("button", name="测量我的位置").click()
    phone.page.get_by_text("已测量：31.20000, 121.40000").wait_for()
    return phone


@pytest.mark.slow
def test_a_measured_place_stays_with_its_note_and_goes_with_it(visit: Visit, door: Door) -> None:
    phone = measuring(door, visit)
    phone.choose("不一致")
    phone.press("提交结果")
    phone.page.get_by_text("已测量：31.20000, 121.40000").wait_for()
    phone.page.reload()
    phone.page.get_by_text("已测量：31.20000, 121.40000").wait_for()
    signal(phone, there=False)
    phone.fill("所见情况", "大门紧锁")
    phone.page.get_by_role("button", name="提交结果").click()
    phone.page.get_by_text("待发送：1 项").wait_for()
    expect(phone.page.get_by_text("已测量")).to_have_count(0)
    phone.choose("一致")
    phone.page.locator("#place").fill("城北仓库")
    phone.page.get_by_role("button", name="提交结果").click()
    phone.page.get_by_text("待发送：2 项").wait_for()
    signal(phone, there=True)
    phone.page.get_by_text("没有待发送的内容").wait_for()
    first, second = (note.place for note in field(visit)[0].notes)
    assert (first.how, first.latitude, first.longitude) == (PlaceHow.MEASURED, 31.2, 121.4)
    assert (second.how, second.latitude, second.words) == (PlaceHow.TYPED, None, "城北仓库")

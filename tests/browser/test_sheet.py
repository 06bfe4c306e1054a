"""The check sheet on a phone without signal: boxes with several values, the firm's words and a refusal to sign outlive a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from inspector.domain.checksheet import Signing
from tests.browser.scenes import Visit
from tests.browser.test_pages import check
from tests.browser.test_signal import field, ready, signal
from tests.browser.visitor import Door

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]
WRITTEN = {
    "检查对象的意见（可不填）": "已知悉",
    "签字人或者拒签人姓名、职务": "张三 店长",
    "见证人姓名、单位（未签字时按惯例邀请）": "李四 居委会",
}


def test_a_check_sheet_with_a_refusal_to_sign_waits_without_signal_outlives_a_reload_and_is_stored_once(
    visit: Visit, door: Door
) -> None:
    phone, mate = ready(door, visit)
    page = phone.page
    page.get_by_text("检查记录表").first.wait_for()
    signal(phone, there=False)
    phone.choose("一致")
    page.locator("details summary").first.click()
    boxes = ["发现问题经责令已改正", "已迁出", "现场检查", "网络监测"]
    for name in boxes:
        page.get_by_role("checkbox", name=name, exact=True).check()
    page.get_by_role("checkbox", name="未发现问题", exact=True).check()
    for label, words in WRITTEN.items():
        phone.fill(label, words)
    page.get_by_role("radio", name="拒绝签字").check()
    check(phone)
    page.reload()
    for name in boxes:
        expect(page.get_by_role("checkbox", name=name, exact=True)).to_be_checked()
    for label, words in WRITTEN.items():
        expect(page.get_by_label(label)).to_have_value(words)
    expect(page.get_by_role("radio", name="拒绝签字")).to_be_checked()
    page.get_by_role("button", name="提交结果").click()
    assert phone.alert().inner_text() == "拒绝签字的，请注明理由。"
    phone.fill("拒签理由或者无人到场的原因", "认为与事实不符")
    page.get_by_role("button", name="提交结果").click()
    page.get_by_text("不能并选的选项被同时选择").wait_for()
    page.get_by_role("checkbox", name="未发现问题", exact=True).uncheck()
    page.get_by_role("button", name="提交结果").click()
    page.get_by_text("待发送：1 项").wait_for()
    page.reload()
    page.get_by_text("待发送：1 项").wait_for()
    expect(page.locator("input[value=moved]")).not_to_be_checked()
    signal(phone, there=True)
    page.get_by_text("没有待发送的内容").wait_for()
    told, _ = field(visit)
    (note,) = told.notes
    (row,) = note.sheet.rows
    assert (row.outcomes, row.modes) == (("corrected", "moved"), ("on-site", "network"))
    assert (note.sheet.signature.how, note.sheet.signature.reason) == (Signing.REFUSED, "认为与事实不符")
    assert (note.sheet.signature.witness, note.sheet.statement) == ("李四 居委会", "已知悉")
    phone.open(visit.first)
    assert "发现问题经责令已改正" in phone.text()
    check(phone)
    mate.open(visit.second + "?lang=en")
    assert "refused to sign" in mate.text()
    check(mate)

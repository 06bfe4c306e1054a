"""What an inspector has typed stays until the house has it, whatever happens to the page around it (issue 6)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from inspector.flows.seated import by_name
from inspector.labels import label
from tests.browser.scenes import FIRM, Visit
from tests.browser.test_pages import check
from tests.browser.test_signal import KEPT, signal
from tests.browser.test_stranded import met
from tests.browser.visitor import Door

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]
SEEN = "大门紧闭，门牌已经更换"


@pytest.mark.parametrize(
    "button", ["提交申请", *(pytest.param(one, marks=pytest.mark.slow) for one in ("记下这次联系", "说明理由并提交"))]
)
def test_a_refused_other_form_leaves_the_result_as_it_was_typed(visit: Visit, door: Door, button: str) -> None:
    phone = met(door, visit)
    phone.choose("不一致")
    phone.fill("备注", SEEN)
    phone.press(button)
    phone.alert().first.wait_for()
    expect(phone.page.get_by_label("备注")).to_have_value(SEEN)
    check(phone)
    phone.page.get_by_text(KEPT).wait_for()
    phone.page.get_by_label("备注").press_sequentially("。")
    phone.open(visit.first)
    expect(phone.page.get_by_label("备注")).to_have_value(f"{SEEN}。")
    expect(phone.page.get_by_role("radio", name="不一致", exact=True)).to_be_checked()


@pytest.mark.slow
def test_what_is_typed_into_the_other_forms_outlives_a_reload_and_the_firm_s_application_waits_for_signal(
    visit: Visit, door: Door
) -> None:
    phone = met(door, visit)
    signal(phone, there=False)
    typed = {"#words": "电话无人接听", "#reason": "与当事人有亲属关系", "#evidence": "企业称有利害关系", "#arrival-code": "9111"}
    for where, words in typed.items():
        phone.page.locator(where).fill(words)
    phone.page.reload()
    for where, words in typed.items():
        expect(phone.page.locator(where)).to_have_value(words)
    phone.page.get_by_role("button", name="提交申请").click()
    phone.page.get_by_text("企业申请回避：企业称有利害关系").wait_for()
    expect(phone.page.locator("#evidence")).to_have_value("")
    check(phone)
    signal(phone, there=True)
    phone.page.get_by_text("没有待发送的内容").wait_for()
    name = visit.first.split("/")[2]
    with visit.edge.office.store.read() as tx:
        held, _ = by_name(tx, name)
        (asked,) = tx.challenges.of_visit(held.id)
    assert asked.evidence == "企业称有利害关系"
    assert asked.times is not None
    assert asked.times.captured_at is not None
    assert asked.times.captured_at < (asked.times.sent_at or asked.times.captured_at), "when it was written is kept"
    phone.press("记下这次联系")
    phone.page.get_by_text(KEPT).wait_for()
    expect(phone.page.locator("#words")).to_have_value("")
    assert "电话无人接听" in phone.text(), "it stands with the attempts"
    expect(phone.page.locator("#reason")).to_have_value("与当事人有亲属关系")


@pytest.mark.slow
def test_the_firm_s_notice_opens_without_signal_wherever_the_assignment_does(visit: Visit, door: Door) -> None:
    phone = met(door, visit)
    signal(phone, there=False)
    told = phone.open(f"{visit.first}/notice")
    assert FIRM in told
    assert label("ui.notice_rights", "zh-Hans") in told


@pytest.mark.slow
def test_what_is_too_long_to_be_pasted_whole_is_said(visit: Visit, door: Door) -> None:
    phone = met(door, visit)
    phone.page.locator("#remarks").focus()
    phone.page.evaluate(
        """() => { const clipboardData = new DataTransfer(); clipboardData.setData("text", "长".repeat(5000));
        document.getElementById("remarks").dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true })); }"""
    )
    assert "4000" in phone.alert().inner_text()


@pytest.mark.slow
def test_a_day_that_cannot_be_names_its_field_and_an_ended_session_tells_of_the_pushed_link(visit: Visit, door: Door) -> None:
    phone = met(door, visit)
    phone.choose("一致")
    phone.page.locator("#visited_on").fill("2031-01-01")
    phone.press("提交结果")
    said = phone.alert().first.inner_text()
    assert ("检查日期" in said, "visited_on" in said) == (True, False)
    assert "最近一次推送的任务链接" in phone.open("/mine")
    check(phone)

"""What an inspector has typed stays until the house has it, whatever happens to the page around it (issue 6)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.scenes import Visit
from tests.browser.test_pages import check
from tests.browser.test_signal import KEPT
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

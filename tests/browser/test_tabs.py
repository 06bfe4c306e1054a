"""Two tabs of one assignment: what is typed in one is never written over by the other (issue 6)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.scenes import Visit
from tests.browser.test_pages import check
from tests.browser.test_signal import field, ready
from tests.browser.test_stranded import ANY
from tests.browser.test_typed import SEEN
from tests.browser.visitor import Door, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


@pytest.mark.slow
def test_the_tab_that_was_opened_last_has_the_forms_and_all_that_was_typed_in_the_other(visit: Visit, door: Door) -> None:
    phone, _ = ready(door, visit)
    phone.choose("不一致")
    phone.fill("所见情况", SEEN)
    tab = Visitor(page=phone.page.context.new_page(), home=phone.home)
    phone.pardoned = tab.pardoned = ANY
    tab.open(visit.first)
    expect(tab.page.get_by_label("所见情况").first).to_have_value(SEEN)
    phone.page.get_by_text("在另一个标签页中").wait_for()
    check(phone)
    box = phone.page.get_by_label("备注")
    box.evaluate("(one) => one.focus()")
    assert not box.evaluate("(one) => one === document.activeElement"), "nothing is typed there any more"
    tab.fill("备注", "门卫在场")
    phone.press("在此页继续")
    expect(phone.page.get_by_label("备注")).to_have_value("门卫在场")
    expect(phone.page.get_by_label("所见情况").first).to_have_value(SEEN)
    tab.page.get_by_text("在另一个标签页中").wait_for()
    phone.fill("备注", "门卫在场，称公司已搬走")
    tab.page.close()
    phone.press("提交结果")
    (note,) = field(visit)[0].notes
    assert (note.findings[0].note, note.remarks) == (SEEN, "门卫在场，称公司已搬走")
    phone.open(visit.first)
    expect(phone.page.locator("#phone-elsewhere")).to_have_count(0)

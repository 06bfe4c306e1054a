"""A browser of some years ago sends what waits, or says that it is too old for it; it never blames the signal (issue 6)."""

from __future__ import annotations

import pytest

from inspector.domain.visit import VisitState
from tests.browser.scenes import Visit
from tests.browser.test_pages import check
from tests.browser.test_signal import field
from tests.browser.test_stranded import came_in, wait_with_two
from tests.browser.visitor import Door, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]
KEPT = "本页已存入手机"


def without(door: Door, visit: Visit, lacking: str) -> Visitor:
    """The first inspector's phone, whose browser lacks something; the mate has accepted."""
    phone, mate = door.phone(visit.edge.url), door.phone(visit.edge.url)
    phone.pardoned = "Failed to load resource"
    phone.page.context.add_init_script(f"delete {lacking}")
    for one, path in ((mate, visit.second), (phone, visit.first)):
        one.open(path)
        one.press("接受任务")
    return phone


@pytest.mark.slow
def test_without_a_signal_that_times_out_what_waits_is_sent(visit: Visit, door: Door) -> None:
    phone = without(door, visit, "AbortSignal.timeout")
    phone.page.get_by_text(KEPT).wait_for()
    wait_with_two(phone)
    phone.page.context.set_offline(False)
    phone.page.get_by_text("没有待发送的内容").wait_for()
    assert came_in(visit) == (["现场记录二百字"], 1, VisitState.DONE)


@pytest.mark.slow
def test_a_browser_that_lacks_more_says_so_and_the_page_works_as_without_scripts(visit: Visit, door: Door) -> None:
    phone = without(door, visit, "Crypto.prototype.randomUUID")
    phone.page.get_by_text("您的浏览器过旧").wait_for()
    check(phone)
    phone.choose("一致")
    phone.press("提交结果")
    assert field(visit)[1] is VisitState.DONE

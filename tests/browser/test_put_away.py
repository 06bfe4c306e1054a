"""What a phone shows without signal ends on a date; what waits to be sent stays (issue 6: offline data is personal data on a phone)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inspector.domain.visit import VisitState
from tests.browser.between import between
from tests.browser.scenes import FIRM, Visit
from tests.browser.test_pages import check
from tests.browser.test_signal import signal
from tests.browser.test_stranded import called_back, came_in, met, wait_with_two
from tests.browser.visitor import Door
from tests.edge import WEB

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]
LIES = """async () => { const told = [];
    for (const name of await caches.keys()) told.push(...await (await caches.open(name)).keys());
    return told.map((one) => new URL(one.url).pathname); }"""
"""The addresses of all that lies on the phone."""


@pytest.mark.slow
def test_a_phone_without_signal_shows_no_firm_after_its_time_and_tells_what_waits_all_the_same(visit: Visit, door: Door) -> None:
    with between(visit.edge.url, lambda _: None, Inspector_Keep="1") as url:
        phone = met(door, visit, url)
        wait_with_two(phone)
        phone.page.wait_for_timeout(1_100)
        said = phone.open(visit.first)
        assert FIRM not in said
        assert said.count("没有信号") == 1
        phone.page.get_by_text("待发送：2 项").wait_for()
        check(phone)
        phone.open(visit.first + "?lang=en")
        phone.page.get_by_text("Waiting to be sent: 2").wait_for()
        check(phone)
        assert [one for one in phone.page.evaluate(LIES) if one.startswith("/seat/") and one != "/seat/waiting"] == []
        signal(phone, there=True)
        phone.page.get_by_text("Nothing waits to be sent").wait_for()
    assert came_in(visit) == (["现场记录二百字"], 1, VisitState.DONE)


@pytest.mark.slow
def test_a_page_is_kept_for_the_hours_of_the_setting_by_the_phone_s_clock_and_not_by_one_that_was_put_back(
    visit: Visit, door: Door
) -> None:
    hours, now = WEB.phone_hours, datetime.now(UTC)
    phone = met(door, visit)
    for later, there in ((-30, False), (hours - 1, True), (hours + 1, False)):
        phone.page.clock.set_fixed_time(now + timedelta(hours=later))
        assert phone.page.evaluate("Shelf.find(location.href).then((held) => held !== undefined)") is there, (
            f"{later} hours later"
        )


@pytest.mark.slow
def test_pages_of_a_link_that_was_called_back_leave_the_phone_with_the_next_one(visit: Visit, door: Door) -> None:
    phone = met(door, visit)
    assert visit.first in phone.page.evaluate(LIES)
    anew = called_back(visit)
    phone.open(anew)
    phone.page.get_by_text("本页已存入手机").wait_for()
    held = phone.page.evaluate(LIES)
    assert anew in held
    assert visit.first not in held

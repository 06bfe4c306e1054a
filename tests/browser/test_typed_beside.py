"""What one inspector typed stays when the mate's result came first, or the seat has passed on: it is shown, and nothing leaves unasked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from inspector.domain.visit import SeatState, VisitState
from inspector.flows import relief
from tests.browser.scenes import Visit
from tests.browser.test_decline_offline import seat
from tests.browser.test_pages import check
from tests.browser.test_signal import field, ready, signal
from tests.browser.test_stranded import ANY
from tests.browser.test_typed import SEEN
from tests.browser.visitor import Door, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


def typed(phone: Visitor) -> None:
    """A contradiction is typed without signal, and not sent; the page is closed."""
    phone.pardoned = ANY
    signal(phone, there=False)
    phone.choose("不一致")
    phone.fill("所见情况", SEEN)
    expect(phone.page.get_by_label("所见情况").first).to_have_value(SEEN)
    phone.page.wait_for_function("Outbox.draft(Outbox.seatOf(location.pathname)).then((one) => !!one)")
    phone.page.goto("about:blank")
    signal(phone, there=True)


@pytest.mark.slow
def test_words_typed_before_the_mate_s_result_came_stand_in_the_form_of_one_s_own_note(visit: Visit, door: Door) -> None:
    phone, mate = ready(door, visit)
    typed(phone)
    mate.open(visit.second)
    mate.choose("一致")
    mate.press("提交结果")
    assert field(visit)[1] is VisitState.DONE
    phone.open(visit.first)
    phone.page.get_by_text("您填写的内容尚未发送").wait_for()
    expect(phone.page.get_by_label("所见情况").first).to_be_visible()
    expect(phone.page.get_by_label("所见情况").first).to_have_value(SEEN)
    check(phone)
    phone.press("补充提交")
    phone.page.get_by_text("同组人员填写不一致").first.wait_for()
    assert [one.findings[0].note for one in field(visit)[0].notes] == ["", SEEN]
    phone.open(visit.first)
    expect(phone.page.locator("#outbox-count")).to_have_text("没有待发送的内容。")
    check(phone)


@pytest.mark.slow
def test_words_of_a_seat_that_has_passed_on_wait_in_sight_until_they_are_sent_or_discarded(visit: Visit, door: Door) -> None:
    phone, _ = ready(door, visit)
    typed(phone)
    office, held = visit.edge.office, seat(visit)
    with office.store.begin() as tx:
        row = tx.rosters.inspector(held.agency, held.inspector)
        tx.rosters.put_inspectors([replace(row, leave_from=office.calendar.local_date(visit.hand.now))])
    with office.store.begin() as tx:
        assert relief.look(office, tx, held.agency, office.now()) == 1
    assert seat(visit).state is SeatState.RELIEVED
    for _ in range(2):  # nor does a second look end it
        phone.open(visit.first)
        phone.page.get_by_text(SEEN).wait_for()
        assert "已填写，尚未发送" in phone.text()
    check(phone)
    assert field(visit)[0].notes == ()
    phone.page.get_by_role("button", name="弃置").click()
    phone.page.get_by_role("button", name="确认弃置，不能恢复").wait_for()
    phone.page.get_by_role("button", name="发送", exact=True).click()
    phone.page.get_by_text("没有待发送的内容").wait_for()
    assert [one.findings[0].note for one in field(visit)[0].notes] == [SEEN]

"""An inspector without signal declines: the word waits on the phone with its reason, and counts once, in time or told as late (issue 6)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from inspector.domain.visit import Seat, SeatState
from inspector.flows import dispatch
from inspector.flows.seated import by_name
from tests.browser.scenes import Visit
from tests.browser.test_pages import check
from tests.browser.test_signal import KEPT, ready, signal, take
from tests.browser.test_stranded import ANY
from tests.browser.visitor import Door, Visitor
from tests.house import settle
from tests.materials import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]
WHY = "与当事人有亲属关系"


def seat(visit: Visit) -> Seat:
    """The first inspector's seat."""
    with visit.edge.office.store.read() as tx:
        return by_name(tx, visit.first.split("/")[2])[1]


def opened(door: Door, visit: Visit) -> Visitor:
    """The first inspector's phone, which has not answered yet and keeps the page."""
    phone = door.phone(visit.edge.url)
    phone.pardoned = ANY
    phone.open(visit.first)
    phone.page.get_by_text(KEPT).wait_for()
    return phone


def decline(phone: Visitor, why: str = WHY) -> None:
    """The form to decline is sent."""
    phone.page.locator("#reason").fill(why)
    phone.page.locator("#decline button").click()


def test_a_decline_without_signal_waits_outlives_a_reload_and_counts_once_when_there_is_signal(visit: Visit, door: Door) -> None:
    phone = opened(door, visit)
    signal(phone, there=False)
    decline(phone, " ")
    assert "请填写推辞的理由" in phone.alert().inner_text(), "said at once"
    decline(phone)
    phone.page.get_by_text("待发送：1 项").wait_for()
    decline(phone)
    assert "已有一份推辞待发送" in phone.alert().inner_text()
    phone.page.reload()
    phone.page.get_by_text(f"推辞：{WHY}").wait_for()
    assert "以收到之时为准" in phone.text(), "what it is worth until then"
    check(phone)
    assert seat(visit).state is not SeatState.DECLINED
    signal(phone, there=True)
    phone.page.get_by_text("您已推辞").wait_for()
    expect(phone.page.locator("#outbox-count")).to_have_text("没有待发送的内容。")
    assert (seat(visit).state, seat(visit).reason) == (SeatState.DECLINED, WHY)


def test_a_decline_that_comes_when_the_seat_has_passed_on_says_so_and_stays_in_the_file(visit: Visit, door: Door) -> None:
    phone = opened(door, visit)
    signal(phone, there=False)
    decline(phone)
    phone.page.get_by_text("待发送：1 项").wait_for()
    visit.hand.now = seat(visit).accept_by
    settle(visit.edge.office)
    assert seat(visit).state is SeatState.EXPIRED
    signal(phone, there=True)
    phone.page.get_by_text("您的推辞在任务另行抽派之后才收到").wait_for()
    assert WHY in phone.text()
    check(phone)
    assert (seat(visit).state, seat(visit).belated) == (SeatState.EXPIRED, WHY)


def test_it_may_be_taken_back_before_it_is_sent_and_an_acceptance_since_is_the_later_word(visit: Visit, door: Door) -> None:
    phone = opened(door, visit)
    signal(phone, there=False)
    decline(phone)
    phone.page.get_by_role("button", name="撤回").click()
    expect(phone.page.locator("#outbox-count")).to_have_text("没有待发送的内容。")
    decline(phone)
    phone.page.get_by_text("待发送：1 项").wait_for()
    with visit.edge.office.store.begin() as tx:
        dispatch.accept(tx, seat(visit).name, visit.hand())
    signal(phone, there=True)
    phone.page.get_by_text("以后表示的意思为准").wait_for()
    assert seat(visit).state is SeatState.ACCEPTED
    phone.page.get_by_role("button", name="放回表单").click()
    expect(phone.page.locator("#reason")).to_have_value(WHY)


def test_what_was_seen_comes_in_before_the_decline_behind_which_nothing_is_taken(visit: Visit, door: Door) -> None:
    phone, _ = ready(door, visit)
    phone.pardoned = ANY
    signal(phone, there=False)
    decline(phone)
    phone.page.get_by_text("待发送：1 项").wait_for()
    take(phone, 1, jpeg(6, width=16))
    phone.page.get_by_text("待发送：2 项").wait_for()
    signal(phone, there=True)
    phone.page.get_by_text("您已推辞").wait_for()
    with visit.edge.office.store.read() as tx:
        photos = tx.fieldnotes.photos(seat(visit).visit, seat(visit).agency)
    assert (len(photos), seat(visit).state) == (1, SeatState.DECLINED)


def test_a_decline_of_which_the_answer_was_lost_is_the_same_word(visit: Visit, door: Door) -> None:
    phone = opened(door, visit)
    answered: list[int] = []

    def lost(route: Route) -> None:
        if route.request.method != "POST" or answered:
            return route.continue_()
        answered.append(route.fetch(max_redirects=0).status)
        return route.abort()

    phone.page.context.route(f"**{visit.first}", lost)
    decline(phone)
    phone.page.get_by_text("您已推辞").wait_for()
    expect(phone.page.locator("#outbox-count")).to_have_text("没有待发送的内容。")
    assert answered == [303]
    assert seat(visit).state is SeatState.DECLINED

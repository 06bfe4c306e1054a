"""What else waits on the phone without signal: attempts to reach somebody, and what a second look comes to. Each is stored once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from inspector.domain.attempt import AttemptWay
from inspector.domain.finding import Seen
from inspector.flows import attempts, dispatch
from inspector.store.store import Store
from tests.browser.scenes import OPEN_OPS, Visit, link
from tests.browser.test_pages import check
from tests.browser.test_signal import KEPT, LOST, REFUSED, field, ready, signal
from tests.browser.visitor import Door
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_draw_way import visits
from tests.integration.test_secondlook import drawn_again, looking

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


def test_attempts_before_a_locked_door_wait_without_signal_and_what_is_refused_can_be_put_right(visit: Visit, door: Door) -> None:
    phone, _ = ready(door, visit)
    page = phone.page
    signal(phone, there=False)
    page.get_by_role("button", name="记下这次联系").click()
    assert phone.alert().inner_text() == "请写明联系的地址或者号码及结果。", "said at once, and not after the way home"
    phone.fill("联系的地址或者号码及结果", "大门紧锁，无人应答")
    page.get_by_role("button", name="记下这次联系").click()
    page.get_by_text("待发送：1 项").wait_for()
    page.get_by_role("radio", name="电话", exact=True).check()
    page.locator("#attempt-at").fill("2020-01-01T09:00")
    phone.fill("联系的地址或者号码及结果", "登记的号码无人接听")
    page.get_by_role("button", name="记下这次联系").click()
    page.get_by_text("待发送：2 项").wait_for()
    page.reload()
    page.get_by_text("联系记录：大门紧锁，无人应答").wait_for()
    check(phone)
    phone.pardoned = REFUSED
    signal(phone, there=True)
    page.get_by_text("被退回、保存在本机：1 项").wait_for()
    page.get_by_role("button", name="放回表单").click()
    expect(page.locator("#attempt-at")).to_have_value("2020-01-01T09:00")
    expect(page.get_by_label("联系的地址或者号码及结果")).to_have_value("登记的号码无人接听")
    told, _ = field(visit)
    assert told.notes == ()
    with visit.edge.office.store.read() as tx:
        (held,) = (one for draw in tx.draws.page(None) for one in tx.visits.of_draw(draw.number))
        (tried,) = attempts.of_cases(tx, held.case_ids)
    assert (tried.way, tried.words) == (AttemptWay.ON_SITE, "大门紧锁，无人应答")


def test_what_a_second_look_comes_to_waits_without_signal_outlives_a_reload_and_is_stored_once(
    store: Store, hand: Hand, door: Door
) -> None:
    office, _ = looking(store, hand, share="1/8")
    (look,) = visits(office, drawn_again(office, hand).number)
    with store.read() as tx:
        names = [dispatch.seat_name(seat) for seat in tx.visits.team(look.id)]
    with serving(office, OPEN_OPS) as edge:
        mate, first = (door.phone(edge.url) for _ in names)
        for phone, name in ((mate, names[1]), (first, names[0])):
            phone.pardoned = LOST
            phone.open(link(office, "seat", name))
            phone.press("接受任务")
        first.page.get_by_text(KEPT).wait_for()
        signal(first, there=False)
        first.choose("与原结果有出入")
        first.page.get_by_role("button", name="提交结果").click()
        assert "请在备注中写明" in first.alert().inner_text()
        first.fill("说明（能够印证的可以不填）", "没有照片可以印证")
        first.page.reload()
        expect(first.page.get_by_label("说明（能够印证的可以不填）")).to_have_value("没有照片可以印证")
        first.page.get_by_role("button", name="提交结果").click()
        first.page.get_by_text("待发送：1 项").wait_for()
        check(first)
        signal(first, there=True)
        first.page.get_by_text("没有待发送的内容").wait_for()
        door.close()  # before the house is: the page asks anew for what it has just sent
    with store.read() as tx:
        assert [part.seen for part in tx.visits.get(look.id).parts] == [Seen.FINDING]

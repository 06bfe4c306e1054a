"""An inspector without signal: the page opens, results and photos wait on the phone, and each is stored once (issue 6, show 3)."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from inspector.domain.visit import VisitState
from inspector.flows.fieldnotes import Field, field_of
from tests.browser.scenes import FIRM, Visit
from tests.browser.test_pages import check
from tests.browser.visitor import Door, Visitor
from tests.materials import PLACE, jpeg

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]
KEPT = "本页已存入手机"
LOST = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"
REFUSED = "Failed to load resource: the server responded with a status of 422"


def field(visit: Visit) -> tuple[Field, VisitState]:
    """What has come from the spot, and how the visit stands."""
    with visit.edge.office.store.read() as tx:
        (held,) = (one for draw in tx.draws.page(None) for one in tx.visits.of_draw(draw.number))
        return field_of(visit.edge.office, tx, held, held.agency), held.state


def three(visit: Visit) -> None:
    """The visit asks three facts."""
    with visit.edge.office.store.begin() as tx:
        (held,) = (one for draw in tx.draws.page(None) for one in tx.visits.of_draw(draw.number))
        (doubt,) = held.doubts
        more = [replace(doubt, claim=name, fact=name, claimed="是") for name in ("registered-address", "door-plate")]
        tx.visits.put(replace(held, doubts=(doubt, *more)))


def ready(door: Door, visit: Visit) -> tuple[Visitor, Visitor]:
    """Two phones of the team that has accepted; the first one keeps the page."""
    first, second = door.phone(visit.edge.url), door.phone(visit.edge.url)
    for phone, path in ((second, visit.second), (first, visit.first)):
        phone.pardoned = LOST
        phone.open(path)
        phone.press("接受任务")
    first.page.get_by_text(KEPT).wait_for()
    return first, second


def take(phone: Visitor, number: int, content: bytes) -> None:
    """Take a photo beside the nth fact; 0 is none of them."""
    phone.page.locator(f"#photo-{number}").set_input_files({"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": content})
    expect(phone.page.locator(f"#photo-{number}")).to_have_value("")


def signal(phone: Visitor, *, there: bool) -> None:
    """Signal comes or goes."""
    phone.page.context.set_offline(not there)


@pytest.mark.slow
def test_results_and_photos_without_signal_outlive_a_reload_and_each_is_stored_once_when_there_is_signal(
    visit: Visit, door: Door
) -> None:
    three(visit)
    phone, mate = ready(door, visit)
    signal(phone, there=False)
    photos = [jpeg(6, width=16 + 8 * number) for number in range(3)]
    for number, content in enumerate(photos, 1):
        phone.page.get_by_role("radio", name="一致", exact=True).nth(number - 1).check()
        take(phone, number, content)
    phone.fill("备注", "三项均已查看")
    phone.page.reload()
    assert FIRM in phone.text(), "the page opens without signal"
    expect(
        phone.page.get_by_label("备注"), "what was typed is still there, once the page's script has put it back"
    ).to_have_value("三项均已查看")
    phone.page.get_by_role("button", name="提交结果").click()
    phone.page.get_by_text("待发送：4 项").wait_for()
    phone.page.reload()
    phone.page.get_by_text("待发送：4 项").wait_for()
    check(phone)
    assert field(visit)[0].notes == ()
    signal(phone, there=True)
    phone.page.get_by_text("检查结果已经提交，无需再处理").wait_for()
    phone.page.get_by_text("没有待发送的内容").wait_for()
    told, state = field(visit)
    assert state is VisitState.DONE
    assert [len(one.findings) for one in told.notes] == [3]
    assert {one.received for one in told.photos} == {hashlib.sha256(one).hexdigest() for one in photos}
    assert len({one.claim for one in told.photos}) == len(told.photos) == 3
    with visit.edge.office.store.read() as tx:
        kept = [tx.materials.content(told.photos[0].visit, one.digest) for one in told.photos]
    assert all(PLACE not in one for one in kept), "where the phone was stands in no file"
    phone.open(visit.first)
    assert all(one.receipt in phone.text() for one in told.photos), "each has its receipt"
    check(phone)
    mate.open(visit.second + "?lang=en")
    assert "by the phone's clock" in mate.text()
    sizes = mate.page.evaluate(
        "Promise.all([location.href, ...[...document.querySelectorAll('link[href], script[src]')].map((one) => one.href || one.src),"
        " '/seat/worker.js'].map((one) => fetch(one).then((got) => got.arrayBuffer()).then((got) => got.byteLength)))"
    )
    assert sum(sizes) < 100_000
    check(mate)


@pytest.mark.slow
def test_the_same_photo_taken_beside_a_second_fact_waits_for_both_and_is_stored_once(visit: Visit, door: Door) -> None:
    three(visit)
    phone, _ = ready(door, visit)
    signal(phone, there=False)
    for number in (1, 2, 2):
        take(phone, number, jpeg(6, width=16))
    phone.page.get_by_text("待发送：2 项").wait_for()
    signal(phone, there=True)
    phone.page.get_by_text("没有待发送的内容").wait_for()
    photos = field(visit)[0].photos
    assert (len(photos), len({one.claim for one in photos}), len({one.received for one in photos})) == (2, 2, 1)
    phone.open(visit.first)
    assert all(one.receipt in phone.text() for one in photos), "each has its receipt"


@pytest.mark.slow
def test_two_phones_that_say_different_things_lose_nothing_and_the_lead_says_what_stands(visit: Visit, door: Door) -> None:
    first, second = ready(door, visit)
    second.open(visit.second)
    second.page.get_by_text(KEPT).wait_for()
    for phone in (first, second):
        signal(phone, there=False)
    first.choose("一致")
    first.page.get_by_role("button", name="提交结果").click()
    first.page.get_by_text("待发送：1 项").wait_for()
    second.choose("不一致")
    second.page.get_by_role("button", name="提交结果").click()
    assert "请写明所见情况" in second.alert().inner_text(), "said at once, and not after the way home"
    second.fill("所见情况", "大门紧锁")
    second.page.get_by_role("button", name="提交结果").click()
    second.page.get_by_text("待发送：1 项").wait_for()
    for phone, becomes in ((first, "检查结果已经提交"), (second, "同组人员填写不一致")):
        signal(phone, there=True)
        phone.page.get_by_text(becomes).first.wait_for()
        phone.page.get_by_text("没有待发送的内容").wait_for()
    told, _ = field(visit)
    assert [note.findings[0].verdict.value for note in told.notes] == ["match", "mismatch"]
    assert told.lead is not None
    lead = first if told.lead.name in visit.first else second
    other = second if lead is first else first
    other.open(visit.second if lead is first else visit.first)
    assert "由主办人员" in other.text()
    lead.open(visit.first if lead is first else visit.second)
    check(lead)
    lead.press("以此为准")
    assert lead.alert().inner_text() == "请选择以哪一份为准；请填写理由"
    check(lead)
    lead.page.get_by_role("radio", name="大门紧锁").check()
    lead.page.get_by_role("textbox", name="理由").first.fill("两人当面核对，确已停用")
    assert "同组人员填写不一致" not in lead.press("以此为准")
    assert len(field(visit)[0].choices) == 1


@pytest.mark.slow
def test_what_the_house_refuses_for_good_stays_on_the_phone_with_its_reason_and_is_reached_by_the_keyboard(
    visit: Visit, door: Door
) -> None:
    phone, _ = ready(door, visit)
    signal(phone, there=False)
    phone.fill("检查日期（不填即为今日）", "2020-01-01")
    phone.choose("一致")
    take(phone, 0, b"\xff\xd8\xff" + b"no picture" * 20)
    take(phone, 0, b"MZ no picture")
    assert "JPEG" in phone.alert().inner_text(), "what cannot be taken is said where it is chosen"
    phone.tab_to("提交结果")
    phone.page.keyboard.press("Enter")
    phone.page.get_by_text("待发送：2 项").wait_for()
    phone.pardoned = REFUSED
    signal(phone, there=True)
    phone.page.get_by_text("被退回、保存在本机：2 项").wait_for()
    assert "文件已损坏" in phone.text()
    phone.page.reload()
    phone.page.get_by_text("被退回、保存在本机：2 项").wait_for()
    check(phone)
    phone.tab_to("放回表单")
    phone.page.keyboard.press("Enter")
    assert phone.page.get_by_label("检查日期（不填即为今日）").input_value() == "2020-01-01"
    assert field(visit)[0].notes == ()
    phone.follow("English")
    phone.page.get_by_text("Refused and kept here: 2").wait_for()
    check(phone)

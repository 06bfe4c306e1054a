"""One thing that cannot get through holds up nothing else; what waits is tried again by itself, from whichever page is open (issue 6)."""

from __future__ import annotations

import hashlib

import pytest
from playwright.sync_api import Route, expect

from inspector.domain.visit import VisitState
from tests.browser.between import between
from tests.browser.scenes import Visit
from tests.browser.test_pages import check
from tests.browser.test_signal import field, signal, take
from tests.browser.test_stranded import came_in, met, wait_with_two
from tests.browser.visitor import Door
from tests.materials import jpeg, png

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


@pytest.mark.slow
def test_a_result_passes_by_photos_that_a_proxy_finds_too_large_and_the_page_says_what_to_do(visit: Visit, door: Door) -> None:
    shut = [True]
    with between(visit.edge.url, lambda asked: 413 if shut[0] and asked.endswith("/photos") else None) as url:
        phone = met(door, visit, url)
        wait_with_two(phone)
        signal(phone, there=True)
        phone.page.get_by_text("检查结果已经提交，无需再处理").wait_for()  # the page loads itself anew once the result is in
        phone.page.get_by_text("被退回、保存在本机：1 项").wait_for()
        assert came_in(visit) == (["现场记录二百字"], 0, VisitState.DONE)
        assert "照片过大，没有被接收" in phone.text()
        check(phone)
        shut[0] = False
        phone.page.get_by_role("button", name="重新发送").click()
        expect(phone.page.locator("#outbox-count")).to_have_text(
            "没有待发送的内容。"
        )  # and nothing was sent back: it says no more
    assert came_in(visit)[1] == 1


@pytest.mark.slow
def test_photos_that_meet_nobody_are_passed_by_in_turn_so_that_each_is_tried(visit: Visit, door: Door) -> None:
    tried: list[str] = []

    def lost(route: Route) -> None:
        tried.append(route.request.headers["idempotency-key"])
        route.abort()

    phone = met(door, visit)
    signal(phone, there=False)
    for number in range(5):
        take(phone, 0, jpeg(6, width=16 + 8 * number))
    phone.page.route("**/photos", lost)
    signal(phone, there=True)
    for rounds in (3, 6):
        expect(phone.page.locator("#outbox-kept")).to_contain_text("没有应答")
        assert len(tried) == rounds
        if rounds == 3:
            phone.page.get_by_role("button", name="现在发送").click()
            expect(phone.page.locator("#outbox-kept")).to_contain_text("正在发送")
    assert len(set(tried)) == 5, "what was not tried in the first round comes first in the second"
    phone.page.unroute("**/photos")
    phone.page.get_by_role("button", name="现在发送").click()
    phone.page.get_by_text("没有待发送的内容").wait_for()
    assert came_in(visit)[1] == 5


@pytest.mark.slow
def test_a_large_photo_is_scaled_down_before_it_is_hashed_and_says_so(visit: Visit, door: Door) -> None:
    phone = met(door, visit)
    signal(phone, there=False)
    phone.page.locator("#photo-1").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": png(4000, 3000)})
    phone.page.get_by_text("待发送：1 项").wait_for()
    assert "从 4000×3000 缩小为 2560×1920 像素" in phone.text()
    assert "摘要值按实际发送的文件计算" in phone.text()
    check(phone)
    sent = phone.page.evaluate(
        """async () => { const held = await Outbox.all(), bytes = new Uint8Array(await held[0].blob.arrayBuffer());
        return [held[0].blob.type, Array.from(bytes)]; }"""
    )
    signal(phone, there=True)
    phone.page.get_by_text("没有待发送的内容").wait_for()
    (photo,) = field(visit)[0].photos
    assert (sent[0], photo.kind.value) == ("image/jpeg", "image/jpeg")
    assert photo.received == hashlib.sha256(bytes(sent[1])).hexdigest()
    assert "4000×3000" in photo.remark


@pytest.mark.slow
def test_what_waits_is_tried_again_by_itself_and_less_often_as_long_as_nothing_comes_of_it(visit: Visit, door: Door) -> None:
    hits: list[str] = []
    away = [False]

    def count(asked: str) -> int | None:
        if asked.startswith("POST") and away[0]:
            hits.append(asked)
            return 503
        return None

    with between(visit.edge.url, count) as url:
        phone = met(door, visit, url)
        phone.page.clock.install()
        phone.page.reload()
        away[0] = True
        phone.choose("一致")
        phone.press("提交结果")
        phone.page.get_by_text("系统没有应答").wait_for()
        phone.page.clock.pause_at(phone.page.evaluate("Date.now()") / 1000 + 2)
        for seconds, more in ((4, 0), (12, 1), (20, 0), (12, 1)):
            before = len(hits)
            phone.page.clock.run_for(seconds * 1000)
            for _ in range(100 * more or 6):
                phone.page.wait_for_timeout(50)
                if len(hits) != before:
                    break
            assert len(hits) - before == more, f"{seconds} s later"
        away[0] = False
        phone.page.clock.run_for(121_000)
        phone.page.get_by_text("检查结果已经提交，无需再处理").wait_for()
    assert came_in(visit)[2] is VisitState.DONE


@pytest.mark.slow
def test_whichever_page_is_open_tells_how_much_waits_for_every_seat_and_sends_it(visit: Visit, door: Door) -> None:
    phone = met(door, visit)
    phone.press("查看我的全部任务")
    phone.page.get_by_text("没有待发送的内容").wait_for(state="attached")
    expect(phone.page.locator("#outbox")).to_be_hidden()
    phone.open(visit.first)
    wait_with_two(phone)
    phone.page.route("**/v1/seats/**", lambda route: route.abort())
    signal(phone, there=True)
    phone.open("/mine")
    phone.page.get_by_text("待发送：2 项").wait_for()
    check(phone)
    phone.follow("English")
    phone.page.get_by_text("Waiting to be sent: 2").wait_for()
    check(phone)
    phone.open(visit.second + "?lang=zh-Hans")
    phone.page.get_by_text("待发送：2 项").wait_for()
    phone.log_in(visit.edge.token("officer"), "/assignments")
    phone.page.get_by_text("待发送：2 项").wait_for()
    check(phone)
    phone.page.unroute("**/v1/seats/**")
    phone.page.get_by_role("button", name="现在发送").click()
    phone.page.get_by_text("没有待发送的内容").wait_for()
    assert came_in(visit) == (["现场记录二百字"], 1, VisitState.DONE)

"""What was entered on a phone comes in, whatever became of its link, its cookie, or of who speaks in the house's place (issue 6)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from inspector.domain.visit import VisitState
from inspector.flows import seatlink
from tests.browser.between import between
from tests.browser.scenes import Visit
from tests.browser.test_pages import check
from tests.browser.test_signal import KEPT, field, ready, signal, take
from tests.browser.visitor import Door, Visitor
from tests.house import settle
from tests.materials import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]
ANY = "Failed to load resource"


def met(door: Door, visit: Visit, url: str = "") -> Visitor:
    """The first inspector's phone, before a house that may be met through a proxy; every error of loading is the test's own doing."""
    edge = visit.edge if not url else replace(visit.edge, url=url)
    phones = ready(door, replace(visit, edge=edge))
    for phone in phones:
        phone.pardoned = ANY
        phone.page.set_default_timeout(30_000)
    return phones[0]


def wait_with_two(phone: Visitor) -> None:
    """A photo and a result are entered without signal."""
    signal(phone, there=False)
    take(phone, 1, jpeg(6, width=16))
    phone.choose("一致")
    phone.fill("备注", "现场记录二百字")
    phone.page.get_by_role("button", name="提交结果").click()
    phone.page.get_by_text("待发送：2 项").wait_for()


def called_back(visit: Visit) -> str:
    """The office calls the first inspector's link back; the path of the next one."""
    office, name = visit.edge.office, visit.first.split("/")[2]
    with office.store.begin() as tx:
        seatlink.call_back(office, tx, name, "王科长", "链接外泄", office.now(), anew=True)
    settle(office)
    with office.store.read() as tx:
        return urlsplit(seatlink.address(office, tx, name)).path


def came_in(visit: Visit) -> tuple[list[str], int, VisitState]:
    """The words of the notes, how many photos, and how the visit stands."""
    told, state = field(visit)
    return [one.remarks for one in told.notes], len(told.photos), state


@pytest.mark.parametrize("lost", ["link", pytest.param("cookie", marks=pytest.mark.slow)])
def test_what_waits_is_told_where_the_link_opens_nothing_any_more_and_is_sent_once_by_the_next_one(
    visit: Visit, door: Door, lost: str
) -> None:
    phone = met(door, visit)
    wait_with_two(phone)
    anew = called_back(visit) if lost == "link" else ""
    if lost == "cookie":
        phone.page.context.clear_cookies()
    signal(phone, there=True)
    phone.open(visit.first)
    phone.page.get_by_text("待发送：2 项").wait_for()
    assert all(word in phone.text() for word in ("该任务的新链接", "检查结果：经营场所实际使用并设有办公设施"))
    check(phone)
    phone.follow("English")
    phone.page.get_by_text("Waiting to be sent: 2").wait_for()
    check(phone)
    phone.open((anew or called_back(visit)) + "?lang=zh-Hans")
    phone.page.get_by_text("没有待发送的内容").wait_for()
    assert came_in(visit) == (["现场记录二百字"], 1, VisitState.DONE)


@pytest.mark.slow
def test_rows_and_drafts_of_a_page_of_before_are_taken_over(visit: Visit, door: Door) -> None:
    phone = met(door, visit)
    old = visit.first.rpartition("/")[0] + "/a-secret-of-before"
    phone.page.evaluate(
        """(path) => new Promise((good) => { const asked = indexedDB.open("inspector"); asked.onsuccess = () => {
            const wire = asked.result.transaction(["items", "drafts"], "readwrite"), at = new Date().toISOString();
            wire.objectStore("drafts").put({ path, values: { remarks: "还没写完" } });
            wire.objectStore("items").put({ path, kind: "attempt", id: "1234567890", state: "waiting", captured_at: at,
                body: { captured_at: at, way: "ON_SITE", at: null, words: "大门紧锁" } });
            wire.oncomplete = () => { asked.result.close(); good(); }; }; })""",
        old,
    )
    phone.open(visit.first)
    phone.page.get_by_text("没有待发送的内容").wait_for()
    expect(phone.page.get_by_label("备注")).to_have_value("还没写完")
    assert "大门紧锁" in phone.open(visit.first)


@pytest.mark.slow
@pytest.mark.parametrize("status", [429, 500, 413])
def test_a_result_sent_with_signal_is_lost_by_no_answer_that_is_not_the_house_s_own(
    visit: Visit, door: Door, status: int
) -> None:
    away = [False]
    with between(visit.edge.url, lambda asked: status if away[0] and asked.startswith("POST") else None) as url:
        phone = met(door, visit, url)
        phone.page.reload()
        phone.page.get_by_text(KEPT).wait_for()
        phone.choose("一致")
        phone.fill("备注", "现场记录二百字")
        away[0] = True
        phone.press("提交结果")
        phone.page.get_by_text("过大" if status == 413 else "待发送：1 项").first.wait_for()
        expect(phone.page.get_by_label("备注")).to_have_value("")
        away[0] = False
        if status == 413:
            check(phone)
            phone.page.get_by_role("button", name="重新发送").click()
        else:
            phone.page.reload()
        phone.page.get_by_text("检查结果已经提交，无需再处理").wait_for()
    assert came_in(visit) == (["现场记录二百字"], 0, VisitState.DONE)


@pytest.mark.slow
def test_a_draft_stays_until_the_house_s_page_shows_its_note_and_counts_once_when_it_is_sent_again(
    visit: Visit, door: Door
) -> None:
    shut = [False]

    def gateway(asked: str) -> int | None:
        """Sends whoever posts to a page of its own, to log in there; no worker can look into that."""
        return 200 if asked == "GET /gateway" else 302 if shut[0] and asked.startswith("POST") else None

    with between(visit.edge.url, gateway) as url:
        phone = met(door, visit, url)
        phone.choose("一致")
        phone.fill("备注", "现场记录二百字")
        shut[0] = True
        phone.press("提交结果")
        assert "not here" in phone.page.content()
        shut[0] = False
        phone.open(visit.first)
        expect(phone.page.get_by_label("备注")).to_have_value("现场记录二百字")
        phone.press("提交结果")
        phone.page.get_by_text("没有待发送的内容").wait_for()
    assert came_in(visit) == (["现场记录二百字"], 0, VisitState.DONE)

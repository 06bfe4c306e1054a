"""An inspector with a phone: the pushed link is opened, the assignment accepted or declined, the result entered."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from inspector.domain.visit import SeatState
from inspector.flows.dispatch import seat_name
from inspector.flows.seated import by_name
from tests.browser.scenes import FIRM, Visit
from tests.browser.visitor import Door
from tests.house import settle

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


def states(visit: Visit) -> dict[str, SeatState]:
    """The states of a visit's seats, by name."""
    with visit.edge.office.store.read() as tx:
        (held,) = (one for draw in tx.draws.page(None) for one in tx.visits.of_draw(draw.number))
        return {seat_name(seat): seat.state for seat in tx.visits.team(held.id)}


@pytest.mark.slow
def test_an_inspector_opens_the_pushed_link_accepts_and_waits_for_the_team(visit: Visit, door: Door) -> None:
    phone = door.phone(visit.edge.url)
    text = phone.open(visit.first)
    assert FIRM in text
    assert "2026-03-05 17:30" in text
    assert "请在期限前接受任务" in phone.now()
    phone.press("接受任务")
    assert "同组人员尚未全部接受" in phone.now()
    assert sorted(states(visit).values()) == [SeatState.ACCEPTED, SeatState.HANDED_OVER]


@pytest.mark.slow
def test_declining_without_a_reason_is_told_at_the_field_and_with_one_frees_the_seat(visit: Visit, door: Door) -> None:
    phone = door.phone(visit.edge.url)
    phone.open(visit.first)
    phone.press("说明理由并提交")
    assert phone.alert().inner_text() == "请填写理由"
    assert phone.page.evaluate("document.activeElement.id") == "reason"
    assert phone.alert().is_visible()
    phone.fill("理由", "与当事人有亲属关系，应当回避")
    after = phone.press("说明理由并提交")
    assert "您已推辞" in phone.now()
    assert FIRM not in after, "whoever is out of the team knows no subject"
    assert phone.page.get_by_role("button").count() == 0
    office = visit.edge.office
    before = {name for name in states(visit) if name.endswith(":0")}
    (dealt,) = states(visit).keys() - before
    settle(office)  # the push goes out
    message = visit.phones.messages[-1]  # as the channel of the one whom the rule names has taken it
    with office.store.read() as tx:
        _, seat = by_name(tx, dealt)
        assert message.to == tx.rosters.inspector(seat.agency, seat.inspector).ways[0].address
    assert message.data["seat"] == dealt
    assert message.link.startswith(office.base_url)
    next_one = door.phone(visit.edge.url)
    assert FIRM in next_one.open(urlsplit(message.link).path), "the next one, whom the rule names, has it on the phone"
    assert states(visit)[dealt] is SeatState.READ
    next_one.press("接受任务")
    assert states(visit)[dealt] is SeatState.ACCEPTED


@pytest.mark.slow
def test_a_result_needs_an_answer_to_every_fact_and_keeps_what_was_typed(visit: Visit, door: Door) -> None:
    first, second = door.phone(visit.edge.url), door.phone(visit.edge.url)
    for phone, path in ((first, visit.first), (second, visit.second)):
        phone.open(path)
        phone.press("接受任务")
    first.open(visit.first)
    assert "与同组人员共同检查" in first.now()
    first.fill("所见情况", "门牌相符，\n有三张办公桌")
    first.fill("备注", "现场有人")
    first.press("提交结果")
    assert first.alert().inner_text() == "以下内容没有填写核查结果：经营场所实际使用并设有办公设施"
    assert first.page.get_by_label("所见情况").input_value() == "门牌相符，\n有三张办公桌"
    assert first.page.get_by_label("备注").input_value() == "现场有人"
    assert first.page.evaluate("document.activeElement.type") == "radio"
    first.choose("一致")
    first.press("提交结果")
    assert "检查结果已经提交" in first.now()
    second.open(visit.second)
    assert "检查结果已经提交" in second.now()
    assert set(states(visit).values()) == {SeatState.DONE}


@pytest.mark.slow
def test_no_result_is_asked_for_before_the_whole_team_has_accepted_and_the_page_says_who_is_waited_for(
    visit: Visit, door: Door
) -> None:
    phone, mate = door.phone(visit.edge.url), door.phone(visit.edge.url)
    phone.open(visit.first)
    text = phone.press("接受任务")
    waited = re.search(r"尚待：(检查员\d+ \(Z\d+\))。全部接受后方可检查", phone.now())
    assert waited is not None
    assert text.count(waited[1]) == 2, "who goes with one is who is waited for"
    assert phone.page.get_by_role("button", name="提交结果").count() == 0
    mate.open(visit.second)
    mate.press("接受任务")
    phone.open(visit.first)
    assert "与同组人员共同检查" in phone.now()
    assert phone.page.get_by_role("button", name="提交结果").count() == 1


@pytest.mark.slow
def test_a_result_typed_while_the_team_changed_is_refused_in_plain_words_and_kept(visit: Visit, door: Door) -> None:
    phone, mate = door.phone(visit.edge.url), door.phone(visit.edge.url)
    for one, path in ((phone, visit.first), (mate, visit.second)):
        one.open(path)
        one.press("接受任务")
    phone.open(visit.first)
    mate.open(visit.second)
    mate.page.locator("#reason").fill("突发疾病")
    mate.page.locator("button[value=decline]").click()
    mate.page.get_by_text("您已推辞").wait_for()
    phone.choose("一致")
    phone.fill("备注", "已到现场")
    phone.press("提交结果")
    assert "检查须由两人以上共同进行" in phone.alert().inner_text()
    assert phone.page.get_by_label("备注").input_value() == "已到现场"
    assert phone.page.get_by_role("radio", name="一致", exact=True).is_checked()


@pytest.mark.slow
def test_a_link_whose_date_has_passed_says_so_and_offers_nothing(visit: Visit, door: Door) -> None:
    with visit.edge.office.store.read() as tx:
        _, seat = by_name(tx, visit.first.split("/")[2])
    assert seat.accept_by is not None
    visit.hand.now = seat.accept_by
    settle(visit.edge.office)
    phone = door.phone(visit.edge.url)
    text = phone.open(visit.first)
    assert "接受期限已过" in phone.now()
    assert FIRM not in text
    expect(phone.page.get_by_role("button"), "once the page's script has seen that nothing waits").to_have_count(0)
    phone.follow("English")
    assert "The date to accept has passed" in phone.now()


@pytest.mark.slow
def test_the_whole_assignment_can_be_done_by_the_keyboard(visit: Visit, door: Door) -> None:
    desk, other = door.desk(visit.edge.url), door.phone(visit.edge.url)
    other.open(visit.second)
    other.press("接受任务")
    desk.open(visit.first)
    desk.tab_to("接受任务")
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Enter")
    desk.tab_to("一致")
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("ArrowUp")
    desk.tab_to("备注")
    desk.page.keyboard.type("一切属实")
    desk.tab_to("提交结果")
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Enter")
    assert "检查结果已经提交" in desk.now()

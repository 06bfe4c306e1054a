"""A clerk of another agency answers a letter by its link, or says why the agency cannot."""

from __future__ import annotations

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.labels import label
from tests.browser.scenes import letter
from tests.browser.visitor import Door
from tests.clerks import REASONS_EN, REASONS_ZH
from tests.edge import Edge
from tests.house import Hand, settle

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]

PLAIN = pytest.mark.parametrize("scripts", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["scripts", "plain"])
"""The page as most see it, and where no script may run."""


def state(edge: Edge, request_id: str) -> AssistanceState:
    """Where a request stands."""
    with edge.office.store.read() as tx:
        return tx.assistance.get(request_id).state


@pytest.mark.slow
def test_a_clerk_answers_and_the_used_link_says_that_it_is_over(edge: Edge, door: Door) -> None:
    request_id, path = letter(edge.office)
    desk = door.desk(edge.url)
    text = desk.open(path)
    assert "落户地址房屋权利人为申请人" in text
    assert "相关数据尚未实现网络共享" in text
    desk.choose("一致")
    desk.fill("签署人", "赵六")
    after = desk.press("提交答复")
    assert state(edge, request_id) is AssistanceState.ANSWERED
    assert "已收到贵机关的答复" in desk.now()
    assert "赵六" in after
    desk.open(path)
    assert "本请求已经结束" in desk.now()
    assert desk.page.get_by_role("button").count() == 0


@PLAIN
def test_an_answer_without_anything_in_it_is_told_at_the_field(edge: Edge, door: Door, *, scripts: bool) -> None:
    _, path = letter(edge.office)
    phone = door.phone(edge.url, scripts=scripts)
    phone.open(path)
    phone.press("提交答复")
    assert phone.alert().inner_text() == "请选择核查意见；请填写签署人"
    phone.fill("签署人", "赵六")
    phone.choose("不一致")
    phone.press("提交答复")
    assert phone.alert().inner_text() == "认定不一致的，须写明贵机关掌握的数据"
    assert phone.page.evaluate("document.activeElement.id") == "value"
    phone.fill("贵机关掌握的数据", "李某某")
    phone.press("提交答复")
    assert "已收到贵机关的答复" in phone.now()


@PLAIN
@pytest.mark.slow
def test_a_refusal_without_reasons_is_rejected_with_what_was_typed_kept_and_counts_with_them(
    edge: Edge, door: Door, *, scripts: bool
) -> None:
    request_id, path = letter(edge.office)
    phone = door.phone(edge.url, scripts=scripts)
    phone.open(path)
    phone.page.locator("#signer2").fill("赵<六>")
    phone.page.locator("#inability").select_option("HINDERS_DUTIES")
    phone.press("说明理由并提交")
    assert phone.alert().inner_text() == REASONS_ZH
    assert phone.page.locator("#signer2").input_value() == "赵<六>"
    assert phone.page.evaluate("document.activeElement.id") == "reasons"
    assert state(edge, request_id) is AssistanceState.DELIVERED
    phone.fill("理由", "\n档案移交中\n请三月再问")
    after = phone.press("说明理由并提交")
    assert state(edge, request_id) is AssistanceState.DECLINED
    assert "档案移交中\n请三月再问" in after


@pytest.mark.slow
def test_a_refusal_in_english_is_answered_in_english(edge: Edge, door: Door) -> None:
    _, path = letter(edge.office)
    phone = door.phone(edge.url)
    phone.open(path)
    assert "What your records say" in phone.follow("English")
    phone.press("Decline with these reasons")
    assert phone.alert().inner_text() == f"{label('error.inability_missing', 'en')}; {REASONS_EN}; Say who signs"
    phone.page.locator("#inability").select_option("NOT_HELD")
    phone.page.locator("#signer2").fill("Zhao")
    phone.press("Decline with these reasons")
    assert phone.alert().inner_text() == REASONS_EN
    assert phone.page.get_attribute("html", "lang") == "en"


@pytest.mark.slow
def test_a_letter_nobody_answered_says_so_afterwards(edge: Edge, hand: Hand, door: Door) -> None:
    request_id, path = letter(edge.office)
    settle(edge.office)
    for _ in range(4):
        hand.on(days=7)
        settle(edge.office)
    assert state(edge, request_id) is AssistanceState.UNANSWERED
    phone = door.phone(edge.url)
    phone.open(path)
    assert "期限已过，办件已在没有答复的情况下继续办理。仍可答复" in phone.now()


@pytest.mark.slow
def test_a_link_that_was_cut_or_guessed_says_what_to_do(edge: Edge, door: Door) -> None:
    _, path = letter(edge.office)
    phone = door.phone(edge.url)
    for wrong in (path[:-1], path[:-20], path[:-33], path.rpartition("/")[0] + "/guess", f"{path}/and-more"):
        phone.open(wrong)
        assert (
            phone.alert().inner_text()
            == "链接无效：链接不完整，或者已经过期、已被收回。请使用最近一封函件或消息中的完整链接；仍打不开的，请与发出链接的机关联系"
        ), wrong
    phone.follow("English")
    assert "link" in phone.alert().inner_text()

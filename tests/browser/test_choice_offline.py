"""The lead decides between two versions without signal: over those that lay there, and over none that came meanwhile (issue 6)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.browser.between import between
from tests.browser.scenes import Visit
from tests.browser.test_pages import check
from tests.browser.test_signal import KEPT, field, ready, signal
from tests.browser.test_stranded import ANY
from tests.browser.visitor import Door, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


def differs(phone: Visitor, words: str) -> None:
    """The mate says otherwise, with signal."""
    phone.page.locator("details.way:not([open]) > summary").click()
    phone.choose("不一致")
    phone.fill("所见情况", words)
    phone.press("补充提交")


@pytest.mark.slow
def test_a_choice_waits_on_the_phone_and_a_version_that_came_meanwhile_is_still_to_be_decided(visit: Visit, door: Door) -> None:
    first, second = ready(door, visit)
    told = field(visit)[0]
    assert told.lead is not None
    (lead, mine), (mate, other) = ((first, visit.first), (second, visit.second))
    if told.lead.name not in visit.first:
        (lead, mine), (mate, other) = (mate, other), (lead, mine)
    for phone in (lead, mate):
        phone.pardoned = ANY
    lead.open(mine)
    lead.choose("一致")
    lead.press("提交结果")
    mate.open(other)
    differs(mate, "大门紧锁")
    lead.open(mine)
    lead.page.get_by_text(KEPT).wait_for()
    signal(lead, there=False)
    lead.page.reload()
    lead.page.get_by_role("button", name="以此为准").click()
    assert lead.alert().inner_text() == "请选择以哪一种记录为准。"
    lead.page.get_by_role("radio", name="大门紧锁").check()
    lead.page.get_by_role("button", name="以此为准").click()
    assert lead.alert().inner_text() == "请写明选定的理由。"
    lead.page.get_by_role("radio").first.check()
    lead.page.get_by_role("textbox", name="理由").first.fill("当场两人均在，已核对门牌")
    lead.page.get_by_role("button", name="以此为准").click()
    lead.page.get_by_text("选定的记录：当场两人均在").wait_for()
    check(lead)
    assert field(visit)[0].choices == (), "nothing has left the phone"
    differs(mate, "第二天再去仍然紧锁")
    signal(lead, there=True)
    lead.page.get_by_text("没有待发送的内容").wait_for()
    told = field(visit)[0]
    (choice,) = told.choices
    assert choice.captured_at is not None
    assert choice.reasons == "当场两人均在，已核对门牌"
    (clash,) = told.gathered.clashes
    assert "第二天再去仍然紧锁" in {one.finding.note for one in clash.versions}, "the lead has not seen that one"
    lead.open(mine)
    assert "第二天再去仍然紧锁" in lead.text()
    lead.page.get_by_role("radio", name="第二天再去仍然紧锁").check()
    lead.page.get_by_role("textbox", name="理由").first.fill("以复看为准")
    lead.press("以此为准")
    assert field(visit)[0].gathered.clashes == ()


@pytest.mark.slow
def test_a_choice_that_a_gateway_has_answered_in_the_house_s_place_is_typed_once(visit: Visit, door: Door) -> None:
    shut = [False]

    def gateway(asked: str) -> int | None:
        """Sends whoever posts to a page of its own, to log in there."""
        return 200 if asked == "GET /gateway" else 302 if shut[0] and asked.startswith("POST") else None

    with between(visit.edge.url, gateway) as url:
        phones = ready(door, replace(visit, edge=replace(visit.edge, url=url)))
        told = field(visit)[0]
        assert told.lead is not None
        both = [(phones[0], visit.first), (phones[1], visit.second)]
        (lead, mine), (mate, other) = both if told.lead.name in visit.first else reversed(both)
        for phone in (lead, mate):
            phone.pardoned = ANY
            phone.page.set_default_timeout(10_000)
        lead.open(mine)
        lead.choose("一致")
        lead.press("提交结果")
        mate.open(other)
        differs(mate, "大门紧锁")
        lead.open(mine)
        lead.page.get_by_role("radio", name="大门紧锁").check()
        lead.page.get_by_role("textbox", name="理由").first.fill("当场两人均在，已核对门牌")
        shut[0] = True
        lead.press("以此为准")
        assert "not here" in lead.page.content()
        shut[0] = False
        lead.open(mine)
        expect(lead.page.get_by_role("textbox", name="理由").first).to_have_value("当场两人均在，已核对门牌")
        expect(lead.page.get_by_role("radio", name="大门紧锁")).to_be_checked()
        lead.press("以此为准")
        lead.page.get_by_text("没有待发送的内容").wait_for()
    assert [one.reasons for one in field(visit)[0].choices] == ["当场两人均在，已核对门牌"]

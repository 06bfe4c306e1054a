"""What a clerk can say beside an answer, and what an officer does when the clerk writes on paper: by keyboard, phone, without scripts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.domain.assistance import AssistanceState, Door
from inspector.domain.words import Words
from inspector.letterpage import page
from inspector.testing import LETTER
from tests.browser.scenes import letter
from tests.browser.test_pages import check
from tests.browser.visitor import Door as Entrance
from tests.clerks import REASONS_ZH
from tests.edge import Edge
from tests.house import settle

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


@pytest.mark.slow
def test_by_the_keyboard_alone_a_clerk_proposes_a_date_and_the_page_is_within_reach_all_the_way(
    edge: Edge, door: Entrance
) -> None:
    request_id, path = letter(edge.office)
    phone = door.phone(edge.url)
    phone.open(path)
    for way in phone.page.locator("details").all():
        way.evaluate("one => one.open = true")
    check(phone)
    phone.open(path)
    phone.tab_to("另定答复日期")
    phone.page.keyboard.press("Enter")
    phone.tab_to("提出该日期")
    with phone.page.expect_navigation():
        phone.page.keyboard.press("Enter")
    assert phone.alert().inner_text() == f"请填写可以答复的工作日；{REASONS_ZH}；请填写签署人"
    assert phone.page.evaluate("document.activeElement.id") == "propose-day"
    check(phone)
    phone.page.locator("#propose-day").fill("2026-03-20")
    phone.page.locator("#propose-reasons").fill("档案移交中")
    phone.page.locator("#propose-signer").fill("赵六")
    phone.press("提出该日期")
    assert "贵机关提出的期限正在商议" in phone.now()

    desk = door.desk(edge.url)
    desk.log_in(edge.token("officer", name="李四"), "/requests")
    assert "区住建局" in desk.text()
    check(desk)
    desk.follow(request_id)
    check(desk)
    desk.press("同意")
    with edge.office.store.read() as tx:
        assert tx.assistance.get(request_id).due_at.isoformat().startswith("2026-03-20")


@pytest.mark.slow
def test_without_scripts_a_clerk_takes_a_request_on_and_passes_it_to_the_competent_agency(edge: Edge, door: Entrance) -> None:
    request_id, path = letter(edge.office)
    plain = door.phone(edge.url, scripts=False)
    plain.open(path + "?lang=en")
    plain.page.get_by_text("Take the request on").click()
    plain.page.locator("#accept-signer").fill("Zhao")
    plain.press("Take it on")
    assert plain.page.get_by_text("Take the request on").count() == 0
    plain.page.get_by_text("Another agency is competent").click()
    plain.page.locator("#forward-to").select_option(label="区民政局")
    plain.page.locator("#forward-reasons").fill("not ours")
    plain.page.locator("#forward-signer").fill("Zhao")
    plain.press("Pass it on")
    with edge.office.store.read() as tx:
        told = tx.assistance.get(request_id)
    assert told.state is AssistanceState.FORWARDED
    assert plain.page.get_by_role("button").count() == 0, "nothing is left to be answered here"


@pytest.mark.slow
def test_an_officer_transcribes_a_reply_on_paper_and_calls_a_link_back(edge: Edge, door: Entrance) -> None:
    request_id, path = letter(edge.office)
    settle(edge.office)
    desk = door.desk(edge.url)
    desk.log_in(edge.token("officer", name="李四"), f"/requests/{request_id}")
    desk.page.locator("#reason").fill("发错邮箱")
    desk.page.locator("[name=anew]").check()
    desk.press("收回链接")
    phone = door.phone(edge.url)
    phone.open(path)
    assert (
        phone.alert().inner_text()
        == "链接无效：链接不完整，或者已经过期、已被收回。请使用最近一封函件或消息中的完整链接；仍打不开的，请与发出链接的机关联系"
    )
    settle(edge.office)
    agency = edge.office.connectors.agencies["housing"]
    old, new = [one.reply_url for one in agency.letters]  # type: ignore[attr-defined]
    assert old != new
    phone.open(new.removeprefix(edge.office.base_url))
    assert "前答复；不能协助的" in phone.now()

    desk.press("录入答复")
    assert desk.alert().inner_text() == "请照录答复原文；请填写签署人"
    check(desk)
    desk.fill("答复原文", "档案正在移交，请予延期。")
    desk.fill("签署人", "区住建局 王五")
    desk.page.locator("#longer").fill("档案正在移交")
    desk.press("录入答复")
    with edge.office.store.read() as tx:
        assert tx.assistance.get(request_id).state is AssistanceState.EXTENDED, "more time on paper is no refusal"
    desk.fill("答复原文", "经查，该房屋权利人为申请人。\n区住建局")
    desk.fill("签署人", "区住建局 王五")
    desk.fill("扫描件的SHA-256", "AB" * 32)
    desk.page.get_by_label("核查意见").select_option(label="一致")
    assert "已答复" in desk.press("录入答复")
    with edge.office.store.read() as tx:
        told = tx.assistance.get(request_id)
    assert told.reply == {"verdict": "match", "value": "", "signer": "区住建局 王五"}
    assert told.door == Door(by="paper", token="李四", written="经查，该房屋权利人为申请人。\n区住建局", scan="ab" * 32)
    phone.open(new.removeprefix(edge.office.base_url))
    check(phone)


@pytest.mark.slow
def test_a_paper_letter_prints_on_one_page_of_a4_with_its_letters_embedded(door: Entrance, tmp_path: Path) -> None:
    words = Words(
        title="协助核查函（区市场监管局）", body="区住建局：\n\n　　请协助核查。", slip=("核查意见", "签署人"), slip_title="答复"
    )
    file = tmp_path / "letter.html"
    file.write_text(page(replace(LETTER, words=words)), encoding="utf-8")
    desk = door.desk("file://")
    desk.page.goto(file.as_uri())
    made = desk.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", made)) == 1
    assert re.search(rb"/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]", made)
    assert re.search(rb"/FontFile|/Subtype /Type3", made), "a font file, or each glyph as a drawing of its own"

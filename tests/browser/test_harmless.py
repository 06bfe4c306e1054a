"""What an officer answers and strikes by pages: a withdrawal that took nothing back, and the entry of a kept promise (by two)."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.domain.creditrecord import RecordState
from inspector.domain.serving import NoticeKind
from inspector.flows.serving import token
from inspector.store.store import Store
from tests.browser.test_pages import check
from tests.browser.visitor import Door
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_creditrecords import place
from tests.integration.test_forms import in_review
from tests.integration.test_withdrawn_found import asks, entered, told

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


def test_a_withdrawal_that_took_nothing_back_is_answered_on_a_page_of_its_own(store: Store, hand: Hand, door: Door) -> None:
    case, _ = entered(store, hand)
    with serving(case.office) as edge:
        asks(case, edge)
        desk = door.desk(edge.url)
        desk.log_in(edge.token("officer", name="钱七"), f"/review/{case.case}")
        check(desk)
        desk.follow("待答复的撤回申请 · 当事人要求撤回承诺，待工作人员答复")
        assert "不办了" in desk.text()
        check(desk)
        desk.press("答复")
        assert desk.alert().inner_text() == "请选择对申请的处理意见；请填写理由"
        check(desk)
        desk.page.get_by_label("对申请的处理意见").select_option(label="转为一般程序办理，由申请人提交证明")
        desk.page.get_by_label("理由").fill("申请人改为提交证明")
        desk.press("答复")
        assert "待答复的撤回申请" not in desk.text()
        desk.open(f"/review/{case.case}/withdrawal?lang=en")
        assert "no withdrawal waits for an answer" in desk.now()
        check(desk)
        (notice,) = told(case)
        phone = door.phone(edge.url)
        with case.office.store.read() as tx:
            link = f"/subject/{notice.id}/{token(case.office, tx, notice.id)}"
        phone.open(link)
        for words in ("申请人改为提交证明", "转为一般程序办理", "行政复议"):
            assert words in phone.text(), words
        check(phone)


def test_two_officers_strike_a_kept_promise_on_its_page_and_its_subject_reads_why(
    store: Store, hand: Hand, door: Door, tmp_path: Path
) -> None:
    with place(store, hand, tmp_path) as here, serving(here.office) as edge:
        case = here.commits(1)
        with store.read() as tx:
            entry = str(tx.cases.get(case).entry)
        for name in ("李四", "王五"):
            desk = door.desk(edge.url)
            desk.log_in(edge.token("officer", name=name), f"/credit/records/{entry}")
            check(desk)
            form = desk.page.locator('form:has(button[value="strike"])')
            if not form.is_visible():
                desk.page.locator("#way-strike").click()
            form.locator('[name="why"]').select_option("REVIEW_BODY")
            form.locator('[name="document"]').fill("复决字1号")
            form.locator('[name="reasons"]').fill("核查所依据的登记已被撤销" if name == "李四" else "")
            form.locator("button").click()
            check(desk)
        assert here.record(entry).state is RecordState.ANNULLED
        with store.read() as tx:
            (notice,) = [one for one in tx.servings.of_case(case) if one.kind is NoticeKind.STRUCK]
            link = f"/subject/{notice.id}/{token(here.office, tx, notice.id)}"
        phone = door.phone(edge.url)
        phone.open(link)
        assert "核查所依据的登记已被撤销" in phone.text()
        check(phone)


def test_a_withdrawal_stands_on_the_list_of_decisions_by_its_legal_date(store: Store, hand: Hand, door: Door) -> None:
    case, _ = entered(store, hand)
    with serving(case.office) as edge:
        asks(case, edge)
        hand.on(days=1)
        in_review(edge, 7)
        desk = door.desk(edge.url)
        desk.log_in(edge.token("officer", name="钱七"), "/review")
        check(desk)
        texts = desk.page.locator("tbody tr").all_inner_texts()
        first = next(number for number, text in enumerate(texts) if "待答复的撤回申请" in text)
        review = next(number for number, text in enumerate(texts) if "R-000007" in text)
        assert first < review, "what was said first is due first"
        hand.on(days=30)
        desk.open("/review")
        row = desk.page.locator("tbody tr", has_text="待答复的撤回申请")
        assert "已逾期" in row.inner_text()
        row.get_by_role("link").click()
        check(desk)
        assert "不办了" in desk.text()
        desk.page.get_by_label("对申请的处理意见").select_option(label="转为一般程序办理，由申请人提交证明")
        desk.page.get_by_label("理由").fill("申请人改为提交证明")
        desk.press("答复")
        desk.open("/review")
        assert "待答复的撤回申请" not in desk.text()

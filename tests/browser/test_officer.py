"""An officer logs in, reads a contradiction beside its evidence, and decides in his own name."""

from __future__ import annotations

import re

import pytest

from inspector.domain.case import CaseState, Outcome
from inspector.store.store import Store
from tests.browser.scenes import FIRM, doubt, grading
from tests.browser.test_pages import check
from tests.browser.visitor import Door, Visitor
from tests.edge import Edge
from tests.house import Hand

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


@pytest.fixture
def path(edge: Edge) -> str:
    """The page of a case that a register contradicts."""
    return doubt(edge.office)


@pytest.fixture
def officer(edge: Edge, door: Door, path: str) -> Visitor:
    """An officer who came by the case's address and had to log in first."""
    desk = door.desk(edge.url)
    assert "令牌" in desk.open(path)
    desk.log_in(edge.token("officer", name="李四"), path)
    return desk


def outcome(edge: Edge, path: str) -> Outcome | None:
    """How a case ended."""
    with edge.office.store.read() as tx:
        return tx.cases.get(path.rpartition("/")[2]).outcome


def test_an_officer_reads_promise_and_finding_side_by_side_and_decides_with_reasons(
    edge: Edge, officer: Visitor, path: str
) -> None:
    assert officer.page.url.endswith(path), "logging in leads to where one wanted to go"
    row = officer.page.get_by_role("row").filter(has_text="市场主体登记状态")
    assert "存续（2026-02-27）" in row.inner_text()
    assert "在线核查（registers）：不一致" in row.inner_text()
    officer.page.get_by_label("结论").select_option(label="不实，可以整改")
    officer.page.get_by_role("checkbox").check()
    officer.fill("理由", "登记机关于二月吊销，已电话核对")
    after = officer.press("作出决定")
    assert outcome(edge, path) is Outcome.UNTRUE_CURABLE
    assert officer.now().startswith("已结束 · 不实，可以整改")
    assert "李四" in after
    assert officer.page.get_by_role("button", name="作出决定").count() == 0
    assert "制发告知书" in officer.follow("返回列表"), "what follows is listed by its date"


def test_what_is_missing_is_said_all_at_once_and_nothing_typed_is_lost(edge: Edge, officer: Visitor, path: str) -> None:
    officer.press("作出决定")
    assert officer.alert().inner_text() == "请选择结论；请填写理由"
    assert officer.page.evaluate("document.activeElement.id") == "outcome"
    officer.page.get_by_label("结论").select_option(label="不实，可以整改")
    officer.press("作出决定")
    assert officer.alert().inner_text() == "请填写理由；结果“不实，可以整改”对当事人不利，须列明相应证据"
    assert officer.page.evaluate("document.activeElement.id") == "reasons"
    officer.fill("理由", "登记状态为“吊销”\n<见附件>")
    officer.press("作出决定")
    assert officer.alert().inner_text() == "结果“不实，可以整改”对当事人不利，须列明相应证据"
    assert officer.page.evaluate("document.activeElement.type") == "checkbox"
    assert officer.page.get_by_label("结论").input_value() == "UNTRUE_CURABLE"
    assert officer.page.get_by_label("理由").input_value() == "登记状态为“吊销”\n<见附件>"
    assert outcome(edge, path) is None


@pytest.mark.slow
def test_a_case_decided_meanwhile_says_so_instead_of_deciding_twice(edge: Edge, officer: Visitor, door: Door, path: str) -> None:
    other = door.desk(edge.url)
    other.log_in(edge.token("officer", name="王五"), path)
    for desk, reasons in ((other, "数据有误"), (officer, "另一理由")):
        desk.page.get_by_label("结论").select_option(label="属实")
        desk.fill("理由", reasons)
        desk.press("作出决定")
    said = officer.alert().inner_text()
    assert re.fullmatch("此前已有记录：王五已于 2026-03-02 09:00 作出决定：属实。刚才提交的内容没有改变任何记录", said), said
    assert "数据有误" in officer.follow("查看该办件"), "and there it stands, with no alarm any more"
    assert officer.alert().count() == 0


@pytest.mark.slow
def test_a_double_click_decides_once_and_ends_on_the_decided_case(edge: Edge, officer: Visitor, path: str) -> None:
    officer.page.get_by_label("结论").select_option(label="属实")
    officer.fill("理由", "已核对原件")
    officer.page.get_by_role("button", name="作出决定").dblclick()  # the second click may cut the first one's page short
    officer.page.get_by_text("已结束 · 属实").first.wait_for()
    assert officer.alert().count() == 0


@pytest.mark.slow
def test_the_list_leads_to_the_case_on_a_phone_and_in_english(edge: Edge, door: Door, path: str) -> None:
    phone = door.phone(edge.url)
    text = phone.log_in(edge.token("officer"))
    assert FIRM in text
    assert "营业执照在有效状态证明" in text
    assert "A source contradicts the promise" in phone.follow("English")
    assert "Promise and findings side by side" in phone.follow("R-000001")


@pytest.mark.slow
def test_a_wrong_token_is_told_and_logging_out_ends_it(edge: Edge, door: Door, path: str) -> None:
    desk = door.desk(edge.url)
    desk.log_in("ins_wrong", path)
    assert "令牌无效" in desk.alert().inner_text()
    assert desk.page.locator("#token").input_value() == "", "a token is not given back to the page"
    desk.follow("English")
    desk.page.locator("#token").fill(edge.token("officer"))
    desk.press("Log in")
    assert "Decision" in desk.text(), "the way to the case is kept through a wrong token and a change of language"
    desk.follow("Back to the list")
    desk.press("Log out")
    assert "Token" in desk.open(f"{path}?lang=en")


@pytest.mark.slow
def test_an_officer_decides_by_the_keyboard_alone(edge: Edge, officer: Visitor, path: str) -> None:
    officer.tab_to("结论")
    officer.page.keyboard.press("ArrowDown")
    officer.tab_to("理由")
    officer.page.keyboard.type("已核对原件")
    officer.tab_to("作出决定")
    with officer.page.expect_navigation():
        officer.page.keyboard.press("Enter")
    assert outcome(edge, path) is Outcome.TRUE
    with edge.office.store.read() as tx:
        assert tx.cases.get(path.rpartition("/")[2]).state is CaseState.CLOSED


@pytest.mark.slow
def test_an_english_browser_is_spoken_to_in_english_and_a_choice_outlasts_it(edge: Edge, door: Door, path: str) -> None:
    desk = door.desk(edge.url, locale="en-US")
    assert "Promise and findings side by side" in desk.log_in(edge.token("officer"), path)
    assert "Back to the list" in desk.text()
    desk.follow("中文")
    desk.follow("返回列表")
    desk.follow("R-000001")
    desk.press("作出决定")
    assert desk.alert().inner_text() == "请选择结论；请填写理由"
    desk.open("/verify")
    assert desk.page.get_attribute("html", "lang") == "en"


@pytest.mark.slow
def test_an_officer_chooses_the_dishonest_act_that_gives_the_grade(store: Store, hand: Hand, door: Door) -> None:
    with grading(store, hand) as edge:
        path, phone = doubt(edge.office), door.phone(edge.url)
        phone.log_in(edge.token("officer", name="李四"), path)
        phone.page.get_by_label("结论").select_option(label="虚假承诺")
        phone.page.get_by_role("checkbox").check()
        phone.fill("理由", "营业执照已吊销，当事人明知")
        phone.press("作出决定")
        assert "请写明认定的失信行为" in phone.alert().inner_text()
        assert phone.page.evaluate("document.activeElement.id") == "act"
        check(phone)
        phone.page.get_by_label("失信行为").select_option("act-false-grave")
        after = phone.press("作出决定")
    assert "信用记录的程度：严重" in after
    assert "失信行为：明知与事实不符而作出承诺，造成严重危害" in after

"""One officer says on a case's page that it came by mistake, another one reads why and sends it back, or says why not."""

from __future__ import annotations

import pytest

from inspector.domain.case import CaseState
from inspector.domain.sendback import SendBackReason
from tests.browser.scenes import doubt
from tests.browser.test_pages import check
from tests.browser.visitor import Door, Visitor
from tests.edge import Edge

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]

WAITS = "李四 提出本办件系误送：属于其他机关管辖。须由另一名工作人员同意，或者说明不同意的理由"


@pytest.fixture
def path(edge: Edge) -> str:
    """The page of a case that a register contradicts."""
    return doubt(edge.office)


def at(edge: Edge, door: Door, path: str, name: str) -> Visitor:
    """An officer at the case's page."""
    desk = door.desk(edge.url)
    desk.log_in(edge.token("officer", name=name), path)
    return desk


def state(edge: Edge, path: str) -> CaseState:
    """How the case stands."""
    with edge.office.store.read() as tx:
        return tx.cases.get(path.rpartition("/")[2]).state


@pytest.mark.slow
def test_two_officers_send_a_case_back_from_its_page_and_one_alone_cannot(edge: Edge, door: Door, path: str) -> None:
    first = at(edge, door, path, "李四")
    first.follow("本办件系误送")
    check(first)
    first.press("提出退回")
    assert first.alert().inner_text() == "请选择退回事由；请填写理由"
    check(first)
    first.page.get_by_label("事由").select_option(label="属于其他机关管辖")
    first.page.get_by_label("说明").fill("应由交通运输机关核查\n<见附件>")
    first.page.get_by_label("主管机关").fill("市交通运输局")
    first.press("提出退回")
    assert state(edge, path) is CaseState.REVIEW, "nothing ends by asking"
    first.follow(WAITS)
    first.page.get_by_role("checkbox").check()
    first.press("立即退回")
    assert "须由另一名工作人员同意" in first.alert().inner_text()
    assert state(edge, path) is CaseState.REVIEW

    second = at(edge, door, path, "王五")
    second.follow(WAITS)
    assert "<见附件>" in second.text()
    check(second)
    second.press("立即退回")
    assert second.alert().inner_text() == "请确认已阅看本办件并同意退回"
    second.page.get_by_role("checkbox").check()
    second.press("立即退回")
    assert state(edge, path) is CaseState.SENT_BACK
    assert second.now() == "已退回（误送）"
    assert "提出人 李四，同意人 王五" in second.text()
    assert second.page.get_by_role("link", name="本办件系误送").count() == 0
    check(second)


@pytest.mark.slow
def test_whoever_does_not_agree_says_why_and_the_case_goes_on_in_english_too(edge: Edge, door: Door, path: str) -> None:
    first = at(edge, door, path, "李四")
    first.open(f"{path}/send-back?lang=en")
    first.page.get_by_label("Reason").select_option(label="It names the wrong subject")
    first.page.get_by_label("In words").fill("另一家公司")
    first.press("Ask to send it back")
    second = at(edge, door, f"{path}/send-back", "王五")
    second.open(f"{path}/send-back?lang=en")
    second.press("It stays here")
    assert second.alert().inner_text() != ""
    second.page.get_by_label("Why not").fill("对象无误")
    second.press("It stays here")
    assert state(edge, path) is CaseState.REVIEW
    with edge.office.store.read() as tx:
        held = tx.cases.get(path.rpartition("/")[2]).send_back
    assert held is not None
    assert (held.mistake.reason, held.agreed, held.ended_for) == (SendBackReason.WRONG_SUBJECT, False, "对象无误")


@pytest.mark.slow
def test_an_auditor_reads_what_was_asked_and_has_no_button(edge: Edge, door: Door, path: str) -> None:
    desk = door.desk(edge.url)
    desk.log_in(edge.token("auditor"), f"{path}/send-back")
    assert desk.page.locator("main button[name=do]").count() == 0

"""In a browser: two officers enter a withdrawal with its paper, and a contested record of another authority is said to stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.domain.case import CaseState
from inspector.flows import eligibility
from inspector.store.store import Store
from tests.browser.test_pages import check
from tests.browser.test_whole_way import step
from tests.browser.visitor import Door
from tests.drawn import drawing
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_bars_again import BAR, entered
from tests.integration.test_ownword import noticed, state
from tests.materials import png

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


def test_two_officers_enter_a_withdrawal_with_the_signed_paper(store: Store, hand: Hand, door: Door, tmp_path: Path) -> None:
    case, held = noticed(store, hand)
    path, paper = f"/notices/{held.id}:notice", tmp_path / "scan.png"
    paper.write_bytes(png())
    with serving(case.office) as edge:
        for name, after in (("王五", CaseState.CLOSED), ("钱七", CaseState.WITHDRAWN)):
            desk = door.desk(edge.url)
            desk.log_in(edge.token("officer", name=name), path)
            check(desk)
            form = desk.page.locator('form:has(button[value="withdraw"])')
            if not form.is_visible():
                desk.page.locator("#way-withdraw").click()
            form.locator('[name="file"]').set_input_files(paper)
            if name == "王五":
                form.locator('[name="words"]').fill("不办了")
            desk.press("登记撤回")
            check(desk)
            assert state(case) is after


def test_a_contested_record_of_another_authority_is_said_to_stand(store: Store, hand: Hand, door: Door) -> None:
    office, _, _ = drawing(store, hand)
    entered(office, BAR)
    with store.begin() as tx:
        eligibility.contest(office, tx, BAR.id, "不是本公司", (), "hall", hand())
    with serving(office) as edge:
        desk = door.desk(edge.url)
        desk.log_in(edge.token("officer", name="李四"), "/review")
        check(desk)
        desk.follow("省税务局 税稽罚〔2026〕3号")
        check(desk)
        assert "不是本公司" in desk.text()
        told = step(desk, "stands", "登记继续有效", note="文书所载代码一致")
        assert "已办结" in told
        check(desk)

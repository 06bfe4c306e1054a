"""The pages on which officers decide are within reach of everybody: as they are found, filled in, and given back for what they lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.domain.case import Outcome
from inspector.domain.proposal import Proposal
from inspector.store.store import Store
from tests.browser.scenes import letter
from tests.browser.test_pages import check
from tests.browser.visitor import Door, Visitor
from tests.edge import Edge, serving
from tests.house import Hand
from tests.integration.test_creditrecords import place
from tests.integration.test_repair_told import asked
from tests.integration.test_withdrawn_found import asks, entered
from tests.proceedings import decided

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]
LANGS = ("zh-Hans", "en")


def whole(desk: Visitor, path: str, *steps: str) -> None:
    """A page in both languages with all of it unfolded; then each step as it comes back for what it lacks."""
    for lang in LANGS:
        desk.open(f"{path}?lang={lang}")
        desk.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        check(desk)
        for step in steps:
            desk.open(f"{path}?lang={lang}")
            desk.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
            for one in desk.page.locator(f'form:has(button[value="{step}"]) textarea').all():
                one.fill("")
            with desk.page.expect_navigation():
                desk.page.locator(f'button[value="{step}"]').click()
            assert desk.alert().inner_text().strip(), (path, step, lang)
            check(desk)


@pytest.mark.parametrize("narrow", [False, True])
def test_a_proceedings_page_from_its_notice_to_its_end(store: Store, hand: Hand, door: Door, *, narrow: bool) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    path = f"/consequences/{case.the(Proposal.REVOKE).id}"
    with serving(case.office) as edge:
        desk = door.phone(edge.url) if narrow else door.desk(edge.url)
        desk.log_in(edge.token("officer", name="孙八"), path)
        whole(desk, path, "notice", "drop")
        case.noticed(case.the(Proposal.REVOKE))
        whole(desk, path, "decision", "statement")
        case.rule(case.the(Proposal.REVOKE), public_interest="不损害公共利益")
        whole(desk, path, "agreement")
        whole(desk, f"/review/{case.case}")


def test_the_pages_of_credit_with_nothing_and_with_all_that_can_be_on_them(
    store: Store, hand: Hand, door: Door, tmp_path: Path
) -> None:
    with place(store, hand, tmp_path) as here, serving(here.office) as edge:
        desk = door.desk(edge.url)
        desk.log_in(edge.token("officer", name="孙八"), "/credit")
        whole(desk, "/credit")
        entry = here.found(2)
        whole(desk, f"/credit/records/{entry}", "object", "annul")
        repaired = asked(here)
        whole(desk, f"/credit/records/{repaired}", "count", "grant")
        objection = here.objects(entry)
        whole(desk, f"/credit/objections/{objection}", "decide", "others")
        whole(desk, "/credit")
        here.decides(objection, "王五", upheld=False)
        whole(desk, f"/credit/objections/{objection}")


def test_a_requests_page_of_an_officer(edge: Edge, door: Door) -> None:
    number, _ = letter(edge.office)
    desk = door.desk(edge.url)
    desk.log_in(edge.token("officer", name="孙八"), "/requests")
    whole(desk, "/requests")
    whole(desk, f"/requests/{number}", "transcribe", "link")


def test_a_withdrawal_and_an_opening_that_lack_something(store: Store, hand: Hand, door: Door) -> None:
    case, _ = entered(store, hand)
    with serving(case.office) as edge:
        desk = door.desk(edge.url)
        path = f"/review/{case.case}"
        desk.log_in(edge.token("officer", name="孙八"), path)
        whole(desk, f"{path}/withdrawal")
        asks(case, edge)
        for lang, send, opens in (("zh-Hans", "答复", "启动"), ("en", "Answer", "Open it")):
            for page, button in ((f"{path}/withdrawal", send), (f"{path}/proceeding", opens)):
                desk.open(f"{page}?lang={lang}")
                check(desk)
                if desk.page.get_by_role("button", name=button, exact=True).count():
                    desk.press(button)
                    assert desk.alert().inner_text()
                    check(desk)

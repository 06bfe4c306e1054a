"""The reply page by the keyboard alone, with scripts and without; and what a clerk reads whose link opens nothing."""

from __future__ import annotations

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.labels import Lang
from tests.browser.scenes import CLERK, letter
from tests.browser.test_pages import check
from tests.browser.test_reply import NAMELESS
from tests.browser.visitor import Door, Visitor
from tests.edge import Edge

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]

_RADIO = "document.activeElement.type === 'radio'"
_CHOSEN = "document.querySelector('input[type=radio]:checked')?.labels[0].innerText.trim()"


def chosen(visitor: Visitor, answer: str) -> None:
    """Reach the answers by Tab, and one of them by the arrows."""
    for _ in range(40):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate(_RADIO):
            break
    visitor.page.keyboard.press("Space")
    for _ in range(6):
        if str(visitor.page.evaluate(_CHOSEN)).startswith(answer):
            return
        visitor.page.keyboard.press("ArrowDown")
    raise AssertionError(f"no way to “{answer}” by the arrows")


def enter(visitor: Visitor, button: str) -> None:
    visitor.tab_to(button)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_by_the_keyboard_alone_a_clerk_answers_is_told_what_lacks_and_answers_well(
    edge: Edge, door: Door, lang: Lang, *, scripts: bool
) -> None:
    request_id, path = letter(edge.office)
    phone = door.phone(edge.url, scripts=scripts)
    answer, value, signer, send = CLERK[lang]
    phone.open(f"{path}?lang={lang}")
    chosen(phone, answer)
    phone.tab_to(signer)
    phone.page.keyboard.type("赵六")
    enter(phone, send)
    assert phone.page.evaluate("document.activeElement.id") == "value", "where to go on typing"
    assert phone.page.get_by_label(value, exact=True).get_attribute("aria-invalid") == "true"
    phone.page.keyboard.type("李某某")
    enter(phone, send)
    with edge.office.store.read() as tx:
        held = tx.assistance.get(request_id)
    assert (held.state, held.reply) == (AssistanceState.ANSWERED, {"verdict": "mismatch", "value": "李某某", "signer": "赵六"})
    assert phone.page.get_by_role("button").count() == 0


@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
@pytest.mark.parametrize("width", ["phone", "desk"])
def test_a_link_that_opens_nothing_says_so_within_reach_of_everybody(edge: Edge, door: Door, lang: Lang, width: str) -> None:
    _, path = letter(edge.office)
    visitor = door.phone(edge.url) if width == "phone" else door.desk(edge.url)
    visitor.open(f"{path[:-1]}?lang={lang}")
    assert visitor.page.get_attribute("html", "lang") == {"zh-Hans": "zh-CN", "en": "en"}[lang]
    assert visitor.alert().count() == 1
    assert "王某某" not in visitor.text(), "nothing of the request is told"
    assert NAMELESS.findall(visitor.page.locator("body").aria_snapshot()) == []
    check(visitor)
    plain = door.phone(edge.url, scripts=False)
    plain.open(f"{path[:-1]}?lang={lang}")
    assert plain.alert().inner_text() == visitor.alert().inner_text()

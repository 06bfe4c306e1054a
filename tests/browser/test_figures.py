"""Two clerks type the figures of a ceremony on their phones; neither sees what the other typed."""

from __future__ import annotations

import pytest

from inspector.store.store import Store
from tests.browser.test_pages import check
from tests.browser.visitor import Door, Visitor
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_draw_way import thrown
from tests.integration.test_figures import waiting

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


def typed(visitor: Visitor, figures: str, button: str) -> str:
    """Type into the field that has the focus, in place of what stands there, and go on to the button; the page that follows."""
    visitor.page.keyboard.press("ControlOrMeta+A")
    visitor.page.keyboard.type(figures)
    visitor.tab_to(button)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    return visitor.text()


@pytest.mark.slow
def test_two_clerks_type_the_figures_without_scripts_or_by_the_keyboard_alone_and_see_whether_they_agree(
    store: Store, hand: Hand, door: Door
) -> None:
    office, held = waiting(store, hand)
    at, right = f"/figures/{held.number}", thrown(held.number)
    field, button = "Figures, as they fell, with blanks between them (26 × 1..6)", "Type these figures"
    with serving(office) as edge:
        plain, keys = door.phone(edge.url, scripts=False), door.phone(edge.url)
        plain.open(at)
        plain.log_in(edge.token("clerk", name="赵"), at)
        assert "26 × 1..6" in plain.text()
        plain.page.locator("textarea").fill("1 2 3")
        assert "共录入 3 个，首个不符的是第 4 个" in plain.press("录入")
        assert plain.page.locator("textarea").input_value() == "1 2 3"
        assert plain.page.locator("textarea").get_attribute("aria-invalid") == "true"
        plain.page.locator("textarea").fill(right)
        assert "等待另一人录入" in plain.press("录入")
        assert held.number in keys.log_in(edge.token("clerk", name="钱"), "/figures")
        check(keys)
        keys.follow(held.number)
        keys.open(f"{at}?lang=en")
        assert keys.page.get_by_label(field).input_value() == ""
        keys.tab_to(field)
        typed(keys, "1 2 3", button)
        assert "3 were given, and the first that does not fit is number 4" in keys.alert().inner_text()
        check(keys)
        assert keys.page.get_by_label(field).evaluate("(field) => field === document.activeElement"), "the browser goes there"
        assert "The two typings agree" in typed(keys, right, button)
        assert "两次录入一致" in plain.open(at)
        settle(office)
        assert "No figures are to be typed: the draw stands at" in keys.open(f"{at}?lang=en")
        assert "No figures are to be typed now" in keys.open("/figures?lang=en")
        check(keys)
        assert "目前没有待录入的数字" in plain.open("/figures")

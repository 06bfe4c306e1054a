"""Two clerks type the figures of a ceremony on their phones; neither sees what the other typed."""

from __future__ import annotations

import pytest

from inspector.store.store import Store
from tests.browser.test_pages import check
from tests.browser.visitor import Door
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_draw_way import thrown
from tests.integration.test_figures import type_them, waiting

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


def test_two_clerks_type_the_figures_on_a_phone_without_scripts_and_see_whether_they_agree(
    store: Store, hand: Hand, door: Door
) -> None:
    office, held = waiting(store, hand)
    at, right = f"/figures/{held.number}", thrown(held.number)
    with serving(office) as edge:
        first, second = (door.phone(edge.url, scripts=False) for _ in range(2))
        for clerk, name in ((first, "赵"), (second, "钱")):
            clerk.open(at)
            clerk.log_in(edge.token("clerk", name=name), at)
        assert "26 × 1..6" in first.text()
        first.page.locator("textarea").fill("1 2 3")
        assert "共录入 3 个，首个不符的是第 4 个" in first.press("录入")
        assert first.page.locator("textarea").input_value() == "1 2 3"
        assert first.page.locator("textarea").get_attribute("aria-invalid") == "true"
        first.page.locator("textarea").fill(right)
        assert "等待另一人录入" in first.press("录入")
        assert second.page.locator("textarea").input_value() == ""
        second.page.locator("textarea").fill(right)
        assert "两次录入一致" in second.press("录入")
        assert "No figures are to be typed" not in second.open(f"{at}?lang=en")
        assert "Figures of the ceremonies" in second.open("/figures?lang=en")


def test_figures_are_typed_by_the_keyboard_alone_on_pages_within_reach_of_everybody(store: Store, hand: Hand, door: Door) -> None:
    office, held = waiting(store, hand)
    at, field = f"/figures/{held.number}", "Figures, as they fell, with blanks between them (26 × 1..6)"
    with serving(office) as edge:
        phone = door.phone(edge.url)
        assert held.number in phone.log_in(edge.token("clerk", name="孙"), "/figures")
        check(phone)
        phone.follow(held.number)
        check(phone)
        phone.open(f"{at}?lang=en")
        phone.tab_to(field)
        phone.page.keyboard.type("1 2 3")
        phone.tab_to("Type these figures")
        with phone.page.expect_navigation():
            phone.page.keyboard.press("Enter")
        assert "3 were given, and the first that does not fit is number 4" in phone.alert().inner_text()
        assert phone.page.get_by_label(field).input_value() == "1 2 3"
        check(phone)
        for person in ("赵", "钱"):
            type_them(office, held.number, person)
        settle(office)
        assert "No figures are to be typed: the draw stands at" in phone.open(f"{at}?lang=en")
        check(phone)
        assert "目前没有待录入的数字" in phone.open("/figures?lang=zh-Hans")
        assert "No figures are to be typed now" in phone.open("/figures?lang=en")
        check(phone)

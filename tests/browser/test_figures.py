"""Two clerks type the figures of a ceremony on their phones; neither sees what the other typed."""

from __future__ import annotations

import pytest

from inspector.store.store import Store
from tests.browser.visitor import Door
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_draw_way import thrown
from tests.integration.test_figures import waiting

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

"""An inspector's pages in every state, refused ones too, in both languages: no barrier that axe knows, and light (issue 6, show 3)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from inspector.labels import Lang, label
from tests.browser.scenes import Visit
from tests.browser.test_pages import check
from tests.browser.test_signal import LOST, signal
from tests.browser.test_signedin import WEIGHT
from tests.browser.visitor import Door, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]
LANGUAGES: tuple[Lang, ...] = ("zh-Hans", "en")
TAGS = {"zh-Hans": "zh-CN", "en": "en"}
FORMS = ("send_result", "send_attempt", "send_door_challenge", "send_arrival", "send_decline")
"""What can be sent from the page of an assignment that was accepted; with nothing filled in each is refused in words."""


def light(phone: Visitor) -> None:
    """No barrier, in this language to the last word that says so, and no more than 100 kB with all that the page brings along."""
    check(phone)
    assert sum(phone.page.evaluate(WEIGHT)) < 100_000, phone.page.url


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_assignment_in_every_state_and_with_each_form_refused(visit: Visit, door: Door, lang: Lang) -> None:
    phone, mate = (door.phone(visit.edge.url) for _ in range(2))
    phone.open(f"{visit.first}?lang={lang}")
    light(phone)
    phone.press(label("ui.send_decline", lang))
    assert phone.alert().is_visible()
    light(phone)
    phone.press(label("ui.accept", lang))
    light(phone)
    mate.open(f"{visit.second}?lang={lang}")
    mate.press(label("ui.accept", lang))
    for word in FORMS:
        phone.open(f"{visit.first}?lang={lang}")
        phone.page.get_by_role("button", name=label(f"ui.{word}", lang), exact=True).click()
        expect(phone.alert(), word).not_to_be_empty()  # by the house, or by the page's own script at once
        assert phone.page.locator("html").get_attribute("lang") == TAGS[lang]
        assert phone.page.locator("[aria-describedby~=trouble], [aria-errormessage=phone-trouble]").count(), (
            f"{word}: which field?"
        )
        expect(phone.page.locator(":is(input, textarea, select):focus"), f"{word}: the browser goes there").to_have_count(1)
        light(phone)
    for page in ("/code", "/notice"):
        phone.open(f"{visit.first}{page}?lang={lang}")
        light(phone)
    for refused in (visit.first, visit.first[:-4], f"{visit.first}/code", f"{visit.first}/notice"):
        other = door.phone(visit.edge.url)
        other.open(f"{refused}?lang={lang}")
        light(other)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_signal_each_form_that_lacks_something_says_so_at_its_field(visit: Visit, door: Door, lang: Lang) -> None:
    phone = door.phone(visit.edge.url)
    phone.pardoned = LOST
    phone.open(f"{visit.first}?lang={lang}")
    phone.press(label("ui.accept", lang))
    mate = door.phone(visit.edge.url)
    mate.open(f"{visit.second}?lang={lang}")
    mate.press(label("ui.accept", lang))
    phone.open(f"{visit.first}?lang={lang}")
    phone.page.get_by_text(label("phone.ready", lang)).wait_for()
    signal(phone, there=False)
    phone.page.reload()
    check(phone)
    for word in ("send_result", "send_attempt", "send_arrival"):
        phone.page.get_by_role("button", name=label(f"ui.{word}", lang), exact=True).click()
        expect(phone.alert(), word).not_to_be_empty()
        assert phone.page.evaluate("document.activeElement.matches('input, textarea, select')"), f"{word}: without signal too"
        check(phone)

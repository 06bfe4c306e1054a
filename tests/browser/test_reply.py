"""The reply page as a clerk meets it: not begun, filled in, in error and over; in both languages, on a phone and at a desk."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from inspector.labels import Lang
from tests.browser.scenes import BEHIND, CLERK, answering, letter, link, unnumbered
from tests.browser.test_pages import check
from tests.browser.visitor import Door, Visitor
from tests.edge import Edge
from tests.house import Hand, settle

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]

FORMS = {
    "zh-Hans": (
        "答复",
        "不能协助",
        "受理",
        "应由其他机关办理",
        "另定答复日期",
        "延长一次期限",
        "办理有困难",
        "先答复一部分",
        "提出争议",
    ),
    "en": (
        *("Answer", "We cannot help", "Take the request on", "Another agency is competent"),
        *("Propose another date", "Take longer once", "There is a difficulty", "Answer a part now", "Dispute"),
    ),
}
ASKED = ("落户地址房屋权利人为申请人", "王某某", "〔2021〕4号")
GLANCE = {
    "zh-Hans": (*ASKED, "请在 2026-03-05 17:30 前答复", "依据", "报共同上级协调", "未答复的"),
    "en": (*ASKED, "answer by 2026-03-05 17:30", "Legal basis", "common superior", "If no answer comes"),
}
"""Before the first field: what is asked, what was promised, on which basis, by when, and what comes of silence."""
NAMELESS = re.compile(r"- (textbox|combobox|radio|checkbox|button|link|form)(?: \[[^]]*\])*:?$", re.MULTILINE)
_AT = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
    return [at.tagName, box.top + scrollY, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, at.innerText];
}"""


def forms_named(visitor: Visitor, lang: str) -> None:
    """A screen reader can tell the page's forms apart, and every control of each has a name."""
    for name in FORMS[lang]:
        assert visitor.page.get_by_role("form", name=name, exact=True).count() == 1, name
    told = visitor.page.locator("body").aria_snapshot()
    assert NAMELESS.findall(told) == [], told
    answers = visitor.page.get_by_role("group", name=visitor.page.locator("legend").inner_text(), exact=True)
    assert answers.get_by_role("radio").count() == 5


def walked(visitor: Visitor) -> list[str]:
    """The buttons that the keyboard comes by: top to bottom, the focus always seen."""
    visitor.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    last = -1.0
    buttons: list[str] = []
    for _ in range(80):
        visitor.page.keyboard.press("Tab")
        tag, top, seen, text = visitor.page.evaluate(_AT)
        if tag == "BODY":
            return buttons
        assert seen, text
        assert top >= last - 30, f"the focus jumps up to {text or tag}"  # the two links of the head stand on one line
        last = top
        buttons += [text] if tag == "BUTTON" else []
    raise AssertionError("the keyboard never leaves the page")


@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
@pytest.mark.parametrize("width", ["phone", "desk"])
def test_the_page_is_within_reach_of_everybody_before_in_and_after_an_answer(
    edge: Edge, door: Door, lang: Lang, width: str
) -> None:
    _, path = letter(edge.office)
    visitor = door.phone(edge.url) if width == "phone" else door.desk(edge.url)
    *_, value, signer, send = CLERK[lang]
    for state in answering(visitor, path, lang):
        text = visitor.text()
        if state != "populated":  # the page of before, on which everything was opened
            pictured = json.loads(BEHIND.read_text(encoding="utf-8"))[f"{state}-{lang}"]
            assert unnumbered(text) == pictured, "mend: python -m tests.browser.pictures agency"
        if state == "empty":
            before, legend, _ = text.partition(visitor.page.locator("legend").inner_text())
            assert legend
            assert [one for one in GLANCE[lang] if one not in before] == []
        if state == "error":
            field = visitor.page.get_by_label(value, exact=True)
            expect(field).to_be_focused()
            expect(field).to_have_accessible_description(visitor.alert().inner_text())
            assert visitor.page.get_by_label(signer, exact=True).first.input_value() == "赵六"
        check(visitor)
        for way in visitor.page.locator("details").all():
            way.evaluate("one => one.open = true")
        forms_named(visitor, lang)
        check(visitor)
        assert len(walked(visitor)) == len(FORMS[lang])
    visitor.fill(value, "李某某")
    visitor.press(send)
    pictured = json.loads(BEHIND.read_text(encoding="utf-8"))[f"answered-{lang}"]
    assert unnumbered(visitor.text()) == pictured, "mend: python -m tests.browser.pictures agency"
    check(visitor)
    assert visitor.page.get_by_role("form").count() == 0
    assert visitor.page.get_by_text(GLANCE[lang][-1]).count() == 0, "nothing comes of a silence that is over"


@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_what_comes_of_silence_is_told_step_by_step_and_the_superiors_page_is_within_reach(
    edge: Edge, hand: Hand, door: Door, lang: str
) -> None:
    request_id, path = letter(edge.office)
    settle(edge.office)
    phone = door.phone(edge.url)
    above, ends = {
        "zh-Hans": ("至 2026-03-06 17:30 仍未答复的，", "仍未答复的，本请求结束"),
        "en": ("Without an answer by 2026-03-06 17:30 ", "the request ends and we verify in another way"),
    }[lang]
    assert above in phone.open(f"{path}?lang={lang}")
    hand.on(days=5)
    settle(edge.office)
    after = phone.open(f"{path}?lang={lang}")
    assert above not in after
    assert ends in after
    check(phone)
    phone.open(link(edge.office, "oversee", request_id) + f"?lang={lang}")
    check(phone)
    hand.on(days=28)
    settle(edge.office)
    assert ends not in phone.open(f"{path}?lang={lang}"), "the request is over"
    check(phone)

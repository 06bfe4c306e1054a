"""What holds for every page: within reach of everybody, harmless whatever people type, and no need of scripts."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.scenes import FIRM, Visit, doubt, letter
from tests.browser.visitor import Door, Visitor
from tests.edge import Edge

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]

NAUGHTY = [
    "\"'><script>alert(1)</script>",
    "<img src=x onerror=alert(1)> javascript:alert(1)",
    "{{ 7*7 }} {% raw %} ${7*7} {name} %s &amp;",
    "𠮷野家👩‍👩‍👧🏳️‍🌈 Ünïcödé",
    "\u202eنص عربي טקסט\u202d مقلوب",
    "很长的名字没有空格" * 11 + "x" * 90,
]
MADE = "img, script"
"""What a page of ours never holds, and what those texts would bring in."""
RULES: dict[str, dict[str, object]] = {
    "light": {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast"]},
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_LOW = """() => [...document.querySelectorAll("button, select, textarea, header a, input:not([type=hidden])")]
    .map((one) => one.closest("label") ?? one).filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"""


def check(visitor: Visitor) -> None:
    """No fault that axe knows, in light and in dark; and a finger hits what it means."""
    for scheme in SCHEMES:
        visitor.page.emulate_media(color_scheme=scheme)
        found = Axe().run(visitor.page, options=RULES[scheme]).response["violations"]
        assert [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]] == [], visitor.page.url
    assert visitor.page.evaluate(_LOW) == [], visitor.page.url


def test_letters_and_plain_pages_are_within_reach_of_everybody(edge: Edge, door: Door) -> None:
    _, path = letter(edge.office)
    phone = door.phone(edge.url)
    for page in ("/", "/login", "/assist/cut", "/ops", path):
        phone.open(page)
        check(phone)
    phone.press("说明理由并提交")
    check(phone)


def test_the_officers_pages_are_within_reach_of_everybody(edge: Edge, door: Door) -> None:
    path = doubt(edge.office)
    phone = door.phone(edge.url)
    phone.log_in(edge.token("officer"))
    check(phone)
    phone.open(f"{path}?lang=en")
    phone.press("Decide")
    check(phone)


@pytest.mark.slow
def test_the_inspectors_page_is_within_reach_of_everybody(visit: Visit, door: Door) -> None:
    phone = door.phone(visit.edge.url)
    for path in (visit.first, visit.second):
        phone.open(path)
        check(phone)
        phone.press("接受任务")
        check(phone)
    phone.press("提交结果")
    check(phone)
    phone.press("记下这次联系")
    assert phone.alert().inner_text() == "请写明联系的地址或者号码及结果"
    check(phone)
    phone.fill("联系的地址或者号码及结果", "大门紧锁")
    phone.press("记下这次联系")
    check(phone)
    for lang in ("zh-Hans", "en"):
        assert FIRM in phone.open(f"{visit.first}/notice?lang={lang}")
        check(phone)
    phone.open(visit.second + "?lang=zh-Hans")
    phone.choose("一致")
    phone.press("提交结果")
    check(phone)


@pytest.mark.slow
def test_what_people_type_is_shown_as_it_is_and_does_nothing(edge: Edge, door: Door) -> None:
    phone = door.phone(edge.url)
    cases = {text: doubt(edge.office, number, name=text, value=text) for number, text in enumerate(NAUGHTY)}
    listed = phone.log_in(edge.token("officer"))
    for number, text in enumerate(NAUGHTY):
        assert text in listed
        assert phone.open(cases[text]).count(text) >= 2, text
        phone.fill("理由", text)
        phone.press("作出决定")
        assert phone.page.get_by_label("理由").input_value() == text
        assert phone.page.locator(MADE).count() == 0, text
        _, link = letter(edge.office, 100 + number, value=text)
        assert text in phone.open(link), text
        phone.page.locator("#signer2").fill(text)
        phone.fill("理由", text)
        phone.page.locator("#inability").select_option("NOT_HELD")
        assert phone.press("说明理由并提交").count(text) >= 3, text
        assert phone.page.locator(MADE).count() == 0, text


@pytest.mark.slow
def test_an_officer_can_work_without_scripts(edge: Edge, door: Door) -> None:
    path = doubt(edge.office)
    plain = door.desk(edge.url, scripts=False)
    plain.log_in(edge.token("officer"), path)
    plain.press("作出决定")
    assert plain.alert().inner_text() == "请选择结论；请填写理由"
    plain.page.get_by_label("结论").select_option(label="属实")
    plain.fill("理由", "已核对")
    plain.press("作出决定")
    assert plain.now().startswith("已结束 · 属实")


@pytest.mark.slow
def test_an_inspector_can_work_without_scripts(visit: Visit, door: Door) -> None:
    phone = door.phone(visit.edge.url, scripts=False)
    phone.open(visit.first)
    phone.press("接受任务")
    assert "您已接受任务" in phone.now()


@pytest.mark.slow
def test_a_clerk_can_work_without_scripts(edge: Edge, door: Door) -> None:
    _, path = letter(edge.office)
    plain = door.desk(edge.url, scripts=False)
    plain.open(path)
    plain.choose("无记录")
    plain.fill("签署人", "赵六")
    plain.press("提交答复")
    assert "已收到贵机关的答复" in plain.now()

"""The pages around signing in are within reach of everybody: populated, empty and refused, in both languages, and light for a phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inspector.signin import Entrance
from inspector.store.admissions import Admission
from tests.browser.scenes import OPEN_OPS, Visit
from tests.browser.test_pages import check
from tests.browser.visitor import Door, Visitor
from tests.edge import serving
from tests.integration.test_signin import SAYS, gateway

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]
LANGUAGES = ("zh-Hans", "en")
WEIGHT = (
    "Promise.all([location.href, ...[...document.querySelectorAll('link[href], script[src]')].map((one) => one.href || one.src)]"
    ".map((one) => fetch(one).then((got) => got.arrayBuffer()).then((got) => got.byteLength)))"
)


def seen(phone: Visitor, path: str, *words: str) -> None:
    """A page in both languages, and its weight with all that it brings along."""
    for lang, word in zip(LANGUAGES, words, strict=True):
        assert word in phone.open(f"{path}?lang={lang}")
        check(phone)
    assert sum(phone.page.evaluate(WEIGHT)) < 100_000


def test_an_inspectors_list_and_sessions_are_within_reach_of_everybody(visit: Visit, door: Door) -> None:
    phone = door.phone(visit.edge.url)
    phone.open(visit.first)
    phone.press("查看我的全部任务")
    seen(phone, "/mine", "我的任务", "My assignments")
    assert phone.page.get_by_role("row").count() == 2
    seen(phone, "/sessions", "结束登录", "End")
    phone.page.evaluate("document.querySelector('button[name=session]').value = 'none'")
    with phone.page.expect_navigation():
        phone.page.locator("button[name=session]").click()
    assert "none" in phone.text()
    check(phone)


def test_the_login_is_within_reach_of_everybody_with_every_way_there_is_and_when_it_refuses(visit: Visit, door: Door) -> None:
    office = replace(visit.edge.office, entrance=Entrance(gateway=gateway("127.0.0.1/32")))
    now = datetime.now(UTC)
    told = {"id": "", "via": "gateway", "issuer": "", "subject": "u-7", "name": "李四", "agency": "bureau", "role": "inspector"}
    with office.store.begin() as tx:
        idle = next(one.id for one in tx.rosters.inspectors("bureau") if not tx.visits.open_seats_of("bureau", one.id))
        tx.admissions.admit(Admission(**told, inspector=idle, expires_at=now + timedelta(days=1)), now)
    with serving(office, OPEN_OPS) as edge:
        phone = door.phone(edge.url)
        seen(phone, "/login", "登录", "Log in")
        for lang, button in zip(LANGUAGES, ("登录", "Log in"), strict=True):
            phone.open(f"/login?lang={lang}")
            phone.page.locator("#token").fill("no such token")
            phone.press(button)
            assert phone.alert().is_visible()
            check(phone)
        phone.page.set_extra_http_headers(SAYS | {"X-Gateway-User": "u-8"})
        for lang, button in zip(LANGUAGES, ("以u-8登录（统一身份认证）", "Log in as u-8 (single sign-on)"), strict=True):
            phone.open(f"/login?lang={lang}")
            check(phone)
            phone.press(button)
            check(phone)
        phone.page.set_extra_http_headers(SAYS)
        phone.open("/login")
        phone.page.get_by_role("button", name="以u-7登录（统一身份认证）").click()
        phone.page.wait_for_url("**/mine*")  # by way of a page that says that one is in
        seen(phone, "/mine", "您没有待办任务", "You have no open assignment")
        assert phone.page.get_by_role("row").count() == 0

"""Whoever looks after the house reads in words how it stands, and the page keeps itself up to date."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from inspector.web import ops
from tests.browser.scenes import Visit, doubt
from tests.browser.visitor import Door
from tests.edge import Edge
from tests.integration.test_published import made

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]

HEARD = """(times) => new Promise((heard) => {
    stream.addEventListener("message", () => { times -= 1; if (times === 0) heard(); });
})"""
"""Until the page has heard from the house so many times."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page hears from the house, and comes back to it, sooner than in an office."""
    monkeypatch.setattr(ops, "_EVERY", 0.2)
    monkeypatch.setattr(ops, "_AGAIN", 50)


def test_the_numbers_change_while_one_looks_in_both_languages(edge: Edge, door: Door) -> None:
    doubt(edge.office)
    phone, desk = door.phone(edge.url), door.desk(edge.url)
    assert "待复核：1" in phone.open("/ops")
    text = desk.open("/ops?lang=en")
    assert "Waits for an officer: 1" in text
    assert "ops." not in text, "everything has words"
    doubt(edge.office, 2)
    expect(phone.page.locator("#live")).to_contain_text("待复核：2")
    expect(desk.page.locator("#live")).to_contain_text("Waits for an officer: 2")


@pytest.mark.slow
def test_what_is_being_read_stays_where_it_is_while_nothing_changes(edge: Edge, door: Door) -> None:
    desk = door.desk(edge.url)
    desk.open("/ops")
    desk.page.evaluate(HEARD, 1)
    reading = desk.page.locator("#live section").first.element_handle()
    desk.page.evaluate(HEARD, 2)
    assert reading.evaluate("(section) => section.isConnected")


@pytest.mark.slow
def test_a_stream_that_ends_is_taken_up_again_without_alarm(edge: Edge, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ops, "_LASTS", 0.2)
    desk = door.desk(edge.url)
    desk.open("/ops")
    for _ in range(3):
        desk.page.wait_for_event("response", lambda answer: answer.url.endswith("/ops/stream"))
    doubt(edge.office)
    expect(desk.page.locator("#live")).to_contain_text("待复核：1")
    assert desk.now() == "本页自动更新"


@pytest.mark.slow
def test_a_lost_connection_is_said_instead_of_showing_old_numbers_as_new(edge: Edge, door: Door) -> None:
    desk = door.desk(edge.url)
    with desk.page.expect_response("**/ops/stream"):
        desk.open("/ops")
    desk.pardoned = "net::ERR_"
    edge.server.stop()
    expect(desk.page.get_by_role("status")).to_contain_text("连接已断开")


@pytest.mark.slow
def test_what_waits_for_a_person_stands_out(edge: Edge, door: Door) -> None:
    with edge.office.store.begin() as tx:
        tx.attention.open("visit_overdue", "bureau", "v1", {}, edge.office.now())
    desk = door.desk(edge.url)
    desk.open("/ops")
    assert "需要人工处理" in desk.page.locator("section.loud").inner_text()
    assert "逾期的检查：1" in desk.page.locator("section.loud").inner_text()


@pytest.mark.slow
def test_without_scripts_the_page_has_the_numbers_and_reloads(edge: Edge, door: Door) -> None:
    doubt(edge.office)
    plain = door.desk(edge.url, scripts=False)
    assert "待复核：1" in plain.open("/ops")
    assert plain.page.locator("meta[http-equiv=refresh]").get_attribute("content") == "5"


@pytest.mark.slow
def test_a_draws_report_is_found_from_the_ops_page_and_read_on_a_phone(visit: Visit, door: Door) -> None:
    with visit.edge.office.store.read() as tx:
        (held,) = tx.draws.page(None)
    made(visit.edge.office, visit.hand, held.number)
    phone, desk = door.phone(visit.edge.url), door.desk(visit.edge.url)
    phone.open("/ops")
    phone.follow("抽查报告")
    assert f"抽取 {held.number} 的报告" in phone.follow(held.number)
    assert "100.00 %" in phone.text()
    assert "report." not in desk.open(f"/ops/draws/{held.number}?lang=en"), "everything has words"


@pytest.mark.slow
def test_what_was_opened_stays_open_while_the_numbers_change_and_nothing_is_wider_than_a_narrow_screen(
    edge: Edge, door: Door
) -> None:
    desk = door.desk(edge.url)
    desk.page.set_viewport_size({"width": 320, "height": 700})
    desk.open("/ops")
    opened = desk.page.locator("#weeks-words")
    opened.locator("summary").click()
    doubt(edge.office)
    expect(desk.page.locator("#live")).to_contain_text("待复核：1")
    expect(opened).to_have_attribute("open", "")
    expect(opened.locator("summary")).to_be_focused()
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 320

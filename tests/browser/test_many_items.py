"""A visit that serves many items of one firm: its page, accepted and with everything in it, stays light (issue 6, show 3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from inspector.domain.policy import Policy
from inspector.flows import dispatch
from inspector.flows.seated import by_name
from inspector.labels import label
from tests.browser.scenes import FIRM, OPEN_OPS, Visit
from tests.browser.test_pages import check
from tests.browser.test_seatstates import LANGUAGES, light
from tests.browser.visitor import Door
from tests.edge import Edge, serving
from tests.house import application, post, settle
from tests.integration.test_draw_way import FACTS

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]
MANY = 12
ITEM = "dispatch-premises"


def manifold(pack: Policy) -> Policy:
    """The pack with as many items as the visit serves, each with a name of its own."""
    if ITEM not in pack.items:
        return pack
    more = {
        f"{ITEM}-{n}": replace(pack.items[ITEM], code=f"{ITEM}-{n}", name=f"{pack.items[ITEM].name}{n}")
        for n in range(2, MANY + 1)
    }
    return replace(pack, items={**pack.items, **more})


@contextmanager
def serving_many(visit: Visit) -> Iterator[Edge]:
    """The same visit, accepted by its team; eleven more cases of the firm go along, each with a fact in question."""
    office, book = visit.edge.office, visit.edge.office.book
    office = replace(office, book=replace(book, packs=tuple(map(manifold, book.packs))))
    for n in range(2, MANY + 1):
        post(office, application(1, f"{ITEM}-{n}", FACTS, subject_name=FIRM, reference=f"R-9{n:05d}"))
    settle(office)
    with office.store.begin() as tx:
        for path in (visit.first, visit.second):
            _, seat = by_name(tx, path.split("/")[2], lock=True)
            dispatch.accept(tx, seat.name, visit.hand())
    with serving(office, OPEN_OPS) as edge:
        yield edge


def test_a_visit_of_twelve_items_is_no_heavier_than_any_page_may_be_and_every_item_has_all_its_boxes(
    visit: Visit, door: Door
) -> None:
    with serving_many(visit) as edge:
        phone = door.phone(edge.url)
        page = phone.page
        for lang in LANGUAGES:
            phone.open(f"{visit.first}?lang={lang}")
            assert page.locator("#result fieldset[data-fact]").count() == MANY
            boxes = page.locator("details[data-item]").evaluate_all(
                "all => all.map(one => one.querySelectorAll('input[type=checkbox]').length)"
            )
            assert len(boxes) == MANY
            assert len({*boxes}) == 1
            assert boxes[0] > 20
            light(phone)
        page.get_by_text(label("phone.ready", "en")).wait_for()
        item = page.locator(f"details[data-item={ITEM}-12]")
        item.locator("summary").click()
        item.locator("input[value=moved]").check()
        check(phone)
        page.reload()
        expect(
            page.locator(f"details[data-item={ITEM}-12] input[value=moved]"), "what is ticked outlives a reload"
        ).to_be_checked()
        expect(page.locator(f"details[data-item={ITEM}-11] input[value=moved]")).not_to_be_checked()
        page.locator("#result button[name=do][value=result]").click()
        expect(phone.alert(), "refused by the house: no fact is answered").not_to_be_empty()
        expect(page.locator(f"details[data-item={ITEM}-12] input[value=moved]")).to_be_checked()
        light(phone)


def test_without_scripts_each_item_s_boxes_are_a_press_away_and_what_was_ticked_stays(visit: Visit, door: Door) -> None:
    with serving_many(visit) as edge:
        plain = door.phone(edge.url, scripts=False)
        page = plain.page
        plain.open(visit.first)
        item = page.locator(f"details[data-item={ITEM}-12]")
        for number in (12, 11):
            other = page.locator(f"details[data-item={ITEM}-{number}]")
            other.locator("summary").click()
            other.get_by_role("button", name=label("ui.sheet_open", "zh-Hans")).click()
            page.locator(f"details[data-item={ITEM}-{number}] input[value=moved]").check()
        expect(item.locator("input[value=moved]")).to_be_checked()
        with edge.office.store.read() as tx:
            held, seat = by_name(tx, visit.first.split("/")[2])
            assert tx.fieldnotes.notes(held.id, seat.agency) == [], "nothing was sent by it"
        for about in held.doubts:
            page.locator(f"[name='verdict:{about.case_id}:{about.claim}'][value=match]").check()
        page.locator("input[name=seen][value=NOTHING]").check()
        page.locator("#result button[name=do][value=result]").click()
        with edge.office.store.read() as tx:
            (note,) = tx.fieldnotes.notes(held.id, seat.agency)
        assert [(row.item, row.outcomes) for row in note.sheet.rows] == [(f"{ITEM}-{n}", ("moved",)) for n in (11, 12)]

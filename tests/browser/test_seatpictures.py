"""The inspector's page says what its pictures in the docs say: before accepting, accepted, lacking something, and the firm's notice."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from inspector.domain.visit import SeatState, VisitState
from inspector.labels import Lang, label
from inspector.store.store import Store
from tests.browser.pictures import FIRMS
from tests.browser.scenes import DAY, Visit, anybody, assigned, visiting
from tests.browser.test_seatstates import light
from tests.browser.visitor import Door
from tests.house import Hand

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium"), pytest.mark.slow]


@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_the_pictures_of_the_page_are_of_today(store: Store, hand: Hand, door: Door, lang: Lang) -> None:
    with visiting(store, hand, subject_name=FIRMS[1], subject_code="91000000MA0000001R") as visit:
        phone, mate = door.phone(visit.edge.url), door.phone(visit.edge.url)
        for state in assigned(phone, mate, visit, lang):
            if state != "waiting":  # which tells the phone's own time
                pictured = json.loads(DAY.read_text(encoding="utf-8"))[f"{state}-{lang}"]
                assert anybody(phone.text()) == pictured, "mend: python -m tests.browser.pictures assignment"
            if state == "asked":
                told = phone.page.locator("button", has_text="接受任务" if lang == "zh-Hans" else "Accept").bounding_box()
                lies = phone.page.locator("#outbox").bounding_box()
                assert told is not None
                assert lies is not None
                light(phone)  # the other states are held to that by `test_seatstates`
                assert told["y"] < lies["y"], "what is accepted stands above the button, and nothing else between"


def test_that_nothing_waits_is_said_once_also_when_the_assignment_is_over(visit: Visit, door: Door) -> None:
    phone = door.phone(visit.edge.url)
    none = label("phone.none", "zh-Hans")
    phone.open(visit.first)
    phone.page.locator("#outbox-count", has_text=none).wait_for()
    assert phone.text().count(none) == 1
    with visit.edge.office.store.begin() as tx:
        held = tx.visits.get(visit.first.split("/")[2].split(":", maxsplit=1)[0], lock=True)
        tx.visits.put(replace(held, state=VisitState.CANCELLED))
        for seat in tx.visits.team(held.id):
            tx.visits.put_seat(replace(seat, state=SeatState.CANCELLED), seat.state)
    phone.open(visit.first)
    phone.page.locator("#outbox-count", has_text=none).wait_for()
    phone.page.wait_for_timeout(1_000)  # what the page says of itself comes behind its own storage
    assert phone.text().count(none) == 1

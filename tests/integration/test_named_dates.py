"""Both sides see what became of a date that the agency has named before it extended, or disputed; the matter follows it."""

from __future__ import annotations

from datetime import date

import pytest

from inspector.domain.assistance import AssistanceState, Quarrel
from inspector.flows import assist, unsettled
from inspector.flows.office import Office
from inspector.labels import label
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_forms import logged_in
from tests.integration.test_letters import Desk, an_office, opened, request_of

pytestmark = pytest.mark.alike

FAR, NEAR = date(2026, 6, 30), date(2026, 3, 5)


def waits(office: Office) -> bool:
    """Whether a date waits for an officer's word."""
    with office.store.read() as tx:
        return bool(tx.attention.standing(unsettled.DATE_PROPOSED))


def test_a_date_waits_on_behind_an_extension_rests_while_the_superior_decides_and_is_then_asked_about_again(
    store: Store, hand: Hand
) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")})
    request = request_of(store, opened(office))
    settle(office)
    with serving(office) as edge, edge.client() as browser:
        link, path = f"/assist/{request.id}/{office.link_token('assist', request.id)}", f"/requests/{request.id}"
        logged_in(edge, browser)
        with store.begin() as tx:
            assist.propose_date(office, tx, request.id, FAR, "档案移交", "王五", hand())
            assist.extend(office, tx, request.id, "人手不足", "王五", hand())
        assert waits(office)
        assert request_of(store, request.case_id).due_at > request.due_at
        shown = browser.get(f"{path}?lang=en").text
        assert 'value="agree"' in shown
        for rule in ("propose", "extend"):
            assert label(f"rule.assistance.{rule}", "en") in shown, "both words are on the page"
        with store.begin() as tx:
            assist.contest(office, tx, request.id, Quarrel.GROUND, "没有依据", "王五", hand())
        rests = label("ui.proposed_rests", "zh-Hans")
        shown = browser.get(f"{path}?lang=zh-Hans").text
        assert (waits(office), rests in shown, 'value="agree"' in shown) == (False, True, False)
        assert rests in browser.get(f"{link}?lang=zh-Hans").text
        with store.begin() as tx:
            assist.decide(office, tx, request.id, True, "应当协助", "县政府办", hand())
        assert waits(office)
        assert 'value="agree"' in browser.get(path).text
        with store.begin() as tx:
            assist.agree_date(office, tx, request.id, office.calendar.closing(FAR), "李四", hand())
    held = request_of(store, request.case_id)
    assert (held.due_at, held.state, waits(office)) == (office.calendar.closing(FAR), AssistanceState.ACCEPTED, False)


def test_a_date_that_the_extension_reaches_waits_for_nobody_and_both_sides_are_told(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs")})
    request = request_of(store, opened(office))
    settle(office)
    with store.begin() as tx:
        assist.propose_date(office, tx, request.id, NEAR, "档案移交", "王五", hand())
        assist.extend(office, tx, request.id, "人手不足", "王五", hand())
    assert not waits(office)
    assert request_of(store, request.case_id).state is AssistanceState.EXTENDED
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        for lang in ("en", "zh-Hans"):
            for path in (f"/assist/{request.id}/{office.link_token('assist', request.id)}", f"/requests/{request.id}"):
                shown = browser.get(f"{path}?lang={lang}").text
                assert label("rule.assistance.met", lang) in shown
                assert NEAR.isoformat() in shown

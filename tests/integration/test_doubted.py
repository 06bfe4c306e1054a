"""An order to rectify whose outcome fell asks nobody for a re-check: an officer says whether it stands, by what can be done."""

from __future__ import annotations

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, ConsequenceState, Stage
from inspector.domain.proposal import Proposal
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def fallen(store: Store, hand: Hand) -> tuple[Proceeding, Consequence]:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    case.impose(case.the(Proposal.ORDER_RECTIFY))
    hand.on(days=1)
    case.speaks_for()
    return case, case.the(Proposal.ORDER_RECTIFY)


def test_its_page_offers_what_can_be_done_and_no_clock_asks_for_the_re_check(store: Store, hand: Hand) -> None:
    case, order = fallen(store, hand)
    assert (order.state, order.stage) == (ConsequenceState.IMPOSED, Stage.WEIGH)
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/consequences/{order.id}").text
        offered = [name for name in ("annulment", "objection", "recheck", "wish") if f'value="{name}"' in page]
        assert offered == ["annulment", "objection"]
        hand.on(days=60)
        settle(case.office)
        assert {one["step"] for one in case.matters("consequence_due") if one["proposal"] == "ORDER_RECTIFY"} == {"WEIGH"}
        annulled = send(browser, f"/consequences/{order.id}", "annulment", why="CORRECTION", document="更正1号")
        assert annulled.status_code == 303, annulled.text
    assert case.the(Proposal.ORDER_RECTIFY).state is ConsequenceState.ANNULLED
    assert (case.matters("consequence_due"), case.matters("consequence_shaken")) == ([], [])


def test_decided_again_as_before_it_stands_and_its_re_check_is_due_not_sooner_than_the_pack_gives_time(
    store: Store, hand: Hand
) -> None:
    case, order = fallen(store, hand)
    hand.on(days=60)
    case.decide(Outcome.UNTRUE_CURABLE)
    (again,) = [one for one in case.all() if one.id == order.id]
    assert again.stage is Stage.RECHECK
    assert again.due_at is not None
    assert again.due_at > hand(), "nobody is late by the time in which it was in doubt"
    assert case.matters("consequence_shaken") == []
    assert case.look(again, good=False).state is ConsequenceState.FAILED


def test_decided_otherwise_it_stays_a_persons_to_annul(store: Store, hand: Hand) -> None:
    case, order = fallen(store, hand)
    case.decide(Outcome.FALSE_KNOWING)
    (left,) = [one for one in case.all() if one.id == order.id]
    assert (left.stage, [one["proposal"] for one in case.matters("consequence_shaken")]) == (Stage.WEIGH, ["ORDER_RECTIFY"])
    case.annul(left)
    assert case.matters("consequence_shaken") == []

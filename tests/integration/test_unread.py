"""What a subject says in a proceeding is a matter for an officer, by whichever door it came, until it is read or decided."""

from __future__ import annotations

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import StatementKind
from inspector.domain.proposal import Proposal
from inspector.flows.shaken import STATED
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def unread(case: Proceeding) -> list[tuple[object, object]]:
    return [(one["statement"], one["statements"]) for one in case.matters(STATED)]


def test_words_are_a_matter_until_somebody_says_that_they_are_read_and_each_further_word_opens_it_again(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = case.serve(case.give(case.the(Proposal.REVOKE)))
    path = f"/consequences/{held.id}"
    with serving(case.office) as edge, edge.client() as browser, edge.as_("officer", name="王五") as officer:
        logged_in(edge, browser)
        assert 'value="seen"' not in browser.get(path).text
        case.say(held, StatementKind.DEFENCE, "材料已补正")
        assert unread(case) == [("DEFENCE", 1)]
        assert "材料已补正" not in str(case.matters(STATED)), "the words stand in the proceeding alone"
        assert send(browser, path, "seen", note="已核对").status_code == 303
        assert unread(case) == []
        case.say(held, StatementKind.HEARING, "请求听证")
        assert unread(case) == [("HEARING", 2)]
        closed = officer.post(f"/v1/attention/{STATED}:{held.id}/close", json={"note": "已阅"})
        assert (closed.status_code, unread(case)) == (200, [])


def test_whoever_decides_has_weighed_them_and_whoever_lets_it_go_need_not(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order, entry = case.the(Proposal.ORDER_RECTIFY), case.the(Proposal.RECORD_CREDIT)
    for held in (order, entry):
        case.serve(case.give(held))
        case.say(held, StatementKind.DEFENCE)
    assert len(unread(case)) == 2
    case.drop(entry)
    assert len(unread(case)) == 1
    hand.on(days=11)
    case.rule(order, until=hand().date().replace(day=28))
    assert unread(case) == []


def test_words_against_a_decision_that_waits_for_a_second_person_are_unread_again(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = case.noticed(case.the(Proposal.REVOKE))
    case.say(held, StatementKind.DEFENCE)
    case.rule(held, public_interest="不损害公共利益")
    assert unread(case) == []
    case.say(held, StatementKind.DEFENCE, "还有新材料")
    assert unread(case) == [("DEFENCE", 2)]

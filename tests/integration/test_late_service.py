"""An order to rectify that comes late gives its subject the same time from the day on which it came (handbook 1.1.12, scenario 58)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, ConsequenceState, Stage
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_forms import logged_in
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def ordered(store: Store, hand: Hand, days: int = 3) -> tuple[Proceeding, Consequence]:
    """An order of 13 March that nobody has brought to its subject yet."""
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    noticed = case.noticed(case.the(Proposal.ORDER_RECTIFY))
    assert hand().date() == date(2026, 3, 13)
    return case, case.rule(noticed, brought=False, until=hand().date() + timedelta(days=days))


def until(held: Consequence) -> date:
    assert held.rectification is not None
    return held.rectification.until.date()


def test_whoever_was_served_behind_the_date_has_the_same_days_from_the_service_and_has_failed_at_nothing(
    store: Store, hand: Hand
) -> None:
    case, order = ordered(store, hand)
    assert until(order) == date(2026, 3, 16)
    hand.on(days=7)
    settle(case.office)
    assert case.events("consequence.reminded") == [], "nobody is reminded of what has not come"
    with pytest.raises(Refusal, match="rectification_unserved"):
        case.look(order, good=False)
    case.bring(order)
    seen = case.look(order, good=False)
    assert (seen.state, until(seen)) == (ConsequenceState.IMPOSED, date(2026, 3, 23)), "20 March and three days"
    assert [one.proposal for one in case.all() if one.proposal is Proposal.REVOKE] == []
    with case.office.store.read() as tx:
        told = tx.servings.get(f"{order.id}:until")
    assert told.answer_by is not None
    assert told.answer_by.date() == date(2026, 3, 23)
    assert "2026-03-23" in told.facts[0]
    hand.on(days=1)
    settle(case.office)
    assert len(case.events("consequence.reminded")) == 1, "it is reminded before the date that counts"
    hand.on(days=4)
    assert case.look(order, good=False).state is ConsequenceState.FAILED


def test_an_order_that_has_not_come_is_to_be_served_and_no_re_check_is_late(store: Store, hand: Hand) -> None:
    case, order = ordered(store, hand)
    hand.on(days=60)
    settle(case.office)

    def step() -> list[object]:
        return [one["step"] for one in case.matters("consequence_due") if one["proposal"] == "ORDER_RECTIFY"]

    assert step() == ["SERVE"]
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        listed = [line for line in browser.get("/review?lang=en").text.splitlines() if f"/notices/{order.id}:decision" in line]
        assert (len(listed), "re-check" in listed[0].lower()) == (1, False), listed
    case.bring(order)
    hand.on(days=60)
    settle(case.office)
    assert step() == ["RECHECK"]


def test_what_was_corrected_on_the_day_of_a_late_service_is_rectified(store: Store, hand: Hand) -> None:
    case, order = ordered(store, hand)
    hand.on(days=7)
    case.bring(order)
    assert case.look(order, good=True, on=hand().date()).state is ConsequenceState.RECTIFIED
    with case.office.store.read() as tx:
        assert not tx.servings.get(f"{order.id}:until").state.open, "nobody is told a date of what is over"


def test_the_re_check_is_due_behind_the_date_that_counts_and_a_date_on_a_day_off_moves(store: Store, hand: Hand) -> None:
    case, order = ordered(store, hand, days=4)
    hand.on(days=4)
    late = case.bring(order)  # a Tuesday and four days: the Saturday
    assert (until(late), late.stage) == (date(2026, 3, 23), Stage.RECHECK)
    assert late.due_at is not None
    assert order.due_at is not None
    assert late.due_at > order.due_at
    assert case.bring(order) == late, "the same proof once more is the same"


def test_an_order_that_came_on_the_day_of_the_decision_keeps_its_date(store: Store, hand: Hand) -> None:
    case, order = ordered(store, hand)
    done = case.bring(order)
    assert until(done) == until(order)
    with case.office.store.read() as tx:
        assert tx.servings.find(f"{order.id}:until") is None


def test_an_order_that_came_late_under_a_release_before_is_counted_anew_when_it_is_looked_at(store: Store, hand: Hand) -> None:
    case, order = ordered(store, hand)
    hand.on(days=7)
    case.bring(order)
    with case.office.store.begin() as tx:  # as that release left it: served, and counted from the decision
        tx.consequences.put(order)
    assert case.look(order, good=False).state is ConsequenceState.IMPOSED
    assert until(case.the(Proposal.ORDER_RECTIFY)) == date(2026, 3, 23)

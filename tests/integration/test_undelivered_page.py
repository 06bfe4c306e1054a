"""Whoever is told that a push has reached nobody reads what was to be said, by which channel it failed, and why."""

from __future__ import annotations

import pytest

from inspector.ports import Garbled
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_called_off import leave
from tests.integration.test_forms import logged_in
from tests.phones import Line, matters, sent, team

pytestmark = [pytest.mark.alike, pytest.mark.slow]
STRANGE = Garbled("code_unknown", digest="0" * 64, detail="code 99999")


def test_that_there_is_an_assignment_and_that_there_is_none_are_two_pages_and_both_say_what_the_provider_said(
    store: Store, hand: Hand
) -> None:
    wecom = Line("wecom", fault=STRANGE)
    office, _ = sent(store, hand, wecom)
    told = matters(office, "push_undelivered")
    assert [(one["word"], one["channel"], one["error"], one["detail"]) for one in told] == [
        ("assignment", "wecom", "code_unknown", "code 99999")
    ] * 2
    with store.read() as tx:
        (first, _) = [row for row in tx.attention.page(None) if row["kind"] == "push_undelivered"]
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/matters/{first['id']}?lang=en").text
    for words in ("there is an assignment", "wecom", "code 99999", "a code that was not agreed"):
        assert words in page
    assert "do NOT go" not in page
    assert "Overdue" not in page, "its date is that by which to accept"
    wecom.fault = None
    settle(office)


def test_what_was_told_of_a_push_is_told_still_when_its_time_to_accept_is_over(store: Store, hand: Hand) -> None:
    office, visit = sent(store, hand, Line("wecom", fault=STRANGE))
    hand.now = max(seat.accept_by for seat in team(office, visit))
    settle(office)
    told = matters(office, "push_undelivered")
    assert [(one["channel"], one["error"], one["detail"]) for one in told] == [("wecom", "code_unknown", "code 99999")] * 2
    assert not any("due_at" in one for one in told), "it is over"


def test_who_is_to_stay_is_told_so_by_telephone(store: Store, hand: Hand) -> None:
    wecom = Line("wecom")
    office, visit = sent(store, hand, wecom)
    wecom.fault = STRANGE
    leave(office, visit)
    settle(office)
    with store.read() as tx:
        (first, _) = [row for row in tx.attention.page(None) if row["kind"] == "push_undelivered"]
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/matters/{first['id']}?lang=en").text
    for words in ("do NOT go", "Assignment called off", "wecom", "code 99999"):
        assert words in page

"""Scenario 45: an item taken off the published list between draw and visit; the visit is blocked, and a person is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from inspector.domain.calendar import SHANGHAI
from inspector.domain.errors import Refusal
from inspector.domain.visit import VisitState
from inspector.flows import dispatch, listing
from inspector.flows.office import Office
from inspector.flows.seated import by_name
from inspector.store.store import Store
from tests.edge import WENT, serving
from tests.house import Hand, settle
from tests.integration.test_api_cases import without
from tests.integration.test_quiet import drawn, entered, matters

pytestmark = pytest.mark.alike


def looked(office: Office) -> None:
    """The daily look, and what it orders."""
    with office.store.begin() as tx:
        listing.look(office, tx, office.now())
    settle(office)


def from_day(office: Office, first: date) -> Office:
    """The same office, whose pack has a new version from a day on that does not know the item any more."""
    (old,) = (one for one in office.book.packs if one.id == "demo")
    (new,) = (one for one in without("dispatch-premises", office.book).packs if one.id == "demo")
    until = replace(old, effective_to=first - timedelta(days=1))
    packs = (*(one for one in office.book.packs if one.id != "demo"), until, replace(new, version="2", effective_from=first))
    return replace(office, book=replace(office.book, packs=packs))


@pytest.mark.slow
def test_a_visit_to_look_at_an_item_off_the_list_is_blocked_and_everybody_hears_of_it(store: Store, hand: Hand) -> None:
    office, phones, visit = drawn(store, hand)
    looked(office)
    assert phones.off == []
    after = from_day(office, date(2026, 3, 4))
    looked(after)
    looked(after)
    (matter,) = matters(after, "item_unpublished")
    assert (matter["about"], matter["items"]) == (visit.id, ["dispatch-premises"])
    assert [one.title for one in phones.off] == ["检查已停止"] * 2, "each of the team, once"
    with pytest.raises(Refusal, match="visit_unpublished"):
        entered(after, visit, hand())
    with serving(after) as edge, edge.client() as phone:
        assert "不得上门" in phone.get(phones.off[0].link.replace(office.base_url, edge.url), headers=WENT).text
    with store.read() as tx:
        assert [one["rule"] for one in tx.ledger.about(visit.id)][-2:] == ["visit.unpublish", "seat.read"]


def test_an_item_that_is_published_again_lets_the_visit_be_made(store: Store, hand: Hand) -> None:
    office, phones, visit = drawn(store, hand)
    looked(from_day(office, date(2026, 3, 4)))
    looked(office)
    assert matters(office, "item_unpublished") == []
    assert [one.title for one in phones.messages[2:]] == ["检查恢复"] * 2
    assert entered(office, visit, hand()).state is VisitState.DONE


@pytest.mark.slow
def test_a_visit_that_was_made_while_the_item_was_published_counts(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand)
    later = from_day(office, date(2026, 3, 6))
    with store.begin() as tx:
        for seat in tx.visits.team(visit.id):
            dispatch.accept(tx, seat.name, hand())
    hand.now = datetime(2026, 3, 6, 9, tzinfo=SHANGHAI)
    looked(later)
    with pytest.raises(Refusal, match="visit_unpublished"):
        entered(later, visit, hand())
    assert entered(later, visit, hand(), on=date(2026, 3, 5)).state is VisitState.DONE
    assert matters(later, "item_unpublished") == [], "the matter is over with the visit"


def test_nobody_learns_at_the_release_whom_a_blocked_visit_is_to(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand)
    with store.begin() as tx:
        tx.visits.put(replace(tx.visits.get(visit.id), released=False, release_at=hand()))
    after = from_day(office, date(2026, 3, 4))
    with store.begin() as tx:
        held = listing.look_at(after, tx, tx.visits.get(visit.id, lock=True), hand())
        assert not listing.release(after, tx, held, hand()).released
    looked(office)
    with store.read() as tx:
        assert tx.visits.get(visit.id).released
        assert by_name(tx, tx.visits.team(visit.id)[0].name)[0].unpublished == ()

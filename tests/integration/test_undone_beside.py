"""What is put back around a draw that is void, joint, or extended: whose matter it is, and what the next commitment counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.plan import DrawState
from inspector.domain.visit import VisitState
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import carried_out, drawing
from tests.house import Hand, settle
from tests.integration import test_extension as extension
from tests.integration import test_own_lists as own
from tests.integration import test_void as voids
from tests.integration.test_draw_edits import edited
from tests.integration.test_draw_edits import matters as of_edits
from tests.integration.test_draw_levels import derivation, drawn, matters, stated
from tests.integration.test_draw_rivals import announce, pooled
from tests.operator import on_both, one_database

pytestmark = pytest.mark.alike

database_url = one_database


def over(office: Office, number: str) -> None:
    """The visits of a draw are over."""
    with office.store.begin() as tx:
        for one in tx.visits.of_selection(number):
            tx.visits.put(replace(one, state=VisitState.CANCELLED))


@on_both
@pytest.mark.slow
def test_a_level_that_was_changed_for_a_draw_that_became_void_is_counted_by_the_one_that_follows(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    stated(office, hand, {1: "D", 2: "D"})
    stated(office, hand, {1: "A", 2: "A"})
    first = announce(office, hand, "weekly")
    settle(office)
    carried_out(office, hand, first.number)
    stated(office, hand, {2: "D"})
    (matter,) = matters(office)
    assert (matter.facts["draw"], matter.facts["count"]) == (first.number, 1)
    voids.sign(office, first.number, "李科长")
    assert voids.sign(office, first.number, "王主任").state is DrawState.VOID
    assert matters(office) == [matter], "the void does not see to it"
    second = announce(office, hand, "weekly")
    settle(office)
    told = derivation(office, second)["levels"]
    assert told == {"since": None, "levels_changed": 5, "levels_back": 0}, (
        "all since the former draw that was carried out: there is none"
    )
    stated(office, hand, {1: "D"})
    assert sorted((one.facts["draw"], one.facts["count"]) for one in matters(office)) == [(first.number, 1), (second.number, 1)]


def test_a_level_that_is_put_back_behind_a_joint_draw_is_the_matter_of_each_agency_whose_list_has_the_firm(
    store: Store, hand: Hand
) -> None:
    office, _ = own.departments(store, hand)
    own.firms(office, own.MARKET, range(1, 13))
    own.firms(office, own.FIRE, range(9, 21))
    stated(office, hand, {1: "D", 9: "D"})
    stated(office, hand, {1: "A", 9: "A"})
    with store.begin() as tx:
        held = announce_now(office, tx, "joint", "clerk", hand())
    assert held is not None
    settle(office)
    stated(office, hand, {1: "D", 9: "D"})
    assert sorted((one.agency, one.facts["draw"], one.facts["count"]) for one in matters(office)) == [
        (own.MARKET, held.number, 2),
        (own.FIRE, held.number, 1),
    ]


@on_both
@pytest.mark.slow
def test_what_is_put_back_while_an_extension_alone_is_open_is_of_the_frame_that_it_draws_from(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    extension.enrolled(office)
    with store.read() as tx:
        first, *_ = tx.rosters.inspectors("bureau")
    stated(office, hand, {1: "D"})
    stated(office, hand, {1: "A"})
    edited(office, hand, first.id, cap=first.cap - 1)
    root = drawn(office, hand)
    made = extension.extended(extension.raised(office, "3/4"), root.number)
    over(office, root.number)
    stated(office, hand, {1: "D"})
    edited(office, hand, first.id, by="os:other", cap=first.cap)
    assert [(one.facts["draw"], one.facts["count"]) for one in matters(office)] == [(root.number, 1)]
    assert [(one.facts["draw"], one.facts["count"]) for one in of_edits(office)] == [(made.number, 1)]

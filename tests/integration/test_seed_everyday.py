"""Ruling 12 in short, for every day: what is answered voids nothing, who was not asked withholds nothing, and nothing hangs."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.seeds import reveal as revealing
from inspector.domain.plan import DrawState
from inspector.flows.lapse import overdue
from inspector.flows.office import Office
from inspector.ports import Unavailable
from inspector.store.store import Store
from inspector.testing.peer import answer, peer
from tests.house import Hand, settle
from tests.integration.test_draw_way import agreeing, announced, drawing
from tests.integration.test_seed_asked import Failing, Wired, having, preparing
from tests.integration.test_seed_unasked import figures, lacking
from tests.integration.test_supplement import LOOK

pytestmark = pytest.mark.alike


def due(office: Office, hand: Hand, number: str, suffix: str = "") -> None:
    """The look at a last moment."""
    with office.store.begin() as tx:
        look = replace(LOOK, payload={"draw": number}, key=f"draw.overdue:{number}{suffix}")
        overdue(look, office).write(tx, hand())


def test_a_refusal_over_the_wire_leaves_a_draw_to_its_last_moment(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    with peer(answer(422, {})) as there, closing(revealing.connect("justice", {"url": there.url, "tries": 1})) as wire:
        figures(having(office, justice=Wired(wire)), hand, held)
        assert there.heard
    assert agreeing(office, held.number).state is DrawState.SEEDING


@pytest.mark.slow
@pytest.mark.parametrize(("code", "withheld", "turned"), [("timeout", ("audit",), ()), ("unreachable", (), ("audit",))])
def test_who_was_not_asked_or_not_reached_withholds_nothing(
    store: Store, hand: Hand, code: str, withheld: tuple[str, ...], turned: tuple[str, ...]
) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    silent = lacking(having(office, audit=Failing(Unavailable(code))), "justice")
    figures(silent, hand, held)
    ends = agreeing(office, held.number).reveal_by
    assert ends is not None
    hand.now = ends - timedelta(hours=1)
    settle(silent)
    hand.now = ends
    due(office, hand, held.number)
    void = agreeing(office, held.number)
    assert (void.state, void.withheld, void.turned_away, void.unasked) == (DrawState.VOID, withheld, turned, ("justice",))
    assert {*void.lacked} == {"audit", "justice"}, "the next number goes without both"


@pytest.mark.slow
def test_a_promise_that_never_comes_ends_at_its_last_moment(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    held = preparing(office, hand)
    settle(lacking(office, "justice"))
    assert agreeing(office, held.number).state is DrawState.PREPARING
    hand.on(days=9)
    due(office, hand, held.number, ":promises")
    void = agreeing(office, held.number)
    assert (void.state, void.withheld, void.unasked) == (DrawState.VOID, (), ("justice",))

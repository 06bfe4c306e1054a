"""A party of a seed whom nobody asked has withheld nothing: our hours and a section that we have lost are no silence of theirs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import time, timedelta

import pytest

from inspector.domain.manners import Manners, Window
from inspector.domain.plan import Draw, DrawState
from inspector.flows import wording
from inspector.flows.office import Office
from inspector.flows.seeding import type_figures
from inspector.labels import LANGS
from inspector.ports import Unavailable
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_draw_way import Party, agreeing, announced, drawing, thrown

pytestmark = pytest.mark.alike

NIGHT = Manners(hours=(Window(begins=time(1), ends=time(2)),))


def worked(office: Office) -> None:
    """Work for a moment: what waits for its hours waits on."""
    with suppress(AssertionError):
        settle(office, seconds=0.7)


def figures(office: Office, hand: Hand, held: Draw) -> None:
    """The ceremony is held."""
    seed_at = agreeing(office, held.number).seed_at
    assert seed_at is not None
    hand.now = max(hand.now, seed_at)
    worked(office)
    for by in ("赵", "钱"):
        with office.store.begin() as tx:
            if tx.draws.get(held.number).state is DrawState.SEEDING and "dice" not in tx.draws.get(held.number).parts:
                type_figures(office, tx, held.number, by, thrown(held.number), hand())
    worked(office)


def ended(office: Office, hand: Hand, held: Draw) -> Draw:
    """The last moment for reveals, looked at day by day."""
    figures(office, hand, held)
    until = agreeing(office, held.number).reveal_by
    while until is not None and hand.now < until:
        hand.now = min(hand.now + timedelta(days=1), until)
        worked(office)
    return agreeing(office, held.number)


def test_whom_our_own_hours_kept_us_from_asking_is_named_as_unasked_and_the_next_draw_goes_without_all_the_same(
    store: Store, hand: Hand
) -> None:
    plain, _, _ = drawing(store, hand)
    _, held = announced(plain, hand)
    office = replace(plain, manners={"justice": NIGHT})
    figures(office, hand, held)
    hand.now = (agreeing(plain, held.number).reveal_by or hand.now) - timedelta(hours=1)
    worked(office)
    assert agreeing(office, held.number).state is DrawState.SEEDING, "it waits for its date"
    void = ended(office, hand, held)
    assert void.state is DrawState.VOID
    assert (void.void_reason or "").startswith("unasked:justice")
    assert all("justice" in wording.void(void.void_reason or "", lang) for lang in LANGS)
    with store.read() as tx:
        again = tx.draws.by_slot("weekly", f"{held.slot}+")
    assert again is not None
    assert again.parties == ("dice", "audit", "lottery"), "or whoever knows the part could draw again until it suits"


def test_a_party_whose_section_is_gone_is_not_said_to_have_withheld_its_part(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    left = {name: seed for name, seed in office.connectors.seeds.items() if name != "justice"}
    void = ended(replace(office, connectors=replace(office.connectors, seeds=left)), hand, held)
    assert (void.state, void.void_reason) == (DrawState.VOID, "unasked:justice")


def test_who_was_asked_and_did_not_answer_is_named_as_ever(store: Store, hand: Hand) -> None:
    class Away(Party):
        def reveal(self, *_: object, **_also: object) -> dict[str, object]:
            raise Unavailable("timeout")

    office, _, _ = drawing(store, hand)
    office = replace(office, connectors=replace(office.connectors, seeds={**office.connectors.seeds, "justice": Away("justice")}))
    void = ended(office, hand, announced(office, hand)[1])
    assert (void.state, void.withheld) == (DrawState.VOID, ("justice",))

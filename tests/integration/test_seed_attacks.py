"""Who has seen the seed and wants another draw: a secret that comes late, a lease that somebody wrote (ruling 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.plan import Draw, DrawState
from inspector.flows.office import Office
from inspector.ports import Garbled, Typed
from inspector.store.store import Store
from inspector.store.tables import work
from tests.house import Hand, settle
from tests.integration.test_draw_way import Party, agreeing, announced, carried_out, drawing
from tests.integration.test_seed_unasked import figures, worked

pytestmark = pytest.mark.alike


def paused(office: Office, hand: Hand, name: str, *, on: bool = True) -> None:
    with office.store.begin() as tx:
        tx.lanes.ensure(office.connectors.names())
        assert tx.lanes.pause(name, hand() if on else None)


def following(store: Store, hand: Hand) -> tuple[Office, Draw]:
    """The draw that follows a void one, with a further source, and its figures are thrown."""
    office, _, _ = drawing(store, hand, silent="audit")
    _, first = announced(office, hand)
    carried_out(office, hand, first.number)
    with store.read() as tx:
        second = tx.draws.by_slot("weekly", f"{first.slot}+")
    assert second is not None
    assert second.further == ("lottery",)
    return office, second


@pytest.mark.slow
def test_a_secret_that_comes_when_the_further_source_may_be_known_is_none(store: Store, hand: Hand) -> None:
    office, held = following(store, hand)
    paused(office, hand, "justice")
    figures(office, hand, held)
    made = agreeing(office, held.number)
    assert (made.figured, "justice" in made.parts, made.reveal_by is not None) == (True, False, True)
    assert made.reveal_by is not None
    hand.now = made.reveal_by + timedelta(hours=5)  # nobody works meanwhile; everybody reads the lottery's figures
    paused(office, hand, "justice", on=False)
    worked(office)
    made = agreeing(office, held.number)
    assert (made.state, "justice" in made.parts, made.lacked) == (DrawState.VOID, False, ("justice",)), made.void_reason


@pytest.mark.parametrize("how", ["gone", "later"])
@pytest.mark.slow
def test_an_order_that_somebody_keeps_from_being_carried_out_brings_no_next_number(store: Store, hand: Hand, how: str) -> None:
    office, held, ends = kept_from_justice(store, hand)
    with store.begin() as tx:
        row = work.c.key == f"draw.reveal:{held.number}:justice"
        later = sa.update(work).where(row).values(expires_at=ends + timedelta(days=900))
        tx.connection.execute(sa.delete(work).where(row) if how == "gone" else later)
    hand.now = ends
    worked(office)
    made = agreeing(office, held.number)
    assert (made.state, made.void_reason, made.lacked) == (DrawState.VOID, "REGISTER_CHANGED:record", ())


@pytest.mark.parametrize(("lease", "waits"), [(timedelta(days=900), True), (-timedelta(minutes=1), False)])
@pytest.mark.slow
def test_a_draw_does_not_hang_on_an_order_in_somebodys_hands_nor_on_one_whose_lease_is_over(
    store: Store, hand: Hand, lease: timedelta, *, waits: bool
) -> None:
    office, held, ends = kept_from_justice(store, hand)
    with store.begin() as tx:
        row = work.c.key == f"draw.reveal:{held.number}:justice"
        tx.connection.execute(sa.update(work).where(row).values(lease_until=tx.machine_now() + lease, expires_at=None))
    hand.now = ends
    worked(office)
    assert (agreeing(office, held.number).state is DrawState.SEEDING) is waits
    hand.now = ends + timedelta(hours=1)
    worked(office)
    made = agreeing(office, held.number)
    came = ("REGISTER_CHANGED:record", ()) if waits else ("unasked:justice", ("justice",))
    assert (made.state, made.void_reason, made.lacked) == (DrawState.VOID, *came), (
        "a retried order is no altered one, a claim for years is"
    )


def kept_from_justice(store: Store, hand: Hand) -> tuple[Office, Draw, datetime]:
    """A draw that all but one party have given their part to: its connector is paused. The last moment for it."""
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    paused(office, hand, "justice")
    figures(office, hand, held)
    ends = agreeing(office, held.number).reveal_by
    assert ends is not None
    return office, held, ends


class Elsewhere(Party):
    """Somebody who answers under the party's name what is no secret of its."""

    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        raise Garbled("nonce_differs", digest="0" * 64)


@pytest.mark.slow
def test_a_section_that_leads_elsewhere_for_a_moment_voids_nothing(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    seeds = {**office.connectors.seeds, "justice": Elsewhere("justice")}
    elsewhere = replace(office, connectors=replace(office.connectors, seeds=seeds))
    figures(elsewhere, hand, held)
    assert agreeing(office, held.number).state is DrawState.SEEDING
    hand.now += timedelta(hours=2)
    settle(office)
    assert agreeing(office, held.number).state is DrawState.DRAWN

"""Who has seen the seed and wants another draw: late secrets, forged leases, a restart, a second answer (ruling 12)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.plan import Draw, DrawState
from inspector.flows.office import Office
from inspector.flows.seeding import type_figures
from inspector.store.store import Store
from inspector.store.tables import work
from tests.house import Hand, settle
from tests.integration.test_draw_way import agreeing, announced, carried_out, drawing, lotteried, thrown
from tests.integration.test_seed_unasked import figures, worked

pytestmark = pytest.mark.alike


def paused(office: Office, hand: Hand, name: str, *, on: bool = True) -> None:
    with office.store.begin() as tx:
        tx.lanes.ensure(office.connectors.names())
        assert tx.lanes.pause(name, hand()) if on else tx.lanes.resume(name, hand())


def altered(office: Office, held: Draw, party: str, **cells: object) -> None:
    with office.store.begin() as tx:
        row = work.c.key == f"draw.reveal:{held.number}:{party}"
        tx.connection.execute(sa.update(work).where(row).values(**cells))


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
    assert (made.state, "justice" in made.parts) == (DrawState.VOID, False)


def test_a_forged_lease_brings_no_next_number(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    paused(office, hand, "justice")
    figures(office, hand, held)
    made = agreeing(office, held.number)
    assert made.reveal_by is not None
    with store.begin() as tx:
        far = tx.machine_now() + timedelta(days=900)
    altered(office, held, "justice", lease_until=far, state="ready")
    hand.now = made.reveal_by
    worked(office)
    made = agreeing(office, held.number)
    print(made.state, made.void_reason, made.lacked)
    assert (made.state, made.void_reason, made.lacked) == (DrawState.VOID, "REGISTER_CHANGED:record", ())

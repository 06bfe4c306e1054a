"""Who declines again and again is a matter for the office, with what was said; nobody is ranked, and nothing follows by itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inspector.domain.visit import SeatState
from inspector.flows import declines, dispatch
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing, visits
from tests.house import Hand

pytestmark = pytest.mark.alike


def told(office: Office) -> dict[str, dict[str, Any]]:
    with office.store.read() as tx:
        return {row["about"]: json.loads(row["body"]) for row in tx.attention.page(None) if row["kind"] == declines.REPEATED}


def declined(office: Office, hand: Hand, staff: str, *, known: bool) -> bool:
    """The inspector declines one of his or her assignments, before or after the object is known."""
    with office.store.begin() as tx:
        open_ones = [seat for seat, _ in tx.visits.open_seats_of("bureau", staff)]
        if not open_ones:
            return False
        held = tx.visits.get(open_ones[0].visit, lock=True)
        tx.visits.put(replace(held, released=known))
        dispatch.decline(office, tx, open_ones[0].name, "另有安排", hand())
    return True


@pytest.mark.slow
def test_the_third_time_is_a_matter_that_says_how_often_of_how_many_and_how_often_the_object_was_known(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand, staff=9)
    _, held = announced(office, hand, cases=9)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        sits = [seat.inspector for one in visits(office, held.number) for seat in tx.visits.team(one.id)]
    staff = max(sorted(set(sits)), key=sits.count)
    office = replace(office, pushing=replace(office.pushing, declines=2))
    assert declined(office, hand, staff, known=False)
    assert told(office) == {}, "to decline is a right"
    assert declined(office, hand, staff, known=True)
    (facts,) = told(office).values()
    assert (facts["inspector"], facts["declines"], facts["knowing"]) == (staff, 2, 1)
    assert facts["assignments"] >= 2
    with store.read() as tx:
        assert {tx.visits.seat(*_key(name)).state for name in facts["seats"]} == {SeatState.DECLINED}
        assert [row["kind"] for row in tx.attention.page(None)].count(declines.REPEATED) == 1
        assert tx.rosters.in_force("bureau", staff) is not None, "nothing follows from it"
    with store.begin() as tx:
        assert tx.visits.declined("bureau", staff, hand() + timedelta(days=1)) == ([], 0), "only the days that the settings say"


def _key(name: str) -> tuple[str, int, int]:
    visit, place, turn = name.rsplit(":", 2)
    return visit, int(place), int(turn)

"""A named day on which somebody was there: nobody is asked for another one, and no other one is named (decisions 219 and 220)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime

import pytest

from inspector.domain.calendar import SHANGHAI
from inspector.domain.errors import Refusal
from inspector.domain.visit import Visit, VisitState
from inspector.flows import appointing, dispatch
from inspector.flows.seats import CONFLICT, OVERDUE
from inspector.store.store import Store
from tests import gate
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_appointing import MEANT
from tests.integration.test_attested import now_of, over, scan, written
from tests.integration.test_fieldnotes import links, photo
from tests.integration.test_overdue import looked
from tests.integration.test_quiet import drawn, matters, row
from tests.materials import jpeg

__all__ = ["links"]
pytestmark = [pytest.mark.alike, pytest.mark.slow]

NAMED = date(2026, 3, 6)


@pytest.fixture
def going(store: Store, hand: Hand) -> Iterator[tuple[Edge, Visit, list[str]]]:
    """Windows close the month from 5 March on; an officer has named the 6th, both have accepted, and it is ten o'clock of that day."""
    office, _, visit = drawn(store, hand, row(5, 31))
    settle(office)
    with store.begin() as tx:
        seats = [one.name for one in tx.visits.team(visit.id)]
        for one in seats:
            dispatch.accept(tx, one, hand())
        appointing.appoint(office, tx, visit.id, on=NAMED, why="依例外规定", by="王", now=hand(), though=MEANT)
    hand.now = datetime(2026, 3, 6, 10, tzinfo=SHANGHAI)
    settle(office)
    with serving(gate.signed(office)) as edge:
        yield edge, visit, seats


def again(edge: Edge, hand: Hand, visit: Visit, on: date) -> None:
    with edge.office.store.begin() as tx:
        appointing.appoint(edge.office, tx, visit.id, on=on, why="再择日", by="王", now=hand(), though=MEANT)


def test_of_a_visit_that_was_made_on_its_named_day_and_stands_nobody_asks_for_another_and_silence_has_an_end(
    going: tuple[Edge, Visit, list[str]], hand: Hand, links: ExitStack
) -> None:
    edge, visit, seats = going
    with edge.client(X_Link_Token=edge.office.link_token("seat", seats[0])) as phone:
        text = phone.get(f"/v1/seats/{seats[0]}/codes").json()["codes"][0]["text"]
    assert scan(edge, links, hand, text).status_code == 200
    over(edge, hand, visit, 0)
    held = now_of(edge, visit)
    assert (held.vouched, held.state, held.due_at.date()) == (frozenset({"bureau"}), VisitState.ASSIGNED, NAMED)
    assert (matters(edge.office, CONFLICT), len(matters(edge.office, OVERDUE))) == ([], 1)
    with pytest.raises(Refusal, match="conflict_none"):
        again(edge, hand, visit, date(2026, 4, 1))
    for _ in range(3):
        looked(edge, hand, visit.id)
    held = now_of(edge, visit)
    assert (held.vouched, held.state) == (frozenset(), VisitState.OWED), "entered by nobody, it is dealt anew in the end"


def test_what_asks_for_another_day_is_over_once_the_visit_stands_as_made(
    going: tuple[Edge, Visit, list[str]], hand: Hand, links: ExitStack
) -> None:
    edge, visit, seats = going
    with edge.client(X_Link_Token=edge.office.link_token("seat", seats[0])) as phone:
        text = phone.get(f"/v1/seats/{seats[0]}/codes").json()["codes"][0]["text"]
    hand.now = datetime(2026, 3, 6, 17, 31, tzinfo=SHANGHAI)
    settle(edge.office)
    assert len(matters(edge.office, CONFLICT)) == 1, "nothing has come from the spot by then"
    assert scan(edge, links, hand, text, hours=7.5).status_code == 200
    over(edge, hand, visit, 0)
    assert (now_of(edge, visit).vouched, matters(edge.office, CONFLICT)) == (frozenset({"bureau"}), [])


@pytest.mark.parametrize("what", ["photo", "note"])
def test_whose_team_has_sent_something_of_its_named_day_is_asked_for_the_result_and_nobody_for_another_day(
    going: tuple[Edge, Visit, list[str]], hand: Hand, what: str
) -> None:
    edge, visit, (first, _) = going
    with edge.client(X_Link_Token=edge.office.link_token("seat", first)) as phone:
        said = {**written(hand, 0, visit), "findings": [], "seen": "FINDING", "remarks": "大门紧锁"}
        body = photo(jpeg()) if what == "photo" else said
        assert phone.post(f"/v1/seats/{first}/{what}s", json=body).status_code == 200
    hand.now = datetime(2026, 3, 6, 17, 31, tzinfo=SHANGHAI)
    settle(edge.office)
    assert (matters(edge.office, CONFLICT), len(matters(edge.office, OVERDUE))) == ([], 1)
    again(edge, hand, visit, date(2026, 3, 13))
    hand.now = datetime(2026, 3, 13, 17, 31, tzinfo=SHANGHAI)
    settle(edge.office)
    assert len(matters(edge.office, CONFLICT)) == 1, "what is of the day before says nothing of this one"

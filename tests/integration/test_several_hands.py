"""Frame, seed, visit and result of one draw are in several hands, by every door (decision 137)."""

from __future__ import annotations

import pytest

from inspector.daemon.schedules import plan_order
from inspector.domain.errors import Refusal
from inspector.flows.office import Office
from inspector.flows.seeding import type_figures
from inspector.store.store import Store
from tests.drawn import announced, drawing
from tests.edge import serving
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import FACTS, thrown

pytestmark = pytest.mark.alike


def typed(office: Office, number: str) -> set[str]:
    """Who has typed."""
    with office.store.read() as tx:
        return set(tx.draws.get(number).typed.get("dice", {}))


def test_who_announced_a_draw_by_hand_types_no_figures_of_it_however_the_name_is_written(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    hand.on(days=2)
    settle(office)
    for name in ("clerk", " Clerk "):
        with pytest.raises(Refusal, match="draw_announcer"), store.begin() as tx:
            type_figures(office, tx, held.number, name, thrown(held.number), hand())
    with serving(office) as edge, edge.as_("clerk", name="clerk") as client:
        refused = client.post(f"/v1/draws/{held.number}/figures", json={"figures": thrown(held.number)})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "draw_announcer")
    assert typed(office, held.number) == set()
    with store.begin() as tx:
        type_figures(office, tx, held.number, "赵", thrown(held.number), hand())
    assert typed(office, held.number) == {"赵"}


def test_of_a_draw_that_the_schedule_announced_any_clerk_types(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    post(office, application(1, "dispatch-premises", FACTS))
    settle(office)
    with store.begin() as tx:
        tx.work.order([plan_order(office.plans["weekly"], hand(), hand())], hand())
    settle(office)
    with store.read() as tx:
        (held,) = tx.draws.page(None)
    hand.on(days=2)
    settle(office)
    with store.begin() as tx:
        type_figures(office, tx, held.number, "clerk", thrown(held.number), hand())
    assert typed(office, held.number) == {"clerk"}

"""Programs read of an order that has not come to its subject that it is to be served, and only then that it is looked at again."""

from __future__ import annotations

import json

import pytest

from inspector.domain.proposal import Proposal
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_late_service import ordered
from tests.proceedings import Proceeding

pytestmark = pytest.mark.alike


def events_of(case: Proceeding, kind: str) -> list[dict[str, object]]:
    """What the approving system hears in events of a type."""
    with case.office.store.read() as tx:
        return [json.loads(row["body"]) for row in tx.events.of_case(case.case) if row["type"] == kind]


def events(case: Proceeding, kind: str) -> list[str]:
    """The steps that it hears of about the order."""
    about = case.the(Proposal.ORDER_RECTIFY).id
    return [str(one["stage"]) for one in events_of(case, kind) if one["consequence"] == about and "stage" in one]


def test_an_order_that_has_not_come_is_to_be_served(store: Store, hand: Hand) -> None:
    case, held = ordered(store, hand)
    with serving(case.office) as edge, edge.as_("officer") as officer:

        def read() -> set[str]:
            one = officer.get(f"/v1/consequences/{held.id}").json()["stage"]
            (other,) = [row["stage"] for row in officer.get("/v1/consequences").json()["consequences"] if row["id"] == held.id]
            return {one, other}

        assert (read(), events(case, "consequence.imposed")) == ({"SERVE"}, ["SERVE"])
        case.bring(held)
        assert (read(), events(case, "consequence.moved")[-1]) == ({"RECHECK"}, "RECHECK")

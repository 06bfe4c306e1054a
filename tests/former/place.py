"""The office that is handed from one release to the next: its tree, its plans, and the packs as the database has kept them."""

from __future__ import annotations

from datetime import time

from inspector.calendars import load_calendars
from inspector.flows.office import AgencyNode, Office, Plan
from inspector.policybook import Policybook
from inspector.store.store import Store
from tests.former.outside import Outside
from tests.house import ROOT, Hand

DRAWING = ("bureau", "north", "south", "east", "west", "harbour")
"""Agencies with a plan of their own each: draws of one agency wait for each other."""
TREE = {
    "city": AgencyNode(id="city", name="云溪市", pack="demo", connector="county-office"),
    "bureau": AgencyNode(id="bureau", name="云溪区局", parent="city", subjects="sms", subjects_by_phone="sms", heads=("赵局长",)),
    **{name: AgencyNode(id=name, name=f"云溪{name}局", parent="city") for name in DRAWING[1:5]},
    "civil-affairs": AgencyNode(
        id="civil-affairs", name="云溪区民政局", parent="city", connector="civil-affairs", digest=time(8, 30)
    ),
    "housing": AgencyNode(id="housing", name="云溪区住建局", parent="city", connector="housing"),
    "harbour": AgencyNode(id="harbour", name="云溪港区局", pack="maoji", parent="city"),
}
PLANS = {
    **{name: Plan(name=name, agency=name, trigger="every 7d", pool=True) for name in DRAWING[1:]},
    "bureau": Plan(name="bureau", agency="bureau", trigger="every 7d"),
    "shops": Plan(name="shops", agency="bureau", trigger="every 7d", pool=True),
}


def place(store: Store, hand: Hand, outside: Outside, book: Policybook) -> Office:
    """The office on a store; whoever goes on in it gives the packs that the store has kept."""
    connectors = outside.connectors()
    with store.begin() as tx:
        tx.lanes.ensure(connectors.names())
    return Office(
        store=store,
        book=book,
        calendar=load_calendars(ROOT / "policies" / "calendars"),
        connectors=connectors,
        tree=TREE,
        plans=PLANS,
        secret=b"s" * 32,
        base_url="http://inspector.test",
        now=hand,
        tickets_from=0,
    )

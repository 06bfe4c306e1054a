"""The twenty agencies of the simulated year and those above them, and the pack by which they are asked."""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.policy import Policy
from inspector.domain.timer import OPTIONAL
from inspector.domain.urgency import Urgency
from inspector.flows.office import AgencyNode
from tests.agencydoors import DIGEST, DIGESTED

FACT, ITEM, NAMES = "home-title", "hukou-housing", [f"a{number:02}" for number in range(20)]
CIRCLE = {"a05": "a06", "a06": "a05", "a07": "a08"}
"""Who takes another for competent; of the first two each takes the other."""
MOVED, BEFORE = "a04", "a04-before"
"""Who moves to another way within the year, and the connector that a part of the packs still names: it counts itself once."""
TREE = {
    "province": AgencyNode(id="province", name="省", pack="demo", connector="province"),
    **{f"city{n}": AgencyNode(id=f"city{n}", name=f"市{n}", parent="province", connector=f"city{n}") for n in range(3)},
    "bureau": AgencyNode(id="bureau", name="区局", parent="city0"),
    **{
        name: AgencyNode(
            id=name,
            name=name,
            parent=f"city{n % 3}",
            connector=name,
            digest=DIGEST if name in DIGESTED else None,
            former=(BEFORE,) if name == MOVED else (),
        )
        for n, name in enumerate(NAMES[:-1])
    },
    NAMES[-1]: AgencyNode(id=NAMES[-1], name="省外机关", connector=NAMES[-1]),
}
"""The last agency has no superior in common with the bureau: there a person picks whom to tell."""


def asking(held: Policy, steps: Policy) -> Policy:
    """The demo's pack with an item for each agency, one in four urgent, and with every step that a pack may have (those of `steps`)."""
    plain = held.items[ITEM]
    items = {}
    for number, name in enumerate(NAMES):
        urgency = Urgency.URGENT if number % 4 == 3 else Urgency.NORMAL
        fact = replace(plain.facts[0], agency=name, urgency=urgency)
        items[name] = replace(plain, code=name, facts=(fact,))
        if name == MOVED:
            items[BEFORE] = replace(plain, code=BEFORE, facts=(replace(fact, agency=BEFORE),))
    terms = {timer: row for timer, row in steps.terms.items() if timer in OPTIONAL or timer.name.startswith("ASSIST")}
    return replace(held, items=items, terms={**held.terms, **terms}, acts=(), draw=replace(held.draw, plan=False))

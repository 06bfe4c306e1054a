"""An office for commands that no pack decides, on the day on which somebody has spoilt one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector import bootstrap, lawbook
from inspector.flows.agencytree import flaws
from inspector.flows.office import Connectors
from inspector.policybook import Policybook

if TYPE_CHECKING:
    from inspector.settings import Settings


def packless(settings: Settings) -> bootstrap.Proof:
    """The parts of an office without the folder's packs: nothing is taken in by it, and what the house has kept of them reads old cases.

    Raises Invalid for what is wrong with calendars or agencies.
    """
    given = bootstrap.given(settings)
    for flaw in flaws(given.tree, {node.pack for node in given.tree.values() if node.pack is not None}):
        raise flaw
    return bootstrap.Proof(
        prints=(),
        calendar=lawbook.calendar_of(settings),
        book=Policybook(packs=()),
        tree=given.tree,
        plans=given.plans,
        connectors=Connectors(),
    )

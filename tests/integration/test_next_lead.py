"""A lead who leaves with versions undecided: whoever leads then is told, and the matter names that one (duties pass on by rule)."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace

import pytest

from inspector.flows import relief
from tests.edge import Edge
from tests.house import Hand, settle
from tests.integration.test_fieldnotes import edge, links, note, team

pytestmark = [pytest.mark.alike, pytest.mark.slow]
__all__ = ["edge", "links"]


def clash(edge: Edge) -> list[tuple[str, str]]:
    """The lead that the open matter names, and whom a push told of it."""
    with edge.office.store.read() as tx:
        (matter,) = (row for row in tx.attention.page(None) if row["kind"] == "note_clash")
        told = [one.seat for one in tx.pushes.page(["bureau"]) if one.word == "differs"]
    return [(json.loads(matter["body"])["lead"], one) for one in told or [""]]


def leaves(edge: Edge, staff: str, hand: Hand) -> None:
    with edge.office.store.begin() as tx:
        tx.rosters.put_inspectors([replace(tx.rosters.inspector("bureau", staff), in_post=False)])
        relief.look(edge.office, tx, "bureau", hand())
    settle(edge.office)


def test_whoever_leads_once_the_lead_has_left_is_told_once_and_chooses(edge: Edge, hand: Hand, links: ExitStack) -> None:
    visit, (first, second), (lead, mate) = team(edge, links)
    assert lead.post(f"/v1/seats/{first}/notes", json=note(visit, "match")).json()["became"] == "RESULT"
    hand.on(hours=1)
    assert mate.post(f"/v1/seats/{second}/notes", json=note(visit, "mismatch", "后门封闭")).json()["became"] == "CLASH"
    settle(edge.office)
    assert clash(edge) == [(first, first)]
    hand.on(days=1)
    with edge.office.store.read() as tx:
        staff = tx.visits.team(visit.id)[0].inspector
    for _ in range(2):
        leaves(edge, staff, hand)
    assert sorted(clash(edge)) == sorted([(second, first), (second, second)])

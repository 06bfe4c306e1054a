"""A lead who leaves with versions undecided: whoever leads then is told, and the matter names that one (duties pass on by rule)."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from inspector.domain.challenge import Applicant
from inspector.domain.visit import Visit
from inspector.flows import recusing, relief
from tests.edge import Edge
from tests.house import Hand, settle
from tests.integration.test_fieldnotes import edge, links, note, team
from tests.integration.test_supplement import LOOK

pytestmark = [pytest.mark.alike, pytest.mark.slow]
__all__ = ["edge", "links"]


def clash(edge: Edge) -> list[tuple[str, str]]:
    """The lead that the open matter names, and whom a push told of it."""
    with edge.office.store.read() as tx:
        (matter,) = (row for row in tx.attention.page(None) if row["kind"] == "note_clash")
        told = [one.seat for one in tx.pushes.page(["bureau"]) if one.word == "differs"]
    return [(json.loads(matter["body"])["lead"], one) for one in told or [""]]


def leaves(edge: Edge, staff: str, hand: Hand) -> None:
    """The register says so, and the daily look sees it: the visit has its result, and no other one is open."""
    with edge.office.store.begin() as tx:
        tx.rosters.put_inspectors([replace(tx.rosters.inspector("bureau", staff), in_post=False)])
        assert not tx.visits.going_at() | tx.pushes.off_at()
    done = relief.daily(LOOK, edge.office)
    with edge.office.store.begin() as tx:
        done.write(tx, hand())
    settle(edge.office)


def differ(edge: Edge, hand: Hand, links: ExitStack) -> tuple[Visit, str, str, str]:
    """A visit whose lead has entered the result, and whose mate says otherwise: it, the lead, and both seats."""
    visit, (first, second), (lead, mate) = team(edge, links)
    assert lead.post(f"/v1/seats/{first}/notes", json=note(visit, "match")).json()["became"] == "RESULT"
    hand.on(hours=1)
    assert mate.post(f"/v1/seats/{second}/notes", json=note(visit, "mismatch", "后门封闭")).json()["became"] == "CLASH"
    settle(edge.office)
    assert clash(edge) == [(first, first)]
    hand.on(days=1)
    with edge.office.store.read() as tx:
        staff = tx.visits.team(visit.id)[0].inspector
    return visit, staff, first, second


def test_whoever_leads_once_the_lead_has_left_is_told_once_and_chooses(edge: Edge, hand: Hand, links: ExitStack) -> None:
    _, staff, first, second = differ(edge, hand, links)
    for _ in range(2):
        leaves(edge, staff, hand)
    assert sorted(clash(edge)) == sorted([(second, first), (second, second)])


def test_whoever_leads_once_the_head_has_recused_the_lead_is_told_at_once(edge: Edge, hand: Hand, links: ExitStack) -> None:
    visit, staff, first, second = differ(edge, hand, links)
    with edge.office.store.begin() as tx:
        told: Any = {"applicant": Applicant.COLLEAGUE, "by": "赵", "reason": "kin", "evidence": "口头"}
        recusing.apply(edge.office, tx, visit.id, staff, **told, now=hand())
        recusing.decide(edge.office, tx, visit.id, staff, granted=True, by="王局长", why="属实", now=hand())
    settle(edge.office)
    assert sorted(clash(edge)) == sorted([(second, first), (second, second)])

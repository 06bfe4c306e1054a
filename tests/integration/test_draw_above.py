"""Agencies above one, as the settings have them: each frame keeps them, and one above which others stand is told of (decision 165)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.inspection import CheckType, Inspection
from inspector.domain.plan import Draw
from inspector.flows import moved
from inspector.flows.history import of_one
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, next_period, settle
from tests.integration.test_draw_moved import derivation
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_draw_way import agreeing, carried_out, drawing, visits

pytestmark = pytest.mark.alike


def under(office: Office, parent: str) -> Office:
    """The office, as if the settings put the bureau under another agency."""
    return replace(office, tree={**office.tree, "bureau": replace(office.tree["bureau"], parent=parent)})


def told(office: Office) -> list[dict[str, Any]]:
    with office.store.read() as tx:
        return [json.loads(row["body"]) for row in tx.attention.page(None) if row["kind"] == moved.ABOVE]


def frozen(office: Office, hand: Hand) -> Draw:
    next_period(office, "weekly")
    held = announce(office, hand, "weekly")
    settle(office)
    return held


@pytest.mark.slow
def test_who_stands_above_an_agency_is_kept_by_each_frame_and_told_where_it_has_changed(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    first = frozen(office, hand)
    assert derivation(office, first)["above"] == ["county", "city"]
    assert "above_before" not in derivation(office, first)
    carried_out(office, hand, first.number)
    hand.on(days=14)
    second = frozen(under(office, "other"), hand)
    held = derivation(office, second)
    assert (held["above"], held["above_before"]) == (["other", "city"], ["county", "city"])
    assert [(one["draw"], one["before"], one["above"]) for one in told(office)] == [
        (second.number, ["county", "city"], ["other", "city"])
    ]
    carried_out(office, hand, second.number)
    hand.on(days=14)
    third = frozen(office, hand)  # put back
    assert derivation(office, third)["above_before"] == ["other", "city"]
    assert {one["draw"] for one in told(office)} == {second.number, third.number}
    carried_out(office, hand, third.number)
    hand.on(days=14)
    fourth = frozen(office, hand)
    assert "above_before" not in derivation(office, fourth)
    assert len(told(office)) == 2
    agreeing(office, fourth.number)


@pytest.mark.slow
def test_who_a_check_was_of_when_the_frame_was_frozen_is_whose_it_is_when_visits_are_given(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    first = frozen(office, hand)
    carried_out(office, hand, first.number)
    visit = visits(office, first.number)[0]
    past = Inspection(agency="county", kind=SubjectKind.FIRM, code=visit.code, on=date(2026, 2, 2), check=CheckType.PLANNED)
    with store.begin() as tx:
        tx.inspections.put([past])
    with store.read() as tx:
        held = tx.draws.get(first.number)
        above = moved.stood_above(tx, held, "bureau")
        assert above == ("county", "city")
        for tree in (office, under(office, "other")):
            seen = of_one(tree, tx, "bureau", visit.object_id, visit.kind, visit.code, above=above, without=visit.id)
            assert [one.authority.value for one in seen] == ["UPPER"]
        elsewhere = of_one(under(office, "other"), tx, "bureau", visit.object_id, visit.kind, visit.code, without=visit.id)
        assert [one.authority.value for one in elsewhere] == ["OTHER"]

"""A whole result by the interface, or by the platform behind a channel, loses nothing that a colleague has noted (issue 6)."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

import pytest

from inspector.domain.finding import Part, Seen
from inspector.domain.visit import Visit, VisitState
from inspector.flows.supervision import FOUND
from tests.edge import Edge
from tests.house import Hand, settle
from tests.integration.test_fieldnotes import edge, links, note, team

__all__ = ["edge", "links"]
pytestmark = pytest.mark.alike


def matters(edge: Edge) -> set[str]:
    with edge.office.store.read() as tx:
        return {str(row["kind"]) for row in tx.attention.page(None) if not row["closed_at"]}


def entered(edge: Edge, visit: Visit) -> Part:
    with edge.office.store.read() as tx:
        held = tx.visits.get(visit.id)
    assert held.state is VisitState.DONE
    return held.parts[0]


def test_what_a_colleague_has_found_stays_a_finding_where_the_whole_result_says_that_there_was_nothing(
    edge: Edge, links: ExitStack
) -> None:
    visit, (first, second), (lead, mate) = team(edge, links)
    assert mate.post(f"/v1/seats/{second}/notes", json={"seen": "FINDING", "remarks": "后院堆放易燃物"}).status_code == 200
    told = lead.post(f"/v1/seats/{first}/result", json=note(visit, "match", remarks="店主在场", seen="NOTHING"))
    assert told.status_code == 200, told.text
    settle(edge.office)
    part = entered(edge, visit)
    assert (part.seen, set(part.remarks.splitlines())) == (Seen.FINDING, {"后院堆放易燃物", "店主在场"})
    assert FOUND in matters(edge)


@pytest.mark.slow
def test_who_has_noted_a_finding_does_not_take_it_back_by_a_result_that_leaves_it_unsaid(edge: Edge, links: ExitStack) -> None:
    visit, (first, second), (lead, mate) = team(edge, links)
    assert lead.post(f"/v1/seats/{first}/notes", json={"seen": "FINDING", "remarks": "像是漏水"}).status_code == 200
    assert mate.post(f"/v1/seats/{second}/notes", json={"seen": "NOTHING"}).status_code == 200
    assert lead.post(f"/v1/seats/{first}/result", json=note(visit, "match")).status_code == 200
    assert entered(edge, visit).seen is Seen.FINDING, "who has found something has not said that it is nothing"
    settle(edge.office)
    assert FOUND in matters(edge)


@pytest.mark.slow
def test_where_two_say_different_things_the_result_is_entered_and_the_lead_decides(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, second), (lead, mate) = team(edge, links)
    (doubt,) = visit.doubts
    with edge.office.store.begin() as tx:
        more = replace(doubt, claim="door-plate", fact="door-plate")
        tx.visits.put(replace(tx.visits.get(visit.id, lock=True), doubts=(doubt, more)))
    day = hand().date()
    hand.on(days=1)
    noted = mate.post(f"/v1/seats/{second}/notes", json=note(visit, "mismatch", "空置", visited_on=day.isoformat()))
    assert noted.json()["became"] == "WAITS"
    found = [{"case_id": doubt.case_id, "claim": one, "verdict": "match"} for one in (doubt.claim, "door-plate")]
    assert lead.post(f"/v1/seats/{first}/result", json={"findings": found}).status_code == 200
    assert entered(edge, visit).on == day, "nobody else has said which"
    assert "note_clash" in matters(edge)

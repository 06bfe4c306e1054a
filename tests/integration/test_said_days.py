"""The day of a visit: what somebody has said stands before what follows from a phone's clock, and two said days are the lead's."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date

import pytest

from inspector.domain.visit import Visit
from tests.edge import Edge
from tests.house import Hand
from tests.integration.test_fieldnotes import edge, links, note, team

__all__ = ["edge", "links"]
pytestmark = pytest.mark.alike


def made_on(edge: Edge, visit: Visit) -> date | None:
    with edge.office.store.read() as tx:
        return tx.visits.get(visit.id).made_on


def test_a_day_that_was_said_is_not_written_over_by_one_that_follows_from_how_long_a_note_lay(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, second), (lead, mate) = team(edge, links)
    said = hand().date()
    hand.on(days=1)
    kept = lead.post(f"/v1/seats/{first}/notes", json={"seen": "NOTHING", "visited_on": said.isoformat(), "remarks": "当日已到"})
    assert kept.json()["became"] == "WAITS"
    lay = {"captured_at": hand().isoformat()}
    hand.on(days=1)
    told = mate.post(f"/v1/seats/{second}/notes", json=note(visit, "match", **lay, sent_at=hand().isoformat()))
    assert told.json()["became"] == "RESULT"
    assert made_on(edge, visit) == said


@pytest.mark.slow
def test_two_days_that_were_said_wait_for_the_lead_who_says_which(edge: Edge, hand: Hand, links: ExitStack) -> None:
    visit, (first, second), (lead, mate) = team(edge, links)
    days = [hand().date()]
    hand.on(days=1)
    days.append(hand().date())
    lead.post(f"/v1/seats/{first}/notes", json={"seen": "NOTHING", "visited_on": days[0].isoformat()})
    told = mate.post(f"/v1/seats/{second}/notes", json=note(visit, "match", visited_on=days[1].isoformat()))
    assert told.json()["became"] == "CLASH"
    assert made_on(edge, visit) is None, "nobody knows which"
    field = lead.get(f"/v1/seats/{first}/notes").json()
    (clash,) = field["sheet"]["clashes"]
    assert (clash["line"], [one["said"] for one in clash["versions"]]) == ("visited_on", [[day.isoformat()] for day in days])
    with edge.client() as phone:
        page = phone.get(f"/seat/{first}/{edge.office.link_token('seat', first)}").text
    assert all(word in page for word in ("同组人员填写不一致", "检查日期", *map(str, days)))
    choice = {"claim": clash["line"], "note": clash["versions"][0]["note"], "reasons": "签到记录"}
    assert lead.post(f"/v1/seats/{first}/choices", json=choice).json()["became"] == "RESULT"
    assert made_on(edge, visit) == days[0]
    with edge.office.store.read() as tx:
        assert [row["kind"] for row in tx.attention.page(None) if not row["closed_at"] and row["kind"] == "note_clash"] == []


@pytest.mark.slow
def test_a_day_that_is_said_behind_the_result_and_is_another_one_is_for_the_lead(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, second), (lead, mate) = team(edge, links)
    said = hand().date()
    hand.on(days=1)
    whole = {**note(visit, "match"), "visited_on": hand().date().isoformat()}
    assert lead.post(f"/v1/seats/{first}/result", json=whole).status_code == 200
    same = mate.post(f"/v1/seats/{second}/notes", json={"seen": "NOTHING", "visited_on": hand().date().isoformat()})
    assert same.json()["became"] == "KEPT"
    other = mate.post(f"/v1/seats/{second}/notes", json={"seen": "NOTHING", "visited_on": said.isoformat()})
    assert other.json()["became"] == "CLASH"
    assert made_on(edge, visit) == hand().date()

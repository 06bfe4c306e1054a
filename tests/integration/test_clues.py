"""What a check sheet ticks is an officer's to see to by a date: a lead and no finding, and no result without a problem (decision 186)."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import timedelta

import pytest

from inspector.domain import gazette
from inspector.domain.case import CaseState, Outcome
from inspector.domain.finding import Seen
from inspector.domain.gazette import CheckResult
from inspector.domain.report import Found, found
from inspector.domain.secondlook import sound
from inspector.domain.tipoff import TipOff, TipSource
from inspector.flows import leads
from tests.edge import Edge
from tests.house import Hand, settle
from tests.integration.test_fieldnotes import edge, links, note, team

__all__ = ["edge", "links"]
pytestmark = pytest.mark.alike


def clues(edge: Edge) -> list[TipOff]:
    with edge.office.store.read() as tx:
        return [one for one in tx.tips.open_of(("bureau",)) if one.source is TipSource.CHECK]


def sheet(edge: Edge, case_id: str, **row: object) -> dict[str, object]:
    with edge.office.store.read() as tx:
        item = tx.cases.get(case_id).item
    return {"rows": [{"item": item, **row}]}


@pytest.mark.slow
def test_problem_boxes_and_a_clue_to_a_case_are_an_officers_by_a_date_and_decide_nothing(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    visit, (first, second), (lead, mate) = team(edge, links)
    (doubt,) = visit.doubts
    ticked = sheet(edge, doubt.case_id, outcomes=["pending-market", "obstructed"], follow_ups=["case"], words="后院堆放易燃物")
    assert lead.post(f"/v1/seats/{first}/notes", json=note(visit, "match", sheet=ticked)).json()["became"] == "RESULT"
    settle(edge.office)
    (clue,) = clues(edge)
    assert [one for one in ("待后续处理", "不配合检查", "移交办案机构", "后院堆放易燃物") if one not in clue.words] == []
    assert (clue.code, clue.by, clue.due_at > hand()) == (visit.code, visit_lead(edge, visit.id), True)
    with edge.office.store.read() as tx:
        held, case = tx.visits.get(visit.id), tx.cases.get(doubt.case_id)
        (entry,) = (row for row in tx.ledger.about(visit.id) if row["rule"] == "visit.clue")
    assert json.loads(entry["body"])["facts"]["tip_off"] == clue.id
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.TRUE), "the promise stood; what else was seen is a lead"
    assert not sound(held, "bureau")
    outcomes = {case.id: ("bureau", case.outcome)}
    assert gazette.found(held, "bureau", outcomes) is None, "an officer says what is published"
    assert gazette.found(held, "bureau", outcomes, CheckResult.PROBLEM) is CheckResult.PROBLEM
    assert found((), over=True, seen=Seen.NOTHING, ticks=True) is Found.UNDECIDED
    hand.now = clue.due_at + timedelta(minutes=1)
    settle(edge.office)
    with edge.office.store.read() as tx:
        (matter,) = (row for row in tx.attention.page(None) if row["kind"] == leads.TO_SEE)
    assert json.loads(matter["body"])["overdue"]
    more = sheet(edge, doubt.case_id, follow_ups=["case", "notify"])
    assert mate.post(f"/v1/seats/{second}/notes", json={"sheet": more}).json()["became"] == "KEPT"
    assert len(clues(edge)) == 2, "what a colleague ticks after the result is told too, once"
    mate.post(f"/v1/seats/{second}/notes", json={"sheet": more})
    assert len(clues(edge)) == 2


def visit_lead(edge: Edge, visit: str) -> str:
    with edge.office.store.read() as tx:
        return tx.visits.team(visit)[0].inspector


def test_the_day_on_which_something_is_to_follow_is_the_officers_date(edge: Edge, hand: Hand, links: ExitStack) -> None:
    visit, (first, _), (lead, _) = team(edge, links)
    (doubt,) = visit.doubts
    day = hand().date() + timedelta(days=40)
    ticked = sheet(edge, doubt.case_id, outcomes=["corrected"], follow_ups=["order"], followed_on=day.isoformat())
    assert lead.post(f"/v1/seats/{first}/notes", json=note(visit, "match", sheet=ticked)).json()["became"] == "RESULT"
    (clue,) = clues(edge)
    assert edge.office.calendar.local_date(clue.due_at) == day
    assert day.isoformat() in clue.words


def test_a_sheet_without_a_problem_is_nobodys_matter(edge: Edge, hand: Hand, links: ExitStack) -> None:
    visit, (first, _), (lead, _) = team(edge, links)
    (doubt,) = visit.doubts
    ticked = sheet(edge, doubt.case_id, outcomes=["none-found"], modes=["on-site"], follow_ups=["none"])
    assert lead.post(f"/v1/seats/{first}/notes", json=note(visit, "match", sheet=ticked)).json()["became"] == "RESULT"
    settle(edge.office)
    assert clues(edge) == []
    with edge.office.store.read() as tx:
        assert sound(tx.visits.get(visit.id), "bureau")

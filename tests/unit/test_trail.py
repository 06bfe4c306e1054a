"""What the ledger tells of a visit: its last word on a date counts, and a date that nobody told of is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inspector.domain import trail
from inspector.domain.calendar import Counting, Term, Unit
from inspector.domain.case import SubjectKind
from inspector.domain.inspection import CheckType
from inspector.domain.trail import Trail, differs
from inspector.domain.visit import Visit, VisitState

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
VISIT = Visit(
    id="bureau-2026-00001-0001",
    draw="bureau-2026-00001",
    agency="bureau",
    object_id="TEST1",
    kind=SubjectKind.FIRM,
    code="TEST1",
    name="",
    check=CheckType.PLANNED,
    stratum="A",
    sampled=True,
    pooled=True,
    doubts=(),
    case_ids=("c-1",),
    basis="",
    state=VisitState.ASSIGNED,
    opened_at=NOW,
    due_at=NOW + timedelta(days=7),
    due_counted=Counting(term=Term(amount=5, unit=Unit.WORKING_DAY), after=NOW.date(), nominal=NOW.date(), last=NOW.date()),
    release_at=NOW + timedelta(days=6),
)


def opened(visit: Visit) -> Trail:
    told = Trail()
    told.add(trail.OPEN, {}, trail.standing(visit), sound=True)
    return told


def test_a_date_is_the_last_one_that_an_entry_tells() -> None:
    assert not differs(VISIT, opened(VISIT), struck=False, manned=True)
    later = replace(VISIT, due_at=VISIT.due_at + timedelta(days=3))
    assert differs(later, opened(VISIT), struck=False, manned=True)
    for rule in ("calendar.recount", "visit.sooner"):
        told = opened(VISIT)
        told.add(rule, {"due_at": later.due_at.isoformat()}, {}, sound=True)
        assert not differs(later, told, struck=False, manned=True)
        assert differs(VISIT, told, struck=False, manned=True)


def test_an_entry_that_was_changed_tells_nothing() -> None:
    told = opened(VISIT)
    told.add("visit.cancel", {}, {}, sound=False)
    assert differs(replace(VISIT, state=VisitState.CANCELLED), told, struck=False, manned=True)


def test_a_visit_called_off_as_it_was_opened_has_a_line_that_says_so() -> None:
    off = replace(VISIT, state=VisitState.CANCELLED)
    assert not differs(off, opened(off), struck=True, manned=False)
    assert differs(off, opened(off), struck=False, manned=False)
    assert differs(off, opened(VISIT), struck=True, manned=False), "it was opened to be made"
    assert differs(VISIT, opened(off), struck=True, manned=True)


def test_a_visit_called_off_as_it_was_opened_may_be_owed_by_an_entry_and_by_nothing_else() -> None:
    off, owed = replace(VISIT, state=VisitState.CANCELLED), replace(VISIT, state=VisitState.OWED)
    assert differs(owed, opened(off), struck=True, manned=False), "nobody has said that its slot has returned"
    told = opened(off)
    told.add("visit.owe", {}, {}, sound=True)
    assert not differs(owed, told, struck=True, manned=False)
    assert differs(off, told, struck=True, manned=False), "nor is it called off any more"
    told.add("visit.cancel", {}, {}, sound=True)
    assert not differs(off, told, struck=True, manned=False)

"""Which results stand in a frame of second looks, and what is to be said of one: no database, no draw."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from inspector.domain.calendar import Term, Unit, WorkingCalendar, due
from inspector.domain.case import SubjectKind
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Doubt, Finding, Part, Seen
from inspector.domain.inspection import CheckType
from inspector.domain.publish import SecondLookRow
from inspector.domain.secondlook import NEW, OWED, began, framed, matter, refuse_unsaid, shares, sound
from inspector.domain.visit import Visit, VisitState
from tests.house import START

TERM = Term(amount=20, unit=Unit.WORKING_DAY)
PART = Part(agency="bureau", by="Z001", at=START, seen=Seen.NOTHING)
FOUND = Finding(case_id="c", claim="office-in-use", verdict=Verdict.MATCH)
ASKED = Doubt(agency="bureau", case_id="c", claim="office-in-use", fact="office-in-use", claimed="是")
RESULT = Visit(
    id="bureau-2026-00001-0001",
    draw="bureau-2026-00001",
    agency="bureau",
    object_id="TEST1",
    kind=SubjectKind.FIRM,
    code="TEST1",
    name="",
    check=CheckType.PLANNED,
    stratum="pool-U",
    sampled=True,
    pooled=True,
    doubts=(ASKED,),
    case_ids=("c",),
    basis="P:2.3",
    state=VisitState.DONE,
    opened_at=START,
    due_at=START + timedelta(days=20),
    due_counted=due(START, TERM, WorkingCalendar()).counted,
    parts=(PART,),
    findings=(FOUND,),
)


def look(state: VisitState, of: Visit = RESULT) -> Visit:
    return replace(of, id=f"look-{state.value}", check=CheckType.OFF_SITE, state=state, looks_at=of.id)


def test_only_a_result_that_found_nothing_is_looked_at_again() -> None:
    assert sound(RESULT, "bureau")
    assert not sound(replace(RESULT, state=VisitState.ASSIGNED), "bureau")
    assert not sound(RESULT, "other"), "an agency looks at its own work"
    assert not sound(look(VisitState.DONE), "bureau"), "a look is no result"
    assert not sound(replace(RESULT, parts=(replace(PART, seen=Seen.FINDING, remarks="空屋"),)), "bureau")
    for verdict in set(Verdict) - {Verdict.MATCH}:
        assert not sound(replace(RESULT, findings=(replace(FOUND, verdict=verdict),)), "bureau"), "an officer reads it anyway"
    joint = replace(
        RESULT,
        partners=("fire",),
        parts=(PART, replace(PART, agency="fire")),
        doubts=(ASKED, replace(ASKED, agency="fire", claim="exit")),
        findings=(FOUND, replace(FOUND, claim="exit", verdict=Verdict.MISMATCH, note="锁闭")),
    )
    assert (sound(joint, "bureau"), sound(joint, "fire")) == (True, False), "each by its own part"


def test_a_result_stands_once_in_a_frame_and_one_that_was_drawn_is_owed_until_somebody_has_looked() -> None:
    other = replace(RESULT, id="bureau-2026-00001-0002")
    assert framed([RESULT, other], [], {other.id}, "bureau") == {RESULT.id: NEW}, (
        "what stood in the last frame has had its chance"
    )
    for state in (VisitState.SHORT, VisitState.OWED, VisitState.CANCELLED):
        assert framed([], [look(state)], {RESULT.id}, "bureau") == {RESULT.id: OWED}, "a look left undone lets nobody escape"
    for state in (VisitState.ASSIGNED, VisitState.DONE):
        held = [look(VisitState.CANCELLED), look(state)]
        assert framed([RESULT], held, (), "bureau") == {}, "nobody is drawn until the result pleases"


def test_a_period_is_told_by_its_slot_alone_whatever_became_of_its_draws() -> None:
    slot = START.isoformat()
    assert began(slot) == began(f"{slot}+") == began(f"{slot}++") == START
    assert began("before") is None, "before a plan's first slot no period is over"


def test_the_share_is_drawn_of_new_results_and_the_whole_of_what_is_owed() -> None:
    told = shares(SecondLookRow(row="second-look", share=Fraction(1, 3), basis="P:2.3"))
    assert told == {NEW: (333_334, 0), OWED: (1_000_000, 0)}, "rounded up: never less than the pack says"


@pytest.mark.parametrize("seen", [Seen.FINDING, Seen.UNCLEAR])
def test_what_does_not_bear_a_result_out_needs_words_and_is_told_to_a_person(seen: Seen) -> None:
    with pytest.raises(Invalid, match="look_wordless"):
        refuse_unsaid(look(VisitState.ASSIGNED), seen, " ")
    refuse_unsaid(look(VisitState.ASSIGNED), seen, "照片是另一处")
    assert matter(seen) is not None
    assert matter(Seen.NOTHING) is None
    with pytest.raises(Invalid, match="seen_not_of_visit"):
        refuse_unsaid(RESULT, Seen.UNCLEAR, "不清楚")

"""A case judged again: what is a fault and what the calendar did, who is asked for certain, and what a pack is asked at intake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from fractions import Fraction
from itertools import product
from typing import Any, cast

import pytest

from inspector.calendars import load_calendars
from inspector.domain import backtest, credit
from inspector.domain.backtest import Change, Course, Deviation
from inspector.domain.calendar import Term, WorkingCalendar
from inspector.domain.case import Case, LevelReason, MatterKind, Method, Rated, Route, SubjectKind
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.policy import Policy
from inspector.domain.scale import Axis, CombineRow, Scale
from inspector.domain.supposed import Supposed, case_of, level_of
from inspector.domain.verification import begin
from inspector.policybook import Policybook
from tests.house import START
from tests.packs import POLICIES

CALENDAR = load_calendars(POLICIES / "calendars")
BOOK = Policybook.load(POLICIES)
DEMO = BOOK.get("demo@1")


def supposed(policy: Policy, item: str, level: str | None = "C", **changes: Any) -> tuple[Case, Rated]:
    held = policy.item(item)
    kinds = {"matter": min(held.matters), "subject": min(held.subjects), "route": Route.COMMITMENT}
    told = Supposed(item=item, level=level, at=START, **(kinds | changes))
    return case_of(policy, told), level_of(policy, told)


def decided(item: str, calendar: WorkingCalendar = CALENDAR) -> Case:
    case, level = supposed(DEMO, item)
    return begin(case, DEMO, level, START, calendar).state


def everything() -> Iterator[tuple[Policy, Case, Rated]]:
    """Every item of every pack, at every level, by both routes."""
    for policy in BOOK.packs:
        for item, level, route in product(policy.items, policy.levels, Route):
            case, rated = supposed(policy, item, level.code, route=route)
            yield policy, case, rated


@pytest.mark.slow
def test_what_is_decided_is_recorded_and_judged_again_alike() -> None:
    for policy, case, rated in everything():
        made = begin(case, policy, rated, START, CALENDAR).state
        again = backtest.ruled(backtest.afresh(made), policy, backtest.level_of(made, policy, policy), CALENDAR)
        assert (again, backtest.deviation(backtest.recorded(made), again)) == (backtest.recorded(made), None)


@pytest.mark.slow
def test_what_alike_leaves_out_is_never_asked_when_a_case_comes_in() -> None:
    class Asked:
        """A pack that answers nothing about draws, reports and its own name."""

        def __init__(self, policy: Policy) -> None:
            self._policy = policy

        def __getattr__(self, name: str) -> object:
            assert name not in backtest._NOT_ASKED, name
            return getattr(self._policy, name)

    for policy, case, rated in everything():
        assert backtest.ruled(case, cast("Policy", Asked(policy)), rated, CALENDAR) == backtest.ruled(
            case, policy, rated, CALENDAR
        )


def test_packs_that_differ_in_draws_alone_rule_alike_and_no_others() -> None:
    rows = tuple(replace(row, ratio=row.ratio * Fraction(1, 2)) for row in DEMO.samplings)
    assert backtest.alike(DEMO, replace(DEMO, version="2", digest="other", samplings=rows))
    assert not backtest.alike(DEMO, replace(DEMO, stale_after=Term.parse("2d")))
    assert {*backtest._NOT_ASKED} <= {field.name for field in fields(Policy)}


def test_a_date_counted_by_a_calendar_that_has_changed_since_is_no_fault_and_a_tampered_one_is() -> None:
    case = decided("business-licence", WorkingCalendar())  # no notice had come yet
    record = backtest.recorded(case)
    again = backtest.ruled(backtest.afresh(case), DEMO, backtest.level_of(case, DEMO, DEMO), CALENDAR)
    assert backtest.deviation(record, again) is Deviation.CALENDAR
    sound = backtest.recorded(decided("business-licence"))
    assert sound.term is not None
    moved = replace(sound.term, due_at=sound.term.due_at + timedelta(days=1))
    assert backtest.deviation(replace(sound, term=moved), sound) is Deviation.FAULT
    shorter = replace(sound.term, due_counted=replace(sound.term.due_counted, skipped=()))
    assert backtest.deviation(replace(sound, term=shorter), sound) is Deviation.FAULT


def test_the_first_question_is_certain_the_next_where_an_answer_settled_nothing_and_else_at_most() -> None:
    case = decided("relief-household")
    key = case.claims[0].claim.key
    steps = [(step.method, step.via) for step in case.claims[0].steps]
    assert steps == [(Method.ONLINE_QUERY, "registers"), (Method.ASSISTANCE, "civil-affairs")]
    ruling = replace(backtest.recorded(case), ways=((key, case.claims[0].steps),))

    def sure(*verdicts: Verdict) -> tuple[int, int]:
        """How often the agency is asked, for certain and at most."""
        held = [
            Evidence(
                id=str(place),
                claim=key,
                method=steps[0][0],
                via=steps[0][1],
                verdict=one,
                fresh=True,
                asked_at=START,
                as_of=START,
            )
            for place, one in enumerate(verdicts)
        ]
        needs = backtest.needs(ruling, backtest.heard(held))
        assert needs.sure[steps[0]] == 1
        return needs.sure.get(steps[1], 0), needs.most.get(steps[1], 0)

    assert sure() == (0, 1)
    assert sure(Verdict.NOT_FOUND) == (1, 1)
    assert sure(Verdict.MATCH) == (0, 0)
    assert sure(Verdict.NO_ANSWER, Verdict.MATCH) == (1, 1)  # the late answer came when the agency had been asked


def test_a_visit_is_certain_where_nothing_else_is_open_to_a_fact() -> None:
    needs = backtest.needs(backtest.recorded(decided("dispatch-premises")), {})
    assert (needs.visit, needs.may_visit, dict(needs.sure)) == (True, True, {(Method.ONLINE_QUERY, "registers"): 1})


def test_an_item_that_is_gone_is_refused_and_an_exempt_one_that_is_none_any_more_lacks_its_level() -> None:
    case = decided("business-licence")
    henan = BOOK.get("henan-2021@1")
    gone = backtest.ruled(backtest.afresh(case), henan, backtest.level_of(case, DEMO, henan), CALENDAR)
    assert gone.name == "REFUSED:items_none"
    exempt = next(item for item in DEMO.items.values() if item.exempt)
    subjects = frozenset(SubjectKind)
    firms = replace(DEMO, items={**DEMO.items, exempt.code: replace(exempt, subjects=subjects)})
    open_now = replace(firms, version="2", items={**firms.items, exempt.code: replace(exempt, subjects=subjects, exempt=False)})
    for subject, course in ((SubjectKind.FIRM, Course.LEVEL_AWAITED), (SubjectKind.PERSON, Course.VERIFIED)):
        told, rated = supposed(firms, exempt.code, None, subject=subject)
        pooled = begin(told, firms, rated, START, CALENDAR).state
        after = backtest.ruled(backtest.afresh(pooled), open_now, backtest.level_of(pooled, firms, open_now), CALENDAR)
        assert after.course is course
        assert Change.COURSE in backtest.changes(backtest.recorded(pooled), after)


@pytest.mark.parametrize(
    ("stale_after", "age", "reason"),
    [("1d", 3, LevelReason.STALE), ("2d", 3, LevelReason.STALE), ("5d", 3, LevelReason.STATED), ("5d", 0, LevelReason.STATED)],
)
def test_a_level_is_read_again_as_old_as_it_was_where_the_packs_let_it_grow_otherwise_old(
    stale_after: str, age: int, reason: LevelReason
) -> None:
    case, _ = supposed(DEMO, "business-licence", subject=SubjectKind.FIRM, matter=MatterKind.LICENCE)
    stated = Rated(level="C", as_of=START - timedelta(days=age), source="credit", reason=LevelReason.STATED)
    made = begin(case, DEMO, stated, START, CALENDAR).state
    after = replace(DEMO, version="2", stale_after=Term.parse(stale_after))
    told = backtest.level_of(made, DEMO, after)
    assert told is not None
    assert (told.reason, told.level) == (reason, "U" if reason is LevelReason.STALE else "C")
    assert backtest.level_of(made, DEMO, replace(DEMO, version="3")) == stated


COMBINED = replace(
    DEMO,
    scale=Scale(
        axes=(Axis(code="grade", name="信用评价", values=("good", "fair")),),
        rows=(
            CombineRow(row="x-good", level="B", of={"grade": frozenset(["good"])}, basis="P:2.1"),
            CombineRow(row="x-fair", level="C", of={"grade": frozenset(["fair"])}, basis="P:2.1"),
        ),
    ),
)


def rated_as(policy: Policy, level: Rated) -> Case:
    """A licence that was decided at a level."""
    case, _ = supposed(policy, "business-licence", subject=SubjectKind.FIRM, matter=MatterKind.LICENCE)
    return begin(case, policy, level, START, CALENDAR).state


def again(policy: Policy, case: Case, by: Policy) -> backtest.Ruling:
    return backtest.ruled(backtest.afresh(case), by, backtest.level_of(case, policy, by), CALENDAR)


def test_a_level_that_ratings_made_is_made_of_them_again_by_the_other_packs_table() -> None:
    case = rated_as(COMBINED, credit.rated(COMBINED, "grade=good", START, "credit", START))
    assert backtest.deviation(backtest.recorded(case), again(COMBINED, case, COMBINED)) is None
    worse, better = COMBINED.scale.rows
    rows = (replace(worse, level="C"), better)
    after = replace(COMBINED, version="2", scale=replace(COMBINED.scale, rows=rows))
    told = again(COMBINED, case, after)
    assert told.name == "normal-C"
    assert {Change.ROW, Change.LEVEL, Change.STRATUM} <= {*backtest.changes(backtest.recorded(case), told)}


def test_a_level_that_ratings_made_stays_where_only_its_age_counts_otherwise_and_is_not_too_old() -> None:
    case = rated_as(COMBINED, credit.rated(COMBINED, "grade=good", START - timedelta(days=3), "credit", START))
    longer = replace(COMBINED, version="2", stale_after=Term.parse("60d"))
    assert backtest.changes(backtest.recorded(case), again(COMBINED, case, longer)) == ()
    shorter = again(COMBINED, case, replace(COMBINED, version="3", stale_after=Term.parse("1d")))
    assert shorter.strategy is not None
    assert (shorter.strategy.level.level, shorter.strategy.level.reason) == ("U", LevelReason.STALE)


@pytest.mark.parametrize(
    "level",
    [
        Rated(level="A", as_of=START - timedelta(days=4000), source="credit", reason=LevelReason.STATED),
        Rated(
            level="A",
            as_of=START,
            source="credit",
            reason=LevelReason.COMBINED,
            facts={"stated": "grade=fair", "combined_by": "x-fair", "combined_basis": "P:2.1"},
        ),
        Rated(level="A", as_of=None, source="", reason=LevelReason.NOT_RATED),
        Rated(level="U", as_of=None, source="", reason=LevelReason.PERSON),
    ],
    ids=["far too old", "of worse ratings", "of no rating", "a firm as a person"],
)
def test_a_recorded_level_that_its_own_pack_does_not_make_of_what_was_stated_is_a_fault(level: Rated) -> None:
    case = rated_as(COMBINED, level)
    assert backtest.deviation(backtest.recorded(case), again(COMBINED, case, COMBINED)) is Deviation.FAULT


@pytest.mark.parametrize("days", [-1, 0, 20, 29, 400])
def test_a_level_that_was_read_late_or_did_not_count_is_no_fault(days: int) -> None:
    """The platform may have answered weeks after the case came in, when what it stated had become too old."""
    for stated, late in product(("grade=good", "B", "elsewhere"), (0, 40)):
        level = credit.rated(COMBINED, stated, START - timedelta(days=days), "credit", START + timedelta(days=late))
        case = rated_as(COMBINED, level)
        assert backtest.deviation(backtest.recorded(case), again(COMBINED, case, COMBINED)) is None, (stated, late, level.reason)

"""What a verification's term is counted from: that the case came in, or the decision, as the item says (handbook 1.1.10, scenario 49)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from inspector.calendars import load_calendars
from inspector.domain import backtest, suspension
from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Case, CaseRemark, CaseState, MatterKind, Route, SubjectKind, VerifyFrom
from inspector.domain.combination import Aspect, differences, fate
from inspector.domain.decision import Decision
from inspector.domain.pause import Reason, SuspensionRow
from inspector.domain.policy import Policy
from inspector.domain.review import conclude
from inspector.domain.start import StartEvent
from inspector.domain.supposed import Supposed, case_of, level_of
from inspector.domain.verification import begin
from inspector.policybook import Policybook
from inspector.policybook.examples import check_examples
from inspector.policyrender import render
from inspector.policyrender.guide import verified
from tests.packs import ITEM, POLICIES, after, loaded, refused

CALENDAR = load_calendars(POLICIES / "calendars")
FIRE = Policybook.load(POLICIES).get("fire-safety@2")
VENUE = "public-venue-fire-safety"
PERMIT, CAME = (datetime(2026, 3, day, 9, tzinfo=SHANGHAI) for day in (2, 12))
BY_INTAKE, BY_PERMIT = date(2026, 4, 10), date(2026, 3, 30)


def opened(*, concluded: datetime | None = None, policy: Policy = FIRE, came: datetime = CAME) -> Case:
    return taken_in(concluded=concluded, policy=policy, came=came).state


def taken_in(*, concluded: datetime | None = None, policy: Policy = FIRE, came: datetime = CAME) -> Decision[Case]:
    told = Supposed(item=VENUE, route=Route.COMMITMENT, matter=MatterKind.LICENCE, subject=SubjectKind.FIRM, level="A", at=came)
    case = case_of(policy, told)
    assert case.letter is not None
    public = policy.items[VENUE].publicity
    assert public is not None
    letter = replace(case.letter, signed_on=PERMIT.date(), publicity_until=public.last(PERMIT.date()))
    case = replace(case, letter=letter, concluded_at=concluded)
    return begin(case, policy, level_of(policy, told), came, CALENDAR)


def counted(case: Case) -> tuple[date, StartEvent | None]:
    assert case.verify_term is not None
    assert case.strategy is not None
    assert case.strategy.due_counted == case.verify_term.due_counted
    return case.verify_term.due_at.date(), case.verify_term.due_counted.event


def by_intake() -> Policy:
    item = replace(FIRE.items[VENUE], verify_from=VerifyFrom.INTAKE)
    return replace(FIRE, items={VENUE: item})


def test_the_shipped_examples_disagree_with_fire_safety_once_its_term_no_longer_begins_with_the_decision() -> None:
    assert check_examples(FIRE, POLICIES / "fire-safety", CALENDAR) == ()
    found = check_examples(by_intake(), POLICIES / "fire-safety", CALENDAR)
    assert [one.rpartition(": ")[2].partition("｜")[0] for one in found] == [
        "expected 2026-03-30, the pack decides 2026-04-10",
        "expected 2026-04-07, the pack decides 2026-03-30",
    ]


def test_a_permit_given_before_the_case_came_in_begins_the_term_and_the_case_says_that_less_is_left() -> None:
    case = opened(concluded=PERMIT)
    assert counted(case) == (BY_PERMIT, StartEvent.MATTER_CONCLUDED)
    assert case.verify_term is not None
    assert case.verify_term.due_counted.since == PERMIT
    assert case.remarks == (CaseRemark.DECIDED_BEFORE,)
    heard = [one.data for one in taken_in(concluded=PERMIT).told if one.type == "deadline.moved"]
    assert [(one["was_due"], one["due_at"]) for one in heard] == [(f"{BY_INTAKE}T17:30:00+08:00", f"{BY_PERMIT}T17:30:00+08:00")]
    assert "deadline.moved" not in [one.type for one in taken_in().told]


def test_an_item_that_counts_from_intake_is_counted_from_there_whenever_the_matter_was_decided() -> None:
    case = opened(concluded=PERMIT, policy=by_intake())
    assert (counted(case), case.remarks) == ((BY_INTAKE, StartEvent.CASE_OPENED), ())
    told = conclude(opened(policy=by_intake()), "hall", by_intake(), CAME, CALENDAR, at=PERMIT)
    assert (counted(told.state), told.told) == ((BY_INTAKE, StartEvent.CASE_OPENED), ())


@pytest.mark.parametrize(
    ("at", "due", "remarks"),
    [(PERMIT, BY_PERMIT, (CaseRemark.DECIDED_BEFORE,)), (datetime(2026, 3, 20, 9, tzinfo=SHANGHAI), None, ())],
)
def test_a_decision_that_becomes_known_later_counts_the_date_anew_and_nothing_of_it_is_silent(
    at: datetime, due: date | None, remarks: tuple[CaseRemark, ...]
) -> None:
    case = opened()
    assert (counted(case), case.remarks) == ((BY_INTAKE, StartEvent.CASE_OPENED), ())
    decision = conclude(case, "hall", FIRE, datetime(2026, 3, 20, 10, tzinfo=SHANGHAI), CALENDAR, at=at)
    last, event = counted(decision.state)
    assert (last, event) == (due or date(2026, 4, 20), StartEvent.MATTER_CONCLUDED)
    assert decision.state.remarks == remarks
    (told,) = decision.told
    assert (told.type, told.data["was_due"], told.data["due_at"]) == (
        "deadline.moved",
        f"{BY_INTAKE}T17:30:00+08:00",
        f"{last}T17:30:00+08:00",
    )
    assert set(decision.because.basis) == {
        FIRE.rules[next(r for r in FIRE.rules if r == "matter.conclude")].basis,
        "S10:15;S28:1.1.10",
    }


def test_what_nobody_waits_for_any_more_tells_of_no_moved_date() -> None:
    over = replace(opened(), state=CaseState.REVIEW)
    decision = conclude(over, "hall", FIRE, CAME, CALENDAR, at=PERMIT)
    assert (counted(decision.state)[0], decision.told) == (BY_PERMIT, ())


def test_a_clock_that_stands_still_goes_on_from_the_decision() -> None:
    row = SuspensionRow(row="s", reason=Reason.TESTING, name="检验", longest=None, basis="P:2.4")
    listing = replace(FIRE, suspensions=(row,))
    case = opened(concluded=PERMIT)
    held = suspension.suspend(
        case, Reason.TESTING, date(2026, 3, 17), "送检单第5号", "李四", listing, CAME.replace(day=16), CALENDAR
    )
    assert counted(held.state) == (date(2026, 4, 1), StartEvent.MATTER_CONCLUDED), "Monday 16 and Tuesday 17 March do not count"


@pytest.mark.parametrize("at", [PERMIT, datetime(2026, 3, 20, 9, tzinfo=SHANGHAI)])
@pytest.mark.parametrize("sent", [True, False], ids=["sent with the case", "said afterwards"])
def test_a_replay_counts_from_the_decision_as_the_daemon_did(at: datetime, *, sent: bool) -> None:
    if sent and at > CAME:
        return
    later = datetime(2026, 3, 20, 10, tzinfo=SHANGHAI)
    case = opened(concluded=at) if sent else conclude(opened(), "hall", FIRE, later, CALENDAR, at=at).state
    level = case.strategy.level if case.strategy is not None else None
    fresh = backtest.afresh(case)
    assert backtest.ruled(fresh, FIRE, level, CALENDAR) == backtest.recorded(case)
    candidate = backtest.ruled(fresh, by_intake(), level, CALENDAR)
    assert candidate.due_at is not None
    assert candidate.due_at.date() == BY_INTAKE


def test_the_guide_and_the_sheet_say_from_when_the_term_is_counted() -> None:
    assert "自作出决定之日起20个工作日内完成" in verified(FIRE, FIRE.items[VENUE])
    assert "自受理之日起20个工作日内完成" in verified(by_intake(), by_intake().items[VENUE])
    assert "自作出决定之日起20个工作日" in render(FIRE)
    assert differences(fate(FIRE, VENUE, "A"), fate(by_intake(), VENUE, "A")) == (Aspect.TERM,)


def test_what_is_verified_before_the_decision_is_not_counted_from_it(tmp_path: Path) -> None:
    text = after(ITEM, 'verify = "20wd"\n', 'verify = "20wd"\nverify_from = "decision"\n')
    assert loaded(tmp_path, text).item("business-licence").verify_from is VerifyFrom.DECISION
    early = after('id = "normal-C"', "before_decision = false", "before_decision = true", text)
    error = refused(tmp_path, early)
    assert [flaw.code for flaw in error.flaws] == ["decision_awaited"]
    assert "item business-licence · verify_from: is counted from the decision, and strategy normal-C verifies before it" in str(
        error
    )

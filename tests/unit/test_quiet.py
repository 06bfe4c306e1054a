"""Quiet windows: a visit's date is pulled before them, never late, never inside; where no day is left, a person decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.calendars import load_calendars
from inspector.domain.calendar import SHANGHAI, Due, Term, Unit, WorkingCalendar, due
from inspector.domain.case import SubjectKind
from inspector.domain.counting import DayKind, tally
from inspector.domain.deadline import within
from inspector.domain.errors import Invalid
from inspector.domain.inspection import CheckType
from inspector.domain.peace import among, dated, made, quieted, sooner
from inspector.domain.quiet import QuietRow, Weekday, Whom, conflict, inside, pull, windows
from inspector.domain.recounting import recount_visit
from inspector.domain.start import StartEvent
from inspector.domain.visit import Visit, VisitState
from inspector.policybook import Policybook, differences, read_examples
from inspector.policybook.visited import VisitExample
from tests.needs import ROOT

CALENDAR = load_calendars(ROOT / "policies" / "calendars")
FIRM, PLANNED = SubjectKind.FIRM, CheckType.PLANNED
WHOM = Whom(kind=FIRM, check=PLANNED)


def row(first: int = 1, last: int = 20, *, excepted: set[CheckType] | None = None, **more: object) -> QuietRow:
    told: dict[str, object] = {"days": frozenset(range(first, last + 1)), "subjects": frozenset({FIRM})}
    return QuietRow(row="quiet", excepted=frozenset(excepted or ()), basis="P:2.4", **(told | more))  # type: ignore[arg-type]


def visit(given: str, term: str, *rows: QuietRow, kind: SubjectKind = FIRM, check: CheckType = PLANNED) -> Due:
    began = datetime.fromisoformat(given).replace(tzinfo=SHANGHAI)
    return pull(
        due(began, Term.parse(term), CALENDAR, StartEvent.VISIT_GIVEN), began, rows, Whom(kind=kind, check=check), CALENDAR
    )


def test_scenario_44_a_deadline_on_the_12th_of_a_month_closed_to_the_20th_is_moved_before_the_window() -> None:
    """Given on Thursday 21 May 2026, fifteen working days end on Thursday 11 June; a day later on the 12th."""
    plain = visit("2026-05-22T09:00", "15wd")
    assert plain.at == datetime(2026, 6, 12, 17, 30, tzinfo=SHANGHAI)
    told = visit("2026-05-22T09:00", "15wd", row())
    assert told.at == datetime(2026, 5, 29, 17, 30, tzinfo=SHANGHAI)  # the Friday; the 30th and 31st are a weekend
    assert not conflict(told)
    days = tally(told.counted)
    assert [one.day for one in days if one.number] == [one.day for one in tally(plain.counted) if one.number]
    assert [one.day for one in days if one.kind is DayKind.SHUT] == [date(2026, 6, day) for day in range(1, 13)]
    assert (days[-1].day, days[-1].kind) == (date(2026, 5, 29), DayKind.PULLED)


def test_scenario_44_where_no_day_is_left_before_the_window_a_person_decides_and_the_date_is_not_late() -> None:
    told = visit("2026-06-01T09:00", "9wd", row())
    assert told.at == visit("2026-06-01T09:00", "9wd").at == datetime(2026, 6, 12, 17, 30, tzinfo=SHANGHAI)
    assert conflict(told)


def test_the_day_on_which_the_visit_is_given_is_no_day_to_make_it_on() -> None:
    assert conflict(visit("2026-05-29T09:00", "10wd", row()))
    assert visit("2026-05-28T09:00", "10wd", row()).at.date() == date(2026, 5, 29)


@pytest.mark.parametrize(
    ("changes", "kind", "check"),
    [
        ({"excepted": {PLANNED}}, FIRM, PLANNED),  # Tongliang: double random itself is excepted
        ({}, SubjectKind.PERSON, PLANNED),
        ({"first": 13, "last": 20}, FIRM, PLANNED),
    ],
    ids=["excepted type", "another kind of subject", "outside the window"],
)
def test_where_the_window_does_not_hold_the_date_is_the_term_s_own(
    changes: dict[str, object], kind: SubjectKind, check: CheckType
) -> None:
    told = visit("2026-05-22T09:00", "15wd", row(**changes), kind=kind, check=check)  # type: ignore[arg-type]
    assert told == visit("2026-05-22T09:00", "15wd")


def test_a_window_of_some_districts_leaves_the_others_open() -> None:
    town = row(pools=frozenset({"east"}))
    days = {pool: inside((town,), date(2026, 6, 12), replace(WHOM, pool=pool)) for pool in ("east", "west", "")}
    assert days == {"east": ("quiet",), "west": (), "": ()}


def test_days_of_the_week_close_as_days_of_the_month_do() -> None:
    """Monday to Thursday are closed: a term that ends on Wednesday 10 June is kept on the Friday before."""
    week = row(days=frozenset(), weekdays=frozenset({Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU}))
    assert visit("2026-05-27T09:00", "10wd", week).at.date() == date(2026, 6, 5)


def test_windows_are_told_as_spans_from_the_day_the_visit_was_given() -> None:
    told = windows((row(1, 5),), date(2026, 5, 3), date(2026, 7, 2), WHOM)
    assert [(one.first.isoformat(), one.last.isoformat()) for one in told] == [
        ("2026-05-03", "2026-05-05"),
        ("2026-06-01", "2026-06-05"),
        ("2026-07-01", "2026-07-02"),
    ]


ROWS = st.builds(
    lambda days, week, weekly, excepted: row(
        days=frozenset() if weekly else frozenset(days), weekdays=frozenset(week) if weekly else frozenset(), excepted=excepted
    ),
    st.sets(st.integers(1, 31), min_size=1, max_size=30),
    st.sets(st.sampled_from(Weekday), min_size=1, max_size=6),
    st.booleans(),
    st.sets(st.sampled_from([CheckType.PLANNED, CheckType.LEAD])),
)
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2030, 12, 31), timezones=st.just(SHANGHAI))  # noqa: DTZ001 - zone follows


@settings(deadline=None, max_examples=300)
@given(MOMENTS, st.integers(1, 40), st.sampled_from([Unit.WORKING_DAY, Unit.DAY, Unit.MONTH]), st.lists(ROWS, max_size=3))
@pytest.mark.slow
def test_a_visit_is_never_late_and_never_inside_a_window_unless_a_person_is_told(
    given_at: datetime, amount: int, unit: Unit, rows: list[QuietRow]
) -> None:
    plain = due(given_at, Term(amount=amount if unit is not Unit.MONTH else 1 + amount % 3, unit=unit), CALENDAR)
    told = pull(plain, given_at, rows, WHOM, CALENDAR)
    first, last = given_at.date(), plain.at.date()
    able = [
        day
        for day in (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        if CALENDAR.is_working_day(day) and not any(closed(one, day) for one in rows)
    ]
    assert told.at <= plain.at
    if closed_on(rows, last):
        assert conflict(told) is not bool(able)
        assert told.at.date() == (able[-1] if able else last)
    else:
        assert told == plain
    assert conflict(told) or inside(rows, told.at.date(), WHOM) == ()


def closed_on(rows: list[QuietRow], day: date) -> bool:
    return any(closed(one, day) for one in rows)


def closed(one: QuietRow, day: date) -> bool:
    """By hand: the day of the month or of the week is among the row's, and the check is not excepted."""
    named = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(day.strftime("%a"))
    return PLANNED not in one.excepted and (int(day.strftime("%d")) in one.days or named in {int(held) for held in one.weekdays})


def test_an_office_without_tables_keeps_windows_too() -> None:
    began = datetime(2040, 5, 22, 9, tzinfo=SHANGHAI)
    told = pull(due(began, Term.parse("15wd"), WorkingCalendar()), began, (row(),), WHOM, WorkingCalendar())
    assert told.at.date() == date(2040, 5, 31)


def test_an_example_of_a_visit_that_the_pack_decides_otherwise_is_told() -> None:
    held = Policybook.load(ROOT / "policies").get("quiet-anqing@1")
    (first, *_) = (one for one in read_examples(ROOT / "policies" / "quiet-anqing", held.label) if isinstance(one, VisitExample))
    assert differences(held, first, CALENDAR) == ()
    late = replace(first, expect={"due": date(2026, 6, 3), "conflict": False})
    assert differences(held, late, CALENDAR) == (
        "due: expected 2026-06-03, the pack decides 2026-05-29｜应为 2026-06-03，政策包的结果是 2026-05-29",
    )


def test_only_presets_close_days_for_the_plan_of_the_district_names_none() -> None:
    packs = Policybook.load(ROOT / "policies").packs
    assert {one.label for one in packs if one.quiets} == {
        f"quiet-{town}@{version}" for town in ("anqing", "tongliang") for version in (1, 2)
    }


def a_visit(given: str, term: str, *rows: QuietRow) -> Visit:
    began = datetime.fromisoformat(given).replace(tzinfo=SHANGHAI)
    counted = visit(given, term, *rows)
    plain = Visit(
        id="V-1",
        draw="D-1",
        agency="bureau",
        object_id="o",
        kind=FIRM,
        code="c",
        name="n",
        check=PLANNED,
        stratum="s",
        sampled=True,
        pooled=True,
        doubts=(),
        case_ids=(),
        basis="S0:7",
        state=VisitState.ASSIGNED,
        opened_at=began,
        due_at=counted.at,
        due_counted=counted.counted,
    )
    return dated(plain, counted, rows, CALENDAR)


def test_whoever_goes_along_brings_windows_and_a_date_that_was_told_is_not_brought_forward_in_silence() -> None:
    """Told was Friday 12 June; the other agency leaves firms in peace until the 20th: the date stays and a person decides."""
    told = a_visit("2026-05-22T09:00", "15wd")
    assert (told.windows, told.conflict) == ((), False)
    joined = among(told, (row(),), CALENDAR)
    assert (joined.due_at, joined.conflict) == (told.due_at, True)
    assert [(one.first, one.last) for one in joined.windows] == [(date(2026, 6, 1), date(2026, 6, 12))]
    decision = quieted(joined, (row(),), "pack@1")
    assert decision is not None
    assert (decision.because.rule, decision.because.basis) == ("visit.quiet_conflict", ("P:2.4",))
    assert not among(told, (row(13, 20),), CALENDAR).conflict
    assert quieted(told, (), "pack@1") is None


def test_no_visit_was_made_before_the_team_could_know_whom_it_is_to() -> None:
    opened, known, now = (datetime(2026, 3, day, 9, tzinfo=SHANGHAI) for day in (2, 18, 20))
    held = replace(a_visit(opened.isoformat()[:16], "15wd"), release_at=known)
    assert made(held, date(2026, 3, 18), (), now, CALENDAR).on == date(2026, 3, 18)
    for early, at in ((held, 17), (replace(held, release_at=None), 1)):
        with pytest.raises(Invalid, match="visited_out_of_range"):
            made(early, date(2026, 3, at), (), now, CALENDAR)
    assert made(replace(held, release_at=None), date(2026, 3, 2), (), now, CALENDAR).on == date(2026, 3, 2)


def test_a_date_that_was_pulled_is_counted_again_to_where_it_was() -> None:
    held = a_visit("2026-05-22T09:00", "15wd", row())
    assert recount_visit(held, (row(),), None, CALENDAR) is None


def test_a_date_that_a_case_bounds_is_counted_again_to_where_it_was_and_put_off_with_the_case() -> None:
    held = a_visit("2026-03-02T09:00", "15wd")
    given, limit, later = (datetime(2026, 3, day, 17, 30, tzinfo=SHANGHAI) for day in (2, 10, 12))
    alone = Due(at=held.due_at, counted=held.due_counted)
    bounded = dated(held, within(alone, limit, given, CALENDAR), (), CALENDAR)
    assert (bounded.due_at, bounded.due_counted.bounded) == (limit, date(2026, 3, 23))
    assert recount_visit(bounded, (), limit, CALENDAR) is None
    found = recount_visit(bounded, (), later, CALENDAR)
    assert found is not None
    assert (found[0].due_at, found[1]) == (later, "later")


@pytest.mark.parametrize("term", ["15wd", "20d", "1mo"])
def test_the_proof_of_a_bounded_date_tells_each_day_up_to_it(term: str) -> None:
    held = a_visit("2026-03-02T09:00", term)
    limit = datetime(2026, 3, 10, 17, 30, tzinfo=SHANGHAI)
    counted = within(Due(at=held.due_at, counted=held.due_counted), limit, limit.replace(day=2), CALENDAR).counted
    days = tally(counted)
    assert (days[-1].day, days[-1].kind) == (date(2026, 3, 10), DayKind.BOUNDED)
    alone = [one for one in tally(held.due_counted) if one.day < date(2026, 3, 10)]
    assert list(days[:-1]) == alone
    shut = pull(Due(at=limit, counted=counted), limit.replace(day=2), (row(days=frozenset({10})),), WHOM, CALENDAR)
    assert [one.kind for one in tally(shut.counted)][-3:] == [DayKind.BOUNDED, DayKind.SHUT, DayKind.PULLED]


@pytest.mark.parametrize(
    ("days", "now", "due", "stuck"),
    [((6, 12), 4, 5, False), ((5, 12), 4, 6, True), ((9, 12), 4, 6, False)],
)
def test_a_visit_that_follows_its_case_keeps_the_windows_from_today_on(
    days: tuple[int, int], now: int, due: int, *, stuck: bool
) -> None:
    """Given on Monday 2 March 2026 within twenty working days; its case is to be over by Friday 6 March."""
    rows = (row(*days),)
    held = a_visit("2026-03-02T09:00", "20wd", *rows)
    limit, today = (datetime(2026, 3, day, hour, 30, tzinfo=SHANGHAI) for day, hour in ((6, 17), (now, 9)))
    changed = sooner(held, rows, limit, 1, today, CALENDAR)
    assert changed is not None
    assert (changed.due_at, changed.conflict) == (datetime(2026, 3, due, 17, 30, tzinfo=SHANGHAI), stuck)
    assert sooner(held, rows, limit, 1, limit, CALENDAR) is None, "what has passed is nothing to keep to"
    assert sooner(changed, rows, limit, 1, today, CALENDAR) is None, "and once is enough"

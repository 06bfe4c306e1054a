"""The clock of a verification stands still only for listed reasons, to an end, by a named person; and is lengthened as the pack allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pytest

from inspector.calendars import load_calendars
from inspector.domain import suspension, verification
from inspector.domain.calendar import SHANGHAI, Term, Unit, due
from inspector.domain.case import (
    Case,
    CaseState,
    Claim,
    ClaimFile,
    CommitmentLetter,
    LevelReason,
    MatterKind,
    Outcome,
    Route,
    Subject,
    SubjectKind,
)
from inspector.domain.counting import DayKind, tally
from inspector.domain.credit import rated_unknown
from inspector.domain.decision import Because, Decision, OrderKind
from inspector.domain.ending import end, to_review
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.pause import Approver, ExtensionRow, Reason, stop
from inspector.domain.policy import Policy
from inspector.domain.recounting import recount_case
from inspector.domain.review import withdraw
from inspector.domain.start import StartEvent
from inspector.policybook import Policybook
from inspector.policyrender import diff, render
from tests import legaltime
from tests.needs import ROOT
from tests.packs import loaded

CALENDAR = load_calendars(ROOT / "policies" / "calendars")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@cache
def pack() -> Policy:
    """The shipped pack, with a bound for one reason and a row that lengthens terms of working days."""
    held = Policybook.load(ROOT / "policies").get("maoji@2026.2")
    rows = tuple(replace(row, longest=Term.parse("30d")) if row.reason is Reason.PERSON else row for row in held.suspensions)
    more = ExtensionRow(row="extend", term=Term.parse("10wd"), times=1, approver=Approver.HEAD, basis="P:2.4")
    return replace(held, suspensions=rows, extensions=(more,))


def opened(on: str = "2026-03-02T09:00", item: str = "business-licence") -> Case:
    """A case whose verification is under way: twenty working days from a Monday, to 30 March."""
    letter = CommitmentLetter(
        text="本人承诺", digest="0" * 64, notice_version="2026-01", signed_by="张三", signed_on=date(2026, 3, 1)
    )
    claim = Claim(key="c1", fact="registration-status", value="存续", on=date(2026, 2, 27))
    case = Case(
        id="a" * 32,
        agency="bureau",
        sender="hall",
        reference="R-1",
        route=Route.COMMITMENT,
        matter=MatterKind.LICENCE,
        item=item,
        subject=Subject(kind=SubjectKind.FIRM, code="TEST", original="TEST", name="某某有限公司"),
        letter=letter,
        claims=(ClaimFile(claim=claim, steps=()),),
        state=CaseState.VERIFYING,
        pack="maoji@2026.2",
        opened_at=at(on),
    )
    level = rated_unknown(pack(), LevelReason.UNKNOWN)
    return verification.begin(case, pack(), level, at(on), CALENDAR).state


def paused(case: Case, now: str, until: str, reason: Reason = Reason.TESTING) -> Decision[Case]:
    day = date.fromisoformat(until)
    return suspension.suspend(case, reason, day, "送检单第5号", "李四", pack(), at(now), CALENDAR)


def last(case: Case) -> str:
    assert case.verify_term is not None
    assert case.strategy is not None
    assert case.strategy.due_at == case.verify_term.due_at == case.due_at
    return f"{case.verify_term.due_at:%Y-%m-%d %H:%M}"


def test_the_days_on_which_the_clock_stood_still_are_not_counted_and_those_left_are_left() -> None:
    """From Monday 9 to Friday 13 March: five working days, of which the term of twenty is put off by five."""
    case = opened()
    assert last(case) == "2026-03-30 17:30"
    held = paused(case, "2026-03-09T10:00", "2026-03-13")
    assert last(held.state) == "2026-04-07 17:30"  # over the day off of 6 April
    (order,) = held.orders
    assert (order.kind, order.due_at) == (OrderKind.SUSPENSION_END, at("2026-03-14T00:00"))
    over = suspension.run_out(held.state, at("2026-03-14T00:00"))
    assert (last(over.state), over.state.paused) == ("2026-04-07 17:30", None)
    assert [one.type for one in (*held.told, *over.told)] == ["verification.suspended", "verification.resumed"]


def test_the_proof_lists_every_suspended_day_as_skipped_with_its_reason() -> None:
    case = paused(opened(), "2026-03-09T10:00", "2026-03-15").state
    assert case.verify_term is not None
    days = tally(case.verify_term.due_counted)
    stood = [one for one in days if one.kind is DayKind.SUSPENDED]
    assert [one.day for one in stood] == [date(2026, 3, day) for day in range(9, 16)]
    assert {(one.name, one.number) for one in stood} == {("TESTING", None)}
    assert [one.number for one in days if one.number] == list(range(1, 21))
    assert days[-1].day == case.verify_term.due_counted.last


def test_who_lets_the_clock_go_on_sooner_gives_back_the_days_that_were_not_needed() -> None:
    case = paused(opened(), "2026-03-09T10:00", "2026-03-27").state
    early = suspension.resume(case, "检测报告已收到", "王五", at("2026-03-11T10:00"), CALENDAR)
    assert last(early.state) == "2026-04-01 17:30"  # 9 and 10 March: two days
    assert early.ends == {OrderKind.SUSPENSION_END}
    (held,) = early.state.suspensions
    assert (held.by, held.ended_by, held.ended_for) == ("李四", "王五", "检测报告已收到")
    assert early.because.facts["officer"] == "王五"


@pytest.mark.parametrize(
    ("begun", "ended", "days"),
    [
        ("2026-03-09T09:00", "2026-03-09T17:00", 0),  # went on before business stopped: the day counts
        ("2026-03-09T09:00", "2026-03-09T18:00", 1),
        ("2026-03-09T18:00", "2026-03-10T09:00", 0),  # stood still over night
        ("2026-03-09T17:30", "2026-03-10T17:30", 1),
        ("2026-03-07T09:00", "2026-03-08T12:00", 0),  # a weekend
    ],
)
def test_a_day_counts_when_the_clock_runs_as_business_stops(begun: str, ended: str, days: int) -> None:
    held = stop("TESTING", "row", at(begun), at(ended), CALENDAR)
    told = due(at("2026-03-02T09:00"), Term.parse("20wd"), CALENDAR, StartEvent.CASE_OPENED, (held,))
    plain = due(at("2026-03-02T09:00"), Term.parse(f"{20 + days}wd"), CALENDAR)
    assert told.at == plain.at


def test_two_suspensions_put_the_date_off_by_both_and_never_overlap() -> None:
    first = paused(opened(), "2026-03-09T10:00", "2026-03-10").state
    with pytest.raises(Refusal) as caught:
        paused(first, "2026-03-10T10:00", "2026-03-20")
    assert caught.value.code == "suspension_open"
    second = paused(first, "2026-03-11T10:00", "2026-03-12").state  # the first has run out, though its row has not come yet
    assert last(second) == "2026-04-03 17:30"
    assert [one.ended_at for one in second.suspensions] == [at("2026-03-11T00:00"), None]


def test_on_the_last_day_a_stop_leaves_that_day() -> None:
    held = paused(opened(), "2026-03-30T09:00", "2026-03-31").state
    assert last(held) == "2026-04-01 17:30"


def refusal(now: str, case: Case, reason: Reason = Reason.TESTING, until: str = "2026-05-01") -> str:
    with pytest.raises((Refusal, Invalid)) as caught:
        paused(case, now, until, reason)
    return caught.value.code


def test_afterwards_nothing_stops_a_clock_any_more() -> None:
    case = opened()
    because = Because(rule="test", basis=(), pack="")
    assert refusal("2026-03-30T17:30", case) == "term_over"
    assert (
        refusal("2026-03-09T10:00", to_review(case, "X", pack(), at("2026-03-05T09:00"), CALENDAR, because).state) == "clock_over"
    )
    assert (
        refusal("2026-03-09T10:00", end(case, Outcome.TRUE, pack(), at("2026-03-05T09:00"), because, "rule").state)
        == "clock_over"
    )
    gone = withdraw(case, "不办了", "hall", pack(), at("2026-03-05T09:00")).state
    assert refusal("2026-03-09T10:00", gone) == "clock_over"
    with pytest.raises(Refusal, match="not_suspended"):
        suspension.resume(case, "x", "李四", at("2026-03-05T09:00"), CALENDAR)


def test_a_planned_end_lies_ahead_and_within_the_row_s_longest() -> None:
    case = opened()
    assert refusal("2026-03-09T10:00", case, until="2026-03-08") == "suspension_out_of_range"
    assert refusal("2026-03-09T10:00", case, until="9999-12-31") == "suspension_out_of_range"
    assert refusal("2026-03-09T10:00", case, Reason.PERSON, until="2026-04-09") == "suspension_too_long"
    assert paused(case, "2026-03-09T10:00", "2026-04-08", Reason.PERSON).state.paused


def test_the_longest_bounds_all_suspensions_for_a_reason_together() -> None:
    """Thirty days: nine from the 9th to the 18th of March, ten from the 19th to the 29th; then eleven are left, to 10 April."""
    case = paused(opened(), "2026-03-09T10:00", "2026-03-18", Reason.PERSON).state
    case = paused(suspension.run_out(case, at("2026-03-19T00:00")).state, "2026-03-19T10:00", "2026-03-29", Reason.PERSON).state
    case = suspension.run_out(case, at("2026-03-30T00:00")).state
    assert refusal("2026-03-30T10:00", case, Reason.PERSON, until="2026-04-19") == "suspension_too_long"
    assert paused(case, "2026-03-30T10:00", "2026-05-01").state.paused, "another reason has days of its own"
    last = paused(case, "2026-03-30T10:00", "2026-04-10", Reason.PERSON).state
    spent = suspension.run_out(last, at("2026-04-11T00:00")).state
    assert refusal("2026-04-13T10:00", spent, Reason.PERSON, until="2026-04-13") == "suspension_spent"


def test_a_suspension_that_was_ended_sooner_uses_up_the_working_days_that_it_stood() -> None:
    rows = tuple(replace(row, longest=Term.parse("5wd")) for row in pack().suspensions)
    policy = replace(pack(), suspensions=rows)

    def stand(case: Case, now: str, until: str) -> Case:
        day = date.fromisoformat(until)
        return suspension.suspend(case, Reason.PERSON, day, "补正通知第5号", "李四", policy, at(now), CALENDAR).state

    case = stand(opened(), "2026-03-09T10:00", "2026-03-16")
    case = suspension.resume(case, "已补正", "李四", at("2026-03-11T10:00"), CALENDAR).state
    with pytest.raises(Refusal) as caught:
        stand(case, "2026-03-12T10:00", "2026-03-18")
    assert (caught.value.code, caught.value.facts["latest"]) == ("suspension_too_long", "2026-03-17")
    case = suspension.run_out(stand(case, "2026-03-12T10:00", "2026-03-12"), at("2026-03-13T00:00")).state
    with pytest.raises(Refusal) as caught:
        stand(case, "2026-03-13T10:00", "2026-03-18")
    assert caught.value.facts["latest"] == "2026-03-17", "a day on which it stood is one, though it began and ended on it"


def test_only_a_named_person_with_words_and_a_listed_reason_stops_a_clock() -> None:
    case, now = opened(), at("2026-03-09T10:00")
    day = date(2026, 3, 10)
    for officer, evidence, policy, code in (
        ("", "x", pack(), "officer_nameless"),
        ("李四", " ", pack(), "suspension_wordless"),
        ("李四", "x", replace(pack(), suspensions=()), "suspension_not_listed"),
    ):
        with pytest.raises((Refusal, Invalid)) as caught:
            suspension.suspend(case, Reason.TESTING, day, evidence, officer, policy, now, CALENDAR)
        assert caught.value.code == code


def test_waiting_for_another_agency_is_no_reason_and_cannot_be_made_one() -> None:
    """Handbook 2.4: the request for assistance has clocks of its own; the case's goes on."""
    assert set(Reason) == {"TESTING", "EXPERT", "PUBLIC_NOTICE", "PERSON", "FORCE_MAJEURE"}
    assert {row.reason for row in pack().suspensions} <= set(Reason)


@pytest.mark.parametrize("over", ["closed", "review", "withdrawn"])
def test_a_suspension_is_over_with_the_verification(over: str) -> None:
    case, now = paused(opened(), "2026-03-09T10:00", "2026-03-27").state, at("2026-03-11T10:00")
    because = Because(rule="test", basis=(), pack="")
    if over == "closed":
        held = end(case, Outcome.TRUE, pack(), now, because, "rule")
    elif over == "review":
        held = to_review(case, "X", pack(), now, CALENDAR, because)
    else:
        held = withdraw(case, "不办了", "hall", pack(), now)
    assert OrderKind.SUSPENSION_END in held.ends
    assert (held.state.paused, held.state.suspensions[0].ended_at) == (None, now)
    assert suspension.run_out(held.state, at("2026-03-28T00:00")).because.rule == "timer.obsolete"


def test_a_new_calendar_counts_again_without_the_suspended_days() -> None:
    case = paused(opened(), "2026-03-09T10:00", "2026-03-13").state
    assert recount_case(case, CALENDAR, case.opened_at) is None
    tables = tuple(
        replace(table, version=2, days_off=(*table.days_off, replace(table.days_off[0], day=date(2026, 3, 18))))
        if table.year == 2026
        else table
        for table in CALENDAR.tables
    )
    found = recount_case(case, replace(CALENDAR, tables=tables), case.opened_at)
    assert found is not None
    assert last(found[0].state) == "2026-04-08 17:30"


@pytest.mark.parametrize(
    ("term", "ends"),
    [("10d", "2026-03-17 17:30"), ("1mo", "2026-04-07 17:30"), ("48h", "2026-03-09 00:00"), ("1y", "2027-03-08 17:30")],
)
def test_terms_of_every_unit_are_put_off_by_what_the_clock_stood_still(term: str, ends: str) -> None:
    """From Tuesday 3 March, 09:00, to the end of Saturday 7 March: five days, or four and fifteen hours."""
    held = stop("TESTING", "row", at("2026-03-03T09:00"), at("2026-03-08T00:00"), CALENDAR)
    told = due(at("2026-03-02T09:00"), Term.parse(term), CALENDAR, StartEvent.CASE_OPENED, (held,))
    assert f"{told.at:%Y-%m-%d %H:%M}" == ends


def test_a_clock_that_stops_between_a_last_day_off_and_the_working_day_it_moves_to_does_not_run_out_meanwhile() -> None:
    """The month would end on Saturday 11 April and move to Monday 13; the clock stops on Sunday, to the end of Wednesday."""
    held = stop("TESTING", "row", at("2026-04-12T09:00"), at("2026-04-16T00:00"), CALENDAR)
    told = due(at("2026-03-11T09:00"), Term.parse("1mo"), CALENDAR, StartEvent.CASE_OPENED, (held,))
    assert told.at == at("2026-04-16T17:30")
    assert [(one.day.day, one.kind) for one in tally(told.counted)] == [
        (11, DayKind.WEEKEND),
        *[(day, DayKind.SUSPENDED) for day in (12, 13, 14, 15)],
        (16, DayKind.ROLLED),
    ]


def test_a_term_is_lengthened_once_by_the_row_before_its_date_and_by_a_head_who_is_somebody_else() -> None:
    case, now = opened(), at("2026-03-20T10:00")

    def more(held: Case, reason: str = "案情复杂", head: str = "赵局长", when: datetime = now) -> Case:
        return suspension.extend(held, reason, "李四", head, pack(), when, CALENDAR).state

    longer = more(case)
    assert last(longer) == "2026-04-14 17:30"
    assert longer.verify_term is not None
    assert [str(one) for one in longer.verify_term.due_counted.extended] == ["10wd"]
    for given, code in (
        ({"head": ""}, "extension_unapproved"),
        ({"head": "李四"}, "extension_unapproved"),
        ({"reason": " "}, "extension_wordless"),
        ({"when": at("2026-03-30T17:30")}, "term_over"),
    ):
        with pytest.raises((Refusal, Invalid)) as caught:
            more(case, **given)
        assert caught.value.code == code
    with pytest.raises(Refusal, match="extension_spent"):
        more(longer)
    with pytest.raises(Refusal, match="extension_not_allowed"):
        suspension.extend(case, "x", "李四", "赵局长", replace(pack(), extensions=()), now, CALENDAR)


def test_the_shipped_packs_lengthen_no_term_for_no_source_says_by_how_much() -> None:
    assert [one.label for one in Policybook.load(ROOT / "policies").packs if one.extensions] == []


def test_a_term_that_was_lengthened_and_stood_still_has_both_in_its_proof() -> None:
    case = paused(opened(), "2026-03-09T10:00", "2026-03-13").state
    case = suspension.extend(case, "案情复杂", "李四", "赵局长", pack(), at("2026-03-20T10:00"), CALENDAR).state
    assert last(case) == "2026-04-21 17:30"
    assert case.verify_term is not None
    counted = case.verify_term.due_counted
    assert (str(counted.term), counted.term.unit) == ("20wd", Unit.WORKING_DAY)
    assert [one.number for one in tally(counted) if one.number] == list(range(1, 31))


def test_a_pack_with_a_row_of_each_kind_loads_and_is_printed_whole(tmp_path: Path) -> None:
    held = loaded(tmp_path, legaltime.WHOLE)
    assert (len(held.suspensions), len(held.extensions), len(held.quiets)) == (1, 1, 1)
    page = render(held)
    assert "| suspend | 检验、检测、检疫 | 检测 | 30日 | P:2.4" in page
    assert "| extend | 核查 | 10个工作日 | 1 次 | 机关负责人 | P:2.4" in page
    assert "| quiet | 每月1至20日 | 企业 |  | 线索检查、紧急检查 | P:2.4" in page
    changed = loaded(tmp_path, legaltime.WHOLE.replace('"1-20"', '"1-10", "12", "20"'))
    assert [(one.table, one.old, one.new) for one in diff(held, changed)] == [
        ("安静期", "每月1至20日", "每月1至10日、12日、20日")
    ]

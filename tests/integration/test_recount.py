"""A notice of days off arrives, or changes a year already begun: open dates are counted again, and nobody's comes nearer in silence."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inspector import bootstrap, lawbook
from inspector.daemon import sweeps
from inspector.domain.almanac import NamedDay, Notice, YearTable
from inspector.domain.calendar import SHANGHAI, WorkingCalendar
from inspector.domain.case import CaseState
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Invalid, Refusal, Stale
from inspector.domain.visit import SeatState
from inspector.flows import recount
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.ports import Origin, Unavailable
from inspector.settings import Settings
from inspector.store.room import Row
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.edge import WEB, serving
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_relief import drawn, team
from tests.integration.test_way import LICENCE, Post, person
from tests.needs import ROOT
from tests.workdays import holidays

pytestmark = pytest.mark.alike

RELIEF = {"household": "三口", "insured-income": "低于标准"}
CHRISTMAS = datetime(2026, 12, 25, 9, tzinfo=SHANGHAI)
"""A Friday: ten working days from it reach the year 2027, which no shipped calendar knows."""
LONGER = ("2027-01-01", "2027-01-04")
"""New Year's Day, which is off whatever a notice says, and the Monday after it."""


def days(*told: str) -> tuple[NamedDay, ...]:
    return tuple(NamedDay(day=date.fromisoformat(day), name="元旦") for day in told)


def with_2027(office: Office, off: tuple[str, ...] = (), worked: tuple[str, ...] = ()) -> Office:
    """The same office, started again with a calendar of 2027."""
    notice = Notice(number="国办发明电〔2026〕0号", on=date(2026, 11, 5), source="invented for this test")
    table = YearTable(year=2027, notice=notice, days_off=days(*off), days_worked=days(*worked))
    return replace(office, calendar=WorkingCalendar(tables=(*office.calendar.tables, table)))


def amended(office: Office, off: tuple[str, ...]) -> Office:
    """The same office after a notice within the year 2026 that takes more days off."""
    tables = [table for table in office.calendar.tables if table.year != 2026]
    (old,) = [table for table in office.calendar.tables if table.year == 2026]
    new = replace(old, version=old.version + 1, days_off=(*old.days_off, *days(*off)))
    return replace(office, calendar=WorkingCalendar(tables=(*tables, new)))


def started(office: Office) -> None:
    """What a start does about the calendar."""
    lawbook.note_calendar(office.store, office.calendar, office.now())


def waiting(office: Office, kind: OrderKind) -> list[Row]:
    with office.store.read() as tx:
        return [row for row in tx.work.page(kind=kind.value, limit=200) if row["state"] in ("waiting", "ready")]


def moved(office: Office) -> dict[str, Any] | None:
    """What the matter for a person lists."""
    with office.store.read() as tx:
        held = [json.loads(row["body"]) for row in tx.attention.page(None) if row["kind"] == recount.MOVED]
    assert len(held) <= 1
    return held[0] if held else None


@pytest.fixture
def office(store: Store, hand: Hand) -> Office:
    """An office on 25 December 2026 whose register is away."""
    hand.now = CHRISTMAS
    held = open_office(store, hand, sources={"registers": Table(default=Unavailable("timeout", origin=Origin.WIRE))})
    started(held)
    return held


def test_scenario_50_a_date_behind_the_known_calendar_is_marked_until_the_notice_arrives_and_then_counted_again(
    office: Office,
) -> None:
    case_id = post(office, application(1, "business-licence", LICENCE))
    metrics = Metrics()
    sweeps.snapshot(office, metrics)
    assert b"inspector_deadlines_provisional 1.0" in metrics.render()
    with serving(office) as edge, edge.as_("auditor") as client:
        shown = client.get(f"/v1/cases/{case_id}").json()
    assert (shown["provisional"], shown["due_at"][:10]) == (True, "2027-01-11")
    with office.store.read() as tx:
        assert "The date is provisional" in render(explain(office, tx, case_id), "en")

    newer = with_2027(office, off=LONGER)
    started(newer)
    settle(newer)

    with office.store.read() as tx:
        case = tx.cases.get(case_id)
        text = render(explain(newer, tx, case_id), "en")
        (event,) = [json.loads(one["body"]) for one in tx.events.of_case(case_id) if one["type"] == "deadline.moved"]
    assert case.state is CaseState.VERIFYING
    assert case.due_at == datetime(2027, 1, 12, 17, 30, tzinfo=SHANGHAI)
    assert case.verify_term is not None
    assert case.strategy is not None
    assert case.strategy.due_counted == case.verify_term.due_counted
    assert [row["due_at"] for row in waiting(newer, OrderKind.VERIFY_DUE)] == [case.due_at]
    assert (event["was_due"][:10], event["due_at"][:10], event["due_provisional"]) == ("2027-01-11", "2027-01-12", False)
    assert "The date is provisional" not in text
    assert "The days off were announced or changed: the date is counted again" in text
    assert moved(newer) == {"calendar": "2027/1", "later": 1, "later_ids": [case_id]}
    sweeps.snapshot(newer, metrics)
    assert b"inspector_deadlines_provisional 0.0" in metrics.render()


def test_the_ops_page_says_how_far_the_calendar_reaches_and_how_many_dates_lie_behind_it(office: Office) -> None:
    post(office, application(1, "business-licence", LICENCE))
    newer = with_2027(office)
    for held, ends in ((office, True), (newer, False)):
        with serving(held, WEB.model_copy(update={"open_ops": True})) as edge, edge.client() as anybody:
            text = anybody.get("/ops").text
        assert f"已知至 {2026 + (not ends)}-12-28" in text
        assert ("已知日历即将届满" in text) is ends
        assert "暂定期限：1" in text


def test_a_date_that_comes_nearer_is_told_to_a_person_and_to_the_approving_system(office: Office) -> None:
    case_id = post(office, application(1, "business-licence", LICENCE))
    newer = with_2027(office, worked=("2027-01-02", "2027-01-03"))
    started(newer)
    settle(newer)
    with office.store.read() as tx:
        case = tx.cases.get(case_id)
        assert [one["type"] for one in tx.events.of_case(case_id)].count("deadline.moved") == 1
    assert case.due_at == datetime(2027, 1, 6, 17, 30, tzinfo=SHANGHAI)
    assert moved(newer) == {"calendar": "2027/1", "earlier": 1, "earlier_ids": [case_id]}


def test_a_date_that_only_becomes_certain_troubles_nobody(office: Office) -> None:
    case_id = post(office, application(1, "business-licence", LICENCE))
    newer = with_2027(office, off=("2027-01-01",))
    started(newer)
    settle(newer)
    with office.store.read() as tx:
        case = tx.cases.get(case_id)
        assert "deadline.moved" not in [one["type"] for one in tx.events.of_case(case_id)]
    assert (case.due_at, case.provisional) == (datetime(2027, 1, 11, 17, 30, tzinfo=SHANGHAI), False)
    assert moved(newer) is None


def test_counting_again_twice_changes_nothing_more(office: Office, hand: Hand) -> None:
    case_id = post(office, application(1, "business-licence", LICENCE))
    newer = with_2027(office, off=LONGER)
    started(newer)
    settle(newer)
    with office.store.read() as tx:
        before = tx.cases.get(case_id)
    started(newer)
    assert [row["key"] for row in waiting(newer, OrderKind.CALENDAR_RECOUNT)] == ["calendar.recount:2027/1:again"]
    hand.on(hours=24)
    settle(newer)
    assert waiting(newer, OrderKind.CALENDAR_RECOUNT) == []
    with office.store.read() as tx:
        assert tx.cases.get(case_id) == before
    assert moved(newer) == {"calendar": "2027/1", "later": 1, "later_ids": [case_id]}


def test_the_list_of_moved_dates_names_every_calendar_that_they_are_counted_by(office: Office) -> None:
    case_id = post(office, application(1, "business-licence", LICENCE))
    started(with_2027(office, off=("2027-01-01",)))
    newest = with_2027(amended(office, off=("2026-12-28",)), off=("2027-01-01",))
    started(newest)
    settle(newest)
    assert moved(newest) == {"calendar": "2026/2+2027/1", "later": 1, "later_ids": [case_id]}


def test_a_daemon_that_still_runs_with_the_older_calendar_leaves_the_counting_to_others(office: Office) -> None:
    case_id = post(office, application(1, "business-licence", LICENCE))
    newer = with_2027(office, off=("2027-01-01",))
    started(newer)
    settle(office)
    with office.store.read() as tx:
        assert tx.cases.get(case_id).provisional
    row, _ = waiting(office, OrderKind.CALENDAR_RECOUNT)
    assert (row["attempts"], row["error"]) == (0, "calendar_elsewhere")


def test_what_a_daemon_counted_before_it_was_started_again_is_put_right_a_day_later(office: Office, hand: Hand) -> None:
    newer = with_2027(office, off=LONGER)
    started(newer)
    settle(newer)
    case_id = post(office, application(1, "business-licence", LICENCE))
    hand.on(hours=24)
    settle(newer)
    with office.store.read() as tx:
        assert tx.cases.get(case_id).due_at == datetime(2027, 1, 12, 17, 30, tzinfo=SHANGHAI)


def test_work_under_way_when_its_date_moves_is_refused_and_comes_again_at_the_new_date(office: Office, hand: Hand) -> None:
    case_id = post(office, application(1, "business-licence", LICENCE))
    hand.now = waiting(office, OrderKind.VERIFY_DUE)[0]["due_at"]
    sweeps.promote(office)
    newer = with_2027(office, off=LONGER)
    started(newer)
    with office.store.begin() as tx:
        claimed = {one.kind: one for one in tx.work.claim("slow", tx.machine_now(), hand(), timedelta(seconds=60), 10)}
    recount.recount(claimed[OrderKind.CALENDAR_RECOUNT.value], newer)
    with pytest.raises(Stale), office.store.begin() as tx:
        tx.work.finish(claimed[OrderKind.VERIFY_DUE.value], hand())
    with office.store.read() as tx:
        due_at = tx.cases.get(case_id).due_at
    assert [(row["state"], row["due_at"]) for row in waiting(newer, OrderKind.VERIFY_DUE)] == [("waiting", due_at)]


def test_a_review_and_its_reminder_move_with_the_calendar(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    started(office)
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    newer = amended(office, off=("2026-03-04",))
    started(newer)
    settle(newer)
    with store.read() as tx:
        term = tx.cases.get(case_id).review_term
    assert term is not None
    assert (term.due_at.date(), term.due_counted.versions) == (date(2026, 3, 5), ("2026/2",))
    assert [row["due_at"] for row in waiting(newer, OrderKind.REVIEW_DUE)] == [term.due_at]
    assert [row["due_at"].date() for row in waiting(newer, OrderKind.REVIEW_REMIND)] == [date(2026, 3, 3)]


def test_the_date_of_a_verification_that_an_officer_has_is_counted_again_with_that_of_the_review(
    store: Store, hand: Hand
) -> None:
    hand.now = datetime(2026, 12, 29, 9, tzinfo=SHANGHAI)
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    started(office)
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    newer = with_2027(office, off=LONGER)
    started(newer)
    settle(newer)
    with store.read() as tx:
        case, text = tx.cases.get(case_id), render(explain(newer, tx, case_id), "en")
        (facts,) = [json.loads(one["body"])["facts"] for one in tx.ledger.about(case_id) if one["rule"] == "calendar.recount"]
    assert (case.state, case.verify_term and case.verify_term.due_at.date()) == (CaseState.REVIEW, date(2027, 1, 14))
    assert "Due by 2027-01-14" in text
    assert "The date is provisional" not in text
    assert [facts[name][:10] for name in ("verify_was_due", "verify_due_at")] == ["2027-01-13", "2027-01-14"]


def test_what_another_agency_was_told_is_put_off_and_never_brought_forward(store: Store, hand: Hand) -> None:
    hand.now = datetime(2026, 12, 30, 9, tzinfo=SHANGHAI)
    office = open_office(store, hand, sources={}, agencies={"civil-affairs": Post("civil-affairs")})
    started(office)
    case_id = post(office, person(2, "relief-household", RELIEF))
    settle(office)
    with store.read() as tx:
        before = {one.id: one for one in tx.assistance.of_case(case_id)}
    assert {one.due_at.date() for one in before.values()} == {date(2027, 1, 5)}
    assert all(one.due_provisional for one in before.values())

    nearer = with_2027(office, worked=("2027-01-02", "2027-01-03"))
    started(nearer)
    settle(nearer)
    with store.read() as tx:
        kept = {one.id: one for one in tx.assistance.of_case(case_id)}
        text = render(explain(nearer, tx, case_id), "en")
    assert {one.id: one.due_at for one in kept.values()} == {one.id: one.due_at for one in before.values()}
    assert not any(one.due_provisional for one in kept.values())
    assert "by the calendar 2026/1, 2027/1 it would be earlier now; what was told stands" in text
    told = moved(nearer)
    assert told is not None
    assert (told["kept"], sorted(told["kept_ids"])) == (len(before), sorted(before))


def test_a_reply_is_waited_for_over_days_that_have_become_days_off(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={}, agencies={"civil-affairs": Post("civil-affairs")})
    started(office)
    case_id = post(office, person(2, "relief-household", RELIEF))
    settle(office)
    hand.on(days=3)
    settle(office)
    with store.read() as tx:
        before = tx.assistance.of_case(case_id)[0]
    newer = amended(office, off=(before.due_at.date().isoformat(),))
    started(newer)
    settle(newer)
    with store.read() as tx:
        after = tx.assistance.of_case(case_id)[0]
    assert (after.due_at - before.due_at).days >= 1
    assert after.escalate_at > after.due_at
    dates = {row["key"]: row["due_at"] for row in waiting(newer, OrderKind.ASSIST_DUE)}
    assert dates[f"assist.due:{after.id}"] == after.escalate_at


@pytest.mark.slow
def test_no_silence_counts_over_days_that_have_become_days_off(store: Store, hand: Hand) -> None:
    """As in the prolonged Spring Festival of 2020: an inspector who was to answer on a day that became a holiday has more time."""
    office, _, visit = drawn(store, hand)
    started(office)
    seats = team(office, visit)
    with store.begin() as tx:  # a draw whose record would open with the visit's date
        tx.draws.put(replace(tx.draws.get(visit.draw, lock=True), opens_by=visit.due_at))
    newer = amended(office, off=tuple({seat.accept_by.date().isoformat() for seat in seats}))
    started(newer)
    settle(newer)
    with store.read() as tx:
        after = tx.visits.get(visit.id)
        assert tx.draws.get(visit.draw).opens_by == after.due_at
        assert [told["by"] for told in tx.attention.standing("record_put_off")] == [[]], (
            "the head hears of it; nobody has done it"
        )
    later = team(newer, visit)
    assert after.due_at > visit.due_at
    assert [row["due_at"] for row in waiting(newer, OrderKind.VISIT_DUE)] == [after.due_at]
    assert all(new.accept_by > old.accept_by for new, old in zip(later, seats, strict=True))
    hand.now = max(seat.accept_by for seat in seats)
    settle(newer)
    assert {seat.state for seat in team(newer, visit)} == {SeatState.HANDED_OVER}
    hand.now = later[0].accept_by
    settle(newer)
    assert SeatState.EXPIRED in {seat.state for seat in team(newer, visit)}


def test_a_year_in_the_administrators_folder_is_taken_up_at_the_next_start(store: Store, tmp_path: Path) -> None:
    settings = Settings(policies=ROOT / "policies", calendars=tmp_path)
    first = bootstrap.office(settings, store)
    assert waiting(first, OrderKind.CALENDAR_RECOUNT) == []
    text = (ROOT / "policies" / "calendars" / "cn-2026.toml").read_text(encoding="utf-8")
    days_off = (
        'year = 2027\nnotice = ""\nnotice_date = 2026-11-05\nsource = "-"\n[[holiday]]\nname = "x"\n'
        f"days_off = [{holidays(2027)}]\n"
    )
    (tmp_path / "cn-2027.toml").write_text(days_off, encoding="utf-8")
    second = bootstrap.office(settings, store)
    assert second.calendar.years == first.calendar.years | {2027}
    keys = [row["key"] for row in waiting(second, OrderKind.CALENDAR_RECOUNT)]
    assert keys == ["calendar.recount:2027/1", "calendar.recount:2027/1:again"]
    (tmp_path / "cn-2026.toml").write_text(text.replace("2026-01-03", "2026-01-02"), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        bootstrap.office(settings, store)
    assert caught.value.code == "calendar_day_twice"


def test_a_letter_says_that_its_date_is_provisional(store: Store, hand: Hand) -> None:
    hand.now = datetime(2026, 12, 30, 9, tzinfo=SHANGHAI)
    agency = Post("civil-affairs")
    office = open_office(store, hand, sources={}, agencies={"civil-affairs": agency})
    post(office, person(2, "relief-household", RELIEF))
    settle(office)
    assert [letter.due_provisional for letter in agency.letters] == [True] * len(agency.letters)
    assert agency.letters


def test_the_first_start_has_nothing_to_count_again(office: Office) -> None:
    assert waiting(office, OrderKind.CALENDAR_RECOUNT) == []
    with office.store.read() as tx:
        assert tx.calendars.known()[2026] == 1


def test_a_used_version_stands_for_its_days_and_nobody_goes_back_to_an_older_one(office: Office) -> None:
    newer = amended(office, off=("2026-12-28",))
    tables = (replace(one, version=1) if one.year == 2026 else one for one in newer.calendar.tables)
    edited = replace(newer, calendar=WorkingCalendar(tables=tuple(tables)))
    with pytest.raises(Refusal) as caught:
        started(edited)
    assert caught.value.code == "calendar_changed"
    started(newer)
    with pytest.raises(Refusal) as caught:
        started(office)
    assert caught.value.code == "calendar_older"
    started(with_2027(newer))
    with pytest.raises(Refusal) as caught:
        started(newer)
    assert (caught.value.code, caught.value.facts["year"], caught.value.facts["now"]) == ("calendar_older", 2027, 0)

"""Who comes into a frame, in which stratum, with which code, and how many are drawn: the frame as it is frozen, on both databases."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.exclusion import CODES, counted
from inspector.domain.frame import ObjectRow
from inspector.domain.inspection import Authority, CheckType, Inspection
from inspector.domain.plan import DrawState
from inspector.domain.roster import InspectorRecord, Recusal, RosterObject, StaffRole
from inspector.domain.sampling import Window
from inspector.domain.visit import VisitState
from inspector.flows import dispatch, footing
from inspector.flows.draw import announce_now
from inspector.flows.framing import Framed, frame
from inspector.flows.history import history, of_one
from inspector.flows.office import Office, Plan
from inspector.flows.windows import windows
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.house import START, Hand, application, open_office, post, settle
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_draw_way import inspectors, visits
from tests.operator import on_both, one_database

pytestmark = pytest.mark.alike

database_url = one_database
PLAN = Plan(name="daily", agency="bureau", trigger="cron day=1 09:00", pool=True)
CASES = replace(PLAN, pool=False)


def code(number: int) -> str:
    return f"TEST{number:014d}"


def firm(number: int, **changes: object) -> RosterObject:
    held = RosterObject(agency="bureau", kind=SubjectKind.FIRM, code=code(number), original="", name="某公司", pool="bureau")
    return replace(held, **changes)  # type: ignore[arg-type]


def inspected(number: int, on: str, check: CheckType = CheckType.PLANNED, **changes: object) -> Inspection:
    held = Inspection(agency="bureau", kind=SubjectKind.FIRM, code=code(number), on=date.fromisoformat(on), check=check)
    return replace(held, **changes)  # type: ignore[arg-type]


def filled(
    store: Store, hand: Hand, levels: dict[int, str], *past: Inspection, staff: list[InspectorRecord] | None = None
) -> Office:
    """An office with rated firms in its register, and a history."""
    office = open_office(store, hand, plans={"daily": PLAN})
    with store.begin() as tx:
        tx.rosters.put_objects(firm(number) for number in levels)
        tx.rosters.put_inspectors(staff if staff is not None else inspectors(5))
        for number, level in levels.items():
            tx.credit.state(SubjectKind.FIRM, code(number), level, START - timedelta(days=1), "test")
        tx.inspections.put(past)
    return office


def framed(office: Office, hand: Hand, plan: Plan = PLAN) -> Framed:
    """The frame of a draw held now, by the plan's own pack."""
    with office.store.begin() as tx:
        return frame(office, tx, plan, office.book.get("maoji@2026.1"), "bureau-2026-00001", hand())


def rows(made: Framed) -> dict[str, ObjectRow]:
    return {row.id: row for row in made.frame.objects}


def told(made: Framed) -> Any:
    return json.loads(json.dumps(made.ruled.derivation))


@on_both
def test_each_exclusion_is_a_code_of_the_closed_list_counted_by_stratum_with_the_pack_s_row(store: Store, hand: Hand) -> None:
    levels = {1: "B", 2: "B", 3: "B", 4: "C", 5: "B", 6: "B"}
    office = filled(
        store,
        hand,
        levels,
        inspected(1, "2025-10-02"),
        inspected(2, "2026-01-05", CheckType.CAMPAIGN),
        inspected(3, "2026-01-05", CheckType.PERMIT),
        inspected(4, "2026-01-07", CheckType.CAMPAIGN, authority=Authority.UPPER),
        inspected(5, "2026-02-01", completed=False),
        inspected(6, "2026-02-01", CheckType.LEAD),
    )
    made = framed(office, hand)
    status = [(row.stratum, row.status) for _, row in sorted(rows(made).items())]
    assert status == [
        ("pool-B", "cool-down"),
        ("pool-B", "cap"),
        ("pool-B", "licence"),
        ("pool-C", "upper"),
        ("pool-B", "1"),
        ("pool-B", "1"),
    ]
    assert made.ruled.rules.codes == CODES
    assert told(made)["excluded"] == {"pool-B": {"cap": 1, "cool-down": 1, "licence": 1}, "pool-C": {"upper": 1}}
    assert told(made)["exclusions"] == {
        "cap": [["frequency-B", "S0:7;P:2.3"]],
        "cool-down": [["frequency-B", "S0:7;P:2.3"]],
        "licence": [["after-licence", "S9:17;P:2.3"]],
        "upper": [["after-upper", "S8:42;P:2.3"]],
    }


@on_both
def test_what_must_be_seen_has_a_stratum_of_its_own_and_is_drawn_whole(store: Store, hand: Hand) -> None:
    levels = dict.fromkeys(range(1, 41), "D")
    office = filled(store, hand, levels, *(inspected(number, "2025-03-10") for number in (7, 8, 9)))
    made = framed(office, hand)
    held = Counter(row.stratum for row in made.frame.objects)
    assert held == {"pool-D": 37, "must": 3}
    assert (made.ruled.rules.strata["must"].ppm, told(made)["full_coverage"]) == (1_000_000, ["must"])
    assert {row.id for row in made.frame.objects if row.stratum == "must"} == {code(7), code(8), code(9)}


def test_an_object_that_nobody_has_seen_waits_from_the_day_it_came_into_the_register(store: Store, hand: Hand) -> None:
    office = filled(store, hand, {1: "D", 2: "D"})
    with store.begin() as tx:
        tx.rosters.put_objects([firm(1, since=date(2025, 3, 20)), firm(2, since=date(2025, 9, 1))])
    assert [rows(framed(office, hand))[code(number)].stratum for number in (1, 2)] == ["must", "pool-D"]


def test_items_checked_from_above_wait_while_the_others_of_the_object_are_drawn(store: Store, hand: Hand) -> None:
    above = inspected(1, "2026-02-02", authority=Authority.UPPER, items=("business-licence",))
    office = filled(store, hand, {}, above)
    first = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    made = framed(office, hand, CASES)
    assert [(row.status, dict(made.members)[row.id].cases) for row in made.frame.objects] == [("upper", (first,))]
    second = post(office, application(2, "hr-agency-staff", {"insured-staff": "5"}, subject_code=code(1)))
    settle(office)
    made = framed(office, hand, CASES)
    assert [(row.status, dict(made.members)[row.id].cases) for row in made.frame.objects] == [("1", (second,))]
    assert told(made)["set_aside"] == [["upper", "after-upper", "S8:42;P:2.3", 1]]


def test_the_year_is_that_of_the_office_s_clock(store: Store, hand: Hand) -> None:
    office = filled(store, hand, {1: "D"}, *(inspected(1, f"2025-12-{day}", CheckType.CAMPAIGN) for day in (28, 29, 30, 31)))
    hand.now = datetime.fromisoformat("2026-01-01T00:30:00+08:00")
    assert rows(framed(office, hand))[code(1)].status == "1"
    hand.now = datetime.fromisoformat("2025-12-31T23:30:00+08:00")
    with store.begin() as tx:
        made = frame(office, tx, PLAN, office.book.get("maoji@2026.1"), "n", hand())
    assert rows(made)[code(1)].status == "cap"


def test_the_floor_is_topped_up_in_the_committed_numbers_and_the_derivation_shows_both_steps(store: Store, hand: Hand) -> None:
    levels = dict.fromkeys(range(1, 581), "A") | dict.fromkeys(range(581, 601), "D")
    made = framed(filled(store, hand, levels), hand)
    steps = {step["rule"]: step for step in told(made)["steps"] if step["rule"] != "quota.stratum"}
    assert [step["k"] for step in told(made)["steps"] if step["rule"] == "quota.stratum"] == [6, 6]
    assert (steps["quota.floor"]["asked"], steps["quota.floor"]["added"]) == (18, {"pool-D": 6})
    assert (made.ruled.rules.strata["pool-D"].ppm, made.ruled.rules.strata["pool-D"].least) == (0, 12)
    assert (made.ruled.rules.strata["pool-A"].ppm, made.ruled.rules.strata["pool-A"].least) == (10_000, 1)


def test_excluding_objects_does_not_shrink_the_quota(store: Store, hand: Hand) -> None:
    levels = dict.fromkeys(range(1, 301), "A")
    past = [inspected(number, "2026-01-05") for number in range(1, 101)]
    made = framed(filled(store, hand, levels, *past), hand)
    assert told(made)["quota"]["pool-A"] == [300, 200, 9, 9]


def test_who_was_there_the_last_time_is_kept_from_going_again(store: Store, hand: Hand) -> None:
    office = filled(
        store,
        hand,
        {1: "B", 2: "B"},
        inspected(1, "2024-01-01", inspectors=("Z001", "Z002")),
        inspected(1, "2024-06-01", inspectors=("Z003",)),
        inspected(2, "2024-06-01", inspectors=("Z004",), authority=Authority.UPPER),
        inspected(2, "2024-06-02", inspectors=("Z005",), completed=False),
    )
    with store.begin() as tx:
        tx.rosters.declare("bureau", code(1), "Z003", Recusal.KIN)
    bans = [(ban.object, ban.inspector, ban.reason) for ban in framed(office, hand).frame.bans]
    assert bans == [(code(1), "Z003", "recusal")], "that there is a conflict, and not why; only the last own visit counts"
    with store.begin() as tx:
        tx.inspections.put([inspected(2, "2025-02-01", inspectors=("Z001", "Z002"))])
    bans = [(ban.object, ban.inspector, ban.reason) for ban in framed(office, hand).frame.bans]
    assert bans[1:] == [(code(2), "Z001", "last-visit"), (code(2), "Z002", "last-visit")]


def test_an_object_s_area_and_qualification_bind_its_team(store: Store, hand: Hand) -> None:
    office = filled(store, hand, {1: "B", 2: "B"})
    with store.begin() as tx:
        tx.rosters.put_objects([firm(1, pool="north", qualification="boilers")])
    made = rows(framed(office, hand))
    assert [(made[code(n)].pool, made[code(n)].qual) for n in (1, 2)] == [("north", "boilers"), ("bureau", "")]


def test_an_expert_never_fills_a_seat(store: Store, hand: Hand) -> None:
    staff = inspectors(2)
    staff[1] = replace(staff[1], role=StaffRole.EXPERT)
    made = framed(filled(store, hand, {1: "B"}, staff=staff), hand)
    assert [(row.id, row.status) for row in made.frame.inspectors] == [("Z001", "1"), ("Z002", "expert")]


@on_both
def test_scenario_32_one_officer_and_one_expert_are_no_team(store: Store, hand: Hand) -> None:
    office, phones, _ = drawing(store, hand, staff=2)
    with store.begin() as tx:
        tx.rosters.put_inspectors([replace(inspectors(2)[1], role=StaffRole.EXPERT)])
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.read() as tx:
        assert "team_short" in {row["kind"] for row in tx.attention.page(None)}
    assert visit.state is VisitState.SHORT
    with store.read() as tx:
        seats = {seat.name: seat.inspector for seat in tx.visits.team(visit.id)}
    assert set(seats.values()) == {"Z001"}, "the expert is dealt no seat"
    assert [seats[str(message.data["seat"])] for message in phones.messages] == ["Z001"], "and is asked nothing"


@on_both
def test_a_visit_of_the_house_counts_as_an_imported_one_does_and_a_cap_of_an_inspector_holds_for_the_quarter(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    with store.begin() as tx:
        tx.rosters.put_inspectors(inspectors(5, cap=3))
        tx.rosters.put_objects([firm(1)])
    office = replace(office, plans={"weekly": replace(office.plans["weekly"], pool=True)})
    with store.begin() as tx:
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    settle(office)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    assert (visit.check, visit.stratum, visit.sampled) == (CheckType.PLANNED, "pool-U", True)
    assert rows(framed(office, hand))[code(1)].status == "open"
    with store.begin() as tx:
        names = [dispatch.seat_name(seat) for seat in tx.visits.team(visit.id)]
        team = {seat.inspector for seat in tx.visits.team(visit.id)}
        for name in names:
            dispatch.accept(tx, name, hand())
    with store.begin() as tx:
        dispatch.report(office, tx, names[0], [], "", hand())
    made = framed(office, hand)
    assert rows(made)[code(1)].status == "cap"
    assert {(ban.object, ban.inspector) for ban in made.frame.bans} == {(code(1), one) for one in team}
    assert {row.id: row.cap for row in made.frame.inspectors} == {f"Z00{n}": 2 if f"Z00{n}" in team else 3 for n in range(1, 6)}
    hand.now = datetime.fromisoformat("2026-04-01T09:00:00+08:00")
    assert {row.cap for row in framed(office, hand).frame.inspectors} == {3}


def test_a_window_whose_last_draw_was_skipped_is_ended_by_the_next(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)

    def windowed(*ends: str) -> tuple[str, list[str]]:
        with store.begin() as tx:
            tx.draws.put(replace(tx.draws.get(held.number), state=DrawState.DRAWN))
            monkeypatch.setattr(
                footing, "rules", lambda *_: {"derivation": {"ends": list(ends)}}
            )  # what the last draw was made by
            tx.schedules.declare("plan:weekly", f"at {hand()}", hand() + timedelta(days=7))
            told = windows(office, tx, "weekly", hand())
        return told.since[Window.QUARTER].date().isoformat(), told.ended

    hand.now = datetime.fromisoformat("2026-04-08T09:00:00+08:00")
    assert windowed("month") == ("2026-01-01", ["quarter"]), "what the first quarter rounded down is made up for"
    assert windowed("month", "quarter") == ("2026-04-01", [])
    hand.now = datetime.fromisoformat("2026-03-16T09:00:00+08:00")
    assert windowed() == ("2026-01-01", [])


def intake(office: Office, numbers: range) -> None:
    for number in numbers:
        post(office, application(number, "business-licence", {"registration-status": "存续"}))
    settle(office)


@on_both
@pytest.mark.slow
def test_scenario_28_each_week_rounds_down_and_the_quarter_s_last_draw_makes_up_from_those_not_drawn_yet(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    pack = office.book.get("maoji@2026.1")
    changed = tuple(
        replace(row, ratio=Fraction(3, 100), minimum=0) if row.stratum == "normal-U" else row for row in pack.samplings
    )
    items = {code: replace(item, notice_version="2025-01") for code, item in pack.items.items()}
    pack = replace(pack, items=items, samplings=changed, bounds=replace(pack.bounds, floor=None, sizes=()))
    office = replace(office, book=replace(office.book, packs=(replace(pack, id="demo", version="1"),)))
    weekly: list[list[str]] = []
    numbers = []
    for week in range(4):
        if week < 3:
            intake(office, range(40 * week + 1, 40 * week + 41))
        following = hand() + timedelta(days=7) if week < 3 else datetime.fromisoformat("2026-04-06T09:00:00+08:00")
        with store.begin() as tx:
            assert tx.schedules.fired("plan:weekly", hand(), None, hand(), "test")
            tx.schedules.declare("plan:weekly", f"week {week}", following)
            held = announce_now(office, tx, "weekly", "clerk", hand())
        assert held is not None
        settle(office)
        numbers.append(held.number)
        carried_out(office, hand, held.number)  # a visit owed for want of a team is in the full stratum, and no part of this
        weekly.append([visit.code for visit in visits(office, held.number) if visit.stratum == "normal-U"])
        hand.on(days=5)
    assert [len(drawn) for drawn in weekly] == [1, 1, 1, 1]
    assert len({code for drawn in weekly for code in drawn}) == 4
    with store.read() as tx:
        (step,) = [
            s
            for s in json.loads(tx.draws.files(numbers[-1])["rules.json"])["derivation"]["steps"]
            if s["rule"] == "quota.made_up"
        ]
    assert (step["n"], step["drawn"], step["k"]) == (120, 3, 1)


@pytest.mark.slow
def test_a_level_is_frozen_with_the_draw_and_the_next_draw_uses_the_new_one(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms", "shops")

    def rated(level: str) -> None:
        with store.begin() as tx:
            tx.credit.state(SubjectKind.FIRM, code(1), level, hand() - timedelta(hours=1), "test")

    def stratum(number: str) -> str:
        with store.read() as tx:
            lines = tx.draws.files(number)["objects.tsv"].decode().splitlines()
        return next(row[1] for row in (line.split("\t") for line in lines) if row[0] == code(1))

    rated("B")
    first = announce(office, hand, "firms")
    settle(office)
    hand.on(days=1)
    rated("D")
    carried_out(office, hand, first.number)
    assert stratum(first.number) == "pool-B", "scenario 24: the draw record still says B"
    second = announce(office, hand, "shops")
    assert stratum(second.number) == "pool-D"


def test_what_other_agencies_have_on_record_as_their_own_counts_towards_what_all_may_do_together(
    store: Store, hand: Hand
) -> None:
    """Handbook 2.3: the firm bears the visits of all; a cap on them is none while each agency knows its own alone."""
    days = ("2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08")
    theirs = [inspected(1, day, agency=agency) for day, agency in zip(days, ("other", "civil") * 2, strict=True)]
    twice = [inspected(2, day, agency="other") for day in days[:2]]
    twice += [inspected(2, day, authority=Authority.OTHER) for day in (*days[:2], days[2])]
    undone = [inspected(3, day, agency="other", completed=False) for day in days]
    together = [inspected(4, days[0], CheckType.JOINT, agency=agency) for agency in ("other", "civil")]
    office = filled(store, hand, dict.fromkeys(range(1, 5), "B"), *theirs, *twice, *undone, *together)
    made = framed(office, hand)
    status = {name: row.status for name, row in rows(made).items()}
    assert status == {code(1): "cap-all", code(2): "1", code(3): "1", code(4): "1"}, "told by both it is one check"
    today = office.calendar.local_date(hand())
    with store.read() as tx:
        seen = history(office, tx, "bureau")
        counts = [
            counted(seen.of(code(number)), office.book.get("maoji@2026.1").limits, today, frozenset(Authority))
            for number in range(1, 5)
        ]
        one = of_one(office, tx, "bureau", code(1), SubjectKind.FIRM, code(1))
        assert (len(one), {each.authority for each in one}) == (4, {Authority.OTHER})
        assert [each.authority for each in of_one(office, tx, "other", code(1), SubjectKind.FIRM, code(1))].count(
            Authority.OWN
        ) == 2
    assert counts == [4, 3, 0, 1]


def test_what_an_agency_above_has_on_record_as_its_own_is_not_checked_again_below(store: Store, hand: Hand) -> None:
    """Handbook 1.2.30."""
    office = filled(store, hand, {1: "C"}, inspected(1, "2026-01-07", CheckType.CAMPAIGN, agency="city"))
    assert [row.status for row in rows(framed(office, hand)).values()] == ["upper"]

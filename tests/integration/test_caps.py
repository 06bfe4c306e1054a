"""The last slot of a cap is given once, whichever agencies ask for it at the same moment (scenarios 40, 41, 42; handbook 1.4.3)."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.domain.attempt import AttemptWay
from inspector.domain.case import Outcome, SubjectKind
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.inspection import Authority, CheckType, Inspection
from inspector.domain.plan import Draw, DrawState
from inspector.domain.visit import Visit, VisitState
from inspector.flows import attempts, caps, dispatch, embargo, review, supplement
from inspector.flows.assign import Dealt, assign
from inspector.flows.draw import announce_now
from inspector.flows.lookback import differing
from inspector.flows.members import members_of
from inspector.flows.office import Office, Plan
from inspector.flows.recall import call_off_visit
from inspector.flows.reconcile import watched
from inspector.store.drawtables import visit_agency
from inspector.store.store import Store
from inspector.store.tables import visit as visit_table
from inspector.store.visits import VisitRoom
from tests import house
from tests.drawn import carried_out, visits
from tests.house import Hand, settle
from tests.integration.test_joint import FIRM, accepted, drawn, registered, seats, together, waiting
from tests.operator import on_both

MARKET, FIRE = "bureau", "other"
ROUNDS = 1000


def neighbours(store: Store, hand: Hand, stop: int = 1) -> Office:
    """Two agencies, each with a draw of its own about the one firm, and a cap on what all of them together may do in a year."""
    office, _ = together(store, hand, {MARKET: 4, FIRE: 4})
    (pack,) = (one for one in office.book.packs if one.id == "demo")
    rows = tuple(replace(row, ratio=Fraction(1)) if row.stratum == "pool-U" else row for row in pack.samplings)
    often = {level: replace(row, stop=stop, warn=None) for level, row in pack.limits.frequencies.items()}
    capped = replace(pack, samplings=rows, limits=replace(pack.limits, frequencies=often))
    book = replace(office.book, packs=tuple(capped if one.id == "demo" else one for one in office.book.packs))
    plans = {agency: Plan(name=agency, agency=agency, trigger="every 7d", pool=True) for agency in (MARKET, FIRE)}
    registered(office, MARKET, FIRE)
    return replace(office, book=book, plans=plans)


def frozen(office: Office, hand: Hand) -> tuple[Draw, Draw]:
    """Both draws with their frames frozen: each knows of no visit yet."""
    told = []
    for agency in (MARKET, FIRE):
        with office.store.begin() as tx:
            held = announce_now(office, tx, agency, "clerk", hand())
        assert held is not None
        told.append(held)
    settle(office)
    return told[0], told[1]


def matters(office: Office, kind: str) -> list[dict[str, Any]]:
    with office.store.read() as tx:
        return [dict(row) for row in tx.attention.page(None) if row["kind"] == kind]


@pytest.mark.alike
@pytest.mark.slow
@on_both
def test_of_two_agencies_that_have_drawn_a_firm_for_its_last_slot_the_second_sends_nobody_and_is_told_who_goes(
    store: Store, hand: Hand
) -> None:
    office = neighbours(store, hand)
    first, second = frozen(office, hand)
    assert carried_out(office, hand, first.number).state is DrawState.DRAWN
    assert carried_out(office, hand, second.number).state is DrawState.DRAWN, "every record of it agrees"
    (going,), (staying,) = visits(office, first.number), visits(office, second.number)
    assert (going.object_id, going.state, staying.object_id, staying.state) == (
        FIRM,
        VisitState.ASSIGNED,
        FIRM,
        VisitState.CANCELLED,
    )
    with store.read() as tx:
        told = caps.used(office, tx, going, MARKET, hand())
        assert (told.own, told.together, told.stop) == (1, 1, 1), "what the firm's own notice says"
        assert tx.visits.team(staying.id) == (), "nobody was ever asked to go"
        after = next(bytes(held) for name, held in tx.draws.files(second.number).items() if name.endswith("after.jsonl"))
    assert [(line["kind"], line["reason"]) for line in map(json.loads, after.splitlines())] == [("withdrawn", "cap-all")]
    (matter,) = matters(office, "cap_reached")
    told = json.loads(matter["body"])
    assert (matter["agency"], matter["about"], told["open"]) == (FIRE, staying.id, [going.id]), "it may join whoever goes"
    assert FIRM not in matter["body"], "whom the other one's visit is to is nobody's affair yet"


@pytest.mark.alike
@pytest.mark.slow
def test_a_visit_called_off_returns_its_slot_to_the_other_agency(store: Store, hand: Hand) -> None:
    office = neighbours(store, hand)
    first, second = frozen(office, hand)
    carried_out(office, hand, first.number)
    with store.begin() as tx:
        (going,) = tx.visits.of_draw(first.number)
        call_off_visit(office, tx, tx.visits.get(going.id, lock=True), "discretionary", first.pack, hand())
    carried_out(office, hand, second.number)
    assert [one.state for one in visits(office, second.number)] == [VisitState.ASSIGNED]
    assert matters(office, "cap_reached") == []


@pytest.mark.alike
@pytest.mark.slow
def test_who_calls_off_ends_no_other_agencys_check_that_was_struck_off_for_it(store: Store, hand: Hand) -> None:
    office = neighbours(store, hand)
    first, second = frozen(office, hand)
    carried_out(office, hand, first.number)
    carried_out(office, hand, second.number)
    (going,), (staying,) = visits(office, first.number), visits(office, second.number)

    def off(visit: Visit) -> None:
        with store.begin() as tx:
            call_off_visit(office, tx, tx.visits.get(visit.id, lock=True), "discretionary", first.pack, hand())

    with store.begin() as tx:  # somebody else goes there too: no slot returns, and the matter says who is left to join
        other = replace(going, id=f"{first.number}-0002", version=0)
        tx.visits.add(other)
    off(going)
    assert [one.state for one in visits(office, second.number)] == [VisitState.CANCELLED]
    (matter,) = matters(office, "cap_reached")
    assert json.loads(matter["body"])["open"] == [other.id]
    with store.begin() as tx:
        tx.visits.put(replace(tx.visits.get(going.id, lock=True), state=VisitState.ASSIGNED))
        tx.connection.execute(sa.delete(visit_agency).where(visit_agency.c.visit == other.id))
        tx.connection.execute(sa.delete(visit_table).where(visit_table.c.id == other.id))
    off(going)
    assert [one.state for one in visits(office, second.number)] == [VisitState.OWED], "drawn is drawn"
    with store.read() as tx:
        assert embargo.closed(office, tx, tx.draws.get(second.number), hand()) is None, "its record was open, and stays so"
    assert matters(office, "cap_reached") == [], "nobody is told to join what is no more"
    assert [(one["agency"], one["about"]) for one in matters(office, "team_short")] == [(FIRE, staying.id)]
    with store.read() as tx:
        assert differing(office, tx, [MARKET, FIRE], hand()) == []
        assert list(watched(office, tx, hand())) == []
    with store.begin() as tx:
        dealt = supplement.announce(office, tx, FIRE, by="李科长", now=hand())
    assert dealt is not None
    settle(office)
    assert carried_out(office, hand, dealt.number).state is DrawState.DRAWN
    (anew,) = visits(office, dealt.number)
    assert (anew.object_id, anew.state, anew.replaces) == (FIRM, VisitState.ASSIGNED, staying.id)
    with store.read() as tx:
        assert differing(office, tx, [MARKET, FIRE], hand()) == []
        assert list(watched(office, tx, hand())) == []
    off(anew)
    assert [one.state for number in (first.number, second.number, dealt.number) for one in visits(office, number)] == [
        *([VisitState.CANCELLED] * 3)
    ], "each officer may call off his own, once"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("returns", [False, True], ids=["as-shipped", "where-the-pack-says-so"])
@pytest.mark.slow
def test_a_visit_that_found_nobody_has_used_its_slot_unless_the_pack_returns_it(store: Store, hand: Hand, returns: bool) -> None:
    """Scenario 42: two go there, find the door locked, try again by telephone, and the case ends as unreachable."""
    office = neighbours(store, hand)
    (pack,) = (one for one in office.book.packs if one.id == "demo")
    row = pack.limits.checks[CheckType.PERMIT]
    checks = {**pack.limits.checks, CheckType.PERMIT: replace(row, counts=True, nobody=not returns)}
    book = replace(office.book, packs=(replace(pack, limits=replace(pack.limits, checks=checks)),))
    office = replace(office, book=book)
    (case,) = waiting(office, MARKET).values()
    _, going = drawn(office, hand, MARKET)
    accepted(office, hand, going)
    hand.now = max(going.release_at or hand(), office.calendar.opening(office.calendar.local_date(hand()) + timedelta(days=1)))
    settle(office)
    seat = seats(office, going)[0]
    with store.begin() as tx:
        for way, before in ((AttemptWay.ON_SITE, 20), (AttemptWay.TELEPHONE, 19), (AttemptWay.ON_SITE, 0)):
            attempts.from_seat(office, tx, seat.name, way, hand() - timedelta(hours=before), "大门紧锁", hand())
        unknown = [Finding(case_id=case, claim=one.claim, verdict=Verdict.CANNOT_SAY, note="大门紧锁") for one in going.doubts]
        assert dispatch.report(office, tx, seat.name, unknown, "无人在场", hand()).state is VisitState.DONE
    settle(office)
    with store.read() as tx:
        cited = [one.id for one in tx.cases.evidence(case)]
        assert caps.used(office, tx, going, MARKET, hand()).together == 1, "nobody has said yet what came of it"
    with store.begin() as tx:
        review.decide(office, tx, case, Outcome.UNREACHABLE, "李四", "多次联系未果", tuple(cited), hand())
    with store.read() as tx:
        assert caps.used(office, tx, tx.visits.get(going.id), MARKET, hand()).together == (0 if returns else 1)
    with store.begin() as tx:
        second = announce_now(office, tx, FIRE, "clerk", hand())
    assert second is not None
    settle(office)
    carried_out(office, hand, second.number)
    assert [one.object_id for one in visits(office, second.number)] == ([FIRM] if returns else [])


@pytest.mark.alike
@pytest.mark.slow
@pytest.mark.parametrize("known", [False, True], ids=["imported-after-freezing", "turned-after-freezing"])
def test_an_import_after_the_freezing_takes_no_drawn_firm_off_the_list(store: Store, hand: Hand, known: bool) -> None:
    office = neighbours(store, hand, stop=2)
    made = replace(visited(hand), completed=False)
    if known:  # a check that did not take place uses up nothing, and that it did is said when the seed is known
        with store.begin() as tx:
            tx.inspections.put([made], hand())
    first, second = frozen(office, hand)
    carried_out(office, hand, first.number)
    with store.begin() as tx:
        tx.inspections.put([replace(made, completed=True)], hand())
    carried_out(office, hand, second.number)
    assert [one.state for one in visits(office, second.number)] == [VisitState.ASSIGNED]


@pytest.mark.alike
@pytest.mark.slow
def test_an_import_that_the_frame_knew_counts_when_visits_are_given(store: Store, hand: Hand) -> None:
    office = neighbours(store, hand, stop=2)
    with store.begin() as tx:
        tx.inspections.put([visited(hand)], hand())
        tx.inspections.put([replace(visited(hand), inspectors=("Z009",))], hand() + timedelta(days=30))
    first, second = frozen(office, hand)
    carried_out(office, hand, first.number)
    carried_out(office, hand, second.number)
    assert [one.state for one in visits(office, second.number)] == [VisitState.CANCELLED]


def visited(hand: Hand) -> Inspection:
    """A check of the firm by somebody else, today, in the second agency's record."""
    told = {"agency": FIRE, "kind": SubjectKind.FIRM, "code": FIRM, "check": CheckType.PLANNED, "authority": Authority.OTHER}
    return Inspection(on=hand().date(), **told)  # type: ignore[arg-type]


def race(url: str, number: str, moment: Hand, gate: Barrier) -> None:
    """One of two processes: give a visit to each of many objects, each in a transaction of its own, when the other one does."""
    with house.closing(Store(url)) as store:
        office = neighbours(store, moment)
        with store.read() as tx:
            held = tx.draws.get(number)
            member = members_of(tx, number, [FIRM])[FIRM]
        policy = office.book.get(held.pack)
        for turn in range(1, ROUNDS + 1):
            code = f"RACE{turn:014d}"
            dealt = Dealt(listed=held.lists[0], team=("Z001", "Z002"), shortage=None)
            gate.wait(240)
            with store.begin() as tx:
                assign(office, tx, held, policy, turn, code, replace(member, code=code), (dealt,), moment())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.slow
def test_whoever_gives_a_visit_has_the_right_to_slots_before_reading_what_is_used_up(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite one writer at a time hides that the right is not asked for; on PostgreSQL the last slot would be given twice."""
    office = neighbours(store, hand)
    first, second = frozen(office, hand)
    asked: list[str] = []
    for name in ("take_slots", "stirred", "made"):
        monkeypatch.setattr(VisitRoom, name, _heard(name, getattr(VisitRoom, name), asked))
    carried_out(office, hand, first.number)
    carried_out(office, hand, second.number)
    assert asked.count("stirred") >= 2, "each list's object was held to the caps"
    assert all(before == "take_slots" for before, name in pairwise(["", *asked]) if name == "stirred"), asked
    asked.clear()
    with store.begin() as tx:
        (going,) = tx.visits.of_draw(first.number)
        call_off_visit(office, tx, tx.visits.get(going.id, lock=True), "discretionary", first.pack, hand())
    assert asked[0] == "take_slots", "nor is a slot returned without it"


def _heard(name: str, inner: Callable[..., Any], asked: list[str]) -> Callable[..., Any]:
    """The same, and that it was asked."""

    def outer(*given: Any, **named: Any) -> Any:
        asked.append(name)
        return inner(*given, **named)

    return outer


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(600)
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_of_two_processes_that_reserve_the_last_slot_a_thousand_times_exactly_one_wins_each_time(
    store: Store, hand: Hand, database_url: str
) -> None:
    office = neighbours(store, hand)
    draws = frozen(office, hand)
    away = multiprocessing.get_context("spawn")
    gate = away.Barrier(2)
    both = [away.Process(target=race, args=(database_url, held.number, hand, gate)) for held in draws]
    for one in both:
        one.start()
    for one in both:
        one.join(500)
    assert [one.exitcode for one in both] == [0, 0]
    won = [{one.object_id for one in visits(office, held.number) if one.state is VisitState.ASSIGNED} for held in draws]
    assert won[0] & won[1] == set(), "nobody is visited twice"
    assert len(won[0] | won[1]) == ROUNDS, "and no slot is lost"
    assert min(len(one) for one in won) > 0, f"both were in the race: {[len(one) for one in won]}"

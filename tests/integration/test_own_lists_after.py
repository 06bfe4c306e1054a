"""What may happen to a draw of lists with rules of their own: a team is lacking, a firm is no more, the draw is void."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from inspector.domain.approval import Approval
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.inspection import CheckType
from inspector.domain.plan import Draw, DrawKind
from inspector.domain.replacement import Ceased, Ground
from inspector.domain.sampling import Window
from inspector.domain.visit import Visit, VisitState
from inspector.flows import dispatch, extend, planning, replacing, supplement, voiding
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.flows.windows import start
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_draw_way import carried_out, visits
from tests.integration.test_joint import drawn, enlist, lines, seats, stored, waiting
from tests.integration.test_own_lists import FIRE, MARKET, departments, firms, held, verified


def test_a_visit_short_of_one_agencys_officers_is_dealt_anew_for_those_who_go_there(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _ = departments(store, hand, {MARKET: 4, FIRE: 2})
    waiting(office, MARKET, FIRE)
    done, short = drawn(office, hand)
    assert short.state is VisitState.SHORT
    with store.begin() as tx, pytest.raises(Refusal, match="supplement_impossible") as refused:
        supplement.announce(office, tx, "joint", by="李科长", now=hand())
    seats_told = {int(seat.rpartition(":")[2]) for seat in str(refused.value.facts["seats"]).split(", ")}
    assert seats_told <= {2, 3, 4}, "the seats of the fire service"
    enlist(office, {FIRE: 6})
    with store.begin() as tx:
        made = supplement.announce(office, tx, "joint", by="李科长", now=hand())
    assert made is not None
    settle(office)
    anew = carried_out(office, hand, made.number)
    (again,) = visits(office, anew.number)
    assert (anew.kind, anew.own, again.agencies, again.stakes) == (DrawKind.SUPPLEMENT, True, (MARKET, FIRE), short.stakes)
    assert Counter(seat.agency for seat in seats(office, again)) == {MARKET: 2, FIRE: 3}
    for number, one in enumerate((done, anew)):
        (tmp_path / str(number)).mkdir()
        verified(tmp_path / str(number), stored(office, one))
    with store.read() as tx:
        since = start(hand(), Window.YEAR)
        assert [sum(tx.visits.drawn_since(one, since).values()) for one in (MARKET, FIRE)] == [1, 1], "drawn once, dealt twice"


def following(office: Office, done: Draw, agency: str) -> str | None:
    """Who is next in the reserve of an agency's list."""
    told = {one["name"]: one for one in json.loads(stored(office, done)["result.json"])["lists"]}
    came = [line["in"] for line in lines(office, done, agency) if line["kind"] == "replace"]
    return next((name for name in told[agency]["strata"]["pool-U"]["reserve"] if name not in came), None)


def test_a_firm_that_has_ceased_is_followed_in_each_list_by_its_own_reserve_and_what_two_lists_visit_stays_one_visit(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, done, told, _ = held(store, hand)
    before: dict[str, Visit] = {one.object_id: one for one in visits(office, done.number)}
    standing = {agency: set(names) for agency, names in told.items()}
    for left in list(before.values())[:3]:
        expected = {agency: following(office, done, agency) for agency in left.agencies}
        with store.begin() as tx:
            cease = replacing.cease(
                office, tx, left.id, how=Ceased.DEREGISTERED, evidence="登记机关注销公告", by="李科长", now=hand()
            )
        assert (cease.came.object_id if cease.came is not None else None) == expected[left.agency]
        for agency, came in expected.items():
            standing[agency] = standing[agency] - {left.object_id} | ({came} if came is not None else set())
        now_open = [one for one in visits(office, done.number) if one.state.open]
        assert sorted(one.object_id for one in now_open) == sorted(standing[MARKET] | standing[FIRE])
        for visit in now_open:
            assert set(visit.agencies) == {agency for agency in standing if visit.object_id in standing[agency]}
            sitting = Counter(seat.agency for seat in seats(office, visit) if seat.state.open)
            assert sitting == {one: {MARKET: 2, FIRE: 3}[one] for one in visit.agencies}
    verified(tmp_path, stored(office, done))
    with store.read() as tx:
        since = start(hand(), Window.YEAR)
        assert [tx.visits.drawn_since(one, since) for one in (MARKET, FIRE)] == [{"pool-U": 6}, {"pool-U": 3}], (
            "no more than drawn"
        )


def test_an_agency_whose_reserve_names_a_firm_that_another_visits_already_goes_along(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _ = departments(store, hand, dict.fromkeys((MARKET, FIRE), 30), share="1")
    for agency in (MARKET, FIRE):
        firms(office, agency, range(1, 9))
    with store.begin() as tx:
        made = announce_now(office, tx, "joint", "clerk", hand())
    assert made is not None
    settle(office)
    done = carried_out(office, hand, made.number)
    before = visits(office, done.number)
    assert Counter(one.agencies for one in before) == {(MARKET, FIRE): 4, (FIRE,): 4}, "the fire service sees all eight"
    left = next(one for one in before if one.agency == MARKET)
    came = following(office, done, MARKET)
    there = next(one for one in before if one.object_id == came)
    with store.begin() as tx:
        replacing.cease(office, tx, left.id, how=Ceased.CLOSED, evidence="现场照片", by="李科长", now=hand())
        joined = tx.visits.get(there.id)
        assert tx.visits.going()[there.id] == {MARKET, FIRE}
    assert len(visits(office, done.number)) == 8, "it is no visit more"
    assert (joined.agencies, joined.check) == ((FIRE, MARKET), CheckType.JOINT)
    assert [seat.agency for seat in seats(office, joined)] == [FIRE] * 3 + [MARKET] * 2
    with store.begin() as tx:
        dispatch.decline(office, tx, seats(office, joined, MARKET)[1].name, "生病", hand())
        dispatch.decline(office, tx, seats(office, joined, FIRE)[1].name, "生病", hand())
    assert [(line["kind"], line["seat"]) for line in lines(office, done, MARKET)] == [
        *[("replace", None), ("deal", 0), ("deal", 1), ("redeal", 1)]
    ]
    assert [(line["kind"], line["reason"], line["seat"]) for line in lines(office, done, FIRE)] == [
        ("withdrawn", "ceased", None),
        ("redeal", "declined", 1),
    ], "nobody follows in a list that takes all"
    verified(tmp_path, stored(office, done))


def test_nobody_has_an_object_replaced_beyond_the_budget_of_any_list(store: Store, hand: Hand) -> None:
    office, done, _, _ = held(store, hand)
    made = visits(office, done.number)[0]
    with store.begin() as tx, pytest.raises(Refusal, match="replacement_budget_spent"):
        replacing.give_up(office, tx, made.id, ground=Ground.UNSAFE, reason="汛期停业", by="李科长", now=hand())


def test_a_void_frees_the_cases_of_every_list_for_their_next_frames(store: Store, hand: Hand) -> None:
    office, _ = departments(store, hand)
    waiting(office, MARKET, FIRE)
    done, made = drawn(office, hand)
    for by in ("李科长", "王局长"):
        with store.begin() as tx:
            voiding.sign(office, tx, done.number, by=by, reason="名录有误", now=hand())
    with store.read() as tx:
        assert tx.visits.get(made.id).state is VisitState.CANCELLED
        assert [len(tx.cases.undrawn(agency)) for agency in (MARKET, FIRE)] == [1, 1]
    assert [[line["reason"] for line in lines(office, done, agency)] for agency in (MARKET, FIRE)] == [["draw_voided"]] * 2


def test_a_draw_of_such_lists_is_not_extended_nor_is_anything_set_aside_for_it(store: Store, hand: Hand) -> None:
    office, done, told, _ = held(store, hand)
    given = Approval(reason="专项检查", basis="区政府〔2026〕12号", asked_by="李科长", asked_at=hand(), more={"pool-U": 1})
    for ask in (extend.outlook, extend.sign):
        with store.begin() as tx, pytest.raises(Refusal, match="extension_lists") as refused:
            ask(office, tx, done.number, given, hand())
        assert refused.value.facts["lists"] == f"{MARKET}, {FIRE}"
    with store.read() as tx:
        with pytest.raises(Invalid, match="plan_aside_lists"):
            planning.draft(office, tx, "joint", hand().year, "李科长", hand(), {"pool-U": 1})
        for taken in (tx.visits.chosen([done.number]), tx.visits.of_plan("joint", start(hand(), Window.YEAR))):
            assert {str(one["object_id"]) for one in taken} == told[MARKET], "who was drawn, by the list of the lead"

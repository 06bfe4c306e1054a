"""A firm of two registers under two codes: its receipt, the cases that go along with its visit, and who hears of edits (decision 170)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.errors import Missing
from inspector.domain.inspection import Authority
from inspector.domain.visit import Visit
from inspector.flows import edits, joining, watching
from inspector.flows.draw import announce_now
from inspector.flows.lists import find
from inspector.flows.members import Member
from inspector.flows.office import Office
from inspector.flows.publish import receipt_of
from inspector.store.store import Store
from tests.drawn import carried_out, drawing
from tests.house import Hand, application, post, settle
from tests.integration.test_caps import FIRE, MARKET, matters
from tests.integration.test_draw_doors import past, tells
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_draw_way import FACTS, visits
from tests.integration.test_one_firm import BARE, CREDIT, ELSEWHERE, stands
from tests.integration.test_own_lists import departments

pytestmark = pytest.mark.alike


def two_lists(store: Store, hand: Hand) -> tuple[Office, Visit]:
    """The market bureau has the firm by its credit code, the fire service by the organisation code alone; both draw it."""
    office, _ = departments(store, hand, share="1/1")
    stands(office, CREDIT, agency=MARKET)
    stands(office, BARE, agency=FIRE)
    with store.begin() as tx:
        held = announce_now(office, tx, "joint", "clerk", hand())
    assert held is not None
    settle(office)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    return office, visit


@pytest.mark.slow
def test_a_firm_has_its_receipt_by_whichever_code_it_asks(store: Store, hand: Hand) -> None:
    office, visit = two_lists(store, hand)
    later = visit.due_at + timedelta(days=90)
    with store.read() as tx:
        of = {agency: receipt_of(office, tx, visit.draw, CREDIT, later, agency=agency) for agency in (MARKET, FIRE)}
        assert of[FIRE]["list"] == FIRE
        for code in (BARE, ELSEWHERE):
            for agency, told in of.items():
                assert receipt_of(office, tx, visit.draw, code, later, agency=agency) == told
        with pytest.raises(Missing, match="receipt_unknown"):
            receipt_of(office, tx, visit.draw, "MA0000002", later)


@pytest.mark.slow
def test_a_case_goes_along_with_the_visit_that_goes_by_another_agencys_code(store: Store, hand: Hand) -> None:
    office, visit = two_lists(store, hand)
    assert visit.object_id == CREDIT
    given = replace(application(1, "dispatch-premises", FACTS, subject_code=BARE), agency=FIRE)
    case = post(office, given)
    settle(office)
    with store.read() as tx:
        assert case in tx.visits.get(visit.id).merged, "one visit sees to both"


def test_a_firm_that_a_case_alone_brings_into_the_first_list_has_its_key_in_the_next_one(store: Store, hand: Hand) -> None:
    office, _ = departments(store, hand, share="1/1")
    post(office, replace(application(1, "dispatch-premises", FACTS, subject_code=CREDIT), agency=MARKET))
    stands(office, BARE, "TEST00000000000001", agency=FIRE)
    settle(office)
    with store.begin() as tx:
        held = announce_now(office, tx, "joint", "clerk", hand())
    assert held is not None
    settle(office)
    with store.read() as tx:
        rows = [find(tx, held, held.list_of(FIRE), code) for code in (CREDIT, BARE, "TEST00000000000001")]
    assert [row is not None for row in rows] == [True, False, True]


@pytest.mark.slow
def test_of_two_rows_that_an_office_has_let_in_each_is_visited_for_itself(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    with store.begin() as tx:
        tx.rosters.remove_objects("bureau", [(one.kind.value, one.code) for one in tx.rosters.objects("bureau")], hand())
    stands(office, CREDIT)
    held = announce(office, hand, "weekly")
    settle(office)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    stands(office, BARE)
    apart = post(office, application(1, "dispatch-premises", FACTS, subject_code=BARE))
    own = post(office, application(2, "dispatch-premises", FACTS, subject_code=CREDIT))
    settle(office)
    with store.read() as tx:
        assert tx.visits.get(visit.id).merged == (own,)
        assert tx.cases.free(apart)


@pytest.mark.parametrize("drawn", [[CREDIT], [CREDIT, ELSEWHERE]], ids=["one", "two"])
def test_a_partners_case_by_another_code_comes_along_where_one_object_of_the_firm_was_drawn(
    store: Store, hand: Hand, drawn: list[str]
) -> None:
    office, _ = departments(store, hand)
    for agency in (MARKET, FIRE):
        stands(office, *(f"TEST{n:014d}" for n in range(1, 5)), agency=agency)
    with store.begin() as tx:
        held = announce_now(office, tx, "joint", "clerk", hand())
    assert held is not None
    case = post(office, replace(application(1, "dispatch-premises", FACTS, subject_code=BARE), agency=FIRE))
    settle(office)
    members = {name: Member(kind=SubjectKind.FIRM, code=name, name="", cases=()) for name in drawn}
    with store.begin() as tx:
        found = joining.joined(tx, tx.draws.get(held.number), members)
    assert found[CREDIT].cases == ((case,) if len(drawn) == 1 else ())


def test_who_told_the_checks_under_another_code_of_a_firm_is_named_where_too_few_may_go(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, staff=4)
    office = pooled(office, "weekly")
    stands(office, CREDIT)
    rows = past(hand, "bureau", 400, code=BARE, authority=Authority.OWN, inspectors=("Z001", "Z002", "Z003"))
    tells(office, hand, rows, by="os:friend")
    announce(office, hand, "weekly")
    settle(office)
    (matter,) = matters(office, watching.FEW)
    assert json.loads(matter["body"])["by"] == ["os:friend"]


def test_others_hear_of_a_check_that_was_told_under_another_code_for_one_frame_alone(store: Store, hand: Hand) -> None:
    office, _ = departments(store, hand, share="1/1")
    stands(office, CREDIT, *(f"TEST{n:014d}" for n in range(1, 5)), agency=MARKET)
    stands(office, *(f"TEST{n:014d}" for n in range(1, 5)), agency=FIRE)
    with store.begin() as tx:
        held = announce_now(office, tx, "joint", "clerk", hand())
    assert held is not None
    settle(office)
    with store.read() as tx:
        names = [BARE, "MA0000002"]
        assert edits._standing(tx, tx.draws.get(held.number), MARKET, names) == {BARE}

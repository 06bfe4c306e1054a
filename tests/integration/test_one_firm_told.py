"""Where agencies hold one firm under different codes nothing of it is told before its visits, and nobody escapes a rule by a code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.errors import Refusal
from inspector.domain.inspection import Authority
from inspector.domain.roster import RosterObject
from inspector.domain.visit import VisitState
from inspector.flows import enrolment, joining, watching
from inspector.flows.draw import announce_now
from inspector.flows.members import Member
from inspector.store.store import Store
from tests.drawn import carried_out, drawing
from tests.house import Hand, application, post, settle
from tests.integration.test_caps import FIRE, MARKET, matters, neighbours
from tests.integration.test_draw_doors import past, tells
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_draw_way import FACTS, inspectors, visits
from tests.integration.test_one_firm import BARE, CREDIT, stands
from tests.integration.test_own_lists import departments
from tests.integration.test_published import asked, made

pytestmark = pytest.mark.alike


@pytest.mark.slow
@pytest.mark.parametrize("told", [CREDIT, BARE])
def test_a_receipt_does_not_tell_that_another_agency_is_still_to_come_by_another_code(
    store: Store, hand: Hand, told: str
) -> None:
    office = neighbours(store, hand)
    with store.begin() as tx:
        for agency in (MARKET, FIRE):
            tx.rosters.remove_objects(agency, [(one.kind.value, one.code) for one in tx.rosters.objects(agency)], hand())
    stands(office, told, agency=FIRE)
    stands(office, CREDIT, "TEST00000000000077", agency=MARKET)
    numbers = []
    for agency in (FIRE, MARKET):
        with store.begin() as tx:
            held = announce_now(office, tx, agency, "clerk", hand())
        assert held is not None
        settle(office)
        carried_out(office, hand, held.number)
        numbers.append(held.number)
    (going,) = visits(office, numbers[0])
    assert (going.state.open, going.code) == (True, told)
    made(office, hand, numbers[1])
    assert "line" not in asked(office, hand, numbers[1], CREDIT)
    later = hand() + timedelta(days=1)
    with store.begin() as tx:  # it is dealt anew
        tx.visits.put(replace(tx.visits.get(going.id, lock=True), state=VisitState.CANCELLED))
        tx.visits.add(replace(going, id=f"{going.id}-anew", opened_at=later, due_at=later, replaces=going.id, version=0))
    assert "line" not in asked(office, hand, numbers[1], CREDIT)


@pytest.mark.parametrize("rows", [(), (BARE,), (BARE, CREDIT)])
def test_a_partner_that_holds_two_codes_as_two_firms_sends_no_case_of_one_along_to_the_other(
    store: Store, hand: Hand, rows: tuple[str, ...]
) -> None:
    office, _ = departments(store, hand)
    for agency in (MARKET, FIRE):
        stands(office, *(f"TEST{number:014d}" for number in range(1, 5)), agency=agency)
    stands(office, *rows, agency=FIRE)
    with store.begin() as tx:
        held = announce_now(office, tx, "joint", "clerk", hand())
    assert held is not None
    case = post(office, replace(application(1, "dispatch-premises", FACTS, subject_code=BARE), agency=FIRE))
    settle(office)
    drawn = {CREDIT: Member(kind=SubjectKind.FIRM, code=CREDIT, name="", cases=())}
    with store.begin() as tx:
        found = joining.joined(tx, tx.draws.get(held.number), drawn)
    assert (found[CREDIT].cases == (case,)) is (len(rows) < 2)


@pytest.mark.parametrize("former", [False, True])
def test_checks_that_are_told_under_officers_former_codes_bar_nobody_unseen(store: Store, hand: Hand, *, former: bool) -> None:
    office, _, _ = drawing(store, hand, staff=4)
    office = pooled(office, "weekly")
    stands(office, CREDIT)
    with store.begin() as tx:
        tx.rosters.put_inspectors([replace(one, former=(f"bureau:O{one.id}",)) for one in inspectors(4)])
    names = tuple(("O" if former else "") + name for name in ("Z001", "Z002", "Z003"))
    tells(office, hand, past(hand, "bureau", 400, code=CREDIT, authority=Authority.OWN, inspectors=names), by="os:friend")
    announce(office, hand, "weekly")
    settle(office)
    assert len(matters(office, watching.FEW)) == 1


def test_an_object_that_a_joint_frame_has_by_a_partners_code_is_not_struck(store: Store, hand: Hand) -> None:
    office, _ = departments(store, hand, share="1/1")
    stands(office, CREDIT, agency=MARKET)
    row = RosterObject(agency=FIRE, kind=SubjectKind.FIRM, code=BARE, original=BARE, name="某店", pool=FIRE, unfiled=True)
    with store.begin() as tx:
        tx.rosters.enrol(row)
    with store.begin() as tx:
        assert announce_now(office, tx, "joint", "clerk", hand()) is not None
    settle(office)
    with store.begin() as tx, pytest.raises(Refusal, match="object_in_draw"):
        enrolment.strike(office, tx, FIRE, SubjectKind.FIRM, BARE, None, "李四", hand())

"""What a re-check may go by, and the days and terms of hearings, transfers, objections and repairs (handbook 1.1.12, 1.7, 1.8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from inspector.domain import rectification
from inspector.domain.case import Method, Outcome
from inspector.domain.consequence import Consequence, Look, StatementKind
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Evidence
from inspector.domain.proposal import Proposal
from inspector.flows import objections, repairs
from inspector.flows.shaken import setting
from inspector.store.store import Store
from tests.house import ZONE, Hand
from tests.integration.test_creditrecords import place
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def seen(case: Proceeding, order: Consequence, piece: Evidence) -> None:
    """A re-check that goes by one piece of evidence."""
    at = setting(case.office, order, case.hand())
    told = Look(signed=case.by("李四"), good=True, corrected_on=at.now.date(), words="已改正", documents=(), evidence=(piece.id,))
    rectification.look(order, told, (piece,), at, None)


def ordered(store: Store, hand: Hand) -> tuple[Proceeding, Consequence, Evidence]:
    """An order in force, and evidence of its case since then."""
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    hand.on(days=3)
    with store.read() as tx:
        piece = tx.cases.evidence(case.case)[0]
    return case, order, replace(piece, method=Method.ONLINE_QUERY, asked_at=hand())


def test_a_re_check_goes_by_papers_and_answers_and_never_by_a_visit(store: Store, hand: Hand) -> None:
    case, order, piece = ordered(store, hand)
    seen(case, order, piece)
    with pytest.raises(Invalid, match="recheck_visit"):
        seen(case, order, replace(piece, method=Method.ON_SITE))


def test_a_re_check_goes_by_what_was_asked_since_the_order(store: Store, hand: Hand) -> None:
    case, order, piece = ordered(store, hand)
    assert order.imposed_at is not None
    with pytest.raises(Invalid, match="recheck_former"):
        seen(case, order, replace(piece, asked_at=order.imposed_at - timedelta(seconds=1)))


def test_a_hearing_was_held_between_the_wish_for_it_and_today(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    revoke = case.the(Proposal.REVOKE)
    case.serve(case.give(revoke))
    hand.on(days=1)
    case.say(revoke, StatementKind.HEARING, "要求听证")
    hand.now = case.fix(revoke).begins + timedelta(hours=2)
    for wrong in (-20, 1):
        with pytest.raises(Invalid, match="hearing_out_of_range"):
            case.enter(revoke, "held", on=hand().date() + timedelta(days=wrong))
    held, on = case.enter(revoke, "held"), hand().date()
    assert held.hearing is not None
    assert held.hearing.on == on


def handed(store: Store, hand: Hand) -> tuple[Proceeding, Consequence]:
    """A suspicion that was handed over on Monday 9 March 2026, at nine."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.propose(Proposal.TRANSFER_JUDICIAL)
    for name in ("李四", "王五"):
        case.report(held, name)
    case.head(held)
    hand.now = datetime(2026, 3, 9, 9, tzinfo=ZONE)
    return case, case.hand_over(held)


def test_the_police_answer_within_three_plain_days_on_a_day_since_the_hand_over(store: Store, hand: Hand) -> None:
    case, held = handed(store, hand)
    assert held.due_at is not None
    assert held.due_at.date() == date(2026, 3, 12)
    hand.on(days=2)
    for wrong in (-3, 1):
        with pytest.raises(Invalid, match="police_day_out_of_range"):
            case.police(held, accepted=True, on=hand().date() + timedelta(days=wrong))


def test_who_was_declined_contests_it_within_three_days_of_the_answer(store: Store, hand: Hand) -> None:
    case, held = handed(store, hand)
    hand.on(days=3)
    declined = case.police(held, accepted=False, on=date(2026, 3, 11))
    assert declined.due_at is not None
    assert declined.due_at.date() == date(2026, 3, 14), "a Saturday: the days are plain ones"


def test_goods_and_papers_follow_what_was_filed_within_three_days(store: Store, hand: Hand) -> None:
    case, held = handed(store, hand)
    hand.on(days=1)
    filed = case.police(held, accepted=True, on=date(2026, 3, 10))
    assert filed.due_at is not None
    assert filed.due_at.date() == date(2026, 3, 13)


def test_an_objection_has_the_short_term_and_the_longer_one_where_others_have_to_be_asked(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = case.object(case.impose(case.the(Proposal.RECORD_CREDIT)).entry)
    began = case.office.calendar.local_date(held.opened_at)
    calendar = case.office.calendar
    assert held.due_at is not None
    assert calendar.local_date(held.due_at) == calendar.add_working_days(began, 3)
    with store.begin() as tx:
        passed = objections.pass_on(case.office, tx, held.id, case.by("周八"), "须向市场监管部门核实", hand())
    assert passed.due_at is not None
    assert calendar.local_date(passed.due_at) == calendar.add_working_days(began, 7)


def test_our_clock_for_a_repair_runs_from_the_asking_by_the_pack_s_term(store: Store, hand: Hand, tmp_path: Path) -> None:
    with place(store, hand, tmp_path) as here:
        entry = here.found(1, Outcome.UNTRUE_CURABLE, "act-untrue-curable")
        with here.office.store.begin() as tx:
            asked = repairs.ask(here.office, tx, entry, "已改正", (), "窗口", here.hand())
        term = here.office.book.get(here.record(entry).pack).credit.repair.decide
        assert asked.repair is not None
        assert asked.repair.due_at is not None
        on = here.office.calendar.local_date(asked.repair.due_at)
        assert on == here.office.calendar.add_working_days(here.hand().date(), term.amount)

"""Who has a part in a decision judges no objection to it, and what was corrected before the finding is no rectification."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import ConsequenceState, Look
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.objection import ObjectionState
from inspector.domain.proposal import Proposal
from inspector.domain.serving import SubjectWord
from inspector.flows import rectifying, spoken
from inspector.store.store import Store
from tests.house import Hand
from tests.proceedings import decided

pytestmark = pytest.mark.alike


def test_whoever_entered_the_failed_re_check_or_gave_the_notice_decides_no_objection_to_it(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.rule(case.noticed(case.the(Proposal.ORDER_RECTIFY)), "王五", until=hand().date() + timedelta(days=5))
    hand.on(days=20)
    seen = Look(signed=case.by("赵六"), good=False, corrected_on=None, words="未改正", documents=("照片1",), evidence=())
    done = case.act(lambda tx: rectifying.look(case.office, tx, order.id, seen, hand()))
    assert done.state is ConsequenceState.FAILED
    objection = case.object(order.id, "没有通知我")
    for name in ("赵六", "李四", "王五"):
        with pytest.raises(Refusal, match="objection_same_officer"):
            case.answer(objection, case.by(name), upheld=False)
    assert case.answer(objection, case.by("周八"), upheld=False).state is ObjectionState.REJECTED


def test_what_was_corrected_before_the_finding_is_no_rectification(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    with pytest.raises(Invalid, match="recheck_day_before"):
        case.look(order, good=True, on=order.proposed_at.date() - timedelta(days=1))
    assert case.look(order, good=True, on=order.proposed_at.date()).state is ConsequenceState.RECTIFIED


def test_the_subject_asks_for_the_re_check_by_the_link_of_its_order(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    name = f"{order.id}:decision"
    with store.begin() as tx:
        held = tx.servings.get(name), tx.cases.get(case.case)
        assert SubjectWord.RECHECK in spoken.may_say(case.office, held[1], held[0], hand(), order)
        said = spoken.say(case.office, tx, name, SubjectWord.RECHECK, "已变更登记", (), hand())
    asked = case.the(Proposal.ORDER_RECTIFY)
    assert asked.rectification is not None
    assert order.rectification is not None
    assert asked.rectification.asked_by == f"subject:{said.receipt}"
    assert asked.rectification.recheck_by < order.rectification.recheck_by, "whichever comes first"
    with store.begin() as tx, pytest.raises(Refusal, match="word_unfit"):
        spoken.say(case.office, tx, name, SubjectWord.RECHECK, "再查一次", (), hand())
    revoke = decided(store, hand, Outcome.UNTRUE_INCURABLE, office=case.office, reference="R-2222")
    done = revoke.impose(revoke.the(Proposal.RECORD_CREDIT))
    with store.begin() as tx, pytest.raises(Refusal, match="word_unfit"):
        spoken.say(case.office, tx, f"{done.id}:decision", SubjectWord.RECHECK, "请复查", (), hand())


def test_an_order_fails_by_what_shows_it_and_never_by_a_word_alone(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY), until=hand().date() + timedelta(days=5))
    hand.on(days=20)
    with pytest.raises(Invalid, match="recheck_unproven"):
        case.look(order, good=False, documents=())
    assert case.the(Proposal.ORDER_RECTIFY).state is ConsequenceState.IMPOSED
    assert Proposal.REVOKE not in {one.proposal for one in case.all()}
    assert case.look(order, good=False, documents=("现场照片1",)).state is ConsequenceState.FAILED


def test_a_date_to_rectify_that_falls_on_a_day_off_ends_with_the_next_working_day(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    sunday = date(2026, 3, 15)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY), until=sunday)
    assert order.rectification is not None
    assert case.office.calendar.local_date(order.rectification.until) == date(2026, 3, 16)
    hand.on(days=(date(2026, 3, 17) - hand().date()).days)
    assert case.look(order, good=True, on=date(2026, 3, 16)).state is ConsequenceState.RECTIFIED

"""Rectification that fails: nothing graver by itself, and a lawful door for the officer to the graver entry (handbook 2.7, scenario 58)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, ConsequenceState, StatementKind
from inspector.domain.creditrecord import RecordState
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.opening import Opening
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeState
from inspector.flows import openings, proceedings
from inspector.flows.creditbook import take_over_all
from inspector.ports import CreditRetraction, Receipt
from inspector.store.recordtables import credit_record
from inspector.store.store import Store
from tests.house import Hand, Table, open_office, settle
from tests.integration.test_acts import Platform, catalogued
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

UNCORRECTED = "act-uncorrected"


class Receiver(Platform):
    """A credit platform that deletes what is taken back."""

    def retract(self, retraction: CreditRetraction, *, key: str) -> Receipt:
        self.entries = [one for one in self.entries if one.entry_id != retraction.entry_id]
        return Receipt(reference="R-1", at=datetime.now(UTC), attempts=1)


def ordered(store: Store, hand: Hand, receiver: Receiver | None = None) -> Proceeding:
    """Found untrue and curable: a minor entry is made, and an order to rectify is in force."""
    credit = {"credit": receiver} if receiver is not None else {}
    office = catalogued(open_office(store, hand, sources={"registers": Table(default="吊销")}, credit=credit))
    case = decided(store, hand, Outcome.UNTRUE_CURABLE, act="act-untrue-curable", office=office)
    case.impose(case.the(Proposal.RECORD_CREDIT))
    settle(office)
    case.impose(case.the(Proposal.ORDER_RECTIFY))
    return case


def failed(case: Proceeding) -> Proceeding:
    case.hand.on(days=40)
    assert case.look(case.the(Proposal.ORDER_RECTIFY), good=False).state is ConsequenceState.FAILED
    return case


def graver(case: Proceeding, act: str = UNCORRECTED) -> Consequence:
    with case.office.store.read() as tx:
        ids = tuple(piece.id for piece in tx.cases.evidence(case.case))
    given = Opening(proposal=Proposal.RECORD_CREDIT, by="李四", evidence=ids, act=act, reasons="逾期没有改正")
    return case.act(lambda tx: proceedings.propose(case.office, tx, case.case, given, case.by("李四"), case.hand()))


def entry(case: Proceeding) -> str:
    with case.office.store.read() as tx:
        return tx.cases.get(case.case).entry or ""


def test_who_has_not_rectified_is_entered_as_general_by_a_second_proceeding_and_the_minor_entry_is_gone_everywhere(
    store: Store, hand: Hand
) -> None:
    receiver = Receiver()
    case = failed(ordered(store, hand, receiver))
    minor = entry(case)
    held = graver(case)
    assert (held.grading.outcome, held.grading.grade) == (Outcome.UNTRUE_CURABLE, "general")
    case.serve(case.give(held))
    with store.read() as tx:
        told = tx.servings.get(f"{held.id}:notice").facts[-1]
        assert ("一般" in told, tx.records.get(minor).state) == (True, RecordState.STANDING), "nothing changes by a proposal"
    with pytest.raises(Refusal, match="consequence_defence_open"):
        case.rule(held)
    case.say(held, StatementKind.WAIVER, "我放弃陈述申辩")
    done = case.rule(held)
    settle(case.office)
    with store.read() as tx:
        new, old = tx.records.get(done.entry), tx.records.get(minor)
        decision = tx.servings.get(f"{held.id}:decision")
    assert (entry(case), new.grade, new.act, new.bars) == (done.entry, "general", UNCORRECTED, False)
    assert old.state is RecordState.ANNULLED
    assert [one.entry_id for one in receiver.entries] == [done.entry]
    assert any("取代此前等级为轻微的记录" in one for one in decision.facts)
    assert case.matters("consequence_shaken") == [], "nothing that stood beside it falls"
    assert case.the(Proposal.REVOKE).open


def test_the_minor_entry_counts_until_the_graver_one_has_come(store: Store, hand: Hand) -> None:
    receiver = Receiver()
    case = failed(ordered(store, hand, receiver))
    minor = entry(case)
    done = case.impose(graver(case), brought=False)
    settle(case.office)
    with store.read() as tx:
        new, old = tx.records.get(done.entry), tx.records.get(minor)
    assert (entry(case), old.state, old.in_effect, new.state, new.in_effect) == (
        minor,
        RecordState.STANDING,
        True,
        RecordState.STANDING,
        False,
    )
    assert [one.entry_id for one in receiver.entries] == [minor], (
        "no day without an entry, and none with a decision that has not come"
    )
    case.bring(done)
    settle(case.office)
    with store.read() as tx:
        new, old = tx.records.get(done.entry), tx.records.get(minor)
    assert (entry(case), old.state, new.in_effect) == (done.entry, RecordState.ANNULLED, True)
    assert [one.entry_id for one in receiver.entries] == [done.entry]


@pytest.mark.parametrize("ends", ["reopened", "annulled"])
def test_what_was_to_take_its_place_and_never_came_leaves_nothing(store: Store, hand: Hand, ends: str) -> None:
    receiver = Receiver()
    case = failed(ordered(store, hand, receiver))
    minor = entry(case)
    done = case.impose(graver(case), brought=False)
    if ends == "reopened":
        case.speaks_for()
    else:
        case.annul(done)
    settle(case.office)
    with store.read() as tx:
        new, old = tx.records.get(done.entry), tx.records.get(minor)
        notice = tx.servings.get(f"{done.id}:decision")
    kept = ends == "annulled"
    assert (new.stands_somewhere, old.stands_somewhere, notice.state) == (False, kept, NoticeState.CANCELLED)
    assert [one.entry_id for one in receiver.entries] == ([minor] if kept else [])


def test_before_an_order_has_failed_nobody_is_entered_as_who_has_not_rectified(store: Store, hand: Hand) -> None:
    case = ordered(store, hand)
    with pytest.raises(Invalid, match="act_unknown"):
        graver(case)


def test_one_graver_entry_and_no_second_one_nor_one_of_what_was_found_false(store: Store, hand: Hand) -> None:
    case = failed(ordered(store, hand))
    with pytest.raises(Invalid, match="act_unknown"):
        graver(case, "act-false")
    with pytest.raises(Refusal, match="consequence_there"):
        graver(case, "act-untrue-curable")
    held = graver(case)
    with pytest.raises(Refusal, match="consequence_there"):
        graver(case)
    case.impose(held)
    with pytest.raises(Refusal, match="consequence_there"):
        graver(case)


def test_a_lighter_hand_leaves_the_minor_entry_as_it_is(store: Store, hand: Hand) -> None:
    case = failed(ordered(store, hand))
    minor = entry(case)
    case.impose(case.the(Proposal.REVOKE))
    case.drop(graver(case))
    with store.read() as tx:
        record = tx.records.get(minor)
    assert (entry(case), record.grade, record.state) == (minor, "minor", RecordState.STANDING)


def test_while_the_minor_entry_is_proposed_only_the_graver_one_is_refused_with_both_ways_on(store: Store, hand: Hand) -> None:
    office = catalogued(open_office(store, hand, sources={"registers": Table(default="吊销")}))
    case = decided(store, hand, Outcome.UNTRUE_CURABLE, act="act-untrue-curable", office=office)
    case.impose(case.the(Proposal.ORDER_RECTIFY))
    minor = case.the(Proposal.RECORD_CREDIT)
    failed(case)
    with pytest.raises(Refusal, match="consequence_lighter_open") as waits:
        graver(case)
    assert (waits.value.facts["consequence"], minor.open) == (minor.id, True)
    with store.read() as tx:
        told = {one.proposal: one for one in openings.openable(office, tx, tx.cases.get(case.case), hand())}
    refused = told[Proposal.RECORD_CREDIT].error
    assert refused is not None
    assert refused.code == "consequence_lighter_open", "the page says so, too"
    case.drop(minor)
    assert graver(case).grading.grade == "general"


def test_an_entry_without_a_record_gives_way_to_nothing_and_the_officer_hears_what_to_do(store: Store, hand: Hand) -> None:
    case = failed(ordered(store, hand))
    held, minor = graver(case), entry(case)
    case.serve(case.give(held))
    case.say(held, StatementKind.WAIVER, "我放弃陈述申辩")
    with store.begin() as tx:
        tx.connection.execute(sa.delete(credit_record).where(credit_record.c.entry == minor))
    with pytest.raises(Refusal, match="consequence_entry_unrecorded") as refused:
        case.rule(held)
    assert refused.value.facts["entry"] == minor
    take_over_all(case.office)
    assert case.rule(held).state is ConsequenceState.IMPOSED, "as soon as the record is there"

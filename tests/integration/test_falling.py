"""When a decision falls, what was derived from it falls everywhere, and an officer looks at what does not fall by law (scenario 61)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, ConsequenceState
from inspector.domain.creditrecord import RecordState
from inspector.domain.errors import Refusal
from inspector.domain.objection import ObjectionState
from inspector.domain.proposal import Proposal
from inspector.flows import annulling, review
from inspector.store.store import Store
from tests.creditplatform import CreditPlatform, platform
from tests.edge import serving
from tests.house import Hand, Table, open_office, settle
from tests.integration.test_forms import logged_in
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

State = ConsequenceState


@contextmanager
def told_everywhere(store: Store, hand: Hand, folder: Path) -> Iterator[tuple[Proceeding, CreditPlatform, CreditPlatform]]:
    """A concluded case found knowingly false, in an office whose entries go to two receivers."""
    (folder / "2").mkdir()
    with platform(hand, folder) as (first, one, _), platform(hand, folder / "2") as (second, two, _):
        office = open_office(store, hand, sources={"registers": Table(default="吊销")}, credit={"platform": one, "sector": two})
        yield decided(store, hand, Outcome.FALSE_KNOWING, office=replace(office, copies=("sector",))), first, second


def matters(case: Proceeding, kind: str = "consequence_shaken") -> list[tuple[str, str]]:
    return sorted((one["proposal"], one["rule"]) for one in case.matters(kind))


def states(case: Proceeding) -> dict[Proposal, State]:
    return {one.proposal: one.state for one in case.all()}


def ledger(case: Proceeding, rule: str) -> list[dict[str, object]]:
    with case.office.store.read() as tx:
        return [json.loads(row["body"]) for row in tx.ledger.about(case.case) if row["rule"] == rule]


def test_a_court_annuls_the_revocation_and_the_entry_is_deleted_at_every_receiver_while_an_officer_looks_at_the_penalty(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with told_everywhere(store, hand, tmp_path) as (case, first, second):
        revoke = case.impose(case.the(Proposal.REVOKE))
        case.impose(case.the(Proposal.PENALTY))
        entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
        settle(case.office)
        assert (set(first.entries), set(second.entries)) == ({entry}, {entry})
        objection = case.object(entry)
        case.annul(revoke)
        settle(case.office)
        assert (first.entries, second.entries) == ({}, {}), "each receiver has deleted it"
        with store.read() as tx:
            booked = [one for one in (tx.books.get(entry), *tx.books.copies(entry)) if one is not None]
            mine, held = tx.records.get(entry), tx.cases.get(case.case)
        assert [(one.state.stands, bool(one.receipt)) for one in booked] == [(False, True), (False, True)]
        assert (mine.state, mine.document, held.entry) == (RecordState.ANNULLED, "（2026）行终1号", None)
        assert states(case) == {
            Proposal.REVOKE: State.ANNULLED,
            Proposal.RECORD_CREDIT: State.ANNULLED,
            Proposal.PENALTY: State.IMPOSED,
        }
        assert matters(case) == [("PENALTY", "consequence.annulled")]
        by_rule = ledger(case, "consequence.annulled")[-1]
        assert (by_rule["facts"]["fallen_by"], "S0:8" in by_rule["basis"]) == (revoke.id, True)  # type: ignore[index, operator]
        assert case.objection(objection).state is ObjectionState.UPHELD
        case.annul(case.the(Proposal.PENALTY), Annulled.CORRECTION, "更正1号")
        assert matters(case) == []


def test_what_nobody_has_decided_falls_with_the_revocation_and_its_notices_are_called_off(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    revoke = case.impose(case.the(Proposal.REVOKE))
    case.give(case.the(Proposal.PENALTY))
    case.annul(revoke)
    assert states(case) == {
        Proposal.REVOKE: State.ANNULLED,
        Proposal.RECORD_CREDIT: State.DROPPED,
        Proposal.PENALTY: State.DROPPED,
    }
    assert (matters(case), case.matters("consequence_due")) == ([], [])
    assert [one["kind"] for one in case.matters("notice_to_serve")] == ["ANNULMENT"], (
        "of what stands no more, and of nothing else"
    )


def test_the_review_body_annuls_the_entry_and_the_decision_that_ordered_it_falls_while_an_officer_looks_at_the_rest(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    case.impose(case.the(Proposal.REVOKE))
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    with store.begin() as tx:
        annulling.entry(case.office, tx, entry, Annulled.REVIEW_BODY, "复决字1号", "钱七", hand())
    gone = case.the(Proposal.RECORD_CREDIT)
    assert gone.annulled is not None
    assert (gone.state, gone.annulled.why, gone.annulled.document) == (State.ANNULLED, "REVIEW_BODY", "复决字1号")
    assert [one["consequence"] for one in case.events("consequence.annulled")] == [gone.id]
    assert states(case)[Proposal.REVOKE] is State.IMPOSED, "a decision in force is set aside by whoever may, never by a rule"
    assert matters(case) == [("PENALTY", "consequence.annulled"), ("REVOKE", "consequence.annulled")]
    assert states(case)[Proposal.PENALTY] is State.PROPOSED, "it waits for an officer's word, too (decision 244)"


def test_an_entry_falls_with_the_revocation_and_whoever_reviewed_decides_no_objection_to_it(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    objection = case.object(entry)
    with pytest.raises(Refusal, match="objection_same_officer"):
        case.answer(objection, replace(case.by("周八"), token="t-李四"), upheld=False)
    case.answer(objection, case.by("周八"), upheld=False)
    case.annul(case.impose(case.the(Proposal.REVOKE)))
    with store.read() as tx:
        assert (tx.records.get(entry).state, tx.cases.get(case.case).entry) == (RecordState.ANNULLED, None)


def test_a_penalty_that_falls_leaves_the_entry_to_an_officer(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    penalty = case.impose(case.the(Proposal.PENALTY))
    case.impose(case.the(Proposal.RECORD_CREDIT))
    case.annul(penalty, Annulled.REVIEW_BODY)
    assert matters(case) == [("RECORD_CREDIT", "consequence.annulled"), ("REVOKE", "consequence.annulled")]


@pytest.mark.parametrize("imposed", [False, True])
def test_an_order_that_falls_takes_the_proposed_revocation_with_it_and_shakes_one_in_force(
    store: Store, hand: Hand, *, imposed: bool
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    hand.on(days=20)
    case.look(order, good=False)
    revoke = case.the(Proposal.REVOKE)
    if imposed:
        case.impose(revoke)
    case.annul(order)
    assert states(case)[Proposal.REVOKE] is (State.IMPOSED if imposed else State.DROPPED)
    assert matters(case) == ([("REVOKE", "consequence.annulled")] if imposed else [])


def test_an_upheld_objection_to_the_decision_reaches_the_entry_and_who_had_a_part_by_name_or_login_decides_none(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    revoke = case.impose(case.the(Proposal.REVOKE))
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    objection = case.object(revoke.id)
    for by in (
        case.by("李四"),
        case.by("王五"),
        replace(case.by("周八"), token="t-赵六"),
        replace(case.by("周八"), token="t-李四"),
    ):
        with pytest.raises(Refusal, match="objection_same_officer"):
            case.answer(objection, by, upheld=True)
    case.answer(objection, case.by("周八"), upheld=True)
    with store.read() as tx:
        mine = tx.records.get(entry)
    assert (states(case)[Proposal.REVOKE], mine.ended_by) == (State.ANNULLED, "OBJECTION")


def test_who_proposed_the_termination_that_a_conclusion_overtook_has_a_part_in_what_took_its_place_by_login_too(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE, concluded=False)
    with store.begin() as tx:
        review.conclude(case.office, tx, case.case, "hall", hand())
    order = case.noticed(case.the(Proposal.ORDER_RECTIFY))
    case.rule(order, "王五", until=hand().date() + timedelta(days=14))
    objection = case.object(order.id)
    with pytest.raises(Refusal, match="objection_same_officer"):
        case.answer(objection, replace(case.by("周八"), token="t-李四"), upheld=False)
    case.answer(objection, case.by("周八"), upheld=False)


def test_a_later_case_that_was_graded_by_a_finding_that_fell_is_put_before_an_officer_and_the_finding_counts_no_more(
    store: Store, hand: Hand
) -> None:
    first = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    revoke = first.bring(first.impose(first.the(Proposal.REVOKE)))
    second = decided(store, hand, Outcome.UNTRUE_INCURABLE, office=first.office, reference="R-2")
    later = second.the(Proposal.RECORD_CREDIT)
    assert later.grading.earlier == 1
    first.annul(revoke)
    assert {(one["proposal"], one["earlier"]) for one in second.matters("consequence_regrade")} == {
        ("REVOKE", first.case),
        ("RECORD_CREDIT", first.case),
    }
    second.impose(later)
    assert {one["proposal"] for one in second.matters("consequence_regrade")} == {"REVOKE"}, "an officer has decided it"
    third = decided(store, hand, Outcome.UNTRUE_INCURABLE, office=first.office, reference="R-3")
    assert third.the(Proposal.RECORD_CREDIT).grading.earlier == 1, "of two findings one was annulled"
    with store.read() as tx:
        subject = tx.cases.get(third.case).subject
        assert tx.cases.untrue_since(subject.kind, [subject.code], hand.now.replace(year=2020), third.case) == 1


def test_only_one_decision_about_the_matter_is_in_force_also_after_the_case_was_decided_anew(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    case.speaks_for()
    assert [proposal for proposal, _ in matters(case)] == ["ORDER_RECTIFY"]
    case.decide(Outcome.UNTRUE_INCURABLE)
    revoke = case.the(Proposal.REVOKE)
    with pytest.raises(Refusal, match="consequence_alternative") as refused:
        case.impose(revoke)
    assert refused.value.facts["consequence"] == order.id
    case.annul(order, Annulled.CORRECTION, "更正1号")
    assert matters(case) == []
    assert case.rule(revoke, public_interest="不损害公共利益").verdict is not None


def test_what_is_decided_waits_for_no_agreement_to_a_second_decision_about_the_matter(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    revoke = case.noticed(case.the(Proposal.REVOKE))
    case.rule(revoke, public_interest="不损害公共利益")
    with store.begin() as tx:  # as of a release before, where both could be decided
        order = replace(case.the(Proposal.REVOKE), id=f"{case.case}-9", proposal=Proposal.ORDER_RECTIFY, state=State.IMPOSED)
        tx.consequences.add(order)
    with pytest.raises(Refusal, match="consequence_alternative"):
        case.agree(revoke, Agreement.SECOND, "王五")


@pytest.mark.parametrize("leaves", [False, True])
def test_an_objection_is_over_once_its_case_is_decided_for_the_subject_or_leaves_the_house(
    store: Store, hand: Hand, *, leaves: bool
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE, concluded=False)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    objection = case.object(entry)
    case.speaks_for()
    assert case.objection(objection).state is ObjectionState.OPEN, "who opens a case again answers no objection by it"
    if leaves:
        with store.begin() as tx:
            review.withdraw(case.office, tx, case.case, "不办了", "张三", hand())
    else:
        case.decide(Outcome.DATA_ERROR)
    with store.read() as tx:
        assert tx.servings.get(f"{objection.id}:objection").state.open
        assert not tx.records.objections(case_id=case.case)
    assert case.objection(objection).state is ObjectionState.ENDED
    assert case.matters("credit_contested") == []
    hand.on(days=30)
    settle(case.office)
    assert case.matters("credit_contested") == [], "no clock goes on"


def test_no_officer_annuls_a_decision_by_an_objection_that_nobody_has_upheld(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    revoke = case.impose(case.the(Proposal.REVOKE))
    with serving(case.office) as edge, edge.as_("officer", name="钱七") as officer, edge.client() as browser:
        said = {"why": "OBJECTION", "document": "不存在的异议"}
        tried = officer.post(f"/v1/consequences/{revoke.id}/annulment", json=said)
        assert (tried.status_code, tried.json()["error"]["code"]) == (422, "annulled_by_objection")
        logged_in(edge, browser, name="钱七")
        page = browser.get(f"/consequences/{revoke.id}").text
        assert 'value="CORRECTION"' in page
        assert 'value="OBJECTION"' not in page
    assert case.the(Proposal.REVOKE).state is ConsequenceState.IMPOSED

"""By a pack that has no rule for a consequence nobody is entered by one officer's review, nor for ever: it waits, and a person is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from inspector.cli import ruled
from inspector.cli.finding import State
from inspector.domain.case import CaseState, Outcome
from inspector.domain.consequence import ConsequenceState
from inspector.domain.docket import DocketKind
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.flows.office import AgencyNode, Office
from inspector.policybook import PacksInvalid, Policybook
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle
from tests.packs import POLICIES, SHIPPED, edited, write
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def office(store: Store, hand: Hand) -> Office:
    """An office whose source contradicts."""
    return open_office(store, hand, sources={"registers": Table(default="吊销")})


def ruleless(held: Office, **rows: object) -> Office:
    """The same by packs without these rows, none of the consequences unless others are named."""
    without = rows or {"consequences": {}}
    return replace(held, book=replace(held.book, packs=tuple(replace(pack, **without) for pack in held.book.packs)))  # type: ignore[arg-type]


def waits(case: Proceeding) -> list[tuple[str, str]]:
    return [(told["grade"], told["pack"]) for told in case.matters("credit_held")]


def test_without_a_rule_for_it_the_review_stands_and_the_entry_waits_for_a_person_until_a_pack_has_one(
    store: Store, hand: Hand
) -> None:
    whole = office(store, hand)
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=ruleless(whole))
    with store.read() as tx:
        held = tx.cases.get(case.case)
        assert (held.state, held.outcome, held.entry) == (CaseState.CLOSED, Outcome.FALSE_KNOWING, None)
        assert list(tx.records.of_case(case.case)) == [], "nobody is entered by one officer's review"
        rules = [row["rule"] for row in tx.ledger.about(case.case)]
    assert waits(case) == [("general", "demo@1")]
    assert ("credit.held" in rules, len(case.events("credit.held"))) == (True, 1)
    with pytest.raises(Refusal, match="consequence_unruled"):
        case.propose(Proposal.RECORD_CREDIT)
    case.office = whole
    entry = case.impose(case.propose(Proposal.RECORD_CREDIT)).entry
    assert waits(case) == []
    with store.read() as tx:
        assert tx.records.get(entry).most_until is not None, "its showing ends"


def test_what_waits_is_over_with_the_outcome_that_it_was_to_follow(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=ruleless(office(store, hand)))
    assert len(waits(case)) == 1
    case.speaks_for()
    assert waits(case) == []
    case.decide(Outcome.UNVERIFIABLE)
    assert waits(case) == []


def test_no_notice_is_given_of_an_entry_whose_showing_would_never_end(store: Store, hand: Hand) -> None:
    whole = office(store, hand)
    credit = replace(whole.book.get("demo@1").credit, publicities={})
    case = decided(store, hand, Outcome.FALSE_KNOWING, office=ruleless(whole, credit=credit))
    held = case.the(Proposal.RECORD_CREDIT)
    with pytest.raises(Refusal, match="publicity_unruled"):
        case.give(held)
    case.drop(held)
    with pytest.raises(Refusal, match="publicity_unruled"):
        case.propose(Proposal.RECORD_CREDIT)
    case.office = whole
    entry = case.give(case.propose(Proposal.RECORD_CREDIT))
    case.serve(entry)
    hand.on(days=11)
    case.office = ruleless(whole, credit=credit)
    with pytest.raises(Refusal, match="publicity_unruled"):
        case.rule(entry)
    assert case.the(Proposal.RECORD_CREDIT).state is ConsequenceState.NOTICED


def under_maoji(store: Store, hand: Hand) -> Proceeding:
    """A contradicted case that was taken in by the shipped pack of the plan on 27 November, under its first version."""
    hand.on(days=(date(2026, 11, 27) - hand().date()).days)
    held = office(store, hand)
    house = replace(held, tree={name: replace(node, pack="maoji" if node.pack else None) for name, node in held.tree.items()})
    given = application(1, "business-licence", {"registration-status": "存续"}, notice_version="2026-01")
    case_id = post(house, given)
    settle(house)
    return Proceeding(office=house, hand=hand, case=case_id)


def test_who_committed_under_the_first_version_is_heard_by_the_steps_of_the_second_and_judged_by_the_first(
    store: Store, hand: Hand
) -> None:
    """Reviewed before the second version's day: it waits until then, and no act or bar of the second is held against anybody."""
    case = under_maoji(store, hand)
    case.decide(Outcome.FALSE_KNOWING)
    assert (waits(case), case.all()) == ([("general", "maoji@2026.1")], [])
    with store.read() as tx:
        (row,) = (one for one in tx.docket.page(list(case.office.tree), None, 50) if one.kind is DocketKind.HELD)
    assert (row.case_id, row.due_at > hand()) == (case.case, True), "an officer looks at it by a date"
    with pytest.raises(Refusal, match="consequence_unruled"):
        case.propose(Proposal.RECORD_CREDIT)
    hand.on(days=4)
    held = case.propose(Proposal.RECORD_CREDIT)
    assert (held.pack, held.grading.act) == ("maoji@2026.2", "")
    entry_id = case.impose(held).entry
    with store.read() as tx:
        entry = tx.records.get(entry_id)
    assert (entry.least_until is not None, entry.most_until is not None, entry.bars) == (True, True, False)


def test_a_review_of_a_case_of_the_first_version_proposes_by_the_second_from_its_day_on(store: Store, hand: Hand) -> None:
    case = under_maoji(store, hand)
    hand.on(days=4)
    assert hand().date() == date(2026, 12, 1)
    case.decide(Outcome.UNTRUE_INCURABLE)
    proposed = [(one.proposal, one.pack) for one in case.all()]
    assert proposed == [(Proposal.TERMINATE, "maoji@2026.2"), (Proposal.RECORD_CREDIT, "maoji@2026.2")]
    assert waits(case) == []
    with store.read() as tx:
        (told,) = [json.loads(row["body"]) for row in tx.ledger.about(case.case) if row["rule"] == "officer.review"]
    assert (told["pack"], told["facts"]["transition"]) == ("maoji@2026.2", "transition-steps")


def test_the_steps_of_a_later_version_are_taken_over_by_law_alone(tmp_path: Path) -> None:
    later = (POLICIES / "maoji" / "pack-2026.2.toml").read_text(encoding="utf-8")
    write(tmp_path, SHIPPED)
    for basis in ("P:2.7", "S62:1.2.38"):
        write(
            tmp_path, edited(('basis = "S1:44;S1:45"\n\n# ----', f'basis = "{basis}"\n\n# ----'), text=later), "pack-2026.2.toml"
        )
        with pytest.raises(PacksInvalid) as caught:
            Policybook.load(tmp_path)
        assert [flaw.code for flaw in caught.value.flaws if flaw.row == "transition transition-steps"], basis


def test_check_warns_of_a_pack_in_force_without_these_rows_and_of_the_one_that_follows_it() -> None:
    book = Policybook.load(POLICIES)
    tree = {"a": AgencyNode(id="a", name="局", pack="maoji"), "b": AgencyNode(id="b", name="局", pack="demo")}
    first, last = ruled.packs(book, tree, date(2026, 11, 30))
    assert (first.name, first.state, last.name) == ("policies.maoji@2026.1", State.WARN, "policies.maoji@2026.1")
    lacks = "[[consequence]] (ORDER_RECTIFY, PENALTY, RECORD_CREDIT, REFER_REGISTER, REVOKE, TERMINATE, TRANSFER_JUDICIAL), "
    assert lacks + "[[publicity]] (minor, general)" in first.what[0]
    assert ("maoji@2026.2" in first.mend[0], "2026-12-01" in first.mend[1]) == (True, True)
    assert last.what == ("is followed by maoji@2026.2 on 2026-12-01", "2026-12-01 起由 maoji@2026.2 接替")
    assert list(ruled.packs(book, tree, date(2026, 12, 15))) == []
    alone = replace(book, packs=tuple(pack for pack in book.packs if pack.label == "maoji@2026.1"))
    (only,) = ruled.packs(replace(alone, packs=(replace(alone.packs[0], effective_to=None),)), tree, date(2026, 12, 1))
    assert "write a version" in only.mend[0]

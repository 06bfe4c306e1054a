"""What an objection to a decision touches beside it: the credit entry that rests on it is contested as long, at every receiver."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.creditrecord import RecordState, marked
from inspector.domain.proposal import Proposal
from inspector.flows import contested as flow
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_falling import told_everywhere
from tests.proceedings import Proceeding

pytestmark = pytest.mark.alike


def contested(case: Proceeding, entry: str) -> bool:
    with case.office.store.read() as tx:
        return tx.records.get(entry).contested


def test_an_objection_to_the_decision_marks_its_entry_everywhere_until_the_last_one_that_touches_it_is_decided(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with told_everywhere(store, hand, tmp_path) as (case, first, second):
        revoke = case.impose(case.the(Proposal.REVOKE))
        entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
        settle(case.office)
        to_decision = case.object(revoke.id)
        settle(case.office)
        assert contested(case, entry)
        assert first.became[entry] == second.became[entry] == ["MARKED"]
        to_entry = case.object(entry, "登记在承诺之后才注销")
        settle(case.office)
        assert first.became[entry] == ["MARKED"], "it is marked once"
        case.answer(to_decision, case.by("周八"), upheld=False)
        settle(case.office)
        assert contested(case, entry), "another objection still touches it"
        case.answer(to_entry, case.by("周八"), upheld=False)
        settle(case.office)
        assert not contested(case, entry)
        assert first.became[entry] == second.became[entry] == ["MARKED", "UNMARKED"]


def test_an_objection_to_what_the_entry_does_not_rest_on_leaves_it_unmarked(store: Store, hand: Hand, tmp_path: Path) -> None:
    with told_everywhere(store, hand, tmp_path) as (case, first, _):
        penalty = case.impose(case.the(Proposal.PENALTY))
        entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
        case.object(penalty.id)
        settle(case.office)
        assert not contested(case, entry)
        assert entry not in first.became


def test_an_objection_that_ends_with_the_decision_leaves_no_mark_on_the_entry_that_fell(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with told_everywhere(store, hand, tmp_path) as (case, first, _):
        revoke = case.impose(case.the(Proposal.REVOKE))
        entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
        settle(case.office)
        case.object(revoke.id)
        case.annul(revoke, Annulled.COURT)
        settle(case.office)
        with store.read() as tx:
            mine = tx.records.get(entry)
        assert (mine.state, mine.contested) == (RecordState.ANNULLED, False), "it fell with the decision, and its mark with it"
        assert entry not in first.entries


def test_an_objection_of_a_release_before_marks_at_the_next_start_what_it_touches_and_once(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with told_everywhere(store, hand, tmp_path) as (case, first, second):
        revoke = case.impose(case.the(Proposal.REVOKE))
        entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
        settle(case.office)
        case.object(revoke.id)
        with store.begin() as tx:  # as that release left it: nobody was told, and the record was not marked
            tx.records.put(marked(tx.records.get(entry), contested=False))
            lanes = ("platform", "sector")
            tx.work.end_keys([key for lane in lanes for key in tx.books.amending(entry, lane, ["MARKED"])], hand())
        for _ in range(2):
            flow.remark_all(case.office)
            settle(case.office)
        assert contested(case, entry)
        assert first.became[entry] == second.became[entry] == ["MARKED"]

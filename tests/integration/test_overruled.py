"""Whoever had a part in a decision that others have put right has none in the same again: another officer does (decision 211)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, ConsequenceState, Notice
from inspector.domain.errors import Refusal
from inspector.domain.opening import Opening
from inspector.domain.proposal import Proposal
from inspector.flows import proceedings
from inspector.store.store import Store
from tests.house import Hand
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    """A case whose entry fell by an objection that another officer has upheld; the finding stands."""
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT))
    case.answer(case.object(entry.entry), case.by("周八"), upheld=True)
    assert case.the(Proposal.RECORD_CREDIT).state is ConsequenceState.ANNULLED
    return case


def again(case: Proceeding, name: str, token: str = "") -> Consequence:
    with case.office.store.read() as tx:
        ids = tuple(piece.id for piece in tx.cases.evidence(case.case))
    given = Opening(proposal=Proposal.RECORD_CREDIT, by=name, evidence=ids, reasons="另有发现")
    signed = replace(case.by(name), token=token or f"t-{name}")
    return case.act(lambda tx: proceedings.propose(case.office, tx, case.case, given, signed, case.hand()))


@pytest.mark.parametrize(("name", "token"), [("李四", ""), ("李 四", "t-其他"), ("孙七", "t-李四")])
def test_who_was_found_wrong_does_not_propose_the_same_again_by_any_name_or_login(
    case: Proceeding, name: str, token: str
) -> None:
    with pytest.raises(Refusal, match="consequence_overruled") as refused:
        again(case, name, token)
    assert refused.value.facts["proposal"] == "RECORD_CREDIT"


def test_nor_takes_a_step_in_it_and_another_officer_goes_all_the_way(case: Proceeding) -> None:
    held = again(case, "孙七")
    with pytest.raises(Refusal, match="consequence_overruled"):
        case.give(held)
    told = Notice(given=case.by("孙七"), facts=("登记状态为吊销",), reasons="与承诺不符", rights=("陈述、申辩",), basis=())
    case.act(lambda tx: proceedings.give(case.office, tx, held.id, told, held.grading, case.hand()))
    case.serve(held)
    case.hand.on(days=11)
    with pytest.raises(Refusal, match="consequence_overruled"):
        case.rule(held)
    assert case.rule(held, "孙七").state is ConsequenceState.IMPOSED


def test_nor_decides_the_case_so_again_that_the_same_is_proposed(case: Proceeding) -> None:
    case.speaks_for()
    with pytest.raises(Refusal, match="consequence_overruled"):
        case.decide(Outcome.UNTRUE_INCURABLE)
    case.decide(Outcome.UNTRUE_INCURABLE, "孙七")
    assert case.the(Proposal.RECORD_CREDIT).proposed_by == "孙七"


def test_for_its_subject_the_same_officer_decides(case: Proceeding) -> None:
    case.speaks_for()
    case.decide(Outcome.TRUE)
    with case.office.store.read() as tx:
        assert tx.cases.get(case.case).outcome is Outcome.TRUE


@pytest.mark.parametrize(("why", "refused"), [(Annulled.COURT, True), (Annulled.REVIEW_BODY, True), (Annulled.CORRECTION, False)])
def test_what_a_court_or_a_higher_agency_has_annulled_is_another_officers_and_a_correction_of_our_own_is_not(
    store: Store, hand: Hand, why: Annulled, *, refused: bool
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    case.annul(case.impose(case.the(Proposal.RECORD_CREDIT)), why)
    if refused:
        with pytest.raises(Refusal, match="consequence_overruled"):
            again(case, "李四")
    assert again(case, "孙七" if refused else "李四").state is ConsequenceState.PROPOSED

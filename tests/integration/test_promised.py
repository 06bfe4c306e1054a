"""What a notice says to its subject is kept: a hearing that it promises is held, and the decision says what it said would follow."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import ConsequenceState, Notice, Stage, StatementKind
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.serving import SubjectWord
from inspector.flows import proceedings, spoken
from inspector.store.store import Store
from tests.house import Hand
from tests.integration.test_creditrecords import place
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def noticed(case: Proceeding, *rights: str) -> None:
    held = case.the(Proposal.RECORD_CREDIT)
    notice = Notice(given=case.by("李四"), facts=("登记状态为吊销",), reasons="与承诺不符", rights=rights, basis=())
    case.act(lambda tx: proceedings.give(case.office, tx, held.id, notice, held.grading, case.hand()))
    case.serve(held)


def offered(case: Proceeding) -> tuple[SubjectWord, ...]:
    held = case.the(Proposal.RECORD_CREDIT)
    with case.office.store.read() as tx:
        told = tx.cases.get(case.case), tx.servings.get(f"{held.id}:notice")
        return spoken.may_say(case.office, *told, case.hand(), held)


def test_a_hearing_that_the_notice_promises_is_offered_and_owed_whatever_the_row_gives(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    noticed(case, "有权陈述、申辩", "有权要求听证")
    held = case.the(Proposal.RECORD_CREDIT)
    assert not case.office.book.get(held.pack).consequences[held.proposal].hearing
    assert SubjectWord.HEARING in offered(case)
    assert case.say(held, StatementKind.HEARING, "请求听证").stage is Stage.FIX
    hand.on(days=11)
    with pytest.raises(Refusal, match="consequence_hearing_open"):
        case.rule(held)
    case.hear(held)
    assert case.rule(held).state is ConsequenceState.IMPOSED


@pytest.mark.parametrize(
    ("right", "owed"),
    [("本案不适用听证", False), ("本案一般不适用听证，但您可以要求听证", True), ("逾期不要求听证的，不举行听证", True)],
)
def test_a_notice_that_plainly_says_that_there_is_no_hearing_promises_none_and_a_doubt_is_the_subjects(
    store: Store, hand: Hand, right: str, owed: bool
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    noticed(case, "有权陈述、申辩", right)
    assert (SubjectWord.HEARING in offered(case)) is owed
    refused = nullcontext() if owed else pytest.raises(Refusal, match="hearing_not_open")
    with refused:
        assert case.say(case.the(Proposal.RECORD_CREDIT), StatementKind.HEARING, "请求听证").stage is Stage.FIX


def test_where_none_is_open_a_wish_to_be_heard_is_refused_with_the_way_that_is(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    noticed(case, "有权陈述、申辩")
    assert SubjectWord.HEARING not in offered(case)
    with pytest.raises(Refusal, match="hearing_not_open"):
        case.say(case.the(Proposal.RECORD_CREDIT), StatementKind.HEARING, "请求听证")
    assert len(case.say(case.the(Proposal.RECORD_CREDIT), StatementKind.DEFENCE).statements) == 1


@pytest.mark.parametrize(
    ("outcome", "act", "said", "unsaid"),
    [
        (Outcome.FALSE_KNOWING, "act-false", ("不再适用告知承诺制", "最长公示至"), "不公示"),
        (Outcome.UNTRUE_CURABLE, "act-untrue-curable", ("不影响您再次适用告知承诺制", "不公示，最长保存至"), "最长公示"),
    ],
)
def test_the_decision_of_an_entry_says_whether_it_bars_and_is_shown_and_until_when(
    store: Store, hand: Hand, tmp_path: Path, outcome: Outcome, act: str, said: tuple[str, ...], unsaid: str
) -> None:
    with place(store, hand, tmp_path) as here:
        entry = here.found(1, outcome, act)
        with store.read() as tx:
            held = next(one for one in tx.consequences.of_case(here.record(entry).case_id) if one.entry == entry)
            facts = " ".join(tx.servings.get(f"{held.id}:decision").facts)
    assert ([one in facts for one in said], unsaid in facts) == ([True] * len(said), False)

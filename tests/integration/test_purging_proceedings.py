"""A case with proceedings, objections and a credit record goes with all of them, and not while one of them binds somebody."""

from __future__ import annotations

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, ConsequenceState
from inspector.domain.proposal import Proposal
from inspector.domain.purge import Hold
from inspector.domain.retention import Record
from inspector.domain.wayto import ServiceWay
from inspector.flows import reached
from inspector.store.store import Store
from tests.house import Hand
from tests.integration.test_purging import due, holding, let_go, night, troubles
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

WORDS = ("查询结果与承诺不符", "登记状态为吊销", "事实清楚", "我放弃陈述申辩", "登记在承诺之后才注销", "经核对")


def holds(case: Proceeding, record: Record) -> set[Hold]:
    return set(dict(due(case.office, record))[case.case])


def seen_to(case: Proceeding) -> None:
    """Whatever is on its way to the subject reaches it, and people have seen to what was put before them."""
    with case.office.store.begin() as tx:
        for one in tx.servings.of_case(case.case):
            if one.state.open:
                reached.served(case.office, tx, one.id, case.hand().date(), ServiceWay.IN_PERSON, "回证3", "李四", case.hand())
        for row in tx.attention.page(None):
            if row["closed_at"] is None and row["about"] != "bureau":
                tx.attention.close(row["id"], case.hand())


@pytest.mark.slow
def test_a_discredit_that_is_neither_repaired_nor_annulled_keeps_its_case_and_an_open_objection_does(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    for one in case.all():
        if one.state is ConsequenceState.PROPOSED and case.drop(one).state is ConsequenceState.PROPOSED:
            case.agree(one, Agreement.SECOND, "王五")
            case.agree(one, Agreement.LEGAL, "赵六")
    seen_to(case)
    night(case.office, hand, days=200)
    seen_to(case)
    assert holds(case, Record.ANSWER) == {Hold.CITED}, "what a register said stands behind the decision"
    assert holding(store, "吊销") >= {"evidence"}
    night(case.office, hand, days=3_600)
    seen_to(case)
    assert holds(case, Record.ENFORCEMENT) == {Hold.RECORD}
    objection = case.object(entry, WORDS[4])
    assert Hold.OBJECTION in holds(case, Record.ENFORCEMENT)
    case.answer(objection, case.by("赵六七"), upheld=True)
    assert holds(case, Record.ENFORCEMENT) >= {Hold.NOTICE}, "its subject is to hear of it first"
    seen_to(case)
    night(case.office, hand, days=30)
    seen_to(case)
    with store.read() as tx:
        subject = tx.cases.get(case.case).subject
    assert {word for word in WORDS if not holding(store, word)} == set()
    assert holds(case, Record.ENFORCEMENT) == set()
    let_go(case.office, case.case)
    words = (*WORDS, subject.name, subject.code, entry)
    assert [(word, tables) for word in words if (tables := holding(store, word))] == []
    assert troubles(store) == set()
    night(case.office, hand, days=2)
    assert troubles(store) == set()

"""What follows of a case is computed again: each step to a penalty, an entry's days, what is owed to the public; or why not is said."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from inspector.domain import proceeding
from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, StatementKind
from inspector.domain.proposal import Proposal
from inspector.domain.recompute import Again, why
from inspector.flows.recompute import replay
from inspector.store.store import Store
from inspector.store.tables import ledger
from tests.house import Hand
from tests.operator import on_both, one_database
from tests.proceedings import Proceeding, decided

database_url = one_database
pytestmark = pytest.mark.slow


def told(case: Proceeding) -> list[tuple[str, Again]]:
    with case.office.store.read() as tx:
        return [(one.rule, again) for one, again in replay(case.office, tx, case.case)]


def rewritten(case: Proceeding, rule: str, old: str, new: str) -> None:
    """An entry says something else now."""
    with case.office.store.begin() as tx:
        row = next(row for row in tx.ledger.about(case.case) if row["rule"] == rule and old in row["body"])
        text = row["body"].replace(old, new)
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=text))


@pytest.fixture
def punished(store: Store, hand: Hand) -> Proceeding:
    """A revocation, an entry and, after a hearing, a penalty were decided."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    for one in (Proposal.REVOKE, Proposal.RECORD_CREDIT):
        case.impose(case.the(one))
    penalty = case.the(Proposal.PENALTY)
    case.serve(case.give(penalty))
    case.say(penalty, StatementKind.HEARING)
    hand.on(days=1)
    case.hear(penalty)
    hand.on(days=20)
    done = case.rule(penalty)
    row = case.office.book.get(done.pack).consequences[done.proposal]
    for kind, name in ((Agreement.SECOND, "王五"), (Agreement.LEGAL, "赵六"), (Agreement.HEAD, "陈局长")):
        if kind in proceeding.lacking(case.the(Proposal.PENALTY), row):
            case.agree(penalty, kind, name)
    return case


@on_both
def test_each_step_to_a_penalty_and_what_follows_of_it_come_to_the_same(punished: Proceeding) -> None:
    found = told(punished)
    assert {rule for rule, _ in found} >= {
        *("consequence.given", "consequence.served", "consequence.stated", "consequence.hearing_fixed", "consequence.hearing"),
        *("consequence.ruled", "consequence.agreed", "consequence.imposed", "credit.recorded", "credit.effective"),
        *("disclosure.owe", "notice.make", "notice.cancel"),
    }
    assert {one for one in found if one[1] is not Again.SAME} == {("notice.served", Again.PERSON)}


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("consequence.served", '"until": "2026', '"until": "2027'),
        ("consequence.hearing", '"due_at": "2026', '"due_at": "2027'),
        ("consequence.imposed", '"content": "罚款三万元"', '"content": "罚款三元"'),
        ("credit.recorded", '"shown_until": "20', '"shown_until": "21'),
        ("credit.effective", '"on": "2026', '"on": "2027'),
        ("disclosure.owe", '"due_at": "2026', '"due_at": "2027'),
        ("notice.make", '"service_way": "', '"service_way": "X'),
    ],
)
def test_a_date_or_a_word_of_a_step_that_was_rewritten_is_seen(punished: Proceeding, rule: str, old: str, new: str) -> None:
    rewritten(punished, rule, old, new)
    found = told(punished)
    assert [one for one in found if one[1] is Again.DIFFERS] == [(rule, Again.DIFFERS)]


def test_an_order_that_failed_and_the_revocation_after_it_come_to_the_same(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.the(Proposal.ORDER_RECTIFY)
    case.impose(order)
    hand.on(days=3)
    case.look(order, good=False)
    hand.on(days=40)
    case.look(order, good=False)
    case.drop(case.the(Proposal.REVOKE))
    found = told(case)
    assert {rule for rule, _ in found} >= {
        *("consequence.reached", "consequence.rechecked", "consequence.failed", "consequence.revocation", "consequence.dropped")
    }
    assert {again for _, again in found} == {Again.SAME, Again.PERSON}


def test_a_decision_in_whose_place_another_came_is_computed_by_what_its_entry_tells(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    penalty = case.the(Proposal.PENALTY)
    case.noticed(penalty)
    case.rule(penalty)
    case.say(penalty, StatementKind.DEFENCE)
    hand.on(days=1)
    case.rule(penalty, "周八")
    assert [one for one in told(case) if one[1] not in (Again.SAME, Again.PERSON)] == []


def test_a_step_that_no_function_computes_is_said_to_be_none_and_leaves_the_next_ones_unsure(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    case.impose(penalty := case.the(Proposal.PENALTY))
    case.annul(penalty)
    with store.begin() as tx:
        row = next(row for row in tx.ledger.about(case.case) if row["rule"] == "consequence.annulled")
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(rule="consequence.wondered"))
    found = told(case)
    assert ("consequence.wondered", Again.PERSON) in found, "it has a name under it"
    with store.begin() as tx:
        text = json.dumps({"facts": {}, "basis": [], "pack": "demo@1"})
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=text))
    assert ("consequence.wondered", Again.NO_FUNCTION) in told(case)


def test_what_was_not_kept_by_a_release_before_is_told_apart_from_what_no_function_computes(punished: Proceeding) -> None:
    with punished.office.store.begin() as tx:
        row = next(row for row in tx.ledger.about(punished.case) if row["rule"] == "notice.make")
        held = json.loads(row["body"])
        del held["facts"]["service_ways"]
        text = json.dumps(held, ensure_ascii=False, sort_keys=True)
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=text))
    assert told(punished)[[rule for rule, _ in told(punished)].index("notice.make")] == ("notice.make", Again.NOT_STORED)


def test_who_has_decided_what_is_not_computed_and_why_is_told_beside_it(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    case.impose(penalty := case.the(Proposal.PENALTY))
    case.annul(penalty)
    with store.read() as tx:
        (entry,) = (one for one in replay(case.office, tx, case.case) if one[0].rule == "consequence.annulled")
    assert why(*entry) == ("钱七", "（2026）行终1号")

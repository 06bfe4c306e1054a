"""A request to another agency is computed again step by step: what silence brings, another date, a dispute, an answer (decision 234)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from inspector.domain.assistance import Quarrel
from inspector.domain.evidence import Verdict
from inspector.domain.recompute import Again
from inspector.flows import assist
from inspector.flows.office import Office
from inspector.flows.recompute import replay
from inspector.store.store import Store
from inspector.store.tables import ledger
from inspector.store.tx import Tx
from tests.house import Hand, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of
from tests.operator import on_both, one_database

database_url = one_database
pytestmark = pytest.mark.slow

DESKS = {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office"), "housing": Desk("housing")}


def told(office: Office, case_id: str) -> list[tuple[str, Again]]:
    """What each step of a letter came to."""
    with office.store.read() as tx:
        return [(one.rule, again) for one, again in replay(office, tx, case_id) if one.rule.startswith("assistance.")]


def begun(store: Store, hand: Hand) -> tuple[Office, str, str]:
    """An office whose letter is with the agency; the case, and the request."""
    office = an_office(store, hand, dict(DESKS))
    case_id = opened(office)
    settle(office)
    return office, case_id, request_of(store, case_id).id


def says(store: Store, hand: Hand, *words: Callable[[Tx], object]) -> None:
    """One word after the other, a minute between them."""
    for word in words:
        with store.begin() as tx:
            word(tx)
        hand.on(minutes=1)


def rewritten(store: Store, case_id: str, rule: str, old: str, new: str) -> None:
    """An entry says something else now."""
    with store.begin() as tx:
        row = next(row for row in tx.ledger.about(case_id) if row["rule"] == rule and old in row["body"])
        text = row["body"].replace(old, new)
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=text))


@on_both
def test_what_silence_brings_comes_to_the_same_step_by_step(store: Store, hand: Hand) -> None:
    office, case_id, _ = begun(store, hand)
    for _ in range(60):
        hand.on(days=1)
        settle(office)
    found = told(office, case_id)
    assert {rule for rule, _ in found} >= {
        *("assistance.open", "assistance.sent", "assistance.remind", "assistance.escalate", "assistance.silent"),
    }
    assert {again for _, again in found} == {Again.SAME}


@on_both
def test_another_date_a_dispute_and_an_answer_come_to_the_same_and_a_date_that_was_rewritten_is_seen(
    store: Store, hand: Hand
) -> None:
    office, case_id, name = begun(store, hand)
    far = office.calendar.closing(date(2026, 6, 30))
    says(
        store,
        hand,
        lambda tx: assist.accept(office, tx, name, "王五", hand()),
        lambda tx: assist.warn(office, tx, name, "系统停机检修", "王五", hand()),
        lambda tx: assist.propose_date(office, tx, name, far.date(), "档案移交", "王五", hand()),
        lambda tx: assist.extend(office, tx, name, "人手不足", "王五", hand()),
        lambda tx: assist.agree_date(office, tx, name, far, "李四", hand()),
        lambda tx: assist.contest(office, tx, name, Quarrel.GROUND, "没有依据", "王五", hand()),
        lambda tx: assist.decide(office, tx, name, True, "应当协助", "县政府办", hand()),
        lambda tx: assist.partly(office, tx, name, "在册", "时间待查", "王五", hand()),
    )
    settle(office)
    says(store, hand, lambda tx: assist.answer(office, tx, name, Verdict.MATCH, "", "王五", hand()))
    found = told(office, case_id)
    assert {rule.removeprefix("assistance.") for rule, _ in found} >= {
        *("open", "accept", "warn", "propose", "extend", "agree", "dispute", "decide", "partly", "answer", "echo")
    }
    assert [one for one in found if one[1] is not Again.SAME] == []
    rewritten(store, case_id, "assistance.extend", '"due_at": "2026', '"due_at": "2027')
    assert [one for one in told(office, case_id) if one[1] is Again.DIFFERS] == [("assistance.extend", Again.DIFFERS)]


def test_an_answer_that_was_altered_in_the_ledger_is_seen_by_the_request_and_by_the_packs_rule(store: Store, hand: Hand) -> None:
    office, case_id, name = begun(store, hand)
    says(store, hand, lambda tx: assist.answer(office, tx, name, Verdict.MISMATCH, "已注销", "王五", hand()))
    assert ("assistance.answer", Again.SAME) in told(office, case_id)
    rewritten(store, case_id, "assistance.answer", '"verdict": "mismatch"', '"verdict": "match"')
    assert ("assistance.answer", Again.DIFFERS) in told(office, case_id)


def test_a_request_that_is_forwarded_and_what_begins_at_the_other_agency_come_to_the_same(store: Store, hand: Hand) -> None:
    office, case_id, name = begun(store, hand)
    says(store, hand, lambda tx: assist.forward(office, tx, name, "housing", "不属本机关职责", "王五", hand()))
    settle(office)
    found = told(office, case_id)
    assert [rule for rule, _ in found].count("assistance.open") == 2
    assert {again for _, again in found} == {Again.SAME}
    rewritten(store, case_id, "assistance.open", ":f1", ":f2")
    assert Again.SAME is not told(office, case_id)[[rule for rule, _ in found].index("assistance.forward") + 1][1]


def test_behind_a_step_that_no_function_computes_the_next_ones_are_unsure_and_accuse_nobody(store: Store, hand: Hand) -> None:
    office, case_id, name = begun(store, hand)
    says(store, hand, lambda tx: assist.extend(office, tx, name, "人手不足", "王五", hand()))
    rewritten(store, case_id, "assistance.extend", '"due_at": "2026', '"due_at": "2027')
    with store.begin() as tx:
        row = next(row for row in tx.ledger.about(case_id) if row["rule"] == "assistance.sent")
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(rule="assistance.wondered"))
    found = told(office, case_id)
    assert ("assistance.extend", Again.UNSURE) in found
    assert Again.DIFFERS not in {again for _, again in found}

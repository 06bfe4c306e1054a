"""What counts adverse ends looks at what they stand on: a planted violation is counted, an honest decision is not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inspector.domain.case import Outcome
from inspector.flows import review
from inspector.store.store import Store
from inspector.store.tables import case_file, evidence, ledger
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_way import LICENCE


def counted(store: Store) -> int:
    with store.read() as tx:
        return tx.cases.adverse_without_review()


@pytest.fixture
def decided(store: Store, hand: Hand) -> str:
    """A case that an officer has found untrue by a register's fresh contradiction."""
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    with store.begin() as tx:
        (piece,) = tx.cases.evidence(case_id)
        review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "登记状态为吊销", (piece.id,), hand())
    return case_id


@pytest.mark.parametrize(
    "now",
    [{"verdict": "no_answer"}, {"carries": None}, {"carries": "SEEN"}, None],
    ids=["silence", "stale", "only seen", "gone"],
)
def test_an_untrue_outcome_that_stands_on_no_fresh_contradiction_is_counted(
    store: Store, decided: str, now: dict[str, str | None] | None
) -> None:
    assert counted(store) == 0
    with store.begin() as tx:
        if now is None:
            tx.connection.execute(sa.delete(evidence).where(evidence.c.case_id == decided))
        else:
            assert tx.connection.execute(sa.select(evidence.c.carries)).scalar_one() == "AGAINST"
            tx.connection.execute(sa.update(evidence).values(**now))
    assert counted(store) == 1


def test_a_decision_that_cites_other_evidence_or_is_nobodys_is_counted_and_one_that_is_not_adverse_needs_none(
    store: Store, decided: str
) -> None:
    with store.begin() as tx:
        tx.connection.execute(sa.update(evidence).values(id="another"))
    assert counted(store) == 1
    with store.begin() as tx:
        tx.connection.execute(sa.update(case_file).values(outcome="UNVERIFIABLE"))
        held = sa.update(ledger).where(ledger.c.rule == "officer.review")
        assert tx.connection.execute(sa.select(ledger.c.adverse).where(ledger.c.rule == "officer.review")).scalar_one()
        tx.connection.execute(held.values(adverse=False))
    assert counted(store) == 0
    with store.begin() as tx:
        tx.connection.execute(sa.update(ledger).where(ledger.c.rule == "officer.review").values(rule="evidence.weigh"))
    assert counted(store) == 1

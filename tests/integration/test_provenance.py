"""Where an answer comes from is shown to whoever reads the case, and a record changed afterwards is seen to be another."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inspector.domain.case import Outcome
from inspector.domain.errors import Refusal
from inspector.flows import review
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.store.store import Store
from inspector.store.tables import evidence
from tests.edge import serving
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike


def test_an_answers_owner_version_validity_and_digests_are_shown_and_a_changed_record_decides_nothing(
    store: Store, hand: Hand
) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="存在异议")})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    with serving(office) as edge, edge.as_("officer", "bureau") as officer:
        (told,) = officer.get(f"/v1/cases/{case_id}").json()["explanation"]["heard"]
    assert (told["owner"], told["source_version"], told["request_digest"], told["reply_digest"], told["altered"]) == (
        *("test", "1", "0" * 64, "1" * 64),
        False,
    )
    assert told["valid_for"]
    with store.read() as tx:
        shown = render(explain(office, tx, case_id), "zh-Hans")
    assert all(words in shown for words in ("数据提供单位：test", "数据版本或者文号：1", "1" * 64, "有效期为"))
    with store.begin() as tx:
        body = tx.connection.execute(sa.select(evidence.c.body)).scalar_one()
        tx.connection.execute(sa.update(evidence).values(body=body.replace("存在异议", "吊销")))
    with store.read() as tx:
        assert "与台账所载不符" in render(explain(office, tx, case_id), "zh-Hans")
        (piece,) = tx.cases.evidence(case_id)
    with store.begin() as tx, pytest.raises(Refusal, match="evidence_altered"):
        review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "已核对", (piece.id,), hand())

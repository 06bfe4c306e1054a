"""Where an answer comes from is shown to whoever reads the case, and a record changed afterwards is seen to be another."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inspector.domain.case import Outcome
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.flows import assist, review
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.store.store import Store
from inspector.store.tables import evidence
from tests.edge import serving
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of
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


def test_a_part_of_an_answer_changed_into_a_contradiction_and_a_piece_that_nobody_said_are_seen_and_decide_nothing(
    store: Store, hand: Hand
) -> None:
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office")})
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    with store.begin() as tx:
        assist.partly(office, tx, request.id, "户口簿已调取", "共同生活人数", "区民政局 王五", hand())
        part = f"assist:{request.id}:part1"
        assert part in {piece.id for piece in tx.cases.evidence(case_id)}
        assert assist.answer(office, tx, request.id, Verdict.CANNOT_SAY, "档案移交，无从核实", "区民政局 王五", hand()).ended_at
    settle(office)
    hand.on(days=60)
    settle(office)
    with store.read() as tx:
        assert "与台账所载不符" not in render(explain(office, tx, case_id), "zh-Hans")
    with store.begin() as tx:
        row = dict(tx.connection.execute(sa.select(evidence).where(evidence.c.id == part)).mappings().one())
        row |= {"verdict": "mismatch", "body": row["body"].replace('"cannot_say"', '"mismatch"')}
        tx.connection.execute(sa.update(evidence).where(evidence.c.id == part).values(row))
        row |= {"id": "assist:forged", "body": row["body"].replace(part, "assist:forged")}
        tx.connection.execute(sa.insert(evidence).values(row))
    with store.read() as tx:
        heard = {one.id: one.altered for one in explain(office, tx, case_id).heard}
    assert {one for one, altered in heard.items() if altered} == {part, "assist:forged"}
    for cited, code in ((part, "evidence_altered"), ("assist:forged", "evidence_unsealed")):
        with store.begin() as tx, pytest.raises(Refusal, match=code):
            review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "已核对", (cited,), hand())

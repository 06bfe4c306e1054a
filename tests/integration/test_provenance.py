"""Where an answer comes from is shown to whoever reads the case, and a record changed afterwards is seen to be another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
import sqlalchemy as sa

from inspector.domain.case import Method, Outcome
from inspector.domain.errors import Refusal
from inspector.domain.evidence import FORM, Evidence, Verdict
from inspector.domain.piece import fingerprint
from inspector.flows import assist, review
from inspector.flows.explain import explain
from inspector.flows.judge import judge
from inspector.flows.narrative import render
from inspector.flows.verify import give_up_asking
from inspector.ports import Answer, Question, Unavailable
from inspector.store.store import Store
from inspector.store.tables import evidence
from tests.edge import serving
from tests.house import Hand, Table, application, carry_out, claim, open_office, post, settle
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


@dataclass
class Slow(Table):
    """A source whose answer takes a while."""

    hand: Hand = field(default_factory=Hand)

    def ask(self, question: Question, *, key: str) -> Answer:
        """Answer, and let time pass meanwhile."""
        answer = super().ask(question, key=key)
        self.hand.on(minutes=3)
        return answer


def test_what_is_live_is_of_when_it_was_asked_for_however_late_it_is_written_down(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Slow(default="吊销", hand=hand)})
    hand.now = hand.now.replace(hour=23, minute=58)
    began, day = hand.now, office.calendar.local_date(hand.now)
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    with store.read() as tx:
        (piece,) = tx.cases.evidence(case_id)
        promise = tx.cases.get(case_id).claims[0].claim
    assert (piece.asked_at, piece.heard_at, office.calendar.local_date(hand.now) > day) == (began, began, True)
    fact = office.book.get("demo@1").item("business-licence").fact(promise.fact)
    answer = Table(default="吊销").ask(cast("Question", Asked(promise.fact)), key="k")
    next_day = replace(promise, on=day + timedelta(days=1))
    assert judge("k", next_day, fact, answer, hand.now, began=began).fresh is False, (
        "of the day before it says nothing of this one"
    )
    assert judge("k", next_day, fact, answer, hand.now).fresh


@dataclass
class Asked:
    """As much of a question as a table reads."""

    fact: str
    subject_code: str = "X"
    claimed: str = ""


def test_who_never_answered_has_a_name_a_validity_and_the_moment_of_the_last_try(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default=Unavailable("timeout"))})
    case_id = post(office, application(1, "business-licence", LICENCE))
    row = None
    while row is None:
        for one in claim(office):
            if one.payload.get("via") == "registers":
                row = one
            else:
                carry_out(office, one)
    failed = Unavailable("timeout")
    failed.began = hand.now - timedelta(hours=2)
    made = give_up_asking(row, office, failed)
    with store.begin() as tx:
        made.write(tx, hand.now)
        (piece,) = tx.cases.evidence(case_id)
    assert (piece.verdict, piece.owner, piece.asked_at) == (Verdict.NO_ANSWER, "test", failed.began)
    assert piece.valid_for


def test_an_agencys_answer_says_whose_it_is_of_which_day_and_what_was_asked(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office")})
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    with store.begin() as tx:
        assist.answer(office, tx, request.id, Verdict.MATCH, "", "区民政局 王五", hand())
        (piece,) = [one for one in tx.cases.evidence(case_id) if one.method is Method.ASSISTANCE]
    assert (piece.owner, piece.as_of, len(piece.request_digest), piece.form) == ("区民政局", hand(), 64, FORM)
    assert piece.valid_for
    for change in ({"owner": "x"}, {"valid_for": "9d"}, {"attempts": 9}, {"came_at": None}, {"entered_at": hand()}, {"form": 0}):
        assert fingerprint(replace(piece, **change)) != fingerprint(piece), change


def test_a_piece_of_a_former_release_has_the_digest_that_its_entry_names() -> None:
    """The digest is that of the release before: over fewer fields, whatever the others say."""
    piece = Evidence(
        id="e",
        claim="c",
        method=Method.ONLINE_QUERY,
        via="v",
        verdict=Verdict.MATCH,
        fresh=True,
        asked_at=datetime(2026, 3, 2, tzinfo=UTC),
        as_of=None,
        owner="o",
        valid_for="30d",
        attempts=2,
    )
    assert fingerprint(piece) == "d54317a0dec152ac5462b089b92cd02b85345cda77afd5bbfa7d7740d3061521"
    assert fingerprint(replace(piece, owner="x", attempts=9)) == fingerprint(piece)

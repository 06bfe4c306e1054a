"""What a case said before a correction: kept with it, told beside what it says now, known by its sender's keys. On both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from inspector.domain.errors import Refusal
from inspector.flows import intake
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.ports import Unavailable
from inspector.store.store import Store
from tests.edge import a_case, serving
from tests.forgetting import forget_done
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_way import LICENCE, Post, person

pytestmark = pytest.mark.alike

AWAY = Table(default=Unavailable("timeout"))


def test_what_was_promised_before_a_correction_is_kept_with_the_case_and_told_beside_what_is_promised_now(
    store: Store, hand: Hand
) -> None:
    office = open_office(
        store, hand, sources={"registers": Table(default=None)}, agencies={"civil-affairs": Post("civil-affairs")}
    )
    given = person(1, "relief-household", {"household": "3"})
    case_id = post(office, given)
    settle(office)
    second = replace(
        given,
        claims=tuple(replace(one, value="4") for one in given.claims),
        signed_by="李四",
        letter_text="改正后的承诺",
        letter_digest="1" * 64,
    )
    third = replace(
        second,
        claims=tuple(replace(one, value="5", on=date(2026, 2, 28)) for one in given.claims),
        subject_name="更名后的人",
    )
    with store.begin() as tx:
        intake.correct(office, tx, case_id, second, "hall", hand())
    with store.begin() as tx:
        intake.correct(office, tx, case_id, third, "hall", hand())
    hand.on(days=90)
    with store.begin() as tx:
        forget_done(tx, hand())
        case = tx.cases.get(case_id)
        explained = explain(office, tx, case_id)
    first, then = case.corrected
    assert [[(one.value, one.on) for one in former.claims] for former in (first, then)] == [
        [("3", date(2026, 2, 27))],
        [("4", date(2026, 2, 27))],
    ]
    assert first.letter is not None
    assert (first.letter.text, first.letter.signed_by, then.letter) == ("本人承诺", "张三", None), "each letter is kept once"
    told = [[(one.field, one.before, one.now) for one in made.changed] for made in explained.corrections]
    assert told == [
        [("letter.digest", "0" * 64, "1" * 64), ("letter.signed_by", "张三", "李四"), ("claim.value", "3", "4")],
        [
            ("subject_name", "某某有限公司", "更名后的人"),
            ("claim.value", "4", "5"),
            ("claim.on", "2026-02-27", "2026-02-28"),
        ],
    ]
    assert "共同生活的家庭成员：更正前“3”，更正后“4”" in render(explained, "zh-Hans")
    assert "before “3”, now “4”" in render(explained, "en")
    heard = next(one for one in explained.heard if one.former)
    assert (heard.name, heard.claimed) == ("共同生活的家庭成员", "3"), "what was asked before is told with its question"


def test_a_correction_may_say_that_the_matter_is_concluded_and_is_then_the_last_one(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": AWAY})
    given = application(1, "business-licence", LICENCE)
    case_id = post(office, given)
    at = hand() - timedelta(hours=1)
    with store.begin() as tx:
        corrected = intake.correct(office, tx, case_id, replace(given, concluded_at=at), "hall", hand())
        told = [json.loads(row["body"])["facts"] for row in tx.ledger.about(case_id) if row["rule"] == "case.correct"]
    assert (corrected.concluded_at, told[0]["changed"]) == (at, ["concluded_at"])
    with store.begin() as tx, pytest.raises(Refusal, match="correction_after_conclusion"):
        intake.correct(office, tx, case_id, given, "hall", hand())


def test_a_claim_keeps_its_senders_key_in_answers_and_has_a_revision(store: Store, hand: Hand) -> None:
    with serving(open_office(store, hand, sources={"registers": AWAY})) as edge, edge.as_("system") as client:
        claim = {"key": "c1", "fact": "registration-status", "value": "存续", "on": "2026-02-27"}
        given = a_case(claims=[claim])
        opened = client.post("/v1/cases", json=given).json()
        changed = given | {"claims": [claim | {"value": "在业"}]}
        corrected = client.put(f"/v1/cases/{opened['id']}", json=changed).json()
        shown = client.get(f"/v1/cases/{opened['id']}").json()
    assert [(one["key"], one["revision"], one["id"]) for one in opened["claims"]] == [("c1", 0, "c1")]
    assert [one["key"] for one in corrected["claims"]] == ["c1"]
    assert all(one["revision"] > 0 for one in corrected["claims"])
    assert [(one["key"], one["id"]) for one in shown["explanation"]["claims"]] == [
        (one["key"], one["id"]) for one in corrected["claims"]
    ]
    (made,) = shown["explanation"]["corrections"]
    assert [(one["field"], one["key"], one["before"], one["now"]) for one in made["changed"]] == [
        ("claim.value", "c1", "存续", "在业")
    ]

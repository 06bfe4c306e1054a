"""Who sends a name or a number where a code is asked for reads in which field, and not what it was: errors are logged on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inspector.labels import LANGS, known, label
from inspector.store.store import Store
from inspector.web.echoes import TYPED, UNLIKE, unechoed
from inspector.web.roles import Role
from tests.edge import serving
from tests.house import Hand, Table, open_office, settle
from tests.plantedpeople import Person

WORDLESS = {"consequence_unknown", "duty_of_another", "publication_unknown"}
"""Errors whose facts alone tell what was typed, and not their words."""
SOMEBODY = Person(number=7)


@pytest.mark.slow
@pytest.mark.parametrize("words", [SOMEBODY.name, SOMEBODY.code, SOMEBODY.phone])
def test_what_stands_in_the_wrong_field_is_not_told_back(store: Store, hand: Hand, words: str) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    sent: dict[str, Any] = SOMEBODY.sent()
    claim, letter = sent["claims"][0], sent["letter"]
    wrong: dict[str, dict[str, Any]] = {
        "item": {"item": words},
        "agency": {"agency": words},
        "claims.0.fact": {"claims": [claim | {"fact": words}]},
        "letter.notice_version": {"letter": letter | {"notice_version": words}},
    }
    with serving(office) as edge, edge.as_(Role.SYSTEM, name="hall") as hall, edge.as_(Role.OFFICER, name="李四") as officer:
        for field, change in wrong.items():
            answer = hall.post("/v1/cases", json=sent | change)
            told = answer.json()["error"]
            assert (answer.status_code in (404, 422), words in answer.text, told["facts"]["field"]) == (True, False, field)
            assert UNLIKE in told["message"]
        case_id = hall.post("/v1/cases", json=sent).json()["id"]
        settle(office)
        decision = {"outcome": "UNTRUE_CURABLE", "reasons": "x", "evidence": [words]}
        answer = officer.post(f"/v1/cases/{case_id}/review", json=decision)
        assert (answer.json()["error"]["code"], words in answer.text) == ("evidence_unknown", False)
        for asked, code in (
            (officer.post("/v1/duty", json={"officer": words, "since": "2026-01-01", "until": "2026-03-01"}), "duty_of_another"),
            (officer.get(f"/v1/consequences/{words}"), "consequence_unknown"),
            (officer.post(f"/v1/publications/{words}/recall", json={"why": "STAYED"}), "publication_unknown"),
        ):
            assert (asked.json()["error"]["code"], words in asked.text) == (code, False)
        near = hall.post("/v1/cases", json=sent | {"reference": "N", "item": "relief-househol"})
        assert "relief-househol;" in near.json()["error"]["message"], "a slip of the finger is told as it was typed"


def test_each_of_these_errors_has_words_with_what_was_typed() -> None:
    for code, name in TYPED.items():
        for lang in LANGS:
            assert known(f"error.{code}", lang)
            assert code in WORDLESS or "TYPED" in label(f"error.{code}", lang, **{name: "TYPED"}), code
    assert unechoed("case_unknown", {"case": "x"}) == {"case": "x"}, "an id of ours is told"


@pytest.mark.parametrize("words", [SOMEBODY.name, SOMEBODY.code])
def test_a_name_that_nobody_knows_is_not_told_back_by_any_of_these(store: Store, hand: Hand, words: str) -> None:
    office = open_office(store, hand)
    office = replace(office, entrance=replace(office.entrance, people={"王五": ()}))
    days = {"since": "2026-03-02", "until": "2026-03-31"}
    with serving(office) as edge, edge.as_(Role.OFFICER, name="李四") as officer, edge.as_(Role.CLERK) as clerk:
        for asked, code in (
            (officer.post("/v1/deputies", json={"officer": words, "deputy": "王五", **days}), "officer_unknown"),
            (officer.post("/v1/deputies", json={"officer": words, "deputy": words, **days}), "deputy_self"),
            (clerk.post(f"/v1/plans/{words}/2026", json={}), "plan_unknown"),
            (
                officer.post("/v1/catalogue/mistaken-repeals", json={"source": words, "reason": "误录"}),
                "catalogue_repeal_unknown",
            ),
        ):
            assert (asked.json()["error"]["code"], words in asked.text) == (code, False)


def test_a_document_that_is_nearly_one_of_those_cited_is_told_as_it_was_typed() -> None:
    facts = {"source": "中华人民共和国行政处罚", "known": "中华人民共和国行政处罚法; 中华人民共和国民法典"}
    assert unechoed("catalogue_source_unknown", facts) == facts
    assert unechoed("catalogue_source_unknown", facts | {"source": SOMEBODY.name})["source"] == UNLIKE

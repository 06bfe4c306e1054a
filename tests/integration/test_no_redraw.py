"""Requests to run a draw again, by every door: the answer is the draw there is. On both databases."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from inspector.domain.plan import DrawState
from inspector.flows import draw as drawing
from inspector.flows.seeding import type_figures
from inspector.store.store import Store
from inspector.store.work import Work
from tests.edge import serving
from tests.house import START, Hand, carry_out, claim, settle
from tests.integration.test_draw_rivals import at_once
from tests.integration.test_draw_way import announced, carried_out, thrown, visits
from tests.integration.test_draw_way import drawing as an_office

STORE = Path(__file__).resolve().parents[2] / "inspector" / "store"


@pytest.mark.slow
def test_a_draw_carried_out_twice_or_by_two_hands_at_once_keeps_its_first_result(store: Store, hand: Hand) -> None:
    office, _, _ = an_office(store, hand)
    _, held = announced(office, hand)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        before, made = tx.draws.files(held.number), tx.visits.of_draw(held.number)
    again = Work(
        id=0,
        key=f"draw.carry_out:{held.number}",
        kind="draw.carry_out",
        lane="",
        case_id=None,
        payload={"draw": held.number},
        due_at=START,
        expires_at=None,
        attempts=1,
        fence=1,
    )

    def run() -> None:
        done = drawing.carry_out(again, office)
        with store.begin() as tx:
            done.write(tx, hand())

    assert at_once([run, run]) == []
    with store.read() as tx:
        assert (tx.draws.files(held.number), tx.visits.of_draw(held.number)) == (before, made)
        assert tx.draws.get(held.number).state is DrawState.DRAWN


@pytest.mark.slow
def test_of_two_daemons_that_have_both_computed_a_result_the_second_writes_nothing(store: Store, hand: Hand) -> None:
    office, _, _ = an_office(store, hand)
    _, held = announced(office, hand)
    with store.read() as tx:
        opens = tx.draws.get(held.number).seed_at
    assert opens is not None
    hand.now = max(hand.now, opens)
    settle(office)
    for by in ("赵", "钱"):
        with store.begin() as tx:
            type_figures(office, tx, held.number, by, thrown(held.number), hand())
    drawn: list[Work] = []
    while not drawn:
        rows = claim(office)
        assert rows, "it comes to be carried out"
        for row in rows:
            if row.kind == "draw.carry_out":
                drawn.append(row)
            else:
                carry_out(office, row)
    for done in [drawing.carry_out(drawn[0], office) for _ in range(2)]:
        with store.begin() as tx:
            done.write(tx, hand())
    with store.read() as tx:
        entries = [row["rule"] for row in tx.ledger.about(held.number)]
        assert (tx.draws.get(held.number).state, entries.count("draw.carry_out")) == (DrawState.DRAWN, 1)


@pytest.mark.alike
def test_the_api_answers_every_repetition_with_the_first_draw(store: Store, hand: Hand) -> None:
    office, _, _ = an_office(store, hand)
    _, held = announced(office, hand)
    with serving(office) as edge, edge.as_("clerk", name="甲") as one, edge.as_("clerk", name="乙") as other:
        asked = [
            client.post("/v1/draws/announce", json={"plan": "weekly"}, headers=headers)
            for client in (one, other)
            for headers in ({}, {"Idempotency-Key": "m-1"}, {"Idempotency-Key": "m-2"}, {"Idempotency-Key": "m-1"})
        ]
        assert {answer.json()["draw"]["number"] for answer in asked} == {held.number}
        chosen = one.post("/v1/draws/announce", json={"plan": "weekly", "objects": ["TEST00000000000001"]})
        assert chosen.status_code == 422, "nobody names who is drawn"
        for path in (f"/v1/draws/{held.number}", f"/v1/draws/{held.number}/figures"):
            assert one.delete(path).status_code == 405
    carried_out(office, hand, held.number)
    with serving(office) as edge, edge.as_("clerk") as clerk:
        late = clerk.post(f"/v1/draws/{held.number}/figures", json={"figures": "6 6 6"})
        assert (late.status_code, late.json()["error"]["code"]) == (409, "draw_not_seeding")
    assert len(visits(office, held.number)) == 3
    with store.read() as tx:
        assert len(tx.draws.page(None)) == 1


def test_no_statement_of_the_program_deletes_a_draw_its_files_its_visits_or_a_line_of_the_register() -> None:
    deleted = {
        node.args[0].id
        for file in STORE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "delete"
        and node.args
        and isinstance(node.args[0], ast.Name)
    }
    assert {"inbox", "work"} <= deleted, "the test sees deletions"
    assert not deleted & {"draw", "draw_file", "draw_register", "visit", "visit_case", "seat", "ledger", "seal"}
    sql = "".join(file.read_text(encoding="utf-8") for file in STORE.rglob("*.py")).upper()
    assert not [words for words in ("DELETE FROM", "TRUNCATE ") if words in sql], "nor by words of its own"


def test_nothing_changes_or_rewrites_a_line_of_the_register() -> None:
    text = (STORE / "register.py").read_text(encoding="utf-8")
    assert "sa.insert(draw_register)" in text
    assert "update" not in text
    assert "upsert" not in json.dumps(text)

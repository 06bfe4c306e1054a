"""What the log says of a draw: case and visit can be followed, and no line says whom a visit is to. On both databases."""

from __future__ import annotations

import json

import pytest

from inspector.flows.explain import explain
from inspector.store.store import Store
from tests.engine import lines, listening
from tests.house import Hand
from tests.integration.test_draw_way import announced, carried_out, drawing, visits


@pytest.mark.alike
def test_the_log_follows_a_case_through_its_calls_and_a_visit_to_its_push_and_never_names_both(store: Store, hand: Hand) -> None:
    with listening(level="DEBUG") as stream:
        office, _, _ = drawing(store, hand)
        (case_id, _), held = announced(office, hand, cases=2)
        carried_out(office, hand, held.number)
    every = lines(stream)
    said = [line for line in every if line.get("case_id") == case_id]
    told = [(line["event"], line.get("kind"), line.get("lane")) for line in said]
    assert told[0] == ("case.opened", None, None)
    asked, seen = ("connector.called", "ask", "registers"), ("work.settled", "ask", "registers")
    assert told.count(asked) == told.count(seen) > 0, "each call and each settlement once"
    drawn = {visit.id: visit.case_ids for visit in visits(office, held.number)}
    (visit,) = [name for name, cases in drawn.items() if case_id in cases]
    pushed = [(line["event"], line.get("kind"), line.get("lane")) for line in every if line.get("visit") == visit]
    assert pushed.count(("visit.assigned", None, None)) == 1
    with store.read() as tx:
        assert [one.id for one in explain(office, tx, case_id).visits] == [visit], "who may know finds the visit in the records"
    assert pushed.count(("work.settled", "push", "phones")) == pushed.count(("connector.called", "push", "phones")) == 2
    secrets = {one for visit in visits(office, held.number) for one in (*visit.case_ids, visit.code)}
    about = [line for line in every if held.number in json.dumps(line, ensure_ascii=False)]
    assert about
    assert not [line for line in about if any(secret in json.dumps(line, ensure_ascii=False) for secret in secrets)]
    assert [line for line in every if line.get("case_id") and line.get("visit")] == []
    assert "某某有限公司" not in stream.getvalue()

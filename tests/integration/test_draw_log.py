"""What the log says of a draw: one case can be followed through it. On both databases."""

from __future__ import annotations

from inspector.store.store import Store
from tests.engine import lines, listening
from tests.house import Hand
from tests.integration.test_draw_way import announced, carried_out, drawing


def test_one_case_can_be_followed_in_the_log_from_its_intake_through_its_calls_to_the_push_of_its_visit(
    store: Store, hand: Hand
) -> None:
    with listening(level="DEBUG") as stream:
        office, _, _ = drawing(store, hand)
        (case_id, _), held = announced(office, hand, cases=2)
        carried_out(office, hand, held.number)
    said = [line for line in lines(stream) if case_id in (line.get("case_id"), *line.get("cases", ()))]
    told = [(line["event"], line.get("kind"), line.get("lane")) for line in said]
    assert told[0] == ("case.opened", None, None)
    asked, seen = ("connector.called", "ask", "registers"), ("work.settled", "ask", "registers")
    assert told.count(asked) == told.count(seen) > 0, "each call and each settlement once"
    (assigned,) = [line for line in said if line["event"] == "visit.assigned"]
    assert (assigned["draw"], assigned["cases"]) == (held.number, [case_id])
    assert told.count(("work.settled", "push", "phones")) == told.count(("connector.called", "push", "phones")) == 2
    assert told.index(asked) < told.index(("visit.assigned", None, None)) < told.index(("work.settled", "push", "phones"))
    assert "某某有限公司" not in stream.getvalue()

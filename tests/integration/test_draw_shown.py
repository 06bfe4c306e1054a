"""What `draw show` tells of a draw that waits for others: until when, and what was wrong with the last call."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.visit import VisitState
from inspector.flows import publish
from inspector.flows.footing import promised_by
from inspector.ports import Origin, Refused
from tests import house
from tests.house import Hand
from tests.integration.test_draw_way import announced, carried_out, drawing, visits
from tests.integration.test_seed_asked import Failing, having, preparing
from tests.integration.test_seed_unasked import figures, worked
from tests.operator import Operator

GONE = Refused("http_410", origin=Origin.THEM)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    held = Operator(tmp_path, f"sqlite:///{tmp_path / 'inspector.sqlite3'}").settle_in()
    held.migrated()
    return held


@pytest.mark.slow
def test_a_draw_that_waits_for_promises_tells_until_when_and_what_the_last_call_came_to(operator: Operator, hand: Hand) -> None:
    with house.closing(operator.store()) as store:
        office, _, _ = drawing(store, hand)
        number = preparing(office, hand).number
        worked(having(office, justice=Failing(GONE, at="promise")))
        with store.read() as tx:
            until = promised_by(tx, number)
            order = tx.work.keyed(f"draw.promise:{number}:justice")
    assert until is not None
    assert order is not None
    shown = operator.well("draw", "show", number, "--json").json
    assert (shown["state"], shown["awaited"], shown["errors"]) == ("PREPARING", ["justice"], {"justice": order["error"]})
    assert datetime.fromisoformat(shown["promised_by"]) == until
    told = operator.well("draw", "show", number).out
    assert f"to be promised until: {until:%Y-%m-%d %H:%M:%S}" in told
    assert "error of the last call: justice: " in told
    assert "最后一次询问的错误：justice：" in operator.well("draw", "show", number, lang="zh-Hans").out.replace(": ", "：")


@pytest.mark.slow
def test_a_draw_that_waits_for_parts_tells_what_the_last_call_came_to(operator: Operator, hand: Hand) -> None:
    with house.closing(operator.store()) as store:
        office, _, _ = drawing(store, hand)
        _, held = announced(office, hand)
        figures(having(office, justice=Failing(GONE)), hand, held)
    shown = operator.well("draw", "show", held.number, "--json").json
    assert (shown["state"], shown["promised_by"], list(shown["errors"])) == ("SEEDING", None, ["justice"])


@pytest.mark.slow
def test_visits_that_come_about_while_it_is_read_are_shown_with_a_note_of_who_read_them_or_not_at_all(
    operator: Operator, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An embargoed list is read by nobody whose name does not stand in the ledger."""
    commitment_of = publish.commitment_of
    with house.closing(operator.store()) as store:
        office, _, _ = drawing(store, hand)
        _, held = announced(office, hand, cases=1)
        number = carried_out(office, hand, held.number).number

        def states(state: VisitState) -> None:
            with store.begin() as tx:
                for visit in tx.visits.of_draw(number):
                    tx.visits.put(replace(visit, state=state))

        (open_,) = {visit.state for visit in visits(office, number)}
        states(VisitState.DONE)

        def meanwhile(*asked: Any) -> Any:
            states(open_)
            return commitment_of(*asked)

        monkeypatch.setattr(publish, "commitment_of", meanwhile)
        shown = operator.well("draw", "show", number, "--json").json
        with store.read() as tx:
            read = [row for row in tx.ledger.about(number) if row["rule"] == "draw.read"]
    assert read or {visit["state"] for visit in shown["visits"]} == {"DONE"}

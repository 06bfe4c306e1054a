"""A source whose clock is far from ours is a matter for a person, and for nobody's case. On both databases."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from inspector.domain.case import CaseState, Outcome
from inspector.domain.evidence import Verdict
from inspector.flows.verify import CLOCK_DIFFERS
from inspector.labels import LANGS, label
from inspector.ports import Answer, Question
from inspector.store.room import Row
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike


@dataclass
class Clocked(Table):
    """A source that says how far its clock is ahead."""

    clock: timedelta | None = None

    def ask(self, question: Question, *, key: str) -> Answer:
        return replace(super().ask(question, key=key), clock=self.clock)


def matters(store: Store) -> list[Row]:
    with store.read() as tx:
        return [held for held in tx.attention.page(None) if held["kind"] == CLOCK_DIFFERS]


def test_a_clock_that_differs_is_told_once_for_each_source_and_closes_when_it_agrees(store: Store, hand: Hand) -> None:
    source = Clocked(default="=", clock=timedelta(seconds=-312.4))
    office = open_office(store, hand, sources={"registers": source})
    cases = [post(office, application(number, "business-licence", LICENCE)) for number in (1, 2)]
    settle(office)
    (matter,) = matters(store)
    assert (matter["id"], matter["agency"]) == (f"{CLOCK_DIFFERS}:registers:bureau", "bureau")
    assert json.loads(matter["body"]) == {"connector": "registers", "seconds": -312}
    assert all(label(f"attention.{CLOCK_DIFFERS}", lang) != f"attention.{CLOCK_DIFFERS}" for lang in LANGS)
    source.clock = None
    cases.append(post(office, application(3, "business-licence", LICENCE)))
    settle(office)
    assert len(matters(store)) == 1, "where nothing is said of the clock nothing changes"
    with store.begin() as tx:  # as another agency's case opens it, and a former release did
        tx.attention.open(CLOCK_DIFFERS, "other", "registers:other", {"connector": "registers", "seconds": -312}, hand())
        tx.attention.open(CLOCK_DIFFERS, "other", "registers", {"connector": "registers", "seconds": -312}, hand())
    source.clock = timedelta()
    cases.append(post(office, application(4, "business-licence", LICENCE)))
    settle(office)
    assert [held["id"] for held in matters(store)] == [f"{CLOCK_DIFFERS}:registers:other"], "it hears by its own next answer"
    with store.read() as tx:
        assert {(tx.cases.get(case).state, tx.cases.get(case).outcome) for case in cases} == {(CaseState.CLOSED, Outcome.TRUE)}
        assert {piece.verdict for case in cases for piece in tx.cases.evidence(case)} == {Verdict.MATCH}

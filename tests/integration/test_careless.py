"""A connector of others that breaks its port costs its own call, and neither a thread, nor a place, nor anybody's case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from inspector.domain.decision import OrderKind
from inspector.domain.evidence import Verdict
from inspector.flows.verify import ANSWER_GARBLED
from inspector.ports import Answer, Letter, Question, Receipt
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_letters import an_office, opened
from tests.integration.test_way import Post

pytestmark = pytest.mark.alike


class Careless(Table):
    """Answers by the table, in a way that no port knows; `how` makes of an answer what comes out."""

    how: Any = None

    def ask(self, question: Question, *, key: str) -> Answer:
        made: Answer = self.how(super().ask(question, key=key))
        return made


def leaves(_answer: Answer) -> Answer:
    raise SystemExit(3)


class Boastful(Post):
    """An agency's connector that takes letters, and says of its tries what is no number."""

    def send(self, letter: Letter, *, key: str) -> Receipt:
        return replace(super().send(letter, key=key), attempts=cast("int", "many"))


def asked(store: Store, hand: Hand, how: Any) -> tuple[list[tuple[str, int]], list[tuple[Verdict, str]], list[str]]:
    """Work with its tries, evidence and matters, once a source that says 注销 of everybody has been asked."""
    source = Careless(default="注销")
    source.how = how
    office = open_office(store, hand, sources={"registers": source})
    case = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    with store.read() as tx:
        work = [(row["state"], row["attempts"]) for row in tx.work.page(kind="ask")]
        evidence = [(piece.verdict, piece.note) for piece in tx.cases.evidence(case)]
        return work, evidence, [row["kind"] for row in tx.attention.page(None)]


def test_an_answer_that_is_none_contradicts_nobody_and_a_person_is_told(store: Store, hand: Hand) -> None:
    work, evidence, matters = asked(store, hand, lambda told: replace(told, value="注\0销"))
    assert (work, evidence, matters) == ([("done", 1)], [(Verdict.CANNOT_SAY, "answer_unusable")], [ANSWER_GARBLED])


def test_tries_below_none_are_no_tries_and_hold_no_place(store: Store, hand: Hand) -> None:
    work, evidence, _ = asked(store, hand, lambda told: replace(told, provenance=replace(told.provenance, attempts=-5)))
    assert (work, evidence) == ([("done", 1)], [(Verdict.CANNOT_SAY, "answer_unusable")])


def test_one_that_wants_to_end_the_process_ends_its_call_and_lies_in_quarantine_after_its_tries(store: Store, hand: Hand) -> None:
    work, evidence, matters = asked(store, hand, leaves)
    assert (work, evidence, matters) == ([("quarantined", 3)], [], ["work_stopped"])


def test_a_receipt_that_cannot_be_counted_costs_its_own_work_three_tries_and_no_place(store: Store, hand: Hand) -> None:
    civil = Boastful("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": civil})
    opened(office)
    settle(office)
    with store.read() as tx:
        work = [(row["state"], row["attempts"]) for row in tx.work.page(kind=OrderKind.ASSIST_SEND.value)]
    assert (work, len(civil.letters)) == ([("quarantined", 3)], 3)

"""One thread to follow through the log: a case by its id, and never a person or a secret."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import httpx
import pytest
import structlog

from inspector.ports import Answer, Question
from inspector.store.store import Store
from tests.edge import serving
from tests.engine import LANE, Hands, at_work, lines, listening, order, put, real_office, states, until
from tests.house import Hand, Table, application, open_office, post, settle

pytestmark = pytest.mark.alike

LICENCE = {"registration-status": "存续"}


@dataclass
class Talkative(Table):
    """A source whose connector logs, in our way and in the standard library's."""

    def ask(self, question: Question, *, key: str) -> Answer:
        structlog.get_logger("connectors").info("source.asked")
        logging.getLogger("somebody.elses").warning("asked for %s", question.subject_code)
        return super().ask(question, key=key)


def test_a_case_is_followed_from_intake_to_the_call_by_its_id(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={LANE: Talkative(default="=")})
    given = application(1, "business-licence", LICENCE, subject_code="110105194912310021")
    with listening() as stream:
        case_id = post(office, given)
        settle(office)
    asked = [line for line in lines(stream) if line["event"] == "source.asked" or line["logger"] == "somebody.elses"]
    assert len(asked) == 2
    for line in asked:
        assert (line["case_id"], line["kind"]) == (case_id, "ask")
        assert case_id in line["work"]
    assert "110105194912310021" not in stream.getvalue()


def test_the_context_of_one_case_does_not_stick_to_the_next(store: Store) -> None:
    office = real_office(store)
    put(store, *(order(n) for n in range(20)))
    with listening() as stream:
        log = structlog.get_logger("flow")
        with at_work(office, Hands(say=lambda held: log.info("asked", expected=held.case_id))):
            until(lambda: set(states(store).values()) == {"done"})
    told = [line for line in lines(stream) if line["event"] == "asked"]
    assert len(told) == 20
    assert all(line["case_id"] == line["expected"] for line in told)


def test_neither_calls_nor_requests_leave_addresses_in_the_log(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with listening(level="DEBUG") as stream, serving(office) as edge:
        secret = office.link_token("seat", "draw-1:o-1:1")
        for path in (f"/seat/draw-1:o-1:1/{secret}", f"/assist/nobody/{secret}", "/v1/cases?subject=110105194912310021"):
            httpx.get(f"{edge.url}{path}", trust_env=False)
    assert secret not in stream.getvalue()
    assert "110105194912310021" not in stream.getvalue()

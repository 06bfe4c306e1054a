"""What an agency remarks beside its answer is kept word for word, and is never taken for what its records say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain import piece, reply
from inspector.domain.assistance import Request
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.policy import Compare
from tests.unit.test_ladder import START
from tests.unit.test_says import request


def asked() -> Request:
    """A request about a claim of its day."""
    held = request()
    return replace(held, question={**held.question, "on": START.date().isoformat()})


def answered(verdict: Verdict, value: str, remark: str) -> Request:
    """A request after an answer with a remark."""
    return reply.answer(asked(), verdict, value, "赵六", Compare.EXACT, START, "", remark=remark).state


def test_a_remark_stands_beside_the_answer_and_in_the_evidence() -> None:
    told = answered(Verdict.MATCH, "", "经核对系统，情况属实")
    assert told.reply == {"verdict": "match", "value": "", "signer": "赵六", "reasons": "经核对系统，情况属实"}
    found = piece.evidence_of(told, Verdict.MATCH, "", START)
    assert (found.found, found.remark) == ("", "经核对系统，情况属实")
    assert answered(Verdict.MATCH, "", " ").reply == {"verdict": "match", "value": "", "signer": "赵六"}
    part = reply.partly(asked(), "一处", "另一处", "赵六", START, "", remark="档案在外").state
    assert piece.part_of(part, START).remark == "另一处\n档案在外"


def test_a_contradiction_that_says_nothing_is_none_whatever_is_remarked() -> None:
    with pytest.raises(Invalid, match="mismatch_wordless"):
        answered(Verdict.MISMATCH, "", "已核")

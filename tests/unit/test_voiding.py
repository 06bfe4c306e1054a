"""A draw is void by two persons with one reason: who may sign, and what each is told. No database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain import voiding
from inspector.domain.errors import Refusal
from inspector.domain.plan import DrawState
from inspector.domain.policy import Policy
from inspector.policybook import Policybook
from tests.house import ROOT, START
from tests.unit.test_drawings import A_DRAW

WHY = "名单有误"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policybook.load(ROOT / "policies").packs[0]


def test_nobody_makes_a_draw_void_alone_and_hears_of_which_and_that_it_was_oneself(policy: Policy) -> None:
    asked = voiding.sign(A_DRAW, "李科长", WHY, policy, START)
    assert (asked.because.rule, asked.state.state) == ("draw.void_asked", DrawState.ANNOUNCED)
    with pytest.raises(Refusal) as refused:
        voiding.sign(asked.state, " 李 科长", WHY, policy, START)
    assert (refused.value.code, refused.value.facts) == ("draw_void_own", {"draw": A_DRAW.number, "by": "李科长"})
    better = voiding.sign(asked.state, "李科长", "名单缺两行", policy, START)
    assert [one.reason for one in better.state.signed] == ["名单缺两行"], "who asked may ask again with a better reason"


def test_two_persons_with_one_reason_make_it_void_and_with_two_they_do_not(policy: Policy) -> None:
    asked = voiding.sign(A_DRAW, "李科长", WHY, policy, START).state
    with pytest.raises(Refusal, match="draw_void_reason_differs"):
        voiding.sign(asked, "王主任", "别的原因", policy, START)
    void = voiding.sign(asked, "王主任", WHY, policy, START)
    assert (void.because.rule, void.state.state, void.state.void_reason) == ("draw.void_signed", DrawState.VOID, WHY)
    assert void.because.facts["by"] == ["李科长", "王主任"]
    with pytest.raises(Refusal, match="draw_void_already"):
        voiding.sign(void.state, "赵局长", WHY, policy, START)


def test_what_was_signed_of_a_draw_that_has_gone_on_counts_no_longer(policy: Policy) -> None:
    asked = voiding.sign(A_DRAW, "李科长", WHY, policy, START).state
    drawn = replace(asked, state=DrawState.DRAWN)
    anew = voiding.sign(drawn, "王主任", WHY, policy, START)
    assert (anew.because.rule, [one.by for one in anew.state.signed]) == ("draw.void_asked", ["王主任"])

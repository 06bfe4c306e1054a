"""A request for shared data has three clocks (handbook 1.5.9), and a difficulty is told early and moves none of them (1.5.11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from inspector.domain import asking, letter, reply, respite
from inspector.domain.assistance import AssistanceState
from inspector.domain.availability import Availability
from inspector.domain.calendar import Term, Unit
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.timer import Timer
from inspector.domain.urgency import Urgency
from inspector.policybook import Policybook
from tests.packs import POLICIES
from tests.unit.test_ladder import START, WORD, bound, calendar, opened, pack


@pytest.mark.parametrize(
    ("lies", "due"), [("on_platform", date(2026, 3, 9)), ("to_publish", date(2026, 3, 16)), (None, date(2026, 3, 23))]
)
def test_a_request_for_shared_data_has_three_clocks(lies: str | None, due: date) -> None:
    """Handbook 1.5.9: conformity 2 working days; 5 where the data are on the platform, 10 where they have to be published first."""
    item = next(item for item in pack().items.values() for fact in item.facts if fact.agency)
    where = Availability(lies) if lies is not None else None
    facts = tuple(replace(fact, availability=where) for fact in item.facts)
    usual, ack = (
        pack().term(Timer.ASSIST_REPLY),
        replace(pack().term(Timer.ASSIST_REPLY), timer=Timer.ASSIST_ACK, term=Term(amount=2, unit=Unit.WORKING_DAY)),
    )
    rows = {
        Timer.ASSIST_ACK: ack,
        Timer.ASSIST_REPLY: replace(usual, term=replace(ack.term, amount=15)),
        Timer.ASSIST_PLATFORM: replace(usual, timer=Timer.ASSIST_PLATFORM, term=replace(ack.term, amount=5)),
        Timer.ASSIST_PUBLISH: replace(usual, timer=Timer.ASSIST_PUBLISH, term=replace(ack.term, amount=10)),
    }
    policy = replace(pack(), items={**pack().items, item.code: replace(item, facts=facts)}, terms={**pack().terms, **rows})
    held = opened(policy).request
    assert held.accept_by is not None
    assert (held.accept_by.date(), held.due_at.date()) == (date(2026, 3, 4), due)
    later = asking.forward(held, "archives", WORD, policy, START, calendar()).new.state
    assert later.due_at.date() == due, "whoever holds them, they lie where they lie"


PRESETS = {
    "assistance-guangdong@1": {"home-title": ("15wd", "S18:42")},
    "assistance-anyang@1": {"home-title": ("5wd", "S20:35")},
    "sharing-gaoping@1": {"household": ("10wd", "S49:1.5.9"), "insured-income": ("5wd", "S49:1.5.9")},
    "sharing-guizhou@1": {"home-title": ("10wd", "S49:1.5.10")},
}


@pytest.mark.parametrize("label", PRESETS)
def test_the_presets_have_the_terms_of_their_rules(label: str) -> None:
    """Handbook 1.5.5, 1.5.6, 1.5.9, 1.5.10."""
    held = Policybook.load(POLICIES).get(label)
    items = {fact.code: item.code for item in held.items.values() for fact in item.facts}
    for fact, (term, basis) in PRESETS[label].items():
        row = asking.term_of(held, Urgency.NORMAL, {"fact": fact, "item": items[fact]})
        assert (str(row.term), row.basis) == (term, basis)
    assert str(held.term(Timer.ASSIST_EXTEND).term) == "5wd"
    assert str(held.term(Timer.ASSIST_ACK).term) == "2wd"
    assert {Timer.ASSIST_WORD, Timer.ASSIST_WORD_HEAD} <= held.terms.keys()


def test_a_difficulty_that_is_told_of_moves_no_date_and_is_heard_once() -> None:
    """Handbook 1.5.11: the requester hears without delay, and nobody takes it for an answer or for more time."""
    held = opened(pack()).request
    told = reply.warn(held, WORD, START, "demo@1")
    assert (told.because.rule, told.ends) == ("assistance.warn", frozenset({OrderKind.ASSIST_ACK}))
    after = told.state
    assert (after.state, after.accepted, bound(after)) == (AssistanceState.ACCEPTED, True, bound(held))
    assert (after.history[-1].rule, after.history[-1].said) == ("assistance.warn", WORD.reasons)
    assert reply.warn(after, WORD, START, "demo@1").because.rule == "timer.obsolete", "the same again says nothing new"
    named = respite.propose(after, date(2026, 3, 24), WORD, START, calendar(), "demo@1").state
    again = reply.warn(named, replace(WORD, reasons="仍在修复"), START, "demo@1").state
    assert (again.state, again.proposed) == (AssistanceState.PROPOSED, named.proposed), "a date that it has named outlasts it"
    with pytest.raises(Invalid, match="reasons_missing"):
        reply.warn(held, replace(WORD, reasons=" "), START, "demo@1")
    with pytest.raises(Refusal, match="request_closed"):
        reply.warn(letter.cancel(held, {}, START, "demo@1").state, WORD, START, "demo@1")

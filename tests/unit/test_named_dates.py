"""A date that the agency has named outlasts its next word: it waits on, or is met by a date that reaches it, and either is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from inspector.domain import dispute, ladder, reply, respite, sending
from inspector.domain.assistance import AssistanceState, Quarrel, Request
from inspector.domain.decision import Decision
from inspector.domain.errors import Refusal
from inspector.domain.urgency import Urgency
from tests.unit.test_ladder import PACK, START, WORD, calendar, opened, pack
from tests.unit.test_respite_late import closes

FAR, NEAR = date(2026, 6, 30), date(2026, 3, 17)
LATER = START + timedelta(days=1)


def naming(day: date, due: date | None = None) -> Request:
    """A request whose agency has named another date; `due`: the one that binds, where it is no usual one."""
    held = replace(opened(pack()).request, sent_at=START)
    held = held if due is None else replace(held, due_at=closes(due))
    return respite.propose(held, day, WORD, START, calendar(), PACK).state


def extended(held: Request) -> Decision[Request]:
    return respite.extend(held, WORD, pack(), LATER, calendar())


def calmed(held: Request) -> Decision[Request]:
    return respite.calm(replace(held, urgency=Urgency.URGENT), WORD, pack(), LATER, calendar())


def decided(held: Request) -> Decision[Request]:
    """The agency says that there is no ground; the superior says that it is to help."""
    above = dispute.dispute(held, Quarrel.GROUND, WORD, "county-office", pack(), LATER, calendar()).state
    return dispute.decide(above, True, WORD, pack(), LATER + timedelta(days=9), calendar())


def left_late(held: Request) -> Decision[Request]:
    """A letter of ours leaves so late that the agency's time begins anew."""
    owing = sending.link_called_back(held, "assistance.send:another", START)
    told = sending.written(owing, owing.requested, pack(), START + timedelta(days=8), calendar())
    assert told is not None
    return told


ANEW = [extended, calmed, decided, left_late]
"""Whatever begins another clock but an agreement."""


@pytest.mark.parametrize("step", ANEW)
def test_a_date_behind_the_new_one_waits_on_and_can_be_agreed_to(step: Callable[[Request], Decision[Request]]) -> None:
    held = naming(FAR)
    told = step(held)
    assert told.state.proposed == held.proposed
    assert told.state.state is AssistanceState.PROPOSED
    assert (told.because.facts["proposed"], told.because.facts["proposal_met"]) == (closes(FAR).isoformat(), False)
    assert not [one for one in told.state.history if one.rule == ladder.MET]
    now = LATER + timedelta(days=10)
    both = respite.agree(told.state, closes(FAR), "李四", pack(), now, calendar())
    assert (both.state.due_at, both.state.proposed) == (closes(FAR), None)
    assert "proposal_met" not in both.because.facts, "an agreement says what it agrees to, and nothing is left over"
    kept = respite.keep(told.state, closes(FAR), WORD, now, PACK).state
    assert (kept.due_at, kept.proposed) == (told.state.due_at, None), "the date that is refused leaves the new one"


@pytest.mark.parametrize("step", ANEW)
def test_a_date_that_the_new_one_reaches_is_met_and_says_so(step: Callable[[Request], Decision[Request]]) -> None:
    held = naming(date(2026, 3, 4), due=date(2026, 3, 3)) if step is calmed else naming(NEAR)
    told = step(held)
    assert held.proposed is not None
    assert told.state.due_at >= held.proposed.due_at
    assert (told.state.proposed, told.state.state is AssistanceState.PROPOSED) == (None, False)
    assert (told.because.facts["proposed"], told.because.facts["proposal_met"]) == (held.proposed.due_at.isoformat(), True)
    (line,) = [one for one in told.state.history if one.rule == ladder.MET]
    assert line.said == calendar().local_date(held.proposed.due_at).isoformat()
    assert told.state.history[-1].rule != ladder.MET, "the word itself comes last: by that its coming is counted"
    with pytest.raises(Refusal, match="date_not_proposed"):
        respite.agree(told.state, held.proposed.due_at, "李四", pack(), LATER, calendar())


@pytest.mark.parametrize("first", [extended, calmed, decided])
def test_the_order_of_two_words_changes_nothing(first: Callable[[Request], Decision[Request]]) -> None:
    named_first = first(naming(FAR)).state
    plain = replace(opened(pack()).request, sent_at=START)
    now = LATER + timedelta(days=9)
    named_last = respite.propose(first(plain).state, FAR, WORD, now, calendar(), PACK).state
    assert named_first.proposed is not None
    assert named_last.proposed is not None
    assert (named_first.state, named_first.due_at) == (named_last.state, named_last.due_at)
    assert named_first.proposed.due_at == named_last.proposed.due_at


def test_each_date_that_was_named_or_agreed_stands_in_the_history_though_another_takes_its_place() -> None:
    first = naming(NEAR)
    second = respite.propose(first, FAR, WORD, LATER, calendar(), PACK).state
    agreed = respite.agree(second, closes(FAR), "李四", pack(), LATER, calendar()).state
    said = [one.said for one in agreed.history if one.rule in ("assistance.propose", "assistance.agree")]
    assert said == [f"{NEAR}: {WORD.reasons}", f"{FAR}: {WORD.reasons}", f"{FAR}"]


def test_a_date_rests_while_the_superior_decides_and_nobody_agrees_to_it_meanwhile() -> None:
    held = naming(FAR)
    above = dispute.dispute(held, Quarrel.COMPETENCE, WORD, "county-office", pack(), LATER, calendar())
    assert above.state.proposed == held.proposed
    assert above.because.facts["proposed"] == closes(FAR).isoformat()
    with pytest.raises(Refusal, match="request_disputed"):
        respite.agree(above.state, closes(FAR), "李四", pack(), LATER, calendar())
    freed = dispute.decide(above.state, False, WORD, pack(), LATER + timedelta(days=1), calendar()).state
    assert (freed.state, freed.proposed) == (AssistanceState.DECLINED, held.proposed), "on record, and nobody decides about it"


def test_a_refusal_that_is_overruled_brings_the_date_back() -> None:
    refused = reply.decline(naming(FAR), "本机关不掌握", "赵六", LATER, PACK).state
    above = dispute.dispute(refused, Quarrel.REFUSAL, WORD, "county-office", pack(), LATER, calendar()).state
    helps = dispute.decide(above, True, WORD, pack(), LATER, calendar()).state
    assert (helps.state, helps.proposed) == (AssistanceState.PROPOSED, refused.proposed)


def test_who_named_a_date_extended_and_heard_nothing_of_us_was_not_the_silent_one() -> None:
    held = extended(naming(FAR)).state
    assert ladder.silent(held, held.escalate_at + timedelta(days=30), PACK).because.rule == "assistance.unheeded"
    met = extended(naming(NEAR)).state
    assert ladder.silent(met, met.escalate_at + timedelta(days=30), PACK).because.rule == "assistance.silent"

"""Every state of every clock of a request has a next event or an end: all ways are walked, on every pack that ships, with every wait."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.domain.letter import UNPOSTED
from inspector.domain.policy import Policy
from inspector.domain.timer import Timer
from inspector.domain.urgency import Urgency
from inspector.policybook import Policybook
from tests.unit.test_ladder import PACK, ROOT, Standing, opened, pack, plain, steps, to_the_end

ENDED_BY = {
    "date_waits": "our own silence has an end by the pack's rows, or by its ladder's (`unheard.ours`): walked here",
    "letter_waits": "a letter leaves, or is lost when its patience is over (tests/integration/test_letters.py); one on paper is posted, or "
    "our own people's time for that is over (`unheard.lying`): walked here",
    "step_waits": "the step before it is carried out, which waits by this table, too",
    "mail_waits": "a person reads the mail, and is told again until then (`mail_holds`); with its case the request ends",
}
"""What ends each wait by which a step of the ladder is put off."""


def asking_pack(label: str) -> Policy:
    """A pack that ships; where it holds terms alone, with the items of another, whose facts another agency is asked about."""
    held = pack(label)
    asks = any(fact.agency for item in held.items.values() for fact in item.facts)
    return held if asks else replace(held, items=pack().items, terms={**pack().terms, **held.terms})


def walk(policy: Policy, urgency: Urgency, *, paper: bool = False) -> dict[tuple[object, ...], Standing]:
    """Every position that words and clocks can bring a request to, each with one way there."""
    first = opened(policy)
    first = replace(first, request=replace(first.request, urgency=urgency))
    seen: dict[tuple[object, ...], Standing] = {}
    wave = [first]
    while wave:
        found = {shape: step for held in wave for step in steps(held, policy, paper=paper) if (shape := step.shape) not in seen}
        seen |= found
        wave = list(found.values())
    return seen


def ends_everywhere(policy: Policy, urgency: Urgency, *, paper: bool = False) -> None:
    """Walk, and see that each position has a row that waits or is an end, and that silence ends it."""
    seen = walk(policy, urgency, paper=paper)
    rights = {Timer.ASSIST_EXTEND: AssistanceState.EXTENDED, Timer.ASSIST_DISPUTE: AssistanceState.DISPUTED}
    lacking = {state for timer, state in rights.items() if timer not in policy.terms}
    assert len(seen) > (40 if lacking else 100)
    assert {held.request.state for held in seen.values()} == set(AssistanceState) - lacking
    for held in seen.values():
        assert held.request.state.open == bool(held.rows), f"{held.shape}: open means a row that waits, over means none"
        assert not to_the_end(held, policy).request.state.open, held.shape
    ends = {held.request.history[-1].rule for held in seen.values() if not held.request.state.open}
    assert (UNPOSTED in ends) is paper


@pytest.mark.parametrize(
    ("urgency", "whole"),
    [
        pytest.param(Urgency.NORMAL, True, id="normal-with every step"),
        pytest.param(Urgency.URGENT, True, id="urgent-with every step", marks=pytest.mark.slow),
        *(pytest.param(urgency, False, id=f"{urgency}-with the least a pack has") for urgency in Urgency),
    ],
)
def test_every_position_of_every_clock_has_a_next_row_or_is_an_end_and_silence_ends_each(urgency: Urgency, whole: bool) -> None:
    ends_everywhere(pack() if whole else plain(pack()), urgency)


@pytest.mark.parametrize(
    "whole", [pytest.param(True, marks=pytest.mark.slow), False], ids=["with every step", "with the least a pack has"]
)
@pytest.mark.parametrize("urgency", list(Urgency), ids=str)
def test_so_it_is_where_letters_lie_here_on_paper_that_somebody_posts_or_nobody_does(whole: bool, urgency: Urgency) -> None:
    ends_everywhere(pack() if whole else plain(pack()), urgency, paper=True)


@pytest.mark.slow
@pytest.mark.parametrize("urgency", list(Urgency), ids=str)
def test_so_it_is_on_every_pack_that_ships(urgency: Urgency) -> None:
    labels = [one.label for one in Policybook.load(ROOT / "policies").packs if Timer.ASSIST_REPLY in one.terms]
    assert {"demo@1", "maoji@2026.1", "maoji@2026.2", "maoji@2026.3"} <= set(labels)
    for label in labels:
        if label != PACK:
            ends_everywhere(asking_pack(label), urgency)


def test_each_wait_by_which_a_step_is_put_off_is_known_with_what_ends_it() -> None:
    text = (ROOT / "inspector/flows/ladder.py").read_text(encoding="utf-8")
    assert set(re.findall(r'NotYet\(\s*"([a-z_]+)"', text)) == set(ENDED_BY)

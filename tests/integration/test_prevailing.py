"""Which version of a pack a proceeding goes by whose pack has a next version before it is decided (decision 210).

The steps are those of the version in force when they are taken, what is found and how grave it is that of the version of the act.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from inspector.domain import disclosing
from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState
from inspector.domain.errors import Forbidden, Invalid, Refusal
from inspector.domain.proposal import Proposal
from inspector.flows import prevailing
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.integration.test_unruled import under_maoji
from tests.proceedings import Proceeding

pytestmark = pytest.mark.alike

SECOND, THIRD = "maoji@2026.2", "maoji@2026.3"
NEXT = date(2026, 12, 15)
"""From this day on the third version is in force."""


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    """A false promise that was taken in under the first version and found false under the second; a penalty is announced by that one."""
    case = under_maoji(store, hand)
    tree = {name: replace(node, reviewers=("赵六",)) for name, node in case.office.tree.items()}
    case.office = replace(case.office, tree=tree)
    until(hand, date(2026, 12, 2))
    case.decide(Outcome.FALSE_KNOWING)
    held = case.the(Proposal.PENALTY)
    case.serve(case.give(held))
    assert case.the(Proposal.PENALTY).pack == SECOND
    return case


def until(hand: Hand, day: date) -> None:
    hand.on(days=(day - hand().date()).days)


def written(case: Proceeding) -> Consequence:
    """The decision is written, and the second person agrees, on the last day of the second version."""
    until(case.hand, date(2026, 12, 14))
    held = case.the(Proposal.PENALTY)
    case.rule(held, law="某条例第8条")
    return case.agree(held, Agreement.SECOND, "王五")


def because(case: Proceeding, rule: str) -> dict[str, object]:
    with case.office.store.read() as tx:
        told: dict[str, object] = json.loads([row for row in tx.ledger.about(case.case) if row["rule"] == rule][-1]["body"])
    return told


def test_a_decision_that_nobody_has_taken_on_the_day_is_taken_by_the_steps_of_the_next_version_and_says_so(
    case: Proceeding,
) -> None:
    held = written(case)
    assert (held.pack, held.transition) == (SECOND, "")
    until(case.hand, date(2026, 12, 16))
    with pytest.raises(Forbidden, match="reviewer_unlisted"):
        case.agree(held, Agreement.LEGAL, "孙七")
    waits = case.agree(held, Agreement.LEGAL, "赵六")
    assert (waits.state, waits.pack) == (ConsequenceState.NOTICED, THIRD), "and the head has not decided yet"
    done = case.agree(held, Agreement.HEAD, "陈局长")
    assert (done.state, done.pack, done.transition) == (ConsequenceState.IMPOSED, THIRD, "transition-steps")
    assert any("S1:57" in one for one in done.basis)
    assert done.grading == held.grading, "what it is about was done under the first version, and is judged by it"
    told = because(case, "consequence.imposed")
    assert (told["pack"], told["facts"]["transition"]) == (THIRD, "transition-steps")  # type: ignore[index]
    with case.office.store.read() as tx:
        assert tx.publications.find(disclosing.name(done.id)) is not None, "it is owed to the public by the same version"


def test_what_was_decided_before_that_day_stays_with_the_version_by_which_it_was_decided(case: Proceeding) -> None:
    written(case)
    done = case.agree(case.the(Proposal.PENALTY), Agreement.LEGAL, "孙七")
    assert (done.state, done.pack, done.transition) == (ConsequenceState.IMPOSED, SECOND, "")
    until(case.hand, date(2026, 12, 16))
    with case.office.store.read() as tx:
        assert prevailing.of(case.office, tx.cases.get(case.case), done, case.hand()) == done
        assert tx.publications.find(disclosing.name(done.id)) is None
    assert case.annul(done).pack == SECOND


def test_what_is_written_from_that_day_on_asks_for_the_heads_at_once_and_the_page_names_the_version(case: Proceeding) -> None:
    until(case.hand, NEXT)
    held = case.the(Proposal.PENALTY)
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser, name="李四")
        assert f"{THIRD} · consequence-penalty" in browser.get(f"/consequences/{held.id}").text
    headless = replace(case.office, tree={name: replace(node, heads=()) for name, node in case.office.tree.items()})
    named, case.office = case.office, headless
    with pytest.raises(Refusal, match="penalty_headless"):
        case.rule(held, law="某条例第8条")
    case.office = named
    assert case.rule(held, law="某条例第8条").pack == THIRD


def test_a_weighty_one_that_was_written_before_is_not_decided_without_the_heads_discussion(case: Proceeding) -> None:
    held = written(case)
    grave = replace(held, grading=replace(held.grading, grade="serious"))
    with case.office.store.begin() as tx:
        tx.consequences.put(grave)
    until(case.hand, date(2026, 12, 16))
    case.agree(grave, Agreement.LEGAL, "赵六")
    with pytest.raises(Invalid, match="penalty_undiscussed"):
        case.agree(grave, Agreement.HEAD, "陈局长")
    case.rule(grave, law="某条例第8条", discussed="局长办公会纪要〔2026〕9号")
    for kind, name in ((Agreement.SECOND, "王五"), (Agreement.LEGAL, "赵六"), (Agreement.HEAD, "陈局长")):
        case.agree(grave, kind, name)
    assert case.the(Proposal.PENALTY).state is ConsequenceState.IMPOSED

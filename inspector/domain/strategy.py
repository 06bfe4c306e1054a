"""The choice itself: which row holds for an item and a level, by which ways each fact is verified, and why. No state, no orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inspector.domain.case import Method, Rated, Step
from inspector.domain.decision import Because
from inspector.domain.notice import Notice
from inspector.domain.policy import Fact, Item, Policy, StrategyRow
from inspector.domain.terms import VerifyTerm


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The row, the ways of each fact that was asked about, in their order, and the full explanation."""

    row: StrategyRow
    ways: tuple[tuple[Step, ...], ...]
    because: Because


def strategy(policy: Policy, item: Item, level: Rated, term: VerifyTerm, facts: Iterable[str], notice: Notice) -> Chosen:
    """The one row for the item's profile and the level (the plan, item 7), within what the `notice` of the letter announced.

    Raises Invalid for a fact that the item does not know.
    """
    row = policy.strategy(item, level.level)
    told = {
        "item": item.code,
        "profile": item.profile.value,
        "level": level.level,
        "level_as_of": level.as_of.isoformat() if level.as_of else None,
        "level_source": level.source,
        "level_reason": level.reason.value,
        **level.facts,
        "before_decision": row.before_decision,
        "row": row.row,
        "verify": str(item.verify),
        "notice": notice.version,
        "announced": [*notice.announced],
        **({"insured_value": item.insured_value} if item.insured else {}),
        "due_at": term.due_at.isoformat(),
        "due_provisional": term.due_provisional,
    }
    beside = (level.facts.get("combined_basis"), item.insured_basis, notice.basis if notice.former else None)
    basis = (row.basis, item.verify_basis, *filter(None, beside))
    because = Because(rule="strategy.choose", basis=basis, pack=policy.label, facts=told)
    ways = tuple(steps(policy, item, item.fact(fact), row, notice.methods) for fact in facts)
    return Chosen(row=row, ways=ways, because=because)


def steps(
    policy: Policy, item: Item, fact: Fact, row: StrategyRow, announced: frozenset[Method] | None = None
) -> tuple[Step, ...]:
    """The ways open to one fact, in the row's order. A way without a connector, or not announced in the notice, is left out.

    `announced` is what the notice that the letter answers has announced; None: it is the item's own.

    A fact held by another body is asked of it before anybody is sent; a fact that exists only at the premises skips the letter
    (handbook 2.2). The notice bounds the ways: verification may not go beyond the announced power (the plan, item 5); nor beyond what
    the item uses now, where a former notice announced more.
    """
    ways = []
    for method in row.methods:
        if method not in item.methods or (announced is not None and method not in announced):
            continue
        if method is Method.ONLINE_QUERY and fact.source:
            ways.append(
                Step(method=method, via=fact.source, ground="", basis=_ground(fact.basis, fact), record=bool(fact.record_basis))
            )
        elif method is Method.OTHER_RESULT and fact.result is not None:
            basis = _ground(fact.result.basis, fact)
            ways.append(Step(method=method, via=fact.result.source, ground="", basis=basis, record=bool(fact.record_basis)))
        elif method is Method.DOCUMENT and fact.self_proof is not None:
            ways.append(Step(method=method, via="", ground="", basis=fact.self_proof.basis))
        elif method is Method.ASSISTANCE and fact.agency and fact.ground and not fact.premises_fact:
            ways.append(Step(method=method, via=fact.agency, ground=fact.ground, basis=policy.grounds[fact.ground]))
        elif method is Method.ON_SITE and (fact.premises_fact or row.visit_all):
            ways.append(Step(method=method, via="", ground="", basis=row.basis))
    return tuple(ways)


def _ground(basis: str, fact: Fact) -> str:
    """What a question to a source rests on: where a whole record comes back, the line that lets it (data minimisation, PIPL art. 6)."""
    return ";".join(dict.fromkeys(filter(None, (basis, fact.record_basis))))

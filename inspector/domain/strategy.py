"""The choice itself: which row holds for an item and a level, by which ways each fact is verified, and why. No state, no orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inspector.domain.case import Rated, Step, VerifyTerm
from inspector.domain.decision import Because
from inspector.domain.policy import Item, Policy, StrategyRow, steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The row, the ways of each fact that was asked about, in their order, and the full explanation."""

    row: StrategyRow
    ways: tuple[tuple[Step, ...], ...]
    because: Because


def strategy(policy: Policy, item: Item, level: Rated, term: VerifyTerm, facts: Iterable[str]) -> Chosen:
    """The one row for the item's profile and the level (the plan, item 7). Raises Invalid for a fact that the item does not know."""
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
        **({"insured_value": item.insured_value} if item.insured else {}),
        "due_at": term.due_at.isoformat(),
        "due_provisional": term.due_provisional,
    }
    basis = (row.basis, item.verify_basis, *filter(None, [level.facts.get("combined_basis"), item.insured_basis]))
    because = Because(rule="strategy.choose", basis=basis, pack=policy.label, facts=told)
    return Chosen(row=row, ways=tuple(steps(policy, item, item.fact(fact), row) for fact in facts), because=because)

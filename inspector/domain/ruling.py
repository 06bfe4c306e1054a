"""Which version of a pack rules a step of a case: the one it was taken in under, or a later one by that one's transition row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from inspector.domain.consequence import UNDECIDED, Consequence
from inspector.domain.decision import Decision
from inspector.domain.policy import Policy
from inspector.domain.transition import Scope, TransitionRow

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The pack that rules, and the row by which it does where that is not the case's own."""

    policy: Policy
    row: TransitionRow | None = None

    def told(self, decision: Decision[S]) -> Decision[S]:
        """The decision with the row and its basis among its reasons."""
        if self.row is None:
            return decision
        because = decision.because
        facts = {**because.facts, "transition": self.row.row}
        told = replace(because, pack=self.policy.label, basis=(*because.basis, self.row.basis), facts=facts)
        return replace(decision, because=told)


def ruling(kept: Policy, current: Policy, scope: Scope) -> Ruling:
    """`kept` is the version the case was taken in under, `current` the one in force today.

    Where a row takes over the steps alone (`PROCEEDINGS`), what is found and how grave it is stays `kept`'s: who committed under the
    earlier version is heard by the later one, and judged by his or her own.
    """
    if kept.id == current.id and kept.label != current.label:
        rows = [row for row in current.transitions if kept.label in row.of]
        for row in rows:
            if scope in row.scopes:
                return Ruling(policy=current, row=row)
        for row in rows:
            if scope is Scope.OUTCOMES and Scope.PROCEEDINGS in row.scopes:
                judged = replace(
                    current, outcomes=kept.outcomes, acts=kept.acts, gradings=kept.gradings, reapplies=kept.reapplies
                )
                return Ruling(policy=judged, row=row)
    return Ruling(policy=kept)


def prevailing(held: Consequence, ruled: Ruling) -> Consequence:
    """A consequence as its next step is judged, by the pack that rules it: what nobody has decided goes on by the steps of a later version.

    What was said to rest on articles rests on them still; those of the new row stand beside them.
    """
    row = ruled.policy.consequences.get(held.proposal)
    if held.state not in UNDECIDED or ruled.row is None or row is None or ruled.policy.label == held.pack:
        return held
    basis = dict.fromkeys((*held.basis, row.basis, *([row.law] if row.law else []), ruled.row.basis))
    return replace(held, pack=ruled.policy.label, row=row.row, basis=tuple(basis), transition=ruled.row.row)

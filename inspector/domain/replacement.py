"""Who comes in for an object that leaves a draw: the next of the same stratum's sealed reserve, never a person's choice.

A drawn object that has ceased, by the word of two persons, stays in the results with that outcome, and is followed as the pack says, at
no cost to the budget (handbook scenario 29). For the few grounds of a closed list an officer may have others replaced, up to the pack's
share of the objects drawn at random, rounded down (scenario 30). Draw-protocol section 3 (replacement), ruling 15.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Any

from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Refusal
from inspector.domain.person import said, same
from inspector.domain.policy import Policy
from inspector.domain.visit import Visit, VisitState

CEASED, DISCRETIONARY = "ceased", "discretionary"
"""What a line of after.jsonl gives as its reason; the officer's words stay in the house, bound by their digest."""


class Ceased(StrEnum):
    """How a drawn object is no more (handbook 2.7, CEASED)."""

    DEREGISTERED = "DEREGISTERED"
    CLOSED = "CLOSED"
    MOVED = "MOVED"


class Ground(StrEnum):
    """The closed list of grounds for a discretionary replacement. Not among them: that another object would be more convenient."""

    UNSAFE = "UNSAFE"
    UNDER_PROCEEDINGS = "UNDER_PROCEEDINGS"
    REGISTER_ERROR = "REGISTER_ERROR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What a draw's result and its lines so far say: reserve by stratum in its order, how many were drawn where there was a choice.

    `came` are the objects that came in, `spent` how many of them at discretion, `ceased` how many for one that is no more.
    """

    reserve: Mapping[str, tuple[str, ...]]
    drawn: int
    came: frozenset[str] = frozenset()
    spent: int = 0
    ceased: int = 0

    @classmethod
    def of(cls, strata: Mapping[str, Mapping[str, Any]], lines: Iterable[Mapping[str, object]]) -> Lists:
        """From a list of result.json and the lines of after.jsonl."""
        replaced = [line for line in lines if line["kind"] == "replace"]
        return cls(
            reserve={code: tuple(one["reserve"]) for code, one in strata.items()},
            drawn=sum(one["k"] for one in strata.values() if one["k"] < one["eligible"]),
            came=frozenset(str(line["in"]) for line in replaced),
            spent=sum(line["reason"] == DISCRETIONARY for line in replaced),
            ceased=sum(line["reason"] == CEASED for line in replaced),
        )

    def following(self, stratum: str) -> str | None:
        """The next of a stratum's reserve; None when it is used up."""
        return next((name for name in self.reserve[stratum] if name not in self.came), None)


def budget(drawn: int, share: Fraction) -> int:
    """How many may be replaced at discretion: the share of those drawn at random, rounded down."""
    return int(share * drawn)


def may_follow(lists: Lists, share: Fraction) -> bool:
    """Whether one more may come in for an object that is no more: the pack's share of those drawn at random, rounded up.

    Beyond it the record stands, but nobody comes in by it: who could record objects away without end would choose among the reserve.
    """
    return lists.ceased < ceil(share * lists.drawn)


def cease(visit: Visit, how: Ceased, evidence: str, by: str, policy: Policy, now: datetime) -> Decision[Visit]:
    """A named person says, with evidence, that the drawn object is no more. No finding against anybody.

    The first name records it and the visit is still to be made, or one person would let whom he or she likes leave the draw;
    another name under the same words makes it so. Who recorded it may do so again in better words. Raises Invalid, and Refusal
    (`visit_closed`, `ceased_own`, `ceased_differs`).
    """
    _open(visit)
    proof, name = said("evidence", evidence), said("by", by)
    facts: dict[str, object] = {"how": how.value, "evidence": proof, "by": name}
    because = Because(rule="visit.ceased_asked", basis=(policy.draw.replace_basis,), pack=policy.label, facts=facts)
    told = (how.value, proof) == (visit.ceased, visit.proof)
    if not visit.ceased_by or same(visit.ceased_by, name):
        if visit.ceased_by and told:
            raise Refusal("ceased_own", visit=visit.id, by=visit.ceased_by)
        return Decision(state=replace(visit, ceased=how.value, proof=proof, ceased_by=name), because=because)
    if not told:
        raise Refusal("ceased_differs", visit=visit.id, how=visit.ceased, evidence=visit.proof)
    facts |= {"by": [visit.ceased_by, name]}
    state = replace(visit, state=VisitState.CEASED, done_at=now)
    return Decision(state=state, because=replace(because, rule="visit.ceased", facts=facts))


def stays(visit: Visit, by: str, pack: str) -> Decision[Visit]:
    """Another person does not agree that the drawn object is no more: nothing is recorded of it, and the visit is to be made."""
    facts = {"how": visit.ceased, "by": [visit.ceased_by, by]}
    because = Because(rule="visit.ceased_refused", basis=(visit.basis,), pack=pack, facts=facts)
    if not visit.state.open or not visit.ceased_by:
        return Decision(state=visit, because=replace(because, rule="timer.obsolete"))
    return Decision(state=replace(visit, ceased="", proof="", ceased_by=""), because=because)


def give_up(
    visit: Visit, ground: Ground, reason: str, by: str, lists: Lists, policy: Policy, seen: AbstractSet[str] = frozenset()
) -> Decision[Visit]:
    """An officer has an object replaced. Raises Invalid and Refusal.

    It is `visit_closed`, `team_short`, `part_given` (of a joint visit, by an agency: nobody replaces an object having seen what was
    found), `visit_noted` (the same, where a team's result is still to come; `seen`: whose has written something down) or
    `replacement_budget_spent`.
    """
    _open(visit)
    if visit.state.short:
        raise Refusal("team_short", visit=visit.id)  # want of inspectors is no ground: nobody escapes a draw that way (ruling 13)
    if visit.parts:
        raise Refusal("part_given", visit=visit.id, agency=visit.parts[0].agency)
    if seen:
        raise Refusal("visit_noted", visit=visit.id, agency=min(seen))
    most = budget(lists.drawn, policy.draw.replace_share)
    if lists.spent >= most:
        raise Refusal("replacement_budget_spent", draw=visit.draw, drawn=lists.drawn, most=most, spent=lists.spent)
    facts = {
        "ground": ground.value,
        "reason": said("reason", reason),
        "by": said("by", by),
        "spent": lists.spent + 1,
        "most": most,
    }
    because = Because(rule="visit.replace", basis=(policy.draw.replace_basis,), pack=policy.label, facts=facts)
    return Decision(state=replace(visit, state=VisitState.CANCELLED), because=because)


def digest(*texts: str) -> str:
    """What binds an officer's words to a line of after.jsonl without showing them: SHA-256 over the texts, line by line."""
    return "sha256:" + hashlib.sha256("".join(f"{text}\n" for text in texts).encode()).hexdigest()


def _open(visit: Visit) -> None:
    if not visit.state.open:
        raise Refusal("visit_closed", visit=visit.id, state=visit.state)

"""An annual plan held to the ledger: what was created, approved and published is what stands there now, by the same names.

Its digest alone says nothing to whoever can write into the database, for it is made anew in a moment (`annual.digest`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspector.domain.annual import AnnualPlan, AnnualState

_CREATE, _APPROVE, _PUBLISH, _WITHDRAW = "plan.create", "plan.approve", "plan.publish", "plan.withdraw"
_WAY = {
    AnnualState.DRAFT: (_CREATE,),
    AnnualState.APPROVED: (_CREATE, _APPROVE),
    AnnualState.PUBLISHED: (_CREATE, _APPROVE, _PUBLISH),
}
"""The steps that lead to a state; a withdrawn plan may have come from any."""


def stands(held: AnnualPlan, said: Sequence[tuple[str, Mapping[str, object]]]) -> bool:
    """Whether an edition is sound and is the last one of which the ledger tells: its steps, its digest at each, and by whom.

    `said` are (rule, facts) of the entries about the plan's year, in order: those of every edition.
    """
    start = max((place for place, (rule, _) in enumerate(said) if rule == _CREATE), default=None)
    if start is None or not held.sound:
        return False
    steps = dict(said[start:])
    way = _WAY.get(held.state, (*(rule for rule in _WAY[AnnualState.PUBLISHED] if rule in steps), _WITHDRAW))
    names = {_CREATE: held.created_by, _APPROVE: held.approved_by, _PUBLISH: held.published_by, _WITHDRAW: held.withdrawn_by}
    if [rule for rule, _ in said[start:] if rule in names] != [*way] or steps[_CREATE].get("edition") != held.content.edition:
        return False
    return all(steps[rule].get("digest") == held.digest and steps[rule].get("by") == names[rule] for rule in way)

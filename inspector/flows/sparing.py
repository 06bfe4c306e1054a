"""A case is settled while people are on their way to it: they hear so, and stay at home where nothing else is left to see."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.case import Case, ClaimFile, Method
from inspector.domain.policy import Policy
from inspector.domain.result import ended
from inspector.domain.spared import SETTLED, purposeless, settled, spare
from inspector.flows import codeless, teamnotes
from inspector.flows.office import Office
from inspector.flows.recall import call_off_visit
from inspector.flows.record import record
from inspector.flows.seats import SPARED, end_clock, rise, tell_changed
from inspector.store.tx import Tx


def look_at(office: Office, tx: Tx, case: Case, policy: Policy, now: datetime) -> None:
    """Take off the visits of a case what is settled of it. The caller holds the case; visits are held behind it, as everywhere."""
    known = settled(case)
    if not any(held.claim.key in known and _came_to_door(held) for held in case.claims):
        return  # it never needed anybody to go: no need to look for visits at each answer of a register
    for held in tx.visits.of_case(case.id, lock=True):
        begun = teamnotes.begun(office, tx, held)
        decision = spare(held, case, policy.item(case.item).basis, case.pack, begun)
        if decision is None:
            continue
        changed = ended(decision.state, now)  # nobody may owe a part of a joint visit any more
        if not changed.state.open:
            rise(tx, tx.visits.team(held.id), now)
            end_clock(tx, held, now)
        changed = tx.visits.put(changed)
        record(tx, held.id, decision, now, {})
        changed = codeless.done(office, tx, changed, now)
        if purposeless(changed, begun):
            call_off_visit(office, tx, changed, SETTLED, case.pack, now)
        elif changed.state.open:
            tell_changed(office, tx, changed, now, SPARED)


def _came_to_door(held: ClaimFile) -> bool:
    """Whether a claim has come to the step that only a visit can take."""
    return any(step.method is Method.ON_SITE for step in held.steps[: held.at + 1])

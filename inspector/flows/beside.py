"""What stands beside a consequence on the same finding: the facts are one, so what became of an objection to one is read at each."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.creditrecord import Record
from inspector.domain.objection import Objection
from inspector.domain.proposal import Proposal
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Objected:
    """An objection to something of the same finding, and what that is."""

    to: Proposal
    objection: Objection


def others(tx: Tx, held: Consequence, *, lock: bool = False) -> list[Consequence]:
    """The other consequences of the same finding."""
    there = tx.consequences.of_case(held.case_id, lock=lock)
    return [one for one in there if one.id != held.id and one.grading.outcome is held.grading.outcome]


def objected(tx: Tx, held: Consequence) -> tuple[Objected, ...]:
    """What was objected to of the same finding, by date; also an entry that a review has made by itself."""
    records = (one for one in tx.records.of_case(held.case_id) if one.outcome == held.grading.outcome.value)
    to = {one.entry: Proposal.RECORD_CREDIT for one in records}
    for one in (held, *others(tx, held)):
        to |= {name: one.proposal for name in (one.id, one.entry) if name}
    said = tx.records.objections(case_id=held.case_id, open_ones=False)
    return tuple(
        Objected(to=to[one.about], objection=one) for one in sorted(said, key=lambda one: one.opened_at) if one.about in to
    )


def ordered(tx: Tx, mine: Record) -> Consequence | None:
    """The order to rectify of a record's finding that is in force and not met yet: until then its subject's duty is not done (1.7.1)."""
    there = (one for one in tx.consequences.of_case(mine.case_id) if one.grading.outcome.value == mine.outcome)
    orders = (one for one in there if one.proposal is Proposal.ORDER_RECTIFY and one.state is ConsequenceState.IMPOSED)
    return next(orders, None)

"""Whoever had a part in a decision that others have put right has none in the same decision again: another officer does (回避).

An upheld objection, a review body or a court has found it wrong, or its entry was repaired: who would hold the same against the same
subject once more, of the same finding, is not who was found to be wrong, by name and by login (Penalties Law art. 43; handbook 1.7.6).
Nor does who was found wrong decide what else rests on that finding: the facts under all of it are one (decision 244).
"""

from __future__ import annotations

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, Signed
from inspector.domain.creditrecord import RecordState
from inspector.domain.errors import Refusal
from inspector.domain.falling import FINDING
from inspector.domain.proposal import ALTERNATIVES, Proposal
from inspector.store.tx import Tx

_OTHERS = frozenset({Annulled.OBJECTION.value, Annulled.REVIEW_BODY.value, Annulled.COURT.value})
"""Who annuls and is not the officer who had decided: a correction is a word of our own."""


def refuse(tx: Tx, case_id: str, proposal: Proposal, outcome: Outcome, signed: Signed) -> None:
    """Raise Refusal (`consequence_overruled`) where whoever signs had a part in the same decision that was put right."""
    for one in _before(tx, case_id, proposal, outcome):
        if any(signed.is_of(other) for other in one.deciders):
            raise Refusal("consequence_overruled", consequence=one.id, proposal=proposal, by=signed.by)


def parted(tx: Tx, held: Consequence) -> tuple[str, ...]:
    """Who has a part in a proceeding, or had one in the same decision that was put right: of them nobody is asked to agree to it."""
    before = _before(tx, held.case_id, held.proposal, held.grading.outcome)
    return tuple(name for one in (held, *before) for signed in one.deciders for name in (signed.by, signed.stead) if name)


def _before(tx: Tx, case_id: str, proposal: Proposal, outcome: Outcome) -> list[Consequence]:
    """The same decisions of the same finding that others have put right, and those beside which it rests on that finding."""
    same = [one for one in tx.consequences.of_case(case_id) if one.grading.outcome is outcome]
    beside = ALTERNATIVES | FINDING if proposal in ALTERNATIVES | FINDING else frozenset()
    return [one for one in same if (_righted(tx, one) if one.proposal is proposal else one.proposal in beside and _wrong(one))]


def refuse_step(tx: Tx, held: Consequence, signed: Signed) -> None:
    """The same of a step against somebody in a proceeding that is under way."""
    refuse(tx, held.case_id, held.proposal, held.grading.outcome, signed)


def _righted(tx: Tx, one: Consequence) -> bool:
    """Whether a decision was put right, and by others."""
    if _wrong(one):
        return True
    mine = tx.records.find(one.entry) if one.entry else None
    return mine is not None and mine.state is RecordState.REPAIRED


def _wrong(one: Consequence) -> bool:
    """Whether others have found a decision wrong; whose entry was repaired was not."""
    return one.annulled is not None and one.annulled.why in _OTHERS

"""What falls with a decision that was annulled, and what is put before an officer (handbook scenario 61, 1.7.9, 2.7). Pure.

By law falls what is only a consequence of what fell, and whose end harms nobody: an entry whose basis was revoked is deleted (1.7.9), what
nobody has decided need not be decided. A decision in force with a notice, a defence and an officer of its own ends by whoever may set it
aside, never by a rule (Licensing Law art. 69, Penalties Law art. 48): an officer looks at it and says so. A transfer goes on, for the
police decide it (1.8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspector.domain.consequence import UNDECIDED, Consequence, ConsequenceState
from inspector.domain.proposal import ALTERNATIVES, Proposal

ENTRY_FALLS = ("S0:8",)
"""By what an entry falls with the decision about the matter: its basis was revoked, so it is deleted (handbook 1.7.9)."""
IN_FORCE = frozenset({ConsequenceState.IMPOSED, ConsequenceState.FAILED})
"""What goes on against its subject: a failed order, too, is what a revocation rests on."""

SHAKEN = "consequence_shaken"
"""The matter of a consequence that took effect, while the outcome that it followed does not stand any more; or of one that nobody has
decided, while what others found wrong of the same finding leaves open whether it goes on."""
REGRADE = "consequence_regrade"
"""The matter of a consequence that was graded by an earlier finding of its subject which stands no more: its grade is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Falling:
    """What becomes of the others: annulled with it, dropped because nobody has decided it, or shaken, for an officer to look at.

    What is shaken and undecided stands still until then.
    """

    annulled: tuple[Consequence, ...] = ()
    dropped: tuple[Consequence, ...] = ()
    shaken: tuple[Consequence, ...] = ()


def falling(fallen: Consequence, others: Sequence[Consequence]) -> Falling:
    """What becomes of a case's other consequences when one of them was annulled.

    With the decision about the matter falls its entry, and what nobody has decided about the same finding; a penalty is shaken. An entry
    or a penalty that falls shakes what it stood beside, decided or not, for the finding under them is one (scenarios 61, 62). An interim
    effect, a referral and a transfer carry nothing.
    """
    rest = [one for one in others if one.id != fallen.id and one.grading.outcome is fallen.grading.outcome]
    undecided = [one for one in rest if one.state in UNDECIDED]
    in_force = [one for one in rest if one.state in IN_FORCE]
    if fallen.proposal in ALTERNATIVES:
        dropped = tuple(one for one in undecided if one.proposal in FINDING or rests(one, fallen))
        left = tuple(one for one in undecided if one.proposal in ALTERNATIVES and one not in dropped)
        return Falling(
            annulled=tuple(one for one in in_force if one.proposal is Proposal.RECORD_CREDIT),
            dropped=dropped,
            shaken=(*(one for one in in_force if one.proposal is Proposal.PENALTY or rests(one, fallen)), *left),
        )
    if fallen.proposal in FINDING:
        return Falling(shaken=tuple(one for one in (*in_force, *undecided) if one.proposal in ALTERNATIVES | FINDING))
    return Falling()


def rests(held: Consequence, on: Consequence) -> bool:
    """Whether a revocation was proposed because an order failed: it rests on that order (handbook 1.1.20)."""
    return held.origin == REVOCATION and on.proposal is Proposal.ORDER_RECTIFY


REVOCATION = "consequence.revocation"
"""The rule by which an order that failed proposes to revoke."""
FINDING = frozenset({Proposal.PENALTY, Proposal.RECORD_CREDIT})
"""What rests on the finding beside the decision about the matter."""

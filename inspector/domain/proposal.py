"""What the program may propose to a named officer, and the pack's row that says by which steps it may become true (handbook 2.7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inspector.domain.calendar import Term


class Proposal(StrEnum):
    """What the program may propose to a named officer; it carries none of them out (handbook 2.7).

    `SUSPEND`: an interim effect beside the main decision, with which it ends (1.1.21). `RECORD_CREDIT`: an entry to somebody's discredit.
    """

    TERMINATE = "TERMINATE"
    ORDER_RECTIFY = "ORDER_RECTIFY"
    SUSPEND = "SUSPEND"
    REVOKE = "REVOKE"
    PENALTY = "PENALTY"
    TRANSFER_JUDICIAL = "TRANSFER_JUDICIAL"
    REFER_REGISTER = "REFER_REGISTER"
    RECORD_CREDIT = "RECORD_CREDIT"


ALTERNATIVES = frozenset({Proposal.TERMINATE, Proposal.ORDER_RECTIFY, Proposal.REVOKE})
"""What may become of the matter itself: one of them at a time (handbook 2.7, 1.1.20). A penalty or a referral may stand beside it."""

UNSERVED = frozenset({Proposal.TRANSFER_JUDICIAL, Proposal.REFER_REGISTER})
"""What decides nothing against its subject: it is handed to whoever may decide, so that no notice goes before it."""


FINE_WORDS = ("罚款", "fine", "fined", "fines")
"""By one of these the content of a penalty is a fine, whatever else it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsequenceRow:
    """`[[consequence]]`: by which steps a proposal may become true.

    `decide`: how long each of our own steps may take. `defend`: the time for a statement of defence, from service. `second`, `legal`:
    another person, a legal review, must agree; `deputy_apart`: not whoever stands in for who decides. `hearing`: the subject has a
    right to be heard, and when and where is told so long before (`hearing_notice`). `law`: what a penalty rests on; where it is empty
    the officer names it. `at_once`: the article by which it counts towards others with the decision, and not with its service; where it is
    empty, by the service. `least`, `most`, `remind`: a date to rectify lies so far ahead, and so many working days before it its
    subject is reminded. `head`, `hand`, `answer`, `contest`, `papers`: the steps of a transfer (handbook 1.8).

    Of a penalty (Penalties Law): `within`, decided so long after its proceeding was opened (art. 60), `uncounted`: the article by which
    the time of a hearing is not counted in that; where it is empty it is; `found`, not given where the act
    was found later than that after it (art. 36; `found_grave` where it has done grave harm); `by_head`, decided by the head, and
    `collective`, of these grades after the heads have discussed it together (art. 57). `reviewers`: the legal review is somebody's whom
    the office has listed for it (art. 58).
    """

    row: str
    proposal: Proposal
    decide: Term
    basis: str
    defend: Term | None = None
    second: bool = False
    legal: bool = False
    deputy_apart: bool = False
    hearing: bool = False
    hearing_notice: Term | None = None
    law: str = ""
    at_once: str = ""
    least: Term | None = None
    most: Term | None = None
    remind: Term | None = None
    head: Term | None = None
    hand: Term | None = None
    answer: Term | None = None
    contest: Term | None = None
    papers: Term | None = None
    within: Term | None = None
    uncounted: str = ""
    found: Term | None = None
    found_grave: Term | None = None
    by_head: bool = False
    collective: frozenset[str] = frozenset()
    reviewers: bool = False

"""A concluded case whose code, mistyped, is another organisation's: its object leaves the register by two signatures.

A correction is the sender's until the conclusion (decision 147), and another spelling of the same firm is an officer's (`spelling.strike`).
Here somebody else, or nobody, stands in the register in the firm's place; the firm itself comes back with a case of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from inspector.domain.case import Case, CaseState, Route
from inspector.domain.decision import Because, Decision, Told
from inspector.domain.duty import Rule
from inspector.domain.errors import Refusal
from inspector.domain.person import same
from inspector.domain.policy import Policy
from inspector.domain.roster import RosterObject

RULE = "register.misnamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What keeps an object where it is: `draw`, one between its announcement and its publication, and `until`, when that ends."""

    draw: str
    until: str


def refuse(case: Case, row: RosterObject | None, others: Collection[str], held: Held | None) -> RosterObject:
    """The row that goes. It is no door out of supervision, nor into or out of a draw.

    Raises Refusal: `misnamed_not_concluded` (the sender corrects it), `misnamed_not_there`, `object_of_file` (a file has named it),
    `object_has_cases` (another case stands by it, `others`), `misnamed_draw` while a draw of the register is held.
    """
    if case.state is not CaseState.POOLED or case.concluded_at is None:
        raise Refusal("misnamed_not_concluded", case=case.id, state=case.state)
    if row is None or not row.enrolled:
        raise Refusal("misnamed_not_there", case=case.id, agency=case.agency)
    if not row.unfiled:
        raise Refusal("object_of_file", object=row.code)
    if others:
        raise Refusal("object_has_cases", object=row.code, count=len(others), case=min(others))
    if held is not None:
        raise Refusal("misnamed_draw", case=case.id, draw=held.draw, until=held.until)
    return row


def asked(case: Case, policy: Policy, by: str) -> Decision[Case]:
    """One person has signed: nothing has changed yet."""
    return Decision(
        state=case, because=Because(rule=f"{RULE}.asked", basis=(_basis(case, policy),), pack=case.pack, facts={"by": by})
    )


def signed(case: Case, policy: Policy, by: str, first: str) -> Decision[Case]:
    """A second person has signed: the object goes, and the sender hears of it, who sends the firm's case anew.

    Raises Refusal (`misnamed_same_person`).
    """
    if same(by, first):
        raise Refusal("misnamed_same_person", by=by)
    because = Because(rule=RULE, basis=(_basis(case, policy),), pack=case.pack, facts={"by": first, "approved": by})
    return Decision(state=case, because=because, told=(Told(type="register.misnamed"),))


def _basis(case: Case, policy: Policy) -> str:
    return policy.basis(Rule.WITHDRAW if case.route is Route.COMMITMENT else Rule.CERTIFICATE)

"""A case that came to this office by mistake is sent back (退回) to whoever has sent it: one officer asks, another one agrees.

Whoever could do it alone could spare a firm its verification. So two persons do it, each by name, neither of whom goes to the subject
for the case; the ledger says what spoke against the subject, and whether a draw had the case; and of one matter that was sent twice the
case that a draw has goes on. It is no withdrawal: nobody has taken anything back, and nothing is entered about anybody.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.case import Case, CaseState, ClaimStatus
from inspector.domain.correction import one_subject
from inspector.domain.decision import Because, Decision, Told
from inspector.domain.ending import LEAVES, leave, refuse_gone
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.person import refuse_nameless, same
from inspector.domain.policy import Policy
from inspector.domain.sendback import Mistake, SendBack, SendBackReason

RULE = "case.send_back"
SEND_BACK_ASKED = "send_back_asked"
"""The matter of a case that an officer says has come by mistake: another one agrees, or not."""
SENT_BACK = "sent_back"
"""Why a visit is called off, in the public lines of a draw (`after.jsonl`)."""
_AGAINST = frozenset({ClaimStatus.CONTRADICTED, ClaimStatus.CONFLICT, ClaimStatus.STALE_LEAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The other case of a matter that was sent twice; `drawn`: a draw has it in its frame, or it is to be visited."""

    case: Case
    drawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a case stands beside its own content. `decided`: a decision that followed from an earlier outcome of it is in force.

    `drawn`: a draw has it in its frame, or it is to be visited; `going`: the names of whoever goes there; `other`: the case it is
    said to be the same as.
    """

    decided: bool = False
    drawn: bool = False
    going: Collection[str] = ()
    other: Other | None = None


def ask(case: Case, mistake: Mistake, by: str, token: str, standing: Standing, policy: Policy, now: datetime) -> Decision[Case]:
    """An officer says that the case came here by mistake. Nothing ends yet, and every clock runs on: another officer has to agree.

    Raises Invalid (`officer_nameless`, `reason_missing`, `send_back_same_as`) and Refusal: `already_withdrawn`, `already_sent_back`,
    `send_back_ended` (its outcome stands), `send_back_decided`, `send_back_asked`, `send_back_going`, `send_back_other`,
    `send_back_drawn`.
    """
    _refuse(case, mistake, by, standing)
    if waits(case) and case.send_back is not None:
        raise Refusal("send_back_asked", case=case.id, by=case.send_back.by)
    held = SendBack(mistake=mistake, by=by, token=token, at=now)
    because = _because(case, f"{RULE}.asked", mistake, policy, {"by": by})
    return Decision(state=replace(case, send_back=held), because=because)


def agree(case: Case, by: str, token: str, standing: Standing, policy: Policy, now: datetime) -> Decision[Case]:
    """Another officer agrees: the case leaves the house at once, with all that was under way, and whoever sent it hears why.

    There is no outcome, no proposal and no credit entry. Raises what `ask` raises, and Refusal (`send_back_unasked`,
    `send_back_same_person`).
    """
    held = _asked(case)
    if same(held.by, by) or (token and token == held.token):
        raise Refusal("send_back_same_person", by=held.by)
    _refuse(case, held.mistake, by, standing)
    state = leave(case, CaseState.SENT_BACK, None, now)
    done = replace(held, agreed=True, ended_by=by, ended_token=token, ended_at=now)
    told: dict[str, object] = {"reason": held.mistake.reason.value, "words": held.mistake.words}
    if held.mistake.competent:
        told["competent"] = held.mistake.competent
    if standing.other is not None and standing.other.case.sender == case.sender:  # what another system sent is none of its affair
        told["same_as"] = held.mistake.same_as
    facts = {"by": held.by, "approved": by, "against": spoken_against(case), "drawn": standing.drawn}
    return Decision(
        state=replace(state, send_back=done),
        because=_because(case, RULE, held.mistake, policy, facts),
        told=(Told(type="case.sent_back", data=told),),
        ends=LEAVES,
    )


def decline(case: Case, why: str, by: str, token: str, policy: Policy, now: datetime) -> Decision[Case]:
    """Another officer does not agree, or whoever asked takes it back: the case goes on as it has all the while.

    Raises Invalid (`officer_nameless`, `reason_missing`) and Refusal (`send_back_unasked`).
    """
    held = _asked(case)
    refuse_nameless(by)
    if blank(why):
        raise Invalid("reason_missing", field="words")
    done = replace(held, agreed=False, ended_by=by, ended_token=token, ended_at=now, ended_for=why)
    because = _because(case, f"{RULE}.declined", held.mistake, policy, {"by": by, "declined_for": why})
    return Decision(state=replace(case, send_back=done), because=because)


def waits(case: Case) -> bool:
    """Whether somebody has asked to send the case back, and nobody has said yet what becomes of it."""
    return may(case) and case.send_back is not None and case.send_back.ended_at is None


def may(case: Case) -> bool:
    """Whether a case can be sent back as far as its state goes: a verification under way, or one that there is none of (`POOLED`)."""
    return not case.state.ended or case.state is CaseState.POOLED


def spoken_against(case: Case) -> bool:
    """Whether anything has spoken against the subject by now: whoever counts what was sent back sees these apart."""
    return any(held.denied or held.status in _AGAINST for held in case.claims)


def _asked(case: Case) -> SendBack:
    _refuse_over(case)
    if case.send_back is None or not waits(case):
        raise Refusal("send_back_unasked", case=case.id)
    return case.send_back


def _refuse_over(case: Case) -> None:
    refuse_gone(case)
    if not may(case):
        raise Refusal("send_back_ended", case=case.id, state=case.state)


def _refuse(case: Case, mistake: Mistake, by: str, standing: Standing) -> None:
    refuse_nameless(by)
    _refuse_over(case)
    if standing.decided:
        raise Refusal("send_back_decided", case=case.id)
    if any(same(by, one) for one in standing.going):
        raise Refusal("send_back_going", case=case.id)
    if blank(mistake.words):
        raise Invalid("reason_missing", field="words")
    if (mistake.reason is SendBackReason.SAME_MATTER) is not bool(mistake.same_as):
        raise Invalid("send_back_same_as", field="same_as")
    if mistake.same_as:
        _refuse_other(case, mistake, standing)


def _refuse_other(case: Case, mistake: Mistake, standing: Standing) -> None:
    """The same matter is the same item of the same subject, which goes on here by the other case; of the two a draw's stays."""
    other = standing.other
    if (
        other is None
        or other.case.id == case.id
        or other.case.agency != case.agency
        or other.case.item != case.item
        or other.case.state.gone
        or not one_subject(other.case.subject, case.subject)
    ):
        raise Refusal("send_back_other", case=case.id, other=mistake.same_as)
    if standing.drawn and not other.drawn:
        raise Refusal("send_back_drawn", case=case.id, other=other.case.id)


def _because(case: Case, rule: str, mistake: Mistake, policy: Policy, facts: dict[str, object]) -> Because:
    """By whose item it would be ours: the article that says so is what shows that it is not, or not twice, or not of this subject."""
    named = {name: value for name, value in (("competent", mistake.competent), ("same_as", mistake.same_as)) if value}
    told = {"sent_back_for": mistake.reason.value, "reasons": mistake.words, **named, **facts}
    return Because(rule=rule, basis=(policy.item(case.item).basis,), pack=case.pack, facts=told)

"""What becomes of a withdrawal that took nothing back, for it was decided against the subject (the plan, items 7 and 9; decision 157).

A named officer answers it, with reasons. Outcome and record stay as they are, whatever the answer: they end as every record does. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Case, CaseState
from inspector.domain.decision import Because, Decision, Told
from inspector.domain.duty import Rule
from inspector.domain.ending import refuse_gone
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.limitation import began
from inspector.domain.person import refuse_nameless
from inspector.domain.policy import Policy

ASKED, ANSWERED, OVERTAKEN = "withdrawal.asked", "withdrawal.answered", "withdrawal.overtaken"

WITHDRAWAL = "withdrawal_asked"
"""The matter of such a withdrawal: what becomes of the application is an officer's to say, and by no other word does it end."""

CONCLUDED_BEFORE = "withdrawal_overtaken"
"""The matter of a case that was withdrawn, and had been concluded before, as came to be known later: an officer says what follows."""
FOLLOWED = "withdrawal.followed"
"""The rule, and the event, by which an officer has said so."""


class WithdrawalAnswer(StrEnum):
    """What becomes of the application: it is ended by its proceeding, goes the ordinary way by certificate, or stays as it is.

    `DECLINED`: there is no reasonable ground for taking the commitment back (the plan, item 9).
    """

    TERMINATE = "TERMINATE"
    ORDINARY = "ORDINARY"
    DECLINED = "DECLINED"


class OvertakenAnswer(StrEnum):
    """What follows where the licence was in hand before the commitment was taken back.

    `VERIFY`: its matter is verified after all, as a case of its own. `RETURNED`: the licence was handed in, or is taken back by whoever
    gave it. `NEEDLESS`: neither is needed, for the officer's reasons.
    """

    VERIFY = "VERIFY"
    RETURNED = "RETURNED"
    NEEDLESS = "NEEDLESS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """An officer's word on that, with reasons; `token`: the login."""

    answer: OvertakenAnswer
    reasons: str
    by: str
    token: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """An officer's answer, with reasons; `token`: the login."""

    answer: WithdrawalAnswer
    reasons: str
    by: str
    token: str
    at: datetime


def in_time(case: Case, handed_in: date | None) -> bool:
    """Whether a withdrawal comes before the matter was concluded (办结), by the day on which it was handed in; None: it is said now.

    Of that very day nobody can tell which came first, and the doubt is not the subject's (decision 230).
    """
    concluded = case.concluded_at
    return concluded is None or (handed_in is not None and handed_in <= concluded.astimezone(SHANGHAI).date())


def first_day(case: Case) -> datetime:
    """From when on one may have been handed in: what is taken back is the letter."""
    return datetime.combine(began(case), time.min, SHANGHAI)


def asked(case: Case, reason: str, by: str, policy: Policy) -> Decision[Case]:
    """The word is kept, and the approving system hears that it waits for an officer."""
    facts = {"reason": reason, "by": by, "entry": case.entry}
    because = Because(rule=ASKED, basis=(policy.basis(Rule.WITHDRAW),), pack=case.pack, facts=facts)
    return Decision(state=case, because=because, told=(Told(type="withdrawal.asked", data={"entry": case.entry}),))


def answered(case: Case, given: Answering, policy: Policy, proceeding: str = "") -> Decision[Case]:
    """An officer has answered; `proceeding`: that by which the application is ended, where it is.

    What is concluded is taken back no more, so it can only be declined. Raises Refusal (`already_withdrawn`, `already_sent_back`,
    `already_concluded`), Invalid (`officer_nameless`, `reason_missing`).
    """
    refuse_gone(case)
    refuse_nameless(given.by)
    if blank(given.reasons):
        raise Invalid("reason_missing", field="reasons")
    if case.concluded_at is not None and given.answer is not WithdrawalAnswer.DECLINED:
        raise Refusal("already_concluded", case=case.id, concluded_at=case.concluded_at.isoformat())
    facts = {"officer": given.by, "withdrawal_answer": given.answer.value, "reasons": given.reasons, "entry": case.entry}
    facts |= {"consequence": proceeding} if proceeding else {}
    data = {"answer": given.answer.value, "entry": case.entry} | ({"consequence": proceeding} if proceeding else {})
    data |= {"next": "ordinary_procedure"} if given.answer is WithdrawalAnswer.ORDINARY else {}
    because = Because(rule=ANSWERED, basis=(policy.basis(Rule.WITHDRAW),), pack=case.pack, facts=facts)
    return Decision(state=case, because=because, told=(Told(type="withdrawal.answered", data=data),))


def overtaken(case: Case, at: datetime, by: str, policy: Policy) -> Decision[Case] | None:
    """The approving system tells, after a withdrawal, that the matter was concluded (办结) before it; None: it was not.

    The withdrawal came too late (the plan, item 9), and its maker has the licence unverified. All that was under way has ended, so nothing
    comes back by a rule: the case says when it was concluded, and an officer says what follows.
    """
    if case.state is not CaseState.WITHDRAWN or case.ended_at is None or at >= case.ended_at:
        return None
    facts = {"by": by, "concluded_at": at.isoformat(), "withdrawn_at": case.ended_at.isoformat()}
    because = Because(rule=OVERTAKEN, basis=(policy.basis(Rule.WITHDRAW),), pack=case.pack, facts=facts)
    told = Told(type=OVERTAKEN, data={"concluded_at": at.isoformat()})
    return Decision(state=replace(case, concluded_at=at), because=because, told=(told,))


def followed(case: Case, given: Following, policy: Policy, anew: str = "") -> Decision[Case]:
    """An officer has said what follows; `anew`: the case by which its matter is verified after all. It stays withdrawn, as it is.

    Raises Invalid (`officer_nameless`, `reason_missing`).
    """
    refuse_nameless(given.by)
    if blank(given.reasons):
        raise Invalid("reason_missing", field="reasons")
    facts = {"officer": given.by, "overtaken_answer": given.answer.value, "reasons": given.reasons} | (
        {"anew": anew} if anew else {}
    )
    because = Because(rule=FOLLOWED, basis=(policy.basis(Rule.WITHDRAW),), pack=case.pack, facts=facts)
    data = {"answer": given.answer.value} | ({"anew": anew} if anew else {})
    return Decision(state=case, because=because, told=(Told(type="withdrawal.followed", data=data),))

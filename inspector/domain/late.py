"""An answer that came when nobody waited for it any more: kept in any case, and never an outcome by itself.

Invariant: what speaks against a commitment reaches an officer, also where the date, a correction or a decision came before it; and
so does what speaks for somebody whose promise was not found good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from inspector.domain.calendar import WorkingCalendar
from inspector.domain.case import Case, CaseRemark, CaseState, Claim, LevelReason, Rated
from inspector.domain.decision import Because, Decision
from inspector.domain.duty import Rule
from inspector.domain.ending import reopen
from inspector.domain.evidence import UNTRUE, Evidence, Verdict
from inspector.domain.piece import fingerprint
from inspector.domain.policy import Policy
from inspector.domain.review import in_favour
from inspector.domain.verification import FORMER, conflicts, heard, in_conflict, settles, spoken_against, weigh

LATE = "LATE"
"""Why an officer sees a case again that was over: an answer came that speaks otherwise than it was decided."""

_OWN = frozenset(
    {"level", "level_as_of", "level_source", "level_reason", "level_used", "review_reason", "outcome"},
)
"""What the entry of a level that came late says beside the facts of the level's own reason."""


def late(
    case: Case, evidence: Evidence, asked: Claim, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Case]:
    """Weigh an answer to a question that was over; `asked` is the claim as it was put.

    Under way, a case takes it like any other where it settles something. With an officer it lies before him or her, and changes nothing
    but that two answers are in conflict. A closed case is opened again where the answer speaks otherwise than was decided. Not for a
    case that has left the house: there is nothing left to decide.
    """
    facts = {
        "claim": evidence.claim,
        "method": evidence.method.value,
        "verdict": evidence.verdict.value,
        "via": evidence.via,
        "evidence": evidence.id,
        "digest": fingerprint(evidence),
    }
    because = Because(rule="evidence.late", basis=(policy.basis(Rule.FINDING),), pack=case.pack, facts=facts)
    held = next((one for one in case.claims if one.claim.key == evidence.claim), None)
    if held is None:
        return _of_former(case, evidence, asked, policy, now, calendar, because)
    if case.state is CaseState.VERIFYING and settles(evidence) is not None:
        return weigh(case, evidence, policy, now, calendar)
    against = evidence.verdict is Verdict.MISMATCH and case.outcome not in UNTRUE
    told = heard(held, evidence)
    if conflicts(held, evidence) and case.state is CaseState.REVIEW:
        return in_conflict(case, told, because)
    if case.state is not CaseState.CLOSED or not (against or (evidence.fresh and in_favour(case, evidence, policy))):
        return Decision(state=case.with_file(told), because=because)
    told = spoken_against(held, evidence) if against or conflicts(held, evidence) else told
    return reopen(case.with_file(told), LATE, policy, now, calendar, because)


def _of_former(
    case: Case,
    evidence: Evidence,
    asked: Claim,
    policy: Policy,
    now: datetime,
    calendar: WorkingCalendar,
    because: Because,
) -> Decision[Case]:
    """An answer about what was promised before a correction. It proves nothing of what is promised now; a contradiction is marked."""
    because = replace(because, facts={**because.facts, "claimed": asked.value, "found": evidence.found})
    if evidence.verdict is not Verdict.MISMATCH:
        return Decision(state=case, because=because)
    marked = replace(case, remarks=tuple(dict.fromkeys((*case.remarks, CaseRemark.FORMER_MISMATCH))))
    if not case.state.ended or case.outcome in UNTRUE:
        return Decision(state=marked, because=because)
    return reopen(marked, FORMER, policy, now, calendar, because)


def unused(case: Case, rated: Rated, policy: Policy) -> Decision[Case]:
    """A credit level that came when the case did not wait for it any more: what it was, and what stood in its way.

    A level chooses how a commitment is verified and says nothing about whether it is true; so it moves nothing that was chosen or
    decided without it, and no case is opened again for it. The cases to come find it in the credit register.
    """
    facts = {
        "level": rated.level,
        "level_as_of": rated.as_of.isoformat() if rated.as_of else None,
        "level_source": rated.source or None,
        "level_reason": rated.reason.value,
        **rated.facts,
        "level_used": case.strategy.level.level if case.strategy is not None else None,
        "review_reason": case.review_reason,
        "outcome": case.outcome.value if case.outcome is not None else None,
    }
    told = {name: value for name, value in facts.items() if value is not None}
    because = Because(rule="credit.late", basis=(policy.item(case.item).basis,), pack=case.pack, facts=told)
    return Decision(state=case, because=because)


def unused_again(case: Case, facts: Mapping[str, Any], policy: Policy) -> Decision[Case]:
    """The same computed again: what the platform said is taken from the entry's `facts`, for nothing else keeps what came late."""
    at = facts.get("level_as_of")
    rated = Rated(
        level=facts["level"],
        as_of=datetime.fromisoformat(at) if at is not None else None,
        source=facts.get("level_source", ""),
        reason=LevelReason(facts["level_reason"]),
        facts={name: value for name, value in facts.items() if name not in _OWN},
    )
    return unused(case, rated, policy)

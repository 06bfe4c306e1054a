"""What a named officer may open about a case beside what its review proposed, and why the rest may not be (handbook 2.7, 1.8, 8.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inspector.domain import ending, failing, limitation
from inspector.domain.act import GRAVITY, found
from inspector.domain.case import Case, CaseState, Outcome
from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.opening import Opening
from inspector.domain.policy import Policy
from inspector.domain.proposal import ALTERNATIVES, Proposal
from inspector.domain.rectification import spared
from inspector.domain.review import adverse
from inspector.domain.transition import Scope
from inspector.flows import objections, unruled
from inspector.flows.office import Office
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Openable:
    """One kind of proceeding: the acts of the catalogue that it may name (an empty one: none is needed), or why it may not be opened."""

    proposal: Proposal
    acts: tuple[str, ...]
    error: Invalid | Refusal | None


def openable(office: Office, tx: Tx, case: Case, now: datetime) -> tuple[Openable, ...]:
    """What an officer may open now, by the rules by which it is opened, and of the rest why not; evidence and reasons are still to come."""
    policy = office.ruling(case.agency, case.pack, Scope.OUTCOMES, now).policy
    others = tx.consequences.of_case(case.id)
    return tuple(_openable(tx, case, proposal, policy, others, now) for proposal in Proposal)


def _openable(tx: Tx, case: Case, proposal: Proposal, policy: Policy, others: Sequence[Consequence], now: datetime) -> Openable:
    errors, fit = list[Invalid | Refusal](), list[str]()
    for act in ("", *(one.row for grade in GRAVITY for one in policy.acts if one.grade == grade)):
        given = Opening(proposal=proposal, by="", evidence=(), act=act)
        try:
            _, weighed = admitted(tx, case, given, policy, others, now)
            unruled.refuse_unended(case.id, proposal, _grade(case, policy, weighed, act), policy)
        except (Invalid, Refusal) as error:
            errors.append(error)
        else:
            fit.append(act)
    # of the gravest act that could be meant; what a named act lacks is said only where nothing else is
    told = None if fit else next((one for one in reversed(errors) if isinstance(one, Refusal)), errors[0])
    return Openable(proposal=proposal, acts=tuple(fit), error=told)


def admitted(
    tx: Tx, case: Case, given: Opening, policy: Policy, others: Sequence[Consequence], now: datetime
) -> tuple[Outcome, Outcome]:
    """By which outcome a proceeding is opened, and by whose row it is graded. Raises Refusal, Invalid where it may not be.

    Its act is one that the catalogue has for the outcome, as in a review; an entry names one, anything else may leave it out (8.2).
    """
    proposal = given.proposal
    limitation.refuse_untrue(case, given, now.date())
    if proposal is not Proposal.TRANSFER_JUDICIAL and objections.holds(tx, case.id):
        raise Refusal("objection_holds", case=case.id)
    if proposal not in policy.consequences:
        raise Refusal("consequence_unruled", proposal=proposal, pack=policy.label)
    outcome = _outcome(case, policy, proposal)
    weighed = failing.weighed(given, outcome, policy, others)
    found(policy.acts, weighed, policy.outcomes[weighed].grade if proposal is Proposal.RECORD_CREDIT else None, given.act)
    _beside(case, proposal, others, _grade(case, policy, weighed, given.act))
    late = limitation.late(case, given, policy.consequences[proposal], tx.cases.evidence(case.id), now.date())
    if late is not None:
        raise late
    return outcome, weighed


def _grade(case: Case, policy: Policy, weighed: Outcome, named_act: str) -> str | None:
    act = next((one for one in policy.acts if one.row == named_act), None)
    return ending.graded(policy.outcomes[weighed], act, concluded=case.concluded_at is not None)


def _outcome(case: Case, policy: Policy, proposal: Proposal) -> Outcome:
    """What a proposal goes by: the case's outcome against its subject; of a transfer in review the suspicion."""
    if proposal is Proposal.TRANSFER_JUDICIAL and case.state is CaseState.REVIEW:
        return Outcome.FALSE_KNOWING
    if case.state is not CaseState.CLOSED or case.outcome is None or not adverse(policy.outcomes[case.outcome]):
        raise Refusal("consequence_not_adverse", case=case.id, state=case.state, outcome=case.outcome)
    if wrong_stage(case, proposal):
        raise Refusal("consequence_wrong_stage", case=case.id, proposal=proposal)
    if proposal is Proposal.RECORD_CREDIT and policy.outcomes[case.outcome].grade is None:
        raise Refusal("consequence_ungraded", case=case.id, outcome=case.outcome)
    return case.outcome


def wrong_stage(case: Case, proposal: Proposal) -> bool:
    """Whether a proposal is for the other stage: what is not concluded yet is terminated, what is, rectified or revoked (2.7)."""
    return proposal in ALTERNATIVES and (proposal is Proposal.TERMINATE) is (case.concluded_at is not None)


def _beside(case: Case, proposal: Proposal, others: Sequence[Consequence], grade: str | None) -> None:
    """What cannot stand beside what is there already; an entry gives way to a graver one once an order has failed (handbook 2.7)."""
    mine = [one for one in others if one.proposal is proposal and (one.open or one.state is ConsequenceState.IMPOSED)]
    graver = proposal is Proposal.RECORD_CREDIT and failing.graver(grade, others)
    same = next((one for one in mine if one.open or not graver), None)
    if same is not None and proposal is Proposal.RECORD_CREDIT and failing.waits(grade, same, others):
        raise Refusal("consequence_lighter_open", consequence=same.id, state=same.state)
    if same is not None:
        raise Refusal("consequence_there", consequence=same.id, proposal=proposal, state=same.state)
    mains = [one for one in others if one.proposal in ALTERNATIVES and (one.open or one.state is ConsequenceState.IMPOSED)]
    if proposal in ALTERNATIVES and mains:
        raise Refusal("consequence_alternative", consequence=mains[0].id, proposal=mains[0].proposal)
    if proposal is Proposal.SUSPEND and not any(one.open for one in mains):
        raise Refusal("consequence_no_main", case=case.id)
    if proposal is Proposal.RECORD_CREDIT and case.entry is not None and not case.overtaken and not graver:
        raise Refusal("consequence_entered", consequence=case.id, entry=case.entry)
    if proposal is Proposal.PENALTY:
        if (other := transfer(others)) is not None:
            raise Refusal("consequence_transfer_open", consequence=case.id, transfer=other.id)
        rectified = next((one for one in others if one.state is ConsequenceState.RECTIFIED and spared(one)), None)
        if rectified is not None:
            raise Refusal("consequence_spared", consequence=rectified.id)


def transfer(others: Sequence[Consequence]) -> Consequence | None:
    """The transfer that keeps a penalty away."""
    return next((one for one in others if one.bars_penalty), None)

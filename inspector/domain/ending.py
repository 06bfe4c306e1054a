"""How a verification ends, or comes to a person: with an outcome and its credit entry, or with a date by which an officer decides.

Invariant: a case has one credit entry (`Case.entry`) at most. One to its subject's discredit is there only while the outcome that it
states stands: whatever makes that fall orders it taken back in the same decision. One of a kept promise is taken back by no lead: it
stands while an officer sees the case again, is not entered twice, and where he or she decides otherwise stands until two officers have
struck it (`Case.overtaken`; decision 164). Whoever leaves the house, by withdrawal or sent back, takes it along.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain.act import GRAVITY, ActRow
from inspector.domain.assistance import TIMERS
from inspector.domain.calendar import WorkingCalendar, due, reminder
from inspector.domain.case import Case, CaseState, Outcome
from inspector.domain.decision import Because, Decision, Order, OrderKind, Told
from inspector.domain.discretion import whose
from inspector.domain.duty import Rule
from inspector.domain.errors import Refusal
from inspector.domain.evidence import GOOD
from inspector.domain.policy import OutcomeRow, Policy
from inspector.domain.proposal import Proposal
from inspector.domain.selfproof import WAITS
from inspector.domain.start import StartEvent
from inspector.domain.terms import ReviewTerm
from inspector.domain.timer import Timer

OWN_WORK = frozenset({OrderKind.RATE, OrderKind.ASK, OrderKind.VERIFY_DUE, OrderKind.SUSPENSION_END})
"""The case's own work that has no purpose once an officer has it. Requests to other agencies stay open and keep their clocks: what they
answer is heard until the case is over, and a request without a next step would wait for ever."""

OPEN_WORK = OWN_WORK | TIMERS | WAITS | {OrderKind.GUIDANCE_DUE}
"""Work that has no purpose once a verification is over. What others must still hear (letters, notices, entries) is not in it."""

HELD = "credit.held"
"""The event that an entry to somebody's discredit was not ordered: the pack has no rule by which it would become one (handbook 1.7.11)."""

REVIEW_WORK = frozenset({OrderKind.REVIEW_REMIND, OrderKind.REVIEW_DUE})
"""The clocks of a review: they end with it."""

LEAVES = OPEN_WORK | REVIEW_WORK | {OrderKind.CREDIT}
"""What ends when a case leaves the house, whoever takes it out: nothing is verified, decided or entered about it any more."""


def end(  # noqa: PLR0913 - an end in all its parts
    case: Case,
    outcome: Outcome,
    policy: Policy,
    now: datetime,
    because: Because,
    by: str,
    *,
    orders: tuple[Order, ...] = (),
    told: tuple[Told, ...] = (),
    act: ActRow | None = None,
) -> Decision[Case]:
    """Close with an outcome: the approving system hears the result and each proposal, the credit platform gets its entry.

    An `act` of the pack's catalogue gives the entry its grade. What is proposed depends on whether the matter is concluded: one and
    the same is not both terminated and rectified.
    """
    row = policy.outcomes[outcome]
    heard: list[Told] = [*told, Told(type="verification.result", data={"outcome": outcome.value, "decided_by": whose(by)})]
    proposed = proposals(case, row, policy, act)
    heard += [Told(type="consequence.proposed", data=_proposed(case, row, act, proposal)) for proposal in proposed]
    if _held(case, row, policy, act):
        grade = graded(row, act, concluded=case.concluded_at is not None)
        heard.append(Told(type="credit.held", data={"grade": grade, "row": row.row, "pack": policy.label}))
    state = replace(
        case.going_on(now), state=CaseState.CLOSED, outcome=outcome, ended_at=now, review_reason=None, review_term=None
    )
    if case.entry is not None:  # of a promise that had been found kept: no rule takes it away, and nobody is entered twice
        state = replace(state, overtaken=outcome not in GOOD or discredits(case, row, act))
    elif row.grade is not None and Proposal.RECORD_CREDIT not in proposed and not _held(case, row, policy, act):
        entered = entry(case, row, act, by, now)
        state, orders = replace(state, entry=entered.key), (*orders, entered)
    ends = OPEN_WORK | REVIEW_WORK if case.state is CaseState.REVIEW else OPEN_WORK
    return Decision(state=state, because=because, orders=orders, told=tuple(heard), ends=ends)


def proposals(case: Case, row: OutcomeRow, policy: Policy, act: ActRow | None) -> tuple[Proposal, ...]:
    """What an outcome proposes at the stage of the matter; an entry to somebody's discredit too, where the pack lets an officer decide it.

    By a pack without a row for it nothing of the kind is ordered (`HELD`); a kept promise is entered in any case.
    """
    held = row.stages[case.concluded_at is not None]
    decided = discredits(case, row, act) and Proposal.RECORD_CREDIT in policy.consequences
    return (*held, Proposal.RECORD_CREDIT) if decided and Proposal.RECORD_CREDIT not in held else held


def discredits(case: Case, row: OutcomeRow, act: ActRow | None) -> bool:
    """Whether an outcome has an entry to its subject's discredit at the stage of the matter."""
    return graded(row, act, concluded=case.concluded_at is not None) in GRAVITY


def _held(case: Case, row: OutcomeRow, policy: Policy, act: ActRow | None) -> bool:
    """Whether an entry to somebody's discredit waits for a pack that says by which notice, defence and decision it is made."""
    return discredits(case, row, act) and Proposal.RECORD_CREDIT not in policy.consequences


def _proposed(case: Case, row: OutcomeRow, act: ActRow | None, proposal: Proposal) -> dict[str, object]:
    """What is told of a proposal; of an entry to somebody's discredit also how grave it would be."""
    grade = graded(row, act, concluded=case.concluded_at is not None)
    return {"proposal": proposal.value, "row": row.row, **({"grade": grade} if proposal is Proposal.RECORD_CREDIT else {})}


def to_review(
    case: Case,
    why: str,
    policy: Policy,
    now: datetime,
    calendar: WorkingCalendar,
    because: Because,
    *,
    orders: tuple[Order, ...] = (),
    told: tuple[Told, ...] = (),
) -> Decision[Case]:
    """Hand a case to an officer, with the pack's term for the decision. The clock reminds people; it decides nothing."""
    row = policy.term(Timer.REVIEW)
    counted = due(now, row.term, calendar, StartEvent.REVIEW_OPENED)
    term = ReviewTerm(
        opened_at=now, due_at=counted.at, due_provisional=counted.provisional, due_counted=counted.counted, basis=row.basis
    )
    soon = reminder(counted.at, policy.term(Timer.REVIEW_REMIND).term.amount, calendar)
    clocks = tuple(
        Order(
            kind=kind,
            key=f"{kind.value}:{case.id}:{case.version}",
            due_at=at,
            urgent_by=counted.at,
            case_id=case.id,
        )
        for kind, at in ((OrderKind.REVIEW_REMIND, max(soon, now)), (OrderKind.REVIEW_DUE, counted.at))
    )
    state = replace(case.going_on(now), state=CaseState.REVIEW, outcome=None, ended_at=None, review_reason=why, review_term=term)
    opened = Told(type="review.opened", data={"reason": why, "due_at": counted.at.isoformat()})
    facts = {**because.facts, "review_due_at": counted.at.isoformat()}
    basis = tuple(dict.fromkeys((*because.basis, row.basis)))
    return Decision(
        state=state,
        because=replace(because, basis=basis, facts=facts),
        orders=(*orders, *clocks),
        told=(*told, opened),
        ends=frozenset({OrderKind.CREDIT}) if case.state is CaseState.CLOSED else OWN_WORK,
    )


def refuse_gone(case: Case) -> None:
    """Raise Refusal (`already_withdrawn`, `already_sent_back`) for a case that has left the house: of it there is nothing to decide."""
    if case.state is CaseState.WITHDRAWN:
        raise Refusal("already_withdrawn", case=case.id)
    if case.state is CaseState.SENT_BACK:
        raise Refusal("already_sent_back", case=case.id)


def leave(case: Case, state: CaseState, outcome: Outcome | None, now: datetime) -> Case:
    """The case as it leaves the house: its clock goes on to its end, and nothing of it waits or stands any more."""
    return replace(
        without_entry(case.going_on(now)), state=state, outcome=outcome, ended_at=now, review_reason=None, review_term=None
    )


def without_entry(case: Case) -> Case:
    """The case once its credit entry is taken back."""
    return replace(case, entry=None, overtaken=False)


def reopen(case: Case, why: str, policy: Policy, now: datetime, calendar: WorkingCalendar, because: Because) -> Decision[Case]:
    """Hand a case that was over to an officer: its outcome does not stand meanwhile.

    What speaks against its subject does not stand either, and is taken back. What opens it again is a lead: by it a kept promise loses
    nothing (handbook 1.7.14, 2.7).
    """
    if keeps(case, policy):
        opened = to_review(replace(case, send_back=None), why, policy, now, calendar, because)
        return replace(opened, told=tuple(replace(one, data={**one.data, "entry": case.entry}) for one in opened.told))
    orders = take_back(case, "REOPENED", policy.basis(Rule.FINDING), now)
    return to_review(replace(without_entry(case), send_back=None), why, policy, now, calendar, because, orders=orders)


def keeps(case: Case, policy: Policy) -> bool:
    """Whether the entry of a case is that of a kept promise: its outcome discredits nobody, or came after it."""
    row = policy.outcomes.get(case.outcome) if case.outcome is not None else None
    good = row is not None and row.outcome in GOOD and not discredits(case, row, None)
    return case.entry is not None and (case.overtaken or good)


def take_back(case: Case, reason: str, basis: str, now: datetime) -> tuple[Order, ...]:
    """The order to take the case's credit entry back, where it has one: its outcome does not stand any more (rule 1.1.5)."""
    if case.entry is None:
        return ()
    order = Order(
        kind=OrderKind.CREDIT_RETRACT,
        key=retraction_key(case.entry),
        due_at=now,
        urgent_by=now,
        case_id=case.id,
        payload={"entry": case.entry, "reason": reason, "basis": basis, "at": now.isoformat()},
    )
    return (order,)


def retraction_key(entry: str) -> str:
    """The idempotency key under which an entry is taken back: the platform sees the same one however often it is tried."""
    return f"{OrderKind.CREDIT_RETRACT.value}:{entry}"


def graded(row: OutcomeRow, act: ActRow | None, *, concluded: bool) -> str | None:
    """How grave an entry is: as the act is that was found, but of a matter not yet decided no graver than the pack says (handbook 2.7).

    The decision, the entry and every explanation have it from here. None: there is no entry.
    """
    if act is None:
        return row.graded(concluded=concluded)
    capped = None if concluded else row.undecided_grade
    return capped if capped in GRAVITY and GRAVITY.index(capped) < GRAVITY.index(act.grade) else act.grade


def entry(case: Case, row: OutcomeRow, act: ActRow | None, by: str, now: datetime, *, grade: str | None = None) -> Order:
    """The performance entry, good ones too (handbook 1.7.14). A later review of the same case is a new entry by its version.

    `grade`: that of an officer's decision, where there was one.
    """
    return Order(
        kind=OrderKind.CREDIT,
        key=f"{OrderKind.CREDIT.value}:{case.id}:{case.version}",
        due_at=now,
        urgent_by=case.strategy.due_at if case.strategy else now,
        case_id=case.id,
        payload={
            "kind": case.subject.kind.value,
            "code": case.subject.code,
            "grade": grade or graded(row, act, concluded=case.concluded_at is not None),
            "outcome": row.outcome.value,
            "basis": row.basis if act is None else f"{row.basis};{act.basis}",
            **({} if act is None else {"act": act.row}),
            **({"bars": True} if act is not None and act.bars else {}),
            "by": by,
            "at": now.isoformat(),
        },
    )

"""The way of a case, as pure rules: choose the strategy, weigh each answer, go to the next way, end or hand to a person.

Invariant: no rule here ends a case against its subject. A case ends by itself only as `TRUE`, when every claim has fresh matching
evidence; every other end is an officer's (handbook 2.7, scenario 14; PIPL art. 24).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from inspector.domain.admission import admit
from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.case import (
    Case,
    CaseState,
    ClaimFile,
    ClaimStatus,
    Method,
    Outcome,
    Rated,
    Route,
    Strategy,
)
from inspector.domain.decision import Because, Decision, Order, OrderKind, Told
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Evidence, Verdict, carry
from inspector.domain.policy import Item, Policy, steps

OPEN_WORK = frozenset(
    {
        OrderKind.RATE,
        OrderKind.ASK,
        OrderKind.VERIFY_DUE,
        OrderKind.ASSIST_REMIND,
        OrderKind.ASSIST_DUE,
        OrderKind.ASSIST_END,
    }
)
"""Work that has no purpose once a verification is over. What others must still hear (letters, notices, entries) is not in it."""


def begin(
    case: Case, policy: Policy, level: Rated | None, now: datetime, calendar: WorkingCalendar, *, lane: str = ""
) -> Decision[Case]:
    """Open a case. `level` None asks for a look-up first (over `lane`); an exempt item or the certificate route only enrols."""
    item = admit(case, policy, now)
    if case.route is Route.CERTIFICATE or item.exempt:
        return _enrol(case, policy, item)
    if level is None:
        order = Order(
            kind=OrderKind.RATE,
            key=f"rate:{case.id}:{case.version}",
            due_at=now,
            urgent_by=now,
            lane=lane,
            case_id=case.id,
            payload={"kind": case.subject.kind.value, "code": case.subject.code},
        )
        because = Because(rule="credit.look_up", basis=(item.basis,), pack=policy.label)
        return Decision(state=replace(case, state=CaseState.RATING), because=because, orders=(order,))
    return choose(case, policy, level, now, calendar)


def choose(case: Case, policy: Policy, level: Rated, now: datetime, calendar: WorkingCalendar) -> Decision[Case]:
    """Choose the strategy row by item profile and level, freeze both into the case, and order the first step of each claim."""
    item = policy.item(case.item)
    row = policy.strategy(item.profile, level.level)
    term = due(case.opened_at, item.verify, calendar)
    strategy = Strategy(
        row=row.row,
        basis=row.basis,
        pack=policy.label,
        level=level,
        item_profile=item.profile,
        before_decision=row.before_decision,
        stratum=row.stratum,
        due_at=term.at,
        due_provisional=term.provisional,
        due_counted=term.counted,
    )
    files = tuple(replace(held, steps=steps(policy, item, item.fact(held.claim.fact), row)) for held in case.claims)
    chosen = replace(case, state=CaseState.VERIFYING, strategy=strategy, claims=files)
    timer = Order(
        kind=OrderKind.VERIFY_DUE, key=f"verify.due:{case.id}:{case.version}", due_at=term.at, urgent_by=term.at, case_id=case.id
    )
    facts = {
        "item": item.code,
        "profile": item.profile.value,
        "level": level.level,
        "level_as_of": level.as_of.isoformat() if level.as_of else None,
        "level_source": level.source,
        "level_reason": level.reason.value,
        **level.facts,
        "before_decision": row.before_decision,
        "row": row.row,
        "verify": str(item.verify),
        "due_at": term.at.isoformat(),
        "due_provisional": term.provisional,
    }
    because = Because(rule="strategy.choose", basis=(row.basis, item.verify_basis), pack=policy.label, facts=facts)
    told = Told(
        type="verification.started",
        data={"before_decision": row.before_decision, "due_at": term.at.isoformat(), "row": row.row},
    )
    asked, orders = _enter(chosen, now, tuple(held.claim.key for held in files))
    return _close_if_settled(asked, policy, now, because, (timer, *orders), (told,))


def weigh(case: Case, evidence: Evidence, policy: Policy, now: datetime) -> Decision[Case]:
    """Weigh one piece of evidence: settle its claim or take the next way. Late evidence changes nothing and is kept."""
    held = case.file(evidence.claim)
    facts: dict[str, object] = {
        "claim": evidence.claim,
        "method": evidence.method.value,
        "verdict": evidence.verdict.value,
        "fresh": evidence.fresh,
        "via": evidence.via,
        "evidence": evidence.id,
    }
    because = Because(rule="evidence.weigh", basis=_basis(held), pack=case.pack, facts=facts)
    if case.state is not CaseState.VERIFYING or held.status is not ClaimStatus.OPEN:
        return Decision(state=case, because=replace(because, rule="evidence.late"))
    settled = _status(evidence)
    if settled is not None:
        because = replace(because, facts={**facts, "status": settled.value})
        return _close_if_settled(case.with_file(replace(held, status=settled)), policy, now, because, (), ())
    if held.step is None or held.step.method is not evidence.method or held.step.via != evidence.via:
        return Decision(state=case, because=replace(because, rule="evidence.late"))
    moved, orders = _enter(case.with_file(replace(held, at=held.at + 1)), now, (evidence.claim,))
    on = moved.file(evidence.claim)
    because = replace(because, facts={**facts, "status": on.status.value, "next": on.step.method.value if on.step else None})
    return _close_if_settled(moved, policy, now, because, orders, ())


def _status(evidence: Evidence) -> ClaimStatus | None:
    """What the evidence settles, or None: silence, outage, no record and garbage settle nothing (handbook scenarios 9, 10)."""
    match evidence.verdict:
        case Verdict.MATCH:
            return ClaimStatus.PROVEN if evidence.fresh else None
        case Verdict.MISMATCH:
            return ClaimStatus.CONTRADICTED if evidence.fresh else ClaimStatus.STALE_LEAD
        case Verdict.NOT_FOUND | Verdict.CANNOT_SAY | Verdict.NO_ANSWER:
            return None


def overdue(case: Case, policy: Policy, now: datetime) -> Decision[Case]:
    """The verification term has run out: what is still open goes to a person, as undetermined, never as untrue."""
    because = Because(rule="verification.overdue", basis=_case_basis(case), pack=case.pack)
    if case.state is not CaseState.VERIFYING:
        return Decision(state=case, because=replace(because, rule="timer.obsolete"))
    files = tuple(
        replace(held, status=ClaimStatus.UNDETERMINED) if held.status is ClaimStatus.OPEN else held for held in case.claims
    )
    return _close_if_settled(replace(case, claims=files), policy, now, because, (), (), reason="DEADLINE")


def withdraw(case: Case, reason: str, by: str, now: datetime) -> Decision[Case]:
    """The applicant takes the commitment back (the plan, item 9): with a reason, and only before the matter is concluded (办结)."""
    if case.state is CaseState.WITHDRAWN:
        raise Refusal("already_withdrawn", case=case.id)
    if case.concluded_at is not None:
        raise Refusal("already_concluded", case=case.id, concluded_at=case.concluded_at.isoformat())
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")
    state = replace(case, state=CaseState.WITHDRAWN, outcome=Outcome.WITHDRAWN, ended_at=now, review_reason=None)
    because = Because(rule="commitment.withdraw", basis=("S0:9",), pack=case.pack, facts={"reason": reason, "by": by})
    told = Told(type="commitment.withdrawn", data={"next": "ordinary_procedure"})
    return Decision(state=state, because=because, told=(told,), ends=OPEN_WORK | {OrderKind.ASSIST_SEND, OrderKind.CREDIT})


def conclude(case: Case, by: str, now: datetime) -> Decision[Case]:
    """The approving system says the matter is concluded (办结). Verification goes on; withdrawal is over."""
    if case.state is CaseState.WITHDRAWN:
        raise Refusal("already_withdrawn", case=case.id)
    because = Because(rule="matter.conclude", basis=("S0:9",), pack=case.pack, facts={"by": by})
    return Decision(state=replace(case, concluded_at=case.concluded_at or now), because=because)


def review(
    case: Case,
    outcome: Outcome,
    officer: str,
    reasons: str,
    cited: tuple[Evidence, ...],
    policy: Policy,
    now: datetime,
) -> Decision[Case]:
    """A named officer decides, with reasons; proposals and the credit grade follow from the pack.

    An adverse outcome (one with proposals, or with a grade other than that of `TRUE`) needs evidence of this case; one that says
    "untrue" needs a mismatch among it: silence, no record and outage carry it never. Raises Refusal, Invalid.
    """
    if case.state is not CaseState.REVIEW:
        raise Refusal("not_in_review", case=case.id, state=case.state)
    if outcome is Outcome.WITHDRAWN:
        raise Invalid("outcome_not_allowed", field="outcome")
    if not reasons.strip():
        raise Invalid("reason_missing", field="reasons")
    row = policy.outcomes[outcome]
    carry(outcome, cited, adverse=bool(row.proposals) or (row.grade is not None and outcome is not Outcome.TRUE))
    facts = {
        "officer": officer,
        "outcome": outcome.value,
        "reasons": reasons,
        "evidence": [piece.id for piece in cited],
        "review_reason": case.review_reason,
        "row": row.row,
    }
    because = Because(rule="officer.review", basis=(row.basis,), pack=case.pack, facts=facts)
    return _end(case, outcome, policy, now, because, officer, (), ())


def finding(case: Case, evidence: Evidence) -> Decision[Case]:
    """A visit to a drawn subject found something about a case that had ended well: a lead, so the case goes to a person again."""
    because = Because(
        rule="supervision.finding",
        basis=("S0:7",),
        pack=case.pack,
        facts={"claim": evidence.claim, "evidence": evidence.id, "verdict": evidence.verdict.value},
    )
    if case.state is not CaseState.CLOSED or evidence.verdict is not Verdict.MISMATCH:
        return Decision(state=case, because=replace(because, rule="evidence.late"))
    held = replace(case.file(evidence.claim), status=ClaimStatus.CONTRADICTED)
    state = replace(case.with_file(held), state=CaseState.REVIEW, outcome=None, review_reason="FINDING", ended_at=None)
    return Decision(state=state, because=because, told=(Told(type="review.opened", data={"reason": "FINDING"}),))


def wants_visit(case: Case) -> bool:
    """Whether an open claim can now only be settled on site."""
    return case.state is CaseState.VERIFYING and any(
        held.step is not None and held.step.method is Method.ON_SITE for held in case.claims
    )


def asked_others(case: Case) -> bool:
    """Whether another agency may have been asked for this case: then an end must be told to it."""
    return any(step.method is Method.ASSISTANCE for held in case.claims for step in held.steps[: held.at + 1])


def _enrol(case: Case, policy: Policy, item: Item) -> Decision[Case]:
    """No direct verification: the subject is under daily supervision by draw, like everybody else's (the plan, item 7)."""
    exempt = case.route is Route.COMMITMENT
    because = Because(
        rule="item.exempt" if exempt else "route.certificate",
        basis=(item.exempt_basis or item.basis,) if exempt else ("S0:2",),
        pack=policy.label,
        facts={"item": item.code, "route": case.route.value},
    )
    state = replace(case, state=CaseState.POOLED, ended_at=case.opened_at)
    return Decision(state=state, because=because, told=(Told(type="case.pooled", data={"exempt": exempt}),))


def _enter(case: Case, now: datetime, claims: tuple[str, ...]) -> tuple[Case, tuple[Order, ...]]:
    """Order the step each named claim has come to; a claim without a further way becomes undetermined."""
    orders: list[Order] = []
    for key in claims:
        held = case.file(key)
        if held.step is None:
            case = case.with_file(replace(held, status=ClaimStatus.UNDETERMINED))
        elif held.step.method is not Method.ON_SITE:
            orders.append(_order(case, held, now))
    return case, tuple(orders)


def _order(case: Case, held: ClaimFile, now: datetime) -> Order:
    """The order of one claim's present step. Its key names case, claim and step, so that writing it twice is one order."""
    step = held.step
    if step is None or case.strategy is None:
        raise ValueError("an order needs a step and a strategy")
    kind = OrderKind.ASK if step.method is Method.ONLINE_QUERY else OrderKind.ASSIST_SEND
    claim = held.claim
    payload = {
        "claim": claim.key,
        "fact": claim.fact,
        "claimed": claim.value,
        "on": claim.on.isoformat(),
        "kind": case.subject.kind.value,
        "code": case.subject.code,
        "via": step.via,
        "basis": step.basis,
        "ground": step.ground,
        "step": held.at,
    }
    return Order(
        kind=kind,
        key=f"{kind.value}:{case.id}:{claim.key}:{held.at}",
        due_at=now,
        urgent_by=case.strategy.due_at,
        lane=step.via,
        case_id=case.id,
        payload=payload,
    )


def _close_if_settled(
    case: Case,
    policy: Policy,
    now: datetime,
    because: Because,
    orders: tuple[Order, ...],
    told: tuple[Told, ...],
    *,
    reason: str | None = None,
) -> Decision[Case]:
    """End as TRUE when every claim is proven; hand to a person when nothing is open and something is not proven."""
    statuses = {held.status for held in case.claims}
    if ClaimStatus.OPEN in statuses:
        return Decision(state=case, because=because, orders=orders, told=told)
    if statuses == {ClaimStatus.PROVEN}:
        return _end(case, Outcome.TRUE, policy, now, because, "rule", orders, told)
    why = reason or next(
        status.value
        for status in (ClaimStatus.CONTRADICTED, ClaimStatus.STALE_LEAD, ClaimStatus.UNDETERMINED)
        if status in statuses
    )
    state = replace(case, state=CaseState.REVIEW, review_reason=why)
    return Decision(
        state=state,
        because=because,
        orders=tuple(order for order in orders if order.kind is not OrderKind.VERIFY_DUE),
        told=(*told, Told(type="review.opened", data={"reason": why})),
        ends=OPEN_WORK,
    )


def _end(
    case: Case,
    outcome: Outcome,
    policy: Policy,
    now: datetime,
    because: Because,
    by: str,
    orders: tuple[Order, ...],
    told: tuple[Told, ...],
) -> Decision[Case]:
    """Close with an outcome: the approving system hears the result and each proposal, the credit platform gets its entry."""
    row = policy.outcomes[outcome]
    state = replace(case, state=CaseState.CLOSED, outcome=outcome, ended_at=now, review_reason=None)
    heard: list[Told] = [*told, Told(type="verification.result", data={"outcome": outcome.value, "decided_by": by})]
    heard += [Told(type="consequence.proposed", data={"proposal": proposal.value, "row": row.row}) for proposal in row.proposals]
    if row.grade is not None and case.subject.kind is not None:
        orders = (*orders, _credit_order(case, outcome, row.grade, row.basis, by, now))
    kept = tuple(order for order in orders if order.kind is not OrderKind.VERIFY_DUE)
    return Decision(state=state, because=because, orders=kept, told=tuple(heard), ends=OPEN_WORK)


def _credit_order(case: Case, outcome: Outcome, grade: str, basis: str, by: str, now: datetime) -> Order:
    """The performance entry, good ones too (handbook 1.7.14). A later review of the same case is a new entry by its version."""
    payload: Mapping[str, object] = {
        "kind": case.subject.kind.value,
        "code": case.subject.code,
        "grade": grade,
        "outcome": outcome.value,
        "basis": basis,
        "by": by,
        "at": now.isoformat(),
    }
    urgent = case.strategy.due_at if case.strategy else now
    return Order(
        kind=OrderKind.CREDIT,
        key=f"credit:{case.id}:{case.version}",
        due_at=now,
        urgent_by=urgent,
        case_id=case.id,
        payload=payload,
    )


def _basis(held: ClaimFile) -> tuple[str, ...]:
    """The legal basis of the step a claim is at."""
    return (held.step.basis,) if held.step else ()


def _case_basis(case: Case) -> tuple[str, ...]:
    """The legal basis of the chosen strategy."""
    return (case.strategy.basis,) if case.strategy else ()

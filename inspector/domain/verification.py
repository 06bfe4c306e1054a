"""The way of a case, as pure rules: choose the strategy, weigh each answer, go to the next way, end or hand to a person.

Invariant: no rule here ends a case against its subject. A case ends by itself only as `TRUE`, when every claim has fresh matching
evidence; every other end is an officer's (handbook 2.7, scenario 14; PIPL art. 24).
How it ends or comes to a person is in `ending`, what persons decide in `review`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain import deadline
from inspector.domain.admission import admit, remarks
from inspector.domain.calendar import SHANGHAI, WorkingCalendar
from inspector.domain.case import (
    Case,
    CaseRemark,
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
from inspector.domain.duty import Rule
from inspector.domain.ending import end, to_review
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.notice import Notice
from inspector.domain.piece import fingerprint
from inspector.domain.policy import Item, Policy
from inspector.domain.strategy import strategy

FORMER = "FORMER"
"""Why an officer sees a case in which nothing speaks against what is promised now, but something against what was before."""


def begin(
    case: Case, policy: Policy, level: Rated | None, now: datetime, calendar: WorkingCalendar, *, lane: str = ""
) -> Decision[Case]:
    """Open a case. `level` None asks for a look-up first (over `lane`); an exempt item or the certificate route only enrols.

    The legal clock runs from here, since the date does not depend on the level: a look-up that never ends stops nobody's clock.
    """
    item = admit(case, policy, now)
    told = remarks(case, item)
    if case.route is Route.CERTIFICATE or item.exempt:
        return _enrol(replace(case, remarks=told), policy, item)
    case = deadline.dated(replace(case, remarks=told), item, calendar)
    term = case.verify_term
    assert term is not None, "what is verified has a date"
    moved = deadline.told_nearer(case, item, calendar)
    key = f"verify.due:{case.id}:{case.version}"
    timer = Order(kind=OrderKind.VERIFY_DUE, key=key, due_at=term.due_at, urgent_by=term.due_at, case_id=case.id)
    if level is None:
        order = Order(
            kind=OrderKind.RATE,
            key=f"rate:{case.id}:{case.version}",
            due_at=now,
            urgent_by=term.due_at,
            lane=lane,
            case_id=case.id,
            payload={"kind": case.subject.kind.value, "code": case.subject.code, "basis": item.basis},
        )
        because = Because(rule="credit.look_up", basis=(item.basis,), pack=policy.label)
        return Decision(state=replace(case, state=CaseState.RATING), because=because, orders=(timer, order), told=moved)
    chosen = choose(case, policy, level, now, calendar)
    chosen = replace(chosen, told=(*moved, *chosen.told))
    return chosen if chosen.state.state is not CaseState.VERIFYING else replace(chosen, orders=(timer, *chosen.orders))


def choose(case: Case, policy: Policy, level: Rated, now: datetime, calendar: WorkingCalendar) -> Decision[Case]:
    """Choose the strategy row by item profile and level, freeze both into the case, and order the first step of each claim.

    The notice that the letter answers bounds the ways: a claim that it leaves none comes to a person, as undetermined.
    """
    term = case.verify_term
    if term is None or case.letter is None:
        raise ValueError("a way is chosen for a case that was opened by a letter")
    item, version = policy.item(case.item), case.letter.notice_version
    # none that intake lets in answers an unknown notice; one of before that rule is verified by nothing, and so by a person
    notice = item.notice(version) or Notice(version=version, methods=frozenset(), basis=item.basis)
    found = strategy(policy, item, level, term, (held.claim.fact for held in case.claims), notice)
    row = found.row
    frozen = Strategy(
        row=row.row,
        basis=row.basis,
        pack=policy.label,
        level=level,
        item_profile=item.profile,
        before_decision=row.before_decision,
        stratum=row.stratum,
        due_at=term.due_at,
        due_provisional=term.due_provisional,
        due_counted=term.due_counted,
        notice=notice.version if notice.former else "",
    )
    files = tuple(replace(held, steps=ways) for held, ways in zip(case.claims, found.ways, strict=True))
    chosen = replace(case, state=CaseState.VERIFYING, strategy=frozen, claims=files)
    told = Told(
        type="verification.started",
        data={"before_decision": row.before_decision, "due_at": term.due_at.isoformat(), "row": row.row},
    )
    asked, orders = _enter(chosen, now, tuple(held.claim.key for held in files))
    return _close_if_settled(asked, policy, now, calendar, found.because, orders=orders, told=(told,))


def weigh(
    case: Case, evidence: Evidence, policy: Policy, now: datetime, calendar: WorkingCalendar, *, given_up: bool = True
) -> Decision[Case]:
    """Weigh one piece of evidence: settle its claim or take the next way. Late evidence changes nothing and is kept.

    While the case is under way a claim whose ways are used up is settled by what comes for it late. `given_up` False: as releases
    before did, where it stayed undetermined.

    A fresh answer that says otherwise than the one that had settled the claim is never late while the case is open: the two are in
    conflict, and a person decides between them (`conflicts`). So is an agency's or an inspector's lead of another day a lead.
    """
    before = case.file(evidence.claim)
    held = heard(before, evidence)
    case = case.with_file(held)
    facts: dict[str, object] = {
        "claim": evidence.claim,
        "method": evidence.method.value,
        "verdict": evidence.verdict.value,
        "via": evidence.via,
        "evidence": evidence.id,
        "digest": fingerprint(evidence),
    }
    if evidence.verdict in (Verdict.MATCH, Verdict.MISMATCH):  # only an answer has an age
        facts["fresh"] = evidence.fresh
    because = Because(rule="evidence.weigh", basis=_basis(held), pack=case.pack, facts=facts)
    said = (
        evidence.method in (Method.ASSISTANCE, Method.ON_SITE)
        and evidence.verdict is Verdict.MISMATCH
        and held.status is ClaimStatus.PROVEN
    )
    if conflicts(before, evidence) and case.state in (CaseState.VERIFYING, CaseState.REVIEW):
        torn = in_conflict(case, held, because)
        return torn if case.state is CaseState.REVIEW else _close_if_settled(torn.state, policy, now, calendar, torn.because)
    settled = settles(evidence)
    waits = held.status is ClaimStatus.OPEN or said
    came_late = given_up and held.status is ClaimStatus.UNDETERMINED and settled is not None
    if case.state is not CaseState.VERIFYING or not (waits or came_late):
        return Decision(state=case, because=replace(because, rule="evidence.late"))
    if settled is not None:
        because = replace(because, facts={**facts, "status": settled.value})
        return _close_if_settled(case.with_file(replace(held, status=settled)), policy, now, calendar, because)
    if held.step is None or held.step.method is not evidence.method or held.step.via != (evidence.instead_of or evidence.via):
        return Decision(state=case, because=replace(because, rule="evidence.late"))
    moved, orders = _enter(case.with_file(replace(held, at=held.at + 1)), now, (evidence.claim,))
    on = moved.file(evidence.claim)
    because = replace(because, facts={**facts, "status": on.status.value, "next": on.step.method.value if on.step else None})
    return _close_if_settled(moved, policy, now, calendar, because, orders=orders)


def heard(held: ClaimFile, evidence: Evidence) -> ClaimFile:
    """The claim, which remembers that a fresh answer has agreed with it, or contradicted it, whatever it settles.

    What was settled before this was remembered is told by the status.
    """
    agreed = held.agreed or held.status in _AGREED or (evidence.fresh and evidence.verdict is Verdict.MATCH)
    denied = held.denied or held.status in _DENIED or (evidence.fresh and evidence.verdict is Verdict.MISMATCH)
    return held if (agreed, denied) == (held.agreed, held.denied) else replace(held, agreed=agreed, denied=denied)


def conflicts(held: ClaimFile, evidence: Evidence) -> bool:
    """Whether fresh evidence says otherwise than fresh evidence that came before it, whether that had settled the claim or not."""
    if not evidence.fresh:
        return False
    if evidence.verdict is Verdict.MISMATCH:
        return held.agreed or held.status in _AGREED
    return evidence.verdict is Verdict.MATCH and (held.denied or held.status in _DENIED)


_AGREED = frozenset({ClaimStatus.PROVEN, ClaimStatus.CONFLICT})
_DENIED = frozenset({ClaimStatus.CONTRADICTED, ClaimStatus.CONFLICT})


def spoken_against(held: ClaimFile, evidence: Evidence) -> ClaimFile:
    """A claim of a case that was over, with a contradiction that came to it: in conflict, contradicted, or a lead.

    `held` is the claim before it. A lead of another day takes the place of nothing that a fresh answer had contradicted.
    """
    told = heard(held, evidence)
    if conflicts(held, evidence) or held.status is ClaimStatus.CONFLICT:
        return replace(told, status=ClaimStatus.CONFLICT)
    if not evidence.fresh and held.status is ClaimStatus.CONTRADICTED:
        return told
    return replace(told, status=settles(evidence) or held.status)


def in_conflict(case: Case, held: ClaimFile, because: Because) -> Decision[Case]:
    """The claim's two answers are in conflict: said to whoever reviews the case, where it is with a person already."""
    told = replace(because, rule="evidence.conflict", facts={**because.facts, "status": ClaimStatus.CONFLICT.value})
    torn = case.with_file(replace(held, status=ClaimStatus.CONFLICT))
    reviewed = case.state is CaseState.REVIEW
    return Decision(state=replace(torn, review_reason=ClaimStatus.CONFLICT.value) if reviewed else torn, because=told)


def settles(evidence: Evidence) -> ClaimStatus | None:
    """What the evidence settles, or None: silence, outage, no record and garbage settle nothing (handbook scenarios 9, 10)."""
    match evidence.verdict:
        case Verdict.MATCH:
            return ClaimStatus.PROVEN if evidence.fresh else None
        case Verdict.MISMATCH:
            return ClaimStatus.CONTRADICTED if evidence.fresh else ClaimStatus.STALE_LEAD
        case Verdict.NOT_FOUND | Verdict.CANNOT_SAY | Verdict.NO_ANSWER:
            return None


def overdue(case: Case, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Case]:
    """The verification term has run out: what is still open goes to a person, as undetermined, never as untrue.

    So does a case whose level is still being looked up.
    """
    because = Because(rule="verification.overdue", basis=_case_basis(case), pack=case.pack)
    if case.state not in (CaseState.RATING, CaseState.VERIFYING):
        return Decision(state=case, because=replace(because, rule="timer.obsolete"))
    files = tuple(
        replace(held, status=ClaimStatus.UNDETERMINED) if held.status is ClaimStatus.OPEN else held for held in case.claims
    )
    return _close_if_settled(replace(case, claims=files), policy, now, calendar, because, reason="DEADLINE")


def wants_visit(case: Case) -> bool:
    """Whether an open claim can now only be settled on site."""
    return case.state is CaseState.VERIFYING and any(
        held.step is not None and held.step.method is Method.ON_SITE for held in case.claims
    )


def asked_others(case: Case) -> bool:
    """Whether another agency may have been asked for this case: then an end must be told to it."""
    return any(step.method is Method.ASSISTANCE for held in case.claims for step in held.steps[: held.at + 1])


def asked_subject(case: Case) -> bool:
    """Whether the subject may have been asked to show something: then the end of the case ends that, too."""
    return any(step.method is Method.DOCUMENT for held in case.claims for step in held.steps[: held.at + 1])


def _enrol(case: Case, policy: Policy, item: Item) -> Decision[Case]:
    """No direct verification: the subject is under daily supervision by draw, like everybody else's (the plan, item 7)."""
    exempt = case.route is Route.COMMITMENT
    because = Because(
        rule="item.exempt" if exempt else "route.certificate",
        basis=(item.exempt_basis or item.basis,) if exempt else (policy.basis(Rule.CERTIFICATE),),
        pack=policy.label,
        facts={"item": item.code, "route": case.route.value} | (_review(item, case) if exempt else {}),
    )
    state = replace(case, state=CaseState.POOLED, ended_at=case.opened_at)
    return Decision(state=state, because=because, told=(Told(type="case.pooled", data={"exempt": exempt}),))


def _review(item: Item, case: Case) -> dict[str, object]:
    """By when the exemption is to be reviewed, and whether that date had passed when the case came in: the exemption still stands."""
    told = {"exempt_review_by": item.exempt_review_by.isoformat() if item.exempt_review_by else None}
    late = item.unreviewed(case.opened_at.astimezone(SHANGHAI).date())
    return told | ({"exempt_unreviewed": True} if late else {})


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
    kinds = {Method.ASSISTANCE: OrderKind.ASSIST_SEND, Method.DOCUMENT: OrderKind.SELF_PROOF_ASK}
    kind = kinds.get(step.method, OrderKind.ASK)
    claim = held.claim
    payload = {
        "item": case.item,
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
        "record": step.record,
        "method": step.method.value,
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
    calendar: WorkingCalendar,
    because: Because,
    *,
    orders: tuple[Order, ...] = (),
    told: tuple[Told, ...] = (),
    reason: str | None = None,
) -> Decision[Case]:
    """End as TRUE when every claim is proven; hand to a person when nothing is open and something is not proven.

    Where an answer contradicts what had been promised before a correction, a person ends the case, whatever is proven now.
    """
    statuses = {held.status for held in case.claims}
    if ClaimStatus.OPEN in statuses:
        return Decision(state=case, because=because, orders=orders, told=told)
    if statuses == {ClaimStatus.PROVEN} and CaseRemark.FORMER_MISMATCH not in case.remarks:
        return end(case, Outcome.TRUE, policy, now, because, "rule", orders=orders, told=told)
    unproven = (ClaimStatus.CONFLICT, ClaimStatus.CONTRADICTED, ClaimStatus.STALE_LEAD, ClaimStatus.UNDETERMINED)
    why = reason or next((status.value for status in unproven if status in statuses), FORMER)
    return to_review(case, why, policy, now, calendar, because, orders=orders, told=told)


def _basis(held: ClaimFile) -> tuple[str, ...]:
    """The legal basis of the step a claim is at."""
    return (held.step.basis,) if held.step else ()


def _case_basis(case: Case) -> tuple[str, ...]:
    """The legal basis of the chosen strategy, or of the case's date while there is none."""
    held = case.strategy or case.verify_term
    return (held.basis,) if held else ()

"""Why a case stands where it stands, for a person: rows, facts, articles, what was asked and came back, what is due next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.case import Case, CaseState, ClaimFile, ClaimStatus, Method, Outcome, Route, SubjectKind
from inspector.domain.decision import OrderKind
from inspector.domain.errors import InspectorError
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.policy import Policy
from inspector.domain.visit import SeatState, Visit, VisitState
from inspector.flows.office import Office
from inspector.store.room import Row
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A legal basis: the code as decisions store it, and what it cites."""

    code: str
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The chosen row: of which pack version, by which facts, resting on which articles, and how the date was counted."""

    row: str
    pack: str
    title: str
    profile: str
    level: str
    level_name: str
    level_source: str
    level_as_of: datetime | None
    level_reason: str
    before_decision: bool
    stratum: str | None
    basis: tuple[Article, ...]
    due_at: datetime
    due_provisional: bool
    due_explained: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way a claim may be verified."""

    method: Method
    via: str
    basis: tuple[Article, ...]
    under_way: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A promised fact, its ways and what is known."""

    key: str
    fact: str
    name: str
    value: str
    on: date
    status: ClaimStatus
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was asked and what came back."""

    id: str
    claim: str
    method: Method
    via: str
    verdict: Verdict
    fresh: bool
    asked_at: datetime
    as_of: datetime | None
    note: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A request for assistance."""

    id: str
    requested: str
    claim: str
    ground: str
    basis: tuple[Article, ...]
    state: AssistanceState
    opened_at: datetime
    due_at: datetime
    due_provisional: bool
    due_explained: str
    escalated_to: str | None
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A visit that serves the case."""

    id: str
    draw: str
    state: VisitState
    due_at: datetime
    seats: tuple[SeatState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One decision of the ledger."""

    at: datetime
    rule: str
    pack: str
    basis: tuple[Article, ...]
    facts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What is due."""

    kind: OrderKind
    at: datetime
    lane: str
    state: str
    error: str
    counted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything a person needs to understand one case."""

    case: str
    agency: str
    reference: str
    route: Route
    item: str
    item_name: str
    pack: str
    subject_kind: SubjectKind
    subject_name: str
    subject_warnings: tuple[str, ...]
    state: CaseState
    outcome: Outcome | None
    review_reason: str | None
    opened_at: datetime
    why: Why | None
    claims: tuple[Claimed, ...]
    heard: tuple[Heard, ...]
    letters: tuple[Letter, ...]
    visits: tuple[Call, ...]
    decisions: tuple[Taken, ...]
    next: tuple[Next, ...]


def explain(office: Office, tx: Tx, case_id: str) -> Explanation:
    """Explain a case from what is stored about it. Raises Missing; whether the asker may know of it is the caller's affair."""
    case = tx.cases.get(case_id)
    policy = office.book.get(case.pack)
    calls = [(held, tuple(seat.state for seat in tx.visits.team(held.id))) for held in tx.visits.of_case(case_id)]
    open_work = [row for row in _work(tx, case_id) if row["state"] != "done"]
    return Explanation(
        case=case.id,
        agency=case.agency,
        reference=case.reference,
        route=case.route,
        item=case.item,
        item_name=policy.item(case.item).name,
        pack=policy.label,
        subject_kind=case.subject.kind,
        subject_name=case.subject.name,
        subject_warnings=case.subject.warnings,
        state=case.state,
        outcome=case.outcome,
        review_reason=case.review_reason,
        opened_at=office.calendar.local(case.opened_at),
        why=_why(office, case, policy),
        claims=tuple(_claim(held, case, policy) for held in case.claims),
        heard=tuple(_heard(office, held) for held in tx.cases.evidence(case_id)),
        letters=tuple(_letter(office, held, policy) for held in tx.assistance.of_case(case_id)),
        visits=tuple(_call(office, held, seats) for held, seats in calls),
        decisions=tuple(_decision(office, row, policy) for row in tx.ledger.about(case_id)),
        next=tuple(_next(office, row) for row in sorted(open_work, key=lambda row: (row["due_at"], row["id"]))),
    )


def articles(policy: Policy, basis: str | Iterable[str]) -> tuple[Article, ...]:
    """The citations behind a basis such as "S0:7;S1:42": the source as the pack names it, and the article."""
    codes = basis.split(";") if isinstance(basis, str) else [code for one in basis for code in one.split(";")]
    return tuple(_article(policy, code.strip()) for code in dict.fromkeys(codes) if code.strip())


def _article(policy: Policy, code: str) -> Article:
    source, _, article = code.partition(":")
    named = policy.sources.get(source)
    return Article(code=code, citation=f"{named} {article}".strip() if named else code)


def _work(tx: Tx, case_id: str) -> Iterable[Row]:
    after = 0
    while page := tx.work.page(case_id=case_id, after=after, limit=200):
        yield from page
        after = page[-1]["id"]


def _why(office: Office, case: Case, policy: Policy) -> Why | None:
    held = case.strategy
    if held is None:
        return None
    names = {level.code: level.name for level in policy.levels}
    return Why(
        row=held.row,
        pack=held.pack,
        title=policy.title,
        profile=held.item_profile,
        level=held.level.level,
        level_name=names.get(held.level.level, ""),
        level_source=held.level.source,
        level_as_of=_local(office, held.level.as_of),
        level_reason=held.level.reason,
        before_decision=held.before_decision,
        stratum=held.stratum,
        basis=articles(policy, (held.basis, policy.item(case.item).verify_basis)),
        due_at=office.calendar.local(held.due_at),
        due_provisional=held.due_provisional,
        due_explained=held.due_explained,
    )


def _claim(held: ClaimFile, case: Case, policy: Policy) -> Claimed:
    try:
        name = policy.item(case.item).fact(held.claim.fact).name
    except InspectorError:
        name = held.claim.fact
    ways = tuple(
        Way(method=step.method, via=step.via, basis=articles(policy, step.basis), under_way=held.step is step)
        for step in held.steps
    )
    claim = held.claim
    return Claimed(key=claim.key, fact=claim.fact, name=name, value=claim.value, on=claim.on, status=held.status, ways=ways)


def _heard(office: Office, held: Evidence) -> Heard:
    return Heard(
        id=held.id,
        claim=held.claim,
        method=held.method,
        via=held.via,
        verdict=held.verdict,
        fresh=held.fresh,
        asked_at=office.calendar.local(held.asked_at),
        as_of=_local(office, held.as_of),
        note=held.note,
        attempts=held.attempts,
    )


def _letter(office: Office, held: Request, policy: Policy) -> Letter:
    return Letter(
        id=held.id,
        requested=held.requested,
        claim=held.claim,
        ground=held.ground,
        basis=articles(policy, held.basis),
        state=held.state,
        opened_at=office.calendar.local(held.opened_at),
        due_at=office.calendar.local(held.due_at),
        due_provisional=held.due_provisional,
        due_explained=held.due_explained,
        escalated_to=held.escalated_to,
        reply=_told(held.reply or {}),
    )


def _call(office: Office, held: Visit, seats: tuple[SeatState, ...]) -> Call:
    return Call(id=held.id, draw=held.draw, state=held.state, due_at=office.calendar.local(held.due_at), seats=seats)


def _decision(office: Office, row: Row, policy: Policy) -> Taken:
    """A decision as the ledger tells it; an erased body leaves date and rule."""
    told = json.loads(row["body"]) if row["body"] else {}
    return Taken(
        at=office.calendar.local(row["at"]),
        rule=row["rule"],
        pack=told.get("pack", ""),
        basis=articles(policy, told.get("basis", ())),
        facts=_told(told.get("facts", {})),
    )


def _next(office: Office, row: Row) -> Next:
    return Next(
        kind=OrderKind(row["kind"]),
        at=office.calendar.local(row["due_at"]),
        lane=row["lane"],
        state=row["state"],
        error=row["error"] or "",
        counted=str(json.loads(row["payload"]).get("counted", "")),
    )


def _told(facts: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={_short(value)}" for name, value in facts.items() if value not in (None, "", []))


def _short(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _local(office: Office, moment: datetime | None) -> datetime | None:
    return office.calendar.local(moment) if moment is not None else None

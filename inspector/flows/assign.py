"""From a drawn object to a visit with its team; who declines or stays silent is followed by the re-deal rule (rulings 13, 15)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from inspector.domain import visit
from inspector.domain.calendar import due, reminder
from inspector.domain.case import Case, CaseState, ClaimStatus, Method
from inspector.domain.commitment import Commitment, join, key, read
from inspector.domain.dealing import Shortage, substitute
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.inspection import CheckType
from inspector.domain.plan import Draw, Listed
from inspector.domain.policy import Policy, Timer
from inspector.domain.verification import wants_visit
from inspector.domain.visit import Doubt, Seat, SeatState, Visit, VisitState
from inspector.flows.after import log_after
from inspector.flows.lists import frozen
from inspector.flows.members import Member
from inspector.flows.office import Office
from inspector.flows.recall import call_off_visit
from inspector.flows.record import record
from inspector.flows.seats import SHORT, rise, short_of
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

SUPPLEMENTED = "supplemented"
"""Why a short visit is called off: a supplementary draw has made another of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """The team that one list's dealing gave to an object, None for an empty seat, and why one is empty."""

    listed: Listed
    team: tuple[str | None, ...]
    shortage: Shortage | None


def assign(  # noqa: PLR0913, PLR0917 - one drawn object in all its parts
    office: Office,
    tx: Tx,
    held: Draw,
    policy: Policy,
    position: int,
    name: str,
    member: Member,
    teams: tuple[Dealt, ...],
    now: datetime,
    *,
    replaces: str = "",
    supplements: str = "",
    elsewhere: Collection[str] = (),
) -> None:
    """One drawn object becomes a visit with its seats, those of the lead first, then each partner's.

    Nothing left to look at (all withdrawn): the visit is called off. In a joint check the lead's own cases say what kind it is,
    for by them it was drawn. `supplements` is the short visit that a supplementary draw deals: it passes on what it was, and is
    over; where it is over already, so is this one. What an agency has entered for it stands and is not asked again. An object that
    has come in `elsewhere`, in another draw of the same frame, is visited there.
    """
    cases = [tx.cases.get(case_id, lock=True) for case_id in member.cases]
    live = [case for case in cases if case.state is not CaseState.WITHDRAWN]
    owed = tx.visits.get(supplements, lock=True) if supplements else None
    entered = {part.agency for part in owed.parts} if owed is not None else set()
    term = due(now, policy.term(Timer.VISIT).term, office.calendar)
    release_at = reminder(term.at, policy.term(Timer.RELEASE).term.amount, office.calendar)
    wanted = bool(live or member.pooled) and name not in elsewhere and (owed is None or owed.state.short)
    planned = all(not wants_visit(case) for case in live if case.agency == held.agency)
    plain, stratum = CheckType.JOINT if held.partners else CheckType.PLANNED, member.stratum
    if owed is not None:
        check, stratum, sampled = owed.check, owed.stratum, owed.sampled
    else:
        check, sampled = plain if planned else CheckType.PERMIT, planned and not policy.sampling(stratum).whole
    made = Visit(
        id=visit_id(held.number, position),
        draw=held.number,
        agency=held.agency,
        object_id=name,
        kind=member.kind,
        code=member.code,
        name=member.name or next((case.subject.name for case in cases), ""),
        check=check,
        stratum=stratum,
        sampled=sampled,
        doubts=tuple(doubt for case in live if case.agency not in entered for doubt in doubts(case)),
        case_ids=tuple(case.id for case in live),
        basis=policy.draw.basis,
        pooled=member.pooled,
        partners=held.partners,
        state=VisitState.ASSIGNED if wanted else VisitState.CANCELLED,
        opened_at=now,
        due_at=term.at,
        due_counted=term.counted,
        release_at=release_at,
        released=release_at <= now,
        replaces=replaces or supplements,
    )
    tx.visits.add(made)
    told = {"visit": made.id, "draw": made.draw, "state": made.state.value}  # no case: logs are read by more people than the list
    tx.committed.append(lambda: log.info("visit.assigned", **told))
    if made.state is VisitState.CANCELLED:
        log_after(tx, made.draw, "withdrawn", made.object_id)
        return
    if owed is not None:
        call_off_visit(tx, owed, SUPPLEMENTED, policy.label, now)
    timer = Order(
        kind=OrderKind.VISIT_DUE,
        key=f"{OrderKind.VISIT_DUE.value}:{made.id}",
        due_at=made.due_at,
        urgent_by=made.due_at,
        payload={"visit": made.id, "cases": list(made.case_ids)},
    )
    release = Order(
        kind=OrderKind.VISIT_RELEASE,
        key=f"{OrderKind.VISIT_RELEASE.value}:{made.id}",
        due_at=release_at,
        urgent_by=release_at,
        payload={"visit": made.id, "cases": list(made.case_ids)},
    )
    tx.work.order([timer] if made.released else [timer, release], now)
    place = 0
    for dealt in teams:
        for staff in dealt.team:
            if staff is not None:
                _seat(office, tx, made, policy, dealt.listed.agency, place, 0, staff, now)
            place += 1
    for dealt in teams:
        if None in dealt.team:
            short = dealt.shortage
            seats = [list(seat) for seat in short.seats] if short else []
            able = list(short.inspectors) if short else []
            facts = {"seats": seats, "inspectors": able, "capacity": short.capacity if short else 0}
            made = _short(tx, made, dealt.listed.agency, facts, policy, now)


def visit_id(number: str, position: int) -> str:
    """A visit's id, by its place in its draw."""
    return f"{number}-{position:04d}"


def by_visit(shortage: Shortage, ids: Mapping[str, str]) -> Shortage:
    """A certificate that names visits: what an object is called is nobody's affair before the visit, though a matter is open for it."""
    others = tuple((ids[name], seat) for name, seat in shortage.others)
    return replace(shortage, object=ids[shortage.object], others=others)


def redeal(tx: Tx, office: Office, held: Visit, gone: Seat, reason: str, now: datetime) -> None:
    """Ruling 15: the seat goes to whom the rule names; nobody picks. With nobody left the visit is short and a person is told."""
    drawn = tx.draws.get(held.draw, lock=True)
    policy, files = office.book.get(drawn.pack), tx.draws.files(held.draw)
    listed, commitment = drawn.list_of(gone.agency), read(files["commit.json"])
    frame, deal_key = frozen(drawn, files, listed), key(commitment, _seed(drawn, commitment), f"deal/{listed.name}")
    team = [seat for seat in tx.visits.team(held.id) if seat.agency == gone.agency]
    seat = gone.place % commitment.list_named(listed.name).rules.team  # its number in its own list, for all teams are as large
    (row,) = (one for one in frame.objects if one.id == held.object_id)
    sitting = [seat.inspector for seat in team if seat.state.open]
    out = [seat.inspector for seat in team if not seat.state.open]
    loads = tx.visits.loads(held.draw, gone.agency)
    chosen = substitute(commitment.suite, deal_key, row, seat, sitting, out, loads, frame.inspectors, frame.bans)
    told = {"seat": seat, "out": gone.inspector, "in": chosen, "reason": reason, "evidence": None}
    log_after(tx, held.draw, "redeal", held.object_id, only=listed, **told)
    if chosen is None:
        _short(tx, held, gone.agency, {"place": gone.place, "reason": reason}, policy, now)
    else:
        _seat(office, tx, held, policy, gone.agency, gone.place, gone.turn + 1, chosen, now)


def owe(tx: Tx, office: Office, held: Visit, agency: str, reason: str, now: datetime) -> None:
    """The visit is called off in its own draw, as a whole, and owed: a supplementary draw deals it a team by a seed of its own.

    Whom the rule would name next can be foreseen by whoever knows the draw; whom a new seed names, by nobody.
    """
    policy = office.book.get(tx.draws.get(held.draw).pack)
    log_after(tx, held.draw, "withdrawn", held.object_id, reason=reason)
    decision = visit.owe(held, reason, policy.label)
    changed = tx.visits.put(decision.state)
    record(tx, held.id, decision, now, {})
    rise(tx, tx.visits.team(held.id), now, SeatState.CANCELLED)
    for told in dict.fromkeys((agency, held.agency)):
        tx.attention.open(SHORT, told, short_of(changed, told), {"agency": agency, "reason": reason}, now)


def doubts(case: Case) -> tuple[Doubt, ...]:
    """What is in question: the claims that only the premises can settle; for a sampled case every claim."""
    on_site = [
        held.claim
        for held in case.claims
        if held.status is ClaimStatus.OPEN and held.step is not None and held.step.method is Method.ON_SITE
    ]
    claims = on_site or [held.claim for held in case.claims]
    return tuple(
        Doubt(agency=case.agency, case_id=case.id, claim=claim.key, fact=claim.fact, claimed=claim.value) for claim in claims
    )


def _seat(  # noqa: PLR0913, PLR0917 - a seat in all its parts
    office: Office, tx: Tx, held: Visit, policy: Policy, agency: str, place: int, turn: int, staff: str, now: datetime
) -> None:
    person = tx.rosters.inspector(agency, staff)
    decision = visit.order_seat(held, agency, place, turn, staff, person.channel, policy, now, office.calendar)
    tx.visits.add_seat(decision.state)
    record(tx, held.id, decision, now, {})
    tx.work.order(decision.orders, now)


def _short(tx: Tx, held: Visit, agency: str, facts: Mapping[str, object], policy: Policy, now: datetime) -> Visit:
    """Two officers of each agency or no visit (Penalties Law art. 42): a person is told, of the agency that lacks somebody and the lead.

    The selection stands, and so do the other agencies' teams: the visit is owed (`supplement`).
    """
    changed = tx.visits.put(replace(held, state=VisitState.SHORT))
    facts = {"agency": agency, **facts} if held.partners else facts
    for told in dict.fromkeys((agency, held.agency)):
        tx.attention.open(SHORT, told, short_of(held, told), facts, now)
    because = Because(rule="visit.short", basis=(policy.draw.basis,), pack=policy.label, facts=dict(facts))
    record(tx, held.id, Decision(state=changed, because=because), now, {})
    return changed


def _seed(held: Draw, commitment: Commitment) -> str:
    return join(commitment, [held.parts[party] for party in held.parties])

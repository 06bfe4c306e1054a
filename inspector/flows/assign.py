"""From a drawn object to a visit with its team; who declines or stays silent is followed by the re-deal rule (rulings 13, 15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from inspector.domain import visit
from inspector.domain.calendar import due
from inspector.domain.case import Case, CaseState, ClaimStatus, Method
from inspector.domain.commitment import Commitment, join, key, read
from inspector.domain.dealing import Shortage, substitute
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.inspection import CheckType
from inspector.domain.plan import Draw, Listed
from inspector.domain.policy import Policy, Timer
from inspector.domain.verification import wants_visit
from inspector.domain.visit import Doubt, Seat, Visit, VisitState
from inspector.flows.after import log_after
from inspector.flows.lists import frozen
from inspector.flows.members import Member
from inspector.flows.office import Office
from inspector.flows.recall import call_off_visit
from inspector.flows.record import record
from inspector.flows.seats import SHORT, short_of
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)


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
) -> None:
    """One drawn object becomes a visit with its seats, those of the lead first, then each partner's.

    Nothing left to look at (all withdrawn): the visit is called off. In a joint check the lead's own cases say what kind it is,
    for by them it was drawn.
    """
    cases = [tx.cases.get(case_id, lock=True) for case_id in member.cases]
    live = [case for case in cases if case.state is not CaseState.WITHDRAWN]
    term = due(now, policy.term(Timer.VISIT).term, office.calendar)
    planned = all(not wants_visit(case) for case in live if case.agency == held.agency)
    plain = CheckType.JOINT if held.partners else CheckType.PLANNED
    made = Visit(
        id=f"{held.number}-{position:04d}",
        draw=held.number,
        agency=held.agency,
        object_id=name,
        kind=member.kind,
        code=member.code,
        name=member.name or next((case.subject.name for case in cases), ""),
        check=plain if planned else CheckType.PERMIT,
        stratum=member.stratum,
        sampled=planned and not policy.sampling(member.stratum).whole,
        doubts=tuple(doubt for case in live for doubt in doubts(case)),
        case_ids=tuple(case.id for case in live),
        basis=policy.draw.basis,
        pooled=member.pooled,
        partners=held.partners,
        state=VisitState.ASSIGNED if live or member.pooled else VisitState.CANCELLED,
        opened_at=now,
        due_at=term.at,
        due_counted=term.counted,
    )
    tx.visits.add(made)
    told = {"visit": made.id, "draw": made.draw, "cases": made.case_ids, "state": made.state.value}
    tx.committed.append(lambda: log.info("visit.assigned", **told))
    if made.state is VisitState.CANCELLED:
        log_after(tx, made.draw, "withdrawn", made.object_id)
        return
    for owed in tx.visits.short(held.agency):
        if (owed.kind, owed.code) == (made.kind, made.code) and (made.pooled or not owed.pooled):
            call_off_visit(tx, tx.visits.get(owed.id, lock=True), "drawn_again", policy.label, now)
            left = [case for partner in owed.partners if partner not in made.partners for case in owed.cases_of(partner)]
            tx.cases.mark_drawn(left, None)  # a partner that does not come along this time draws them itself
    timer = Order(
        kind=OrderKind.VISIT_DUE,
        key=f"{OrderKind.VISIT_DUE.value}:{made.id}",
        due_at=made.due_at,
        urgent_by=made.due_at,
        payload={"visit": made.id, "cases": list(made.case_ids)},
    )
    tx.work.order([timer], now)
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
    """Two officers of each agency or no visit (Penalties Law art. 42): a person is told, and the next frame takes the object in again.

    Told are the agency that lacks somebody and the lead. The selection stands, and so do the other agencies' teams. The
    supplementary draw of ruling 13, at once and with an enlarged roster, is not built.
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

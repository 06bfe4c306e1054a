"""From a drawn object to a visit with its team; who declines or stays silent is followed by the re-deal rule (rulings 13, 15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from inspector.domain import visit
from inspector.domain.calendar import due, reminder
from inspector.domain.case import Case, CaseState, ClaimStatus, Method
from inspector.domain.commitment import Commitment, join, key, read
from inspector.domain.dealing import Shortage, substitute
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.frame import Frame
from inspector.domain.frame import read as read_frame
from inspector.domain.inspection import CheckType
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy, Timer
from inspector.domain.verification import wants_visit
from inspector.domain.visit import Doubt, Seat, Visit, VisitState
from inspector.flows.after import log_after
from inspector.flows.members import Member
from inspector.flows.office import Office
from inspector.flows.recall import call_off_visit
from inspector.flows.record import record
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

SUPPLEMENTED = "supplemented"
"""Why a short visit is called off: a supplementary draw has made another of it."""
FILES = ("objects.tsv", "inspectors.tsv", "bans.tsv")
"""The three files of a frame in a draw's bundle."""


def assign(  # noqa: PLR0913, PLR0917 - one drawn object in all its parts
    office: Office,
    tx: Tx,
    held: Draw,
    policy: Policy,
    position: int,
    name: str,
    member: Member,
    team: tuple[str | None, ...],
    shortage: Shortage | None,
    now: datetime,
    *,
    replaces: str = "",
    supplements: str = "",
) -> None:
    """One drawn object becomes a visit with its seats. Nothing left to look at (all withdrawn): the visit is called off.

    `supplements` is the short visit that a supplementary draw deals: it passes on what it was, and is over; where it is over already,
    so is this one.
    """
    cases = [tx.cases.get(case_id, lock=True) for case_id in member.cases]
    live = [case for case in cases if case.state is not CaseState.WITHDRAWN]
    owed = tx.visits.get(supplements, lock=True) if supplements else None
    term = due(now, policy.term(Timer.VISIT).term, office.calendar)
    release_at = reminder(term.at, policy.term(Timer.RELEASE).term.amount, office.calendar)
    wanted = bool(live or member.pooled) and (owed is None or owed.state is VisitState.SHORT)
    planned = all(not wants_visit(case) for case in live)
    check, stratum = CheckType.PLANNED if planned else CheckType.PERMIT, member.stratum
    if owed is not None:
        check, stratum, sampled = owed.check, owed.stratum, owed.sampled
    else:
        sampled = planned and not policy.sampling(stratum).whole
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
        doubts=tuple(doubt for case in live for doubt in doubts(case)),
        case_ids=tuple(case.id for case in live),
        basis=policy.draw.basis,
        pooled=member.pooled,
        state=VisitState.ASSIGNED if wanted else VisitState.CANCELLED,
        opened_at=now,
        due_at=term.at,
        due_counted=term.counted,
        release_at=release_at,
        released=release_at <= now,
        replaces=replaces or supplements,
    )
    tx.visits.add(made)
    told = {"visit": made.id, "draw": made.draw, "cases": made.case_ids, "state": made.state.value}
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
    for place, staff in enumerate(team):
        if staff is not None:
            _seat(office, tx, made, policy, place, 0, staff, now)
    if None in team:
        seats = [list(seat) for seat in shortage.seats] if shortage else []
        able = list(shortage.inspectors) if shortage else []
        _short(tx, made, {"seats": seats, "inspectors": able, "capacity": shortage.capacity if shortage else 0}, policy, now)


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
    commitment, frame = read(files["commit.json"]), frozen(files)
    deal_key = key(commitment, _seed(drawn, commitment), f"deal/{drawn.list_name}")
    team = tx.visits.team(held.id)
    (row,) = (one for one in frame.objects if one.id == held.object_id)
    sitting = [seat.inspector for seat in team if seat.state.open]
    out = [seat.inspector for seat in team if not seat.state.open]
    chosen = substitute(
        commitment.suite, deal_key, row, gone.place, sitting, out, tx.visits.loads(held.draw), frame.inspectors, frame.bans
    )
    told = {"seat": gone.place, "out": gone.inspector, "in": chosen, "reason": reason, "evidence": None}
    log_after(tx, held.draw, "redeal", held.object_id, **told)
    if chosen is None:
        _short(tx, held, {"place": gone.place, "reason": reason}, policy, now)
    else:
        _seat(office, tx, held, policy, gone.place, gone.turn + 1, chosen, now)


def doubts(case: Case) -> tuple[Doubt, ...]:
    """What is in question: the claims that only the premises can settle; for a sampled case every claim."""
    on_site = [
        held.claim
        for held in case.claims
        if held.status is ClaimStatus.OPEN and held.step is not None and held.step.method is Method.ON_SITE
    ]
    claims = on_site or [held.claim for held in case.claims]
    return tuple(Doubt(case_id=case.id, claim=claim.key, fact=claim.fact, claimed=claim.value) for claim in claims)


def _seat(office: Office, tx: Tx, held: Visit, policy: Policy, place: int, turn: int, staff: str, now: datetime) -> None:
    person = tx.rosters.inspector(held.agency, staff)
    decision = visit.order_seat(held, place, turn, staff, person.channel, policy, now, office.calendar)
    tx.visits.add_seat(decision.state)
    record(tx, held.id, decision, now, {})
    tx.work.order(decision.orders, now)


def _short(tx: Tx, held: Visit, facts: Mapping[str, object], policy: Policy, now: datetime) -> None:
    """Two officers or no visit (Penalties Law art. 42): a person is told. The selection stands: the visit is owed (`supplement`)."""
    tx.visits.put(replace(held, state=VisitState.SHORT))
    tx.attention.open("team_short", held.agency, held.id, facts, now)
    because = Because(rule="visit.short", basis=(policy.draw.basis,), pack=policy.label, facts=dict(facts))
    record(tx, held.id, Decision(state=held, because=because), now, {})


def frozen(files: Mapping[str, bytes]) -> Frame:
    """The frame of a draw from its stored files."""
    return read_frame(*(files[name] for name in FILES))


def _seed(held: Draw, commitment: Commitment) -> str:
    return join(commitment, [held.parts[party] for party in held.parties])

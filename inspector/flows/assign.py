"""From a drawn object to a visit with its team; who declines or stays silent is followed by the re-deal rule (rulings 13, 15)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from inspector.domain import attesting, trail, visit
from inspector.domain.calendar import due, reminder
from inspector.domain.case import Case, CaseState
from inspector.domain.commitment import Commitment, key, read
from inspector.domain.commitment import join as join_seed
from inspector.domain.deadline import earliest, within
from inspector.domain.dealing import Shortage, substitute
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.exclusion import Barred
from inspector.domain.inspection import CheckType
from inspector.domain.listed import Listed
from inspector.domain.merged import doubts
from inspector.domain.missent import SENT_BACK
from inspector.domain.peace import among, dated
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.push import order_seat
from inspector.domain.quiet import Whom, pull
from inspector.domain.sampling import FULL
from inspector.domain.spared import SETTLED, needless
from inspector.domain.stake import Stake
from inspector.domain.start import StartEvent
from inspector.domain.timer import Timer
from inspector.domain.verification import wants_visit
from inspector.domain.visit import Seat, Visit, VisitState
from inspector.flows import anew, appointing, caps, embargo, merging, peace, reaching, sooner
from inspector.flows.after import log_after
from inspector.flows.briefing import brief, briefed
from inspector.flows.lists import people, row_of, small
from inspector.flows.members import Member
from inspector.flows.office import Office
from inspector.flows.recall import call_off_visit
from inspector.flows.record import record
from inspector.flows.seats import SHORT, short_of, stand_down
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

SUPPLEMENTED = "supplemented"
"""Why a short visit is called off: a supplementary draw has made another of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """The team that one list's dealing gave to an object, None for an empty seat, and why one is empty.

    `stratum` is that in which a list with rules of its own has drawn the object.
    """

    listed: Listed
    team: tuple[str | None, ...]
    shortage: Shortage | None
    stratum: str = ""


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
    elsewhere: Collection[tuple[str, str]] = (),
) -> None:
    """One drawn object becomes a visit with its seats, those of the lead first, then each partner's.

    Nothing left to look at (all cases gone): the visit is called off. In a joint check the lead's own cases say what kind it is,
    for by them it was drawn. `supplements` is the short visit that a supplementary draw deals: it passes on what it was, and is
    over; where it is over already, so is this one. What an agency has entered for it stands and is not asked again. An object that
    has come in `elsewhere`, in another draw of the same frame, is visited there (`going_elsewhere`). Whose cap another visit has used
    up meanwhile does not go (`caps`).
    """
    cases = [tx.cases.get(case_id, lock=True) for case_id in member.cases]
    if held.own:  # the others' checks wait for a draw of their own list, or were passed over in it
        cases = [case for case in cases if case.agency in {one.listed.agency for one in teams}]
    live = [case for case in cases if not case.state.gone]
    owed = tx.visits.get(supplements, lock=True) if supplements else None
    going = _going(held, name, member, teams, live, elsewhere) if owed is None else teams
    capped = _capped(office, tx, held, name, member, going, live, now) if owed is None else {}
    if capped:  # each list's own agency stays away alone; a visit drawn for all is made by all or by nobody
        going = tuple(one for one in going if held.own and one.listed.agency not in capped)
    if held.own and owed is None:
        live = [case for case in live if case.agency in {one.listed.agency for one in going}]
    lead, *partners = [one.listed.agency for one in going or teams] if held.own else held.agencies
    if held.own:
        policy = office.book.get(held.pack_of(lead))
    pooled = member.pooled if owed is not None or not held.own else bool({lead, *partners} & {*member.supervised})
    entered = {part.agency for part in owed.parts} if owed is not None else set()
    idle = owed is None and not pooled and _settled(member, going, live)
    wanted = bool(going and (live or pooled)) and (owed is None or attesting.dealt_anew(owed)) and not idle
    check, stakes = _drawn(office, held, member, going or teams, live, owed)
    quiet = peace.rows(office, held, (lead, *partners))
    term = due(now, policy.term(Timer.VISIT).term, office.calendar, StartEvent.VISIT_GIVEN)
    pool = row_of(tx, held, teams[0].listed, name).pool if any(one.pools for one in quiet) else ""
    term = within(term, earliest(live), now, office.calendar)
    term = pull(term, now, quiet, Whom(kind=member.kind, check=check, pool=pool), office.calendar)
    release_at = reminder(term.at, policy.term(Timer.RELEASE).term.amount, office.calendar)
    made = Visit(
        id=visit_id(held.number, position),
        draw=held.number,
        agency=lead,
        object_id=name,
        kind=member.kind,
        code=member.code,
        name=member.name or next((case.subject.name for case in cases), ""),
        check=check,
        stratum=stakes[0].stratum,
        sampled=stakes[0].sampled,
        others=stakes[1:],
        doubts=tuple(doubt for case in live if case.agency not in entered for doubt in doubts(case)),
        case_ids=tuple(case.id for case in live),
        basis=policy.draw.basis,
        pooled=pooled,
        partners=tuple(partners),
        state=VisitState.ASSIGNED if wanted else VisitState.CANCELLED,
        opened_at=now,
        due_at=term.at,
        due_counted=term.counted,
        release_at=release_at,
        released=release_at <= now,
        replaces=replaces or supplements,
        pool=pool,
    )
    made = dated(made, term, quiet, office.calendar)
    tx.visits.add(made)
    opened = Because(rule=trail.OPEN, basis=(made.basis,), pack=policy.label, facts={"due_at": made.due_at.isoformat()})
    record(tx, made.id, Decision(state=made, because=opened), now, {"visit": trail.standing(made)})
    told = {"visit": made.id, "draw": made.draw, "state": made.state.value}  # no case: logs are read by more people than the list
    tx.committed.append(lambda: log.info("visit.assigned", **told))
    off = made.state is VisitState.CANCELLED
    staying = _staying(held, teams, () if off else going)
    for agency in staying:
        why = capped.get(agency) or (next(iter(capped.values())) if capped and not held.own else None)
        reason = why.code if why else SETTLED if idle else _left(cases)
        log_after(tx, made.draw, "withdrawn", made.object_id, now, agencies=(agency,), reason=reason)
    caps.tell(tx, made, capped, now)
    if off:
        anew.drawn_late(office, tx, cases, now)
        return
    made = appointing.hand_on(office, tx, held, made, owed, quiet, now)
    _stands_in(office, tx, made, owed, policy, now)
    about = {"visit": made.id, "cases": list(made.case_ids)}
    dates = {OrderKind.VISIT_DUE: made.due_at, OrderKind.VISIT_RELEASE: made.release_at or release_at}
    clocks = [
        Order(kind=kind, key=f"{kind.value}:{made.id}", due_at=at, urgent_by=at, payload=about) for kind, at in dates.items()
    ]
    tx.work.order(clocks[:1] if made.released else clocks, now)
    made = tx.visits.put(briefed(office, tx, made, now))
    seated(office, tx, held, made, going, 0, now)
    merging.gather(office, tx, made, now)


def _stands_in(office: Office, tx: Tx, made: Visit, owed: Visit | None, policy: Policy, now: datetime) -> None:
    """What a visit stands for is over: called off where a supplementary draw deals it; its draws' records wait for this one."""
    if owed is not None:
        call_off_visit(office, tx, owed, SUPPLEMENTED, policy.label, now)
    if made.replaces:
        embargo.keep(office, tx, made, owed or tx.visits.get(made.replaces), now)


def join(office: Office, tx: Tx, held: Draw, made: Visit, member: Member, teams: Sequence[Dealt], now: datetime) -> Visit:
    """Agencies into whose lists an object has come by way of their reserve go along where another goes already: it is one visit.

    Each as long as its caps leave it a visit (`caps`): whoever may not go is told, and struck out of its list.
    """
    commitment = read(tx.draws.file(held.number, "commit.json"))
    cases = [tx.cases.get(case_id, lock=True) for case_id in member.cases]
    for dealt in teams:
        agency = dealt.listed.agency
        live = [case for case in cases if case.agency == agency and not case.state.gone]
        if not dealt.team:  # it has nothing to look at there, or goes there for another draw
            log_after(tx, held.number, "withdrawn", made.object_id, now, agencies=(agency,))
            continue
        check = CheckType.PERMIT if any(map(wants_visit, live)) else CheckType.JOINT
        drawn = [(agency, dealt.stratum)]
        if capped := caps.reached(office, tx, held, made.object_id, member, drawn, check, now, joining=made.id):
            log_after(tx, held.number, "withdrawn", made.object_id, now, agencies=(agency,), reason=capped[agency].code)
            caps.tell(tx, made, capped, now)
            continue
        stake = Stake(agency=agency, stratum=dealt.stratum, sampled=True)
        changed = replace(
            made,
            check=CheckType.JOINT,
            pooled=made.pooled or agency in member.supervised,
            partners=(*made.partners, agency),
            others=(*made.others, stake),
            doubts=(*made.doubts, *(doubt for case in live for doubt in doubts(case))),
            case_ids=(*made.case_ids, *(case.id for case in live)),
        )
        quiet = peace.rows(office, held, changed.agencies)
        changed = among(changed, quiet, office.calendar)
        tx.visits.join(changed, stake, [case.id for case in live])
        because = Because(rule="visit.join", basis=(made.basis,), pack=held.pack_of(agency), facts={"agency": agency})
        record(tx, made.id, Decision(state=changed, because=because), now, {"visit": trail.standing(changed)})
        if changed.conflict and not made.conflict:
            peace.note(office, tx, held, changed, quiet, now)
        for case in live:  # its cases may be due before the visit that was given for others
            sooner.follow(office, tx, case, now)
        made = tx.visits.get(made.id)
        told = brief(office, tx, made, agency, now)  # what the others were told stands until the release
        made = tx.visits.put(replace(made, briefs=(*made.briefs, told)))
        seated(office, tx, held, made, (dealt,), first_seat(commitment, held, made, agency), now)
        made = tx.visits.get(made.id)
    return made


def seated(office: Office, tx: Tx, held: Draw, made: Visit, teams: Sequence[Dealt], place: int, now: datetime) -> None:
    """Give the seats of a visit from a place on to the teams dealt; where one is empty the visit is short."""
    for dealt in teams:
        policy = office.book.get(held.pack_of(dealt.listed.agency))
        for staff in dealt.team:
            if staff is not None:
                _seat(office, tx, made, policy, dealt.listed.agency, place, 0, staff, now)
            place += 1
    for dealt in (one for one in teams if None in one.team):
        short = dealt.shortage
        seats = [list(seat) for seat in short.seats] if short else []
        able = list(short.inspectors) if short else []
        facts = {"seats": seats, "inspectors": able, "capacity": short.capacity if short else 0}
        made = _short(tx, made, dealt.listed.agency, facts, office.book.get(held.pack_of(dealt.listed.agency)), now)


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
    policy, files = office.book.get(drawn.pack_of(gone.agency)), small(tx, drawn)
    listed, commitment = drawn.list_of(gone.agency), read(files["commit.json"])
    frame, deal_key = people(drawn, files, listed), key(commitment, _seed(drawn, commitment), f"deal/{listed.name}")
    team = [seat for seat in tx.visits.team(held.id) if seat.agency == gone.agency]
    seat = gone.place - first_seat(commitment, drawn, held, gone.agency)
    row = row_of(tx, drawn, listed, held.object_id)
    sitting = [seat.inspector for seat in team if seat.state.open]
    out = [seat.inspector for seat in team if not seat.state.open]
    loads = tx.visits.loads(held.draw, gone.agency)
    chosen = substitute(commitment.suite, deal_key, row, seat, sitting, out, loads, frame.inspectors, frame.bans)
    told = {"seat": seat, "out": gone.inspector, "in": chosen, "reason": reason, "evidence": None}
    log_after(tx, held.draw, "redeal", held.object_id, now, agencies=(gone.agency,), **told)
    if chosen is None:
        _short(tx, held, gone.agency, {"place": gone.place, "reason": reason}, policy, now)
    else:
        _seat(office, tx, held, policy, gone.agency, gone.place, gone.turn + 1, chosen, now)


def owe(tx: Tx, office: Office, held: Visit, agency: str, reason: str, now: datetime) -> None:
    """The visit is called off in its own draw, as a whole, and owed: a supplementary draw deals it a team by a seed of its own.

    Whom the rule would name next can be foreseen by whoever knows the draw; whom a new seed names, by nobody.
    """
    policy = office.book.get(tx.draws.get(held.draw).pack_of(held.agency))
    log_after(tx, held.draw, "withdrawn", held.object_id, now, agencies=held.agencies, reason=reason)
    decision = visit.owe(held, reason, policy.label)
    changed = tx.visits.put(decision.state)
    record(tx, held.id, decision, now, {})
    stand_down(office, tx, held, now)
    for told in dict.fromkeys((agency, held.agency)):
        tx.attention.open(SHORT, told, short_of(changed, told), {"agency": agency, "reason": reason}, now)


def first_seat(commitment: Commitment, drawn: Draw, held: Visit, agency: str) -> int:
    """The place of an agency's first seat at a visit: behind the teams of those before it, as large as their lists say."""
    before = held.agencies[: held.agencies.index(agency)]
    return sum(commitment.list_named(drawn.list_of(one).name).rules.team for one in before)


def going_elsewhere(tx: Tx, held: Draw, numbers: Collection[str]) -> set[tuple[str, str]]:
    """(agency, object) of what other draws of the same frame have drawn: by the list of the lead, or of each with rules of its own."""
    agencies = held.agencies if held.own else (held.agency,)
    return {(agency, str(one["object_id"])) for agency in agencies for one in tx.visits.chosen(numbers, agency)}


def _going(
    held: Draw,
    name: str,
    member: Member,
    teams: tuple[Dealt, ...],
    live: Sequence[Case],
    elsewhere: Collection[tuple[str, str]],
) -> tuple[Dealt, ...]:
    """Who goes to an object: all, or in a draw of lists with rules of their own whoever has still something to look at there."""
    if not held.own:
        return teams if (held.agency, name) not in elsewhere else ()
    mine = {case.agency for case in live} | set(member.supervised)
    return tuple(one for one in teams if one.listed.agency in mine and (one.listed.agency, name) not in elsewhere)


def _settled(member: Member, going: Sequence[Dealt], live: Sequence[Case]) -> bool:
    """Whether what brought an object into its draw without any chance, that a case needed a visit, is settled by now."""
    needed = bool(going) and all((one.stratum or member.stratum) == FULL for one in going)
    return needed and bool(live) and all(needless(case) for case in live)


def _left(cases: Sequence[Case]) -> str | None:
    """Why nothing is left to look at, where an officer's word had a part in it; what applicants withdraw needs no reason."""
    gone = all(case.state.gone for case in cases)
    return SENT_BACK if gone and any(case.state is CaseState.SENT_BACK for case in cases) else None


def _capped(
    office: Office, tx: Tx, held: Draw, name: str, member: Member, going: tuple[Dealt, ...], live: Sequence[Case], now: datetime
) -> dict[str, Barred]:
    """Which of those who would go may not any more, for another visit has taken the last slot since the frame was frozen."""
    if not going or not (live or member.pooled):
        return {}
    theirs = [case for case in live if not held.own or case.agency in {one.listed.agency for one in going}]
    check, _ = _drawn(office, held, member, going, theirs, None)
    return caps.reached(
        office, tx, held, name, member, [(one.listed.agency, one.stratum or member.stratum) for one in going], check, now
    )


def _staying(held: Draw, teams: Sequence[Dealt], going: Sequence[Dealt]) -> tuple[str, ...]:
    """The agencies of whose lists an object is struck out, for they do not go."""
    if not held.own:
        return () if going else held.agencies
    return tuple(one.listed.agency for one in teams if one not in going)


def _drawn(
    office: Office, held: Draw, member: Member, teams: tuple[Dealt, ...], live: Sequence[Case], owed: Visit | None
) -> tuple[CheckType, tuple[Stake, ...]]:
    """(what kind of check a visit is, who has drawn its object and how); what a visit that is `owed` was, is passed on.

    An agency's own cases say whether it is a check of its plan, for by them it was drawn; it is one if it is for any of them.
    """
    if owed is not None:
        order = [one.listed.agency for one in teams]
        return owed.check, tuple(sorted(owed.stakes, key=lambda one: order.index(one.agency)))

    def stake(agency: str, stratum: str) -> tuple[bool, Stake]:
        planned = all(not wants_visit(case) for case in live if case.agency == agency)
        whole = office.book.get(held.pack_of(agency)).sampling(stratum).whole
        return planned, Stake(agency=agency, stratum=stratum, sampled=planned and not whole)

    told = [stake(one.listed.agency, one.stratum) for one in teams] if held.own else [stake(held.agency, member.stratum)]
    plain = CheckType.JOINT if (len(told) > 1 if held.own else held.partners) else CheckType.PLANNED
    return plain if any(planned for planned, _ in told) else CheckType.PERMIT, tuple(one for _, one in told)


def _seat(  # noqa: PLR0913, PLR0917 - a seat in all its parts
    office: Office, tx: Tx, held: Visit, policy: Policy, agency: str, place: int, turn: int, staff: str, now: datetime
) -> None:
    found = reaching.ways(tx, agency, staff)
    decision = order_seat(held, agency, place, turn, staff, found, policy, now, office.calendar, office.pushing)
    tx.visits.add_seat(decision.state)
    record(tx, held.id, decision, now, {"agency": agency})
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
    return join_seed(commitment, [held.parts[party] for party in held.parties])

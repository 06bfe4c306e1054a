"""Second looks from the frame of results to what is said of them: drawn by the protocol, dealt to another team, off site.

The frame has the id of each visit as its key, so that no cap, rest or rotation of a subject counts a look; whose firm it is stands in the
members' file alone. Any officer of the agency may be dealt, for nobody goes: an area says nothing here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from inspector.domain import secondlook, trail
from inspector.domain.calendar import due
from inspector.domain.commitment import Rules, Share
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.exclusion import CODES
from inspector.domain.finding import Seen
from inspector.domain.frame import ELIGIBLE, Ban, ObjectRow, freeze
from inspector.domain.inspection import CheckType
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.sampling import Window
from inspector.domain.start import StartEvent
from inspector.domain.timer import Timer
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.flows import embargo, moved
from inspector.flows.assign import SUPPLEMENTED, Dealt, seated, visit_id
from inspector.flows.barring import list_secret, salt
from inspector.flows.framing import Framed, Ruled, staffed
from inspector.flows.history import History
from inspector.flows.lists import lists_of
from inspector.flows.members import Member, by_key, members_of
from inspector.flows.office import Office, Plan
from inspector.flows.recall import call_off_visit
from inspector.flows.record import record
from inspector.flows.windows import start
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

_MARGIN = timedelta(days=1)
"""A result whose transaction was open while the last frame was made stands in the next: what stood in one is known by its members.

So is what an older release framed, whose frames went on to the moment of the announcing.
"""


def frame(office: Office, tx: Tx, plan: Plan, policy: Policy, number: str, slot: str, now: datetime) -> Framed:
    """Freeze the results of an agency between the beginnings of its last drawn period and of this one, and who may look at each.

    Every result stands in one frame that is drawn from, so there is none to choose; the first frame reaches back to the year's
    beginning. What is entered while the period runs stands in the next: else whoever may announce would do so behind the one result
    that he wants looked at. Raises Refusal (`second_look_unruled`) where the pack in force has no such row.
    """
    row = policy.second_look
    if row is None:
        raise Refusal("second_look_unruled", plan=plan.name, year=now.year, pack=policy.label)
    room, lists = tx.secondlooks, lists_of(plan)
    drawn = room.drawn(plan.agency)
    until = secondlook.began(slot)
    since = start(office.calendar.local(until or now), Window.YEAR)
    if drawn:
        since = max(min(secondlook.began(one.slot) or one.made_at, one.made_at) for one in drawn) - _MARGIN
    before = {name for one in drawn if one.made_at >= since for name in members_of(tx, one.number)}
    results, looks = room.results(plan.agency, since, until or since), room.looks(plan.agency)
    strata = secondlook.framed(results, looks, before, plan.agency)
    held = {one.id: one for one in results} | {name: tx.visits.get(name) for name in strata if strata[name] == secondlook.OWED}
    secret = list_secret(office, number, lists[0])
    objects = [
        ObjectRow(
            id=name,
            stratum=stratum,
            status=ELIGIBLE,
            pool=plan.agency,
            qual=policy.draw.lead_qualification,
            salt=salt(secret, name),
        )
        for name, stratum in strata.items()
    ]
    members = {
        name: Member(kind=held[name].kind, code=held[name].code, name=held[name].name, cases=(), stratum=stratum)
        for name, stratum in strata.items()
    }
    past = History(seen={}, last={})
    made = staffed(office, tx, lists, policy, (), objects, by_key(members), past, number, now)
    frozen = made.frames[lists[0].name]
    firsts = {(name, seat.inspector) for name in strata for seat in tx.visits.team(name) if seat.agency == plan.agency}
    firsts |= {(one.object_id, seat.inspector) for one in looks if one.object_id in strata for seat in tx.visits.team(one.id)}
    known = [(row.id, {*row.codes}) for row in tx.rosters.inspectors(plan.agency)]  # who went is the person, not the code
    firsts |= {(name, now) for name, staff in firsts for now, codes in known if staff in codes}
    barred = {(ban.object, ban.inspector): ban for ban in frozen.bans} | {
        (name, staff): Ban(object=name, inspector=staff, reason=secondlook.FIRST_TEAM, salt=salt(secret, f"{name}/{staff}"))
        for name, staff in firsts
    }
    staff = [replace(one, pools=(plan.agency,)) for one in frozen.inspectors]
    frozen = replace(freeze((), staff, barred.values()), objects=frozen.objects)
    shares = {code: Share(ppm=ppm, least=least) for code, (ppm, least) in secondlook.shares(row).items()}
    team = made.teams[lists[0].name]
    rules = Rules(base="all", rounding="systematic", reserve=0, team=team, strata=shares, codes=CODES)
    counts = {code: sum(one == code for one in strata.values()) for code in shares}
    span = {"since": since.isoformat(), "until": (until or since).isoformat()}
    derivation: dict[str, object] = {"pack": policy.label, "row": row.row, "share": str(row.share), **span, "rows": counts}
    # whoever may look follows from a register as in any frame
    derivation |= moved.counted(office, tx, drawn[0] if drawn else None, plan.agency)
    return Framed(
        lists=lists,
        frames={lists[0].name: frozen},
        ruled=Ruled(rules=rules, derivation=derivation),
        members=by_key(members),
        told=made.told,
    )


def assign(  # noqa: PLR0913, PLR0917 - one drawn result in all its parts
    office: Office, tx: Tx, held: Draw, policy: Policy, position: int, name: str, member: Member, dealt: Dealt, now: datetime
) -> None:
    """A drawn result becomes a look with its seats: open to its team at once, for nobody is to be surprised by it.

    One that was short before is over with it.
    """
    short = tx.secondlooks.short(held.agency, name)
    term = due(now, policy.term(Timer.VISIT).term, office.calendar, StartEvent.VISIT_GIVEN)
    made = Visit(
        id=visit_id(held.number, position),
        draw=held.number,
        agency=held.agency,
        object_id=name,
        kind=member.kind,
        code=member.code,
        name=member.name,
        check=CheckType.OFF_SITE,
        stratum=member.stratum,
        sampled=False,  # of the work of inspectors: no subject was checked at random by it
        pooled=False,
        doubts=(),
        case_ids=(),
        basis=policy.second_look.basis if policy.second_look is not None else policy.draw.basis,
        state=VisitState.ASSIGNED,
        opened_at=now,
        due_at=term.at,
        due_counted=term.counted,
        replaces=short.id if short is not None else "",
        looks_at=name,
    )
    tx.visits.add(made)
    facts = {"due_at": made.due_at.isoformat(), "looks_at": name}
    opened = Because(rule=trail.OPEN, basis=(made.basis,), pack=policy.label, facts=facts)
    record(tx, made.id, Decision(state=made, because=opened), now, {"visit": trail.standing(made)})
    told = {"visit": made.id, "draw": made.draw, "state": made.state.value}
    tx.committed.append(lambda: log.info("visit.assigned", **told))
    if short is not None:
        call_off_visit(office, tx, tx.visits.get(short.id, lock=True), SUPPLEMENTED, policy.label, now)
        embargo.keep(office, tx, made, short, now)
    timer = Order(
        kind=OrderKind.VISIT_DUE,
        key=f"{OrderKind.VISIT_DUE.value}:{made.id}",
        due_at=made.due_at,
        urgent_by=made.due_at,
        payload={"visit": made.id, "cases": []},
    )
    tx.work.order([timer], now)
    seated(office, tx, held, made, (dealt,), 0, now)


def tell(tx: Tx, held: Visit, seen: Seen | None, now: datetime) -> None:
    """A person hears of a look that does not bear the result out; the words stand with the look, and nobody's name in the matter."""
    if (kind := secondlook.matter(seen)) is not None:
        tx.attention.open(kind, held.agency, held.id, {"draw": held.draw, "result": held.looks_at}, now)


def looked_at(tx: Tx, held: Visit, seat: Seat) -> Visit:
    """The visit whose result a look is at, for who has accepted to look. Raises Refusal (`look_none`, `not_accepted`)."""
    if not held.looks_at:
        raise Refusal("look_none", visit=held.id)
    if not (seat.state is SeatState.ACCEPTED or seat.state.made):
        raise Refusal("not_accepted", visit=held.id, inspector=seat.inspector)
    return tx.visits.get(held.looks_at)


def counted(tx: Tx, agencies: Collection[str]) -> list[tuple[str, str, int]]:
    """(agency, what became of it, count) of the looks of some agencies."""
    return [row for row in tx.secondlooks.counts() if row[0] in agencies]

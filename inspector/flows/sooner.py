"""A case must be over earlier than was known: the visits that serve it follow, and whoever may have read their date is told.

Unlike a new calendar (`recount`), which only puts off what inspectors were told, a decision that has become known binds the case by law,
and a visit after the case's date would serve nobody. So the visit's date comes nearer, not in silence: the team hears of it by a push.
"""

from __future__ import annotations

from datetime import datetime

from inspector.domain import peace as peaceful
from inspector.domain import push, trail
from inspector.domain.case import Case
from inspector.domain.deadline import earliest
from inspector.domain.decision import Because, Decision, OrderKind
from inspector.domain.plan import Draw
from inspector.domain.timer import Timer
from inspector.domain.visit import Visit
from inspector.flows import peace
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seated import settle_seat
from inspector.flows.seats import tell_dated
from inspector.store.tx import Tx

RULE = "visit.sooner"


def follow(office: Office, tx: Tx, case: Case, now: datetime) -> None:
    """Bring the open visits of a case whose date came nearer no later than it, where that still lies ahead; the caller has its lock."""
    for held in tx.visits.of_case(case.id, lock=True):
        if held.state.open:
            _follow(office, tx, held, now)


def _follow(office: Office, tx: Tx, was: Visit, now: datetime) -> None:
    drawn: Draw = tx.draws.get(was.draw)
    quiet = peace.rows(office, drawn, was.agencies)
    pack = drawn.pack_of(was.agency)
    limit = earliest(tx.cases.get(one) for one in was.case_ids)
    before = office.book.get(pack).term(Timer.RELEASE).term.amount
    changed = peaceful.sooner(was, quiet, limit, before, now, office.calendar)
    if changed is None:
        return
    held = tx.visits.put(changed)
    tx.work.redate(held.due_at, now, key=f"{OrderKind.VISIT_DUE.value}:{held.id}")
    if held.release_at is not None and not held.released:
        tx.work.redate(held.release_at, now, key=f"{OrderKind.VISIT_RELEASE.value}:{held.id}")
    facts = {"was_due": was.due_at.isoformat(), "due_at": held.due_at.isoformat()}
    because = Because(rule=RULE, basis=(held.basis,), pack=pack, facts=facts)
    record(tx, held.id, Decision(state=held, because=because), now, {"visit": trail.standing(held)})
    peace.note(office, tx, drawn, held, quiet, now)
    for seat in tx.visits.team(held.id):
        decision = push.nearer(seat, held, drawn.pack_of(seat.agency), now, office.calendar)
        if decision is not None:
            settle_seat(tx, held, seat, decision, now)
            clock = OrderKind.ACCEPT_DUE if seat.state.pushed else OrderKind.PUSH_DUE
            tx.work.redate(decision.state.accept_by, now, key=seat.clock(clock))
    tell_dated(office, tx, held, now)

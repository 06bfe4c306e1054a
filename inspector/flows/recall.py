"""What has left the house and holds no longer: who has a letter is told, a credit entry is taken back, a visit is called off.

What was never claimed has not left: it is simply ended. What was claimed may have arrived, whatever came back, and is taken back
like what did arrive. Where its call may still be under way the notice waits until the lease, which outlasts every call, has run
out: it never overtakes what it takes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from inspector.domain import guidance, letter, missent, selfproof, visit
from inspector.domain.assistance import Request
from inspector.domain.calendar import due
from inspector.domain.case import Case, CaseState
from inspector.domain.decision import Decision, Order, OrderKind
from inspector.domain.ending import retraction_key
from inspector.domain.missent import SEND_BACK_ASKED
from inspector.domain.policy import Policy
from inspector.domain.result import ended
from inspector.domain.selfproof import ProofState, SelfProof
from inspector.domain.statement import BookState
from inspector.domain.timer import Timer
from inspector.domain.verification import asked_others, asked_subject
from inspector.flows import codeless, creditbook, slots, stopped, unserved, unsettled
from inspector.flows.after import log_after
from inspector.flows.holding import called, holder, perhaps
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seats import end_clock, entering, rise, stand_down, tell_off, under_way
from inspector.ports import NotYet, Origin
from inspector.store import payload
from inspector.store.ended import Ended
from inspector.store.tx import Tx
from inspector.store.work import Work

TO_HAND = "self_proof_to_hand"
"""The matter of a subject who is to be given the link to a self-proof; over when it is given out, opened or needed no more."""

TO_READ = "self_proof_to_read"
"""The matter of material that a person is to read; over when it was read, or is needed no more."""

UNREAD = "self_proof_unread"
"""The matter of material that nobody has read by its date."""


def entry(tx: Tx, office: Office, case: Case, order: Order, policy: Policy, now: datetime) -> list[Order]:
    """The orders to take a credit entry back from each receiver, with lane and date; none for one that it has not left the house for.

    One that has a receipt has left, also where it was to be sent once more and that never was claimed. One whose decision has not come
    was never ordered to leave.
    """
    key = str(order.payload["entry"])
    mine = tx.records.find(key)
    creditbook.fell(tx, key, str(order.payload["reason"]), now, office)
    by = due(now, policy.term(Timer.CREDIT_RETRACT).term, office.calendar).at
    orders = list[Order]()
    if mine is not None and not mine.in_effect:
        return orders
    for booked in (tx.books.get(key), *tx.books.copies(key)):
        row = key if booked is None else booked.key
        ended = stopped.end(tx, [row], now)
        held, copy = tx.work.keyed(row), booked is not None and booked.copy
        stopped.entries_there(tx, held["lane"] if held is not None else "", case.agency, row, now)
        has_left = booked is not None and booked.state is not BookState.ORDERED
        said = payload.read(held["payload"]) or {} if held is not None else {}
        if held is not None and not has_left and (not perhaps(said, held["fence"]) or not held["lane"]):
            tx.books.dropped(key, held["lane"], copy=copy)
            continue
        known = booked.lane if booked is not None and copy else held["lane"] if held is not None and held["lane"] else ""
        lane = known or office.lane_of(OrderKind.CREDIT, case.sender)
        tx.books.fallen(key, lane, order.payload, now, copy=copy)
        more = {**order.payload, **({"copy": lane} if copy else {}), "after": under_way_of(tx, ended)}
        told = replace(order, key=retraction_key(row), lane=lane, payload=more)
        told = replace(told, urgent_by=by, expires_at=by)  # what is not deleted by then is a person's (handbook 1.7.9, 2.4)
        orders.append(told)
    return orders


def call_off(office: Office, tx: Tx, case: Case, now: datetime) -> list[Order]:
    """The case is over: open requests are cancelled, those who hold a letter are told; a case that leaves the house leaves its visits."""
    orders: list[Order] = []
    if case.send_back is not None:  # whether it is sent back or has ended otherwise: nobody need agree any more
        tx.attention.over(f"{SEND_BACK_ASKED}:{case.id}", now)
    for request in tx.assistance.of_case(case.id, lock=True) if asked_others(case) else ():
        letters = letter.letters(request)
        ended = [row for row in stopped.end(tx, letters, now) if row.fence and _called(tx, row.key)] if letters else []
        if not (request.state.open or request.told or ended):
            continue
        to = {row.key: _holder(office, request, row.key, letters[row.key]) for row in ended if letters[row.key]}
        unsure = {via: tuple(under_way_of(tx, (row for row in ended if to.get(row.key) == via))) for via in to.values()}
        cancelled = letter.cancel(request, unsure, now, case.pack)
        tx.assistance.put(cancelled.state)
        stopped.end(tx, request.keys(cancelled.ends), now)
        unsettled.follow(tx, cancelled.state, now)
        unsettled.called_off(tx, request, now)
        record(tx, case.id, cancelled, now, {"request": request.id})
        orders += cancelled.orders
    for proof in tx.selfproofs.of_case(case.id, lock=True) if asked_subject(case) else ():
        _forget_about(tx, proof, case, now)
    unserved.needless(tx, case, guidance.needless(case.state), now)  # no matter to be guided, reminded or heard about
    for held in tx.visits.of_case(case.id, lock=True) if case.state.gone else ():
        if held.state.open:
            leave_visit(office, tx, held, case, now)
    return orders


def _called(tx: Tx, key: str) -> bool:
    """Whether a row that was claimed may have been handed over; of a damaged one nobody knows."""
    row = tx.work.keyed(key)
    said = payload.read(row["payload"]) if row is not None else None
    return said is None or called(said)


def _holder(office: Office, request: Request, key: str, via: str) -> str:
    return holder(office, letter.LetterKind(letter.kind_of(request, key)), via)


def _forget_about(tx: Tx, proof: SelfProof, case: Case, now: datetime) -> None:
    """Nothing need be shown any more; who has the link sees so."""
    cancelled = selfproof.cancel(proof, now, case.pack)
    if cancelled.because.rule == selfproof.OBSOLETE or not proof.state.open:
        return
    tx.selfproofs.put(cancelled.state)
    stopped.end(tx, proof.keys(cancelled.ends), now)
    quiet(tx, cancelled.state, now)
    record(tx, case.id, cancelled, now, {"self_proof": proof.id})


def quiet(tx: Tx, proof: SelfProof, now: datetime) -> None:
    """What a person heard of a self-proof is over with what it was about."""
    if proof.state is not ProofState.ASKED or proof.seen_at is not None:
        tx.attention.close(f"{TO_HAND}:{proof.id}", now)
    if proof.state is not ProofState.RECEIVED:
        for kind in (TO_READ, UNREAD):
            tx.attention.close(f"{kind}:{proof.id}", now)


def leave_visit(office: Office, tx: Tx, held: visit.Visit, case: Case, now: datetime) -> None:
    """Take the questions of a case that has left the house off a visit; the last one frees the seats and ends the visit's own clock."""
    doubts = tuple(doubt for doubt in held.doubts if doubt.case_id != case.id)
    changed = replace(held, doubts=doubts)
    if doubts or held.pooled or held.parts:  # nobody escapes a draw from the pool by taking a case away (ruling 11)
        changed = tx.visits.put(ended(changed, now))  # nobody may owe a part of a joint visit any more
        if not changed.state.open:
            rise(tx, tx.visits.team(held.id), now)
            end_clock(tx, held, now)
            codeless.done(office, tx, changed, now)
        return
    call_off_visit(office, tx, changed, missent.SENT_BACK if case.state is CaseState.SENT_BACK else "withdrawn", case.pack, now)


def call_off_visit(office: Office, tx: Tx, held: visit.Visit, reason: str, pack: str, now: datetime) -> None:
    """A visit will not be made: its seats are freed, its own clock ends, nobody need see to it any more.

    Of one that is owed its draw says so already. Its slot of a cap returns.
    """
    called_off: Decision[visit.Visit] = visit.cancel(held, reason, pack)
    tx.visits.put(called_off.state)
    record(tx, held.id, called_off, now, {})
    if held.state is not visit.VisitState.OWED:
        why = None if reason == "withdrawn" else reason
        log_after(tx, held.draw, "withdrawn", held.object_id, now, agencies=held.agencies, reason=why)
    free_visit(office, tx, held, now)
    slots.returned(office, tx, held, now)


def free_visit(office: Office, tx: Tx, held: visit.Visit, now: datetime) -> None:
    """A visit is over before it was made, or entered: seats, pushes, dates and matters of it end, and whoever was to enter it hears so."""
    stand_down(office, tx, held, now)
    tell_off(office, tx, held, entering(tx, held), now)
    end_clock(tx, held, now)


def wait_for_it(work: Work, office: Office) -> None:
    """Raise NotYet while the call that this work takes back may still be under way."""
    for key in work.payload.get("after", ()):
        with office.store.read() as tx:
            held = tx.work.keyed(key)
            left = under_way(held, tx.machine_now()) if held is not None else 0.0
        if left > 0:
            raise NotYet("still_under_way", origin=Origin.US, attempts=0, retry_after=left)


def under_way_of(tx: Tx, ended: Iterable[Ended]) -> list[str]:
    """The keys of rows whose call may still be under way."""
    machine_now = tx.machine_now()
    return [row.key for row in ended if row.lease_until > machine_now]

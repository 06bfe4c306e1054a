"""Visits on which no visit code was read: told to a person until they are filed, or a phone tells that it had read one."""

from __future__ import annotations

from datetime import date, datetime

from inspector.domain import codeless, visitcode
from inspector.domain.decision import Decision
from inspector.domain.duty import Follow, FollowRow
from inspector.domain.policy import Policy
from inspector.domain.visit import Visit, VisitState
from inspector.domain.visitcode import EntryScan
from inspector.flows import attempts, stopped
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx

UNFILED = "visit_unfiled"
"""The matter of a visit that is to be filed, for no code was read: from when that is known, and anew at its date."""


def done(office: Office, tx: Tx, held: Visit, now: datetime) -> Visit:
    """A visit is done: where its pack says so and no code was read, the filing is due and a person hears of it at once.

    The caller holds the visit's lock; it is read again, since what its findings led to may have written it.
    """
    policy = _policy(office, tx, held) if held.state is VisitState.DONE else None
    if policy is None or Follow.VISIT_FILING not in policy.follows:
        return held
    kept = tx.visits.get(held.id)
    if not _went(tx, kept):
        return kept
    decision = codeless.owe(kept, readings(tx, held), policy, office.calendar, now)
    if decision is None:
        return kept
    changed = _settle(tx, decision, now)
    tell(tx, changed, now)
    return changed


def scanned(office: Office, tx: Tx, held: Visit, pack: str, now: datetime) -> None:
    """A phone has told of a reading, which is kept by now; the caller holds the visit's lock."""
    decision = codeless.heard(held, readings(tx, held), pack, office.calendar)
    if decision is not None:
        _settle(tx, decision, now)
    else:
        tell(tx, held, now)


def file(office: Office, tx: Tx, visit: str, *, by: str, number: str, on: date | None, now: datetime) -> Visit:
    """The proof that a visit was filed: nobody need watch its date any more. Raises Missing, Refusal, Invalid."""
    held = tx.visits.get(visit, lock=True)
    pack, today = tx.draws.pack_of(held.draw, held.agency), office.calendar.local_date(now)
    return _settle(tx, codeless.file(held, by=by, number=number, on=on, pack=pack, today=today, now=now), now)


def rule(office: Office, tx: Tx, held: Visit) -> FollowRow | None:
    """By which row a visit is filed if no code is read; None where nobody asks for that."""
    return codeless.row(_policy(office, tx, held), held.kind, held.check)


def tell(tx: Tx, held: Visit, now: datetime) -> None:
    """Tell a person what is to be filed by when, as long as it is; and of which other days codes were read, for a day may be a slip."""
    if held.filing is not None and held.filing.open:
        due_at, others = held.filing.duty.due_at, {one.day for one in readings(tx, held) if one.day is not None}
        facts = {
            "draw": held.draw,
            "on": held.filing.on.isoformat(),
            "due_at": due_at.isoformat(),
            "overdue": now >= due_at,
            **({"codes_of": sorted(day.isoformat() for day in others)} if others else {}),
        }
        tx.attention.open(UNFILED, held.agency, held.id, facts, now)


def readings(tx: Tx, held: Visit) -> list[EntryScan]:
    """The readings of codes that were shown by those who make the visit: another one's is no proof that they were there."""
    there = {seat.name for seat in tx.visits.team(held.id) if visitcode.goes(seat)}
    return [one for one in tx.entryscans.of_visit(held.id) if one.seat is None or one.seat in there]


def _went(tx: Tx, held: Visit) -> bool:
    """Whether somebody was there, by what all its teams have entered."""
    notes = [note for agency in held.agencies for note in tx.fieldnotes.notes(held.id, agency)]
    return codeless.went(
        [one.seen for one in held.parts],
        {mode for note in notes for row in note.sheet.rows for mode in row.modes},
        {one.way for agency in held.agencies for one in attempts.of_visit(tx, held, agency)},
        arrived=any(note.arrival is not None for note in notes),
    )


def _policy(office: Office, tx: Tx, held: Visit) -> Policy:
    return office.book.get(tx.draws.pack_of(held.draw, held.agency))


def _settle(tx: Tx, decision: Decision[Visit], now: datetime) -> Visit:
    held = tx.visits.put(decision.state)
    record(tx, held.id, decision, now, {"agency": held.agency})
    if decision.ends:
        stopped.end(tx, [codeless.work_key(held.id)], now)
        tx.attention.over(f"{UNFILED}:{held.id}", now)
    tx.work.order(decision.orders, now)
    return held

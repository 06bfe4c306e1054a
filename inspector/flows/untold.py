"""An entry that a receiver surely has not heard of: nobody hears of it for the first time while an objection suspends it (scenario 62).

What a receiver may have, though no receipt of it came, is sent on under its key: only then can it be marked there. Which of the two it is
says the row of work: it is written down before each call that something may have come, and taken back by an answer that nothing was taken.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from inspector.domain import acknowledged
from inspector.domain.calendar import due
from inspector.domain.creditrecord import Amend, Record, RecordState, held_back
from inspector.domain.decision import Decision, Order, OrderKind
from inspector.domain.docket import AMEND_BY_HAND, AMEND_STUCK
from inspector.domain.errors import Stale
from inspector.domain.policy import Policy
from inspector.domain.statement import BookState
from inspector.domain.timer import Timer
from inspector.flows import stopped
from inspector.flows.copies import about
from inspector.flows.holding import PERHAPS, lacks, perhaps
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.ports import PortError, Refused
from inspector.store.tx import Tx
from inspector.store.work import Work


def goes(work: Work, office: Office, entry: str) -> bool:
    """Whether a receiver is told of an entry now; that something may have come is written down before it is called.

    Not where the row was ended meanwhile: whoever settles it meets that.
    """
    with suppress(Stale), office.store.begin() as tx:
        tx.cases.get(str(work.case_id), lock=True)  # before its record, as everywhere
        mine = tx.records.find(entry, lock=True)
        if mine is None or not mine.adverse:
            return True
        before = perhaps(work.payload, work.fence - 1)
        if mine.suspended and not before:
            return False
        if not before:  # and once alone: what kills its daemon is to be known by its claims without a word
            tx.work.keep(work, {**work.payload, PERHAPS: True})
        return True
    return False


def failed(work: Work, office: Office, error: PortError, *, adverse: bool) -> None:
    """A call came to nothing: where surely nothing was taken, and nothing may have come before, nothing has.

    Surely: nobody was called, whoever has seen each try says so (`sure`), or the only one was refused. Nobody asks that of an entry that is
    not `adverse`.
    """
    refused = isinstance(error, Refused) and error.attempts == 1 and error.code != "conflict"
    nothing = error.attempts == 0 or error.sure or refused
    if adverse and nothing and not perhaps(work.payload, work.fence - 1):
        with suppress(Stale), office.store.begin() as tx:
            tx.work.keep(work, {**work.payload, PERHAPS: False})


def waits(tx: Tx, held: Record, lane: str, now: datetime) -> None:
    """A receiver that has not heard of an entry hears nothing of it while the objection is open, nor of the objection."""
    record(tx, held.case_id, Decision(state=None, because=held_back(held, lane)), now, {})
    stopped.end(tx, tx.books.amending(held.entry, lane, [one.value for one in Amend]), now)
    for matter in (AMEND_STUCK, AMEND_BY_HAND):
        tx.attention.close_those(f"{matter}:{about(held.entry, lane, '')}", now)


def suspend(tx: Tx, held: Record, now: datetime) -> None:
    """An objection has come that suspends an entry: what has surely not left for a receiver waits, however long, for its end."""
    for booked in (tx.books.get(held.entry), *tx.books.copies(held.entry)):
        if booked is None or not booked.lane or not lacks(tx, booked):
            continue
        if stopped.end(tx, [booked.key], now):
            stopped.entries_there(tx, booked.lane, held.agency, booked.key, now)
            waits(tx, held, booked.lane, now)


def over(tx: Tx, held: Record, now: datetime) -> None:
    """A record is shown no more, or repaired: who surely has not heard of it hears of it never (handbook 1.7.2), and nothing waits on."""
    for booked in (tx.books.get(held.entry), *tx.books.copies(held.entry)):
        if booked is None or not booked.lane or not lacks(tx, booked):
            continue
        stopped.end(tx, [booked.key], now)
        stopped.entries_there(tx, booked.lane, held.agency, booked.key, now)
        keep_back(tx, held.case_id, held.entry, booked.lane, held.basis, now)
        tx.books.retracted(held.entry, "", now, booked.lane, copy=booked.copy)


def keep_back(tx: Tx, case_id: str, entry: str, lane: str, basis: str, now: datetime) -> None:
    """The ledger says that a receiver is told of an entry no more."""
    because = acknowledged.kept_back(entry, basis, lane)
    record(tx, case_id, Decision(state=None, because=because), now, {})


def go_on(office: Office, tx: Tx, held: Record, policy: Policy, now: datetime) -> None:
    """What has suspended an entry is over, and it stands: who waited for that hears of it now, with the whole time for it anew.

    What a person has let go stays so.
    """
    by = due(now, policy.term(Timer.CREDIT).term, office.calendar).at
    for booked in (tx.books.get(held.entry), *tx.books.copies(held.entry)):
        if booked is None or not booked.lane or booked.state is not BookState.ORDERED or held.state is not RecordState.STANDING:
            continue
        row = tx.work.keyed(booked.key)
        if row is not None and (row["state"] != "done" or str(row["error"] or "").startswith("released")):
            continue
        copy = {"entry": booked.entry, "copy": booked.lane} if booked.copy else {}
        order = Order(
            kind=OrderKind.CREDIT,
            key=booked.key,
            due_at=now,
            urgent_by=by,
            expires_at=by,
            lane=booked.lane,
            case_id=held.case_id,
            payload={**booked.body, **copy, PERHAPS: False},
        )
        if row is None:
            tx.work.order([order], now)
        elif tx.books.again(order, now):
            tx.work.ready.append(order.key)

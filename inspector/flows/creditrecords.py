"""What becomes of a credit record by itself, and by annulment: it is shown no more, may be repaired, is deleted everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain import creditrecord as domain
from inspector.domain.annulled import Annulled
from inspector.domain.case import Case
from inspector.domain.creditrecord import Amend, Record, RecordState
from inspector.domain.decision import Decision
from inspector.domain.ending import take_back
from inspector.flows import creditbook, credittold, unpublish
from inspector.flows.copies import amend
from inspector.flows.creditbook import REPAIRABLE
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import Settlement, settle_case, tell
from inspector.store.tx import Tx
from inspector.store.work import Work


def held(tx: Tx, entry: str) -> tuple[Case, Record]:
    """A record and its case, both locked, the case first as everywhere. Raises Missing."""
    case = tx.cases.get(tx.records.get(entry).case_id, lock=True)
    return case, tx.records.get(entry, lock=True)


def write(tx: Tx, office: Office, case: Case, decided: Decision[Record], now: datetime) -> Record:
    """Write a decision about a record: its state, its because under the case, and that the approving system hears it."""
    state = decided.state
    tx.records.put(state)
    record(tx, case.id, decided, now, {"record": state.entry, "record_state": state.state.value}, kept=case.pack)
    heard = Decision(state=case, because=decided.because, told=(domain.told(state),))
    tx.work.order(tell(tx, office, case, heard, office.book.get(case.pack), now), now)
    return state


def lapse(work: Work, _office: Office) -> Settlement:
    """The day after its maximum has begun: it is shown no more, and each receiver is told (scenario 64)."""
    office, entry = _office, str(work.payload["entry"])

    def settle(tx: Tx, now: datetime) -> None:
        case, mine = held(tx, entry)
        decided = domain.lapse(mine, office.calendar.local_date(now))
        if decided is not None:
            state = write(tx, office, case, decided, now)
            tx.attention.close(f"{REPAIRABLE}:{entry}", now)
            amend(tx, office, state, Amend.LAPSED, office.book.get(case.pack), now)

    return Settlement(write=settle)


def repairable(work: Work, _office: Office) -> Settlement:
    """Its minimum is over: people are told that it may be repaired, on the day (handbook 1.7.2)."""
    office, entry = _office, str(work.payload["entry"])

    def settle(tx: Tx, now: datetime) -> None:
        case, mine = held(tx, entry)
        if mine.state is not RecordState.STANDING or mine.repair is not None:
            return
        facts = {"entry": entry, "case": case.id, "grade": mine.grade, "earliest": mine.repairable_from.isoformat()}
        tx.attention.open(REPAIRABLE, case.agency, entry, facts, now)
        because = domain.repairable(mine)
        record(tx, case.id, Decision(state=None, because=because), now, {"record": entry}, kept=case.pack)
        heard = Decision(state=case, because=because, told=(domain.told_repairable(mine),))
        tx.work.order(tell(tx, office, case, heard, office.book.get(case.pack), now), now)
        credittold.repairable(office, tx, case, mine, now)

    return Settlement(write=settle)


def annul(office: Office, tx: Tx, entry: str, why: Annulled, document: str, by: str, now: datetime) -> Record:
    """The basis of an entry is annulled: a retraction goes to each receiver that has a copy, until each has acknowledged it.

    The bar is lifted at once, the approving system is told, what was published of its visits is to be taken back; the history stays.
    Raises Missing, Refusal, Invalid.
    """
    case, mine = held(tx, entry)
    decided = domain.annul(mine, why, document, by, office.calendar.local_date(now))
    policy = office.book.get(case.pack)
    creditbook.quiet(tx, mine, now)
    tx.records.put(decided.state)
    told = (domain.told(decided.state),)
    if case.entry == entry:
        because = decided.because
        orders = take_back(case, "ANNULLED", because.basis[-1], now)
        settle_case(tx, office, Decision(state=replace(case, entry=None), because=because, orders=orders, told=told), policy, now)
    else:  # it was taken back before, by another decision; what is to be heard is that nothing of it stands
        record(tx, case.id, decided, now, {"record": entry}, kept=case.pack)
        tx.work.order(tell(tx, office, case, Decision(state=case, because=decided.because, told=told), policy, now), now)
    unpublish.annulled(office, tx, case, why, document, by, now)
    return decided.state

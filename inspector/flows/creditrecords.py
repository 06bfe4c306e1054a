"""What becomes of a credit record by itself: it is shown no more, and may be repaired. What annuls it is told by `annulling`."""

from __future__ import annotations

from datetime import datetime

from inspector.domain import creditrecord as domain
from inspector.domain.case import Case
from inspector.domain.consequence import Consequence
from inspector.domain.creditrecord import Amend, Record, RecordState
from inspector.domain.decision import Decision
from inspector.flows import beside, creditbook, credittold, untold
from inspector.flows.copies import amend
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import Settlement
from inspector.flows.telling import tell
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
    creditbook.hear(tx, office, case, state, now)
    return state


def lapse(work: Work, _office: Office) -> Settlement:
    """The day after its maximum has begun: it is shown no more, and each receiver is told (scenario 64)."""
    office, entry = _office, str(work.payload["entry"])

    def settle(tx: Tx, now: datetime) -> None:
        case, mine = held(tx, entry)
        decided = domain.lapse(mine, office.calendar.local_date(now))
        if decided is not None:
            state = write(tx, office, case, decided, now)
            tx.attention.close(f"{creditbook.REPAIRABLE}:{entry}", now)
            untold.over(tx, state, now)
            amend(tx, office, state, Amend.LAPSED, office.book.get(case.pack), now)

    return Settlement(write=settle)


def repairable(work: Work, _office: Office) -> Settlement:
    """Its minimum is over: people are told that it may be repaired, on the day (handbook 1.7.2)."""
    office, entry = _office, str(work.payload["entry"])

    def settle(tx: Tx, now: datetime) -> None:
        case, mine = held(tx, entry)
        _invite(office, tx, case, mine, now)

    return Settlement(write=settle)


def rectified(office: Office, tx: Tx, case: Case, order: Consequence, now: datetime) -> None:
    """An order was met: whose record waited for nothing else hears that it may be repaired."""
    for mine in tx.records.of_case(case.id):
        ready = bool(mine.row) and mine.in_effect and mine.repairable_from <= office.calendar.local_date(now)
        if mine.adverse and ready and mine.outcome == order.grading.outcome.value:
            _invite(office, tx, case, mine, now)


def _invite(office: Office, tx: Tx, case: Case, mine: Record, now: datetime) -> None:
    """Nobody is invited whose order is not met yet (1.7.1): `rectified` does it then; and nobody twice."""
    entry = mine.entry
    barring = mine.state is RecordState.LAPSED and mine.bars  # shown to nobody, and it bars all the same until then
    if not (barring or mine.state is RecordState.STANDING) or mine.repair is not None:
        return
    if beside.ordered(tx, mine) is not None or tx.servings.find(f"{entry}:repairable") is not None:
        return
    facts = {"entry": entry, "case": case.id, "grade": mine.grade, "earliest": mine.repairable_from.isoformat()}
    tx.attention.open(creditbook.REPAIRABLE, case.agency, entry, facts, now)
    because = domain.repairable(mine)
    record(tx, case.id, Decision(state=None, because=because), now, {"record": entry}, kept=case.pack)
    heard = Decision(state=case, because=because, told=(domain.told_repairable(mine),))
    tx.work.order(tell(tx, office, case, heard, office.book.get(case.pack), now), now)
    credittold.repairable(office, tx, case, mine, now)

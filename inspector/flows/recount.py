"""A year's notice has arrived or was amended: every open date is counted again, those affected are listed, none comes nearer in silence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from inspector.domain import cataloguing, codeless, recounting
from inspector.domain.calendar import WorkingCalendar, reminder
from inspector.domain.case import CaseState
from inspector.domain.catalogue import Entry
from inspector.domain.deadline import earliest
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.policy import Policy
from inspector.domain.recounting import Change
from inspector.domain.selfproof import SelfProof
from inspector.domain.timer import Timer
from inspector.flows import embargo, peace
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seats import put_seat
from inspector.flows.settle import Settlement, nothing, settle_case, settle_proof, settle_request
from inspector.ports import NotYet, Origin
from inspector.store import payload
from inspector.store.room import Row
from inspector.store.tx import Tx
from inspector.store.work import Work

MOVED = "dates_moved"
"""The matter for a person of an agency whose open dates a new calendar has moved, or would have brought forward."""

_TOGETHER = 100
"""Cases, or visits, in one transaction."""

_AGAIN = ":again"
_ONCE_MORE = timedelta(days=1)
"""By then every daemon has been started again."""

_ELSEWHERE = 120.0
"""Seconds after which a daemon with an older calendar looks whether another one has counted."""

_LISTED = 200
"""Ids that a matter lists; the rest is counted, and stands in the ledger of each case."""


def ordered(versions: Iterable[str], now: datetime) -> tuple[Order, ...]:
    """The orders to count again by these versions of years, however many daemons see them: now, and once more a day later.

    The second is for what a daemon has counted meanwhile that was not started again yet.
    """
    named = "+".join(versions)
    kind, payload = OrderKind.CALENDAR_RECOUNT, {"years": named}
    key, later = f"{kind.value}:{named[:250]}", now + _ONCE_MORE
    return (
        Order(kind=kind, key=key, due_at=now, urgent_by=now, payload=payload),
        Order(kind=kind, key=f"{key}{_AGAIN}", due_at=later, urgent_by=later, payload=payload),
    )


def hasten(tx: Tx, now: datetime) -> None:
    """Where this daemon has the newest calendar now: what it left to others a moment ago, by the former one, is done at once."""
    for row in _open(tx):
        tx.work.redate(now, now, key=str(row["key"]))


def _open(tx: Tx) -> list[Row]:
    """Recounts that are still to be made; what comes again a day later has been counted by already."""
    kind = OrderKind.CALENDAR_RECOUNT.value
    rows = [row for state in ("ready", "waiting") for row in tx.work.page(kind=kind, state=state, limit=_LISTED)]
    return [row for row in rows if not str(row["key"]).endswith(_AGAIN)]


def recount(work: Work, office: Office) -> Settlement:
    """Count every open date again, some cases a transaction, so that nobody waits; safe to repeat, for what is right stays.

    Raises NotYet in a daemon that has not been started with the newest calendar yet: another one carries it out.
    """
    with office.store.read() as tx:
        known = tx.calendars.known()
    held = {table.year: table.version for table in office.calendar.tables}
    if any(held.get(year, 0) < version for year, version in known.items()):
        raise NotYet("calendar_elsewhere", origin=Origin.US, attempts=0, retry_after=_ELSEWHERE)
    with office.store.read() as tx:
        years = _years(tx, work, held)
    _all(office, lambda tx, after: tx.cases.open_ids(after, _TOGETHER), lambda tx, one, now: _case(office, tx, one, years, now))
    _all(office, lambda tx, after: tx.visits.open_ids(after, _TOGETHER), lambda tx, one, now: _visit(office, tx, one, years, now))
    with office.store.begin() as tx:
        for entry in tx.catalogue.unfiled():
            _filing(office, tx, entry, years, office.now())
    _all(office, _unfiled, lambda tx, one, now: _codeless(office, tx, one, years, now))
    return nothing("recounted")


def _all(office: Office, page: Callable[[Tx, str], Sequence[str]], do: Callable[[Tx, str, datetime], None]) -> None:
    """Everything by id, page by page, each page in a transaction of its own."""
    after = ""
    while True:
        with office.store.begin() as tx:
            ids = page(tx, after)
            for one in ids:
                do(tx, one, office.now())
        if not ids:
            return
        after = ids[-1]


def _case(office: Office, tx: Tx, case_id: str, years: str, now: datetime) -> None:
    """A case's own date and those of its requests; the case is locked first, as everywhere."""
    case = tx.cases.get(case_id, lock=True)
    policy = office.book.get(case.pack)
    found = recounting.recount_case(case, office.calendar, now)
    if found is not None:
        decision, change = found
        held = settle_case(tx, office, decision, policy, now)
        due_at = held.due_at
        assert due_at is not None, "a recounted case has a date"
        if held.state is CaseState.REVIEW:
            soon = _soon(due_at, policy, Timer.REVIEW_REMIND, office.calendar, now)
            tx.work.redate(due_at, now, case_id=case_id, kind=OrderKind.REVIEW_DUE)
            tx.work.redate(soon, now, case_id=case_id, kind=OrderKind.REVIEW_REMIND, urgent_by=due_at)
        else:
            tx.work.redate(due_at, now, case_id=case_id, kind=OrderKind.VERIFY_DUE)
        _list(tx, case.agency, years, case_id, change, now)
    for request in tx.assistance.of_case(case_id, lock=True):
        _request(office, tx, request.id, policy, years, now)
    for proof in tx.selfproofs.of_case(case_id, lock=True):
        _proof(office, tx, proof, years, now)


def _request(office: Office, tx: Tx, request_id: str, policy: Policy, years: str, now: datetime) -> None:
    request = tx.assistance.get(request_id, lock=True)
    found = recounting.recount_request(request, policy, office.calendar)
    if found is None:
        return
    decision, change = found
    settle_request(tx, decision, now)
    held = decision.state
    dates = {rung.kind: max(rung.at, now) for rung in held.rungs} | {OrderKind.ASSIST_DUE: held.escalate_at}
    if held.dispute is not None:
        dates |= {OrderKind.ASSIST_DECIDE: held.dispute.due_at}
    for kind, at in (dates | ({OrderKind.ASSIST_END: held.end_at} if held.end_at else {})).items():
        tx.work.redate(at, now, key=held.key(kind))
    _list(tx, request.requester, years, request_id, change, now)


def _proof(office: Office, tx: Tx, proof: SelfProof, years: str, now: datetime) -> None:
    """By when a subject shows something, and by when it is read; what has been told stands where the count is earlier now."""
    found = recounting.recount_proof(proof, office.calendar)
    if found is None:
        return
    decision, change = found
    settle_proof(tx, decision, now)
    moved = decision.state
    tx.work.redate(moved.due_at, now, key=moved.key(OrderKind.SELF_PROOF_DUE))
    if moved.read_by is not None:
        tx.work.redate(moved.read_by, now, key=moved.key(OrderKind.SELF_PROOF_READ))
    _list(tx, proof.agency, years, proof.id, change, now)


def _visit(office: Office, tx: Tx, visit_id: str, years: str, now: datetime) -> None:
    """A visit's date, and by when its inspectors are to accept."""
    visit = tx.visits.get(visit_id, lock=True)
    if not visit.state.open:
        return
    drawn = tx.draws.get(visit.draw)
    quiet = peace.of(office, tx, visit)
    limit = earliest(tx.cases.get(case_id) for case_id in visit.case_ids)
    named = visit.appointed is not None  # its day is an officer's word, and no calendar's
    found = None if named else recounting.recount_visit(visit, quiet, limit, office.calendar)
    held = visit
    if found is not None:
        held, change = found
        tx.visits.put(held)
        if change != "kept":
            tx.work.redate(held.due_at, now, key=f"{OrderKind.VISIT_DUE.value}:{visit_id}")
            facts = {"was_due": visit.due_at.isoformat(), "due_at": held.due_at.isoformat(), "change": change}
            because = Because(rule=recounting.RULE, basis=(visit.basis,), pack=drawn.pack, facts=facts)
            record(tx, visit_id, Decision(state=held, because=because), now, {})
            embargo.keep(office, tx, held, visit, now)
        _list(tx, visit.agency, years, visit_id, change, now)
        if held.conflict and not visit.conflict:
            peace.note(office, tx, drawn, held, quiet, now)
    for seat in tx.visits.team(visit_id):
        later = recounting.recount_seat(seat, held.due_at, office.calendar) if seat.state.open else None
        if later is not None:
            put_seat(tx, seat, later, now)
            clock = OrderKind.ACCEPT_DUE if seat.state.pushed else OrderKind.PUSH_DUE
            tx.work.redate(later.accept_by, now, key=seat.clock(clock))


def _filing(office: Office, tx: Tx, seen: Entry, years: str, now: datetime) -> None:
    """By when a change of the catalogue is to be filed; its reminder moves with it."""
    told = seen.content
    found = recounting.recount_filing(tx.catalogue.get(told.agency, told.item, told.edition, lock=True), office.calendar)
    if found is None:
        return
    decision, change = found
    held, duty = decision.state, decision.state.duty
    assert duty is not None, "a recounted filing has its duty"
    tx.catalogue.put(held)
    record(tx, told.about, decision, now, {})
    soon = cataloguing.remind_at(duty, office.calendar, now)
    for kind, at in ((OrderKind.CATALOGUE_REMIND, soon), (OrderKind.CATALOGUE_DUE, duty.due_at)):
        if at is not None:
            tx.work.redate(at, now, key=cataloguing.work_key(kind, held), urgent_by=duty.due_at)
    _list(tx, told.agency, years, told.about, change, now)


def _unfiled(tx: Tx, after: str) -> Sequence[str]:
    return [one.id for one in tx.visits.unfiled(after=after, limit=_TOGETHER)]


def _codeless(office: Office, tx: Tx, visit_id: str, years: str, now: datetime) -> None:
    """By when a visit is to be filed on which no code was read."""
    held = tx.visits.get(visit_id, lock=True)
    found = recounting.recount_codeless(held, tx.draws.pack_of(held.draw, held.agency), office.calendar)
    if found is None:
        return
    decision, change = found
    held = tx.visits.put(decision.state)
    record(tx, visit_id, decision, now, {"agency": held.agency})
    assert held.file_by is not None, "a recounted filing waits"
    tx.work.redate(held.file_by, now, key=codeless.work_key(visit_id), urgent_by=held.file_by)
    _list(tx, held.agency, years, visit_id, change, now)


def _years(tx: Tx, work: Work, held: Mapping[int, int]) -> str:
    """By which versions this recount counts: those it was ordered for, and those of every other that is open, as they are held now."""
    ordered_for = [str(said["years"]) for row in _open(tx) if (said := payload.read(row["payload"]))]
    named = {label.partition("/")[0] for told in (str(work.payload["years"]), *ordered_for) for label in told.split("+")}
    return "+".join(f"{year}/{held[int(year)]}" for year in sorted(named))


def _soon(due_at: datetime, policy: Policy, timer: Timer, calendar: WorkingCalendar, now: datetime) -> datetime:
    return max(reminder(due_at, policy.term(timer).term.amount, calendar), now)


def _list(tx: Tx, agency: str, years: str, about: str, change: Change, now: datetime) -> None:
    """Add to the agency's list of what this calendar moved; what has only become certain needs nobody."""
    if change == "same":
        return
    matter = f"{agency}:{years}"[:180]
    held = tx.attention.get(f"{MOVED}:{matter}")
    facts: dict[str, Any] = {"calendar": years}
    if held is not None and held["closed_at"] is None:
        facts = json.loads(held["body"])
    facts[change] = facts.get(change, 0) + 1
    facts[f"{change}_ids"] = [*facts.get(f"{change}_ids", []), about][:_LISTED]
    tx.attention.open(MOVED, agency, matter, facts, now)

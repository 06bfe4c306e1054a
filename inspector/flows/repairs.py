"""Repair (信用修复): asked for with papers, decided by a named officer within the pack's term; granted, it opens the gate by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from inspector.domain import creditrecord as domain
from inspector.domain.calendar import SHANGHAI
from inspector.domain.consequence import Signed
from inspector.domain.creditlaw import CreditLaw, RepairPaper
from inspector.domain.creditrecord import Amend, Record
from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.repair import Brought, RepairAsked
from inspector.domain.stamp import Stamp, moment
from inspector.domain.transition import Scope
from inspector.flows import beside, creditbook, deputies, disclosing, repairtold, stopped, touched, untold
from inspector.flows.copies import amend
from inspector.flows.creditbook import REPAIRABLE, TO_REPAIR
from inspector.flows.creditrecords import held, write
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.store.tx import Tx
from inspector.store.work import Work

_NONE: Mapping[str, str] = {}


def law(office: Office, tx: Tx, entry: str, now: datetime) -> CreditLaw:
    """The rows that hold for what is decided of a record today."""
    mine = tx.records.get(entry)
    case = tx.cases.get(mine.case_id)
    return office.ruling(case.agency, case.pack, Scope.OUTCOMES, now).policy.credit


def ask(  # noqa: PLR0913, PLR0917 - an asking in all its parts
    office: Office,
    tx: Tx,
    entry: str,
    words: str,
    papers: tuple[tuple[RepairPaper, str], ...],
    by: str,
    now: datetime,
    files: tuple[str, ...] = (),
    names: Mapping[str, str] = _NONE,
    *,
    said_at: datetime | None = None,
    stamp: Stamp | None = None,
) -> Record:
    """A repair is asked for, by an officer, the approving system or the subject's link (`by`). Papers: what each shows, its SHA-256.

    `names`: what a paper is called, by its SHA-256: without one, and where it cannot be opened here, nothing is granted by it. `files`:
    SHA-256 of what came without saying what it shows. Before the earliest date it is refused, which the refusal names; what lacks its
    subject is told, and it does not lose what was handed in. `said_at`, or a `stamp`: when, where that was before it is entered; the clock
    on us runs from then. Raises Missing, Invalid (`stamp_out_of_range`), Refusal (`repair_order_open` until the order to rectify is met).
    """
    case, mine = held(tx, entry)
    came = dict.fromkeys((*(digest for _, digest in papers), *files))
    brought = tuple(Brought(digest=one, name=names.get(one, "").strip(), by=by, at=now) for one in came)
    at, shows = said_at or moment(stamp, mine.decided_at, now, office.calendar), stamp.by if stamp is not None else ""
    asked = RepairAsked(asked_at=at, by=by, words=words, papers=papers, files=files, brought=brought, stamp=shows)
    decided = domain.ask_repair(mine, asked, law(office, tx, entry, now), now, office.calendar)
    _refuse_ordered(tx, mine)
    state = write(tx, office, case, decided, now)
    tx.attention.close(f"{REPAIRABLE}:{entry}", now)
    repair = state.repair
    lacking = decided.because.facts["lacking"]
    due_at = repair.due_at if repair is not None else None
    facts = {"entry": entry, "case": case.id, "lacking": lacking, "due_at": due_at.isoformat() if due_at else None}
    late = due_at is not None and now > due_at  # its clock has said so once: a paper more makes it no earlier
    tx.attention.open(TO_REPAIR, case.agency, entry, {**facts, "overdue": late}, now)
    if due_at is not None:
        tx.work.order([_due(state, due_at)], now)
    if repair is not None and repair.missing and (mine.repair is None or mine.repair.missing != repair.missing):
        repairtold.lacking(office, tx, case, state, now)
    return state


def decide(
    office: Office, tx: Tx, entry: str, officer: str, reasons: str, now: datetime, *, grant: bool, token: str = ""
) -> Record:
    """A named officer decides. Granted it is dated today, lifts the bar, and every receiver and the approving system hear of it.

    Its subject hears what was decided, why, and what is open against it (handbook 1.7.11). Where the row asks for a second person it is
    none who decided the record, or found what it came of, by name and by login (`token`).

    Raises Missing, Refusal (`repair_order_open`: an order that came after the asking), Invalid.
    """
    case, mine = held(tx, entry)
    today, ruled = office.calendar.local_date(now), law(office, tx, entry, now)
    deciders = touched.deciders_of(tx, case.id, entry) if ruled.repair.second else []
    close = deputies.close_to(office, tx, case.agency, touched.named(tx, case.id, entry), deciders, now)
    by = Signed(by=officer, token=token, at=now)
    decided = domain.decide_repair(mine, by, reasons, ruled, today, grant=grant, deciders=deciders, close=close)
    if grant:
        _refuse_ordered(tx, mine)
        creditbook.quiet(tx, mine, now)
        state = write(tx, office, case, decided, now)
        untold.over(tx, state, now)
        amend(tx, office, state, Amend.REPAIRED, office.book.get(case.pack), now)
        repairtold.granted(office, tx, case, mine, reasons, now)
        disclosing.repaired(office, tx, case, officer, now)
        return state
    stopped.end(tx, [mine.repair_key], now)
    tx.attention.close(f"{TO_REPAIR}:{entry}", now)
    repairtold.refused(office, tx, case, mine, reasons, now)
    return write(tx, office, case, decided, now)


def due(work: Work, _office: Office) -> Settlement:
    """The term for a repair is over: a person is told that it is late. Nothing is decided by it."""
    entry = str(work.payload["entry"])

    def settle(tx: Tx, now: datetime) -> None:
        case, mine = held(tx, entry)
        repair = mine.repair
        if repair is None or mine.state.over:
            return
        due_at = repair.due_at.isoformat() if repair.due_at is not None else None
        facts = {"entry": entry, "case": case.id, "lacking": list[str](), "due_at": due_at, "overdue": True}
        tx.attention.open(TO_REPAIR, case.agency, entry, facts, now)

    return Settlement(write=settle)


def _refuse_ordered(tx: Tx, mine: Record) -> None:
    """Raise Refusal (`repair_order_open`) while the order to rectify of the same finding is not met: a record is repaired as soon as its

    subject has corrected what was wrong and done its duties, and no earlier (handbook 1.7.1, 1.7.2). Whether it has, the re-check says.
    """
    order = beside.ordered(tx, mine)
    if order is not None and order.rectification is not None:
        until = order.rectification.until.astimezone(SHANGHAI).date().isoformat()
        raise Refusal("repair_order_open", entry=mine.entry, order=order.id, until=until)


def _due(mine: Record, at: datetime) -> Order:
    kind, payload = OrderKind.CREDIT_REPAIR_DUE, {"entry": mine.entry}
    return Order(kind=kind, key=mine.repair_key, due_at=at, urgent_by=at, case_id=mine.case_id, payload=payload)

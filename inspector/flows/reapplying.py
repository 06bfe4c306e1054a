"""Whether an item may be applied for again: what our own decisions and the applicant's own choice have begun, by the pack of that day.

Nothing is stored: a bar is read from the case that it follows from, so it ends by its date, and falls where the decision is annulled. While
an objection to that case is open it bars nobody, as a contested record does; what was rejected once opens nothing by other words. A
decision bars from its service on, counted from its day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from inspector.domain import reapplied
from inspector.domain.case import Case, CaseState
from inspector.domain.consequence import Consequence
from inspector.domain.errors import Missing
from inspector.domain.policy import Policy
from inspector.domain.reapplied import ReapplyBar
from inspector.domain.reapply import After
from inspector.flows import prevailing, same, touched, unserved
from inspector.flows.office import Office
from inspector.store.tx import Tx


def admit(office: Office, tx: Tx, case: Case, now: datetime) -> None:
    """Raise Refusal (`reapplication_barred`, `recommitment_barred`) while a bar on the item runs for this subject."""
    if not any(case.item in row.items for pack in (*office.book.all, *office.book.kept) for row in pack.reapplies):
        return
    bar = reapplied.standing(_bars(office, tx, case), case, office.calendar.local_date(now))
    if bar is not None:
        raise reapplied.refuse(bar, case)


def begun(office: Office, tx: Tx, case: Case, now: datetime) -> list[ReapplyBar]:
    """The bars that decisions in force about a case have begun and that still run, the last to end first: its subject reads of them."""
    today, found = office.calendar.local_date(now), list[ReapplyBar]()
    for held in tx.consequences.of_case(case.id):
        if (decided := reapplied.of_decision(held)) is not None:
            found += _by(office, case, prevailing.barring(office, case, held), decided, held.imposed_at)
    return sorted((one for one in found if today <= one.until), key=lambda one: (one.until, one.row.row), reverse=True)


def by_withdrawal(office: Office, case: Case, now: datetime) -> ReapplyBar | None:
    """The bar that a withdrawal of today would begin, the one that ends last: whoever withdraws is told before. None: none would."""
    today = replace(case, state=CaseState.WITHDRAWN)
    bars = _by(office, case, case.pack, After.WITHDRAWN, now) if reapplied.of_choice(today) is After.WITHDRAWN else ()
    return max(bars, key=lambda one: (one.until, one.row.row), default=None)


def _bars(office: Office, tx: Tx, case: Case) -> Iterator[ReapplyBar]:
    codes = same.codes(tx, case.subject)
    for case_id in tx.consequences.cases_about(case.subject.kind, codes, case.item, case.id):
        former = tx.cases.get(case_id)
        if former.matter is not case.matter or touched.unheard(tx, former.id, tx.records.objections(case_id=former.id)):
            continue
        chosen = reapplied.of_choice(former)
        if chosen is not None:
            at = former.ended_at if chosen is After.WITHDRAWN else former.opened_at
            yield from _by(office, former, former.pack, chosen, at)
        for held in tx.consequences.of_case(former.id):
            if (decided := reapplied.of_decision(held)) is not None and _counts(office, tx, held):
                yield from _by(office, former, prevailing.barring(office, former, held), decided, held.imposed_at)


def _counts(office: Office, tx: Tx, held: Consequence) -> bool:
    """Whether a decision counts towards others: by its service, or at once where the row of its pack names an article for that."""
    pack = _pack(office, held.pack)
    row = pack.consequences.get(held.proposal) if pack is not None else None
    return (row is not None and bool(row.at_once)) or unserved.came(tx, held.id)


def _by(office: Office, former: Case, label: str, after: After, at: datetime | None) -> Iterator[ReapplyBar]:
    """The bars that the pack of that decision begins: what it did not say then, nobody could know."""
    pack = _pack(office, label)
    if pack is None or at is None:
        return
    for row in pack.reapplies:
        if row.after is after and former.item in row.items:
            yield ReapplyBar(row=row, pack=label, case_id=former.id, since=office.calendar.local_date(at))


def _pack(office: Office, label: str) -> Policy | None:
    try:
        return office.book.get(label)
    except Missing:  # a pack that nobody kept says nothing any more
        return None

"""Housekeeping: what is history leaves the working tables. The ledger keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from inspector.domain.decision import Because
from inspector.domain.retention import Record
from inspector.flows import purging, weeding
from inspector.flows.office import Office
from inspector.flows.purging import Outlived
from inspector.flows.settle import Settlement, nothing
from inspector.store.sessions import KEPT
from inspector.store.tx import Tx
from inspector.store.work import Work

Forget = Callable[[Tx, datetime], int]


def forget(work: Work, office: Office) -> Settlement:
    """Delete what is older than the days told for it, a few thousand rows a transaction so that nobody waits; safe to repeat.

    A sender repeats a message until it hears the answer: for minutes, for days after an outage, for weeks after a restored backup.
    What comes again even later meets the state itself: a case known by its reference, a request or seat that is over.
    """
    told = work.payload
    _all(office, int(told["done"]), _aged("work", office, lambda tx, before: tx.work.forget_done(before)))
    _all(office, int(told["slots"]), _aged("tick", office, lambda tx, before: tx.schedules.forget_ticks(before)))
    _all(office, int(told["messages"]), _aged("inbox", office, lambda tx, before: tx.inbox.forget(before)))
    # no channel reports of one so old
    _all(office, int(told["messages"]), _aged("push", office, lambda tx, before: tx.pushes.forget(before)))
    if "inquiries" in told:  # an order of before there were any names none
        over = purging.outlived(office, Record.DISCLOSURE, int(told["inquiries"]))
        if over is not None:  # else a pack wants them kept for good
            _before(office, over.before, _aged("inquiry", office, lambda tx, before: tx.inquiries.forget(before), over))
            _before(office, over.before, _aged("viewing", office, lambda tx, before: tx.viewings.forget(before), over))
    if "materials" in told:
        weeding.weed(office, int(told["materials"]))
        _all(office, int(told["materials"]), _aged("entry_scan", office, weeding.readings))
        purging.answers(office)  # by the days of each case's pack
    if (held := purging.outlived(office, Record.SECURITY, KEPT.days)) is not None:
        length = office.now() - held.before  # sessions run by machine time
        _before(
            office,
            held.before,
            _aged("browser_session", office, lambda tx, _: tx.sessions.forget(tx.machine_now() - length), held),
        )
    return nothing("forgotten")


def _aged(kind: str, office: Office, do: Forget, over: Outlived | None = None) -> Forget:
    """The same with an entry that says how many records went, and what they were older than, by which row (PIPL art. 19)."""

    def then(tx: Tx, before: datetime) -> int:
        if gone := do(tx, before):
            facts: dict[str, object] = {"kind": kind, "before": before.isoformat(), "rows": gone}
            because = Because(rule="retention.forget", basis=(), pack="", facts=facts)
            if over is not None and over.row is not None:
                row = over.row
                facts |= {"record": row.record.value, "row": row.row, "keep": str(row.keep)}
                because = replace(because, basis=(row.basis,), pack=over.pack, facts=facts)
            purging.said(tx, f"retention:{kind}", because, office.now())
        return gone

    return then


def _all(office: Office, days: int, do: Forget) -> None:
    """Every row before so many days ago, transaction by transaction."""
    _before(office, office.now() - timedelta(days=days), do)


def _before(office: Office, before: datetime, do: Forget) -> None:
    gone = 1
    while gone:
        with office.store.begin() as tx:
            gone = do(tx, before)

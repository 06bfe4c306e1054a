"""Housekeeping: what is history leaves the working tables. The ledger keeps it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from inspector.domain.retention import Record
from inspector.flows import hushing, purging, weeding
from inspector.flows.office import Office
from inspector.flows.purging import Outlived
from inspector.flows.settle import Settlement, nothing
from inspector.store.sessions import KEPT
from inspector.store.tx import Tx
from inspector.store.work import Work

Forget = Callable[[Tx, datetime], int]
_MANY = 1_000
"""So many rows are deleted before the next ones are in a transaction of their own."""
_SPAN = 5_000
"""So many rows of work are looked at together."""


def forget(work: Work, office: Office) -> Settlement:
    """Delete what is older than the days told for it, a few thousand rows a transaction so that nobody waits; safe to repeat.

    A sender repeats a message until it hears the answer: for minutes, for days after an outage, for weeks after a restored backup.
    What comes again even later meets the state itself: a case known by its reference, a request or seat that is over.
    """
    told, now = work.payload, office.now()
    done, slots, messages = (now - timedelta(days=int(told[name])) for name in ("done", "slots", "messages"))
    parts: list[tuple[datetime, Forget]] = [
        (slots, _aged("tick", office, lambda tx, before: tx.schedules.forget_ticks(before))),
        (messages, _aged("inbox", office, lambda tx, before: tx.inbox.forget(before))),
        (messages, _aged("push", office, lambda tx, before: tx.pushes.forget(before))),  # no channel reports of one so old
    ]
    if "inquiries" in told:  # an order of before there were any names none
        over = purging.outlived(office, Record.DISCLOSURE, int(told["inquiries"]))
        if over is not None:  # else a pack wants them kept for good
            parts += [
                (over.before, _aged("inquiry", office, lambda tx, before: tx.inquiries.forget(before), over)),
                (over.before, _aged("viewing", office, lambda tx, before: tx.viewings.forget(before), over)),
            ]
    if (held := purging.outlived(office, Record.SECURITY, KEPT.days)) is not None:
        length = now - held.before  # sessions run by machine time
        ended = _aged("browser_session", office, lambda tx, _: tx.sessions.forget(tx.machine_now() - length), held)
        parts.append((held.before, ended))
    _done(office, done)
    _each(office, parts)
    if "materials" in told:
        days = int(told["materials"])
        weeding.weed(office, days)
        for some in weeding.unheld(office, days):
            _each(office, [(now - timedelta(days=days), _aged("entry_scan", office, partial(weeding.readings, some)))])
        purging.answers(office)  # by the days of each case's pack
        hushing.night(office)
    return nothing("forgotten")


def _done(office: Office, before: datetime) -> None:
    """Every row of work done before a moment: found by readers, who keep nobody waiting however long the table is, then deleted."""
    after: int | None = 0
    found: list[int] = []
    while after is not None:
        with office.store.read() as tx:
            more, after = tx.work.aged(before, after, _SPAN)
        found += more
        if len(found) >= _MANY or (found and after is None):
            some, found = found, []
            with office.store.begin() as tx:
                if gone := tx.work.forget_done(before, some):
                    purging.forgot(tx, "work", gone, before, office.now())


def _aged(kind: str, office: Office, do: Forget, over: Outlived | None = None) -> Forget:
    """The same with an entry that says how many records went, and what they were older than, by which row (PIPL art. 19)."""

    def then(tx: Tx, before: datetime) -> int:
        if gone := do(tx, before):
            purging.forgot(tx, kind, gone, before, office.now(), over)
        return gone

    return then


def _each(office: Office, parts: Iterable[tuple[datetime, Forget]]) -> None:
    """Every row before a moment, one kind after the other. Once it has deleted many, a transaction ends, so that nobody waits for long."""
    left = deque(parts)
    while left:
        with office.store.begin() as tx:
            many = 0
            while left and many < _MANY:
                before, do = left[0]
                if gone := do(tx, before):
                    many += gone
                else:
                    left.popleft()

"""A visit that quiet windows leave no day for is made on the day that an officer names (handbook scenario 44, decision 220).

The law may ask for it within the windows, by an exception of the place (handbook 1.4.22), or it is made behind them, late. Neither is a
rule's to choose, and whichever it is stands in the ledger beside the date that was, with why: never silently late, never silently inside.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from inspector.domain.appointed import Appointed, Though
from inspector.domain.calendar import Due, WorkingCalendar, reminder
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.peace import AHEAD, dated
from inspector.domain.person import said
from inspector.domain.quiet import QuietRow, inside, windows
from inspector.domain.stop import Shut
from inspector.domain.visit import Visit


def nameable(visit: Visit, now: datetime, calendar: WorkingCalendar) -> tuple[date, date]:
    """The first and the last day that an officer may name: from today to a month behind the visit's date."""
    first = calendar.local_date(now)
    return first, max(first, calendar.local_date(visit.due_at)) + AHEAD


def closed_days(visit: Visit, rows: Sequence[QuietRow], now: datetime, calendar: WorkingCalendar) -> tuple[Shut, ...]:
    """The windows whole, as far as a day may be named: who names one sees which days they close."""
    return windows(rows, *nameable(visit, now, calendar), visit.whom)


def appoint(  # noqa: PLR0913, PLR0917 - a decision in all its parts
    visit: Visit,
    on: date,
    by: str,
    why: str,
    rows: Sequence[QuietRow],
    before: int,
    pack: str,
    now: datetime,
    calendar: WorkingCalendar,
    though: Collection[Though] = (),
) -> Decision[Visit]:
    """A named officer says on which day somebody goes, with reasons: then the visit is due, and no window closes that day.

    Every other closed day up to it stays closed: who goes before it goes where nobody may. Where nobody could go on a day that was
    named, another one may be.

    Its team learns whom it is to so many working days `before` it, where that is earlier than it was to. Raises Refusal (`visit_closed`,
    `conflict_none`) and Invalid: `appointed_out_of_range`; `appointed_in_quiet` and `appointed_day_off` for a day that nobody need have
    meant, until it is said that it is (`though`); and for words that say nothing.
    """
    if not visit.state.open:
        raise Refusal("visit_closed", visit=visit.id, state=visit.state)
    if not (visit.conflict or missed(visit, now, calendar)):
        raise Refusal("conflict_none", visit=visit.id)
    first, last = nameable(visit, now, calendar)
    if not first <= on <= last:
        told = {"on": on.isoformat(), "first": first.isoformat(), "last": last.isoformat()}
        raise Invalid("appointed_out_of_range", field="on", **told)
    shut = inside(rows, on, visit.whom)
    if shut and Though.QUIET not in though:
        raise Invalid("appointed_in_quiet", field="though", on=on.isoformat(), rows=", ".join(shut))
    if not calendar.is_working_day(on) and Though.DAY_OFF not in though:
        raise Invalid("appointed_day_off", field="though", on=on.isoformat())
    held = Appointed(on=on, by=said("by", by), why=said("reasons", why), was_due=visit.due_at)
    due_at = calendar.closing(on)
    release = visit.release_at and min(visit.release_at, reminder(due_at, before, calendar))
    basis = tuple(dict.fromkeys((visit.basis, *(row.basis for row in rows if row.row in shut))))
    facts = {
        "on": on.isoformat(),
        "was_due": visit.due_at.isoformat(),
        "due_at": due_at.isoformat(),
        "quiet": list(shut),
        "by": held.by,
        "reasons": held.why,
    }
    whole = dated(replace(visit, appointed=held), Due(at=due_at, counted=visit.due_counted), rows, calendar)
    state = replace(whole, release_at=release, conflict=False)
    return Decision(state=state, because=Because(rule="visit.appointed", basis=basis, pack=pack, facts=facts))


def missed(visit: Visit, now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether the day that an officer has named is over, and the visit still to be made."""
    return visit.state.open and visit.appointed is not None and calendar.closing(visit.appointed.on) <= now

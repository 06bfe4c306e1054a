"""A visit that quiet windows leave no day for is made on the day that an officer names (handbook scenario 44, decision 220).

The law may ask for it within the windows, by an exception of the place (handbook 1.4.22), or it is made behind them, late. Neither is a
rule's to choose, and whichever it is stands in the ledger beside the date that was, with why: never silently late, never silently inside.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from inspector.domain.appointed import Appointed, Though
from inspector.domain.calendar import Due, WorkingCalendar, reminder
from inspector.domain.decision import Because, Decision, OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.peace import AHEAD, dated
from inspector.domain.person import said
from inspector.domain.quiet import QuietRow, inside, windows
from inspector.domain.stop import Shut
from inspector.domain.visit import Visit


def nameable(visit: Visit, now: datetime, calendar: WorkingCalendar) -> tuple[date, date]:
    """The first and the last day that an officer may name: from today, while it is not over, to a month behind the visit's date."""
    first = calendar.local_date(now)
    if calendar.closing(first) <= now:
        first += timedelta(days=1)
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
    if made(visit) or not (visit.conflict or missed(visit, now, calendar)):
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
    release = visit.release_at and min(visit.release_at, reminder(calendar.closing(on), before, calendar))
    return _due_on(replace(visit, release_at=release), held, rows, pack, calendar)


def handed_on(
    visit: Visit, former: Visit, rows: Sequence[QuietRow], before: int, pack: str, now: datetime, calendar: WorkingCalendar
) -> Decision[Visit] | None:
    """A visit that is dealt anew is made on the day that an officer has named for the `former` one, whose place it takes.

    Where that day lies ahead (whom the lot names today can hardly go today), and windows leave this one no day of its own either: else
    nobody need go by an exception, or late. None where they do, or nobody has named any.
    """
    named = former.appointed
    if named is None or not visit.conflict or named.on <= calendar.local_date(now):
        return None
    release = reminder(calendar.closing(named.on), before, calendar)
    fresh = replace(visit, release_at=release, released=release <= now)
    return _due_on(fresh, replace(named, was_due=visit.due_at), rows, pack, calendar, handed_on_from=former.id)


def _due_on(
    visit: Visit, held: Appointed, rows: Sequence[QuietRow], pack: str, calendar: WorkingCalendar, **told: str
) -> Decision[Visit]:
    """The visit is due on a named day, which is open, and no other closed day up to it; what else is `told` of why stands beside."""
    due_at, shut = calendar.closing(held.on), inside(rows, held.on, visit.whom)
    basis = tuple(dict.fromkeys((visit.basis, *(row.basis for row in rows if row.row in shut))))
    facts = {
        "on": held.on.isoformat(),
        "was_due": visit.due_at.isoformat(),
        "due_at": due_at.isoformat(),
        "quiet": list(shut),
        "by": held.by,
        "reasons": held.why,
        **told,
    }
    whole = dated(replace(visit, appointed=held), Due(at=due_at, counted=visit.due_counted), rows, calendar)
    state = replace(whole, conflict=False)
    return Decision(state=state, because=Because(rule="visit.appointed", basis=basis, pack=pack, facts=facts))


def clocks(visit: Visit) -> tuple[str, ...]:
    """The keys of the clock of its date: its own, and behind it that of a day which was named when its own had run."""
    own = f"{OrderKind.VISIT_DUE.value}:{visit.id}"
    return (own, f"{own}:{visit.appointed.on}") if visit.appointed is not None else (own,)


def missed(visit: Visit, now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether the day that an officer has named is over, and the visit waits for its result still."""
    return visit.state.open and visit.appointed is not None and calendar.closing(visit.appointed.on) <= now


def made(visit: Visit) -> bool:
    """Whether everybody whom it still waits for was there: that stands (`attested`), and nobody need go on any day."""
    return visit.owing <= visit.vouched

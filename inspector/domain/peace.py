"""A visit among quiet windows: its date kept outside them, the windows told, and what was done inside one marked (scenario 44)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from inspector.domain.calendar import Due, WorkingCalendar, again, reminder
from inspector.domain.deadline import within
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid
from inspector.domain.finding import Made
from inspector.domain.known import known_from
from inspector.domain.quiet import QuietRow, conflict, inside, pull, windows, without
from inspector.domain.stop import Shut
from inspector.domain.visit import Visit

AHEAD = timedelta(days=31)
"""How far windows are told to who still has to make a visit behind its date."""


def dated(visit: Visit, counted: Due, rows: Sequence[QuietRow], calendar: WorkingCalendar) -> Visit:
    """The visit with a date (`quiet.pull` has kept it outside the windows) and the windows from when it was given to its term's end.

    Where an officer has named its day, they are those up to that day, too: all before it stay closed.
    """
    pulled, named = counted.counted.pulled, visit.appointed
    ends = [pulled.nominal if pulled is not None else calendar.local_date(counted.at)]
    ends += [named.on, calendar.local_date(named.was_due)] if named is not None else []
    told = _shut(visit, rows, max(ends), calendar)
    return replace(visit, due_at=counted.at, due_counted=counted.counted, windows=told, conflict=conflict(counted))


def sooner(
    visit: Visit, rows: Sequence[QuietRow], limit: datetime | None, before: int, now: datetime, calendar: WorkingCalendar
) -> Visit | None:
    """The visit when a case that it is for must be over by an earlier `limit`; None where nothing comes nearer, or that has passed.

    Its team learns whom it is to so many working days `before` the new date, where that is earlier. Windows are kept from now on.
    """
    if limit is None or limit >= visit.due_at or visit.appointed is not None:  # an officer has named its day
        return None
    term = again(visit.due_counted, calendar) or Due(at=visit.due_at, counted=visit.due_counted)
    bounded = within(term, limit, now, calendar)
    if bounded is term:
        return None
    changed = dated(visit, pull(bounded, now, rows, visit.whom, calendar), rows, calendar)
    release = visit.release_at and min(visit.release_at, reminder(changed.due_at, before, calendar))
    return replace(changed, release_at=release)


def among(visit: Visit, rows: Sequence[QuietRow], calendar: WorkingCalendar) -> Visit:
    """The visit when its windows have become others, for another agency goes along: its date was told, so it stays.

    Where it lies inside a window now, a person decides.
    """
    counted = Due(at=visit.due_at, counted=visit.due_counted)
    changed = dated(visit, counted, rows, calendar)
    shut = inside(rows, calendar.local_date(visit.due_at), visit.whom)
    return replace(changed, conflict=visit.appointed is None and (changed.conflict or bool(shut)))


def overdue(visit: Visit, rows: Sequence[QuietRow], now: datetime, calendar: WorkingCalendar) -> Visit:
    """The visit with the windows that are known to whoever still has to make it behind its date: to a month from today.

    Until its date it has those of its term: it stays to be made, and nobody goes inside a window unsaid.
    """
    if not visit.state.open or now <= visit.due_at:
        return visit
    return replace(visit, windows=_shut(visit, rows, calendar.local_date(now) + AHEAD, calendar))


def _shut(visit: Visit, rows: Sequence[QuietRow], last: date, calendar: WorkingCalendar) -> tuple[Shut, ...]:
    """The days from when a visit was given on which nobody goes; the one that an officer has named is none of them (`appointing`)."""
    told = windows(rows, calendar.local_date(visit.opened_at), last, visit.whom)
    return without(told, visit.appointed.on) if visit.appointed is not None else told


def shut_today(visit: Visit, now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether a visit that is still to be made is not made today, for nobody may go."""
    return visit.state.open and closed(visit, calendar.local_date(now))


def closed(visit: Visit, day: date) -> bool:
    """Whether a day lies within a visit's windows; the one that an officer has named does not, whatever was written down of them."""
    named = visit.appointed is not None and visit.appointed.on == day
    return not named and any(one.first <= day <= one.last for one in visit.windows)


def because(visit: Visit, rows: Sequence[QuietRow], pack: str) -> Because | None:
    """Why a visit's date is not the term's own, or that no day is left; None where the windows change nothing."""
    pulled = visit.due_counted.pulled
    if pulled is None and not visit.conflict:
        return None
    shut = {one.row for one in visit.windows}
    basis = tuple(dict.fromkeys(row.basis for row in rows if row.row in shut))
    facts = {
        "was_due": (pulled.nominal if pulled is not None else visit.due_at.date()).isoformat(),
        "due_at": visit.due_at.isoformat(),
        "windows": [f"{one.first.isoformat()}/{one.last.isoformat()}" for one in visit.windows],
    }
    return Because(rule="visit.quiet_conflict" if visit.conflict else "visit.quiet", basis=basis, pack=pack, facts=facts)


def quieted(visit: Visit, rows: Sequence[QuietRow], pack: str) -> Decision[Visit] | None:
    """The decision that `because` tells of."""
    told = because(visit, rows, pack)
    return Decision(state=visit, because=told) if told is not None else None


def made(visit: Visit, on: date | None, rows: Sequence[QuietRow], now: datetime, calendar: WorkingCalendar) -> Made:
    """When the visit was made, today where nobody says, and whether nobody might go then.

    Raises Invalid (`visited_out_of_range`) for a day to come, or of before the team could know whom the visit is to.
    """
    first, today = calendar.local_date(known_from(visit)), calendar.local_date(now)
    if on is not None and not first <= on <= today:
        raise Invalid(
            "visited_out_of_range", field="visited_on", on=on.isoformat(), first=first.isoformat(), last=today.isoformat()
        )
    day = on or today
    named = visit.appointed is not None and visit.appointed.on == day  # inside by an officer's word, which the ledger has
    return Made(on=day, quiet=() if named else inside(rows, day, visit.whom))

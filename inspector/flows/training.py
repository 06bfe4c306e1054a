"""Findings by group of inspectors, quarter by quarter, from the draws' frozen frames and what was entered (`domain.training`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from inspector.domain.errors import Invalid
from inspector.domain.plan import DrawKind
from inspector.domain.sampling import Window
from inspector.domain.training import Crew, Looked, Made, added, crews
from inspector.domain.visit import Visit, VisitState
from inspector.flows.embargo import closed
from inspector.flows.equality import found
from inspector.flows.lists import people, small
from inspector.flows.office import Office
from inspector.store.tx import Tx

_QUARTER = Window.QUARTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Crews:
    """The groups, the first days of the quarters whose figures are in them, and of those that wait for a draw under embargo."""

    groups: tuple[Crew, ...]
    quarters: tuple[date, ...]
    waiting: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A draw as an agency's officers carried it out: what its visits came to, which look at others, and whether it is open."""

    made: Mapping[str, Made]
    looks: Mapping[str, str]
    open: bool


def quarters_so_far(office: Office) -> tuple[date, date]:
    """From the first of January to the first of this quarter, in the first one that of the whole last year."""
    return _QUARTER.so_far(office.calendar.local_date(office.now()))


def groups(office: Office, tx: Tx, agency: str, since: date, until: date, now: datetime) -> Crews:
    """The groups of an agency over the visits made in whole quarters. The floor is what its pack calls a crowd, for each seat of a team.

    A quarter is told once it is over and no draw of its visits is under embargo. Raises Invalid for an unknown agency, an empty span
    (`equality_span`) and one that does not consist of quarters (`crews_span`).
    """
    office.agency(agency)
    if since >= until:
        raise Invalid("equality_span", since=since.isoformat(), until=until.isoformat())
    for name, day in (("since", since), ("until", until)):
        if _QUARTER.start(day) != day:
            raise Invalid("crews_span", day=day.isoformat(), begins=_QUARTER.start(day).isoformat(), field=name)
    policy, today = office.policy(agency, now.date()), office.calendar.local_date(now)
    midnight = office.calendar.midnight
    rows = tx.visits.done(midnight(since), midnight(min(until, _QUARTER.start(today))))
    done = defaultdict[date, list[tuple[str, str]]](list)
    for visit, number, at in rows:
        done[_QUARTER.start(office.calendar.local_date(at))].append((visit, number))
    drawn = {number: _drawn(office, tx, number, agency, now) for number in {number for _, number, _ in rows}}
    waiting = [quarter for quarter, some in sorted(done.items()) if any(not drawn[number].open for _, number in some)]
    told = {quarter: some for quarter, some in sorted(done.items()) if quarter not in waiting}
    floor = policy.report.crowd * policy.draw.team
    return Crews(
        groups=added(_quarter(office, tx, agency, some, drawn, floor, now) for some in told.values()),
        quarters=tuple(told),
        waiting=tuple(waiting),
    )


def told(held: Crews) -> dict[str, object]:
    """Groups in JSON's own types; the pool of all others is empty."""
    days = {name: [one.isoformat() for one in getattr(held, name)] for name in ("quarters", "waiting")}
    return {"groups": [asdict(one) for one in held.groups], **days}


def _quarter(
    office: Office,
    tx: Tx,
    agency: str,
    some: list[tuple[str, str]],
    drawn: dict[str, _Drawn],
    floor: int,
    now: datetime,
) -> tuple[Crew, ...]:
    made, looks = list[Made](), list[Looked]()
    for visit, number in some:
        one = drawn[number].made.get(visit)
        if one is None:
            continue  # another agency's, whose officers alone went
        about = drawn[number].looks.get(visit)
        if about is None:
            made.append(one)
            continue
        first = tx.visits.get(about).draw
        if first not in drawn:
            drawn[first] = _drawn(office, tx, first, agency, now)
        if (looked := drawn[first].made.get(about)) is not None:
            looks.append(Looked(level=looked.level, went=looked.went, differs=one.found))
    return crews(made, looks, floor)


def _drawn(office: Office, tx: Tx, number: str, agency: str, now: datetime) -> _Drawn:
    """The visits of a draw that an agency's officers have made, by id."""
    held = tx.draws.get(number)
    listed = next((one for one in held.lists if one.agency == agency), None)
    if listed is None:
        return _Drawn({}, {}, open=True)
    if closed(office, tx, held, now) is not None:
        return _Drawn({}, {}, open=False)
    pools = {one.id: frozenset(one.pools) for one in people(held, small(tx, held), listed).inspectors}
    policy, teams = office.book.get(held.pack_of(agency)), tx.visits.teams_of(number)
    again = held.kind is DrawKind.SECOND_LOOK

    def made(one: Visit) -> Made:
        seats = [seat for seat, _ in teams.get(one.id, ()) if seat is not None and seat.agency == agency]
        went = {seat.inspector: pools.get(seat.inspector, frozenset()) for seat in seats if seat.state.made}
        stratum = next((stake.stratum for stake in one.stakes if stake.agency == agency), "")
        level = (policy.sampling(stratum).level if stratum and not again else None) or ""
        return Made(level=level, went=went, found=found(one, agency))

    theirs = [
        one
        for one in tx.visits.of_draw(number)
        if one.state is VisitState.DONE and any(part.agency == agency for part in one.parts)
    ]
    return _Drawn({one.id: made(one) for one in theirs}, {one.id: one.looks_at for one in theirs if one.looks_at}, open=True)

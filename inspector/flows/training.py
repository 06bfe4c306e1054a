"""Findings by group of inspectors, from the draws' frozen frames and what was entered (`domain.training`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime

from inspector.domain.errors import Invalid
from inspector.domain.plan import DrawKind
from inspector.domain.training import Crew, Made, crews
from inspector.domain.visit import SeatState, VisitState
from inspector.flows.embargo import awaited
from inspector.flows.equality import found
from inspector.flows.lists import people, small
from inspector.flows.office import Office
from inspector.flows.publish import closed_until
from inspector.store.tx import Tx


def groups(office: Office, tx: Tx, agency: str, since: datetime, until: datetime, now: datetime) -> tuple[Crew, ...]:
    """The groups of an agency over the draws made in a period. The floor is what its pack calls a crowd, for each seat of a team.

    Raises Invalid for an unknown agency or an empty span.
    """
    office.agency(agency)
    if since >= until:
        raise Invalid("equality_span", since=since.date().isoformat(), until=until.date().isoformat())
    policy, made = office.policy(agency, now.date()), dict[str, Made]()
    looks = dict[str, bool]()
    for number in tx.past.draws(since, until):
        for name, about, one in _made(office, tx, number, agency, now):
            if about:
                looks[about] = one.found
            else:
                made[name] = one
    told = (replace(one, differs=looks.get(name)) for name, one in made.items())
    return crews(told, policy.report.crowd * policy.draw.team)


def lines(held: tuple[Crew, ...]) -> list[dict[str, object]]:
    """Groups in JSON's own types; the pool of all others is empty."""
    return [asdict(one) for one in held]


def _made(office: Office, tx: Tx, number: str, agency: str, now: datetime) -> Iterator[tuple[str, str, Made]]:
    """The visits of a draw that an agency's officers have made, by id, with the visit whose result they look at again."""
    held = tx.draws.get(number)
    listed = next((one for one in held.lists if one.agency == agency), None)
    if listed is None or closed_until(office, held, awaited(tx, number), now) is not None:
        return
    pools = {one.id: frozenset(one.pools) for one in people(held, small(tx, held), listed).inspectors}
    policy, teams = office.book.get(held.pack_of(agency)), tx.visits.teams_of(number)
    for one in tx.visits.of_draw(number):
        if one.state is not VisitState.DONE or all(part.agency != agency for part in one.parts):
            continue
        seats = [seat for seat, _ in teams.get(one.id, ()) if seat is not None and seat.agency == agency]
        went = {seat.inspector: pools.get(seat.inspector, frozenset()) for seat in seats if seat.state is SeatState.DONE}
        stratum = next((stake.stratum for stake in one.stakes if stake.agency == agency), "")
        again = held.kind is DrawKind.SECOND_LOOK
        level = (policy.sampling(stratum).level if stratum and not again else None) or ""
        yield one.id, one.looks_at, Made(level=level, went=went, found=found(one, agency))

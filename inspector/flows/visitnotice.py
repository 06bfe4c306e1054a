"""The notice of a check (检查通知书): what a subject is told of it, and what its officers need not ask (handbook 1.4.25, 1.2.21, 1.2.22).

Who comes with which certificate, on which basis, how many checks there have been this year and how many there may be, and the rights:
to refuse whoever shows no certificate, and to ask that somebody be recused, which suspends nothing (Penalties Law art. 43, 44, 55).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.challenge import Applicant, Challenge, ChallengeState
from inspector.domain.errors import Forbidden
from inspector.domain.inspection import CheckType
from inspector.domain.known import knows
from inspector.domain.visit import SeatState, Visit
from inspector.flows.briefing import NoticePart, part
from inspector.flows.challenges import known_as
from inspector.flows.gone import at_door
from inspector.flows.office import Office
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Somebody who comes: of which agency, and the certificate to be shown, with the last day on which it counts (handbook 1.2.22)."""

    agency: str
    name: str
    certificate: str
    certificate_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitNotice:
    """What stands on the notice. A joint visit has one, by its lead, whoever of the teams shows it (handbook scenario 38).

    `parts` are those of all agencies that go, the lead's first, `origins` why each goes.
    `decided`: what the head has decided of what the subject applied for,
    by the name of whom it was about.
    """

    visit: Visit
    parts: tuple[NoticePart, ...]
    officers: tuple[Officer, ...]
    decided: tuple[tuple[str, Challenge], ...]
    origins: tuple[str, ...]

    @property
    def lead(self) -> NoticePart:
        """Whose notice it is."""
        return self.parts[0]

    @property
    def items(self) -> tuple[str, ...]:
        """What is checked, by whichever agency, each item once."""
        return tuple(dict.fromkeys(item for part in self.parts for item in part.items))

    def part(self, agency: str) -> NoticePart:
        """An agency's own part."""
        return next(one for one in self.parts if one.agency == agency)


def origin(office: Office, tx: Tx, held: Visit, agency: str) -> str:
    """Why an agency goes there: `drawn` by chance, its whole stratum is checked (`whole`), or for a `permit` that asks for the place.

    A firm is never told that chance chose it where it did not (handbook 1.2.2: what checks come of is never mixed). What goes along with
    another agency's visit, without having drawn the subject, has come by it (`joint`).
    """
    stake = next((one for one in held.stakes if one.agency == agency), None)
    if stake is None:
        return "joint"
    if stake.sampled:
        return "drawn"
    rows = office.book.get(tx.draws.pack_of(held.draw, agency)).samplings
    whole = held.check is not CheckType.PERMIT and any(row.stratum == stake.stratum and row.whole for row in rows)
    return "whole" if whole else "permit"


def notice(office: Office, tx: Tx, name: str, now: datetime) -> tuple[VisitNotice, str]:
    """(the notice by a seat of its visit's teams, whose officer asks). Raises Forbidden before the release, and to whoever does not go."""
    held, seat = at_door(tx, name)
    if not (knows(held, seat) and (seat.state is SeatState.ACCEPTED or seat.state.made)):
        raise Forbidden("seat_passed_on")
    team = [one for one in tx.visits.team(held.id) if one.state.there]
    people = [(one, tx.rosters.in_force(one.agency, one.inspector)) for one in team]
    officers = tuple(
        Officer(
            agency=office.agency(one.agency).name,
            name=person.name if person is not None else one.inspector,
            certificate=person.certificate if person is not None else "",
            certificate_until=person.certificate_until if person is not None else None,
        )
        for one, person in people
    )
    parts = tuple(part(office, tx, held, agency, now) for agency in held.agencies)
    asked = [one for one in tx.challenges.of_visit(held.id) if one.applicant is Applicant.FIRM]
    decided = tuple((known_as(tx, one.agency, one.inspector)[1], one) for one in asked if one.state is not ChallengeState.OPEN)
    origins = tuple(origin(office, tx, held, agency) for agency in held.agencies)
    return VisitNotice(visit=held, parts=parts, officers=officers, decided=decided, origins=origins), seat.agency

"""The notice of a check (检查通知书): what a subject is told of it, and what its officers need not ask (handbook 1.4.25, 1.2.21, 1.2.22).

Who comes with which certificate, on which basis, how many checks there have been this year and how many there may be, and the rights:
to refuse whoever shows no certificate, and to ask that somebody be recused, which suspends nothing (Penalties Law art. 43, 44, 55).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.case import ClaimStatus
from inspector.domain.errors import Forbidden, InspectorError
from inspector.domain.visit import Seat, SeatState, Visit
from inspector.flows import caps
from inspector.flows.caps import Use
from inspector.flows.office import Office
from inspector.flows.seated import by_name
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Somebody who comes: of which agency, and the certificate to be shown, with the last day on which it counts (handbook 1.2.22)."""

    agency: str
    name: str
    certificate: str
    certificate_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A fact that is settled already and is not asked again (the plan, item 5): by its case and name."""

    case_id: str
    claim: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitNotice:
    """What stands on the notice, for one agency's part of a visit. `items` are names; `basis` as the pack cites it."""

    visit: Visit
    agency: str
    officers: tuple[Officer, ...]
    items: tuple[str, ...]
    proven: tuple[Proven, ...]
    use: Use


def notice(office: Office, tx: Tx, name: str, now: datetime) -> VisitNotice:
    """The notice by a seat of its team. Raises Forbidden before the release, and to whoever does not go (any more)."""
    held, seat = by_name(tx, name)
    if not (held.released and seat.state in (SeatState.ACCEPTED, SeatState.DONE)):
        raise Forbidden("seat_passed_on")
    return of_seat(office, tx, held, seat, now)


def of_seat(office: Office, tx: Tx, held: Visit, seat: Seat, now: datetime) -> VisitNotice:
    """The same of a seat whose inspector may know."""
    items, proven = dict[str, None](), list[Proven]()
    for case_id in held.cases_of(seat.agency):
        case = tx.cases.get(case_id)
        item = office.book.get(case.pack).item(case.item)
        items[item.name] = None
        for file in case.claims:
            if file.status is ClaimStatus.PROVEN:
                proven.append(
                    Proven(case_id=case_id, claim=file.claim.key, name=_fact(office, case.pack, case.item, file.claim.fact))
                )
    asked = {(one.case_id, one.claim) for one in held.doubts}
    team = [one for one in tx.visits.team(held.id) if one.state.open or one.state is SeatState.DONE]
    people = [(one, tx.rosters.in_force(one.agency, one.inspector)) for one in team]
    return VisitNotice(
        visit=held,
        agency=seat.agency,
        officers=tuple(
            Officer(
                agency=office.agency(one.agency).name,
                name=person.name if person is not None else one.inspector,
                certificate=person.certificate if person is not None else "",
                certificate_until=person.certificate_until if person is not None else None,
            )
            for one, person in people
        ),
        items=tuple(items),
        proven=tuple(one for one in proven if (one.case_id, one.claim) not in asked),
        use=caps.used(office, tx, held, seat.agency, now),
    )


def _fact(office: Office, pack: str, item: str, fact: str) -> str:
    try:
        return office.book.get(pack).item(item).fact(fact).name
    except InspectorError:
        return fact

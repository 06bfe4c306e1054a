"""What the house would have done in a period, beside what people did: read from its own records and from the inspections they imported."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from inspector.domain.decision import OrderKind
from inspector.domain.inspection import Authority, CheckType
from inspector.flows.members import object_id
from inspector.flows.office import Office
from inspector.store.tx import Tx

OUTWARD = (
    *(OrderKind.RATE, OrderKind.ASK, OrderKind.ASSIST_SEND, OrderKind.ASSIST_DIGEST, OrderKind.ASSIST_REMIND),
    *(OrderKind.TELL, OrderKind.CREDIT, OrderKind.CREDIT_RETRACT, OrderKind.PUSH, OrderKind.PUSH_OFF),
)
"""Work that speaks to the outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A period of an agency. `sent`: what was, or would have been, put to a connector, by (kind, connector), of the whole house.

    Of the visits that chance or a case would have asked for, and those that people made: how many, to how many objects, how many at
    most to one; `both`: objects that both would have seen. Nobody is named.
    """

    agency: str
    since: date
    until: date
    cases: dict[str, int]
    sent: dict[tuple[str, str], int]
    ours: Visited
    theirs: Visited
    both: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """Visits, the objects they are to, and the most to any one of these."""

    visits: int
    objects: int
    most: int


def compare(office: Office, tx: Tx, agency: str, since: date, until: date) -> Comparison:
    """From one day to another, both counted in. Work rows are kept for as long as the setting says; older ones are not counted."""
    first, last = office.calendar.span(since, until)
    planned = Counter(tx.visits.objects_between(agency, first, last))
    made = Counter(
        object_id(office.secret, one.kind, one.code)
        for one in tx.inspections.of(agency)
        if since <= one.on <= until and one.completed and one.authority is Authority.OWN and one.check is not CheckType.OFF_SITE
    )
    return Comparison(
        agency=agency,
        since=since,
        until=until,
        cases=dict(tx.cases.opened_between(agency, first, last)),
        sent={(kind, lane): count for kind, lane, count in tx.work.done_between(OUTWARD, first, last)},
        ours=_visited(planned),
        theirs=_visited(made),
        both=len(planned.keys() & made.keys()),
    )


def _visited(objects: Counter[str]) -> Visited:
    return Visited(visits=objects.total(), objects=len(objects), most=max(objects.values(), default=0))

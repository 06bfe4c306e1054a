"""Equal treatment over HTTP: the report on who committed and like subjects with a certificate."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from inspector.domain.equality import Aside, EqualityVerdict, Measure
from inspector.domain.spending import Spending
from inspector.flows import equality, equalitytold, training
from inspector.flows.office import agency_unknown
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, ResultReader
from inspector.web.desk import AtDesk, Desk
from inspector.web.errors import READS
from inspector.web.fields import Day, MaybeLine

router = APIRouter(prefix="/v1", tags=["draws"], route_class=JsonRoute)
From = Annotated[Day | None, Query(description="From this day on; left out: the first of January of the year of last month")]
To = Annotated[Day | None, Query(description="Before this day; left out: the first of this month")]

WHOSE = "Whose; left out: the token's own, or where that takes no cases the only one below it that does"


class ComparedShown(Shown):
    """A measure by route: `*_hit` of so many. `counted` is the chance among all measures (Holm); `odds` above 1: committers more."""

    measure: Measure
    committed: int
    committed_hit: int
    certified: int
    certified_hit: int
    odds: float | None
    chance: float
    counted: float
    power: float
    verdict: EqualityVerdict


class GroupShown(Shown):
    """One item and level, whatever its size. `enough`: it alone would show the difference; `lawful`: the article that permits one."""

    measure: Measure
    item: str
    level: str
    committed: int
    committed_hit: int
    certified: int
    certified_hit: int
    enough: bool
    lawful: str


class AsideShown(Shown):
    """How many are counted and not compared, and why."""

    reason: Aside
    committed: int
    certified: int


class EqualityShown(Shown):
    """A report on equal treatment; it names nobody. `waiting_draws` are under embargo and come into a later one.

    `look`: the how manieth of the year's twelve looks these days are, none for others; `level`: what of `alpha` it tests by.
    """

    agency: str
    pack: str
    row: str
    basis: str
    alpha: str
    effect: str
    wanted_power: str
    spending: Spending
    look: int | None
    level: float
    since: date
    until: date
    draws: int
    waiting_draws: int
    measures: tuple[ComparedShown, ...]
    groups: tuple[GroupShown, ...]
    aside: tuple[AsideShown, ...]


class CrewShown(Shown):
    """An area pool at a level: visits, findings, and what second looks said. No pool: all those too small to be told alone.

    `looked` and `differs` are none where too few persons were looked at.
    """

    pool: str
    level: str
    visits: int
    found: int
    looked: int | None
    differs: int | None


class CrewsShown(Shown):
    """Groups by name and level, over the quarters that begin on these days; those `waiting` have visits of draws under embargo."""

    groups: tuple[CrewShown, ...]
    quarters: tuple[date, ...]
    waiting: tuple[date, ...]


@router.get("/equality/groups", responses=READS)
def show_groups(
    desk: AtDesk,
    caller: ResultReader,
    agency: Annotated[MaybeLine, Query(description=WHOSE)] = "",
    since: Annotated[Day | None, Query(description="First day of a quarter; left out: the first of January")] = None,
    until: Annotated[Day | None, Query(description="Before this first day of a quarter; left out: of this one")] = None,
) -> CrewsShown:
    """What visits found, by group of inspectors, for correction and training: never by person, never a ranking.

    Whole quarters that are over, by when a visit was made; each figure is of more persons than the pack calls a crowd.
    """
    office, now = desk.office, desk.office.now()
    first, last = training.quarters_so_far(office)
    held = desk.look(lambda tx: training.groups(office, tx, _named(tx, caller, agency), since or first, until or last, now))
    return CrewsShown.model_validate(training.told(held))


@router.get("/equality", responses=READS)
def show_equality(
    desk: AtDesk,
    caller: ResultReader,
    agency: Annotated[MaybeLine, Query(description=WHOSE)] = "",
    since: From = None,
    until: To = None,
) -> EqualityShown:
    """Whether who committed is treated as like subjects who brought a certificate are: drawn, visited, waits, findings."""
    office, (first, last), now = desk.office, _span(desk, since, until), desk.office.now()
    held = desk.look(lambda tx: equality.report(office, tx, _named(tx, caller, agency), first, last, now))
    return EqualityShown.model_validate(equalitytold.told(held))


def _named(tx: Tx, caller: Caller, agency: str) -> str:
    named = agency or equality.whose(tx, caller.agency, caller.sees, "agency")
    if named not in caller.sees:
        raise agency_unknown(named, caller.sees)
    return named


def _span(desk: Desk, since: date | None, until: date | None) -> tuple[datetime, datetime]:
    office = desk.office
    first, last = equality.year_so_far(office, office.now().date())
    return (
        office.calendar.midnight(since) if since is not None else first,
        office.calendar.midnight(until) if until is not None else last,
    )

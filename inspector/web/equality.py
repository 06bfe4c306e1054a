"""Equal treatment over HTTP: the report on who committed and like subjects with a certificate."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from inspector.domain.equality import Aside, EqualityVerdict, Measure
from inspector.domain.errors import Invalid
from inspector.flows import equality
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import ResultReader
from inspector.web.desk import AtDesk
from inspector.web.errors import READS
from inspector.web.fields import Day, MaybeLine

router = APIRouter(prefix="/v1", tags=["draws"], route_class=JsonRoute)
From = Annotated[Day | None, Query(description="From this day on; left out: the first of January of the year of last month")]
To = Annotated[Day | None, Query(description="Before this day; left out: the first of this month")]


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
    """A report on equal treatment; it names nobody. `waiting_draws` are under embargo and come into a later one."""

    agency: str
    pack: str
    row: str
    basis: str
    alpha: str
    effect: str
    wanted_power: str
    since: date
    until: date
    draws: int
    waiting_draws: int
    measures: tuple[ComparedShown, ...]
    groups: tuple[GroupShown, ...]
    aside: tuple[AsideShown, ...]


@router.get("/equality", responses=READS)
def show_equality(
    desk: AtDesk,
    caller: ResultReader,
    agency: Annotated[MaybeLine, Query(description="Whose; left out: the token's own")] = "",
    since: From = None,
    until: To = None,
) -> EqualityShown:
    """Whether who committed is treated as like subjects who brought a certificate are: drawn, visited, waits, findings."""
    office = desk.office
    named = agency or caller.agency
    if named not in caller.sees:
        raise Invalid("agency_unknown", agency=named, known=", ".join(caller.sees))
    now = office.now()
    first, last = equality.year_so_far(office, now.date())
    first = equality.midnight(office, since) if since is not None else first
    last = equality.midnight(office, until) if until is not None else last
    held = desk.look(lambda tx: equality.report(office, tx, named, first, last, now))
    return EqualityShown.model_validate(equality.told(held))

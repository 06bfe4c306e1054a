"""Annual plans over HTTP, to be read: they are made, approved and published at the command line, by named persons."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from inspector.domain.annual import AnnualPlan, AnnualState
from inspector.domain.errors import Missing
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import DrawReader
from inspector.web.desk import AtDesk
from inspector.web.errors import READS
from inspector.web.fields import NamePath

router = APIRouter(prefix="/v1", tags=["draws"], route_class=JsonRoute)

FIRST, LAST = 2000, 9999
YearPath = Annotated[int, Path(ge=FIRST, le=LAST, description="The year whose draws it is about")]
YearQuery = Annotated[int | None, Query(ge=FIRST, le=LAST, description="This year alone")]


class StratumShown(Shown):
    """One stratum: its objects, how many one draw takes, the year's draws together, and those `set_aside` for extensions."""

    stratum: str
    row: str
    objects: int
    each: int
    yearly: int
    set_aside: int


class PartnerShown(Shown):
    """An agency that takes part, with the officers it has for it; where its list is its own, with its totals by its own pack."""

    agency: str
    inspectors: int
    pack: str
    strata: tuple[StratumShown, ...]


class AnnualShown(Shown):
    """One edition of a year's plan. `digest`: SHA-256 over what was approved, which is what was published."""

    plan: str
    year: int
    edition: int
    agency: str
    trigger: str
    pool: bool
    pack: str
    since: date
    draws: int
    strata: tuple[StratumShown, ...]
    inspectors: int
    partners: tuple[PartnerShown, ...]
    lists: Literal["shared", "own"]
    digest: str
    state: AnnualState
    made_at: datetime
    created_by: str
    approved_at: datetime | None
    approved_by: str | None
    approved_on: date | None
    document: str | None
    published_at: datetime | None
    published_by: str | None
    published_on: date | None
    published_in: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    reason: str | None


class AnnualPage(Shown):
    """Annual plans by name, year and edition."""

    plans: tuple[AnnualShown, ...]


@router.get("/plans", responses=READS)
def list_plans(desk: AtDesk, caller: DrawReader, year: YearQuery = None) -> AnnualPage:
    """Annual plans within the agencies of the token, every edition."""
    return AnnualPage(plans=tuple(map(_shown, desk.look(lambda tx: tx.annual.page(caller.sees, year)))))


@router.get("/plans/{name}/{year:int}", responses=READS)
def show_plan(desk: AtDesk, caller: DrawReader, name: NamePath, year: YearPath) -> AnnualShown:
    """The last edition of a plan's year: its totals, and who approved and published it."""

    def ask(tx: Tx) -> AnnualShown:
        held = tx.annual.get(name, year)
        if not {*held.content.agencies} & {*caller.sees}:
            raise Missing("plan_year_unknown", plan=name, year=year)
        return _shown(held)

    return desk.look(ask)


def _shown(held: AnnualPlan) -> AnnualShown:
    own = {field.name: getattr(held, field.name) for field in fields(held) if field.name != "content"}
    return AnnualShown.model_validate(asdict(held.content) | own)

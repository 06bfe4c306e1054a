"""Annual plans over HTTP: read, drawn up, approved by another person, published; each step by a token of somebody's own."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse

from inspector.domain.annual import AnnualPlan, AnnualState, Consent
from inspector.domain.errors import Missing
from inspector.flows import planning
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, DrawDesk, DrawReader, Officer
from inspector.web.desk import AtDesk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import MessageId, NamePath
from inspector.web.messages import PlanApprovalIn, PlanIn, PlanPublicationIn, PlanWithdrawalIn

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


@router.post("/plans/{name}/{year:int}", status_code=201, response_model=AnnualShown, responses=WRITES)
def draw_plan_up(
    desk: AtDesk, caller: DrawDesk, name: NamePath, year: YearPath, given: PlanIn, message_id: MessageId = None
) -> JSONResponse:
    """Draw a year's plan up: the registers are counted as they stand, and written as a draft. Another person approves it."""

    def do(tx: Tx, now: datetime) -> AnnualShown:
        plan = desk.office.plans.get(name)
        if plan is None or plan.agency not in caller.sees:
            raise Missing("plan_unknown", plan=name)
        return _shown(planning.create(desk.office, tx, name, year, by=caller.name, now=now, aside=given.set_aside))

    return desk.once(message(caller.source, message_id, f"plan {name} {year}", given), do, status=201)


@router.post("/plans/{name}/{year:int}/approve", response_model=AnnualShown, responses=WRITES)
def approve_plan(
    desk: AtDesk, caller: Officer, name: NamePath, year: YearPath, given: PlanApprovalIn, message_id: MessageId = None
) -> JSONResponse:
    """Approve a draft by a document: an officer, and never who has drawn it up. From here on nothing of it can be changed."""
    consent = Consent(by=caller.name, document=given.document, on=given.on, digest=given.digest)

    def do(tx: Tx, now: datetime) -> AnnualShown:
        _led(tx, caller, name, year)
        return _shown(planning.approve(desk.office, tx, name, year, consent, now))

    return desk.once(message(caller.source, message_id, f"approve {name} {year}", given), do)


@router.post("/plans/{name}/{year:int}/publish", response_model=AnnualShown, responses=WRITES)
def publish_plan(
    desk: AtDesk, caller: DrawDesk, name: NamePath, year: YearPath, given: PlanPublicationIn, message_id: MessageId = None
) -> JSONResponse:
    """Say that the approved plan is public: from now on its draws take place, the one missed in this period at once."""

    def do(tx: Tx, now: datetime) -> AnnualShown:
        _led(tx, caller, name, year)
        by, reference = caller.name, given.reference
        return _shown(planning.publish(desk.office, tx, name, year, by=by, reference=reference, on=given.on, now=now))

    return desk.once(message(caller.source, message_id, f"publish {name} {year}", given), do)


@router.post("/plans/{name}/{year:int}/withdraw", response_model=AnnualShown, responses=WRITES)
def withdraw_plan(
    desk: AtDesk, caller: Officer, name: NamePath, year: YearPath, given: PlanWithdrawalIn, message_id: MessageId = None
) -> JSONResponse:
    """Withdraw a year's plan: no further draw is announced under it, and what is announced goes on."""

    def do(tx: Tx, now: datetime) -> AnnualShown:
        _led(tx, caller, name, year)
        return _shown(planning.withdraw(desk.office, tx, name, year, by=caller.name, reason=given.reason, now=now))

    return desk.once(message(caller.source, message_id, f"withdraw plan {name} {year}", given), do)


def _led(tx: Tx, caller: Caller, name: str, year: int) -> None:
    """Raise Missing for a plan the caller may not act on: who takes part in a joint check reads it, the lead alone acts."""
    if tx.annual.get(name, year).content.agency not in caller.sees:
        raise Missing("plan_year_unknown", plan=name, year=year)


def _shown(held: AnnualPlan) -> AnnualShown:
    own = {field.name: getattr(held, field.name) for field in fields(held) if field.name != "content"}
    return AnnualShown.model_validate(asdict(held.content) | own)

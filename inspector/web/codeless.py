"""Visits on which no visit code was read, over HTTP: what is to be filed by when, and the proof that it was."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from inspector.domain.catalogue import Duty, Filed
from inspector.domain.errors import Missing
from inspector.domain.visit import Visit
from inspector.flows import codeless
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import DrawDesk, DrawOfficial
from inspector.web.desk import AtDesk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import Day, Limit, Line, MaybeLine, MessageId, NamePath, Strict

router = APIRouter(prefix="/v1", tags=["visits"], route_class=JsonRoute)


class VisitFiledIn(Strict):
    """The proof that a visit was filed: its number. `on`: the day it was filed; today if left out."""

    number: Line
    on: Day | None = None


class VisitFilingShown(Shown):
    """A visit on which no code was read: made `visited_on` a day, to be filed by the date of `duty`, with each day counted."""

    visit: str
    draw: str
    agency: str
    visited_on: date
    due_at: datetime
    duty: Duty
    filed: Filed | None


class VisitFilingsShown(Shown):
    """Filings that wait for their proof, in order of their visits' ids; `next` is where to go on, None at the end."""

    filings: tuple[VisitFilingShown, ...]
    next: str | None


@router.get("/visit-filings", responses=READS)
def list_visit_filings(
    desk: AtDesk,
    caller: DrawOfficial,
    after: Annotated[MaybeLine, Query(description="Go on behind this one")] = "",
    limit: Limit = 50,
) -> VisitFilingsShown:
    """Visits of the agencies of the token that are to be filed, for no visit code was read on them."""
    held = desk.look(lambda tx: tx.visits.unfiled(caller.sees, after=after, limit=limit))
    return VisitFilingsShown(filings=tuple(map(_shown, held)), next=held[-1].id if len(held) == limit else None)


@router.post("/visits/{visit}/filed", response_model=VisitFilingShown, responses=WRITES)
def enter_visit_filing(
    desk: AtDesk, caller: DrawDesk, visit: NamePath, given: VisitFiledIn, message_id: MessageId = None
) -> JSONResponse:
    """Enter the proof that a visit was filed on which no code was read: its clock and its matter end."""

    def do(tx: Tx, now: datetime) -> VisitFilingShown:
        if tx.visits.get(visit).agency not in caller.sees:
            raise Missing("visit_unknown", visit=visit)
        return _shown(codeless.file(desk.office, tx, visit, by=caller.name, number=given.number, on=given.on, now=now))

    return desk.once(message(caller.source, message_id, f"visit filed {visit}", given), do)


def _shown(held: Visit) -> VisitFilingShown:
    filing = held.filing
    assert filing is not None, "a visit that is, or was, to be filed"
    return VisitFilingShown(
        visit=held.id,
        draw=held.draw,
        agency=held.agency,
        visited_on=filing.on,
        due_at=filing.duty.due_at,
        duty=filing.duty,
        filed=filing.filed,
    )

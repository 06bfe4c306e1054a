"""Periodic returns to the justice bureau over HTTP: JSON, or CSV for a spreadsheet."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from inspector.domain.returns import Counted, Per
from inspector.flows import returns
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import ResultReader
from inspector.web.desk import AtDesk
from inspector.web.errors import READS
from inspector.web.fields import Day

router = APIRouter(prefix="/v1", tags=["operations"], route_class=JsonRoute)
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "The return, in the form that was asked for"}
}


def sheet(held: returns.Return) -> Response:
    """A return as a file for a spreadsheet, called by its days."""
    name = f"returns-{held.since}-{held.until}-{held.per.value.lower()}.csv"
    return Response(
        held.sheet, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


class ReturnLineShown(Shown):
    """One row: how many cases of one kind, in time or late by their legal dates, and their working days."""

    period: str
    counted: Counted
    agency: str
    item: str
    level: str
    methods: str
    outcome: str
    cases: int
    in_time: int
    late: int
    days_median: int | None
    days_most: int | None


class ReturnShown(Shown):
    """A return. `over`: nothing is added to it any more; `digest`: SHA-256 of the same as a CSV file, so that two can be compared."""

    since: date
    until: date
    per: Per
    over: bool
    unreadable: int
    digest: str
    rows: tuple[ReturnLineShown, ...]


@router.get("/returns", response_model=ReturnShown, responses={**READS, **_CSV})
def show_return(
    desk: AtDesk,
    caller: ResultReader,
    since: Annotated[Day | None, Query(description="First day; left out: the first of January")] = None,
    until: Annotated[Day | None, Query(description="Last day, it included; left out: that of last month")] = None,
    per: Annotated[Per, Query(description="How long a period is")] = Per.MONTH,
    form: Annotated[Literal["json", "csv"], Query(description="json, or csv for a spreadsheet")] = "json",
) -> Response:
    """Cases by item, level, method, outcome and time in each period, of the agencies of the token: for the justice bureau."""
    first, last = returns.last_months(desk.office)
    held = desk.look(lambda tx: returns.made(desk.office, tx, since or first, until or last, per, caller.sees))
    if form == "csv":
        return sheet(held)
    span = {"since": held.since, "until": held.until, "per": held.per, "over": held.over, "unreadable": held.unreadable}
    shown = ReturnShown.model_validate({**span, "digest": held.digest, "rows": returns.rows(held)})
    return JSONResponse(shown.model_dump(mode="json"))

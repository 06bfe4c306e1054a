"""The day of a visit that quiet windows leave no day for, over HTTP: an officer names it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import JSONResponse

from inspector.domain.appointed import Though
from inspector.domain.errors import Missing
from inspector.flows import appointing
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Officer
from inspector.web.desk import AtDesk, message
from inspector.web.errors import WRITES
from inspector.web.fields import Day, MessageId, NamePath, Strict, Text

router = APIRouter(prefix="/v1", tags=["visits"], route_class=JsonRoute)


class AppointIn(Strict):
    """On which day somebody goes, and why then: by which exception within the windows, or why only behind them.

    `though`: that the day lies in a window (QUIET), or is no working day (DAY_OFF), is meant; without it such a day is refused.
    """

    on: Day
    reasons: Annotated[Text, Field(min_length=1, max_length=400)]
    though: Annotated[tuple[Though, ...], Field(max_length=len(Though))] = ()


class AppointedShown(Shown):
    """A visit's day as an officer has named it, and by when it was due before."""

    visit: str
    on: date
    due_at: datetime
    was_due: datetime
    by: str


@router.post("/visits/{visit}/day", response_model=AppointedShown, responses=WRITES)
def appoint_visit(desk: AtDesk, caller: Officer, visit: NamePath, given: AppointIn, message_id: MessageId = None) -> JSONResponse:
    """Name the day of a visit that quiet windows leave no day for, within them or behind; its team is told, `visit_conflict` is over."""

    def do(tx: Tx, now: datetime) -> AppointedShown:
        if tx.visits.get(visit).agency not in caller.sees:
            raise Missing("visit_unknown", visit=visit)
        held = appointing.appoint(
            desk.office, tx, visit, on=given.on, why=given.reasons, by=caller.name, now=now, though=given.though
        )
        told = held.appointed
        assert told is not None, "it has just been named"
        return AppointedShown(visit=held.id, on=told.on, due_at=held.due_at, was_due=told.was_due, by=told.by)

    return desk.once(message(caller.source, message_id, f"visit day {visit}", given), do)

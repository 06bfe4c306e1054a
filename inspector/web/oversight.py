"""The overseer's view, as a page and over HTTP: what people complain of, by when it is to be answered; and the returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from inspector.domain.complaint import Complaint, ComplaintKind, Handled, behind
from inspector.domain.docket import Nearness
from inspector.domain.returns import Per
from inspector.flows import oversight, returns
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, ResultReader
from inspector.web.desk import AtDesk, Desk
from inspector.web.docket import Behind, place, told
from inspector.web.errors import READS
from inspector.web.fields import MAYBE_SIGNS, Limit
from inspector.web.pages import page
from inspector.web.returns import sheet
from inspector.web.session import Visitor, to_login, unfit

api = APIRouter(prefix="/v1", tags=["operations"], route_class=JsonRoute)
pages = APIRouter(include_in_schema=False)
_MOST = 50


class ComplaintShown(Shown):
    """An open complaint by its id. `due_at`, `working_days` (left; below 0: late by so many) and `near`: none without a date of its own."""

    kind: ComplaintKind
    id: str
    agency: str
    since: datetime
    due_at: datetime | None
    working_days: int | None
    near: Nearness | None


class OversightShown(Shown):
    """A page of open complaints, the nearest date first; and of all: how many are open and overdue, and what was decided within 90 days."""

    complaints: tuple[ComplaintShown, ...]
    next: str | None
    open: int
    overdue: int
    decided_in_time: int
    decided_late: int


@api.get("/oversight", responses=READS)
def show_complaints(
    desk: AtDesk,
    caller: ResultReader,
    after: Annotated[
        str, Query(max_length=220, pattern=MAYBE_SIGNS, description="Go on behind this place, as `next` named it")
    ] = "",
    limit: Limit = _MOST,
) -> OversightShown:
    """What people complain of and by when each is to be answered, of the agencies of the token. It names nobody and changes nothing."""
    held = _read(desk, caller, after, limit)
    return OversightShown(
        complaints=tuple(map(ComplaintShown.model_validate, held.rows)),
        next=held.more,
        open=held.open,
        overdue=held.overdue,
        decided_in_time=held.done.in_time,
        decided_late=held.done.late,
    )


@pages.get("/oversight")
def show_page(request: Request, desk: AtDesk, caller: Visitor, after: Behind = "") -> Response:
    """The same as a page, with ways to what each complaint is about."""
    if caller is None:
        return to_login(request)
    if (refusal := unfit(request, caller)) is not None:
        return refusal
    return page(
        request, "oversight.html", caller=caller, held=_read(desk, caller, after, _MOST), days=oversight.SPAN.days, periods=[*Per]
    )


@pages.get("/oversight/returns")
def show_returns(request: Request, desk: AtDesk, caller: Visitor, per: Per = Per.MONTH) -> Response:
    """The return of the months that are over, as the file that is handed to the justice bureau."""
    if caller is None:
        return to_login(request)
    if (refusal := unfit(request, caller)) is not None:
        return refusal
    since, until = returns.last_months(desk.office)
    return sheet(desk.look(lambda tx: returns.made(desk.office, tx, since, until, per, caller.sees)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    rows: Sequence[Complaint]
    more: str | None
    open: int
    overdue: int
    done: Handled


def _read(desk: Desk, caller: Caller, after: str, limit: int) -> _Look:
    def ask(tx: Tx) -> _Look:
        now = desk.office.now()
        held = oversight.complaints(desk.office, tx, caller.sees, now)
        start = place(after)
        rows = behind(held, start) if start is not None else held
        return _Look(
            rows=rows[:limit],
            more=told(rows[limit - 1].place) if len(rows) > limit else None,
            open=len(held),
            overdue=sum(one.overdue for one in held),
            done=oversight.of_late(tx, caller.sees, now),
        )

    return desk.look(ask)

"""The scoreboard of assistance over HTTP, and where to connect next: JSON, or CSV for a spreadsheet."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import JsonValue
from starlette.responses import JSONResponse, Response

from inspector.domain.viewing import Shown as What
from inspector.flows.notice import sealed
from inspector.flows.scoreboard import GAINS, SCORES, csv_text, gain_rows, score_rows, scoreboard
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, ResultReader
from inspector.web.desk import AtDesk
from inspector.web.errors import READS
from inspector.web.fields import Day, NamePath
from inspector.web.links import By, requested
from inspector.web.viewings import shown_of

router = APIRouter(prefix="/v1", tags=["assistance"], route_class=JsonRoute)
Form = Annotated[Literal["json", "csv"], Query(description="json, or csv for a spreadsheet")]
From = Annotated[Day | None, Query(description="Requests opened from this day on")]
To = Annotated[Day | None, Query(description="Requests opened to this day, it included")]


_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "The rows, in the form that was asked for"}
}


class Rows(Shown):
    """Rows of a report."""

    rows: tuple[dict[str, JsonValue], ...]


class NoticeShown(Shown):
    """A written notice of refusal as it was filed. `digest` is its SHA-256; the ledger's entry holds it, and a seal the entry."""

    request: str
    number: int
    text: str
    digest: str
    entry: str
    seal: int | None
    head: str | None


class Notices(Shown):
    """The written notices of a request, in order."""

    notices: tuple[NoticeShown, ...]


@router.get("/scoreboard", response_model=Rows, responses={**READS, **_CSV})
def show_scoreboard(desk: AtDesk, caller: ResultReader, since: From = None, until: To = None, form: Form = "json") -> Response:
    """How each agency answers each kind of question: the requests that the caller's agencies have put, or were put to them."""
    rows = desk.look(lambda tx: score_rows(scoreboard(desk.office, tx, since, until, sees=caller.sees)))
    return _as(form, SCORES, rows)


@router.get("/scoreboard/connect", response_model=Rows, responses={**READS, **_CSV})
def show_gains(desk: AtDesk, caller: ResultReader, since: From = None, until: To = None, form: Form = "json") -> Response:
    """Where to connect next: which requests a data interface would have answered, most working days saved first."""
    rows = desk.look(lambda tx: gain_rows(scoreboard(desk.office, tx, since, until, sees=caller.sees)))
    return _as(form, GAINS, rows)


@router.get("/assistance/{request_id}/notices", responses=READS)
def show_notices(desk: AtDesk, by: By, request_id: NamePath) -> Notices:
    """The written notices of refusal, each with the seal of the ledger that signs it; null while it waits for one."""

    def ask(tx: Tx) -> tuple[str, Notices]:
        request = requested(desk, tx, by, request_id, reading=True)
        shown = []
        for row in tx.assistance.notices(request_id):
            held = sealed(tx, row["entry"])
            told = {name: row[name] for name in ("request", "number", "digest", "entry")}
            shown.append(NoticeShown(text=row["body"], seal=held.number, head=held.head, **told))
        return request.case_id, Notices(notices=tuple(shown))

    case_id, held = desk.look(ask)
    if isinstance(by, Caller) and held.notices:
        shown_of(desk, by, What.REQUEST, (case_id,))
    return held


def _as(form: str, columns: tuple[str, ...], rows: list[dict[str, object]]) -> Response:
    if form == "csv":
        return Response("\ufeff" + csv_text(columns, rows), media_type="text/csv; charset=utf-8")
    return JSONResponse({"rows": rows})

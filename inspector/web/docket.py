"""The officers' list: decisions that are due, by their legal dates, and a place to look a case up."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from inspector.domain.docket import DocketRow, Nearness, Place, nearness
from inspector.domain.errors import Forbidden
from inspector.domain.evidence import blank
from inspector.domain.identity import normalise
from inspector.store.tx import Tx
from inspector.web.answers import CaseShown, case_shown
from inspector.web.caller import Caller
from inspector.web.desk import AtDesk, Desk
from inspector.web.fields import MaybeLine
from inspector.web.pages import page, refused
from inspector.web.roles import Role
from inspector.web.session import Visitor, to_login

router = APIRouter(include_in_schema=False)
_PLACE = r"^(\d{1,11}\.\d{6})~([0-9A-Za-z._:-]{1,200})$"
Behind = Annotated[str, Query(alias="after", max_length=220)]
Wanted = Annotated[MaybeLine, Query(alias="find")]
_MOST = 50
Row = tuple[CaseShown, str, Nearness | None]
"""A case with the name of its item, and how near its date is where that is what the list is about."""


@router.get("/review", name="docket")
def show_docket(request: Request, desk: AtDesk, caller: Visitor, behind: Behind = "", wanted: Wanted = "") -> Response:
    """What waits for an officer within the session's agencies; `find` looks a case up instead, whatever its state."""
    if caller is None:
        return to_login(request)
    if caller.role not in (Role.OFFICER, Role.AUDITOR):
        return refused(request, Forbidden("role_missing", role=caller.role.value, needed="officer, auditor"))
    text = wanted.strip()
    if text and not blank(text):
        return page(request, "docket.html", caller=caller, wanted=text, rows=_found(desk, caller, text), more=None, most=_MOST)
    rows, more = _due(desk, caller, place(behind))
    return page(request, "docket.html", caller=caller, wanted="", rows=rows, more=more, most=_MOST)


def _due(desk: Desk, caller: Caller, after: Place | None) -> tuple[list[Row], str | None]:
    now, calendar = desk.office.now(), desk.office.calendar

    def ask(tx: Tx) -> tuple[list[Row], str | None]:
        due = tx.docket.page(caller.sees, after, _MOST)
        rows: list[Row] = [(*_shown(desk, tx, row), nearness(row.due_at, now, calendar)) for row in due]
        return rows, told(due[-1].place) if len(due) == _MOST else None

    return desk.look(ask)


def _shown(desk: Desk, tx: Tx, row: DocketRow) -> tuple[CaseShown, str]:
    case = tx.cases.get(row.case_id)
    return case_shown(case), desk.office.book.get(case.pack).item(case.item).name


def _found(desk: Desk, caller: Caller, text: str) -> list[Row]:
    held = desk.look(lambda tx: tx.docket.find(caller.sees, text, normalise(text), _MOST))
    return [(case_shown(case), desk.office.book.get(case.pack).item(case.item).name, None) for case in held]


def told(where: Place) -> str:
    """A place as it stands in an address."""
    return f"{where.due_at.astimezone(UTC).timestamp():.6f}~{where.id}"


def place(text: str) -> Place | None:
    """The place that an address names; the beginning of the list for one that names none."""
    found = re.match(_PLACE, text)
    if found is None:
        return None
    return Place(due_at=datetime.fromtimestamp(float(found[1]), tz=UTC), id=found[2])

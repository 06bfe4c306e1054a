"""The officers' list: decisions that are due, by their legal dates, and a place to look a case up."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from inspector.domain import ownword
from inspector.domain.case import Case
from inspector.domain.consequence import Agreement, Consequence, Stage
from inspector.domain.docket import (
    BAR_CONTESTED,
    LETTER_SCOPE,
    RECUSAL_ASKED,
    STOOD_IN,
    DocketKind,
    DocketRow,
    Nearness,
    Place,
    nearness,
)
from inspector.domain.errors import InspectorError
from inspector.domain.evidence import blank
from inspector.domain.identity import normalise
from inspector.domain.line import pasted
from inspector.domain.objection import Objection
from inspector.domain.viewing import Shown as What
from inspector.domain.withdrawal import CONCLUDED_BEFORE
from inspector.flows import consequences, deputies, reached, reviewing, wording
from inspector.labels import Lang, label, of
from inspector.store.tx import Tx
from inspector.web.answers import CaseShown, Shown, case_shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, ResultReader
from inspector.web.desk import AtDesk, Desk
from inspector.web.errors import READS
from inspector.web.fields import Limit, MaybeLine, Strict
from inspector.web.language import language
from inspector.web.pages import Posted, page, read, refused
from inspector.web.session import Visitor, to_login, unfit
from inspector.web.viewings import shown

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/v1", tags=["consequences"], route_class=JsonRoute)
_PLACE = r"^(\d{1,11}\.\d{6})~(?:([A-Z_]{0,20})~)?([!-~]{1,300})$"
Behind = Annotated[str, Query(alias="after", max_length=320)]
_MOST = 50
_LINKS = {
    DocketKind.CONSEQUENCE: "/consequences/",
    DocketKind.OBJECTION: "/credit/objections/",
    DocketKind.REPAIR: "/credit/records/",
    DocketKind.STRIKING: "/credit/records/",
    DocketKind.SHAKEN: "/consequences/",
    DocketKind.REGRADE: "/consequences/",
    DocketKind.SPOKEN: "/notices/",
    DocketKind.RETRACTION: "/credit/records/",
    DocketKind.AMENDMENT: "/credit/records/",
    DocketKind.UNTAKEN: "/credit/records/",
    DocketKind.DISCLOSURE: "/consequences/",
}
"""Where each kind of decision is made; a review on its case's page."""
_MATTERS = {
    DocketKind.BAR: BAR_CONTESTED,
    DocketKind.STOOD_IN: STOOD_IN,
    DocketKind.OVERTAKEN: CONCLUDED_BEFORE,
    DocketKind.RECUSAL: RECUSAL_ASKED,
    DocketKind.LETTER: LETTER_SCOPE,
}
"""What is a matter with a page of its own, of a case or of none."""
_BEHIND = {DocketKind.WITHDRAWAL: "/withdrawal", DocketKind.SEND_BACK: "/send-back", DocketKind.HELD: "", DocketKind.LIMIT: ""}
"""And what is made behind that page."""


class Wanted(Strict):
    """What is looked for: a part of a name, a number of an application or of a case, a code."""

    find: MaybeLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the list: a case with the name of its item, what is due about it (empty: its review), and how near that is.

    Where there is no case, `item` says what it is about.
    """

    case: CaseShown | None
    item: str
    link: str
    due_at: datetime | None
    provisional: bool
    what: str = ""
    near: Nearness | None = None


class DutyShown(Shown):
    """A decision that is due: of which kind, what it is about (a case, a consequence, an objection, a credit entry, a matter), by when.

    `officer`: whose step of a consequence it is, or who has passed an objection on; `instead`: who decides in that officer's stead today.
    Empty: any officer's, nobody. `waits`: whose agreement a written decision waits for.
    """

    kind: DocketKind
    id: str
    case_id: str
    due_at: datetime
    near: Nearness
    officer: str
    instead: str
    waits: tuple[Agreement, ...]


class DocketShown(Shown):
    """Decisions that are due, the nearest date first. `next`: where the list goes on (`after`); null: there is no more."""

    duties: tuple[DutyShown, ...]
    next: str | None


@api.get("/docket", responses=READS)
def list_docket(desk: AtDesk, caller: ResultReader, after: Behind = "", limit: Limit = _MOST) -> DocketShown:
    """What waits for an officer's decision: reviews, consequences, objections, repairs, withdrawals, second words; by the dates."""

    def ask(tx: Tx) -> tuple[list[DocketRow], list[tuple[tuple[str, str], tuple[Agreement, ...]]]]:
        due = tx.docket.page(caller.sees, place(after), limit)
        return due, [(_whose(desk, tx, row), _waits(desk, tx, row)) for row in due]

    rows, whose = desk.look(ask)
    duties = tuple(
        DutyShown(
            kind=row.kind,
            id=row.id,
            case_id=row.case_id,
            due_at=row.due_at,
            near=_near(desk, row),
            officer=officer,
            instead=instead,
            waits=waits,
        )
        for row, ((officer, instead), waits) in zip(rows, whose, strict=True)
    )
    return DocketShown(duties=duties, next=told(rows[-1].place) if len(rows) == limit else None)


@router.get("/review", name="docket")
def show_docket(request: Request, desk: AtDesk, caller: Visitor, behind: Behind = "") -> Response:
    """What waits for an officer within the session's agencies."""
    if caller is None:
        return to_login(request)
    if (refusal := unfit(request, caller)) is not None:
        return refusal
    rows, more = _due(desk, caller, place(behind), language(request))
    return page(request, "docket.html", caller=caller, wanted="", rows=rows, more=more, most=_MOST)


@router.post("/review")
def find_cases(request: Request, desk: AtDesk, caller: Visitor, form: Posted) -> Response:
    """Look a case up, whatever its state. By a form: what is looked for is a name or a number of somebody, and addresses are logged."""
    if caller is None:
        return to_login(request)
    if (refusal := unfit(request, caller)) is not None:
        return refusal
    try:
        text = read(Wanted, find=pasted(form.one("find"))).find
    except InspectorError as error:
        return refused(request, error)
    if not text or blank(text):
        return show_docket(request, desk, caller)
    return page(request, "docket.html", caller=caller, wanted=text, rows=_found(desk, caller, text), more=None, most=_MOST)


def _due(desk: Desk, caller: Caller, after: Place | None, lang: Lang) -> tuple[list[Row], str | None]:
    def ask(tx: Tx) -> tuple[list[Row], list[Case], str | None]:
        due = tx.docket.page(caller.sees, after, _MOST)
        cases = [tx.cases.get(row.case_id) if row.case_id else None for row in due]
        both = zip(due, cases, strict=True)
        rows = [replace(_shown(desk, tx, row, one, lang), near=_near(desk, row)) for row, one in both]
        return rows, [one for one in cases if one is not None], told(due[-1].place) if len(due) == _MOST else None

    rows, cases, more = desk.look(ask)
    shown(desk, caller, What.LIST, cases, "page")
    return rows, more


def _near(desk: Desk, row: DocketRow) -> Nearness:
    """How near a date is; what has none is to be seen to today."""
    return Nearness.TODAY if row.kind is DocketKind.VISIT else nearness(row.due_at, desk.office.now(), desk.office.calendar)


def _shown(desk: Desk, tx: Tx, row: DocketRow, of_case: Case | None, lang: Lang) -> Row:
    if row.kind in _MATTERS or row.kind is DocketKind.VISIT:
        return _matter(desk, tx, row, of_case, lang)
    assert of_case is not None, "all else is of a case"
    case = _case(desk, of_case)
    if row.kind is DocketKind.REVIEW:
        return case
    if row.kind in _BEHIND:
        return replace(case, link=case.link + _BEHIND[row.kind], due_at=row.due_at, provisional=False, what=of(row.kind, lang))
    link, what = _LINKS[row.kind] + quote(row.id.partition("@")[0], safe=":"), of(row.kind, lang)
    if row.kind is DocketKind.CONSEQUENCE:
        held = tx.consequences.get(row.id)
        looked_at = held.stage is Stage.LOOK and row.due_at == held.due_at  # by its own date, served or not
        step = held.stage if looked_at else consequences.step(tx, held)
        what = wording.consequence(held, lang, step)
        what += _for_whom(desk, tx, row, lang)
        if step is not held.stage:  # a decision that has not come: its proof of service is entered on the page of its notice
            link = f"/notices/{quote(held.id)}:decision"
        elif step is Stage.RECHECK and held.rectification is not None and held.rectification.asked_at is not None:
            what += label("proceeding.asked_for", lang)
    if row.kind is DocketKind.STRIKING and (struck := tx.records.get(row.id).striking) is not None:
        what += label("deputydesk.first", lang, by=struck.asked.by)
    if row.kind is DocketKind.SPOKEN and (first := reached.awaiting(tx.servings.get(row.id))) is not None:
        what = label("noticedesk.second", lang, by=", ".join(one.by for one in ownword.hands(first)))
    what += _by_whom(*_whose(desk, tx, row), lang)
    return replace(case, link=link, due_at=row.due_at, provisional=False, what=what)


def _by_whom(officer: str, instead: str, lang: Lang) -> str:
    """Whose step it is, and who takes it today where that officer is away; empty: any officer's."""
    if instead:
        return label("deputydesk.instead", lang, officer=officer, deputy=instead)
    return label("proceeding.whose", lang, officer=officer) if officer else ""


def _for_whom(desk: Desk, tx: Tx, row: DocketRow, lang: Lang) -> str:
    """Whose agreement it waits for."""
    kinds = [of(kind, lang) for kind in _waits(desk, tx, row)]
    return label("proceeding.waits_whom", lang, kinds=label("proceeding.and", lang).join(kinds)) if kinds else ""


def _matter(desk: Desk, tx: Tx, row: DocketRow, of_case: Case | None, lang: Lang) -> Row:
    """What is of a subject or of a visit stands on the list by what it is about, where it is of no case."""
    name = f"{_MATTERS[row.kind]}:{row.id}" if row.kind in _MATTERS else row.id
    bar = tx.records.bar(row.id) if row.kind is DocketKind.BAR else None
    about = f"{bar.authority} {bar.document}" if bar is not None else row.id
    held = _case(desk, of_case) if of_case is not None else Row(case=None, item=about, link="", due_at=None, provisional=False)
    officer, _ = _whose(desk, tx, row)
    kind = label(f"attention.{name.partition(':')[0]}", lang) if row.kind is DocketKind.VISIT else of(row.kind, lang)
    what = kind + (f" ({officer})" if officer else "")
    return replace(held, link=f"/matters/{quote(name, safe=':')}", due_at=row.due_at, provisional=False, what=what)


def _whose(desk: Desk, tx: Tx, row: DocketRow) -> tuple[str, str]:
    held: Consequence | Objection
    match row.kind:
        case DocketKind.CONSEQUENCE:
            held = tx.consequences.get(row.id)
        case DocketKind.OBJECTION:
            held = tx.records.objection(row.id)
        case DocketKind.STOOD_IN:
            matter = tx.attention.get(f"{STOOD_IN}:{row.id}")
            heads = json.loads(matter["body"]).get("heads", ()) if matter is not None else ()
            return ", ".join(heads), ""
        case DocketKind.RECUSAL:
            matter = tx.attention.get(f"{RECUSAL_ASKED}:{row.id}")
            told = json.loads(matter["body"]) if matter is not None else {}
            return str(told.get("officer", "")), str(told.get("instead", ""))
        case _:  # any officer's, or any other one's: nobody has begun it
            return "", ""
    return deputies.whose(desk.office, tx, held, desk.office.now())


def _waits(desk: Desk, tx: Tx, row: DocketRow) -> tuple[Agreement, ...]:
    """Whose agreement a step about a consequence waits for."""
    held = tx.consequences.get(row.id) if row.kind is DocketKind.CONSEQUENCE else None
    if held is None or held.stage not in (Stage.AGREE, Stage.EXTEND):
        return ()
    case = tx.cases.get(held.case_id)
    return tuple(one.kind for one in reviewing.waits(desk.office, tx, case, held, desk.office.now()))


def _case(desk: Desk, case: Case) -> Row:
    shown = case_shown(case)
    item = desk.office.book.get(case.pack).item(case.item).name
    return Row(case=shown, item=item, link=f"/review/{case.id}", due_at=shown.due_at, provisional=shown.provisional)


def _found(desk: Desk, caller: Caller, text: str) -> list[Row]:
    def ask(tx: Tx) -> tuple[list[Case], dict[str, datetime]]:
        held = tx.docket.find(caller.sees, text, normalise(text), _MOST)
        return held, tx.docket.nearest(caller.sees, [one.id for one in held if one.state.ended])

    held, due = desk.look(ask)
    shown(desk, caller, What.LIST, held, "page")
    rows = [(case, _case(desk, case)) for case in held]  # of what has ended the date is that of what is still to be decided
    return [replace(row, due_at=due.get(case.id), provisional=False) if case.state.ended else row for case, row in rows]


def told(where: Place) -> str:
    """A place as it stands in an address."""
    return f"{where.due_at.astimezone(UTC).timestamp():.6f}~{where.kind}~{where.id}"


def place(text: str) -> Place | None:
    """The place that an address names; the beginning of the list for one that names none."""
    found = re.match(_PLACE, text)
    if found is None:
        return None
    return Place(due_at=datetime.fromtimestamp(float(found[1]), tz=UTC), id=found[3], kind=found[2] or "")

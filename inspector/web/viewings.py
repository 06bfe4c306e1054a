"""Who of the house was shown what of a case's subject, so that the subject can be told (PIPL art. 44, 45); and how it comes on record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from fastapi import APIRouter

from inspector.domain.case import Case
from inspector.domain.viewing import Purpose, Viewing
from inspector.domain.viewing import Shown as What
from inspector.flows import viewings
from inspector.web.answers import Shown
from inspector.web.caller import Caller, CaseReader
from inspector.web.desk import AtDesk, Desk
from inspector.web.errors import READS
from inspector.web.fields import CasePath
from inspector.web.roles import Role

router = APIRouter(prefix="/v1", tags=["cases"])


class ViewingShown(Shown):
    """Who saw something of the case on a day. `by` is told to officers and auditors; a subject hears for which agency, and what for."""

    day: date
    by: str
    role: str
    agency: str
    door: str
    shown: What
    purpose: Purpose
    basis: str


class ViewingsShown(Shown):
    """All of them, oldest first."""

    case: str
    viewings: tuple[ViewingShown, ...]


@router.get("/cases/{case_id}/viewings", responses=READS)
def list_viewings(desk: AtDesk, caller: CaseReader, case_id: CasePath) -> ViewingsShown:
    """Who was shown what of the case, on which day and for what, so that its subject can be told. This reading is one more."""
    case = desk.look(lambda tx: caller.case(tx, case_id))
    shown(desk, caller, What.VIEWINGS, (case,))
    held = desk.look(lambda tx: tx.viewings.of_case(case_id))
    return ViewingsShown(case=case_id, viewings=tuple(_told(one, named=caller.role is not Role.SYSTEM) for one in held))


def _told(one: Viewing, *, named: bool) -> ViewingShown:
    told = {name: getattr(one, name) for name in ViewingShown.model_fields}
    return ViewingShown(**(told if named else told | {"by": ""}))


def shown(desk: Desk, caller: Caller, what: What, cases: Sequence[Case], door: str = "api") -> None:
    """Write down what a caller is about to be shown."""
    viewings.note(desk.office.store, desk.office.now(), viewer(caller, door), what, cases)


def viewer(caller: Caller, door: str = "api") -> viewings.Viewer:
    """A caller as it is written down."""
    return viewings.Viewer(by=caller.name, role=caller.role.value, agency=caller.agency, door=door)


def shown_of(desk: Desk, caller: Caller, what: What, case_ids: Iterable[str], door: str = "api") -> None:
    """The same of things that belong to these cases."""
    ids = sorted(set(case_ids))
    shown(desk, caller, what, desk.look(lambda tx: [tx.cases.get(one) for one in ids]), door)

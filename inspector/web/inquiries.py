"""Who was asked what about a case's subject, over HTTP."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter

from inspector.domain.case import SubjectKind
from inspector.domain.inquiry import Asked
from inspector.domain.viewing import Shown as What
from inspector.flows import inquiries
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import CaseReader
from inspector.web.desk import AtDesk
from inspector.web.errors import READS
from inspector.web.fields import CasePath
from inspector.web.viewings import shown

router = APIRouter(prefix="/v1", tags=["cases"], route_class=JsonRoute)


class InquiryShown(Shown):
    """One question that left the house about the case's subject: when, to whom, what about, on which ground, how it ended."""

    at: datetime
    port: Asked
    connector: str
    owner: str
    kind: SubjectKind
    code: str
    fact: str
    basis: str
    outcome: str
    attempts: int


class InquiriesShown(Shown):
    """All of them, oldest first."""

    case: str
    inquiries: tuple[InquiryShown, ...]


@router.get("/cases/{case_id}/inquiries", responses=READS)
def list_inquiries(desk: AtDesk, caller: CaseReader, case_id: CasePath) -> InquiriesShown:
    """Who was asked what about the case's subject, so that the subject can be shown it. The reading is an entry of the ledger."""

    def do(tx: Tx, now: datetime) -> InquiriesShown:
        caller.case(tx, case_id)
        held = tx.inquiries.of_case(case_id)
        inquiries.read(tx, caller.name, case_id, now)
        shown = tuple(InquiryShown(**{name: getattr(one, name) for name in InquiryShown.model_fields}) for one in held)
        return InquiriesShown(case=case_id, inquiries=shown)

    shown(desk, caller, What.INQUIRIES, (desk.look(lambda tx: caller.case(tx, case_id)),))
    return desk.act(do)

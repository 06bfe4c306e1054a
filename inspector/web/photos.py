"""The photos of a visit on the officers' pages: whoever decides about a case sees what was photographed there."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from inspector.domain.errors import InspectorError, Missing
from inspector.flows import fieldnotes
from inspector.store.tx import Tx
from inspector.web.desk import AtDesk
from inspector.web.fieldnotes import as_file
from inspector.web.fields import CaseId, Digest
from inspector.web.pages import refused
from inspector.web.roles import Role
from inspector.web.session import Visitor, to_login

router = APIRouter(include_in_schema=False)


@router.get("/review/{case_id}/photos/{digest}")
def show_photo(request: Request, desk: AtDesk, caller: Visitor, case_id: CaseId, digest: Digest) -> Response:
    """A photo of a visit to the case's premises, to be saved; who looked at it is on record."""
    if caller is None:
        return to_login(request)

    def do(tx: Tx, now: datetime) -> Response:
        case = caller.case(tx, case_id)
        for held in tx.visits.of_case(case_id):
            for one in tx.fieldnotes.photos(held.id, case.agency):
                if one.digest == digest and one.case_id in (case_id, ""):
                    return as_file(fieldnotes.looked(tx, held, digest, caller.name, now), one.kind, digest)
        raise Missing("material_unknown", digest=digest)

    try:
        caller.may(Role.OFFICER)
        return desk.act(do)
    except InspectorError as error:
        return refused(request, error)

"""Transfers to judicial organs over HTTP: each step by a token of somebody's own (handbook 1.8)."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import JSONResponse

from inspector.domain.consequence import Consequence, Signed
from inspector.flows import transfers
from inspector.store.tx import Tx
from inspector.web.body import JsonRoute
from inspector.web.caller import Officer
from inspector.web.consequencemessages import BundleIn, ContestIn, HeadIn, PoliceIn, ReceiptIn, ReportIn
from inspector.web.consequences import ConsequenceShown, step
from inspector.web.desk import AtDesk
from inspector.web.errors import WRITES
from inspector.web.fields import MessageId, NamePath

router = APIRouter(prefix="/v1/consequences", tags=["consequences"], route_class=JsonRoute)


@router.post("/{consequence_id}/report", response_model=ConsequenceShown, responses=WRITES)
def report(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: ReportIn, message_id: MessageId = None
) -> JSONResponse:
    """One of at least two officers reports to the head; with the second report the head's three days begin."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return transfers.report(desk.office, tx, consequence_id, given.words, by, now)

    return step(desk, caller, consequence_id, "report", given, message_id, do)


@router.post("/{consequence_id}/head", response_model=ConsequenceShown, responses=WRITES)
def decide_transfer(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: HeadIn, message_id: MessageId = None
) -> JSONResponse:
    """The head approves, so that 24 hours run, or refuses with reasons."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        approves, reasons, at = given.approves, given.reasons, given.at
        return transfers.head(desk.office, tx, consequence_id, approves=approves, reasons=reasons, signed=by, now=now, at=at)

    return step(desk, caller, consequence_id, "head", given, message_id, do)


@router.post("/{consequence_id}/handover", response_model=ConsequenceShown, responses=WRITES)
def hand_bundle_over(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: BundleIn, message_id: MessageId = None
) -> JSONResponse:
    """The bundle of five parts was handed to the police, against a receipt."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return transfers.hand(desk.office, tx, consequence_id, given.bundle(), given.receipt, by, now, given.at)

    return step(desk, caller, consequence_id, "handover", given, message_id, do)


@router.post("/{consequence_id}/police", response_model=ConsequenceShown, responses=WRITES)
def enter_police(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: PoliceIn, message_id: MessageId = None
) -> JSONResponse:
    """The police have filed it, or declined with reasons."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return transfers.answered(desk.office, tx, consequence_id, given.police(by), now)

    return step(desk, caller, consequence_id, "police", given, message_id, do)


@router.post("/{consequence_id}/contest", response_model=ConsequenceShown, responses=WRITES)
def contest(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: ContestIn, message_id: MessageId = None
) -> JSONResponse:
    """Reconsideration by the police is asked for, or supervision by the procurator.

    Where the police say nothing by their date it is the procurator (409 `transfer_in_time` before it).
    """

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return transfers.contest(desk.office, tx, consequence_id, given.to, given.document, by, now)

    return step(desk, caller, consequence_id, "contest", given, message_id, do)


@router.post("/{consequence_id}/papers", response_model=ConsequenceShown, responses=WRITES)
def enter_papers(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: ReceiptIn, message_id: MessageId = None
) -> JSONResponse:
    """Goods and papers followed the case that the police have filed."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return transfers.papers(desk.office, tx, consequence_id, given.receipt, by, now)

    return step(desk, caller, consequence_id, "papers", given, message_id, do)

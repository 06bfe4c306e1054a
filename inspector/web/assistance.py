"""What is said about a request for assistance beside its answer (`links`): by the agency that is asked, the requester, the superior."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from starlette.responses import JSONResponse

from inspector.domain.assistance import Quarrel, Request
from inspector.domain.errors import Forbidden, Missing, Refusal
from inspector.flows import assist, hearing, replylink, unsettled
from inspector.flows.office import Office
from inspector.flows.requests import called, decider_of, for_requester
from inspector.flows.requests import held as locked
from inspector.store.tx import Tx
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, Officer
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import WRITES
from inspector.web.fields import Day, Line, MessageId, Moment, NamePath, Strict, Text
from inspector.web.links import By, door, requested, speaks
from inspector.web.requested import RequestShown, after, request_shown
from inspector.web.roles import Role

router = APIRouter(prefix="/v1/assistance", tags=["assistance"], route_class=JsonRoute)


class AcceptIn(Strict):
    """The agency acknowledges the request, and who says so."""

    signer: Line


class ReasonedIn(Strict):
    """What the agency asks for or contests: with reasons, and signed."""

    reasons: Text
    signer: Line


class PartIn(Strict):
    """What is known so far, and what is still open."""

    value: Line
    rest: Text
    signer: Line


class DateIn(ReasonedIn):
    """The working day by which the agency can answer."""

    day: Day


class ForwardIn(ReasonedIn):
    """The agency that is competent: its id in the tree, or its connector."""

    to: Line


class ContestIn(ReasonedIn):
    """What the agency disputes: that it is competent, or that the request has a ground."""

    about: Literal[Quarrel.COMPETENCE, Quarrel.GROUND]


class KeptIn(Strict):
    """Why a date is not agreed, or a refusal is disputed."""

    reasons: Text


class SeenIn(Strict):
    """The proposed date as it was shown (`proposed.due_at` of the request): whoever decides decides about this one."""

    due_at: Moment


class DateKeptIn(KeptIn, SeenIn):
    """Which date is not agreed, and why."""


class DecisionIn(ReasonedIn):
    """The common superior's decision: whether the agency is to help."""

    helps: bool


@router.post("/{request_id}/accept", response_model=RequestShown, responses=WRITES)
def accept_request(desk: AtDesk, by: By, request_id: NamePath, given: AcceptIn, message_id: MessageId = None) -> JSONResponse:
    """The requested agency acknowledges the request; twice is once."""

    def do(tx: Tx, now: datetime) -> Request:
        return assist.accept(*_at(desk, tx, request_id), given.signer, now, door(by))

    return _said(desk, by, request_id, "accept", given, message_id, do)


@router.post("/{request_id}/part", response_model=RequestShown, responses=WRITES)
def answer_part(desk: AtDesk, by: By, request_id: NamePath, given: PartIn, message_id: MessageId = None) -> JSONResponse:
    """The requested agency answers a part; the rest is awaited by the same date."""

    def do(tx: Tx, now: datetime) -> Request:
        return assist.partly(*_at(desk, tx, request_id), given.value, given.rest, given.signer, now, door(by))

    return _said(desk, by, request_id, "part", given, message_id, do)


@router.post("/{request_id}/date", response_model=RequestShown, responses=WRITES)
def propose_date(desk: AtDesk, by: By, request_id: NamePath, given: DateIn, message_id: MessageId = None) -> JSONResponse:
    """The requested agency proposes another date; until the requester agrees the old one binds."""

    def do(tx: Tx, now: datetime) -> Request:
        return assist.propose_date(*_at(desk, tx, request_id), given.day, given.reasons, given.signer, now, door(by))

    return _said(desk, by, request_id, "date", given, message_id, do)


@router.post("/{request_id}/extension", response_model=RequestShown, responses=WRITES)
def extend_request(desk: AtDesk, by: By, request_id: NamePath, given: ReasonedIn, message_id: MessageId = None) -> JSONResponse:
    """The requested agency takes longer, by what the pack allows: before the date, with reasons, once."""

    def do(tx: Tx, now: datetime) -> Request:
        return assist.extend(*_at(desk, tx, request_id), given.reasons, given.signer, now, door(by))

    return _said(desk, by, request_id, "extension", given, message_id, do)


@router.post("/{request_id}/urgency", response_model=RequestShown, responses=WRITES)
def contest_urgency(desk: AtDesk, by: By, request_id: NamePath, given: ReasonedIn, message_id: MessageId = None) -> JSONResponse:
    """The requested agency contests, with reasons, that the request is urgent: it is treated as any other."""

    def do(tx: Tx, now: datetime) -> Request:
        return assist.contest_urgency(*_at(desk, tx, request_id), given.reasons, given.signer, now, door(by))

    return _said(desk, by, request_id, "urgency", given, message_id, do)


@router.post("/{request_id}/warning", response_model=RequestShown, responses=WRITES)
def warn_request(desk: AtDesk, by: By, request_id: NamePath, given: ReasonedIn, message_id: MessageId = None) -> JSONResponse:
    """The requested agency tells of a difficulty without delay; every date stays, and an officer of the requester hears of it."""

    def do(tx: Tx, now: datetime) -> Request:
        return assist.warn(*_at(desk, tx, request_id), given.reasons, given.signer, now, door(by))

    return _said(desk, by, request_id, "warning", given, message_id, do)


@router.post("/{request_id}/forward", response_model=RequestShown, responses=WRITES)
def forward_request(desk: AtDesk, by: By, request_id: NamePath, given: ForwardIn, message_id: MessageId = None) -> JSONResponse:
    """The requested agency is not competent and names the one that is: that one is asked, by a new clock. Shows the request as it ended.

    Back to whoever has passed it on is refused, and a person of the requester hears of it.
    """

    def do(tx: Tx, now: datetime) -> Request:
        forward(desk, tx, request_id, given, by, now)
        return tx.assistance.get(request_id)

    try:
        return _said(desk, by, request_id, "forward", given, message_id, do)
    except Refusal as error:
        circle(desk, request_id, given.to, error)
        raise


@router.post("/{request_id}/dispute", response_model=RequestShown, responses=WRITES)
def contest_request(desk: AtDesk, by: By, request_id: NamePath, given: ContestIn, message_id: MessageId = None) -> JSONResponse:
    """The requested agency disputes its competence or the request's ground: the common superior decides."""

    def do(tx: Tx, now: datetime) -> Request:
        return assist.contest(*_at(desk, tx, request_id), given.about, given.reasons, given.signer, now, door(by))

    return _said(desk, by, request_id, "dispute", given, message_id, do)


@router.post("/{request_id}/date/agreement", response_model=RequestShown, responses=WRITES)
def agree_date(desk: AtDesk, caller: Officer, request_id: NamePath, given: SeenIn, message_id: MessageId = None) -> JSONResponse:
    """An officer of the requester agrees to the date that was proposed: it binds. Refused is one that is another by now."""

    def do(tx: Tx, now: datetime) -> RequestShown:
        return request_shown(assist.agree_date(*own(desk, tx, caller, request_id), given.due_at, caller.name, now))

    return desk.once(message(caller.source, message_id, f"agree {request_id}", given), do)


@router.post("/{request_id}/date/refusal", response_model=RequestShown, responses=WRITES)
def keep_date(
    desk: AtDesk, caller: Officer, request_id: NamePath, given: DateKeptIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer of the requester does not agree to the date that was proposed, and says why: the old one stays.

    Refused is one that is another by now.
    """

    def do(tx: Tx, now: datetime) -> RequestShown:
        told = assist.keep_date(*own(desk, tx, caller, request_id), given.due_at, caller.name, given.reasons, now)
        return request_shown(told)

    return desk.once(message(caller.source, message_id, f"keep {request_id}", given), do)


@router.post("/{request_id}/refusal/dispute", response_model=RequestShown, responses=WRITES)
def contest_refusal(
    desk: AtDesk, caller: Officer, request_id: NamePath, given: KeptIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer of the requester disputes a refusal: the common superior decides, and the case goes on meanwhile."""

    def do(tx: Tx, now: datetime) -> RequestShown:
        return request_shown(assist.contest_refusal(*own(desk, tx, caller, request_id), given.reasons, caller.name, now))

    return desk.once(message(caller.source, message_id, f"contest {request_id}", given), do)


@router.post("/{request_id}/decision", response_model=RequestShown, responses=WRITES)
def decide_dispute(desk: AtDesk, by: By, request_id: NamePath, given: DecisionIn, message_id: MessageId = None) -> JSONResponse:
    """The common superior decides a dispute, by its link or an officer's token of its own."""
    desk.look(lambda tx: _superior(desk, tx, by, request_id))

    def do(tx: Tx, now: datetime) -> RequestShown:
        locked(tx, request_id)
        _superior(desk, tx, by, request_id)  # a link that was called back since it was looked at decides nothing any more
        told = assist.decide(*_at(desk, tx, request_id), given.helps, given.reasons, given.signer, now)
        return request_shown(told)

    return desk.once(message(f"oversee:{request_id}"[:200], message_id, f"decide {request_id}", given), do)


def forward(desk: Desk, tx: Tx, request_id: str, given: ForwardIn, by: Caller | str, now: datetime) -> Request:
    """A forwarding, by API and by form alike; the new request."""
    to = hearing.addressee(desk.office, given.to)
    return assist.forward(*_at(desk, tx, request_id), to, given.reasons, given.signer, now, door(by))


def circle(desk: Desk, request_id: str, to: str, error: Refusal) -> None:
    """After a refused forwarding: where agencies send a request to each other a person hears of it."""
    if error.code == unsettled.FORWARD_CIRCLE:
        desk.act(lambda tx, now: assist.circle(tx, request_id, hearing.addressee(desk.office, to), now))


def _said(
    desk: Desk,
    by: Caller | str,
    request_id: str,
    what: str,
    given: Strict,
    message_id: str | None,
    do: Callable[[Tx, datetime], Request],
) -> JSONResponse:
    """A word of the requested agency: it may speak, and the same message counts once."""
    desk.look(lambda tx: requested(desk, tx, by, request_id))
    told = message(f"assist:{request_id}"[:200], message_id, f"{what} {request_id}", given)

    def say(tx: Tx, now: datetime) -> RequestShown:
        speaks(desk, tx, by, request_id)
        return after(tx, request_id, lambda: do(tx, now))

    return desk.once(told, say)


def _at(desk: Desk, tx: Tx, request_id: str) -> tuple[Office, Tx, str]:
    """Where every word begins."""
    return desk.office, tx, request_id


def own(desk: Desk, tx: Tx, caller: Caller, request_id: str) -> tuple[Office, Tx, str]:
    """The same for an officer of the requester's side.

    Raises Missing for anybody else's request, and Forbidden for who is asked, stands above both sides, or decides between them.
    """
    request = readable(tx, caller, request_id)
    if not for_requester(desk.office, request, caller.agency):
        raise Forbidden("request_two_sided", agency=caller.agency)
    return desk.office, tx, request_id


def readable(tx: Tx, caller: Caller, request_id: str) -> Request:
    """A request of an agency that the caller sees. Raises Missing for anybody else's."""
    request = tx.assistance.get(request_id)
    if request.requester not in caller.sees:
        raise Missing("request_unknown", request=request_id)
    return request


def _superior(desk: Desk, tx: Tx, by: Caller | str, request_id: str) -> None:
    """Raise Forbidden or Missing unless it is the common superior who speaks."""
    if isinstance(by, str):
        replylink.oversees(desk.office, tx, request_id, by)
        tx.assistance.get(request_id)
        return
    request = tx.assistance.get(request_id)
    by.may(Role.OFFICER)
    superior = decider_of(desk.office, request)
    if superior is None or by.agency != superior.id:
        raise Forbidden("dispute_not_decided_here", agency=called(desk.office, by.agency))

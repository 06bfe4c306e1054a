"""What comes back from the people asked: agencies by letter, inspectors by push. The link's secret is the right to answer,

or, for an agency, a token of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse

from inspector.domain import assistance, reply
from inspector.domain.assistance import Door
from inspector.domain.errors import Forbidden, Missing
from inspector.domain.viewing import Shown as What
from inspector.domain.visit import SeatState
from inspector.flows import assist, dispatch, embargo, fieldnotes, peace, pushing, replylink, seatlink, supervision, trial
from inspector.flows.fieldnotes import Noted
from inspector.flows.gone import at_door
from inspector.flows.office import Office
from inspector.flows.replylink import LINK, opens
from inspector.flows.requests import called, node_of
from inspector.flows.requests import held as locked
from inspector.flows.seated import by_name
from inspector.store.tx import Tx
from inspector.web import seatdoor
from inspector.web.assigned import SeatShown, TestShown, mates_shown, seat_shown
from inspector.web.caller import Caller, Officer, Shown, ShownLink, Unknown, find
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import ClockTime, MessageId, NamePath, Strict, Text
from inspector.web.messages import AnswerIn, DeclineIn, ResultIn
from inspector.web.requested import RequestShown, after, request_shown
from inspector.web.roles import Role
from inspector.web.seatdoor import PhoneKey, Seated, SeatLink, SeatRoute
from inspector.web.viewings import shown_of

router = APIRouter(prefix="/v1", route_class=SeatRoute)


def by_link_or_token(desk: AtDesk, shown: Shown, link: ShownLink) -> Caller | str:
    """The link's secret, or the caller of the token; whoever shows both does not say for whom he signs."""
    if link is not None and shown is not None:
        raise Unknown("credentials_two")
    if link is not None:
        return link
    if shown is None:
        raise Unknown("link_or_token_needed")
    return find(desk, shown.credentials)


By = Annotated[Caller | str, Depends(by_link_or_token)]


def by_seat_or_token(
    request: Request, desk: AtDesk, name: NamePath, shown: Shown, link: ShownLink, phone: PhoneKey = None
) -> Caller | str:
    """The same of a seat, whose link is bound to a phone."""
    by = by_link_or_token(desk, shown, link)
    if isinstance(by, str):
        seatdoor.enter(request, desk, name, by, phone or "")
    return by


BySeat = Annotated[Caller | str, Depends(by_seat_or_token)]


@router.get("/assistance/{request_id}", tags=["assistance"], responses=READS)
def show_request(desk: AtDesk, by: By, request_id: NamePath) -> RequestShown:
    """A request for assistance. Reading it never uses the link up; that who is asked has done so for the first time is kept."""
    held = desk.look(lambda tx: requested(desk, tx, by, request_id, reading=True))
    token = by.name if isinstance(by, Caller) else ""
    if held.state.open and _is_asked(desk, held, by) and not reply.opened(held, token):
        held = desk.act(lambda tx, now: assist.deliver(desk.office, tx, request_id, now, token=token))
    if isinstance(by, Caller):
        shown_of(desk, by, What.REQUEST, (held.case_id,))
    ours = isinstance(by, Caller) and held.requester in by.sees and not _is_asked(desk, held, by)
    return request_shown(held, ours=ours)


@router.post("/assistance/{request_id}/answer", tags=["assistance"], response_model=RequestShown, responses=WRITES)
def answer_request(desk: AtDesk, by: By, request_id: NamePath, given: AnswerIn, message_id: MessageId = None) -> JSONResponse:
    """The requested agency answers; the first answer stands. After the last date it is kept as late evidence, for a person."""
    desk.look(lambda tx: requested(desk, tx, by, request_id))

    def do(tx: Tx, now: datetime) -> RequestShown:
        speaks(desk, tx, by, request_id)
        return after(tx, request_id, lambda: answer(desk, tx, request_id, given, door(by), now))

    return desk.once(message(f"assist:{request_id}"[:200], message_id, f"answer {request_id}", given), do)


@router.post("/assistance/{request_id}/decline", tags=["assistance"], response_model=RequestShown, responses=WRITES)
def decline_request(desk: AtDesk, by: By, request_id: NamePath, given: DeclineIn, message_id: MessageId = None) -> JSONResponse:
    """The requested agency cannot help and says why, signed."""
    desk.look(lambda tx: requested(desk, tx, by, request_id))

    def do(tx: Tx, now: datetime) -> RequestShown:
        speaks(desk, tx, by, request_id)
        return after(tx, request_id, lambda: decline(desk, tx, request_id, given, door(by), now))

    return desk.once(message(f"assist:{request_id}"[:200], message_id, f"decline {request_id}", given), do)


def door(by: Caller | str) -> Door:
    """By which door a word comes in: a link, or a token and its name."""
    return Door() if isinstance(by, str) else Door(token=by.name)


def answer(desk: Desk, tx: Tx, request_id: str, given: AnswerIn, by: Door, now: datetime) -> assistance.Request:
    """An answer, by API and by form alike."""
    return assist.answer(desk.office, tx, request_id, given.checked_verdict(), given.value, given.signer, now, by)


def decline(desk: Desk, tx: Tx, request_id: str, given: DeclineIn, by: Door, now: datetime) -> assistance.Request:
    """A refusal with reasons, by API and by form alike."""
    return assist.refuse(desk.office, tx, request_id, given.reasons, given.signer, now, by, inability=given.inability)


@router.get("/seats/{name}", tags=["visits"], responses=READS)
def show_seat(desk: AtDesk, by: BySeat, name: NamePath) -> SeatShown:
    """An assignment: what to look at, by when, and by the link also with whom. Reading it accepts nothing; that it was read is kept.

    By a token it tells who was drawn, as the draw's list does: until all its visits are over clerks may not know, and each reading of
    others is an entry of the ledger.
    """
    if isinstance(by, str):
        opened(desk, name)
        return desk.look(lambda tx: shown(tx, name, desk.office))
    by.may(Role.OFFICER, Role.AUDITOR, Role.CLERK)

    def ask(tx: Tx, now: datetime) -> SeatShown:
        held, seat = by_name(tx, name)
        early = by.role is Role.CLERK and embargo.embargoed(tx, held.draw)
        if early or seat.agency not in by.sees:  # of a joint visit each agency sees its own part
            raise Missing("seat_unknown", seat=name)
        embargo.note(tx, held.draw, by.name, f"api:seat:{name}", now)
        held = peace.known(desk.office, tx, held, now)
        return seat_shown(name, held, seat, supervision.exempt(tx, held, seat.agency), pushes=tx.pushes.of_seat(name))

    return desk.act(ask)


@router.post("/seats/{name}/accept", tags=["visits"], response_model=SeatShown, responses=WRITES)
def accept_seat(desk: AtDesk, seated: SeatLink, message_id: MessageId = None) -> JSONResponse:
    """The inspector accepts."""

    def do(tx: Tx, now: datetime) -> SeatShown:
        dispatch.accept(tx, seated.name, now)
        return shown(tx, seated.name)

    return seated.once(desk, message_id, "accept", None, do)


class SeatDeclineIn(Strict):
    """An inspector cannot or must not go; on a phone without signal it may have lain, since when and sent when says the phone's own clock.

    `accepted`: whether the seat was, where it was written. Who has accepted since has said so later.
    """

    reason: Text
    captured_at: ClockTime | None = None
    sent_at: ClockTime | None = None
    accepted: bool | None = None


@router.post("/seats/{name}/decline", tags=["visits"], response_model=SeatShown, responses=WRITES)
def decline_seat(desk: AtDesk, seated: SeatLink, given: SeatDeclineIn, message_id: MessageId = None) -> JSONResponse:
    """The inspector cannot or must not go: the seat is dealt again by the rule.

    What lay in a phone (`captured_at`) and comes when nothing was heard in time is kept as `belated`: the seat has passed on.
    """
    return declined(desk, seated, given, message_id)


def declined(desk: Desk, seated: Seated, given: SeatDeclineIn, message_id: str | None) -> JSONResponse:
    """The same, by API and by form alike: what a phone has sent by the form, without hearing the answer, counts once."""
    when = {"captured_at": given.captured_at, "sent_at": given.sent_at}

    def do(tx: Tx, now: datetime) -> SeatShown:
        dispatch.decline(desk.office, tx, seated.name, given.reason, now, unaccepted=given.accepted is False, **when)
        return shown(tx, seated.name)

    said = given.model_copy(update={"sent_at": None})  # each try is sent at another moment, and is the same message
    return seated.once(desk, message_id, "decline", said, do)


@router.post("/seats/{name}/result", tags=["visits"], response_model=SeatShown, responses=WRITES)
def report_seat(desk: AtDesk, seated: SeatLink, given: ResultIn, message_id: MessageId = None) -> JSONResponse:
    """A member of the team enters the result of the visit, whole: an answer to every fact in question. Parts of it are notes.

    What others of the team have noted goes with it: a finding of theirs stays one, and their remarks are kept.
    """
    return reported(desk, seated, given, message_id)


def reported(desk: Desk, seated: Seated, given: ResultIn, message_id: str | None) -> JSONResponse:
    """A result, whole, by API: what the team's notes say beside it goes with it, and what they say otherwise is for its lead."""
    found = tuple(one.finding() for one in given.findings)
    noted = Noted(findings=found, seen=given.seen, remarks=given.remarks, on=given.visited_on)

    def do(tx: Tx, now: datetime) -> SeatShown:
        fieldnotes.report(desk.office, tx, seated.name, noted, now)
        return shown(tx, seated.name)

    return seated.once(desk, message_id, "result", given, do)


@router.post("/seats/{name}/test", tags=["visits"], response_model=TestShown, responses=WRITES)
def try_seat(desk: AtDesk, seated: SeatLink, message_id: MessageId = None) -> JSONResponse:
    """The inspector has a push sent to himself or herself, by each way, that says it is a test; the ledger says how each ended.

    While the seat is open, and by each way once an hour.
    """

    def do(tx: Tx, now: datetime) -> TestShown:
        held, seat = by_name(tx, seated.name, lock=True)
        number, channels = trial.by_link(desk.office, tx, held, seat, now)
        return TestShown(test=number, channels=channels)

    return seated.once(desk, message_id, "test", None, do)


class SeatLinkIn(Strict):
    """Why a seat's link is called back. `anew`: its inspector is sent the next one."""

    reason: Text
    anew: bool = False


@router.post("/seats/{name}/link", tags=["visits"], response_model=SeatShown, responses=WRITES)
def call_back_seat_link(
    desk: AtDesk, caller: Officer, name: NamePath, given: SeatLinkIn, message_id: MessageId = None
) -> JSONResponse:
    """The office calls a seat's link back, for the phone was lost or is another one: nothing that was sent opens anything any more.

    Before an answer the time to accept begins anew with the next link; the second time at one place, whoever holds it then, the visit is
    owed by a supplementary draw.
    """
    return call_back(desk, caller, name, given, message_id)


def call_back(desk: Desk, caller: Caller, name: str, given: SeatLinkIn, message_id: str | None) -> JSONResponse:
    """The same, by API and by form alike."""

    def do(tx: Tx, now: datetime) -> SeatShown:
        held, seat = by_name(tx, name)
        if seat.agency not in caller.sees:
            raise Missing("seat_unknown", seat=name)
        seat = seatlink.call_back(desk.office, tx, name, caller.name, given.reason, now, anew=given.anew)
        return seat_shown(name, held, seat, (), pushes=tx.pushes.of_seat(name))

    return desk.once(message(caller.source, message_id, f"seat link {name}", given), do)


def opened(desk: Desk, name: str) -> None:
    """The inspector has opened the link: whatever its channel has said of the push, it has come, and was read."""
    _, seat = desk.look(lambda tx: by_name(tx, name))
    if seat.state.awaited and seat.state is not SeatState.READ:
        desk.act(lambda tx, now: pushing.opened(desk.office, tx, name, now))


def shown(tx: Tx, name: str, office: Office | None = None) -> SeatShown:
    """A seat as it is, for its own inspector; by the `office`'s clock with the windows of now, also behind the visit's date."""
    held, seat = at_door(tx, name)
    held = peace.known(office, tx, held, office.now()) if office is not None else held
    return seat_shown(name, held, seat, supervision.exempt(tx, held, seat.agency), mates_shown(tx, held, seat))


def _is_asked(desk: Desk, request: assistance.Request, by: Caller | str) -> bool:
    """Whether it is the requested agency that reads, and no superior and no requester."""
    if isinstance(by, str):
        return desk.look(lambda tx: opens(desk.office, tx, LINK, request.id, by))
    return by.agency == node_of(desk.office, request.requested)


def speaks(desk: Desk, tx: Tx, by: Caller | str, request_id: str) -> None:
    """Raise as `requested` does, where the word is written: a link that was called back since it was looked at says nothing any more."""
    locked(tx, request_id)
    requested(desk, tx, by, request_id)


def requested(desk: Desk, tx: Tx, by: Caller | str, request_id: str, *, reading: bool = False) -> assistance.Request:
    """The request, if the link is its own, or the token is an officer's of the requested agency.

    To read, the common superior's link will do too, and a token of either side. Nobody above answers in the agency's place.
    """
    if isinstance(by, str):
        replylink.by_link(desk.office, tx, request_id, by, reading=reading)
        return tx.assistance.get(request_id)
    request = tx.assistance.get(request_id)
    asked = node_of(desk.office, request.requested)
    sides = (asked, request.requester) if reading else (asked,)
    if not set(sides) & set(by.sees):
        raise Missing("request_unknown", request=request_id)
    by.may(*((Role.OFFICER, Role.AUDITOR) if reading else (Role.OFFICER,)))
    if not reading and by.agency != asked:
        raise Forbidden("request_not_yours", agency=called(desk.office, asked))
    return request

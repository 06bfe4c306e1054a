"""Attempts to reach a subject over HTTP: a team enters them by its link, an officer for a case; officers read them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import JSONResponse

from inspector.domain.attempt import Attempt, AttemptWay
from inspector.domain.fieldnote import Times
from inspector.domain.seeking import SeekingRow
from inspector.domain.visit import Visit
from inspector.flows import attempts
from inspector.flows.seated import by_name
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.caller import Officer, ResultReader
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import CasePath, ClockTime, MessageId, Moment, Strict, Text
from inspector.web.seatdoor import Seated, SeatLink, SeatRoute

router = APIRouter(prefix="/v1", tags=["visits"], route_class=SeatRoute)


class AttemptIn(Strict):
    """An attempt: how, when (now, where it is left out), and at which address or number, with what came of it."""

    way: AttemptWay
    at: Moment | None = None
    words: Annotated[Text, Field(max_length=1_000)]


class SeatAttemptIn(AttemptIn):
    """The same from a phone, on which it may have lain: when it was written down and sent, by the phone's own clock.

    Where `at` is left out, it was so long before it came in as it lay there.
    """

    captured_at: ClockTime | None = None
    sent_at: ClockTime | None = None


class AttemptShown(Shown):
    """An attempt as it was entered; `counts` false: by who stood for the visit no more, or was recused from it.

    `id` is what an officer cites it by who says that nobody was reached. `at` is as stated, `entered_at` when it was written down here.
    """

    id: str
    way: AttemptWay
    at: datetime
    words: str
    by: str
    counts: bool
    entered_at: datetime | None


class AttemptsShown(Shown):
    """What was tried to reach a subject; `enough`: whether an officer may say that it could not be reached,

    which takes `least` attempts in `ways` on `days` by the pack.
    """

    attempts: tuple[AttemptShown, ...]
    enough: bool
    least: int
    ways: int
    days: int


@router.post("/seats/{name}/attempts", response_model=AttemptsShown, responses=WRITES)
def enter_from_seat(desk: AtDesk, seated: SeatLink, given: SeatAttemptIn, message_id: MessageId = None) -> JSONResponse:
    """Somebody of the team has tried to reach the subject; it stands with every case of the agency that the visit serves, or with it."""
    return enter(desk, seated, given, message_id)


@router.post("/cases/{case_id}/attempts", response_model=AttemptsShown, responses=WRITES)
def enter_for_case(
    desk: AtDesk, caller: Officer, case_id: CasePath, given: AttemptIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer has tried to reach the subject of a case."""

    def do(tx: Tx, now: datetime) -> AttemptsShown:
        caller.case(tx, case_id, lock=True)
        made = Attempt(way=given.way, at=given.at or now, words=given.words, by=caller.name)
        attempts.enter(desk.office, tx, case_id, made, now)
        return shown(desk, tx, (case_id,))

    return desk.once(message(caller.source, message_id, f"attempt {case_id}", given), do)


@router.get("/cases/{case_id}/attempts", responses=READS)
def list_attempts(desk: AtDesk, caller: ResultReader, case_id: CasePath) -> AttemptsShown:
    """What was tried to reach the subject of a case."""

    def ask(tx: Tx) -> AttemptsShown:
        caller.case(tx, case_id)
        return shown(desk, tx, (case_id,))

    return desk.look(ask)


def enter(desk: Desk, seated: Seated, given: SeatAttemptIn, message_id: str | None) -> JSONResponse:
    """By interface and by form alike: one that a phone has sent by both, without hearing the answer, counts once."""

    def do(tx: Tx, now: datetime) -> AttemptsShown:
        lay = Times(captured_at=given.captured_at, sent_at=given.sent_at, received_at=now, late=False).lay
        attempts.from_seat(desk.office, tx, seated.name, given.way, given.at, given.words, now, lay=lay)
        held, seat = by_name(tx, seated.name)
        return of_visit(desk, tx, held, seat.agency, seat.inspector if seat.lapsed else "")

    said = given.model_copy(update={"sent_at": None})  # each try is sent at another moment, and is the same message
    return seated.once(desk, message_id, "attempt", said, do)


def shown(desk: Desk, tx: Tx, case_ids: tuple[str, ...]) -> AttemptsShown:
    """What was tried about some cases."""
    return _shown(desk, attempts.of_cases(tx, case_ids), attempts.needed(desk.office, tx, case_ids))


def of_visit(desk: Desk, tx: Tx, held: Visit, agency: str, alone: str = "") -> AttemptsShown:
    """What an agency has tried to reach whom a visit is to; to one who goes no more (`alone`) what he or she has entered."""
    return _shown(desk, attempts.of_visit(tx, held, agency), attempts.needed_for(desk.office, tx, held, agency), alone)


def _shown(desk: Desk, told: list[Attempt], by: SeekingRow, alone: str = "") -> AttemptsShown:
    return AttemptsShown(
        attempts=tuple(AttemptShown.model_validate(one) for one in told if alone in ("", one.by)),
        enough=attempts.enough(desk.office, told, by),
        least=by.least,
        ways=by.ways,
        days=by.days,
    )

"""A word of a requested agency that its own system has signed (Standard Webhooks 1.0)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse

from inspector.domain import assistance
from inspector.domain.assistance import Door, Inability, Quarrel
from inspector.domain.errors import Away, InspectorError, Missing
from inspector.domain.evidence import Verdict
from inspector.domain.said import Said, Saying
from inspector.flows import contacts, hearing
from inspector.flows.requests import held
from inspector.incoming import Signing, Unproven
from inspector.store.tx import Tx
from inspector.web.body import JsonRoute
from inspector.web.caller import Unknown
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import WRITES
from inspector.web.fields import Day, Line, MaybeLine, NamePath, Strict, Text
from inspector.web.messages import Said as Verdicts
from inspector.web.requested import RequestShown, after

router = APIRouter(prefix="/v1", route_class=JsonRoute)


class WordIn(Strict):
    """One word of the requested agency about a request. What is not needed for what it does is left out."""

    do: Saying
    signer: Line
    verdict: Verdicts | None = None
    value: MaybeLine = ""
    rest: Text = ""
    reasons: Text = ""
    inability: Inability | None = None
    day: Day | None = None
    to: MaybeLine = ""
    about: Quarrel = Quarrel.COMPETENCE

    def said(self) -> Said:
        """The same as the domain reads it."""
        told = {name: getattr(self, name) for name in WordIn.model_fields}
        return Said(**told | {"verdict": Verdict(self.verdict) if self.verdict is not None else None})


class SignedReplyIn(WordIn):
    """The same with the request it is about, as an agency's system sends it."""

    request: Line


async def signed(request: Request, desk: AtDesk, name: NamePath) -> str:
    """The id of a message that the agency behind a connector has signed. Raises Unknown: nobody learns which connectors there are."""
    agency: object = desk.office.connectors.agencies.get(name)
    if not isinstance(agency, Signing):
        raise Unknown("signature_wrong")
    try:
        return agency.proven(dict(request.headers), await request.body())
    except Unproven as error:
        if error.code == "signature_unready":  # a fault of ours: sent again later it counts, and meanwhile nobody is silent
            raise Away(error.code) from error
        raise Unknown(error.code) from error


@router.post("/agencies/{name}/replies", tags=["assistance"], response_model=RequestShown, responses=WRITES)
def signed_reply(desk: AtDesk, message_id: Annotated[str, Depends(signed)], name: NamePath, given: SignedReplyIn) -> JSONResponse:
    """A word of the agency from its own system, signed (Standard Webhooks): each `webhook-id` counts once."""
    request = desk.look(lambda tx: tx.assistance.get(given.request))
    if name not in contacts.ways(desk.office, request.requested):
        raise Missing("request_unknown", request=given.request)
    return heard(desk, given.request, given.said(), Door(by="signed"), message_id, given, source=f"signed:{name}")


def _free(_tx: Tx) -> None:
    """Whose message was proven speaks."""


def heard(
    desk: Desk,
    request_id: str,
    said: Said,
    by: Door,
    message_id: str | None,
    given: Strict,
    *,
    source: str = "",
    may: Callable[[Tx], None] = _free,
) -> JSONResponse:
    """Take a step once, if its speaker still `may` where it is written. One that sends a request round in a circle is refused, and a

    person hears of it.
    """

    def do(tx: Tx, now: datetime) -> RequestShown:
        held(tx, request_id)
        may(tx)
        return after(tx, request_id, lambda: step(desk, tx, request_id, said, by, now))

    try:
        return desk.once(message((source or f"assist:{request_id}")[:200], message_id, f"{said.do} {request_id}", given), do)
    except InspectorError as error:
        hearing.circling(desk.office, request_id, said, error)
        raise


def step(desk: Desk, tx: Tx, request_id: str, said: Said, by: Door, now: datetime) -> assistance.Request:
    """A step, by interface and by page alike; of a forwarded request the old one: the new one is another agency's."""
    made = hearing.hear(desk.office, tx, request_id, said, now, by)
    return made if made.id == request_id else tx.assistance.get(request_id)

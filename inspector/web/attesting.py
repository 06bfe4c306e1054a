"""That a visit was made before the seats of its team passed on, over HTTP: two officers say it, each by a token of his or her own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import JSONResponse

from inspector.domain.errors import Missing
from inspector.domain.visit import Visit, VisitState
from inspector.flows import attesting
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Officer
from inspector.web.desk import AtDesk, message
from inspector.web.errors import WRITES
from inspector.web.fields import Day, MessageId, NamePath, Strict, Text

router = APIRouter(prefix="/v1", tags=["visits"], route_class=JsonRoute)


class AttestIn(Strict):
    """On which day the team of an agency was there, and by what that is known; without `agency` it is that which leads the visit."""

    on: Day
    evidence: Annotated[Text, Field(min_length=1, max_length=400)]
    agency: Annotated[str, Field(max_length=100)] = ""


class AttestedShown(Shown):
    """What stands of it: by whom (one has asked, two have made it so), from which seats, and whether the visit's result is entered."""

    visit: str
    agency: str
    on: date
    seats: tuple[str, ...]
    by: tuple[str, ...]
    said: tuple[str, ...]
    stands: bool
    state: VisitState


@router.post("/visits/{visit}/attested", response_model=AttestedShown, responses=WRITES)
def attest_visit(desk: AtDesk, caller: Officer, visit: NamePath, given: AttestIn, message_id: MessageId = None) -> JSONResponse:
    """Say that a visit was made by a team whose seats passed on since: the first officer asks, another one of the same day makes it so.

    Then its seats are those from which it was made, what its notes say is its result where nothing lacks, and whoever was dealt since
    need not go. Nobody of the visit's teams says it. Who does not agree closes the matter `note_lapsed`.
    """

    def do(tx: Tx, now: datetime) -> AttestedShown:
        held = tx.visits.get(visit)
        agency = given.agency or held.agency
        if agency not in caller.sees:
            raise Missing("visit_unknown", visit=visit)
        done = attesting.say(desk.office, tx, visit, agency, on=given.on, evidence=given.evidence, by=caller.name, now=now)
        return _shown(done, agency)

    return desk.once(message(caller.source, message_id, f"attested {visit}", given), do)


def _shown(held: Visit, agency: str) -> AttestedShown:
    told = next(one for one in held.attested if one.agency == agency)
    plain = {name: getattr(told, name) for name in ("agency", "on", "seats", "by", "said", "stands")}
    return AttestedShown(visit=held.id, state=held.state, **plain)

"""Applications for recusal over HTTP: a clerk or officer enters what the firm, the inspector or a colleague says; the head decides."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import JSONResponse

from inspector.domain.challenge import Applicant, Challenge, ChallengeState, unsaid
from inspector.domain.errors import Missing
from inspector.domain.visit import Visit
from inspector.flows import embargo, recusing
from inspector.flows.challenges import seat_of
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.caller import Caller, DrawDesk, Officer, ResultReader
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fieldnotes import CameShown, came_shown
from inspector.web.fields import MessageId, NamePath
from inspector.web.messages import ChallengeDecisionIn, ChallengeIn, DoorChallengeIn
from inspector.web.roles import Role
from inspector.web.seatdoor import Seated, SeatLink, SeatRoute

router = APIRouter(prefix="/v1", tags=["visits"], route_class=SeatRoute)


class ChallengeShown(Shown):
    """An application that the inspector of a visit be recused.

    `evidence`: the facts that were stated, and where the proof lies; null to who has applied, for they may be somebody's family.

    `why` is what the applicant is told; `stead`: the head in whose stead a deputy has decided, empty where none has. `came`: when it was
    written down at the firm's door, by the phone's clock, and came in; `late` where that was after the visit's date or its result.
    """

    visit: str
    inspector: str
    number: int
    applicant: Applicant
    applied_by: str
    applied_at: datetime
    reason: str
    evidence: str | None
    state: ChallengeState
    decided_by: str
    decided_at: datetime | None
    why: str
    stead: str
    came: CameShown | None


class ChallengesShown(Shown):
    """The applications about a visit."""

    applications: tuple[ChallengeShown, ...]


@router.get("/visits/{visit}/recusals", responses=READS)
def list_challenges(desk: AtDesk, caller: ResultReader, visit: NamePath) -> ChallengesShown:
    """The applications about a visit, of the caller's own agencies. Before the visit the reading is an entry of the ledger."""

    def do(tx: Tx, now: datetime) -> ChallengesShown:
        held = _seen(tx, caller, visit)
        embargo.note(tx, held.draw, caller.name, "api:recusals", now)
        told = [one for one in tx.challenges.of_visit(visit) if one.agency in caller.sees]
        return ChallengesShown(applications=tuple(_shown(one, facts=True) for one in told))

    return desk.act(do)


@router.post("/visits/{visit}/recusals", status_code=201, response_model=ChallengeShown, responses=WRITES)
def apply_for_recusal(
    desk: AtDesk, caller: DrawDesk, visit: NamePath, given: ChallengeIn, message_id: MessageId = None
) -> JSONResponse:
    """Apply that the inspector of a visit be recused. The visit is not suspended; the head decides.

    A clerk knows of a visit from its release on, as the firm does. What is refused tells who goes as well as what is taken: before the
    visit either is an entry of the ledger.
    """

    def note(tx: Tx, now: datetime) -> None:
        unsaid(caller.name, given.reason, given.evidence)
        embargo.note(tx, _seen(tx, caller, visit).draw, caller.name, f"api:recusal:{given.inspector}", now)

    def do(tx: Tx, now: datetime) -> ChallengeShown:
        held = _seen(tx, caller, visit)
        if seat_of(tx, held, given.inspector).agency not in caller.sees:
            raise Missing("seat_not_held", visit=visit, inspector=given.inspector)
        said = {"reason": given.reason, "evidence": given.evidence}
        return _shown(
            recusing.apply(desk.office, tx, visit, given.inspector, applicant=given.applicant, by=caller.name, **said, now=now)
        )

    desk.act(note)
    return desk.once(message(caller.source, message_id, f"recusal {visit}", given), do, status=201)


@router.post("/seats/{name}/recusals", status_code=201, response_model=ChallengeShown, responses=WRITES)
def apply_at_door(desk: AtDesk, seated: SeatLink, given: DoorChallengeIn, message_id: MessageId = None) -> JSONResponse:
    """Somebody of the team writes down that the firm asks at its door that one of them stay away. The check goes on; the head decides."""
    return enter(desk, seated, given, message_id)


def enter(desk: Desk, seated: Seated, given: DoorChallengeIn, message_id: str | None) -> JSONResponse:
    """The same, by API and by form alike."""
    when = {"captured_at": given.captured_at, "sent_at": given.sent_at}

    def do(tx: Tx, now: datetime) -> ChallengeShown:
        made = recusing.at_door(
            desk.office, tx, seated.name, given.inspector, reason=given.reason, evidence=given.evidence, now=now, **when
        )
        return _shown(made)

    said = given.model_copy(update={"sent_at": None})  # each try is sent at another moment, and is the same message
    return seated.once(desk, message_id, "challenge", said, do, status=201)


@router.post("/visits/{visit}/recusals/{inspector}", response_model=ChallengeShown, responses=WRITES)
def decide_recusal(
    desk: AtDesk, caller: Officer, visit: NamePath, inspector: NamePath, given: ChallengeDecisionIn, message_id: MessageId = None
) -> JSONResponse:
    """The head decides an application, by a token of his or her own (`heads` of the agency; of one above where it is the head's own),

    or whoever stands in for one (`/v1/deputies`): nobody who applied, nor anybody of the team.
    Granted: the seat is dealt again by the rule. What was entered meanwhile stands, marked, and a person is told.
    """

    def do(tx: Tx, now: datetime) -> ChallengeShown:
        _seen(tx, caller, visit)
        asked = tx.challenges.of_visit(visit, inspector)
        if not asked or asked[-1].agency not in caller.sees:
            raise Missing("challenge_unknown", visit=visit, inspector=inspector)
        made = recusing.decide(desk.office, tx, visit, inspector, granted=given.granted, by=caller.name, why=given.why, now=now)
        return _shown(made, facts=True)

    return desk.once(message(caller.source, message_id, f"recusal {visit} {inspector}", given), do)


def _seen(tx: Tx, caller: Caller, visit: str) -> Visit:
    """A visit that the caller may know of: of the agencies that go; by a clerk not before its release. Raises Missing."""
    held = tx.visits.get(visit)
    if not {*held.agencies} & {*caller.sees} or (caller.role is Role.CLERK and not held.released):
        raise Missing("visit_unknown", visit=visit)
    return held


def _shown(held: Challenge, *, facts: bool = False) -> ChallengeShown:
    plain = {name: getattr(held, name) for name in ChallengeShown.model_fields if name not in ("came", "evidence")}
    evidence = held.evidence if facts else None
    return ChallengeShown(**plain, evidence=evidence, came=came_shown(held.times) if held.times is not None else None)

"""Consequences over HTTP: what is proposed, what is due when, and each step by a token of somebody's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.responses import JSONResponse

from inspector.domain.consequence import (
    Consequence,
    ConsequenceState,
    Hearing,
    Notice,
    Rectification,
    Signed,
    Stage,
    Statement,
    Transfer,
    Verdict,
)
from inspector.domain.ended import Ended
from inspector.domain.onset import Onset
from inspector.domain.proposal import Proposal
from inspector.domain.stamp import stamped
from inspector.domain.viewing import Shown as What
from inspector.domain.weight import Grading
from inspector.flows import annulling, consequences, proceedings, reached, rectifying, sittings, spoken, upholding
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, Officer, ResultReader, allow
from inspector.web.consequencemessages import (
    AgreementIn,
    AnnulmentIn,
    DocumentIn,
    HearingIn,
    MoreTimeIn,
    NoticeIn,
    ProposalIn,
    ReasonsIn,
    RecheckIn,
    RecheckWishIn,
    SittingIn,
    StatementIn,
    VerdictIn,
)
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import AfterName, CaseId, CasePath, Limit, MessageId, NamePath
from inspector.web.near import near
from inspector.web.roles import Role
from inspector.web.serving import ServedIn
from inspector.web.viewings import shown_of

router = APIRouter(prefix="/v1", tags=["consequences"], route_class=JsonRoute)
Passing = Annotated[Caller, Depends(allow(Role.SYSTEM, Role.OFFICER))]
"""Who passes on a subject's words: an officer at the counter, or the approving system."""


class ConsequenceShown(Shown):
    """A consequence: what is proposed on which basis and evidence, how far it has come, and what is to be done next by when.

    `stage` of a decision that has not come to its subject is `SERVE`: `due_at`, by when an order is looked at again, moves with the day
    on which it comes; of a decision that nothing else follows it is the date of its notice, or since when a way of it is over.
    `pack`: by which its last step went, by that pack's row `transition` where it began under an earlier one.
    The approving system hears state, step and date: neither words nor names of people.
    """

    id: str
    case_id: str
    agency: str
    proposal: Proposal
    state: ConsequenceState
    stage: Stage | None
    due_at: datetime | None
    turn: int
    pack: str
    row: str
    transition: str
    onset: Onset | None
    basis: tuple[str, ...]
    evidence: tuple[str, ...]
    grading: Grading
    reasons: str
    proposed_at: datetime
    proposed_by: str
    notice: Notice | None
    statements: tuple[Statement, ...]
    hearing: Hearing | None
    verdict: Verdict | None
    imposed_at: datetime | None
    rectification: Rectification | None
    transfer: Transfer | None
    entry: str
    ended: Ended | None
    annulled: Ended | None


class ConsequencesShown(Shown):
    """Consequences by the date of their next step; those of one case in the order of their ids."""

    consequences: tuple[ConsequenceShown, ...]


def shown(tx: Tx, held: Consequence) -> ConsequenceShown:
    """A consequence as it goes out to the agency."""
    told = {name: getattr(held, name) for name in ConsequenceShown.model_fields}
    told["stage"] = consequences.step(tx, held)
    if told["stage"] is not None and held.due_at is None:
        told["due_at"] = tx.consequences.due(held.id)
    return ConsequenceShown.model_validate(told)


def step(
    desk: Desk,
    caller: Caller,
    consequence_id: str,
    what: str,
    given: BaseModel,
    message_id: str | None,
    do: Callable[[Tx, Signed, datetime], Consequence],
) -> JSONResponse:
    """One step of a consequence whose case the caller may know of, once for each message."""

    def act(tx: Tx, now: datetime) -> ConsequenceShown:
        caller.case(tx, tx.consequences.get(consequence_id).case_id)
        made = do(tx, Signed(by=caller.name, token=caller.token, at=now), now)
        return near(shown(tx, made), caller)

    return desk.once(message(caller.source, message_id, f"{what} {consequence_id}", given), act)


@router.get("/consequences", responses=READS)
def list_consequences(
    desk: AtDesk, caller: ResultReader, limit: Limit = 50, after: AfterName = None, case: CaseId | None = None
) -> ConsequencesShown:
    """Open consequences of the agencies of the token by the date of their next step; of one `case` those that are over, too."""
    held = desk.look(lambda tx: [shown(tx, one) for one in tx.consequences.page(caller.sees, limit, after or "", case or "")])
    shown_of(desk, caller, What.PROCEEDING, (one.case_id for one in held))
    return ConsequencesShown(consequences=tuple(held))


@router.get("/consequences/{consequence_id}", responses=READS)
def show_consequence(desk: AtDesk, caller: ResultReader, consequence_id: NamePath) -> ConsequenceShown:
    """A consequence with all that has happened to it."""

    def ask(tx: Tx) -> ConsequenceShown:
        held = tx.consequences.get(consequence_id)
        caller.case(tx, held.case_id)
        return shown(tx, held)

    told = desk.look(ask)
    shown_of(desk, caller, What.PROCEEDING, (told.case_id,))
    return told


@router.post("/cases/{case_id}/consequences", response_model=ConsequenceShown, responses=WRITES)
def open_consequence(
    desk: AtDesk, caller: Officer, case_id: CasePath, given: ProposalIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer opens one beside what the review proposed: a transfer, a suspension, a penalty, an entry."""

    def do(tx: Tx, now: datetime) -> ConsequenceShown:
        caller.case(tx, case_id)
        by = Signed(by=caller.name, token=caller.token, at=now)
        return shown(tx, proceedings.propose(desk.office, tx, case_id, given.opening(caller.name), by, now))

    return desk.once(message(caller.source, message_id, f"propose {case_id}", given), do)


@router.post("/consequences/{consequence_id}/notice", response_model=ConsequenceShown, responses=WRITES)
def give_notice(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: NoticeIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer gives the notice to the subject: facts, reasons, basis, rights."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        held = tx.consequences.get(consequence_id)
        return proceedings.give(desk.office, tx, consequence_id, given.notice(by), given.grading(held), now)

    return step(desk, caller, consequence_id, "notice", given, message_id, do)


@router.post("/consequences/{consequence_id}/service", response_model=ConsequenceShown, responses=WRITES)
def enter_service(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: ServedIn, message_id: MessageId = None
) -> JSONResponse:
    """The notice has reached the subject: from that day runs the time for a statement of defence."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        proof = given.on, given.way, given.proof
        return reached.noticed(desk.office, tx, consequence_id, *proof, by.by, now, agreed=given.agreed)

    return step(desk, caller, consequence_id, "service", given, message_id, do)


@router.post("/consequences/{consequence_id}/statements", response_model=ConsequenceShown, responses=WRITES)
def enter_statement(
    desk: AtDesk, caller: Passing, consequence_id: NamePath, given: StatementIn, message_id: MessageId = None
) -> JSONResponse:
    """What the subject said: in defence, to be heard, or to waive its time; passed on by the counter or the approving system.

    What was handed in or posted before today says so (`said_on`, `stamp`): whether it is late goes by that day. Where it was decided
    meanwhile, a defence or a wish that had been handed in in time waits at the notice for an officer who answers it (`subject_spoke`).
    """

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        door = f"{caller.role.value}:{by.by}"
        clerk = by if caller.role is Role.OFFICER else None
        told, when = (given.kind, given.words, given.digests, door, now), stamped(given.said_on, given.stamp)
        return spoken.stated(desk.office, tx, consequence_id, *told, entered=clerk, stamp=when)

    return step(desk, caller, consequence_id, "statement", given, message_id, do)


@router.post("/consequences/{consequence_id}/sitting", response_model=ConsequenceShown, responses=WRITES)
def fix_hearing(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: SittingIn, message_id: MessageId = None
) -> JSONResponse:
    """When and where the hearing is that was asked for, and who presides; again: it is moved. Its subject is told by a notice.

    Refused (409 `hearing_presider_own`) for whoever has investigated the case or has a part in the proposal.
    """

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return sittings.fix(desk.office, tx, consequence_id, given.sitting(by), now, off_hours=given.off_hours)

    return step(desk, caller, consequence_id, "sitting", given, message_id, do)


@router.post("/consequences/{consequence_id}/hearing", response_model=ConsequenceShown, responses=WRITES)
def enter_hearing(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: HearingIn, message_id: MessageId = None
) -> JSONResponse:
    """The hearing was held on the day that was fixed, or its subject has waived it, or was told in time and did not come."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return sittings.enter(desk.office, tx, consequence_id, given.came(), by, now)

    return step(desk, caller, consequence_id, "hearing", given, message_id, do)


@router.post("/consequences/{consequence_id}/decision", response_model=ConsequenceShown, responses=WRITES)
def impose(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: VerdictIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer decides to impose it, with reasons; where the pack asks for others it waits for their agreement.

    Refused (409 `consequence_moved_on`) where it has moved since it was read (`turn`): the subject may have spoken.
    """

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return proceedings.rule(desk.office, tx, consequence_id, given.verdict(by), now, turn=given.turn)

    return step(desk, caller, consequence_id, "decision", given, message_id, do)


@router.post("/consequences/{consequence_id}/agreement", response_model=ConsequenceShown, responses=WRITES)
def agree(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: AgreementIn, message_id: MessageId = None
) -> JSONResponse:
    """Another person agrees to the written decision; with the last agreement that the pack asks for it takes effect.

    Refused (409 `consequence_moved_on`) where the decision is another than the one that was read (`turn`).
    """

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return proceedings.agree(desk.office, tx, consequence_id, given.kind, given.words, by, now, turn=given.turn)

    return step(desk, caller, consequence_id, "agreement", given, message_id, do)


@router.post("/consequences/{consequence_id}/drop", response_model=ConsequenceShown, responses=WRITES)
def drop(desk: AtDesk, caller: Officer, consequence_id: NamePath, given: ReasonsIn, message_id: MessageId = None) -> JSONResponse:
    """An officer lets it go, with reasons."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return proceedings.drop(desk.office, tx, consequence_id, given.reasons, by, now)

    return step(desk, caller, consequence_id, "drop", given, message_id, do)


@router.post("/consequences/{consequence_id}/continuation", response_model=ConsequenceShown, responses=WRITES)
def keep(desk: AtDesk, caller: Officer, consequence_id: NamePath, given: ReasonsIn, message_id: MessageId = None) -> JSONResponse:
    """A suspension goes on, because: its next look is counted anew."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return proceedings.keep(desk.office, tx, consequence_id, given.reasons, by, now)

    return step(desk, caller, consequence_id, "keep", given, message_id, do)


@router.post("/consequences/{consequence_id}/lift", response_model=ConsequenceShown, responses=WRITES)
def lift(desk: AtDesk, caller: Officer, consequence_id: NamePath, given: ReasonsIn, message_id: MessageId = None) -> JSONResponse:
    """An officer ends a suspension before the main decision does."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return proceedings.lift(desk.office, tx, consequence_id, given.reasons, by, now)

    return step(desk, caller, consequence_id, "lift", given, message_id, do)


@router.post("/consequences/{consequence_id}/upheld", response_model=ConsequenceShown, responses=WRITES)
def uphold(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: ReasonsIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer says that a decision in force stands though what it followed fell, with reasons: its subject hears so.

    Refused where nothing was put before anybody (409 `consequence_unshaken`), where the case has ended in favour of its subject or has
    left the house (`consequence_unfounded`), and while an objection is open (`consequence_objected`).
    """

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return upholding.uphold(desk.office, tx, consequence_id, given.reasons, by, now)

    return step(desk, caller, consequence_id, "upheld", given, message_id, do)


@router.post("/consequences/{consequence_id}/referral", response_model=ConsequenceShown, responses=WRITES)
def refer(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: DocumentIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer has told the register's keeper."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return proceedings.refer(desk.office, tx, consequence_id, given.document, by, now)

    return step(desk, caller, consequence_id, "referral", given, message_id, do)


@router.post("/consequences/{consequence_id}/annulment", response_model=ConsequenceShown, responses=WRITES)
def annul(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: AnnulmentIn, message_id: MessageId = None
) -> JSONResponse:
    """A court, a review body, or we ourselves: it stands no more, and an entry is taken back everywhere.

    An objection annuls where it is upheld (422 `annulled_by_objection`).
    """

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        annulling.refuse_objection(given.why, "why")
        told = consequence_id, given.why, given.document, by.by, now
        return annulling.consequence(desk.office, tx, *told, token=by.token)

    return step(desk, caller, consequence_id, "annulment", given, message_id, do)


@router.post("/consequences/{consequence_id}/recheck-request", response_model=ConsequenceShown, responses=WRITES)
def ask_recheck(
    desk: AtDesk, caller: Passing, consequence_id: NamePath, given: RecheckWishIn, message_id: MessageId = None
) -> JSONResponse:
    """The subject asks for the re-check before its date."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        when = stamped(given.said_on, given.stamp)
        return rectifying.ask(desk.office, tx, consequence_id, given.words, by.by, now, stamp=when)

    return step(desk, caller, consequence_id, "ask", given, message_id, do)


@router.post("/consequences/{consequence_id}/recheck", response_model=ConsequenceShown, responses=WRITES)
def recheck(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: RecheckIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer enters what papers or an online answer show, without a visit: rectified in time, not yet, or failed."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return rectifying.look(desk.office, tx, consequence_id, given.look(by), now)

    return step(desk, caller, consequence_id, "recheck", given, message_id, do)


@router.post("/consequences/{consequence_id}/more-time", response_model=ConsequenceShown, responses=WRITES)
def give_more_time(
    desk: AtDesk, caller: Officer, consequence_id: NamePath, given: MoreTimeIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer gives more time to rectify, with reasons; where the pack asks others for the order it waits for their agreement."""

    def do(tx: Tx, by: Signed, now: datetime) -> Consequence:
        return rectifying.more_time(desk.office, tx, consequence_id, given.given(by), now)

    return step(desk, caller, consequence_id, "more-time", given, message_id, do)

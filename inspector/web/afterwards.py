"""What may happen after a draw, over HTTP: officers sign, each by a token of his or her own."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import JSONResponse

from inspector.domain.approval import Approval
from inspector.domain.errors import Missing
from inspector.domain.visit import VisitState
from inspector.flows import extend, replacing, supplement, voiding
from inspector.flows.replacing import Replaced
from inspector.store.tx import Tx
from inspector.web.answers import DrawShown, Prepared, Shown, draw_shown
from inspector.web.caller import Caller, Officer
from inspector.web.desk import AtDesk, message
from inspector.web.draws import draw_of
from inspector.web.errors import WRITES
from inspector.web.fields import MessageId, NamePath
from inspector.web.messages import CeasedIn, ExtensionIn, ReplacementIn, VoidIn

router = APIRouter(prefix="/v1", tags=["draws"])


class ReplacedShown(Shown):
    """A visit that ended, the one that came in by the rule, and the draw's discretionary budget."""

    visit: str
    state: VisitState
    came: str | None
    spent: int
    most: int


class ExtensionShown(Shown):
    """An extension that is asked for, by whom and by which document; the draw it has become once two have signed."""

    draw: str
    signed: tuple[str, ...]
    basis: str
    extension: DrawShown | None


@router.post("/draws/{number}/void", response_model=DrawShown, responses=WRITES)
def sign_void(desk: AtDesk, caller: Officer, number: NamePath, given: VoidIn, message_id: MessageId = None) -> JSONResponse:
    """Sign that a draw be void: the first officer asks, another one with the same reason makes it so.

    Not while its seed may be known and its result is not there: nobody aborts a draw having seen where it goes.
    """

    def do(tx: Tx, now: datetime) -> DrawShown:
        draw_of(tx, caller, number)
        return draw_shown(voiding.sign(desk.office, tx, number, by=caller.name, reason=given.reason, now=now))

    return desk.once(message(caller.source, message_id, f"void {number}", given), do)


@router.post("/draws/{number}/extension", response_model=ExtensionShown, responses=WRITES)
def sign_extension(
    desk: AtDesk, caller: Officer, number: NamePath, given: ExtensionIn, message_id: MessageId = None
) -> JSONResponse:
    """Sign that a draw be extended: the first officer asks, another one in the same words has the next number announced.

    It draws, with a seed of its own, from what the draw has left; without `more` what the pack in force asks beyond what was drawn.
    """

    def do(tx: Tx, now: datetime) -> ExtensionShown:
        draw_of(tx, caller, number)
        asked = Approval(reason=given.reason, basis=given.basis, asked_by=caller.name, asked_at=now, more=given.more)
        done = extend.sign(desk.office, tx, number, asked, now)
        made = draw_shown(done.made) if done.made is not None else None
        return ExtensionShown(draw=number, signed=done.approval.names, basis=done.approval.basis, extension=made)

    return desk.once(message(caller.source, message_id, f"extension {number}", given), do)


@router.post("/visits/{visit}/ceased", response_model=ReplacedShown, responses=WRITES)
def record_ceased(desk: AtDesk, caller: Officer, visit: NamePath, given: CeasedIn, message_id: MessageId = None) -> JSONResponse:
    """Record that a drawn object is no more: the first officer asks, another one in the same words makes it so.

    Until then the visit is to be made. The result keeps it, and the pack's rule says whether the next of the reserve comes in. Who does
    not agree closes the matter `object_ceased`.
    """

    def do(tx: Tx, now: datetime) -> ReplacedShown:
        _known(tx, caller, visit)
        how, evidence = given.how, given.evidence
        return _shown(replacing.cease(desk.office, tx, visit, how=how, evidence=evidence, by=caller.name, now=now))

    return desk.once(message(caller.source, message_id, f"ceased {visit}", given), do)


@router.post("/visits/{visit}/replacement", response_model=ReplacedShown, responses=WRITES)
def replace_object(
    desk: AtDesk, caller: Officer, visit: NamePath, given: ReplacementIn, message_id: MessageId = None
) -> JSONResponse:
    """Have a drawn object replaced, within the pack's share. Who comes in and who goes there follows from the protocol."""

    def do(tx: Tx, now: datetime) -> ReplacedShown:
        _known(tx, caller, visit)
        ground, reason = given.ground, given.reason
        return _shown(replacing.give_up(desk.office, tx, visit, ground=ground, reason=reason, by=caller.name, now=now))

    return desk.once(message(caller.source, message_id, f"replacement {visit}", given), do)


@router.post("/plans/{name}/supplement", status_code=202, response_model=Prepared, responses=WRITES)
def deal_short_visits(desk: AtDesk, caller: Officer, name: NamePath, message_id: MessageId = None) -> JSONResponse:
    """Deal a plan's visits that are short of inspectors anew: a supplementary draw. The selection of objects stands."""

    def do(tx: Tx, now: datetime) -> Prepared:
        plan = desk.office.plans.get(name)
        if plan is None or plan.agency not in caller.sees:
            raise Missing("plan_unknown", plan=name)
        made = supplement.announce(desk.office, tx, name, by=caller.name, now=now)
        return Prepared(plan=name, draw=draw_shown(made) if made is not None else None)

    return desk.once(message(caller.source, message_id, f"supplement {name}", None), do, status=202)


def _known(tx: Tx, caller: Caller, visit: str) -> None:
    """Raise Missing for a visit the caller may not know of."""
    if tx.visits.get(visit).agency not in caller.sees:
        raise Missing("visit_unknown", visit=visit)


def _shown(done: Replaced) -> ReplacedShown:
    came = done.came.id if done.came is not None else None
    return ReplacedShown(visit=done.left.id, state=done.left.state, came=came, spent=done.spent, most=done.most)

"""Draws over HTTP. Before the visits only number, date and witness value are told (draw-protocol ruling 18)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from inspector.domain.errors import Missing
from inspector.domain.plan import Draw
from inspector.flows import draw as drawing
from inspector.flows import embargo, lookback, seeding
from inspector.store.tx import Tx
from inspector.web.answers import DrawPage, DrawShown, DrawWithResult, Prepared, ResultShown, draw_shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, Clerk, DrawReader
from inspector.web.desk import AtDesk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import MAYBE_LINE, Limit, MessageId, NamePath
from inspector.web.messages import AnnounceIn, FiguresIn
from inspector.web.roles import Role

router = APIRouter(prefix="/v1", tags=["draws"], route_class=JsonRoute)


@router.get("/draws", responses=READS)
def list_draws(
    desk: AtDesk,
    caller: DrawReader,
    after: Annotated[str, Query(max_length=200, pattern=MAYBE_LINE, description="Go on behind this number")] = "",
    limit: Limit = 50,
) -> DrawPage:
    """Draws in order of number, within the agencies of the token."""
    page = desk.look(lambda tx: tx.draws.page(caller.sees, after=after, limit=limit))
    return DrawPage(draws=tuple(map(draw_shown, page)), next=page[-1].number if len(page) == limit else None)


@router.post("/draws/announce", status_code=202, response_model=Prepared, responses=WRITES)
def announce_draw(desk: AtDesk, caller: Clerk, given: AnnounceIn, message_id: MessageId = None) -> JSONResponse:
    """Announce a plan's draw now. The clerk names the plan and nothing else: who is drawn follows from the protocol."""

    def do(tx: Tx, now: datetime) -> Prepared:
        plan = desk.office.plans.get(given.plan)
        if plan is None or plan.agency not in caller.sees:
            raise Missing("plan_unknown", plan=given.plan)
        made = drawing.announce_now(desk.office, tx, given.plan, caller.name, now)
        return Prepared(plan=given.plan, draw=draw_shown(made) if made is not None else None)

    with lookback.telling(desk.office, given.plan):
        return desk.once(message(caller.source, message_id, "announce", given), do, status=202)


@router.get("/draws/{number}", responses=READS)
def show_draw(desk: AtDesk, caller: DrawReader, number: NamePath) -> DrawWithResult:
    """A draw; its result once drawn, for officers and auditors, and for clerks once its visits are made.

    Until then the list is under embargo: who reads it is an entry of the ledger, by the token's name. Whoever takes part in a joint
    check may read it; where each agency has a list of its own, only the visits that it goes to, and its own team.
    """

    def do(tx: Tx, now: datetime) -> DrawWithResult:
        held = draw_seen(tx, caller, number)
        roles = (Role.OFFICER, Role.AUDITOR) if embargo.embargoed(tx, number) else (Role.OFFICER, Role.AUDITOR, Role.CLERK)
        may = caller.role in roles and held.drawn_at is not None
        if may:
            embargo.note(tx, number, caller.name, "api", now)
        return DrawWithResult(**dict(draw_shown(held)), result=_result(tx, held, caller) if may else None)

    return desk.act(do) if caller.role in (Role.OFFICER, Role.AUDITOR) else desk.look(lambda tx: do(tx, desk.office.now()))


class TypedShown(DrawShown):
    """A draw whose figures somebody has typed: `typed` says whether another person's typing is waited for, differs or agrees."""

    party: str
    typed: seeding.Standing

    @classmethod
    def of(cls, held: Draw, party: str, standing: seeding.Standing) -> TypedShown:
        """The draw with how a person's typing stands."""
        return cls(**dict(draw_shown(held)), party=party, typed=standing)


@router.post("/draws/{number}/figures", response_model=TypedShown, responses=WRITES)
def type_figures(desk: AtDesk, caller: Clerk, number: NamePath, given: FiguresIn, message_id: MessageId = None) -> JSONResponse:
    """Type the figures of the public ceremony. Two persons type them; each by a token of his or her own.

    The answer says how they stand beside the other's, never what the other typed. Who erred types again.
    """

    def do(tx: Tx, now: datetime) -> TypedShown:
        party = seeding.ceremony(draw_of(tx, caller, number), given.party, now)
        held = seeding.type_figures(
            desk.office,
            tx,
            number,
            caller.name,
            given.figures,
            now,
            party=party,
            held_at=given.held_at,
            minutes=given.minutes,
        )
        return TypedShown.of(held, party, seeding.standing(held, party, caller.name))

    return desk.once(message(caller.source, message_id, f"figures {number}", given), do)


def draw_of(tx: Tx, caller: Caller, number: str) -> Draw:
    """A draw the caller may act on. Raises Missing."""
    held = tx.draws.get(number)
    if held.agency not in caller.sees:
        raise Missing("draw_unknown", draw=number)
    return held


def draw_seen(tx: Tx, caller: Caller, number: str) -> Draw:
    """A draw the caller may read: who takes part in a joint check reads it, the lead alone acts. Raises Missing."""
    held = tx.draws.get(number)
    if not {*held.agencies} & {*caller.sees}:
        raise Missing("draw_unknown", draw=number)
    return held


def _result(tx: Tx, drawn: Draw, caller: Caller) -> tuple[ResultShown, ...]:
    sees = {*caller.sees} if drawn.own else {*drawn.agencies}
    return tuple(
        ResultShown(
            visit=held.id,
            object_id=held.object_id,
            state=held.state,
            due_at=held.due_at,
            team=tuple(
                seat.inspector
                for seat in tx.visits.team(held.id)
                if (seat.state.open or seat.state.name == "DONE") and seat.agency in sees
            ),
        )
        for held in tx.visits.of_draw(drawn.number)
        if sees & {*held.agencies}
    )

"""What programs watch: the event feed, credit levels pushed in, work, attention, metrics and health."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from inspector.domain import credit
from inspector.domain.discretion import event
from inspector.domain.errors import Away, InspectorError, Invalid
from inspector.domain.evidence import blank
from inspector.domain.identity import IdentityKind, identify
from inspector.domain.purge import SPOKEN
from inspector.domain.restated import Brought
from inspector.domain.viewing import Shown as What
from inspector.flows import attention, posted, restating
from inspector.flows.office import agency_unknown
from inspector.flows.record import record
from inspector.store.credit import Stated, Statement
from inspector.store.room import Row
from inspector.store.tx import Tx
from inspector.telemetry.metrics import CONTENT_TYPE
from inspector.web.answers import (
    AttentionPage,
    AttentionShown,
    Closed,
    EventShown,
    Feed,
    LevelsKept,
    Live,
    Ready,
    Reason,
    WorkPage,
    WorkShown,
    facts_of,
)
from inspector.web.body import JsonRoute
from inspector.web.caller import (
    AttentionReader,
    Caller,
    CreditPlatform,
    FeedReader,
    Officer,
    Shown,
    Unknown,
    WorkReader,
    find,
    local,
)
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import DESCRIBED, READS, WRITES, answers
from inspector.web.fields import AfterName, Limit, MessageId, NamePath, Position
from inspector.web.health import told
from inspector.web.messages import LevelsIn, SeenToIn
from inspector.web.roles import Role
from inspector.web.viewings import shown as shown_cases

router = APIRouter(route_class=JsonRoute)
_STILL_GOOD = 3600.0
"""Seconds for which an ops token may go on reading metrics in an outage, since it was last found valid."""


@router.get("/v1/events", tags=["feed"], responses=READS | answers(409))
def read_events(desk: AtDesk, caller: FeedReader, after: Position = 0, limit: Limit = 100) -> Feed:
    """Events behind a position. A system hears of its own cases; nothing is ever inserted before a position once read.

    A position beyond the end of the feed is refused (409 `position_beyond_end`, `facts.end`): the database has gone back since.
    """
    desk.office.earnest()
    rows = desk.look(lambda tx: tx.events.after(after, caller.sees, limit))
    mine = [row for row in rows if caller.sender in (None, row["sender"])]
    return Feed(events=tuple(map(_event, mine)), next=rows[-1]["position"] if rows else after)


@router.post("/v1/credit/levels", tags=["credit"], response_model=LevelsKept, responses=WRITES)
def push_levels(desk: AtDesk, caller: CreditPlatform, given: LevelsIn, message_id: MessageId = None) -> JSONResponse:
    """Push credit levels, dated: they count for every agency, so the token stands above all. Rated cases keep the level they have.

    A level that is on no pack's scale would silently count as unrated, so it is refused, and with it the batch. A batch without a
    message id has its content as its id: each row is dated, so that what is the same to the letter says nothing new. Natural persons have
    no class; a batch that states one of them is refused, so that nothing is kept that nobody may go by.
    """
    caller.for_all(desk)
    if persons := [place for place, row in enumerate(given.levels) if not credit.needs_rating(row.kind)]:
        raise Invalid("level_of_person", field="kind", rows=", ".join(map(str, persons[:10])))
    if strange := sorted(level for level in {row.level for row in given.levels} if not desk.office.rates(level)):
        raise Invalid("level_unknown", field="level", level=", ".join(strange[:10]), known=", ".join(desk.office.scale))

    said = message(caller.source, message_id, "levels", given)

    def do(tx: Tx, now: datetime) -> LevelsKept:
        stated = []
        for place, row in enumerate(given.levels):
            code = identify(IdentityKind.USCC, row.code, today=now.date(), field=f"levels.{place}.code").normal
            stated.append(Statement(code=code, level=row.level, as_of=row.checked_as_of(now), source=caller.name))
        tx.credit.take_turn(alone=True)
        became = tx.credit.take(stated)
        came = Counter(one.what for one in became)
        kept, conflicts = came[Stated.KEPT], came[Stated.CONFLICT]
        against = tuple(place for place, one in enumerate(became) if one.what is Stated.CONFLICT)
        decided = credit.pushed(caller.name, len(given.levels), kept, conflicts, digest=said.digest)
        record(tx, f"credit:{caller.name}", decided, now, {})
        brought = Brought(by=caller.name, source=caller.name, digest=said.digest)
        restating.note(desk.office, tx, became, brought, now)
        return LevelsKept(kept=kept, older=came[Stated.OLDER], conflicts=conflicts, against=against)

    return desk.once(said if said.id is not None else replace(said, id=said.digest), do)


@router.get("/v1/work", tags=["operations"], responses=READS)
def list_work(
    desk: AtDesk,
    caller: WorkReader,
    state: Annotated[
        Literal["waiting", "ready", "done", "quarantined"] | None, Query(description="Only rows in this state")
    ] = None,
    after: Position = 0,
    limit: Limit = 50,
) -> WorkPage:
    """Work rows without their payload. Rows of no case (draws, visits) are for tokens of the whole office."""

    def ask(tx: Tx) -> WorkPage:
        rows = tx.work.page(state=state, after=after, limit=limit)
        shown = [
            WorkShown.model_validate({name: row[name] for name in WorkShown.model_fields} | _no_failure(row))
            for row in _mine(desk, tx, caller, rows)
        ]
        return WorkPage(work=tuple(shown), next=rows[-1]["id"] if len(rows) == limit else None)

    return desk.look(ask)


@router.get("/v1/attention", tags=["operations"], responses=READS)
def list_attention(
    desk: AtDesk,
    caller: AttentionReader,
    after: Annotated[AfterName, Query(description="Go on behind this matter")] = None,
    kind: Annotated[AfterName, Query(description="Only matters of this kind")] = None,
    agency: Annotated[AfterName, Query(description="Only matters of this agency")] = None,
    limit: Limit = 50,
) -> AttentionPage:
    """Matters that wait for a person, without the words of any subject: these are read with its case.

    What an agency's mail or a source has said of somebody is a viewing of the case, and is written down before it is shown.
    Whoever runs the machine (`ops`) hears of kinds, ids and since when, and of connectors and codes of errors; nobody's words.
    """
    if agency is not None and agency not in caller.sees:
        raise agency_unknown(agency, caller.sees)
    sees = caller.sees if agency is None else (agency,)
    rows = desk.look(lambda tx: tx.attention.page(sees, limit, after=after, kind=kind))
    machine = caller.role is Role.OPS
    spoken = [row for row in rows if row["kind"] in SPOKEN and not machine]
    told = desk.look(lambda tx: {row["id"]: attention.whole(tx, row) for row in spoken}) if spoken else {}
    shown_cases(desk, caller, What.CASE, [case for _, cases in told.values() for case in cases])
    shown = tuple(_attention(row, told[row["id"]][0] if row["id"] in told else None, machine=machine) for row in rows)
    return AttentionPage(attention=shown, next=str(rows[-1]["id"]) if len(rows) == limit else None)


@router.post("/v1/attention/{attention_id}/close", tags=["operations"], response_model=Closed, responses=WRITES)
def close_attention(
    desk: AtDesk, caller: Officer, attention_id: NamePath, given: SeenToIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer has seen to it and says what was done; the ledger keeps who.

    Of a letter on paper that was posted later than its page allows for, both dates are told: the one that is printed, and the one that
    counts.
    """
    if blank(given.note):
        raise Invalid("reason_missing", field="note")

    def do(tx: Tx, now: datetime) -> Closed:
        sees, agency = caller.sees, caller.agency
        moved = posted.seen_to(desk.office, tx, attention_id, caller.name, now, note=given.note, sees=sees, agency=agency)
        printed, due_at = (None, None) if moved is None else (moved.printed, moved.due_at)
        return Closed(id=attention_id, printed=printed, due_at=due_at)

    return desk.once(message(caller.source, message_id, f"close {attention_id}", given), do)


@router.get(
    "/metrics",
    tags=["operations"],
    response_class=Response,
    openapi_extra={"security": [{}]},  # the token is not needed on this very machine
    responses={
        **answers(401, 403, 422, 503),
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus text"},
    },
)
def metrics(request: Request, desk: AtDesk, shown: Shown) -> Response:
    """Metrics of the whole house: for ops tokens above all agencies.

    Without a token from this very machine alone, where no proxy stands before us (`web.base_url`).
    """
    if shown is not None:
        may_scrape(desk, shown.credentials)
    elif not local(request, desk.settings.base_url):
        raise Unknown("token_needed")
    return Response(desk.metrics.render(), headers={"Content-Type": CONTENT_TYPE})


@router.get(
    "/health/live",
    tags=["operations"],
    responses={**answers(422), "4XX": {**DESCRIBED}, 503: {"model": Live, "description": "Should be restarted"}},
)
def live(desk: AtDesk) -> Live:
    """Whether the process lives: 503 when one of its loops has ended, which only a restart brings back."""
    held = desk.live()
    return JSONResponse({"live": held}, 200 if held else 503)  # type: ignore[return-value] # described as Live


@router.get(
    "/health/ready",
    tags=["operations"],
    responses={**answers(422), 503: {"model": Ready, "description": "Not ready, with the reasons"}},
)
def ready(desk: AtDesk) -> Ready:
    """Whether work and requests are taken, and why not."""
    held = desk.health()
    told = Ready(ready=held.ready, reasons=tuple(map(_reason, held.reasons)))
    return JSONResponse(told.model_dump(mode="json"), 200 if held.ready else 503)  # type: ignore[return-value] # described as Ready


def may_scrape(desk: Desk, text: str) -> None:
    """Raise Unknown or Forbidden unless it is an ops token of the whole house, whose metrics these are.

    While the database is away one that was good shortly before will do: an outage is when metrics are needed. Raises Away for others.
    """
    digest, now = hashlib.sha256(text.encode()).digest(), time.monotonic()
    try:
        caller = find(desk, text)
        caller.may(Role.OPS)
        caller.for_all(desk)
    except Away:
        if now - desk.scrapers.get(digest, -_STILL_GOOD) >= _STILL_GOOD:
            raise
    except InspectorError:
        desk.scrapers.pop(digest, None)
        raise
    else:
        desk.scrapers[digest] = now


def _reason(reason: str) -> Reason:
    return Reason(code=reason, message=told(reason, "en"), message_zh=told(reason, "zh-Hans"))


def _event(row: Row) -> EventShown:
    plain = {name: row[name] for name in EventShown.model_fields if name != "data"}
    return EventShown.model_validate({**plain, "data": event(facts_of(row["body"]))})


def _no_failure(row: Row) -> dict[str, None]:
    """Of what is done no error is told: what was tried before is over, and what had lost its purpose has failed in nothing."""
    return {"error": None} if row["state"] == "done" else {}


def _attention(row: Row, told: dict[str, object] | None, *, machine: bool) -> AttentionShown:
    plain = {name: row[name] for name in AttentionShown.model_fields if name != "facts"}
    said = attention.of_machine(row["body"]) if machine else told or attention.facts(row["kind"], row["body"])
    return AttentionShown.model_validate({**plain, "facts": said})


def _mine(desk: AtDesk, tx: Tx, caller: Caller, rows: list[Row]) -> list[Row]:
    """The rows the caller may see: of its agencies' cases, and everything for a token of the whole office."""
    if set(desk.office.tree) <= set(caller.sees):
        return rows
    return [row for row in rows if row["case_id"] is not None and tx.cases.get(row["case_id"]).agency in caller.sees]

"""Credit records about which a platform says otherwise than our books, over HTTP; and the step that a person decides."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field
from starlette.responses import JSONResponse

from inspector.domain.errors import Missing
from inspector.domain.statement import Step, Unlike
from inspector.flows import books
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import AttentionReader, Officer
from inspector.web.desk import AtDesk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import MAYBE_SIGNS, Limit, MessageId, Strict, Text

router = APIRouter(prefix="/v1/credit", tags=["credit"], route_class=JsonRoute)

_NAME = r"^[!-~]+$"
EntryPath = Annotated[str, Path(min_length=1, max_length=300, pattern=_NAME)]


class DifferenceShown(Shown):
    """One entry: how the two sides differ, what mends it, since when, and when that was ordered. `says`: by field ours and theirs."""

    lane: str
    entry: str
    kind: Unlike
    step: Step
    agency: str
    case_id: str
    since: datetime
    stepped_at: datetime | None
    says: dict[str, tuple[str, str]]


class ComparedShown(Shown):
    """The last comparison with one platform; `error`: the code of why the last try came to nothing, empty where it did not."""

    lane: str
    tried_at: datetime
    error: str
    compared_at: datetime | None
    as_of: datetime | None
    source: str
    alike: int
    moving: int


class DifferencesShown(Shown):
    """What differs, by entry, and how it stands with each platform. `next`: go on behind it; null: there is no more."""

    platforms: tuple[ComparedShown, ...]
    differences: tuple[DifferenceShown, ...]
    next: str | None


class StepIn(Strict):
    """That an entry be sent, or taken back, once more, that what became of it be told again, or it be left as it is; `reason` tells why."""

    step: Literal[Step.SEND, Step.RETRACT, Step.AMEND, Step.LEAVE]
    reason: Annotated[Text, Field(min_length=1, max_length=400)]


class Stepped(Shown):
    """It is decided; what is to be sent or taken back the daemon carries out under the key of before."""

    entry: str
    step: Step


@router.get("/differences", responses=READS)
def list_differences(
    desk: AtDesk,
    caller: AttentionReader,
    after: Annotated[
        str, Query(max_length=400, pattern=MAYBE_SIGNS, description="Go on behind this place, as `next` named it")
    ] = "",
    limit: Limit = 50,
) -> DifferencesShown:
    """Credit records about which a platform says otherwise than our books, at the last comparison."""

    def ask(tx: Tx) -> DifferencesShown:
        rows = tx.books.differences(sees=caller.sees, after=after, limit=limit)
        told = [DifferenceShown(**{name: row[name] for name in DifferenceShown.model_fields}) for row in rows]
        held = [ComparedShown(**{name: row[name] for name in ComparedShown.model_fields}) for row in tx.books.statements()]
        return DifferencesShown(
            platforms=tuple(held), differences=tuple(told), next=rows[-1]["place"] if len(rows) == limit else None
        )

    return desk.look(ask)


@router.post("/entries/{entry}/decision", response_model=Stepped, responses=WRITES)
def decide(desk: AtDesk, caller: Officer, entry: EntryPath, given: StepIn, message_id: MessageId = None) -> JSONResponse:
    """An officer says what mends a difference: sent or taken back once more, or right as it is; the ledger keeps who and why."""

    def do(tx: Tx, now: datetime) -> Stepped:
        seen = tx.books.difference(entry)
        if seen is None or seen["agency"] not in caller.sees:
            raise Missing("credit_difference_unknown", entry=entry)
        books.decide(tx, desk.office, entry, given.step, caller.name, given.reason, now)
        return Stepped(entry=entry, step=given.step)

    return desk.once(message(caller.source, message_id, f"decide {entry}", given), do)

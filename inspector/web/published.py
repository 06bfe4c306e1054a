"""What of a draw may be told about one firm, over HTTP: its receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from inspector.domain.errors import InspectorError
from inspector.flows import reconcile
from inspector.flows.publish import ask_receipt
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.caller import DrawOfficial
from inspector.web.desk import AtDesk
from inspector.web.draws import draw_seen
from inspector.web.errors import WRITES
from inspector.web.fields import LINE, MaybeLine, NamePath, Strict

router = APIRouter(prefix="/v1", tags=["draws"])


class ReceiptIn(Strict):
    """Whose receipt: the firm's unified social credit code, and whose list, where each has rules of its own; else the first."""

    code: Annotated[str, Field(min_length=1, max_length=64, pattern=LINE)]
    agency: MaybeLine = ""


class VoidShown(Shown):
    """That a draw was made void. `numbers` are those of the agency's register of draws."""

    reason: str
    numbers: tuple[int, ...]


class ReceiptShown(Shown):
    """One firm's receipt (draw-protocol 7.8). The page at `/verify` checks it, with the draw's public files or alone.

    Before the visits there is `leaf` instead of `line`, and `c` and what follows it are absent. `words`: what it says, by language.
    """

    draw: str
    line: str | None = Field(default=None, description="The row as it stood in the frame, tabs between its fields")
    leaf: str | None = Field(
        default=None, description="Before the visits, for the row: its hash, which proves as well that it is there"
    )
    index: int
    n: int
    path: tuple[str, ...]
    c: str | None = None
    seed: str | None = None
    limit: str | None = Field(default=None, description="The ticket of the last one drawn in its class; null where nobody was")
    ticket: str | None = None
    void: VoidShown | None = Field(default=None, description="Of a draw that was made void: why, and where the register says so")
    chance: str | None = Field(default=None, description="k/E: drawn of those that could be drawn in its class, exactly")
    list: str | None = Field(default=None, description="The list it is about, in a draw of lists with rules of their own")
    visited: str | None = Field(
        default=None,
        description="The probability that any of several lists drew it, to whoever may read them all; one ticket for all",
    )
    words: dict[str, tuple[str, ...]]


@router.post("/draws/{number}/receipts", responses=WRITES, response_model_exclude_unset=True)
def show_receipt(desk: AtDesk, caller: DrawOfficial, number: NamePath, given: ReceiptIn) -> ReceiptShown:
    """A firm's receipt, for the agencies of the token: to be handed to the firm, which can check it without us.

    Where each list has rules of its own, it is that of one list, of those that the token's agencies draw from. Before the visits it
    tells nobody's fate, and is an entry of the ledger all the same, refused or not. Where being in the frame tells who is visited, the
    answer is one for everybody, in the frame or not.
    """

    def ask(tx: Tx, now: datetime) -> ReceiptShown | InspectorError:
        draw_seen(tx, caller, number)
        told = ask_receipt(
            desk.office, tx, number, given.code, now, by=caller.name, door="api:receipt", agency=given.agency, within=caller.sees
        )
        return told if isinstance(told, InspectorError) else ReceiptShown.model_validate(told)

    answer = desk.act(ask)
    if isinstance(answer, InspectorError):  # raised here, so that the entry of the asking is kept
        with reconcile.telling(desk.office):
            raise answer
    return answer

"""`work`: what is to be done, and what waits in quarantine for a person."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.command import Exit, command
from inspector.cli.terminal import Terminal
from inspector.domain.decision import OrderKind
from inspector.domain.errors import InspectorError
from inspector.store import payload

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from inspector.flows.held import Wait
    from inspector.store.tx import Tx

CODES = {"kind": "OrderKind", "state": "work", "error": "note", "waits": "wait"}
"""The columns that hold codes."""
_NAMED = {"key": "order_key", "owner": "holder", "expires_at": "tried_until"}
"""Fields of a work row that are called otherwise elsewhere."""

Id = Annotated[int, typer.Argument(help="Number of the work row 工作编号", metavar="ID")]


class State(StrEnum):
    """Where a work row stands, or any of it."""

    WAITING = "waiting"
    READY = "ready"
    QUARANTINED = "quarantined"
    DONE = "done"
    ALL = "all"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "list")(list_work)
    command(app, "show")(show)
    command(app, "retry")(retry)
    command(app, "release")(release)


def list_work(
    terminal: Terminal,
    state: Annotated[State, typer.Option("--state", help="Only rows in this state 状态")] = State.QUARANTINED,
    kind: Annotated[OrderKind | None, typer.Option("--kind", help="Only this kind 类型")] = None,
    case: Annotated[str | None, typer.Option("--case", help="Only of this case 办件编号")] = None,
    after: Annotated[int, typer.Option("--after", help="Go on behind this number 从此编号之后")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50,
) -> None:
    """List work rows, by default those in quarantine; where there are more, it is said how to go on. 列出工作（默认为隔离中的）。

    What a row carries is told by work show alone: that of a visit says whose cases were drawn.
    """
    asked = None if state is State.ALL else state.value
    named = kind.value if kind is not None else None
    if case is not None:
        terminal.look(lambda tx: tx.cases.get(case))
    held = terminal.look(lambda tx: tx.work.page(state=asked, kind=named, case_id=case, after=after, limit=limit + 1))
    why = waiting(terminal) if any(row["state"] == "ready" and row["lane"] for row in held) else {}
    held = [_waits({name: value for name, value in row.items() if name != "payload"}, why) for row in held]
    columns = (
        "id",
        "kind",
        "state",
        "lane",
        "attempts",
        "due_at",
        "case_id",
        "error",
        *(("waits", "waits_until") if why else ()),
    )
    terminal.page(columns, held, limit, "--state, --kind, --case", codes=CODES)


def show(terminal: Terminal, work: Id) -> None:
    """Show one work row, whole. Whoever reads that of a visit before it is made is written down. 显示一项工作。"""
    from inspector.cli.bundles import note_reading

    held = terminal.look(lambda tx: tx.work.show(work))
    said = payload.read(held["payload"])
    if visit := (said or {}).get("visit"):
        note_reading(terminal, terminal.look(lambda tx: tx.visits.get(visit)).draw, f"work:{work}")
    held = _waits(held, waiting(terminal) if held["state"] == "ready" and held["lane"] else {})
    if terminal.as_json:
        terminal.value({**held, "payload": held["payload"] if said is None else said})
        return
    terminal.fields({_NAMED.get(name, name): value for name, value in held.items()}, CODES)


def waiting(terminal: Terminal) -> dict[str, Wait]:
    """Why the ready work of a connector waits, by its name; nothing where packs or settings cannot be read to tell it."""
    from inspector.flows.held import waits

    try:
        office = terminal.office
    except InspectorError:
        return {}
    return terminal.look(lambda tx: waits(tx, office))


def _waits(row: dict[str, Any], why: Mapping[str, Wait]) -> dict[str, Any]:
    """A row with the reason for which it is not asked now, and until when."""
    held = why.get(row["lane"]) if row["state"] == "ready" else None
    return {**row, "waits": held.reason if held else None, "waits_until": held.until if held else None}


def retry(terminal: Terminal, work: Annotated[list[int], typer.Argument(help="Numbers 工作编号", metavar="ID…")]) -> Exit | None:
    """Send quarantined rows round again, with fresh attempts: all of them, or none. 重新执行。"""
    from inspector.flows import stopped

    def do(tx: Tx, now: datetime) -> None:
        for one in work:
            stopped.retry(tx, one, now)

    terminal.act("work.retry", f"work:{work[0]}", do, work=work)
    terminal.value({"retried": work})
    for one in work:
        terminal.say("retried", id=one)
    return None


def release(
    terminal: Terminal,
    work: Id,
    reason: Annotated[str | None, typer.Option("--reason", help="Why it is not to be done; needed 原因（必填）")] = None,
) -> None:
    """Let a quarantined row go without carrying it out. 放行，不再执行。"""
    from inspector.flows import stopped

    why = terminal.reason(reason, "--reason")
    terminal.act("work.release", f"work:{work}", lambda tx, now: stopped.release(tx, work, why, now), work=work, reason=why)
    terminal.value({"released": work})
    terminal.say("released", id=work)

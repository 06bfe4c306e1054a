"""`docket`: the decisions that wait for an officer, whatever they are of, by their legal dates."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "list")(list_due)


def list_due(
    terminal: Terminal, limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50
) -> None:
    """List what waits for an officer's decision, of whatever kind, the next date first. 列出待作出的决定。"""
    due = terminal.look(lambda tx: tx.docket.page(list(terminal.office.tree), None, limit))
    rows = [{"kind": one.kind, "id": one.id, "case": one.case_id, "due_at": one.due_at} for one in due]
    terminal.rows(("kind", "id", "case", "due_at"), rows, {"kind": "DocketKind"})

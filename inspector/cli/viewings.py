"""`case viewings`: who of the house was shown what of whom, as the subject may be told (PIPL art. 44, 45); and how it comes on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal, office_now, operator
from inspector.domain.case import Case, SubjectKind
from inspector.domain.errors import Invalid

if TYPE_CHECKING:
    from inspector.domain.viewing import Viewing
    from inspector.flows.viewings import Viewer
    from inspector.store.tx import Tx

COLUMNS = ("day", "by", "role", "agency", "shown", "purpose", "basis", "door", "case_id")
CODES = {"role": "Role", "shown": "Shown", "purpose": "Purpose", "door": "viewed"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "viewings")(viewings)


def viewings(
    terminal: Terminal,
    case: Annotated[str, typer.Argument(help="Id of the case; or give --code 办件编号（或用 --code）", metavar="CASE")] = "",
    code: Annotated[str, typer.Option("--code", help="All about the subject with this code 主体代码")] = "",
    kind: Annotated[
        SubjectKind | None, typer.Option("--kind", help="With --code: only a firm's, or a person's; default: both 主体类型")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=10_000, help="With --code: at most so many, newest first 条数")
    ] = 200,
) -> None:
    """List who was shown what of a case or of a subject, on which day and for what. 列出谁查看过当事人的信息。

    Kept as long as schedules.keep_inquiries_days says; this reading is one more. The ledger has besides who opened files and drawn lists.
    """
    from inspector.domain.identity import normalise

    if bool(case) is bool(code):
        raise Invalid("inquiries_of_whom")

    def ask(tx: Tx) -> tuple[list[Case], list[Viewing]]:
        if case:
            return [tx.cases.get(case)], tx.viewings.of_case(case)
        kinds = [kind] if kind is not None else [*SubjectKind]
        found = [one for each in kinds for one in tx.viewings.about(each, normalise(code), limit)]
        held = sorted(found, key=lambda one: one.at, reverse=True)[:limit]
        return [tx.cases.get(one) for one in sorted({each.case_id for each in held})], held

    cases, held = terminal.look(ask)
    viewed(terminal, "VIEWINGS", cases)
    terminal.rows(COLUMNS, [asdict(one) for one in held], CODES)


def viewed(terminal: Terminal, shown: str, cases: Sequence[Case]) -> None:
    """Write down that whoever works here is about to be shown these cases; `shown` as `domain.viewing.Shown` has it.

    By the office's time, as on the pages; a command that only looks something up reads no packs for it.
    """
    from inspector.domain.viewing import Shown
    from inspector.flows import viewings as record

    if cases:
        now = terminal.look(lambda tx: office_now(terminal.settings, tx))
        record.note(terminal.store, now, shower(), Shown(shown), cases)


def shower() -> Viewer:
    """Whoever works here, as it is written down."""
    from inspector.flows.viewings import OPERATOR, Viewer

    return Viewer(by=operator(), role=OPERATOR, agency="", door="cli")

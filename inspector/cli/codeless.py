"""`visit`: visits on which no visit code was read, and the proof that they were filed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.days import day_of
from inspector.cli.terminal import Terminal

if TYPE_CHECKING:
    from inspector.domain.visit import Visit

_SHOWN = ("visit", "agency", "visited_on", "file_by")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "unfiled")(unfiled)
    command(app, "filed")(filed)


def unfiled(
    terminal: Terminal,
    after: Annotated[str, typer.Option("--after", help="Go on behind this visit 从此检查之后")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50,
) -> None:
    """List the visits that are to be filed, for no visit code was read on them. 列出未扫描执法码、待补录备案的检查。"""
    held = terminal.look(lambda tx: tx.visits.unfiled(tuple(terminal.office.tree), after=after, limit=limit + 1))
    terminal.page(_SHOWN, [_row(one) for one in held], limit, "--limit", key="visit")


def filed(
    terminal: Terminal,
    visit: Annotated[str, typer.Argument(help="Id of the visit 检查任务编号", metavar="VISIT")],
    number: Annotated[str, typer.Option("--number", help="The proof: number or reference of the filing 备案编号")],
    by: Annotated[str | None, typer.Option("--by", help="Who has filed it; default: the user of this machine 经办人")] = None,
    on: Annotated[str | None, typer.Option("--on", help="The day it was filed, YYYY-MM-DD; default: today 日期")] = None,
) -> None:
    """Enter the proof that a visit without a code was filed; its clock and its matter end. 登记未扫码检查的补录备案。

    The date is counted from the day of the visit, by the row of its pack. A filing on a later day is entered all the same, as late.
    """
    from inspector.flows import codeless

    office, who, day = terminal.office, terminal.signer(by), day_of(on)
    done = terminal.act(
        "visit.filed", visit, lambda tx, now: codeless.file(office, tx, visit, by=who, number=number, on=day, now=now)
    )
    terminal.fields(_row(done))


def _row(held: Visit) -> dict[str, object]:
    """A visit's filing flat."""
    filing = held.filing
    done = filing.filed if filing is not None else None
    return {
        "visit": held.id,
        "agency": held.agency,
        "visited_on": filing.on if filing is not None else None,
        "file_by": filing.duty.due_at if filing is not None else None,
        "filed_by": done.by if done is not None else None,
        "filed_on": done.on if done is not None else None,
        "receipt": done.receipt if done is not None else None,
        "late": done.late if done is not None else None,
    }

"""`policy explain`: which row holds for given facts, which ways, which date, which draw, and why. No database is asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.packs import Label, chosen, textbook
from inspector.cli.terminal import Terminal
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.case import MatterKind, Route, SubjectKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inspector.flows.office import AgencyNode


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "explain")(explain)


def explain(  # noqa: PLR0913, PLR0917 - each is an option
    terminal: Terminal,
    pack: Label,
    item: Annotated[str, typer.Option("--item", help="Item by its code 事项编码")],
    level: Annotated[
        str, typer.Option("--level", help="Credit level; without one, nothing is known 信用等级，不写即未评级")
    ] = "",
    route: Annotated[Route, typer.Option("--route", help="How it was applied for 办理方式")] = Route.COMMITMENT,
    subject: Annotated[
        SubjectKind | None, typer.Option("--subject", help="Who commits; default: a firm where the item is for firms 主体类型")
    ] = None,
    matter: Annotated[
        MatterKind | None, typer.Option("--matter", help="Kind of matter; default: the item's first 事项类型")
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option("--day", help="Day on which it comes in; default: today 受理日", formats=["%Y-%m-%d"]),
    ] = None,
    notice: Annotated[
        str | None,
        typer.Option("--notice", help="Version of the notice that the letter answers; default: the item's own 告知书版本"),
    ] = None,
    concluded: Annotated[
        datetime | None,
        typer.Option(
            "--concluded", help="Day of the decision, before or after; default: not known 作出决定之日", formats=["%Y-%m-%d"]
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder", help="Folder of drafts; they may build on the configured packs 草案文件夹", exists=True, file_okay=False
        ),
    ] = None,
) -> None:
    """Say what a pack makes of given facts: row, ways, date, draw, each with its basis. 说明政策包对给定事实的处理。

    It is decided by the code that decides cases, and told in the words of `case explain`. What the pack would refuse is refused here,
    with the same reason.
    """
    from inspector.domain.supposed import Supposed
    from inspector.flows.office import AgencyNode
    from inspector.flows.supposing import suppose
    from inspector.flows.supposingwords import render
    from inspector.lawbook import calendar_of
    from inspector.store.codec import dump

    settings = terminal.settings
    policy = chosen(terminal, textbook(terminal, folder), pack, day)
    known = policy.item(item)
    calendar = calendar_of(settings)
    on = day.date() if day is not None else datetime.now(calendar.zone).date()
    tree = {name: AgencyNode(id=name, **node.model_dump()) for name, node in settings.agencies.items()}
    facts = Supposed(
        item=item,
        route=route,
        matter=matter or next(kind for kind in MatterKind if kind in known.matters),
        subject=subject or next(kind for kind in SubjectKind if kind in known.subjects),
        level=level or None,
        at=calendar.opening(on),
        notice=notice,
        concluded=calendar.opening(concluded.date()) if concluded is not None else None,
    )
    told = suppose(_Place(calendar, tree), policy, facts)
    terminal.value(json.loads(dump(told)))
    terminal.line(render(told, terminal.lang).rstrip("\n"))


@dataclass(frozen=True, slots=True)
class _Place:
    """What an explanation asks of an office, where no database is open."""

    calendar: WorkingCalendar
    tree: Mapping[str, AgencyNode]

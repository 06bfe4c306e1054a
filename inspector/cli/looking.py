"""`draw looks`: what became of second looks, counted by agency. Nobody is ranked by them."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal
from inspector.labels import label


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "looks")(looks)


def looks(
    terminal: Terminal,
    agency: Annotated[str | None, typer.Option("--agency", "-a", help="Agency, with all below it 机关（含下级）")] = None,
) -> None:
    """Count second looks: open, called off, or what was said; never whose work it was. 抽查复核统计（不排名）。"""
    from inspector.flows.secondlook import counted

    office = terminal.office
    if agency is not None:
        office.agency(agency)
    within = office.within(agency) if agency is not None else tuple(office.tree)
    found = terminal.look(lambda tx: counted(tx, within))
    rows = [{"agency": whose, "became": became, "count": count} for whose, became, count in found]
    shown = [{**row, "became": label(f"look.{row['became']}", terminal.lang)} for row in rows]
    terminal.rows(("agency", "became", "count"), rows if terminal.as_json else shown)

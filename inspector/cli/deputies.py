"""`deputy`: who decides in whose stead while an officer is away."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal

if TYPE_CHECKING:
    from inspector.store.tx import Tx

By = Annotated[str | None, typer.Option("--by", help="Who enters it; default: the user of this machine 登记人")]
Agency = Annotated[str, typer.Option("--agency", help="The officer's agency 所属机关")]
DayOf = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day, counted 日期（含当日）")]
COLUMNS = ("id", "agency", "officer", "deputy", "since", "until", "ended_at")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for name, body in (("list", list_named), ("name", name_one), ("end", end)):
        command(app, name)(body)


def list_named(terminal: Terminal) -> None:
    """List who decides in whose stead, and who did. 列出代行职责的情况。"""
    from dataclasses import asdict

    rows = [asdict(one) for one in terminal.look(lambda tx: tx.deputies.page(list(terminal.office.tree)))]
    terminal.rows(COLUMNS, [{name: row[name] for name in COLUMNS} for row in rows])


def name_one(
    terminal: Terminal,
    officer: Annotated[str, typer.Argument(help="Who is away, as he or she signs 不在岗的工作人员", metavar="OFFICER")],
    deputy: Annotated[str, typer.Option("--deputy", help="Who decides in that officer's stead 代行职责的人")],
    agency: Agency,
    since: DayOf,
    until: DayOf,
    by: By = None,
) -> None:
    """Name who decides in an officer's stead for a time. 指定代行职责的人。

    Nobody names himself or herself; whoever is away at the time stands in for nobody. Only the days are kept, not why.
    """
    from inspector.domain.deputy import Deputy
    from inspector.flows import deputies
    from inspector.store.tx import new_id

    office, who = terminal.office, terminal.signer(by)
    office.agency(agency)

    def do(tx: Tx, now: datetime) -> Deputy:
        made = Deputy(
            id=new_id(),
            agency=agency,
            officer=officer,
            deputy=deputy,
            since=since.date(),
            until=until.date(),
            named_by=who,
            named_at=now,
        )
        return deputies.name(office, tx, made, now)

    made = terminal.act("deputy.name", officer, do, signed=who)
    terminal.value(made)
    terminal.say("deputy_named", officer=officer, deputy=deputy, since=made.since, until=made.until)


def end(
    terminal: Terminal,
    deputy: Annotated[str, typer.Argument(help="Id, as `deputy list` tells it 代行编号", metavar="ID")],
    by: By = None,
) -> None:
    """End it before its last day: the officer is back. 终止代行职责。"""
    from inspector.flows import deputies

    who = terminal.signer(by)
    made = terminal.act("deputy.end", deputy, lambda tx, now: deputies.end(tx, deputy, who, now), signed=who)
    terminal.value(made)
    terminal.say("deputy_ended", officer=made.officer, deputy=made.deputy)

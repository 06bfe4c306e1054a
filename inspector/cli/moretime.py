"""`consequence more-time`: an officer gives more time to rectify."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Reasons, command
from inspector.cli.consequences import By, Id, step
from inspector.cli.terminal import Terminal

if TYPE_CHECKING:
    from inspector.domain.consequence import Consequence, Signed
    from inspector.flows.office import Office
    from inspector.store.tx import Tx


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "more-time")(more_time)


def more_time(
    terminal: Terminal,
    consequence: Id,
    until: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The new last day 新的整改期限")],
    law: Annotated[str, typer.Option("--law", help="By which law or rule 依据")],
    reasons: Reasons = None,
    by: By = None,
) -> None:
    """Give more time to rectify; its subject is told the new date. 延长整改期限。"""
    from inspector.domain.consequence import MoreTime
    from inspector.flows import rectifying

    why, day = terminal.reason(reasons, "--reasons"), until.date()

    def do(office: Office, tx: Tx, signed: Signed, now: datetime) -> Consequence:
        given = MoreTime(signed=signed, until=day, was=now, reasons=why, law=law)
        return rectifying.more_time(office, tx, consequence, given, now)

    step(terminal, "consequence.more_time", consequence, by, do)

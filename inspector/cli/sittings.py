"""`consequence sitting`, `consequence hearing`: when and where somebody is heard who asked for it, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.consequences import By, Digests, Id, OnDay, step
from inspector.cli.moments import MOMENTS, zoned
from inspector.cli.terminal import Terminal

if TYPE_CHECKING:
    from inspector.domain.consequence import Consequence, Signed
    from inspector.flows.office import Office
    from inspector.store.tx import Tx


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for name, body in (("sitting", sitting), ("hearing", hearing)):
        command(app, name)(body)


def sitting(  # noqa: PLR0913, PLR0917 - a hearing in all its parts
    terminal: Terminal,
    consequence: Id,
    begins: Annotated[datetime, typer.Option("--begins", help="When it begins 听证时间", formats=MOMENTS)],
    place: Annotated[str, typer.Option("--place", help="Where 听证地点")],
    presides: Annotated[str, typer.Option("--presides", help="Who presides, and has not investigated the case 听证主持人")],
    closed: Annotated[str, typer.Option("--closed", help="Why it is not public; left out: it is 不公开的理由")] = "",
    reasons: Annotated[str, typer.Option("--reasons", help="Why it is moved; needed of a move 变更的理由")] = "",
    off_hours: Annotated[
        bool, typer.Option("--off-hours", help="On a day off or outside office hours, as is meant 确定在非工作时间")
    ] = False,
    by: By = None,
) -> None:
    """Fix when and where a hearing is held that was asked for, or move it; its subject is told. 确定听证时间、地点和主持人。"""
    from inspector.domain.consequence import Sitting
    from inspector.flows import sittings

    def do(office: Office, tx: Tx, signed: Signed, now: datetime) -> Consequence:
        when = zoned(begins, office.calendar.zone) or begins
        told = Sitting(begins=when, place=place, presides=presides, fixed=signed, closed=closed, reasons=reasons)
        return sittings.fix(office, tx, consequence, told, now, off_hours=off_hours)

    step(terminal, "consequence.sitting", consequence, by, do)


def hearing(  # noqa: PLR0913, PLR0917 - a hearing in all its parts
    terminal: Terminal,
    consequence: Id,
    on: OnDay,
    record: Annotated[str, typer.Option("--record", help="The minutes, or the subject's words 笔录")],
    waived: Annotated[bool, typer.Option("--waived", help="The subject has waived it 当事人放弃")] = False,
    absent: Annotated[bool, typer.Option("--absent", help="Who was told in time did not come 当事人未到场")] = False,
    proxy: Annotated[list[str] | None, typer.Option("--proxy", help="Who came for the subject; at most two 代理人")] = None,
    digest: Digests = None,
    by: By = None,
) -> None:
    """Enter that the hearing was held, or given up by its subject. 登记听证。"""
    from inspector.flows import sittings

    outcome = "waived" if waived else "absent" if absent else "held"
    came = sittings.Came(outcome=outcome, on=on.date(), record=record, digests=tuple(digest or ()), proxies=tuple(proxy or ()))
    step(
        terminal,
        "consequence.hearing",
        consequence,
        by,
        lambda office, tx, signed, now: sittings.enter(office, tx, consequence, came, signed, now),
    )

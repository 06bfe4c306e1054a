"""`maintenance`: for a while nothing leaves the house, while doors stay open and legal clocks go on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.moments import MOMENTS, zoned
from inspector.cli.terminal import Terminal
from inspector.domain.decision import OrderKind
from inspector.labels import of

if TYPE_CHECKING:
    from inspector.flows.maintenance import Meanwhile

Reason = Annotated[str | None, typer.Option("--reason", help="Why; needed 原因（必填）")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "begin")(begin)
    command(app, "end")(end)
    command(app, "show")(show)


def begin(
    terminal: Terminal,
    until: Annotated[
        datetime,
        typer.Option("--until", formats=MOMENTS, help="When it ends by itself; at most 24 hours ahead 结束时间，最长 24 小时"),
    ],
    reason: Reason = None,
) -> None:
    """Let nothing leave the house until a moment: no question, letter, push or record. 开始维护：暂停一切对外发送。

    What comes in is taken, officers work on, and legal dates go on. What waits leaves when it is over, each once. Said again, it moves the
    end. It reaches beyond no moment by which a draw wants the parts of its seed.
    来件照收，期限照算；结束后逐件发出。再次执行可改变结束时间；不得越过抽取征集种子的截止时间。
    """
    from inspector.flows import maintenance

    why = terminal.reason(reason, "--reason")
    at = zoned(until, terminal.desk.calendar.zone) or until
    found = terminal.act(
        "maintenance.begin", maintenance.ABOUT, lambda tx, now: maintenance.begin(tx, at, now), until=at.isoformat(), reason=why
    )
    terminal.value({"maintenance": True, "until": at, "reason": why, "dates": found.dates, "orders": found.orders})
    terminal.say("rests", until=at.isoformat(timespec="minutes"))
    _meanwhile(terminal, found)


def end(terminal: Terminal, reason: Annotated[str, typer.Option("--reason", help="Why 原因")] = "") -> None:
    """Let what waits leave, at once. 结束维护：恢复对外发送。"""
    from inspector.flows import maintenance

    lasted = terminal.act("maintenance.end", maintenance.ABOUT, maintenance.end, reason=reason)
    terminal.value({"maintenance": False, "lasted": lasted})
    terminal.say("rested" if lasted else "rested_not")


def show(terminal: Terminal) -> None:
    """Whether one lasts, until when, by whom and why. 查看是否处于维护。"""
    from inspector.flows import maintenance

    now, zone = terminal.office.now(), terminal.desk.calendar.zone
    held = terminal.look(lambda tx: maintenance.lasting(tx, now))
    if held is None:
        terminal.fields({"maintenance": False})
        return
    since = held.since.astimezone(zone) if held.since else None
    told = {"maintenance": True, "since": since, "until": held.until.astimezone(zone), "by": held.by, "reason": held.reason}
    terminal.fields(told)


def _meanwhile(terminal: Terminal, found: Meanwhile) -> None:
    """What falls due until its end, as far as there is any: whoever begins it sees what it costs."""
    from inspector.labels import label

    if any(found.dates.values()):
        terminal.say("rests_dates", dates=label("ops.dates", terminal.lang, **found.dates))
    for kind, count in found.orders.items():
        terminal.say("rests_order", kind=of(OrderKind(kind), terminal.lang), count=count)

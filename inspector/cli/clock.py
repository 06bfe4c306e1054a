"""`case suspend`, `case resume`, `case extend`: the clock of a verification, by a named officer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal, in_words
from inspector.domain.pause import Reason

if TYPE_CHECKING:
    from inspector.domain.case import Case

CaseId = Annotated[str, typer.Argument(help="Id of the case 办件编号", metavar="CASE")]
By = Annotated[str | None, typer.Option("--by", help="The officer; default: the user of this machine 经办人")]
Evidence = Annotated[str, typer.Option("--evidence", help="What shows it: a document, a date, who told 依据的材料")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "suspend")(suspend)
    command(app, "resume")(resume)
    command(app, "extend")(extend)


def suspend(
    terminal: Terminal,
    case: CaseId,
    reason: Annotated[Reason, typer.Option("--reason", help="One of those the case's pack lists 政策包所列的事由")],
    until: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="Its last day 中止的最后一日")],
    evidence: Evidence,
    by: By = None,
) -> None:
    """Let the clock of a verification stand still, for a listed reason, to the end of a day. 中止核查期限（列明的事由）。

    It goes on by itself behind that day. Questions, requests for assistance and visits go on meanwhile by their own clocks: waiting for
    another agency is no reason.
    """
    from inspector.flows import suspension

    office, who, day = terminal.office, terminal.signer(by), until.date()
    held = terminal.act(
        "case.suspend", case, lambda tx, now: suspension.suspend(office, tx, case, reason, day, evidence, who, now), signed=who
    )
    _say(terminal, held, "clock_suspended", reason=in_words(reason, terminal.lang), until=day)


def resume(terminal: Terminal, case: CaseId, evidence: Evidence, by: By = None) -> None:
    """Let the clock of a verification go on before the planned end; its date is counted anew. 恢复计算核查期限。"""
    from inspector.flows import suspension

    office, who = terminal.office, terminal.signer(by)
    held = terminal.act("case.resume", case, lambda tx, now: suspension.resume(office, tx, case, evidence, who, now), signed=who)
    _say(terminal, held, "clock_resumed")


def extend(
    terminal: Terminal,
    case: CaseId,
    reason: Annotated[str, typer.Option("--reason", help="Why 理由")],
    by: By = None,
    head: Annotated[str, typer.Option("--head", help="Who allowed it, where the pack asks for the head 批准的负责人")] = "",
) -> None:
    """Lengthen the term of a verification as its pack allows, before its date. 延长核查期限（须在届满之前）。"""
    from inspector.flows import suspension

    office, who = terminal.office, terminal.signer(by)
    held = terminal.act(
        "case.extend", case, lambda tx, now: suspension.extend(office, tx, case, reason, who, head, now), signed=who
    )
    _say(terminal, held, "clock_extended")


def _say(terminal: Terminal, held: Case, key: str, **facts: object) -> None:
    """What became of the date."""
    paused = held.paused
    dates = {"due_at": held.due_at, "provisional": held.provisional, "suspended_until": paused.until if paused else None}
    terminal.value({"id": held.id, **dates})
    due_at = terminal.dated(in_words(held.due_at, terminal.lang), provisional=held.provisional)
    terminal.say(key, case=held.id, due_at=due_at, **facts)

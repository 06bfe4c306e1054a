"""`shadow report`: what the house would have done in a period, beside what people did."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from inspector.cli.command import command
from inspector.cli.days import typed
from inspector.cli.files import Agency
from inspector.cli.terminal import Terminal
from inspector.domain.case import CaseState
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Invalid
from inspector.labels import of


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "report")(report)


def report(
    terminal: Terminal,
    agency: Agency,
    since: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD 起始日", metavar="DATE")],
    until: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD 截止日", metavar="DATE")],
) -> None:
    """Compare what the program would have done with what people did. 比较程序本会怎样做与人工实际怎样做。

    What people did are the inspections of the agency's own that `roster import inspections` has brought in. Nobody is named.
    """
    from inspector.flows.shadowing import compare

    office, first, last = terminal.office, typed(since, "--from"), typed(until, "--to")
    office.agency(agency)
    if last < first:
        raise Invalid("period_reversed", first=since, last=until)
    held = terminal.look(lambda tx: compare(office, tx, agency, first, last))
    told = asdict(held) | {"shadow": office.shadow, "sent": [[kind, lane, count] for (kind, lane), count in held.sent.items()]}
    terminal.value(told)
    for state, count in held.cases.items():
        terminal.say("shadow_cases", state=of(CaseState(state), terminal.lang), count=count)
    for (kind, lane), count in held.sent.items():
        terminal.say("shadow_sent", kind=of(OrderKind(kind), terminal.lang), lane=lane or "-", count=count)
    for who, seen in (("shadow_ours", held.ours), ("shadow_theirs", held.theirs)):
        terminal.say(who, visits=seen.visits, objects=seen.objects, most=seen.most)
    terminal.say("shadow_both", count=held.both)

"""`visit made`, `visit day`: that a visit was made by a team whose seats passed on since; the day of one that windows leave none for."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.command import command
from inspector.cli.days import day_of
from inspector.cli.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "made")(made)
    command(app, "day")(day)


def made(
    terminal: Terminal,
    visit: Annotated[str, typer.Argument(help="Id of the visit 检查任务编号", metavar="VISIT")],
    on: Annotated[str, typer.Option("--on", help="The day on which the team was there, YYYY-MM-DD 检查日期")],
    evidence: Annotated[str, typer.Option("--evidence", help="By what that is known 依据")],
    agency: Annotated[str, typer.Option("--agency", help="Whose team; default: that which leads 机关")] = "",
    by: Annotated[str | None, typer.Option("--by", help="Who says it; default: the user of this machine 经办人")] = None,
) -> None:
    """Say that a visit was made by a team whose seats passed on since; another person makes it so. 认定检查已进行。

    The other one names the same day, and is another machine user. Then what its notes say counts, and whoever was dealt since need not go.
    Who was not certified on that day made no lawful visit.
    """
    from inspector.flows import attesting

    office, who, when = terminal.office, terminal.signer(by), day_of(on)
    assert when is not None, "the option is needed"
    whose = agency or terminal.look(lambda tx: tx.visits.get(visit)).agency
    held = terminal.act(
        "visit.made",
        visit,
        lambda tx, now: attesting.say(office, tx, visit, whose, on=when, evidence=evidence, by=who, now=now),
        evidence=evidence,
    )
    told = next(one for one in held.attested if one.agency == whose)
    facts = {"visit": held.id, "agency": whose, "on": told.on, "seats": list(told.seats), "by": list(told.by)}
    terminal.fields({**facts, "stands": told.stands, "state": held.state.value})


def day(
    terminal: Terminal,
    visit: Annotated[str, typer.Argument(help="Id of the visit 检查任务编号", metavar="VISIT")],
    on: Annotated[str, typer.Option("--on", help="The day on which somebody goes, YYYY-MM-DD 上门日期")],
    reasons: Annotated[str, typer.Option("--reasons", help="Why then 理由")],
    in_quiet: Annotated[
        bool, typer.Option("--in-quiet", help="The day lies in a quiet window, and is meant 依例外在安静期内")
    ] = False,
    day_off: Annotated[bool, typer.Option("--day-off", help="The day is no working day, and is meant 非工作日上门")] = False,
    by: Annotated[str | None, typer.Option("--by", help="Who decides; default: the user of this machine 经办人")] = None,
) -> None:
    """Name the day of a visit that quiet windows leave no day for, within them or behind. 决定安静期冲突的上门日期。

    A day in a window, or on which nobody works, is refused until it is said that it is meant. Its team is told, and the matter
    visit_conflict is over. The date that was stays in the ledger.
    """
    from inspector.domain.appointed import Though
    from inspector.flows import appointing

    office, who, when = terminal.office, terminal.signer(by), day_of(on)
    assert when is not None, "the option is needed"
    though = [one for one, said in ((Though.QUIET, in_quiet), (Though.DAY_OFF, day_off)) if said]
    held = terminal.act(
        "visit.day",
        visit,
        lambda tx, now: appointing.appoint(office, tx, visit, on=when, why=reasons, by=who, now=now, though=though),
        reasons=reasons,
    )
    terminal.fields({"visit": held.id, "on": when, "due_at": held.due_at, "was_due": held.appointed and held.appointed.was_due})

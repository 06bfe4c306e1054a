"""`publication`: results that are to be published, and what is to be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.catalogue import day_of
from inspector.cli.command import command
from inspector.cli.terminal import Terminal, signer
from inspector.domain.publicationduty import PublicationState
from inspector.labels import of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from inspector.domain.publicationduty import PublicationDuty
    from inspector.store.tx import Tx

Duty = Annotated[str, typer.Argument(help="Id of the duty, as `publication list` tells it 编号", metavar="ID")]
On = Annotated[str | None, typer.Option("--on", help="The day, year-month-day; default: today 日期")]
Reference = Annotated[str, typer.Option("--reference", help="Where that is seen: an address, a notice's number 网址或者文号")]
By = Annotated[str | None, typer.Option("--by", help="The person who says so; default: the user of this machine 经办人")]
_SHOWN = ("id", "agency", "state", "due_at", "reference")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "list")(list_publications)
    command(app, "done")(done)
    command(app, "recall")(recall)
    command(app, "removed")(removed)


def list_publications(
    terminal: Terminal,
    state: Annotated[PublicationState | None, typer.Option("--state", help="Only duties in this state 状态")] = None,
    after: Annotated[str, typer.Option("--after", help="Go on behind this id 从此编号之后")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50,
) -> None:
    """List results that are to be published, and what became of it, in order of id. 列出应当公布的结果。"""
    held = terminal.look(lambda tx: tx.publications.page(tuple(terminal.office.tree), state, after, limit + 1))
    shown = [
        {
            "id": one.id,
            "agency": one.agency,
            "state": one.state,
            "due_at": one.due_at if one.state in (PublicationState.OWED, PublicationState.TO_REMOVE) else None,
            "reference": one.posted.reference if one.posted else "",
        }
        for one in held
    ]
    terminal.page(_SHOWN, shown, limit, "--state", codes={"state": "PublicationState"})


def done(terminal: Terminal, duty: Duty, reference: Reference, on: On = None, by: By = None) -> None:
    """Say since when and where a result is public. 登记已经公布。"""
    from inspector.flows import publication

    office, who = terminal.office, signer(by)
    _say(terminal, lambda tx, now: publication.publish(office, tx, duty, _day(terminal, on), reference, who, now))


def recall(
    terminal: Terminal,
    duty: Duty,
    reason: Annotated[str, typer.Option("--reason", help="Why it does not stand 理由")],
    document: Annotated[str, typer.Option("--document", help="By which document 文号")] = "",
    by: By = None,
) -> None:
    """Say that what is public does not stand: it is to be taken back by the pack's date. 登记应当撤下。"""
    from inspector.flows import publication

    office, who = terminal.office, signer(by)
    _say(terminal, lambda tx, now: publication.recall(office, tx, duty, reason, document, who, now))


def removed(terminal: Terminal, duty: Duty, reference: Reference, on: On = None, by: By = None) -> None:
    """Say since when it is gone, and by what that is seen. 登记已经撤下。"""
    from inspector.flows import publication

    office, who = terminal.office, signer(by)
    _say(terminal, lambda tx, now: publication.remove(office, tx, duty, _day(terminal, on), reference, who, now))


def _say(terminal: Terminal, do: Callable[[Tx, datetime], PublicationDuty]) -> None:
    now = terminal.office.now()
    with terminal.store.begin() as tx:
        held = do(tx, now)
    terminal.value({"id": held.id, "state": held.state, "due_at": held.due_at})
    terminal.say("publication_said", id=held.id, state=of(held.state, terminal.lang))


def _day(terminal: Terminal, told: str | None) -> date:
    return day_of(told) or terminal.office.calendar.local_date(terminal.office.now())

"""`publication`: results that are to be published, and what is to be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.days import day_of
from inspector.cli.terminal import Terminal, signer
from inspector.domain.errors import Invalid
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
    command(app, "site")(site)
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


def site(
    terminal: Terminal,
    folder: Annotated[Path, typer.Argument(help="Folder of the register 公示文件夹", metavar="FOLDER", file_okay=False)],
    post: Annotated[
        str | None,
        typer.Option("--post", help="The address under which the folder is public: what may be shown becomes public 公示网址"),
    ] = None,
    by: By = None,
) -> None:
    """Write the public register as pages and data that need no server, in Chinese and English. 生成结果公示页面。

    Without --post it shows what is public already, and nothing changes. With it, what is owed and may be shown comes in, what is to be
    taken back goes out with its reason, and both are on record under your name. What waits for an officer, or for other visits of its
    draw, is counted and not shown. Only files that differ are written.
    """
    from inspector import gazette as pages
    from inspector.cli.progress import Bars
    from inspector.flows import gazette

    office, who, now = terminal.office, signer(by), terminal.office.now()
    if post is not None and not post.startswith(("https://", "http://")):
        raise Invalid("publication_address", address=post, field="--post")
    bars = Bars(terminal)
    with bars.step("gathered") as seen:
        held = gazette.gather(office, now, post=post is not None, advance=lambda count: seen(count, 0))
    with bars.step("written"):
        written, left = gazette.write(folder, pages.files(office.tree[office.house].name, held.lines, held.withheld))
    if post is not None:
        gazette.say(office, held, post, who, now)
    told = {"results": len(held.lines), "posted": len(held.fresh), "removed": len(held.gone), "withheld": held.withheld}
    terminal.value({**told, "written": written, "unchanged": left})
    terminal.say("site_written", folder=folder, written=written, unchanged=left, **told)


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

"""`schedule` and `attention`: what comes next, and what waits for a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal, operator
from inspector.cli.viewings import viewed
from inspector.domain.errors import Missing

Matter = Annotated[str, typer.Argument(help="Id of the matter 编号", metavar="ID")]


def register(schedule: typer.Typer, attention: typer.Typer) -> None:
    """Add the groups' commands."""
    command(schedule, "list")(schedules)
    command(attention, "list")(open_matters)
    command(attention, "show")(show)
    command(attention, "close")(close)


def schedules(terminal: Terminal) -> None:
    """List schedules with their next run and lag. 列出计划：下次时间与滞后。"""
    office, now = terminal.office, terminal.office.now()
    held = terminal.look(lambda tx: tx.schedules.all())
    rows = [
        {
            **row,
            "lag_seconds": round(office.lag(row).total_seconds(), 1),
            "overdue_seconds": _overdue(office.overdue(row, now)) if row["next_at"] else None,
        }
        for row in held
    ]
    terminal.rows(("name", "trigger", "next_at", "last_at", "lag_seconds", "overdue_seconds"), rows)


def _overdue(since: timedelta | None) -> float:
    """Seconds, rounded up: a slot that is due is never overdue by nothing."""
    return 0.0 if since is None else max(0.1, round(since.total_seconds(), 1))


def open_matters(
    terminal: Terminal,
    kind: Annotated[str | None, typer.Option("--kind", help="Only matters of this kind 仅此类事项")] = None,
    agency: Annotated[str | None, typer.Option("--agency", "-a", help="Only matters of this agency 仅此机关")] = None,
    after: Annotated[str | None, typer.Option("--after", help="Go on behind this id 从此编号之后")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50,
) -> None:
    """List what waits for a named person, oldest first. 列出待人处理的事项，先登记的在前。

    What a matter says is told by attention show alone: it may quote a mail, a subject or an officer. 事项内容仅由 attention show 显示。
    """
    agencies = None if agency is None else [terminal.office.agency(agency).id]
    held = terminal.look(lambda tx: tx.attention.page(agencies, limit + 1, after=after, kind=kind))
    rows = [{name: row[name] for name in ("id", "kind", "agency", "about", "opened_at")} for row in held]
    if terminal.as_json:
        terminal.page(("id",), rows, limit, "--kind, --agency")
        return
    rows = [{**row, "raised_at": row["opened_at"]} for row in rows]  # the id ends in what it is about
    terminal.page(("id", "kind", "agency", "raised_at"), rows, limit, "--kind, --agency", codes={"kind": "attention"})


def show(terminal: Terminal, matter: Matter) -> None:
    """Show one matter with what it says. That of a case is a viewing of it. 显示一项待办的内容；涉及办件的，记入查看记录。"""
    from inspector.flows import attention

    held = terminal.look(lambda tx: tx.attention.get(matter))
    if held is None:
        raise Missing("attention_unknown", attention=matter)
    said, cases = terminal.look(lambda tx: attention.whole(tx, held))
    viewed(terminal, "CASE", cases)
    words = attention.told(held["kind"], held["body"], terminal.lang)
    shown = {name: held[name] for name in ("id", "kind", "agency", "about", "opened_at", "closed_at")}
    if terminal.as_json:
        terminal.value({**shown, "facts": said})
        return
    plain = {name: value for name, value in said.items() if name not in shown}
    terminal.fields({**shown, "told": words or None, **plain}, {"kind": "attention", "error": "note"})


def close(
    terminal: Terminal,
    matter: Matter,
    note: Annotated[str | None, typer.Option("--note", help="What was done about it; needed 处理情况（必填）")] = None,
) -> None:
    """Say that a person has seen to a matter. 关闭待办。"""
    from inspector.flows import posted, wording

    done, now = terminal.reason(note, "--note"), terminal.office.now()
    with terminal.store.begin() as tx:
        moved = posted.seen_to(terminal.office, tx, matter, operator(), now, note=done)
    dates = {} if moved is None else {"printed": moved.printed, "due_at": moved.due_at}
    terminal.value({"closed": matter, **dates})
    terminal.say("closed", id=matter)
    if moved is not None:
        terminal.say("posted_late", printed=wording.at(moved.printed), due_at=wording.at(moved.due_at))

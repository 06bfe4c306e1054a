"""`schedule`, `attention` and `export`: what comes next, what waits for a person, and the record of it all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal, echo, operator, to_json
from inspector.cli.viewings import viewed
from inspector.domain.errors import Invalid, Missing

if TYPE_CHECKING:
    from inspector.store.store import Store

PAGE = 500
Matter = Annotated[str, typer.Argument(help="Id of the matter 编号", metavar="ID")]


class Kind(StrEnum):
    """What can be exported."""

    EVENTS = "events"
    CASES = "cases"
    EVIDENCE = "evidence"


def register(schedule: typer.Typer, attention: typer.Typer) -> None:
    """Add the groups' commands."""
    command(schedule, "list")(schedules)
    command(attention, "list")(open_matters)
    command(attention, "show")(show)
    command(attention, "close")(close)


def register_export(app: typer.Typer) -> None:
    """Add `export`."""
    command(app, "export")(export)


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


def export(
    terminal: Terminal,
    what: Annotated[Kind, typer.Argument(help="events, cases or evidence 导出内容")],
    to: Annotated[
        Path | None, typer.Option("--to", help="A new file; default: standard output 写入新文件", dir_okay=False)
    ] = None,
    after: Annotated[str, typer.Option("--after", help="Go on behind this event position or case id 从此之后")] = "",
) -> None:
    """Export as JSON lines, one a row, in order. 以 JSON Lines 导出。

    Events are those of the feed: the daemon places new ones within a second or two. A file is for its owner's eyes only, and the ledger
    keeps who exported what: it holds everybody's personal data.
    """
    store = terminal.store
    terminal.desk.now()  # what the entry at the end needs is there, or nothing leaves
    if after:
        _place(store, what, after)
    lines = _events(store, after) if what is Kind.EVENTS else _cases(store, after, evidence=what is Kind.EVIDENCE)
    count = 0
    with ExitStack() as stack:
        file = None if to is None else stack.enter_context(_for_our_eyes(to))
        stack.callback(lambda: _sign(terminal, what, after, count, to))  # also of what was broken off: so much has left
        for line in lines:
            count += 1
            if file is None:
                echo(line)
            else:
                file.write(f"{line}\n")
    if to is not None:
        terminal.aside(terminal.words("wrote", file=to))


def _for_our_eyes(to: Path) -> TextIO:
    """A new file that only its owner may read, whatever the mask says. Raises FileExistsError."""
    return os.fdopen(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8")


def _sign(terminal: Terminal, what: Kind, after: str, count: int, to: Path | None) -> None:
    facts = {"what": what.value, "after": after, "count": count, "file": to.name if to is not None else ""}
    terminal.act("export", f"export:{what.value}", lambda _tx, _now: None, **facts)


def _place(store: Store, what: Kind, after: str) -> None:
    """Raise Invalid or Missing for a place to go on from that is none: an empty export would look like a finished one."""
    if what is not Kind.EVENTS:
        with store.read() as tx:
            tx.cases.get(after)
    elif not (after.isascii() and after.isdecimal() and len(after) < 19):
        raise Invalid("position_unreadable", field="--after", value=after[:40])


def _events(store: Store, after: str) -> Iterator[str]:
    position = int(after) if after.isdecimal() else 0
    while True:
        with store.read() as tx:
            page = tx.events.after(position, None, PAGE)
        for row in page:
            yield to_json({**row, "body": json.loads(row["body"])})
        if len(page) < PAGE:
            return
        position = page[-1]["position"]


def _cases(store: Store, after: str, *, evidence: bool) -> Iterator[str]:
    """Page by page, so that a long export holds no old state of the database open."""
    from inspector.store.codec import dump

    while True:
        with store.read() as tx:
            page = tx.cases.page(agencies=None, after=after, limit=PAGE)
            lines = [dump(case) for case in page]
            if evidence:
                found = [(case.id, one) for case in page for one in tx.cases.evidence(case.id)]
                lines = [to_json({"case_id": case_id, **json.loads(dump(one))}) for case_id, one in found]
        yield from lines
        if len(page) < PAGE:
            return
        after = page[-1].id

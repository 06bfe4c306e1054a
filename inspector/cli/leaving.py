"""`export`: the record of the office in open formats, some kinds of rows in order, or all of it for whoever leaves this program."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from inspector.cli.command import Exit, command
from inspector.cli.ledger import Heads
from inspector.cli.ledger import told as heads_of
from inspector.cli.progress import Bars, followed
from inspector.cli.terminal import Terminal, echo, to_json
from inspector.domain.errors import Invalid

if TYPE_CHECKING:
    from inspector.store.store import Store

PAGE = 500
To = Annotated[Path | None, typer.Option("--to", help="A new file; default: standard output 写入新文件", dir_okay=False)]
After = Annotated[str, typer.Option("--after", help="Go on behind this event position or case id 从此之后")]


class Kind(StrEnum):
    """What can be exported."""

    EVENTS = "events"
    CASES = "cases"
    EVIDENCE = "evidence"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "events")(events)
    command(app, "cases")(cases)
    command(app, "evidence")(evidence)
    command(app, "office")(office)
    command(app, "check")(check)


def events(terminal: Terminal, to: To = None, after: After = "") -> None:
    """Export events as JSON lines, one a row, in order. 以 JSON Lines 导出事件。

    They are those of the feed: the daemon places new ones within a second or two. A file is for its owner's eyes only, and the ledger
    keeps who exported what: it holds everybody's personal data.
    """
    _export(terminal, Kind.EVENTS, to, after, lambda: _events(terminal.store, after))


def cases(terminal: Terminal, to: To = None, after: After = "") -> None:
    """Export cases as JSON lines, one a row, in order. 以 JSON Lines 导出办件。

    A file is for its owner's eyes only, and the ledger keeps who exported what: it holds everybody's personal data.
    """
    _export(terminal, Kind.CASES, to, after, lambda: _cases(terminal.store, after, evidence=False))


def evidence(terminal: Terminal, to: To = None, after: After = "") -> None:
    """Export the evidence of cases as JSON lines, in order of the cases. 以 JSON Lines 导出核查材料。

    A file is for its owner's eyes only, and the ledger keeps who exported what: it holds everybody's personal data.
    """
    _export(terminal, Kind.EVIDENCE, to, after, lambda: _cases(terminal.store, after, evidence=True))


def office(
    terminal: Terminal,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="New folder, in one that is there 新文件夹（上级文件夹须已存在）")
    ],
) -> Exit | None:
    """Export all that the office holds, to be read without this program. 以开放格式导出本机关全部数据。

    JSON lines and CSV of every table, the files themselves, a README in both languages that says what each table and column is, and the
    SHA-256 of each. Sealed data comes out open: the folder is for its owner's eyes only. Keys, tokens and the office's secret stay. The
    daemon may run; all is of one moment. Note the SHA-256 that is told apart from the folder: `export check --manifest` holds it to that.
    Exit code 1 when something was altered at rest, so that it could be told only as it reads. 导出内容未加密；密钥、令牌不导出。
    """
    from inspector.flows import leaving

    store, read = terminal.store, dict[str, int]()
    now = terminal.desk.now()  # what the entry at the end needs is there, or nothing leaves
    facts: dict[str, object] = {"what": "office", "folder": folder.name, "manifest": ""}
    with ExitStack() as stack:
        begin = stack.enter_context(Bars(terminal).steps())
        show = followed(begin)

        def told(table: str, done: int, of: int) -> None:
            read[table] = done
            show(table, done, of)

        stack.callback(lambda: _signed_office(terminal, read, facts))  # also of what was broken off, once a row was read
        left = leaving.leave(store, folder, now, told)
        facts["manifest"] = left.manifest
    rows = sum(left.rows.values())
    terminal.value(
        {
            "folder": str(folder),
            "rows": rows,
            "files": left.files,
            "manifest": left.manifest,
            "seal": left.seal,
            "head": left.head,
            "unread": left.unread,
        }
    )
    terminal.say("exported", folder=folder, rows=rows, files=left.files)
    terminal.say("exported_manifest", digest=left.manifest, number=left.seal, head=left.head)
    for one in left.unread:
        terminal.say("exported_unread", place=one)
    return Exit.WRONG if left.unread else None


def _signed_office(terminal: Terminal, read: dict[str, int], facts: dict[str, object]) -> None:
    if read:
        terminal.act("export", "export:office", lambda _tx, _now: None, **facts, count=sum(read.values()))


def check(
    terminal: Terminal,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", exists=True, file_okay=False, help="The export 导出文件夹")],
    manifest: Annotated[
        str | None,
        typer.Option("--manifest", help="The SHA-256 that `export office` told, kept elsewhere 导出时显示、另行留存的 SHA-256"),
    ] = None,
    heads: Heads = None,
) -> Exit | None:
    """Check an office's export without database and settings: every file, every count, the ledger. 离线核对导出文件夹。

    The folder alone can only agree with itself: give what was noted elsewhere, the SHA-256 of its manifest or a head of the ledger. Exit
    code 1 where something does not hold, or nothing of both was given. 须提供另行留存的 SHA-256 或者台账根。
    """
    from inspector.flows import leaving

    held = heads_of(heads)
    with Bars(terminal).step(folder.name) as advance:
        seen = leaving.look(folder, held, advance)
    wrong = [*seen.wrong]
    if manifest is not None and manifest.strip().lower() != seen.manifest:
        wrong.append(("manifest_other", leaving.MANIFEST))
    lone = manifest is None and not held
    terminal.value(
        {
            "holds": not wrong and not lone,
            "files": seen.files,
            "rows": seen.rows,
            "manifest": seen.manifest,
            "seals": seen.seals,
            "head": seen.head,
            "tree": {"size": seen.tree.size, "root": seen.tree.root},
            "alone": lone,
            "wrong": [{"what": what, "of": of} for what, of in wrong],
        }
    )
    for what, of in wrong:
        terminal.say(f"exported_{what}", of=of)
    if wrong:
        return Exit.WRONG
    terminal.say("exported_whole", files=seen.files, rows=seen.rows, number=seen.seals, head=seen.head)
    if lone:
        terminal.say("exported_alone")
    return Exit.WRONG if lone else None


def _export(terminal: Terminal, what: Kind, to: Path | None, after: str, lines: Callable[[], Iterator[str]]) -> None:
    store = terminal.store
    terminal.desk.now()  # what the entry at the end needs is there, or nothing leaves
    if after:
        _place(store, what, after)
    count = 0
    with ExitStack() as stack:
        file = None if to is None else stack.enter_context(_for_our_eyes(to))
        stack.callback(lambda: _sign(terminal, what, after, count, to))  # also of what was broken off: so much has left
        for line in lines():
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

"""`move`: an office outgrows its file and goes to PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Exit, command
from inspector.cli.progress import Advance, Bars
from inspector.cli.terminal import PATIENCE, Terminal, sign

if TYPE_CHECKING:
    from inspector.store.store import Store
    from inspector.store.tx import Tx


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "move")(move)


def move(
    terminal: Terminal,
    to: Annotated[
        str,
        typer.Option("--to", help="Address of an empty PostgreSQL database: postgresql://USER@HOST/NAME 目标库地址（须为空库）"),
    ] = "",
    password_file: Annotated[Path | None, typer.Option("--password-file", help="File with its password 存放其密码的文件")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would move; write nothing 只显示，不写入")] = False,
    back: Annotated[
        bool, typer.Option("--back", help="Open the file again: the office stays where it was 重新启用原文件，不迁移")
    ] = False,
) -> Exit | None:
    """Move an office from its SQLite file to PostgreSQL; the file is closed then. 将数据库由 SQLite 文件迁至 PostgreSQL。

    Stop the daemon first. Every row goes over in one transaction and is compared by content before that commits; the ledger's head is the
    same on both sides. Afterwards no daemon starts on the file any more: say the new address in the settings, and start it.
    """
    from inspector.domain.errors import Invalid
    from inspector.store import migrate, moving
    from inspector.store.opening import reach, sole_owner

    source = terminal.open_store()
    if not source.sqlite:
        raise Invalid("move_source")
    with sole_owner(terminal.settings.database.url):
        if back:
            reopened = migrate.reopen(source)
            terminal.value({"reopened": reopened})
            terminal.say("move_back" if reopened else "move_open")
            return None
        present = migrate.present(source)
        migrate.refuse_foreign(present)
        if present != migrate.newest():
            terminal.say("move_migrate")
            return Exit.REFUSED
        password = password_file.read_text("utf-8").strip() if password_file is not None else None
        with closing(moving.target(to, password)) as target:
            reach(target, PATIENCE)
            if dry_run:
                with source.read(steady=True) as tx:
                    held = moving.content(tx.connection)
            else:
                with Bars(terminal).steps() as begin:
                    held = moving.move(source, target, _signed(target), _followed(begin))
            with (source if dry_run else target).read() as tx:
                number, head = tx.ledger.head()
    rows = [{"table": name, "rows": count} for name, (count, _) in held.items() if count]
    terminal.value({"moved": not dry_run, "tables": rows, "seal": number, "head": head})
    for row in rows:
        terminal.line(f"  {row['table']}  {row['rows']}")
    terminal.say(
        "move_would" if dry_run else "moved", rows=sum(count for count, _ in held.values()), number=number, head=head or "-"
    )
    return None


def _signed(target: Store) -> Callable[[Tx], None]:
    where = target.url.render_as_string(hide_password=True)
    return lambda tx: sign(tx, "move", "database", tx.machine_now(), {"to": where})


def _followed(begin: Callable[[str], Advance]) -> Callable[[str, int, int], None]:
    """A bar for each table."""
    current: dict[str, Advance] = {}

    def told(name: str, done: int, count: int) -> None:
        if name not in current:
            current[name] = begin(name)
        current[name](done, count)

    return told

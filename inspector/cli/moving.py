"""`move`, `backup`, `restore`: an office is copied whole, to PostgreSQL, into a file, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.progress import Bars, followed
from inspector.cli.terminal import Terminal, office_now, sign
from inspector.domain.calendar import SHANGHAI
from inspector.domain.errors import Invalid

if TYPE_CHECKING:
    from inspector.store.store import Store
    from inspector.store.tx import Tx


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "backup")(backup)
    command(app, "restore")(restore)
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
) -> None:
    """Move an office from its SQLite file to PostgreSQL; the file is closed then. 将数据库由 SQLite 文件迁至 PostgreSQL。

    Stop the daemon first. Every row goes over in one transaction and is compared by content before that commits; the ledger's head is the
    same on both sides. Afterwards no daemon starts on the file any more: say the new address in the settings, and start it.
    """
    from inspector.store import migrate, moving
    from inspector.store.opening import sole_owner

    source = terminal.open_store()
    if not source.sqlite:
        raise Invalid("move_source")
    with sole_owner(terminal.settings.database.url):
        if back:
            reopened = migrate.reopen(source)
            terminal.value({"reopened": reopened})
            terminal.say("move_back" if reopened else "move_open")
            return
        _current(terminal)
        password = password_file.read_text("utf-8").strip() if password_file is not None else None
        with closing(moving.target(to, password, source.keys)) as target:
            if dry_run:
                with source.read(steady=True) as tx:
                    held = moving.content(tx.connection)
            else:
                with Bars(terminal).steps() as begin:
                    held = moving.move(source, target, _signed(terminal, target), followed(begin))
            with (source if dry_run else target).read() as tx:
                number, head = tx.ledger.head()
    _tell(terminal, held, "move_would" if dry_run else "moved", number, head, moved=not dry_run)
    if not dry_run:
        terminal.say("moved_on")


def backup(
    terminal: Terminal,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="New file, in a folder that is there; default: by its moment, in backup.folder 备份文件（须不存在，文件夹须已存在）",
        ),
    ] = None,
    recipient: Annotated[
        list[str] | None,
        typer.Option(
            "--recipient",
            help="Encrypt for this key (age1…); may be given again; default: `backup.recipients` 加密接收方公钥，可重复",
        ),
    ] = None,
) -> None:
    """Copy the whole office into a new file, while the daemon runs; compared by content. 在线备份（可在运行中执行）。

    From SQLite and PostgreSQL alike, as one SQLite file that only its owner may read: it holds personal data and the office's secret.
    Where there are recipients it is encrypted for them (age), and only who holds one of their keys reads it again: this machine does not.
    Under its name there is a whole copy or none. `restore` brings it back to either. 设有接收方的，备份以其公钥加密，须以私钥恢复。
    """
    from inspector.store import backups

    source, told = _current(terminal), terminal.settings.backup
    recipients = recipient or told.recipients
    if file is None:
        file = _named(told.folder, encrypted=bool(recipients))
    with Bars(terminal).steps() as begin:
        held = backups.back_up(source, file, followed(begin), recipients)
    _tell(terminal, held.content, "backed_up", held.seal, held.head, file=str(file), recipients=recipients)


def _named(folder: Path | None, *, encrypted: bool) -> Path:
    """A new file in the folder of backups. Raises Invalid (`backup_nowhere`) where none is named."""
    if folder is None:
        raise Invalid("backup_nowhere")
    end = ".age" if encrypted else ""
    return folder / f"inspector-{datetime.now(SHANGHAI):%Y-%m-%dT%H%M%S}.sqlite3{end}"


def restore(
    terminal: Terminal,
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="The backup 备份文件")],
    key: Annotated[
        Path | None, typer.Option("--key", help="File of the key of an encrypted backup 加密备份的私钥文件", dir_okay=False)
    ] = None,
) -> None:
    """Bring a backup back into the empty database of the settings; the daemon is stopped. 从备份恢复至空库。

    A backup of an earlier release is brought to this one on the way; the file itself is only read. What came in after it is not here:
    docs/how-to/backup.md tells what others send again.
    """
    from inspector.store import backups

    with backups.disclosed(file, key, terminal.settings.database.url) as plain:
        backups.refuse_damaged(plain, file)
        held, number, head = _restored(terminal, plain, file.name)
    _tell(terminal, held, "restored", number, head, file=str(file))


def _restored(terminal: Terminal, plain: Path, name: str) -> tuple[dict[str, tuple[int, str]], int, str]:
    from inspector.store import backups
    from inspector.store.opening import make_folder, nothing_left, sole_owner

    database = terminal.settings.database
    make_folder(database.own_folder)
    with sole_owner(database.url, anew=True), nothing_left(database.url):
        target = terminal.open_store(make=True)
        told = {"from": name}
        with Bars(terminal).steps() as begin:
            held = backups.restore(
                plain,
                target,
                lambda tx: sign(tx, "restore", "database", office_now(terminal.settings, tx), told),
                followed(begin),
            )
        with target.read() as tx:
            return held, *tx.ledger.head()


def _current(terminal: Terminal) -> Store:
    """The store of the settings, at this release. Raises Refusal."""
    from inspector.domain.errors import Refusal
    from inspector.store import migrate

    held = terminal.open_store()
    present = migrate.present(held)
    migrate.refuse_foreign(present)
    if present != migrate.newest():
        raise Refusal("database_not_migrated", present=present, wanted=migrate.newest())
    return held


def _tell(terminal: Terminal, held: Mapping[str, tuple[int, str]], key: str, number: int, head: str, **facts: object) -> None:
    rows = [{"table": name, "rows": count} for name, (count, _) in held.items() if count]
    terminal.value({"tables": rows, "seal": number, "head": head, **facts})
    for row in rows:
        terminal.line(f"  {row['table']}  {row['rows']}")
    terminal.say(key, rows=sum(count for count, _ in held.values()), number=number, head=head or "-", **facts)


def _signed(terminal: Terminal, target: Store) -> Callable[[Tx], None]:
    where = target.url.render_as_string(hide_password=True)
    return lambda tx: sign(tx, "move", "database", office_now(terminal.settings, tx), {"to": where})

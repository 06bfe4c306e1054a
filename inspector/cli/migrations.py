"""`migrate`: bring the database to this release."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Annotated

import typer

from inspector.cli.command import Exit, command
from inspector.cli.terminal import Terminal, office_now, sign


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "migrate")(migrate)


def migrate(
    terminal: Terminal, dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would run 只显示将执行的迁移")] = False
) -> Exit | None:
    """Bring the database to this release. An SQLite file is copied beside itself first; its daemon is stopped. 升级数据库。"""
    from inspector.store import checkup, keys
    from inspector.store import migrate as migrations
    from inspector.store.opening import make_folder, refuse_gone, sole_owner

    url = terminal.settings.database.url
    refuse_gone(url)
    lacking = checkup.missing_file(url)
    if dry_run and lacking is not None:
        terminal.value({"present": None, "pending": [migrations.newest()]})
        terminal.say("pending", count=1)
        terminal.line(f"  {migrations.newest()}")
        return None
    if lacking is not None:
        make_folder(terminal.settings.database.own_folder)
    # Who makes the file owns it first: a daemon whose file was moved away has its log beside it still.
    with sole_owner(url) if lacking is not None else nullcontext():
        held = terminal.open_store(make=True)
        before = migrations.present(held)
        migrations.refuse_foreign(before)
        pending = checkup.pending(held)
        if not dry_run:
            # A daemon that owns the file would go on under another schema; where nothing is to be done it is left in peace.
            with sole_owner(url) if pending and lacking is None else nullcontext():
                migrations.upgrade(held)
                if before is None and held.keys.current_lookup:
                    keys.settle_codes(held)
                if pending:
                    with held.begin() as tx:
                        sign(
                            tx,
                            "migrate",
                            "database",
                            office_now(terminal.settings, tx),
                            {"from": before, "to": migrations.newest()},
                        )
    present = migrations.present(held)
    terminal.value({"present": present, "before": before, "pending": [one for one, _ in pending] if dry_run else []})
    if not pending:
        terminal.say("current", revision=present)
    elif dry_run:
        terminal.say("pending", count=len(pending))
        for revision, doc in pending:
            terminal.line(f"  {revision}  {doc}")
    else:
        terminal.say("migrated", revision=present, before=before or "-")
        if before is None:
            terminal.say("begun", where=held.url.database if held.sqlite else held.url.render_as_string(hide_password=True))
    return None

"""`ledger purges`: what was let go, by which entry, and whether the records agree."""

from __future__ import annotations

from dataclasses import asdict

import typer

from inspector.cli.command import Exit, command
from inspector.cli.terminal import Terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "purges")(purges)


def purges(terminal: Terminal) -> Exit | None:
    """List what was let go at the end of its days, and hold the records to it. Exit code 1 where they differ. 列出并核对到期删除的记录。

    What is gone without an entry was not let go by this program; what an entry says is gone, and is there, was brought back.
    """
    from inspector.flows import purges as record

    found = terminal.look(record.audit)
    terminal.value({"purges": found.purges, "troubles": found.troubles})
    if not terminal.as_json:
        terminal.rows(("at", "rule", "about", "count"), [asdict(one) for one in found.purges], {"rule": "rule"})
        for one in found.troubles:
            terminal.say(f"purge_{one.amiss.value.lower()}", rule=one.rule, about=one.about, digest=one.digest)
    return Exit.WRONG if found.troubles else None

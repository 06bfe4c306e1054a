"""`roster import inspections`: what was inspected before, added to the record; a file takes nothing out of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from inspector.cli.command import Exit, command
from inspector.cli.files import CHANGES, Agency, DryRun, Encoding, File, confirm, foresee, listed, refuse, warn
from inspector.cli.terminal import Terminal, operator
from inspector.domain.errors import Stale

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.domain.inspection import Inspection
    from inspector.store.tx import Tx


def register(imports: typer.Typer) -> None:
    """Add the command to the group of register imports."""
    command(imports, "inspections")(import_inspections)


def import_inspections(
    terminal: Terminal, file: File, agency: Agency, dry_run: DryRun = False, encoding: Encoding = None
) -> Exit | None:
    """Import past inspections, for caps, cool-downs and rotation. The same file again changes nothing. 导入以往检查记录。

    What is brought in frees firms from draws, so the ledger keeps the file's SHA-256 and whose checks it told, by pseudonym.

    Columns: code, on, check; number, kind, authority, items, inspectors, completed if you like.
    """
    from inspector.flows import edits, inspections
    from inspector.sheets import sheet

    office = terminal.office
    office.agency(agency)
    content = file.read_bytes()
    table = sheet.read(content, encoding)
    numbers: dict[str, int] = {}
    read = inspections.inspections(table, agency, office.now(), numbers)
    if read.flaws:
        return refuse(terminal, inspections.INSPECTIONS, read.flaws, read.warnings)
    elsewhere = terminal.look(lambda tx: inspections.stands(tx, agency, read.rows, numbers))
    warnings = [*read.warnings, *elsewhere]
    warn(terminal, inspections.INSPECTIONS, warnings)
    needs = foresee(terminal, inspections.INSPECTIONS, table) if dry_run else confirm(terminal, inspections.INSPECTIONS, table)
    added, changed = _news(terminal.look(lambda tx: tx.inspections.of(agency)), read.rows)

    def do(tx: Tx, now: datetime) -> None:
        for one in sorted({agency, *(name for plan in office.plans.values() for name in plan.turns)}):
            tx.draws.take_turn(one)  # no frame is frozen meanwhile, which would have these and count them as behind it
        held = tx.inspections.of(agency)
        if _news(held, read.rows) != (added, changed):
            raise Stale("register_moved")
        edits.note_inspections(office, tx, agency, held, [*added, *changed], operator(), now)
        tx.inspections.put([*added, *changed], now)

    facts = {"added": len(added), "changed": len(changed)}
    same = len(read.rows) - len(added) - len(changed)
    terminal.value(
        {
            **{kind: [one.key for one in found] for kind, found in (("added", added), ("changed", changed))},
            "unchanged": same,
            "rows": len(read.rows),
            "dry_run": dry_run,
            "needs": needs,
            "flaws": [],
            "warnings": listed(terminal, warnings),
        }
    )
    terminal.say("inspections", same=same, **facts)
    for sign, found in (("~", changed), ("+", added)):
        for one in found[:CHANGES]:
            terminal.line(f"  {sign} {one.key} {one.name}".rstrip())
        if len(found) > CHANGES:
            terminal.line("  " + terminal.words("more", count=len(found) - CHANGES))
    if dry_run:
        terminal.say("dry")
    elif added or changed:
        entry = {
            "file": file.name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "rows": inspections.entered(office, [*added, *changed]),
        }
        terminal.act("roster.import.inspections", f"roster:{agency}", do, **entry, **facts)
    return None


def _news(held: Sequence[Inspection], given: Sequence[Inspection]) -> tuple[list[Inspection], list[Inspection]]:
    """(added, changed): what the file knows that the record does not."""
    known = {one.key: one for one in held}
    return [one for one in given if one.key not in known], [one for one in given if known.get(one.key, one) != one]

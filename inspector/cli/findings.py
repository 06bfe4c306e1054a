"""`finding import`: what a supervision platform exports, read row by row; each finding counts once by its system and number."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.command import Exit, command
from inspector.cli.files import Agency, DryRun, Encoding, File, confirm, foresee, listed, refuse, warn
from inspector.cli.terminal import Terminal

System = Annotated[str, typer.Option("--system", help="The system that found it 来源系统")]
By = Annotated[str | None, typer.Option("--by", help="The officer; default: the user of this machine 经办人")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "import")(import_findings)


def import_findings(
    terminal: Terminal,
    file: File,
    agency: Agency,
    system: System,
    by: By = None,
    dry_run: DryRun = False,
    encoding: Encoding = None,
) -> Exit | None:
    """Import findings. A contradiction puts its case before an officer and decides nothing; the same again changes nothing. 导入发现。

    Columns: number, verdict, on; case and claim, or code; kind, value, words, digest if you like. All rows or none are taken.
    """
    from inspector.flows import findingrows
    from inspector.sheets import sheet

    office, who = terminal.office, terminal.signer(by)
    office.agency(agency)
    table = sheet.read(file.read_bytes(), encoding)
    found = findingrows.findings(table, agency, system, office.now())
    if found.read.flaws:
        return refuse(terminal, findingrows.FINDINGS, found.read.flaws, found.read.warnings)
    judged = findingrows.bring_in(office, found, who, office.now(), keep=False)
    if judged.flaws:
        return refuse(terminal, findingrows.FINDINGS, judged.flaws, found.read.warnings)
    warn(terminal, findingrows.FINDINGS, found.read.warnings)
    needs = foresee(terminal, findingrows.FINDINGS, table) if dry_run else confirm(terminal, findingrows.FINDINGS, table)
    if not dry_run:
        judged = findingrows.bring_in(office, found, who, office.now(), keep=True)
        if judged.flaws:
            return refuse(terminal, findingrows.FINDINGS, judged.flaws, found.read.warnings)
    terminal.value(
        {
            "new": judged.new,
            "unchanged": judged.known,
            "rows": len(found.read.rows),
            "dry_run": dry_run,
            "needs": needs,
            "flaws": [],
            "warnings": listed(terminal, found.read.warnings),
        }
    )
    terminal.say("findings_taken", new=judged.new, same=judged.known)
    return None

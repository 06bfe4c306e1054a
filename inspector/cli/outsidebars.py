"""`credit bars`: rather serious bad records of other authorities: imported, listed, repaired, annulled, objected to."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Exit, command
from inspector.cli.days import typed
from inspector.cli.files import Agency, DryRun, Encoding, File, confirm, foresee, listed, refuse, warn
from inspector.cli.terminal import Terminal
from inspector.domain.gate import BarAnnulment, BarFault

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.domain.gate import OutsideBar
    from inspector.store.tx import Tx

Bar = Annotated[str, typer.Argument(help="Id of the bar, as credit bars list names it 编号", metavar="ID")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why; needed 理由（必填）")]


def register(bars: typer.Typer) -> None:
    """Add the commands."""
    command(bars, "import")(import_bars)
    command(bars, "list")(list_bars)
    command(bars, "repair")(repair_bar)
    command(bars, "undo-repair")(undo_repair)
    command(bars, "annul")(annul_bar)
    command(bars, "undo-annulment")(undo_annulment)
    command(bars, "object")(object_to_bar)


def import_bars(
    terminal: Terminal, file: File, agency: Agency, dry_run: DryRun = False, encoding: Encoding = None
) -> Exit | None:
    """Import rather serious bad records of other authorities; the same file again changes nothing. 导入其他机关的不良信用记录。

    Columns: code (or credit_code), kind, authority, document, ground, since; until, repaired_on, repaired_by if you like. A row that was
    mended, such as by the day of a repair, takes the place of what was there. It takes no repair or end away, and changes no other
    agency's.
    """
    from inspector.flows import bars, eligibility
    from inspector.sheets import sheet

    office = terminal.office
    office.agency(agency)
    content = file.read_bytes()
    table = sheet.read(content, encoding)
    read = bars.read(table, agency, office.now())
    if read.flaws:
        return refuse(terminal, bars.BARS, read.flaws, read.warnings)
    warn(terminal, bars.BARS, read.warnings)
    needs = foresee(terminal, bars.BARS, table) if dry_run else confirm(terminal, bars.BARS, table)

    def do(tx: Tx, now: datetime) -> eligibility.Entered:
        return eligibility.enter(office, tx, read.rows, terminal.signer(None), now, dry_run=dry_run)

    if dry_run:
        done = terminal.look(lambda tx: do(tx, office.now()))
    else:
        facts = {"file": file.name, "sha256": sha256(content).hexdigest(), "rows": len(read.rows)}
        done = terminal.act("credit.bars.import", f"bars:{agency}", do, **facts)
    told = {"added": done.added, "changed": done.changed, "same": done.same}
    warnings = listed(terminal, read.warnings)
    terminal.value({**told, "dry_run": dry_run, "needs": needs, "flaws": [], "warnings": warnings})
    terminal.say("would_bar" if dry_run else "barred", **told)
    return None


def list_bars(
    terminal: Terminal,
    after: Annotated[str, typer.Option("--after", help="Go on behind this id 从此编号之后")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50,
) -> None:
    """List the bars of other authorities, by id. 列出其他机关的不良信用记录。"""
    held = terminal.look(lambda tx: tx.records.bars(list(terminal.office.tree), limit + 1, after))
    names = ("id", "authority", "document", "ground", "since", "until", "repaired_on", "annulled_on")
    rows = [{name: getattr(one, name) for name in (*names, "repaired_by", "annulled_for", "agency")} for one in held]
    terminal.page(names, rows, limit, "--after")


def repair_bar(
    terminal: Terminal,
    bar: Bar,
    on: Annotated[str, typer.Option("--on", help="The day of the repair, 2026-03-02 修复日期")],
    document: Annotated[str, typer.Option("--document", help="Number of its document 文书号")],
) -> None:
    """Enter that another authority has repaired it: commitments signed from that day on are accepted. 录入其他机关作出的修复。"""
    from inspector.flows import eligibility

    day = typed(on, "--on")

    def do(tx: Tx, now: datetime) -> None:
        eligibility.repair(terminal.office, tx, bar, tuple(terminal.office.tree), day, document, terminal.signer(None), now)

    terminal.act("credit.bars.repair", f"bar:{bar}", do, on=on, document=document)
    terminal.value({"id": bar, "repaired_on": on})
    terminal.say("bar_repaired", bar=bar, on=on)


def undo_repair(
    terminal: Terminal,
    bar: Bar,
    reason: Reason = None,
) -> None:
    """Say that a repair was entered by mistake: it bars again, and no file that is read again says so. 撤销误录的修复。"""
    from inspector.flows import eligibility

    why = terminal.reason(reason, "--reason")

    def do(tx: Tx, now: datetime) -> None:
        eligibility.unrepair(terminal.office, tx, bar, tuple(terminal.office.tree), why, terminal.signer(None), now)

    terminal.act("credit.bars.undo_repair", f"bar:{bar}", do, reason=why)
    terminal.value({"id": bar, "repaired_on": None})
    terminal.say("bar_unrepaired", bar=bar)


def annul_bar(
    terminal: Terminal,
    bar: Bar,
    why: Annotated[BarFault, typer.Option("--for", help="It was taken back, or is of another subject 撤销原因")],
    document: Annotated[str, typer.Option("--document", help="Number of the document that took it back 文书号")] = "",
    reason: Reason = None,
) -> None:
    """Say that it never was one: no letter is refused by it, of before either, and no file enters it anew. 撤销误录或者被撤回的记录。"""
    from inspector.flows import eligibility

    office, reasons = terminal.office, terminal.reason(reason, "--reason")
    said = BarAnnulment(why=why, document=document, reasons=reasons, by=terminal.signer(None))

    def do(tx: Tx, now: datetime) -> None:
        eligibility.annul(office, tx, bar, tuple(office.tree), said, now)

    terminal.act("credit.bars.annul", f"bar:{bar}", do, why=why.value, document=document, reason=reasons)
    terminal.fields({"id": bar, "annulled_for": why})


def undo_annulment(terminal: Terminal, bar: Bar, reason: Reason = None) -> None:
    """Say that the annulment was the mistake: it bars again. 撤销误作的撤销。"""
    from inspector.flows import eligibility

    reasons = terminal.reason(reason, "--reason")

    def do(tx: Tx, now: datetime) -> None:
        eligibility.reinstate(terminal.office, tx, bar, tuple(terminal.office.tree), reasons, terminal.signer(None), now)

    terminal.act("credit.bars.undo_annulment", f"bar:{bar}", do, reason=reasons)
    terminal.value({"id": bar, "annulled_for": None})
    terminal.say("bar_unrepaired", bar=bar)


def object_to_bar(
    terminal: Terminal, bar: Bar, words: Annotated[str, typer.Option("--words", help="What the subject says 当事人陈述")]
) -> None:
    """Enter that its subject says that it does not exist, or is another's: whoever entered it looks. 录入当事人对该记录的异议。"""
    from inspector.flows import eligibility

    def do(tx: Tx, now: datetime) -> OutsideBar:
        return eligibility.contest(terminal.office, tx, bar, words, (), terminal.signer(None), now)

    held = terminal.act("credit.bars.object", f"bar:{bar}", do)
    terminal.fields({"id": bar, "agency": held.agency})

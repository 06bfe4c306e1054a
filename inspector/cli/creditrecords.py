"""`credit`: records and what becomes of them: repairs, objections, annulments; and the bars of other authorities."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.command import Exit, command, group
from inspector.cli.days import typed
from inspector.cli.files import Agency, DryRun, Encoding, File, confirm, foresee, listed, refuse, warn
from inspector.cli.terminal import Terminal
from inspector.domain.annulled import Annulled
from inspector.domain.creditlaw import RepairPaper
from inspector.domain.creditrecord import RecordState
from inspector.domain.errors import Invalid

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.domain.creditrecord import Record
    from inspector.domain.objection import Objection
    from inspector.store.tx import Tx

Entry = Annotated[str, typer.Argument(help="The entry, as credit records names it 记录编号", metavar="ENTRY")]
By = Annotated[str | None, typer.Option("--by", help="The officer who decides, by name 作出决定的工作人员")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why; needed 理由（必填）")]
_COLUMNS = ("entry", "grade", "state", "contested", "bars", "decided_on", "repairable_from", "most_until")
_CODES = {"state": "RecordState", "grade": "grade"}
_OBJECTED = ("id", "about", "state", "opened_at", "due_at", "words")


def register(credit: typer.Typer) -> None:
    """Add the commands."""
    command(credit, "records")(records)
    command(credit, "object")(object_to)
    command(credit, "objections")(list_objections)
    command(credit, "annul")(annul)
    command(credit, "taken-back")(taken_back)
    repair = group("repair", "Repair of credit records: asked for, decided. 信用修复", credit)
    command(repair, "ask")(ask_repair)
    command(repair, "decide")(decide_repair)
    objection = group("objection", "An objection that is open: decided, or passed on to others. 信用异议", credit)
    command(objection, "decide")(decide_objection)
    command(objection, "others")(pass_on)
    bars = group("bars", "Rather serious bad records of other authorities. 其他机关的较严重不良信用记录", credit)
    command(bars, "import")(import_bars)
    command(bars, "list")(list_bars)
    command(bars, "repair")(repair_bar)
    command(bars, "undo-repair")(undo_repair)


def records(
    terminal: Terminal,
    case: Annotated[str, typer.Option("--case", help="Only those of this case 办件编号")] = "",
    state: Annotated[RecordState | None, typer.Option("--state", help="Only in this state; default: those not over 状态")] = None,
    after: Annotated[str, typer.Option("--after", help="Go on behind this entry 从此记录之后")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50,
) -> None:
    """List what is to somebody's discredit: since when, until when it is shown, from when on it may be repaired. 列出信用记录。"""
    states = [state] if state is not None else [one for one in RecordState if not one.over]

    def ask(tx: Tx) -> list[Record]:
        return tx.records.of_case(case) if case else tx.records.page(list(terminal.office.tree), states, limit + 1, after)

    terminal.page(
        _COLUMNS, [_row(one) for one in terminal.look(ask)], limit, "--case, --state, --after", key="entry", codes=_CODES
    )


def ask_repair(
    terminal: Terminal,
    entry: Entry,
    paper: Annotated[
        list[str] | None, typer.Option("--paper", help="CORRECTED=FILE, COMMITMENT=FILE: a paper and what it shows 材料")
    ] = None,
    words: Annotated[str, typer.Option("--words", help="What the subject says 陈述")] = "",
    by: Annotated[str | None, typer.Option("--by", help="Who asks, by name 申请人")] = None,
) -> None:
    """Enter that a repair is asked for, with its papers. Before the earliest date it is refused, which is named. 录入信用修复申请。"""
    from inspector.flows import repairs

    papers = tuple(map(_paper, paper or ()))

    office = terminal.whole_office

    def do(tx: Tx, now: datetime) -> Record:
        return repairs.ask(office, tx, entry, words, papers, terminal.signer(by), now)

    _tell(terminal, terminal.act("credit.repair.ask", entry, do, entry=entry))


def decide_repair(
    terminal: Terminal,
    entry: Entry,
    grant: Annotated[bool, typer.Option("--grant/--refuse", help="Grant it, or refuse it 准予或者不予")],
    by: By = None,
    reason: Reason = None,
) -> None:
    """Decide a repair: granted, every receiver hears of it and the gate opens by itself. 决定信用修复。"""
    from inspector.flows import repairs

    why = terminal.reason(reason, "--reason")
    office = terminal.whole_office

    def do(tx: Tx, now: datetime) -> Record:
        return repairs.decide(office, tx, entry, terminal.signer(by), why, now, grant=grant)

    _tell(terminal, terminal.act("credit.repair.decide", entry, do, entry=entry, grant=grant, reason=why))


def annul(
    terminal: Terminal,
    entry: Entry,
    document: Annotated[str, typer.Option("--document", help="Number of the judgment or decision 文书号")],
    court: Annotated[
        bool | None, typer.Option("--court/--review-body", help="By a court, or by the review body 法院或者复议机关")
    ] = None,
    objection: Annotated[
        bool, typer.Option("--objection", help="Of a kept promise: the document is an upheld objection's id 异议成立")
    ] = False,
    correction: Annotated[
        bool, typer.Option("--correction", help="Of a kept promise: the document is the id of its case, decided anew 重新决定")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="Of a kept promise: why; its subject reads this 理由")] = "",
    by: By = None,
) -> None:
    """Enter that a court or the review body has annulled the basis: the record is deleted everywhere. 认定依据被撤销，删除记录。

    The entry of a kept promise stands until another officer has entered the same document; its subject is told.
    """
    from inspector.flows import annulling

    named = [Annulled.COURT if court else Annulled.REVIEW_BODY] if court is not None else []
    named += [Annulled.OBJECTION] * objection + [Annulled.CORRECTION] * correction
    if len(named) != 1:
        raise Invalid("annulled_by_whom", field="--court")
    (why,) = named

    office = terminal.whole_office

    def do(tx: Tx, now: datetime) -> Record:
        annulling.refuse_first(tx.records.get(entry), why, "--objection" if objection else "--correction")
        return annulling.entry(office, tx, entry, why, document, terminal.signer(by), now, reasons=reason)

    _tell(terminal, terminal.act("credit.annul", entry, do, entry=entry, document=document))


def taken_back(
    terminal: Terminal,
    entry: Entry,
    connector: Annotated[str, typer.Option("--connector", help="Which receiver has it no more 接收方")],
    document: Annotated[str, typer.Option("--document", help="Number of the paper by which it says so 文书号")],
    by: By = None,
) -> None:
    """Enter by which paper a receiver says that it has an entry no more, where it cannot be asked. 录入接收方已删除记录。"""
    from inspector.flows import retracting

    def do(tx: Tx, now: datetime) -> None:
        retracting.by_document(tx, entry, connector, document, terminal.signer(by), now)

    terminal.act("credit.taken_back", entry, do, entry=entry, connector=connector, document=document)


def object_to(
    terminal: Terminal,
    entry: Entry,
    words: Annotated[str, typer.Option("--words", help="What is objected 异议内容")] = "",
    file: Annotated[list[Path] | None, typer.Option("--file", help="What was handed in with it 材料")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who objects, by name 异议人")] = None,
) -> None:
    """Enter an objection: the record is marked at once, and used for nothing adverse until it is decided. 录入异议。"""
    from inspector.flows import objections

    digests = tuple(_digest(one) for one in file or ())

    office = terminal.whole_office

    def do(tx: Tx, now: datetime) -> Objection:
        return objections.object(office, tx, entry, words, digests, terminal.signer(by), now)

    _objected(terminal, terminal.act("credit.object", entry, do, entry=entry))


def list_objections(
    terminal: Terminal, limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50
) -> None:
    """List open objections, by the date by which each is decided. 列出待处理的异议。"""
    held = terminal.look(lambda tx: tx.records.objections(limit=limit))
    terminal.rows(_OBJECTED, [_objection(one) for one in held], {"state": "ObjectionState"})


def pass_on(
    terminal: Terminal,
    objection: Annotated[str, typer.Argument(help="The objection's id 异议编号", metavar="ID")],
    by: By = None,
    reason: Reason = None,
) -> None:
    """Say why others have to be asked: the longer term runs, from the day of the objection. 需要他方核查。"""
    from inspector.flows import objections

    why = terminal.reason(reason, "--reason")
    office = terminal.whole_office

    def do(tx: Tx, now: datetime) -> Objection:
        return objections.pass_on(office, tx, objection, terminal.signer(by), why, now)

    _objected(terminal, terminal.act("credit.objection.others", objection, do, reason=why))


def decide_objection(
    terminal: Terminal,
    objection: Annotated[str, typer.Argument(help="The objection's id 异议编号", metavar="ID")],
    uphold: Annotated[bool, typer.Option("--uphold/--reject", help="Uphold it, or reject it 成立或者不成立")],
    by: By = None,
    reason: Reason = None,
) -> None:
    """Decide an objection: another officer than who decided the case. 处理异议（须为另一名工作人员）。"""
    from inspector.domain.consequence import Signed
    from inspector.flows import objections

    why, who = terminal.reason(reason, "--reason"), terminal.signer(by)
    office = terminal.whole_office

    def do(tx: Tx, now: datetime) -> Objection:
        return objections.decide(office, tx, objection, Signed(by=who, token="", at=now), why, now, upheld=uphold)

    _objected(terminal, terminal.act("credit.objection.decide", objection, do, upheld=uphold, reason=why))


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
        return eligibility.enter(tx, read.rows, terminal.signer(None), now, dry_run=dry_run)

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
    names = ("id", "authority", "document", "ground", "since", "until", "repaired_on")
    rows = [{name: getattr(one, name) for name in (*names, "repaired_by", "agency")} for one in held]
    terminal.page(names, rows, limit, "--after")


def repair_bar(
    terminal: Terminal,
    bar: Annotated[str, typer.Argument(help="Id of the bar, as credit bars list names it 编号", metavar="ID")],
    on: Annotated[str, typer.Option("--on", help="The day of the repair, 2026-03-02 修复日期")],
    document: Annotated[str, typer.Option("--document", help="Number of its document 文书号")],
) -> None:
    """Enter that another authority has repaired it: commitments signed from that day on are accepted. 录入其他机关作出的修复。"""
    from inspector.flows import eligibility

    day = typed(on, "--on")

    def do(tx: Tx, now: datetime) -> None:
        eligibility.repair(tx, bar, tuple(terminal.office.tree), day, document, terminal.signer(None), now)

    terminal.act("credit.bars.repair", f"bar:{bar}", do, on=on, document=document)
    terminal.value({"id": bar, "repaired_on": on})
    terminal.say("bar_repaired", bar=bar, on=on)


def undo_repair(
    terminal: Terminal,
    bar: Annotated[str, typer.Argument(help="Id of the bar, as credit bars list names it 编号", metavar="ID")],
    reason: Reason = None,
) -> None:
    """Say that a repair was entered by mistake: it bars again, and no file that is read again says so. 撤销误录的修复。"""
    from inspector.flows import eligibility

    why = terminal.reason(reason, "--reason")

    def do(tx: Tx, now: datetime) -> None:
        eligibility.unrepair(tx, bar, tuple(terminal.office.tree), why, terminal.signer(None), now)

    terminal.act("credit.bars.undo_repair", f"bar:{bar}", do, reason=why)
    terminal.value({"id": bar, "repaired_on": None})
    terminal.say("bar_unrepaired", bar=bar)


def _paper(told: str) -> tuple[RepairPaper, str]:
    """A paper as it is named at the command line: what it shows, and its file."""
    name, _, file = told.partition("=")
    if name not in set(RepairPaper) or not file:
        raise Invalid("paper_unreadable", option="--paper", value=told, known=", ".join(f"{one}=FILE" for one in RepairPaper))
    return RepairPaper(name), _digest(Path(file))


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def _row(held: Record) -> dict[str, Any]:
    more = ("case_id", "agency", "act", "outcome", "lapsed_on", "ended_on", "ended_by")
    return {name: getattr(held, name) for name in (*_COLUMNS, *more)}


def _objection(held: Objection) -> dict[str, Any]:
    return {name: getattr(held, name) for name in (*_OBJECTED, "case_id", "others", "decided_by", "reasons")}


def _tell(terminal: Terminal, held: Record) -> None:
    terminal.value(_row(held))
    if not terminal.as_json:
        terminal.rows(_COLUMNS, [_row(held)], _CODES)


def _objected(terminal: Terminal, held: Objection) -> None:
    terminal.value(_objection(held))
    if not terminal.as_json:
        terminal.rows(_OBJECTED, [_objection(held)], {"state": "ObjectionState"})

"""`credit`: records and what becomes of them: repairs, objections, annulments; and the bars of other authorities."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli import outsidebars
from inspector.cli.command import command, group
from inspector.cli.stating import Mark, SaidOn, when
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
_COLUMNS = ("entry", "grade", "state", "in_effect", "contested", "bars", "decided_on", "repairable_from", "most_until")
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
    outsidebars.register(group("bars", "Rather serious bad records of other authorities. 其他机关的较严重不良信用记录", credit))


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
        list[str] | None,
        typer.Option("--paper", help="CORRECTED=FILE, COMMITMENT=FILE: what a paper shows, and its file; its name is kept 材料"),
    ] = None,
    words: Annotated[str, typer.Option("--words", help="What the subject says 陈述")] = "",
    said_on: SaidOn = None,
    stamp: Mark = "",
    by: Annotated[str | None, typer.Option("--by", help="Who asks, by name 申请人")] = None,
) -> None:
    """Enter that a repair is asked for, with its papers. Before the earliest date it is refused, which is named. 录入信用修复申请。"""
    from inspector.flows import repairs

    papers = tuple(map(_paper, paper or ()))
    names = {digest: Path((paper or [])[number].partition("=")[2]).name for number, (_, digest) in enumerate(papers)}

    office = terminal.whole_office

    def do(tx: Tx, now: datetime) -> Record:
        return repairs.ask(office, tx, entry, words, papers, terminal.signer(by), now, names=names, stamp=when(said_on, stamp))

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
    said_on: SaidOn = None,
    stamp: Mark = "",
    by: Annotated[str | None, typer.Option("--by", help="Who objects, by name 异议人")] = None,
) -> None:
    """Enter an objection: the record is marked at once, and used for nothing adverse until it is decided. 录入异议。"""
    from inspector.flows import objections

    digests = tuple(_digest(one) for one in file or ())

    office = terminal.whole_office

    def do(tx: Tx, now: datetime) -> Objection:
        return objections.object(office, tx, entry, words, digests, terminal.signer(by), now, stamp=when(said_on, stamp))

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
    from inspector.domain.consequence import Signed
    from inspector.flows import objections

    why, who = terminal.reason(reason, "--reason"), terminal.signer(by)
    office = terminal.whole_office

    def do(tx: Tx, now: datetime) -> Objection:
        return objections.pass_on(office, tx, objection, Signed(by=who, token="", at=now), why, now)

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
    return {name: getattr(held, name) for name in (*_COLUMNS, *more)} | {"in_effect": held.counts}


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

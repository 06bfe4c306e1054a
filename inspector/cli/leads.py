"""`tip-off`: what somebody says of somebody, and the lead checks that officers open from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Reasons, command
from inspector.cli.files import Agency
from inspector.cli.terminal import Terminal
from inspector.cli.viewings import viewed

if TYPE_CHECKING:
    from inspector.domain.leadcheck import LeadCheck
    from inspector.domain.tipoff import TipOff

TipId = Annotated[str, typer.Argument(help="Id of the tip-off 线索编号", metavar="TIP-OFF")]
CheckId = Annotated[str, typer.Argument(help="Id of the lead check 线索核查编号", metavar="CHECK")]
By = Annotated[str | None, typer.Option("--by", help="The officer; default: the user of this machine 经办人")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")]


class Source(StrEnum):
    """Where it came from."""

    HOTLINE = "HOTLINE"
    LETTER = "LETTER"
    COUNTER = "COUNTER"
    REFERRAL = "REFERRAL"
    MEDIA = "MEDIA"
    MONITORING = "MONITORING"
    OTHER = "OTHER"


class Kind(StrEnum):
    """Whom it is about."""

    FIRM = "FIRM"
    PERSON = "PERSON"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    told = ("take", take), ("show", show), ("close", close), ("informant", informant), ("check", propose), ("checks", checks)
    for name, body in (*told, ("decide", decide), ("result", result)):
        command(app, name)(body)
    command(app, "list")(list_open)


def list_open(terminal: Terminal, limit: Limit = 50) -> None:
    """List tip-offs that nobody has closed, the oldest first. 列出未办结的线索。"""
    held = terminal.look(lambda tx: tx.tips.open_of(None, limit))
    _seen(terminal, "LIST", held)
    rows = [{"id": one.id, "source": one.source, "code": one.code, "state": one.state, "due_at": one.due_at} for one in held]
    terminal.rows(("id", "source", "code", "state", "due_at"), rows)


def show(terminal: Terminal, tip: TipId) -> None:
    """Show a tip-off, without who told it. 显示线索（不含举报人）。"""
    held = terminal.look(lambda tx: tx.tips.get(tip))
    _seen(terminal, "CASE", [held])
    names = (
        "id",
        "agency",
        "source",
        "kind",
        "code",
        "name",
        "words",
        "case_id",
        "by",
        "at",
        "due_at",
        "state",
        "closed_by",
        "closed_for",
    )
    terminal.fields({name: getattr(held, name) for name in names} | {"checks": list(held.checks)})


def take(  # noqa: PLR0913, PLR0917 - each is an option or argument of the command
    terminal: Terminal,
    agency: Agency,
    source: Annotated[Source, typer.Option("--source", help="Where it came from 来源")],
    code: Annotated[str, typer.Option("--code", help="Code of whom it is about 主体代码")],
    words: Annotated[str, typer.Option("--words", help="What was told 内容")],
    kind: Annotated[Kind, typer.Option("--kind", help="FIRM or PERSON 主体类型")] = Kind.FIRM,
    name: Annotated[str, typer.Option("--name", help="Name of whom it is about 名称")] = "",
    case: Annotated[str, typer.Option("--case", help="Id of a case that it is about 办件编号")] = "",
    told_by: Annotated[str, typer.Option("--told-by", help="Who told; kept apart 举报人（另行保存）")] = "",
    reach: Annotated[str, typer.Option("--reach", help="How to reach whoever told 举报人联系方式")] = "",
    by: By = None,
) -> None:
    """Enter a tip-off: it is kept and never an outcome. 登记举报线索。"""
    from inspector.domain.case import SubjectKind
    from inspector.domain.tipoff import Informant, TipSource
    from inspector.flows import leads

    office, who = terminal.office, terminal.signer(by)
    given = leads.Given(
        agency=agency,
        source=TipSource(source.value),
        kind=SubjectKind(kind.value),
        code=code,
        name=name,
        words=words,
        informant=Informant(name=told_by, contact=reach),
        case_id=case,
    )
    held = terminal.act("tip_off.take", agency, lambda tx, now: leads.take(office, tx, given, who, now))
    terminal.value({"id": held.id, "state": held.state, "due_at": held.due_at})
    terminal.line(held.id)


def close(terminal: Terminal, tip: TipId, reasons: Reasons = None, by: By = None) -> None:
    """Close a tip-off, with reasons. 办结线索并写明理由。"""
    from inspector.flows import leads

    office, who, why = terminal.office, terminal.signer(by), terminal.reason(reasons, "--reasons")
    held = terminal.act("tip_off.close", tip, lambda tx, now: leads.close(office, tx, tip, who, why, now))
    terminal.value({"id": held.id, "state": held.state})
    terminal.line(held.id)


def informant(terminal: Terminal, tip: TipId, by: By = None) -> None:
    """Read who told; that it was read is written down. 查看举报人（留痕）。"""
    from inspector.flows import leads

    who = terminal.signer(by)
    told = terminal.act("tip_off.looked", tip, lambda tx, now: leads.informant(tx, tip, who, now))
    terminal.fields({"name": told.name, "contact": told.contact})


def propose(
    terminal: Terminal,
    tip: TipId,
    scope: Annotated[str, typer.Option("--scope", help="What is looked at, in words that do not tell who told 核查内容")],
    reasons: Reasons = None,
    by: By = None,
) -> None:
    """Propose a lead check from a tip-off; a head approves it. 提出线索核查。"""
    from inspector.flows import leads

    office, who, why = terminal.office, terminal.signer(by), terminal.reason(reasons, "--reasons")
    _said(terminal, terminal.act("lead.propose", tip, lambda tx, now: leads.propose(office, tx, tip, scope, why, who, now)))


def checks(terminal: Terminal, limit: Limit = 50) -> None:
    """List lead checks that wait for a head or for those who go. 列出待批准、待实施的线索核查。"""
    held = terminal.look(lambda tx: tx.tips.open_checks(None, limit))
    _seen(terminal, "LIST", terminal.look(lambda tx: [tx.tips.get(one) for one in sorted({one.tip_off for one in held})]))
    rows = [{"id": one.id, "code": one.code, "state": one.state, "due_at": one.due_at} for one in held]
    terminal.rows(("id", "code", "state", "due_at"), rows)


def _seen(terminal: Terminal, shown: str, tips: Sequence[TipOff]) -> None:
    """Write down that whoever these are about is shown (`web.leads.seen`)."""
    named = sorted({one.case_id for one in tips if one.case_id})
    viewed(terminal, shown, terminal.look(lambda tx: [tx.cases.get(one) for one in named]))


def decide(
    terminal: Terminal,
    check: CheckId,
    document: Annotated[str, typer.Option("--document", help="Number of the approval, or why not 批准文号或者不批准的理由")],
    refuse: Annotated[bool, typer.Option("--refuse", help="It is not approved 不批准")] = False,
    by: By = None,
) -> None:
    """Approve a lead check, or refuse it: as the head, never as who proposed it. 批准或者不批准线索核查。"""
    from inspector.domain.errors import Refusal
    from inspector.flows import leads

    office, who = terminal.office, terminal.signer(by)
    made = terminal.act(
        "lead.decide", check, lambda tx, now: leads.decide(office, tx, check, who, document, now, approved=not refuse)
    )
    if isinstance(made, Refusal):  # raised here, so that the entry of the asking is kept
        raise made
    _said(terminal, made)


def result(
    terminal: Terminal,
    check: CheckId,
    on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The day of the check 核查日期")],
    inspector: Annotated[list[str], typer.Option("--inspector", help="Who went; two at least 核查人员")],
    found: Annotated[bool, typer.Option("--found", help="Something was found 有发现")] = False,
    words: Annotated[str, typer.Option("--words", help="What was found 发现内容")] = "",
    by: By = None,
) -> None:
    """Enter what a lead check found. 登记线索核查结果。"""
    from inspector.domain.leadcheck import Report
    from inspector.flows import leads

    office, who = terminal.office, terminal.signer(by)
    told = Report(inspectors=tuple(inspector), on=on.date(), found=found, words=words, by=who)
    _said(terminal, terminal.act("lead.report", check, lambda tx, now: leads.report(office, tx, check, told, now)))


def _said(terminal: Terminal, held: LeadCheck) -> None:
    """What became of it."""
    terminal.value({"id": held.id, "state": held.state, "due_at": held.due_at, "counts": held.counts})
    terminal.line(held.id)

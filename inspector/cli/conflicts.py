"""`roster conflict`: which inspector must not be sent to which object (回避)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal
from inspector.domain.errors import InspectorError, Invalid, Missing
from inspector.domain.roster import Recusal
from inspector.labels import of

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.store.tx import Tx

Code = Annotated[str, typer.Argument(help="Code of the object 主体代码", metavar="CODE")]
Staff = Annotated[str, typer.Argument(help="Staff code 工号", metavar="INSPECTOR")]
Agency = Annotated[str, typer.Option("--agency", "-a", help="Whose inspector it is 机关")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "add")(add)
    command(app, "list")(list_conflicts)
    command(app, "remove")(remove)


def add(
    terminal: Terminal,
    code: Code,
    inspector: Staff,
    agency: Agency,
    reason: Annotated[
        Recusal, typer.Option("--reason", help="Why, by code; it stays in the house 原因代码，不对外")
    ] = Recusal.RELATION,
) -> None:
    """Declare that an inspector must not be sent to an object. 登记回避。

    The object stands in a register or in a case. Draws publish that there is a conflict, never why. Codes: `relation` any other
    relation that may affect fairness 其他关系, `interest` direct interest 直接利害关系, `kin` near relative 近亲属, `post` worked there
    任职, `applied` the party applied for it 当事人申请.
    """
    told = _code(terminal, code)
    terminal.office.agency(agency)

    def do(tx: Tx, now: datetime) -> None:
        from inspector.flows import relief

        tx.rosters.inspector(agency, inspector)
        if not tx.rosters.known(told) and not tx.cases.page(agencies=None, only={"subject_code": told}, limit=1):
            raise Missing("object_unknown", object=told)
        tx.rosters.declare(agency, told, inspector, reason)
        relief.look(terminal.office, tx, agency, now)  # who is seated there already passes the seat on

    facts = {"agency": agency, "object": told, "inspector": inspector, "reason": reason.value}
    terminal.act("roster.conflict", f"inspector:{inspector}", do, **facts)
    terminal.value(facts)
    terminal.say("declared", code=told, inspector=inspector)


def list_conflicts(
    terminal: Terminal,
    agency: Agency,
    ended: Annotated[bool, typer.Option("--ended", help="Also those that hold no longer 含已解除的")] = False,
) -> None:
    """List declared conflicts that hold. 列出回避登记。"""
    terminal.office.agency(agency)
    held = terminal.look(lambda tx: tx.rosters.recusals(agency, ended=ended))
    rows = [
        {
            "object": one.object,
            "inspector": one.inspector,
            "reason": one.reason.value if terminal.as_json else of(one.reason, terminal.lang),
            "ended_at": one.ended_at,
        }
        for one in held
    ]
    terminal.rows(("object", "inspector", "reason", *(("ended_at",) if ended else ())), rows)


def remove(
    terminal: Terminal,
    code: Code,
    inspector: Staff,
    agency: Agency,
    note: Annotated[str | None, typer.Option("--note", help="Why it holds no longer; needed 解除理由（必填）")] = None,
) -> None:
    """End a declared conflict: from the next draw on the inspector may be sent there. 解除回避。

    Draws that are committed to keep it: what is frozen stays frozen.
    """
    told = _code(terminal, code)
    terminal.office.agency(agency)
    why = terminal.reason(note, "--note")
    facts = {"agency": agency, "object": told, "inspector": inspector, "note": why}
    about = f"inspector:{inspector}"
    terminal.act("roster.conflict_ended", about, lambda tx, now: tx.rosters.end_conflict(agency, told, inspector, now), **facts)
    terminal.value(facts)
    terminal.say("conflict_ended", code=told, inspector=inspector)


def _code(terminal: Terminal, code: str) -> str:
    from inspector.domain.identity import IdentityKind, identify

    try:
        return identify(IdentityKind.OTHER, code, today=terminal.office.now().date()).normal
    except InspectorError as error:
        raise Invalid("code_unusable", value=code[:40]) from error

"""`credit`: what was entered with credit platforms held against what they say they have, and what mends it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.command import Exit, command
from inspector.cli.files import DryRun
from inspector.cli.terminal import Terminal, UnreachableError, operator
from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.statement import Step, Unlike
from inspector.labels import label

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.accounts import Accountable
    from inspector.domain.statement import Difference
    from inspector.flows.books import Look
    from inspector.flows.office import Office
    from inspector.store.tx import Tx

COLUMNS = ("entry", "kind", "step", "agency", "case_id", "since", "stepped_at", "says")
CODES = {"kind": "Unlike", "step": "Step"}
_STATE = {"state": "BookState"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "reconcile")(reconcile)
    command(app, "differences")(differences)
    command(app, "decide")(decide)
    command(app, "entries")(entries)


def reconcile(
    terminal: Terminal,
    platform: Annotated[str, typer.Argument(help="Name of the platform; the only one if left out 信用平台", metavar="NAME")] = "",
    dry_run: DryRun = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="A statement that lacks much is right all the same 对账单缺少较多也予采信")
    ] = False,
) -> Exit | None:
    """Compare our credit books with a platform's statement, as the schedule does each night. 与信用平台对账。

    What was taken back and stands there is taken back again, a kept promise that is missing there is sent again, what became of an entry
    and was lost there is told again; all else is told and waits for a person (credit decide). Exit code 0: both sides alike; 1: they
    differ; 4: the statement is not used; 5: there is none now.
    """
    from inspector.flows import books

    office = terminal.whole_office
    name, asked = _platform(office, platform)
    found = _look(terminal, office, name, asked, accept=accept, dry_run=dry_run)
    if found.flaw:
        if not dry_run:
            _failed(terminal, office, name, found.flaw)
        raise Refusal("credit_statement_unused", connector=name, reason=_note(terminal, found.flaw))
    seen: tuple[Difference, ...] = found.compared.differences
    if not dry_run:
        facts = {"connector": name, "as_of": found.statement.as_of.isoformat(), "alike": found.compared.alike}
        seen = terminal.act(
            "credit.reconcile", f"credit:{name}", lambda tx, now: books.conclude(tx, office, name, found, now), **facts
        )
    rows = [
        {
            "entry": one.entry,
            "kind": one.kind.value,
            "step": one.step.value,
            "by_itself": one.by_itself,
            "agency": one.agency,
            "case_id": one.case_id,
            "says": {field: list(both) for field, both in one.says.items()},
        }
        for one in seen
    ]
    counted = Counter(one.kind for one in seen)
    told = {
        "connector": name,
        "as_of": found.statement.as_of,
        "source": found.statement.source,
        "alike": found.compared.alike,
        "moving": found.compared.moving,
        "learned": len(found.compared.learned),
        "differ": len(seen),
        "dry_run": dry_run,
    }
    if terminal.as_json:
        kinds = {kind.value.lower(): counted[kind] for kind in Unlike}
        terminal.value({**told, **kinds, "differences": rows})
    else:
        terminal.say("compared_dry" if dry_run else "compared", **{key: told[key] for key in ("alike", "moving", "differ")})
        terminal.line(found.statement.source)
        if rows:
            terminal.rows(("entry", "kind", "step", "by_itself", "agency", "says"), [_worded(row) for row in rows], CODES)
    return Exit.WRONG if seen else None


def differences(
    terminal: Terminal,
    after: Annotated[
        str, typer.Option("--after", help="Go on behind this place, as the page before named it 从上一页所列位置之后")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50,
) -> None:
    """List what differed at the last comparison with each platform, and what mends it. 列出最近一次对账的不一致。"""
    held = terminal.look(lambda tx: tx.books.differences(after=after, limit=limit + 1))
    shown = held if terminal.as_json else [_worded(row) for row in held]
    terminal.page(COLUMNS, shown, limit, "--after", key="place", codes=CODES)


def decide(
    terminal: Terminal,
    entry: Annotated[str, typer.Argument(help="The entry, as credit differences names it 记录编号", metavar="ENTRY")],
    send: Annotated[bool, typer.Option("--send", help="Send it again under its key 重新报送")] = False,
    retract: Annotated[bool, typer.Option("--retract", help="Take it back again 再次撤回")] = False,
    amend: Annotated[
        bool,
        typer.Option(
            "--amend", help="Tell again what became of it: contested or no more, shown no more, repaired 再次告知其变化"
        ),
    ] = False,
    leave: Annotated[bool, typer.Option("--leave", help="It is right as it is: tell it no more 确属无误，不再提示")] = False,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, and what the platform said; needed 理由（必填）")] = None,
) -> None:
    """Say what mends a difference, after words with the platform; the ledger keeps who. 决定如何处理一条不一致。

    An entry is sent, or taken back, once more under its key; what became of it is told again; or both sides are right as they are, such as
    where the platform has struck it out.
    """
    from inspector.flows import books

    told = ((Step.SEND, send), (Step.RETRACT, retract), (Step.AMEND, amend), (Step.LEAVE, leave))
    chosen = [step for step, said in told if said]
    if len(chosen) != 1:
        raise Invalid("credit_step_which")
    (step,), office = chosen, terminal.whole_office
    why = terminal.reason(reason, "--reason")

    def do(tx: Tx, now: datetime) -> None:
        books.decide(tx, office, entry, step, operator(), why, now)

    terminal.act("credit.decide", entry, do, entry=entry, step=step.value, reason=why)
    terminal.value({"entry": entry, "step": step})
    terminal.say("entry_decided", entry=entry, step=label(f"Step.{step.value}", terminal.lang))


def entries(terminal: Terminal, case: Annotated[str, typer.Argument(help="Id of the case 办件编号", metavar="CASE")]) -> None:
    """List what was entered with credit platforms about a case, and where it stands. 列出一个办件的信用记录。"""

    def ask(tx: Tx) -> list[dict[str, Any]]:
        tx.cases.get(case)
        return tx.books.of_case(case)

    held = [{name: value for name, value in row.items() if name not in ("body", "retraction")} for row in terminal.look(ask)]
    terminal.rows(("entry", "lane", "state", "moved_at", "receipt"), held, _STATE)


def _platform(office: Office, name: str) -> tuple[str, Accountable]:
    from inspector.flows.books import accountable

    known = accountable(office)
    chosen = name or (known[0] if len(known) == 1 else "")
    if chosen not in known:
        raise Missing("credit_platform_unstated", name=name or "-", known=", ".join(known) or "-")
    return chosen, office.connectors.credit[chosen]  # type: ignore[return-value] # `accountable` has looked


def _look(terminal: Terminal, office: Office, name: str, asked: Accountable, *, accept: bool, dry_run: bool) -> Look:
    """Ask for the statement. Raises UnreachableError where there is none now, Refusal where it cannot be used; both are noted."""
    from inspector.cli.progress import Bars
    from inspector.flows import books
    from inspector.ports import PortError, Unavailable

    key = f"by-hand:{name}:{office.now().isoformat()}"
    try:
        with Bars(terminal).step("books") as advance:
            return books.look(office, name, asked, key, accept=accept, advance=advance)
    except PortError as error:
        if not dry_run:
            _failed(terminal, office, name, error.code)
        facts = {"connector": name, "reason": _note(terminal, error.code) + (f" ({error.detail})" if error.detail else "")}
        if isinstance(error, Unavailable):
            raise UnreachableError("credit_statement_away", **facts) from None
        raise Refusal("credit_statement_flawed", **facts) from None
    finally:
        close = getattr(asked, "close", None)
        if close is not None:
            close()


def _failed(terminal: Terminal, office: Office, name: str, code: str) -> None:
    from inspector.flows import books

    with terminal.store.begin() as tx:
        books.fail(tx, office, name, code, office.now())


def _note(terminal: Terminal, code: str) -> str:
    return label(f"note.{code}", terminal.lang)


def _worded(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose contents that differ are a text: field, ours, theirs."""
    return {**row, "says": "; ".join(f"{field}: {ours} ≠ {theirs}" for field, (ours, theirs) in row["says"].items())}

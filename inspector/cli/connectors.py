"""`connector`: who stands behind each, whether it is reached, a hand on the valve, and the beginning of a new one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli import words
from inspector.cli.command import Exit, command
from inspector.cli.starter import Port
from inspector.cli.terminal import Terminal
from inspector.domain.errors import Invalid, Missing, Refusal

if TYPE_CHECKING:
    from inspector.store.tx import Tx

Name = Annotated[str, typer.Argument(help="Name of the connector 连接器", metavar="NAME")]

_ALWAYS = ("name", "port", "kind", "owner", "paused")
"""The columns of the list that stand there also where no connector has anything in them."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "list")(list_connectors)
    command(app, "check")(check)
    command(app, "pause")(pause)
    command(app, "resume")(resume)
    command(app, "new")(new)


def list_connectors(terminal: Terminal) -> None:
    """List the configured connectors with their state, also those that do not load. 列出连接器及其状态。"""
    from inspector.cli.reaching import carded, configured
    from inspector.cli.work import waiting
    from inspector.flows.valve import paused
    from inspector.plugins import package_of

    lanes = {lane.name: lane for lane in terminal.look(lambda tx: tx.lanes.all())}
    now = terminal.look(lambda tx: tx.machine_now())
    stopped = terminal.look(lambda tx: paused(tx, [*lanes]))
    why, rows = waiting(terminal), []
    for one in configured(terminal.settings):
        held = stopped.get(one.name)
        card, flaw = carded(one, terminal.settings.engine)
        lane = lanes.get(one.name)
        rows.append(
            {
                "name": one.name,
                "port": one.section,
                "kind": one.kind,
                "package": package_of(one.group, one.kind),
                "owner": card.owner if card else "",
                "personal_data": card.personal_data if card else (),
                "paused": lane.paused if lane else False,
                "paused_by": held.by if held else "",
                "reason": held.reason if held else "",
                "open_until": lane.open_until if lane and lane.open_until > now else None,
                "failures": lane.failures if lane else 0,
                "barred": lane.barred if lane else False,
                "waits": why[one.name].reason if one.name in why else None,
                "waits_until": why[one.name].until if one.name in why else None,
                "error": flaw.code if flaw else (lane.error if lane else None),
            }
        )
        if flaw is not None and not terminal.as_json:
            rows[-1]["error"] = words.told(flaw, terminal.lang)
    columns = (
        "name",
        "port",
        "kind",
        "package",
        "owner",
        "personal_data",
        "paused",
        "paused_by",
        "reason",
        "open_until",
        "failures",
        "barred",
        "waits",
        "waits_until",
        "error",
    )
    shown = [one for one in columns if one in _ALWAYS or any(row[one] for row in rows)]  # nobody reads fifteen columns of nothing
    terminal.rows(shown, rows, {"error": "note", "waits": "wait"})


def check(
    terminal: Terminal,
    name: Annotated[str | None, typer.Argument(help="Only this one 只查这一个", metavar="NAME")] = None,
    call: Annotated[bool, typer.Option("--call/--no-call", help="Really open a connection 实际连接")] = True,
) -> Exit | None:
    """Load each connector and look at its other side: address, database, folder; nobody is asked about. 检查连接器：加载并查看对方情况。

    Exit code 0: nothing failed; 1: something is to be mended here (settings, secrets, a grant to ask for, a code to enter in a list), and
    trying again helps nothing; 6: only the other side can mend it, which is there and answers otherwise than agreed: hand it the line;
    5: nobody is reached now, or asks us to come later: try again. Of several connectors the first of 1, 6 and 5 that applies to any; which
    it is of each stands in `fault` (`ours`, `theirs`, `away`) with --json.

    退出码 0：没有失败；1：应在本方改正（配置、密钥、申请授权、把对方代码写入清单），重试无用；6：对方在线，但与约定不符，只能由对方改正，
    请将该行转给对方；5：暂时无法连接，或对方要求稍后再试，可以重试。检查多个连接器时，按 1、6、5 的顺序取先出现的一种；加 --json 时，
    每一项的 fault 分别为 ours、theirs、away。
    """
    from inspector.cli.reaching import configured

    known = [one.name for one in configured(terminal.settings)]
    if name is not None and name not in known:
        raise Missing("connector_unknown", name=name, known=", ".join(known) or "-")
    return _looked(terminal, name, call=call)


def _looked(terminal: Terminal, name: str | None, *, call: bool) -> Exit | None:
    """Say what comes of a look at these connectors, now and from here, and what to do where something is amiss."""
    from inspector.cli.finding import Fault, State
    from inspector.cli.reaching import configured, findings
    from inspector.cli.show import show
    from inspector.cli.turns import Turns

    wanted = [one for one in configured(terminal.settings) if name in (None, one.name)]
    found = [finding for one in wanted for finding in findings(one, terminal.settings, call=call, turns=Turns(terminal))]
    if not wanted:
        terminal.say("no_connectors")
    show(terminal, found)
    faults = {finding.fault for finding in found if finding.state is State.FAIL}
    ends = {Fault.OURS: Exit.WRONG, Fault.THEIRS: Exit.THEIRS, Fault.AWAY: Exit.UNREACHABLE}
    return next((code for fault, code in ends.items() if fault in faults), None)


def pause(
    terminal: Terminal,
    name: Name,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; needed 原因（必填）")] = None,
) -> None:
    """Stop calling a connector; its work waits and no deadline is blamed on anybody. 暂停连接器。

    A draw's seed has a last moment all the same: who was not asked by then is named as unasked, and the next draw goes without.
    抽查种子仍有截止时间：届时未征集的一方记为“未征集”，下一次抽查不再包括该方。
    """
    _set(terminal, name, terminal.reason(reason, "--reason"), paused=True)


def resume(
    terminal: Terminal,
    name: Name,
    reason: Annotated[str, typer.Option("--reason", help="Why 原因")] = "",
    call: Annotated[bool, typer.Option("--call/--no-call", help="Look at its other side at once 立即查看对方情况")] = True,
) -> None:
    """Call a connector again, at once, though its breaker is open; look at it, ask its canary question, and say what came. 恢复连接器。

    It is resumed whatever comes of that; what is away, or does not let us in, is tried again by the daemon. 无论查看结果如何均已恢复。
    """
    _set(terminal, name, reason, paused=False)
    if call and not terminal.as_json:
        _looked(terminal, name, call=True)


def new(
    terminal: Terminal,
    name: Annotated[str, typer.Argument(help="What settings will call its kind 类型名称，用于配置的 kind", metavar="NAME")],
    port: Annotated[Port, typer.Option("--port", help="What it is a connector to 端口")] = "source",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="A new folder; default: NAME here 新文件夹，默认为当前目录下的 NAME", file_okay=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the files, write nothing 试运行：只列出文件")] = False,
) -> None:
    """Begin a connector of your own: a small package with settings, the least that works, its contract test and READMEs. 新建连接器软件包。

    Nothing in Inspector is changed, and nothing that is there is written over. 不改动 Inspector，也不覆盖任何已有文件。
    """
    from inspector.cli.starter import drawn_up, write

    folder = out or Path(name)
    files = drawn_up(port, name)
    if folder.exists():
        raise Refusal("file_exists", file=str(folder))
    if not folder.absolute().parent.is_dir():
        raise Invalid("file_unusable", file=str(folder.absolute().parent), problem="no folder", errno="ENOENT")
    if not dry_run:
        write(folder, files)
    terminal.value({"folder": str(folder), "files": sorted(files), "dry_run": dry_run})
    for file in sorted(files):
        terminal.line(str(folder / file))
    terminal.say("dry" if dry_run else "connector_begun", folder=folder)


def _set(terminal: Terminal, name: str, reason: str, *, paused: bool) -> None:
    from inspector.cli.reaching import PULSE, configured

    found = configured(terminal.settings)
    known = tuple(sorted({one.name for one in found if one.section != PULSE}))
    if name not in known and name in {one.name for one in found}:
        raise Refusal("connector_without_work", name=name)

    def do(tx: Tx, now: datetime) -> bool:
        if name in known:
            tx.lanes.ensure([name])
        before = any(lane.paused for lane in tx.lanes.all() if lane.name == name)
        if not tx.lanes.pause(name, tx.machine_now() if paused else None):
            raise Missing("connector_unknown", name=name, known=", ".join(known) or "-")
        if not paused:
            tx.lanes.sooner(name, tx.machine_now())
            tx.work.sooner(name, now)
        return before

    rule = "connector.pause" if paused else "connector.resume"
    before = terminal.act(rule, f"connector:{name}", do, connector=name, reason=reason)
    terminal.value({"connector": name, "paused": paused})
    terminal.say("paused" if paused else "resumed" if before else "resumed_unpaused", name=name)

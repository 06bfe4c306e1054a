"""`token`: who may call, with which role, below which agency, until when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal, operator, plain
from inspector.web.roles import Role

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.store.tx import Tx


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "issue")(issue)
    command(app, "list")(list_tokens)
    command(app, "revoke")(revoke)


def issue(
    terminal: Terminal,
    name: Annotated[str, typer.Argument(help="The person or system it is for 持有者")],
    agency: Annotated[str, typer.Option("--agency", "-a", help="Sees this agency and all below it 机关")],
    role: Annotated[Role, typer.Option("--role", help="What it may do 角色")],
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="Valid for so many days 有效天数")] = 90,
) -> None:
    """Issue a token. Its text is shown once and stored nowhere. 签发令牌，仅显示一次。

    A system is known by its name: while a system token is valid, its name cannot be given under another agency. 系统名称只属于一个机关。
    Metrics, ops page and credit levels are of the whole house: for them the agency stands above all others.
    指标、运行页面、信用等级须用最上级机关的令牌。
    """
    desk = terminal.desk
    desk.agency(agency)
    about = {"name": name, "agency": agency, "role": role.value, "days": days}
    with terminal.store.read() as tx:
        made_at = tx.machine_now()  # tokens run by machine time: fast office time must not expire them
    until = made_at + timedelta(days=days)
    text = terminal.act(
        "token.issue", f"token:{name}", lambda tx, _now: tx.tokens.issue(name, agency, role.value, made_at, until), **about
    )
    terminal.value({"token": text, "expires_at": until, **about})
    if not terminal.as_json:
        terminal.aside(terminal.words("issued", name=name, agency=agency, role=role.value, until=plain(until)))
    terminal.line(text)
    if role in (Role.OPS, Role.CREDIT) and (beyond := sorted(set(desk.tree) - set(desk.within(agency)))):
        above = [one for one in desk.tree if len(desk.within(one)) == len(desk.tree)]
        names = ", ".join(beyond[:10])
        terminal.aside(
            terminal.words("issued_within" if above else "issued_nowhere", agency=agency, beyond=names, above=", ".join(above))
        )


def list_tokens(terminal: Terminal) -> None:
    """List tokens, without their texts. 列出令牌。"""
    held = terminal.look(lambda tx: tx.tokens.all())
    terminal.rows(("id", "name", "agency", "role", "expires_at", "revoked_at"), held, {"role": "Role"})


def revoke(terminal: Terminal, token: Annotated[str, typer.Argument(help="Id of the token 令牌编号", metavar="ID")]) -> None:
    """End a token at once. 吊销令牌。"""

    def do(tx: Tx, _now: datetime) -> None:
        now = tx.machine_now()
        tx.tokens.revoke(token, now)
        tx.sessions.end_on(token, operator(), now)  # they end by themselves; so they are listed no more, too

    terminal.act("token.revoke", f"token:{token}", do, token=token)
    terminal.value({"revoked": token})
    terminal.say("revoked", id=token)

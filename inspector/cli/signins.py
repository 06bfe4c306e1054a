"""`signin`: who may sign in by an identity that others vouch for, and the sessions of browsers that go on."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal, operator, plain
from inspector.domain.errors import Missing

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.store.tx import Tx


class Person(StrEnum):
    """What a person who signs in may be; programs have tokens."""

    OFFICER = "officer"
    CLERK = "clerk"
    AUDITOR = "auditor"
    OPS = "ops"
    INSPECTOR = "inspector"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "admit")(admit)
    command(app, "list")(list_admissions)
    command(app, "dismiss")(dismiss)
    command(app, "sessions")(list_sessions)
    command(app, "end")(end)


def admit(
    terminal: Terminal,
    subject: Annotated[str, typer.Argument(help="The unchanging name that the provider (sub) or gateway tells 身份标识")],
    name: Annotated[str, typer.Option("--name", help="Who signs below decisions 姓名")],
    agency: Annotated[str, typer.Option("--agency", "-a", help="Sees this agency and all below it 机关")],
    role: Annotated[Person, typer.Option("--role", help="What he or she may do 角色")],
    via: Annotated[str, typer.Option("--via", help="An identity provider of the settings, or gateway 身份来源")] = "gateway",
    inspector: Annotated[
        str | None, typer.Option("--inspector", help="Staff code in the register: departure ends it all 执法证件编号")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="Valid for so many days 有效天数")] = 365,
) -> None:
    """Let a person sign in without a token. 准入登录。

    Who somebody is, an identity provider or a gateway says; what he or she may do here is said by this command alone.
    """
    from inspector.signin import GATEWAY
    from inspector.store.admissions import Admission

    terminal.office.agency(agency)
    provider = terminal.office.entrance.providers.get(via)
    if provider is None and via != GATEWAY:
        raise Missing("signin_unknown", name=via)
    issuer = provider.issuer if provider is not None else ""
    with terminal.store.read() as tx:
        made_at = tx.machine_now()
    given = Admission(
        id="",
        via=via,
        issuer=issuer,
        subject=subject,
        name=name,
        agency=agency,
        role=role.value,
        inspector=inspector,
        expires_at=made_at + timedelta(days=days),
    )
    about = {"name": name, "agency": agency, "role": role.value, "via": via}
    made = terminal.act("signin.admit", f"admission:{via}:{name}", lambda tx, _now: tx.admissions.admit(given, made_at), **about)
    terminal.value({"id": made, "expires_at": given.expires_at, **about})
    terminal.say("admitted", id=made, name=name, role=role.value, until=plain(given.expires_at))


def list_admissions(terminal: Terminal) -> None:
    """List who is let in. 列出准入人员。"""
    held = terminal.look(lambda tx: tx.admissions.all())
    terminal.rows(("id", "name", "agency", "role", "via", "subject", "expires_at", "ended_at"), held, {"role": "Role"})


def dismiss(
    terminal: Terminal, admission: Annotated[str, typer.Argument(help="Id of the admission 准入编号", metavar="ID")]
) -> None:
    """End an admission, and every session that stands on it, at once. 终止准入及其全部登录。"""

    def do(tx: Tx, _now: datetime) -> int:
        now = tx.machine_now()
        tx.admissions.dismiss(admission, now)
        return tx.sessions.end_on(admission, operator(), now)

    ended = terminal.act("signin.dismiss", f"admission:{admission}", do, id=admission)
    terminal.value({"dismissed": admission, "sessions": ended})
    terminal.say("dismissed", id=admission, count=ended)


def list_sessions(terminal: Terminal) -> None:
    """List the sessions that go on. 列出当前登录。"""
    ways = terminal.office.entrance
    held = terminal.look(lambda tx: tx.sessions.open(tx.machine_now(), max(ways.idle, ways.phone)))
    terminal.rows(("id", "name", "agency", "role", "way", "begun_at", "seen_at", "expires_at"), held, {"role": "Role"})


def end(terminal: Terminal, session: Annotated[str, typer.Argument(help="Id of the session 登录编号", metavar="ID")]) -> None:
    """End a session at once. 结束登录。"""

    def do(tx: Tx, _now: datetime) -> None:
        if not tx.sessions.end_one(session, operator(), tx.machine_now()):
            raise Missing("session_unknown", id=session)

    terminal.act("signin.end", f"session:{session}", do, session=session)
    terminal.value({"ended": session})
    terminal.say("dismissed", id=session, count=1)

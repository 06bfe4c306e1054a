"""`push`: what became of pushes, by which ways inspectors are reached, and a test push."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal, operator
from inspector.domain.errors import Missing, Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.store.tx import Tx

UNHEARD = "browser_unheard"
"""Why nothing goes a way on which no browser of the inspector's has told where it is."""
AgencyName = Annotated[str, typer.Argument(help="Whose officer 所属机关", metavar="AGENCY")]
Staff = Annotated[str, typer.Argument(help="Staff code 工号", metavar="INSPECTOR")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "list")(list_pushes)
    command(app, "ways")(ways)
    command(app, "test")(send_test)
    command(app, "on")(on)
    command(app, "link")(renew)


def list_pushes(
    terminal: Terminal,
    seat: Annotated[str, typer.Option("--seat", help="About this seat (visit:place:turn) 该席位")] = "",
    inspector: Annotated[str, typer.Option("--inspector", help="To this inspector 该检查人员")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="At most so many 条数")] = 50,
) -> None:
    """List what channels took, newest first: delivered, read, come to nobody. Reading is noted in the ledger. 列出推送及送达情况。

    It tells who is sent, though not to whom, which before a visit is told to few.
    """
    from inspector.flows import seated

    agencies = sorted(terminal.office.tree)

    def do(tx: Tx, _now: datetime) -> list[dict[str, object]]:
        if seat:
            seated.by_name(tx, seat)
        if inspector and not tx.rosters.employs(inspector):
            raise Missing("inspector_unknown", inspector=inspector)
        return [
            {
                "seat": one.seat,
                "word": one.word,
                "inspector": one.inspector,
                "channel": one.channel,
                "handed_at": one.handed_at if one.left else None,
                "delivered_at": one.delivered_at,
                "read_at": one.read_at,
                "failed_at": one.failed_at,
                "error": one.code,
            }
            for one in tx.pushes.page(agencies, seat=seat, inspector=inspector, limit=limit)
        ]

    rows = terminal.act("push.list", "push", do, seat=seat, inspector=inspector)
    names = ("seat", "word", "inspector", "channel", "handed_at", "delivered_at", "read_at", "failed_at", "error")
    terminal.rows(names, rows, {"word": "pushed", "error": "note"})


def ways(
    terminal: Terminal,
    agency: AgencyName,
    inspector: Annotated[str | None, typer.Argument(help="Staff code; left out: whose are off 工号", metavar="INSPECTOR")] = None,
) -> None:
    """Show by which ways an inspector is reached, in order, and which are off; or every way that is off. 查看推送方式及是否停用。

    Beside a way stands also why nobody can answer by it. A way is turned off by a push that was sent, so reading is noted in the ledger.
    """
    from inspector.cli import ways as leading

    terminal.office.agency(agency)
    channels = leading.channels(terminal.settings)

    def do(tx: Tx, _now: datetime) -> list[dict[str, object]]:
        off = {(one.inspector, one.mark): one for one in tx.pushes.off([agency], inspector or "")}
        told, short = [(one.inspector, one.channel, one.mark) for one in off.values()], dict[str, str]()
        if inspector is not None:
            told = [(inspector, way.channel, way.mark) for way in tx.rosters.inspector(agency, inspector).ways]
            told += [(inspector, one, "") for one in tx.rosters.inspector(agency, inspector).unheard]
            short = {way.mark: channels.flaw(way) for way in tx.rosters.inspector(agency, inspector).ways}
        found = [(staff, channel, mark, off.get((staff, mark))) for staff, channel, mark in told]
        return [
            {
                "inspector": staff,
                "channel": channel,
                "off": one is not None or not mark,
                "off_since": one.since if one is not None else None,
                "error": one.code if one is not None else short.get(mark, "") if mark else UNHEARD,
            }
            for staff, channel, mark, one in found
        ]

    rows = terminal.act("push.ways", f"roster:{agency}", do, inspector=inspector or "")
    terminal.rows(("inspector", "channel", "off", "off_since", "error"), rows, {"error": "note"})


def send_test(
    terminal: Terminal,
    agency: AgencyName,
    inspector: Staff,
    channel: Annotated[list[str] | None, typer.Option("--channel", help="Only by this channel 仅用该渠道")] = None,
) -> None:
    """Send an inspector, such as yourself, a push that says it is a test, by each way; the ledger says how each ended. 发送测试推送。"""
    from inspector.flows import trial

    office = terminal.office
    office.agency(agency)

    def do(tx: Tx, now: datetime) -> tuple[str, tuple[str, ...]]:
        return trial.order(office, tx, agency, inspector, operator(), now, channel or ())

    number, channels = terminal.act("push.test", f"roster:{agency}", do, inspector=inspector)
    terminal.value({"test": number, "channels": channels})
    terminal.say("push_test", channels=", ".join(channels), test=number)


def on(
    terminal: Terminal,
    agency: AgencyName,
    inspector: Staff,
    channel: Annotated[str, typer.Argument(help="The channel 渠道", metavar="CHANNEL")],
    reason: Annotated[str | None, typer.Option("--reason", help="Why; needed 原因（必填）")] = None,
) -> None:
    """Turn a way on again that was turned off; pushes that waited for one go out. 恢复停用的推送方式。"""
    from inspector.flows import reaching

    office, why = terminal.office, terminal.reason(reason, "--reason")
    office.agency(agency)

    def do(tx: Tx, now: datetime) -> None:
        if not reaching.turn_on(office, tx, agency, inspector, channel, operator(), now):
            raise Missing("channel_not_off", inspector=inspector, channel=channel)

    terminal.act("push.on", f"roster:{agency}", do, inspector=inspector, channel=channel, reason=why)
    terminal.value({"inspector": inspector, "channel": channel, "off": False})
    terminal.say("push_on", channel=channel, inspector=inspector)


def renew(
    terminal: Terminal,
    seat: Annotated[str, typer.Argument(help="The seat (visit:place:turn) 席位", metavar="SEAT")],
    reason: Annotated[str | None, typer.Option("--reason", help="Why; needed 原因（必填）")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Send the inspector the next one 另发新链接")] = False,
    owed: Annotated[bool, typer.Option("--owed", help="Though the visit goes to a supplementary draw 确认转入补充抽取")] = False,
) -> None:
    """Call a seat's link back, for its phone was lost or is another one: it opens nothing any more. 收回任务链接（手机遗失或更换）。

    Before an answer the second time at one place of a team, whoever holds it then, sends the visit to a supplementary draw: with --owed.
    """
    from inspector.flows import seatlink
    from inspector.flows.seated import by_name

    office, why = terminal.office, terminal.reason(reason, "--reason")

    def do(tx: Tx, now: datetime) -> None:
        held, there = by_name(tx, seat, lock=True)
        if not owed and seatlink.last(tx, held, there):
            raise Refusal("seat_link_last", seat=seat)
        seatlink.call_back(office, tx, seat, operator(), why, now, anew=anew)

    terminal.act("push.link", f"seat:{seat}", do, reason=why, anew=anew)
    terminal.value({"seat": seat, "anew": anew})
    terminal.say("push_link", seat=seat)

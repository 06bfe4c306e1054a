"""`roster renew`: an officer's certificate has a new number, by two people's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.days import day_of
from inspector.cli.files import Agency
from inspector.cli.terminal import Terminal

if TYPE_CHECKING:
    from inspector.flows.renewing import Renewal


def renew(
    terminal: Terminal,
    staff: Annotated[str, typer.Argument(help="Staff code 工号", metavar="STAFF")],
    agency: Agency,
    certificate: Annotated[str, typer.Option("--certificate", help="The new number 新执法证号")],
    until: Annotated[str, typer.Option("--until", help="Last day on which it counts, YYYY-MM-DD 有效期至")],
    by: Annotated[str, typer.Option("--by", help="The officer who signs; two have to 签署的经办人，须有两人")],
    note: Annotated[str | None, typer.Option("--note", help="Why; needed 理由（必填）")] = None,
) -> None:
    """Enter the new number of an officer's renewed certificate; the second of two people does. 换发执法证号登记。

    In the time of a draw another number behind a staff code is another person, and that seat passes on: this says that it is the same
    one, so nothing moves. The same command by another person of another machine user signs; a file that an import reads then bears the
    new number. 抽查期间工号换了证号即视为换人、席位递补；经两人签署换发的，不视为换人。
    """
    from inspector.cli.terminal import sign
    from inspector.flows import renewing
    from inspector.flows.reconcile import telling

    office, why, who = terminal.office, terminal.reason(note, "--note"), terminal.signer(by)
    office.agency(agency)
    day, now = day_of(until, "--until"), office.now()
    assert day is not None, "the option is needed"
    with telling(office), terminal.store.begin() as tx:
        made: Renewal = renewing.sign(office, tx, agency, staff, certificate.strip(), day, who, why, now)
        rule = "roster.renewed" if made.done else "roster.renewed.asked"
        facts = {"inspector": staff, "note": why, "by": who} | ({"asked_by": made.first} if made.done else {})
        sign(tx, rule, f"roster:{agency}", now, facts)
    told = {"agency": agency, "inspector": staff, "done": made.done, "asked_by": made.first, "by": who, "note": why}
    terminal.value(told)
    terminal.say("renewed" if made.done else "renewed_asked", inspector=staff)

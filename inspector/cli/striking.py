"""`roster strike`: an object that cases have entered is taken out of the register, or goes on under the firm's right code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.files import Agency
from inspector.cli.terminal import Terminal, signer
from inspector.domain.case import SubjectKind
from inspector.domain.identity import normalise

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.flows.enrolment import Struck
    from inspector.store.tx import Tx


def strike(
    terminal: Terminal,
    code: Annotated[str, typer.Argument(help="Code of the object as the register has it 名录中的主体代码", metavar="CODE")],
    agency: Agency,
    by: Annotated[str, typer.Option("--by", help="The officer who decides this 经办人")],
    right: Annotated[str | None, typer.Option("--for", help="The same firm's right code 该主体的正确代码")] = None,
    kind: Annotated[
        SubjectKind, typer.Option("--kind", case_sensitive=False, help="Kind of subject 主体类型")
    ] = SubjectKind.FIRM,
    note: Annotated[str | None, typer.Option("--note", help="Why; needed 理由（必填）")] = None,
) -> None:
    """Take out of the register of objects what a case has entered by a mistyped code. 更正名录中因办件列入的对象。

    Nobody leaves daily supervision by it: where any case names it that was not withdrawn, --for names the code by which the firm stays.
    What an open draw has in its frame is refused until that draw is over; the next commitment counts it. What a file has brought in, a
    file takes out.
    """
    from inspector.flows import enrolment
    from inspector.flows.members import object_id

    office, why, who = terminal.office, terminal.reason(note, "--note"), signer(by)
    office.agency(agency)
    told, becomes = normalise(code), normalise(right) if right is not None else None
    name = object_id(office.secret, kind, told)

    def do(tx: Tx, now: datetime) -> Struck:
        return enrolment.strike(office, tx, agency, kind, told, becomes, who, now)

    made = terminal.act("roster.strike", f"roster:{agency}", do, object=name, becomes=becomes, note=why, by=who)
    stands = made.stands.code if made.stands is not None else None
    terminal.value({"agency": agency, "object": name, "stands_as": stands, "cases": list(made.cases), "by": who, "note": why})
    if stands is None:
        terminal.say("struck", object=name)
    else:
        terminal.say("struck_for", object=name, stands=stands)

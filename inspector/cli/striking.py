"""`roster strike`: an object that cases have entered is taken out of the register, or goes on under the firm's right code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.cases import CaseId, meant
from inspector.cli.files import Agency
from inspector.cli.terminal import Terminal
from inspector.domain.case import SubjectKind
from inspector.domain.identity import normalise

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.flows.enrolment import Struck
    from inspector.flows.misnaming import Signed
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

    office, why, who = terminal.office, terminal.reason(note, "--note"), terminal.signer(by)
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


def misnamed(
    terminal: Terminal,
    case: CaseId,
    by: Annotated[str, typer.Option("--by", help="The officer who signs; two have to 签署的经办人，须有两人")],
    note: Annotated[str | None, typer.Option("--note", help="Why; needed 理由（必填）")] = None,
) -> None:
    """Take out what a concluded case has entered by a code that is somebody else's; the second of two people does. 移出误列他人代码的对象。

    For a code that is another organisation's; another spelling of the same firm is corrected with roster strike, and a case that is not
    concluded by its sender. The same command by another person of another machine user signs. Refused while a draw of that register is
    between its announcement and its publication. The approving system hears of it (`register.misnamed`) and sends the firm's case anew.
    抽取公告后至公布前不予办理；审批系统收到通知后重新提交该主体的办件。
    """
    from inspector.cli.terminal import sign
    from inspector.flows import misnaming
    from inspector.flows.reconcile import telling

    office, why, who = terminal.office, terminal.reason(note, "--note"), terminal.signer(by)
    held, now = terminal.look(lambda tx: meant(terminal, tx, case)), office.now()
    with telling(office), terminal.store.begin() as tx:
        made: Signed = misnaming.sign(office, tx, held, who, why, now)
        rule = "roster.misnamed" if made.gone else "roster.misnamed.asked"
        sign(
            tx,
            rule,
            f"roster:{made.agency}",
            now,
            {"case": held, "object": made.name, "note": why, "by": who}
            | ({"removed": 1, "asked_by": made.first} if made.gone else {}),
        )
    terminal.value(
        {
            "case": held,
            "agency": made.agency,
            "object": made.name,
            "gone": made.gone,
            "asked_by": made.first,
            "by": who,
            "note": why,
        }
    )
    terminal.say("misnamed" if made.gone else "misnamed_asked", object=made.name, case=held)

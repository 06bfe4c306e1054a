"""`case answer-withdrawal`, `follow-withdrawal`: one that took nothing back, or came too late, answered by a named officer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.cases import meant
from inspector.cli.command import command
from inspector.cli.terminal import Terminal, in_words
from inspector.domain.withdrawal import Answering, Following, OvertakenAnswer, WithdrawalAnswer

if TYPE_CHECKING:
    from inspector.domain.case import Case
    from inspector.store.tx import Tx

CaseId = Annotated[str, typer.Argument(help="Id of the case 办件编号", metavar="CASE")]
By = Annotated[str | None, typer.Option("--by", help="The officer; default: the user of this machine 经办人")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "answer-withdrawal")(answer)
    command(app, "follow-withdrawal")(follow)


def answer(
    terminal: Terminal,
    case: CaseId,
    answer: Annotated[WithdrawalAnswer, typer.Option("--answer", help="What becomes of the application 处理意见")],
    reasons: Annotated[str, typer.Option("--reasons", help="Why; the subject reads this 理由（当事人会看到）")],
    by: By = None,
) -> None:
    """Answer a withdrawal by whom an officer has decided against: outcome, record and decision stay as they are. 答复撤回申请。

    Nothing is withdrawn by it, so no bar on committing again begins (a pack's [[reapply]] rows after WITHDRAWN). 答复不产生再次承诺的限制。
    """
    from inspector.flows import withdrawals

    office, who, told = terminal.office, terminal.signer(by), terminal.look(lambda tx: meant(terminal, tx, case))

    def do(tx: Tx, now: datetime) -> Case:
        return withdrawals.answer(office, tx, told, Answering(answer=answer, reasons=reasons, by=who, token="", at=now), now)

    held = terminal.act("case.withdrawal_answered", told, do, signed=who)
    terminal.value({"id": held.id, "state": held.state, "answer": answer})
    terminal.say("withdrawal_answered", case=held.id, answer=in_words(answer, terminal.lang))


def follow(
    terminal: Terminal,
    case: CaseId,
    answer: Annotated[OvertakenAnswer, typer.Option("--answer", help="What follows 后续处理")],
    reasons: Annotated[str, typer.Option("--reasons", help="Why; the subject reads this 理由（当事人会看到）")],
    by: By = None,
) -> None:
    """Say what follows of a case that was withdrawn after its matter had been concluded (办结). 处理办结之后才撤回的办件。

    VERIFY: the matter is verified after all, as a case of its own. 继续核查的，另立办件。
    """
    from inspector.flows import overtaken

    office, who, told = terminal.whole_office, terminal.signer(by), terminal.look(lambda tx: meant(terminal, tx, case))

    def do(tx: Tx, now: datetime) -> Case:
        return overtaken.follow(office, tx, told, Following(answer=answer, reasons=reasons, by=who, token="", at=now), now)

    held = terminal.act("case.withdrawal_followed", told, do, signed=who)
    terminal.value({"id": held.id, "state": held.state, "answer": answer})
    terminal.say("withdrawal_answered", case=held.id, answer=in_words(answer, terminal.lang))

"""`case send-back`, `case send-back-agree`, `case send-back-decline`: a case that came by mistake, by two named officers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.cases import meant
from inspector.cli.command import command
from inspector.cli.terminal import Terminal, in_words
from inspector.domain.sendback import Mistake, SendBackReason

if TYPE_CHECKING:
    from inspector.domain.case import Case

CaseId = Annotated[str, typer.Argument(help="Id of the case 办件编号", metavar="CASE")]
By = Annotated[str | None, typer.Option("--by", help="The officer; default: the user of this machine 经办人")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "send-back")(ask)
    command(app, "send-back-agree")(agree)
    command(app, "send-back-decline")(decline)


def ask(
    terminal: Terminal,
    case: CaseId,
    reason: Annotated[SendBackReason, typer.Option("--reason", help="What is wrong 事由")],
    words: Annotated[str, typer.Option("--words", help="The same in words 说明")],
    competent: Annotated[str, typer.Option("--competent", help="Whose matter it is, if known 主管机关")] = "",
    same_as: Annotated[str, typer.Option("--same-as", help="The other case, of a matter that was sent twice 另一办件")] = "",
    by: By = None,
) -> None:
    """Say that a case came to this office by mistake; another officer has to agree before it is sent back. 提出退回误送的办件。

    Nothing ends by it. Whoever goes to its subject neither asks nor agrees.
    """
    from inspector.flows import missent

    office, who, told = terminal.office, terminal.signer(by), terminal.look(lambda tx: meant(terminal, tx, case))
    other = terminal.look(lambda tx: meant(terminal, tx, same_as)) if same_as else ""
    mistake = Mistake(reason=reason, words=words.strip(), competent=competent.strip(), same_as=other)
    held = terminal.act("case.send_back", told, lambda tx, now: missent.ask(office, tx, told, mistake, who, "", now), signed=who)
    _say(terminal, held, "send_back_asked")


def agree(terminal: Terminal, case: CaseId, by: By = None) -> None:
    """Agree, as another officer: the case is sent back at once, and all that was under way for it ends. 同意退回。"""
    from inspector.flows import missent

    office, who, told = terminal.office, terminal.signer(by), terminal.look(lambda tx: meant(terminal, tx, case))
    held = terminal.act("case.send_back.agree", told, lambda tx, now: missent.agree(office, tx, told, who, "", now), signed=who)
    _say(terminal, held, "send_back_done")


def decline(
    terminal: Terminal, case: CaseId, words: Annotated[str, typer.Option("--words", help="Why not 理由")], by: By = None
) -> None:
    """Do not agree, or take back what one has asked: the case goes on as it has all the while. 不同意退回。"""
    from inspector.flows import missent

    office, who, told = terminal.office, terminal.signer(by), terminal.look(lambda tx: meant(terminal, tx, case))
    held = terminal.act(
        "case.send_back.decline", told, lambda tx, now: missent.decline(office, tx, told, words, who, "", now), signed=who
    )
    _say(terminal, held, "send_back_declined")


def _say(terminal: Terminal, held: Case, key: str) -> None:
    """What became of the case, and why."""
    assert held.send_back is not None, "somebody has asked"
    mistake = held.send_back.mistake
    terminal.value({"id": held.id, "state": held.state, "reason": mistake.reason, "competent": mistake.competent})
    terminal.say(key, case=held.id, reason=in_words(mistake.reason, terminal.lang), by=held.send_back.by)

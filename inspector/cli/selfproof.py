"""`self-proof`: what subjects are asked to show: what is open, the link, a file, and what an officer has read in it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Reasons, command
from inspector.cli.terminal import Terminal, echo, in_words

if TYPE_CHECKING:
    from inspector.domain.selfproof import SelfProof

ProofId = Annotated[str, typer.Argument(help="Id of the self-proof 自证编号", metavar="SELF-PROOF")]
By = Annotated[str | None, typer.Option("--by", help="The officer; default: the user of this machine 经办人")]


class Says(StrEnum):
    """What material can say about a promise."""

    MATCH = "match"
    MISMATCH = "mismatch"
    CANNOT_SAY = "cannot_say"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for name, body in (("show", show), ("link", link), ("call-back", call_back), ("save", save), ("read", read)):
        command(app, name)(body)
    command(app, "list")(list_open)


def list_open(
    terminal: Terminal, limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50
) -> None:
    """List what is to be shown or read, what waits to be read first. 列出待出示和待审阅的自证。"""
    rows = [
        {"id": one.id, "fact": one.question["fact"], "state": one.state, "due_at": one.due_at, "read_by": one.read_by}
        for one in terminal.look(lambda tx: tx.selfproofs.unfinished(limit))
    ]
    terminal.rows(("id", "fact", "state", "due_at", "read_by"), rows)


def show(terminal: Terminal, proof: ProofId) -> None:
    """Show a self-proof and what has happened to it. 显示自证及经过。"""
    held = terminal.look(lambda tx: tx.selfproofs.get(proof))
    files = [f"{in_words(one.at, terminal.lang)} {one.kind.value} {one.size} {one.digest} {one.remark}" for one in held.materials]
    past = [
        f"{in_words(one.at, terminal.lang)} {in_words(one.rule, terminal.lang, 'rule')} {one.who} {one.said}"
        for one in held.history
    ]
    told = {
        "id": held.id,
        "case_id": held.case_id,
        "fact": held.question["fact"],
        "claimed": held.question["claimed"],
        "shows": held.shows,
        "state": held.state,
        "opened_at": held.opened_at,
        "due_at": held.due_at,
        "unable": held.unable,
        "reasons": held.reasons,
        "materials": files,
        "history": past,
    }
    terminal.fields(told)


def link(terminal: Terminal, proof: ProofId, by: By = None) -> None:
    """Take the link, to pass it on to whom it is for; that it was taken is written down. 取链接转交当事人。"""
    from inspector.flows import selfproof

    office, who = terminal.office, terminal.signer(by)
    given = terminal.act("self_proof.hand", proof, lambda tx, now: selfproof.hand(office, tx, proof, who, now), signed=who)
    terminal.value({"id": proof, "link": given})
    if not terminal.as_json:
        echo(given)


def call_back(terminal: Terminal, proof: ProofId, reasons: Reasons = None, by: By = None) -> None:
    """Call the link back: it opens nothing from now on. 收回链接。"""
    from inspector.flows import selfproof

    who, why = terminal.signer(by), terminal.reason(reasons, "--reasons")
    _said(terminal, terminal.act("self_proof.link", proof, lambda tx, now: selfproof.call_back(tx, proof, who, why, now)))


def save(
    terminal: Terminal,
    proof: ProofId,
    digest: Annotated[str, typer.Argument(help="Digest of the file 文件摘要", metavar="DIGEST")],
    to: Annotated[Path, typer.Argument(help="File to write 保存为", metavar="FILE")],
    by: By = None,
) -> None:
    """Save a file that was shown, to read it; that it was looked at is written down. 保存当事人出示的文件。"""
    from inspector.flows import selfproof

    who, now = terminal.signer(by), terminal.office.now()  # the office before the transaction: it may write itself
    with terminal.store.begin() as tx:
        content = selfproof.looked(tx, tx.selfproofs.get(proof), digest, who, now)
    to.write_bytes(content)
    terminal.value({"file": str(to), "bytes": len(content)})
    terminal.line(str(to))


def read(
    terminal: Terminal,
    proof: ProofId,
    verdict: Annotated[Says, typer.Option("--verdict", help="What it says about the promise 审阅意见")],
    of_day: Annotated[
        datetime | None, typer.Option("--of-day", formats=["%Y-%m-%d"], help="The day that it is of 材料日期")
    ] = None,
    value: Annotated[str, typer.Option("--value", help="What it says, word for word 材料所载内容")] = "",
    reasons: Annotated[str, typer.Option("--reasons", help="Needed unless it proves the promise 理由")] = "",
    file: Annotated[
        list[str] | None,
        typer.Option("--file", help="Digest of each file that you read; needed where there are several 文件摘要"),
    ] = None,
    by: By = None,
) -> None:
    """Enter what you have read: it proves the promise, contradicts it (a lead for the review), or says neither. 登记审阅意见。"""
    from inspector.domain.evidence import Verdict
    from inspector.domain.selfproof import Reading
    from inspector.flows import selfproof

    office, who = terminal.office, terminal.signer(by)
    told = Reading(
        verdict=Verdict(verdict.value),
        value=value,
        on=of_day.date() if of_day is not None else None,
        reasons=reasons,
        by=who,
        at=office.now(),
        of=tuple(file or ()),
    )
    _said(terminal, terminal.act("self_proof.read", proof, lambda tx, now: selfproof.read(office, tx, proof, told, now)))


def _said(terminal: Terminal, held: SelfProof) -> None:
    """What became of it."""
    terminal.value({"id": held.id, "state": held.state, "due_at": held.due_at})
    terminal.say(
        "request_stands", request=held.id, state=in_words(held.state, terminal.lang), due_at=in_words(held.due_at, terminal.lang)
    )

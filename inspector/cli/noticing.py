"""`notice`: what the office says to subjects, how it reached them, and what they have answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Reasons, command
from inspector.cli.terminal import Terminal, echo, in_words

if TYPE_CHECKING:
    from inspector.domain.serving import SubjectNotice
    from inspector.store.tx import Tx

NoticeId = Annotated[str, typer.Argument(help="Id of the notice 告知书编号", metavar="NOTICE")]
CaseId = Annotated[str, typer.Argument(help="Id of the case 办件编号", metavar="CASE")]
By = Annotated[str | None, typer.Option("--by", help="The officer; default: the user of this machine 经办人")]


class Kind(StrEnum):
    """What can be said by hand; whatever takes effect is said by its own step (`consequence`, `credit`)."""

    GUIDANCE = "GUIDANCE"
    REMINDER = "REMINDER"


class Way(StrEnum):
    """By what it came."""

    SYSTEM = "SYSTEM"
    APP = "APP"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    PAPER = "PAPER"
    IN_PERSON = "IN_PERSON"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    told = ("show", show), ("give", give), ("link", link), ("call-back", call_back), ("served", served), ("unserved", unserved)
    for name, body in (*told, ("announce", announce), ("save", save), ("contact", contact)):
        command(app, name)(body)
    command(app, "list")(list_open)


def list_open(
    terminal: Terminal, limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50
) -> None:
    """List notices on their way, the nearest date first. 列出尚未送达的告知。"""
    rows = [
        {"id": one.id, "kind": one.kind, "state": one.state, "service_way": one.way, "due_at": one.due_at}
        for one in terminal.look(lambda tx: tx.servings.open_of(None, limit))
    ]
    terminal.rows(("id", "kind", "state", "service_way", "due_at"), rows)


def show(terminal: Terminal, notice: NoticeId) -> None:
    """Show a notice, how it went, and what the subject has said. 显示告知、送达经过和当事人的陈述。"""
    held = terminal.look(lambda tx: tx.servings.get(notice))
    words = [
        f"{in_words(one.at, terminal.lang)} {one.receipt} {in_words(one.kind, terminal.lang)} {one.words} {' '.join(one.digests)}"
        for one in held.words
    ]
    past = [
        f"{in_words(one.at, terminal.lang)} {in_words(one.rule, terminal.lang, 'rule')} {one.who} {one.said}"
        for one in held.history
    ]
    told = {
        "id": held.id,
        "case_id": held.case_id,
        "kind": held.kind,
        "title": held.title,
        "facts": list(held.facts),
        "reasons": held.reasons,
        "state": held.state,
        "service_way": held.way,
        "due_at": held.due_at,
        "served_on": held.served_on,
        "words": words,
        "history": past,
    }
    terminal.fields(told)


def give(  # noqa: PLR0913, PLR0917 - each is an option or argument of the command
    terminal: Terminal,
    case: CaseId,
    kind: Annotated[Kind, typer.Option("--kind", help="What it is 种类")],
    title: Annotated[str, typer.Option("--title", help="Its title 标题")],
    fact: Annotated[list[str], typer.Option("--fact", help="A fact; may be repeated 事实")],
    basis: Annotated[list[str], typer.Option("--basis", help="An article as the pack cites it; may be repeated 依据")],
    reasons: Reasons = None,
    right: Annotated[list[str] | None, typer.Option("--right", help="A right of the subject; may be repeated 权利")] = None,
    about: Annotated[str, typer.Option("--about", help="What it is about; default: the case 所涉事项")] = "",
    answer_by: Annotated[
        datetime | None, typer.Option("--answer-by", formats=["%Y-%m-%dT%H:%M"], help="Until when an answer is heard 答复期限")
    ] = None,
    by: By = None,
) -> None:
    """Say something to the subject of a case; it takes the first way by which this subject can be served. 向当事人告知。"""
    from inspector.domain.calendar import SHANGHAI
    from inspector.domain.serving import NoticeKind, SubjectNotice
    from inspector.flows import giving
    from inspector.store.tx import new_id

    office, who, why = terminal.office, terminal.signer(by), terminal.reason(reasons, "--reasons")
    made = SubjectNotice(
        id=f"n{new_id()}",
        kind=NoticeKind(kind.value),
        case_id=case,
        agency=terminal.look(lambda tx: tx.cases.get(case).agency),
        about=about or case,
        title=title,
        facts=tuple(fact),
        reasons=why,
        rights=tuple(right or ()),
        basis=tuple(basis),
        answer_by=answer_by.replace(tzinfo=SHANGHAI) if answer_by is not None else None,
        made_at=office.now(),
    )
    _said(terminal, terminal.act("notice.make", case, lambda tx, now: giving.say(office, tx, made, now), signed=who))


def link(terminal: Terminal, notice: NoticeId, by: By = None) -> None:
    """Take the link, to pass it on to whom it is for; that it was taken is written down. 取链接转交当事人。"""
    from inspector.flows import serving

    office, who = terminal.office, terminal.signer(by)
    given = terminal.act("notice.hand", notice, lambda tx, now: serving.hand(office, tx, notice, who, now), signed=who)
    terminal.value({"id": notice, "link": given})
    if not terminal.as_json:
        echo(given)


def call_back(terminal: Terminal, notice: NoticeId, reasons: Reasons = None, by: By = None) -> None:
    """Call the link back: it opens nothing from now on. 收回链接。"""
    from inspector.flows import serving

    who, why = terminal.signer(by), terminal.reason(reasons, "--reasons")
    _said(terminal, terminal.act("notice.link", notice, lambda tx, now: serving.call_back(tx, notice, who, why, now)))


def served(
    terminal: Terminal,
    notice: NoticeId,
    on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The day on which it came 送达日期")],
    way: Annotated[Way, typer.Option("--way", help="By what 送达方式")],
    proof: Annotated[str, typer.Option("--proof", help="Who received it, number of the receipt 签收人、回执号")],
    agreed: Annotated[
        bool, typer.Option("--agreed", help="The subject has agreed to this electronic way 当事人同意电子送达")
    ] = False,
    by: By = None,
) -> None:
    """Enter the proof that a notice has come. 登记送达凭证。"""
    from inspector.domain.wayto import ServiceWay
    from inspector.flows import reached

    office, who = terminal.office, terminal.signer(by)
    told = ServiceWay(way.value)
    _said(
        terminal,
        terminal.act(
            "notice.served",
            notice,
            lambda tx, now: reached.served(office, tx, notice, on.date(), told, proof, who, now, agreed=agreed),
        ),
    )


def unserved(terminal: Terminal, notice: NoticeId, reasons: Reasons = None, by: By = None) -> None:
    """Say that no way is left, and which were tried. 登记无法送达。"""
    from inspector.flows import serving

    office, who, why = terminal.office, terminal.signer(by), terminal.reason(reasons, "--reasons")
    _said(terminal, terminal.act("notice.failed", notice, lambda tx, now: serving.failed(office, tx, notice, why, who, now)))


def announce(
    terminal: Terminal,
    notice: NoticeId,
    on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The day on which it was put up 公告日期")],
    where: Annotated[str, typer.Option("--where", help="Where, and its number 公告的处所、文号")],
    by: By = None,
) -> None:
    """Enter that a notice was put up in public, no other way being left; its days are counted. 登记公告送达。"""
    from inspector.flows import announcing

    office, who, day = terminal.whole_office, terminal.signer(by), on.date()
    _said(
        terminal,
        terminal.act("notice.announced", notice, lambda tx, now: announcing.announce(office, tx, notice, day, where, who, now)),
    )


def save(
    terminal: Terminal,
    notice: NoticeId,
    digest: Annotated[str, typer.Argument(help="Digest of the file 文件摘要", metavar="DIGEST")],
    to: Annotated[Path, typer.Argument(help="File to write 保存为", metavar="FILE")],
    by: By = None,
) -> None:
    """Save a file that came with a subject's words; that it was looked at is written down. 保存当事人提交的文件。"""
    from inspector.flows import spoken

    who, now = terminal.signer(by), terminal.office.now()  # the office before the transaction: it may write itself
    with terminal.store.begin() as tx:
        content = spoken.looked(tx, tx.servings.get(notice), digest, who, now)
    to.write_bytes(content)
    terminal.value({"file": str(to), "bytes": len(content)})
    terminal.line(str(to))


def contact(
    terminal: Terminal,
    case: CaseId,
    phone: Annotated[str, typer.Option("--phone", help="Telephone number 电话号码")] = "",
    email: Annotated[str, typer.Option("--email", help="Address of e-mail 电子邮箱")] = "",
    agreed: Annotated[bool, typer.Option("--agreed", help="Electronic service is agreed to 同意电子送达")] = False,
    confirmation: Annotated[str, typer.Option("--confirmation", help="The subject's paper that says so 送达地址确认书")] = "",
    by: By = None,
) -> None:
    """Enter how the subject of a case can be reached; it is read back by nobody. 登记当事人联系方式。"""
    from inspector.domain import agreed as agreement
    from inspector.domain.consequence import Signed
    from inspector.flows import consent

    office, who, told = terminal.office, terminal.signer(by), agreement.contact(phone, email, agreed=agreed)

    def do(tx: Tx, now: datetime) -> None:
        clerk, held = Signed(by=who, token="", at=now), tx.cases.get(case, lock=True)
        consent.say(office, tx, held, told, who, now, clerk=clerk, document=confirmation)

    terminal.act("case.contact", case, do, signed=who)
    terminal.value({"case_id": case})


def _said(terminal: Terminal, held: SubjectNotice) -> None:
    """What became of it."""
    terminal.value({"id": held.id, "state": held.state, "service_way": held.way, "due_at": held.due_at})
    due_at = in_words(held.due_at, terminal.lang) if held.due_at is not None else "—"
    terminal.say("request_stands", request=held.id, state=in_words(held.state, terminal.lang), due_at=due_at)

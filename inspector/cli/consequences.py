"""`consequence`: what is proposed to officers, what is due when, and each step signed with a name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli import particulars
from inspector.cli.command import Reasons, command
from inspector.cli.terminal import Terminal, in_words
from inspector.domain.annulled import Annulled
from inspector.domain.consequence import Agreement
from inspector.domain.grading import Harm
from inspector.domain.proposal import Proposal

if TYPE_CHECKING:
    from inspector.domain.consequence import Consequence, Signed, Stage
    from inspector.flows.office import Office
    from inspector.store.tx import Tx

Id = Annotated[str, typer.Argument(help="Id of the consequence 处理编号", metavar="CONSEQUENCE")]
By = Annotated[str | None, typer.Option("--by", help="Who does it; default: the user of this machine 经办人")]
Document = Annotated[str, typer.Option("--document", help="Number of the document 文书编号")]
Pieces = Annotated[list[str] | None, typer.Option("--evidence", help="Id of a piece of evidence; several 证据编号")]
Digests = Annotated[
    list[str] | None, typer.Option("--digest", help="SHA-256 of the paper that the subject has signed; several 摘要")
]
Turn = Annotated[int, typer.Option("--turn", min=0, help="The turn that was read (`consequence show`) 所阅读的步次")]
OnDay = Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The day 日期")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "list")(list_open)
    for name, body in (
        *(("show", show), ("propose", propose), ("notice", notice)),
        *(
            ("impose", impose),
            ("agree", agree),
            ("drop", drop),
            ("keep", keep),
            ("lift", lift),
            ("refer", refer),
            ("annul", annul),
        ),
        ("recheck", recheck),
    ):
        command(app, name)(body)
    from inspector.cli import disclosing, stating, upholding

    command(app, "state")(stating.state)
    command(app, "ask-recheck")(stating.ask_recheck)
    command(app, "uphold")(upholding.uphold)
    command(app, "disclose")(disclosing.disclose)


def list_open(
    terminal: Terminal,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50,
    case: Annotated[str, typer.Option("--case", help="All of one case 办件")] = "",
) -> None:
    """List what is to be done about consequences, the next date first. 列出待办的处理建议。"""
    if case:
        terminal.look(lambda tx: tx.cases.get(case))

    def ask(tx: Tx) -> list[tuple[Consequence, Stage | None, datetime | None]]:
        held = tx.consequences.page(None, limit, case_id=case)
        return [(one, due := _step(tx, one), one.due_at or (tx.consequences.due(one.id) if due else None)) for one in held]

    rows = [
        {"id": one.id, "proposal": one.proposal, "state": one.state, "step": due, "due_at": at}
        for one, due, at in terminal.look(ask)
    ]
    terminal.rows(("id", "proposal", "state", "step", "due_at"), rows)


def show(terminal: Terminal, consequence: Id) -> None:
    """Show a consequence with all that has happened to it. 显示一项处理。"""
    held, due = terminal.look(lambda tx: ((one := tx.consequences.get(consequence)), _step(tx, one)))
    if terminal.as_json:
        terminal.value(held)
        return
    told = held.notice
    terminal.fields(
        {
            "id": held.id,
            "case_id": held.case_id,
            "proposal": held.proposal,
            "state": held.state,
            "step": due,
            "due_at": held.due_at,
            "row": held.row,
            **({"transition": held.transition} if held.transition else {}),
            "basis": held.basis,
            "evidence": held.evidence,
            "turn": held.turn,
            "served_at": told.served_at if told is not None else None,
            "defend_by": told.defend_by if told is not None else None,
            **(particulars.sitting(held.hearing, terminal.lang) if held.hearing is not None else {}),
            "statements": [f"{in_words(one.at, terminal.lang)} {one.words}" for one in held.statements],
            **(particulars.onset(held.onset) if held.onset is not None else {}),
            "until": held.rectification.until if held.rectification is not None else None,
            "imposed_at": held.imposed_at,
            "reasons": held.verdict.reasons if held.verdict is not None else held.reasons,
            **(particulars.text(held.verdict) if held.verdict is not None else {}),
        }
    )


def _step(tx: Tx, held: Consequence) -> Stage | None:
    """What somebody has to do: a decision that has not come to its subject is brought first, and not looked at again."""
    from inspector.flows import consequences

    return consequences.step(tx, held)


def step(
    terminal: Terminal, name: str, consequence: str, by: str | None, do: Callable[[Office, Tx, Signed, datetime], Consequence]
) -> None:
    """One step, signed; what became of it is said."""
    from inspector.domain.consequence import Signed

    office, who = terminal.office, terminal.signer(by)
    made = terminal.act(name, consequence, lambda tx, now: do(office, tx, Signed(by=who, token="", at=now), now), signed=who)
    terminal.value(made)
    words = {"request": made.id, "state": in_words(made.state, terminal.lang), "due_at": in_words(made.due_at, terminal.lang)}
    terminal.say("request_stands", **words)


def propose(  # noqa: PLR0913, PLR0917 - a proposal in all its parts
    terminal: Terminal,
    case: Annotated[str, typer.Argument(help="Id of the case 办件编号", metavar="CASE")],
    proposal: Annotated[Proposal, typer.Option("--proposal", help="What 处理")],
    evidence: Pieces = None,
    reasons: Reasons = None,
    act: Annotated[str, typer.Option("--act", help="The pack's row of a dishonest act 失信行为")] = "",
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="Of a penalty: when the act ended, if it went on 违法行为终了之日"),
    ] = None,
    harm: Annotated[Harm | None, typer.Option("--harm", help="Of a penalty: what harm was done 危害后果")] = None,
    opened_on: Annotated[
        datetime | None,
        typer.Option("--opened-on", formats=["%Y-%m-%d"], help="Of a penalty: the day of the paper that opened it 立案日期"),
    ] = None,
    document: Annotated[str, typer.Option("--document", help="That paper 立案文书")] = "",
    by: By = None,
) -> None:
    """Open a consequence beside what the review proposed. 提出一项处理。"""
    from dataclasses import replace

    from inspector.domain.grading import Grading as Found
    from inspector.domain.opening import Opening
    from inspector.flows import proceedings

    why, who, cited = terminal.reason(reasons, "--reasons"), terminal.signer(by), tuple(evidence or ())
    ended, opened = (moment.date() if moment is not None else None for moment in (since, opened_on))
    found = Found(harm=harm)
    given = Opening(proposal=proposal, by=who, evidence=cited, act=act, reasons=why, since=ended, found=found)
    given = replace(given, opened_on=opened, document=document)
    step(
        terminal,
        "consequence.propose",
        case,
        by,
        lambda office, tx, signed, now: proceedings.propose(office, tx, case, given, signed, now),
    )


def notice(
    terminal: Terminal,
    consequence: Id,
    fact: Annotated[list[str], typer.Option("--fact", help="A fact; several 事实")],
    right: Annotated[list[str], typer.Option("--right", help="A right of the subject; several 权利")],
    reasons: Reasons = None,
    content: Annotated[str, typer.Option("--content", help="Of a penalty, what it would be 拟处罚内容")] = "",
    basis: Annotated[
        list[str] | None, typer.Option("--basis", help="A further article, of a penalty what it rests on; several 依据")
    ] = None,
    by: By = None,
) -> None:
    """Give the notice to the subject: facts, reasons, rights. 制发告知书。"""
    from inspector.domain.consequence import Notice
    from inspector.flows import proceedings

    why = terminal.reason(reasons, "--reasons")

    def do(office: Office, tx: Tx, signed: Signed, now: datetime) -> Consequence:
        words = tuple(fact), tuple(right), tuple(basis or ())
        told = Notice(given=signed, facts=words[0], reasons=why, rights=words[1], basis=words[2], content=content)
        return proceedings.give(office, tx, consequence, told, tx.consequences.get(consequence).grading, now)

    step(terminal, "consequence.notice", consequence, by, do)


def impose(  # noqa: PLR0913, PLR0917 - a decision in all its parts
    terminal: Terminal,
    consequence: Id,
    turn: Turn,
    reasons: Reasons = None,
    law: Annotated[str, typer.Option("--law", help="What a penalty rests on 处罚依据")] = "",
    public_interest: Annotated[str, typer.Option("--public-interest", help="The test before a revocation 公共利益审查")] = "",
    content: Annotated[str, typer.Option("--content", help="The penalty; default: as announced 处罚内容")] = "",
    performance: Annotated[
        str, typer.Option("--performance", help="How and by when it is performed; needed of a fine 履行方式和期限")
    ] = "",
    lighter: Annotated[bool, typer.Option("--lighter", help="Another than announced, and no graver 不重于告知")] = False,
    discussed: Annotated[
        str, typer.Option("--discussed", help="Where the heads' discussion of a weighty one is recorded 集体讨论记录")
    ] = "",
    until: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day to rectify 整改期限")
    ] = None,
    right: Annotated[
        list[str] | None, typer.Option("--right", help="A remedy, to whom and until when; default: as the pack says 救济途径")
    ] = None,
    by: By = None,
) -> None:
    """Decide to impose it, with reasons. 作出处理决定。"""
    from inspector.domain.consequence import Verdict
    from inspector.flows import proceedings

    why, day = terminal.reason(reasons, "--reasons"), until.date() if until is not None else None

    def do(office: Office, tx: Tx, signed: Signed, now: datetime) -> Consequence:
        verdict = Verdict(
            signed=signed,
            reasons=why,
            law=law,
            public_interest=public_interest,
            until=day,
            rights=tuple(right or ()),
            content=content,
            lighter=lighter,
            performance=performance,
            discussed=discussed,
        )
        return proceedings.rule(office, tx, consequence, verdict, now, turn=turn)

    step(terminal, "consequence.impose", consequence, by, do)


def agree(
    terminal: Terminal,
    consequence: Id,
    turn: Turn,
    kind: Annotated[Agreement, typer.Option("--kind", help="As whom 身份")],
    words: Annotated[str, typer.Option("--words", help="The opinion 意见")],
    by: By = None,
) -> None:
    """Agree to a written decision, as the second person, for the legal review, or as the head. 同意处理决定。"""
    from inspector.flows import proceedings

    step(
        terminal,
        "consequence.agree",
        consequence,
        by,
        lambda office, tx, signed, now: proceedings.agree(office, tx, consequence, kind, words, signed, now, turn=turn),
    )


def drop(terminal: Terminal, consequence: Id, reasons: Reasons = None, by: By = None) -> None:
    """Let a proposal go, with reasons. 不予处理。"""
    from inspector.flows import proceedings

    why = terminal.reason(reasons, "--reasons")
    step(
        terminal,
        "consequence.drop",
        consequence,
        by,
        lambda office, tx, signed, now: proceedings.drop(office, tx, consequence, why, signed, now),
    )


def keep(terminal: Terminal, consequence: Id, reasons: Reasons = None, by: By = None) -> None:
    """Let a suspension go on, with reasons; it is looked at again. 继续暂停。"""
    from inspector.flows import proceedings

    why = terminal.reason(reasons, "--reasons")
    step(
        terminal,
        "consequence.keep",
        consequence,
        by,
        lambda office, tx, signed, now: proceedings.keep(office, tx, consequence, why, signed, now),
    )


def lift(terminal: Terminal, consequence: Id, reasons: Reasons = None, by: By = None) -> None:
    """End a suspension. 解除暂停。"""
    from inspector.flows import proceedings

    why = terminal.reason(reasons, "--reasons")
    step(
        terminal,
        "consequence.lift",
        consequence,
        by,
        lambda office, tx, signed, now: proceedings.lift(office, tx, consequence, why, signed, now),
    )


def refer(terminal: Terminal, consequence: Id, document: Document, by: By = None) -> None:
    """Enter that the register's keeper was told. 登记转送登记机关。"""
    from inspector.flows import proceedings

    step(
        terminal,
        "consequence.refer",
        consequence,
        by,
        lambda office, tx, signed, now: proceedings.refer(office, tx, consequence, document, signed, now),
    )


def annul(
    terminal: Terminal,
    consequence: Id,
    why: Annotated[Annulled, typer.Option("--why", help="Who has annulled it 撤销机关")],
    document: Document,
    by: By = None,
) -> None:
    """Enter that it stands no more: an entry is taken back everywhere. 登记处理决定被撤销。"""
    from inspector.flows import annulling

    def do(office: Office, tx: Tx, signed: Signed, now: datetime) -> Consequence:
        annulling.refuse_objection(why, "--why")
        return annulling.consequence(office, tx, consequence, why, document, signed.by, now)

    step(terminal, "consequence.annul", consequence, by, do)


def recheck(
    terminal: Terminal,
    consequence: Id,
    words: Annotated[str, typer.Option("--words", help="What it shows 复查情况")],
    good: Annotated[bool, typer.Option("--good/--not-good", help="Whether it was corrected 是否改正")],
    corrected: Annotated[datetime | None, typer.Option("--corrected", formats=["%Y-%m-%d"], help="Since when 改正日期")] = None,
    evidence: Pieces = None,
    paper: Annotated[list[str] | None, typer.Option("--paper", help="A paper by number or digest; several 材料")] = None,
    by: By = None,
) -> None:
    """Enter what papers or an online answer show, without a visit. 登记复查结果。"""
    from inspector.domain.consequence import Look
    from inspector.flows import rectifying

    day = corrected.date() if corrected is not None else None

    def do(office: Office, tx: Tx, signed: Signed, now: datetime) -> Consequence:
        pieces, papers = tuple(evidence or ()), tuple(paper or ())
        look = Look(signed=signed, good=good, corrected_on=day, evidence=pieces, documents=papers, words=words)
        return rectifying.look(office, tx, consequence, look, now)

    step(terminal, "consequence.recheck", consequence, by, do)

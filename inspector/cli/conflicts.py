"""`roster conflict`: who must not be sent to an object, and who decides it once he or she is on the way there (Penalties Law art. 43)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal, operator
from inspector.domain.challenge import Applicant, ChallengeState
from inspector.domain.errors import InspectorError, Invalid, Missing
from inspector.domain.roster import Recusal
from inspector.labels import of

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.domain.challenge import Challenge
    from inspector.store.tx import Tx

By = Annotated[str | None, typer.Option("--by", help="The person who does this; default: the user of this machine 经办人")]
Visit = Annotated[str, typer.Argument(help="Id of the visit 检查任务编号", metavar="VISIT")]
Inspector = Annotated[str, typer.Argument(help="Staff code 工号", metavar="INSPECTOR")]
Code = Annotated[str, typer.Argument(help="Code of the object 主体代码", metavar="CODE")]
Agency = Annotated[str, typer.Option("--agency", "-a", help="Whose inspector it is 机关")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "add")(add)
    command(app, "decide")(decide)
    command(app, "list")(list_conflicts)
    command(app, "remove")(remove)


def add(
    terminal: Terminal,
    code: Code,
    inspector: Inspector,
    agency: Agency,
    reason: Annotated[
        Recusal, typer.Option("--reason", help="Why, by code; it stays in the house 原因代码，不对外")
    ] = Recusal.RELATION,
    applicant: Annotated[
        Applicant, typer.Option("--applicant", case_sensitive=False, help="Who says so 申请人")
    ] = Applicant.INSPECTOR,
    evidence: Annotated[str, typer.Option("--evidence", help="Where the proof lies 证据")] = "",
    by: By = None,
) -> None:
    """Declare that an inspector must not be sent to an object. 登记回避。

    Whom a draw has sent there already goes on until the head has decided: then this is an application. Evidence is asked for always,
    or a refusal would tell who was drawn; that somebody was told is an entry of the ledger.
    The object stands in a register or in a case. Draws publish that there is a conflict, never why. Codes: `relation` any other
    relation that may affect fairness 其他关系, `interest` direct interest 直接利害关系, `kin` near relative 近亲属, `post` worked there
    任职, `applied` the party applied for it 当事人申请.
    """
    from inspector.flows import recusing

    told = _code(terminal, code)
    terminal.office.agency(agency)
    who = terminal.signer(by)

    def do(tx: Tx, now: datetime) -> list[Challenge]:
        if not tx.rosters.known(told) and not tx.cases.page(agencies=None, only={"subject_code": told}, limit=1):
            raise Missing("object_unknown", object=told)
        return recusing.declare(
            terminal.office,
            tx,
            agency,
            told,
            inspector,
            applicant=applicant,
            by=who,
            reason=reason.value,
            evidence=evidence,
            now=now,
        )

    made = terminal.act(
        "roster.conflict", f"inspector:{inspector}", do, agency=agency, object=told, inspector=inspector, reason=reason.value
    )
    waits = [one.visit for one in made]
    terminal.value({"agency": agency, "object": told, "inspector": inspector, "reason": reason.value, "applications": waits})
    if not made:
        terminal.say("declared", code=told, inspector=inspector)
    for one in made:
        terminal.say("challenge_made", visit=one.visit, inspector=inspector)


def decide(
    terminal: Terminal,
    visit: Visit,
    inspector: Inspector,
    grant: Annotated[bool, typer.Option("--grant/--refuse", help="Whether the inspector is recused 同意或驳回")],
    why: Annotated[str, typer.Option("--why", help="The reason that the applicant is told 理由")],
    by: By = None,
) -> None:
    """Decide, as the head or in the head's stead, that the inspector of a visit be recused or stay. 决定是否回避（机关负责人）。

    Granted: that seat alone is dealt again by the rule; at the second time of one visit the visit goes to a supplementary draw.
    """
    from inspector.flows import recusing

    office, who = terminal.office, terminal.signer(by)
    made = terminal.act(
        "recusal.decide",
        visit,
        lambda tx, now: recusing.decide(office, tx, visit, inspector, granted=grant, by=who, why=why, now=now),
        inspector=inspector,
        granted=grant,
    )
    terminal.value({"visit": visit, "inspector": inspector, "state": made.state, "by": made.decided_by, "stead": made.stead})
    said = "challenge_granted" if made.state is ChallengeState.GRANTED else "challenge_refused"
    terminal.say(said, visit=visit, inspector=inspector)


def list_conflicts(
    terminal: Terminal,
    agency: Agency,
    ended: Annotated[bool, typer.Option("--ended", help="Also those that hold no longer 含已解除的")] = False,
    asked: Annotated[
        bool,
        typer.Option("--asked", help="Applications that wait for the head instead, with their facts 待决定的回避申请及所述事实"),
    ] = False,
) -> None:
    """List declared conflicts that hold. 列出回避登记。

    Before a visit, whoever reads the applications about its team is an entry of the ledger.
    """
    terminal.office.agency(agency)
    if asked:
        _list_asked(terminal, agency)
        return
    held = terminal.look(lambda tx: tx.rosters.recusals(agency, ended=ended))
    rows = [
        {
            "object": one.object,
            "inspector": one.inspector,
            "reason": one.reason.value if terminal.as_json else of(one.reason, terminal.lang),
            "ended_at": one.ended_at,
        }
        for one in held
    ]
    terminal.rows(("object", "inspector", "reason", *(("ended_at",) if ended else ())), rows)


def _list_asked(terminal: Terminal, agency: str) -> None:
    from inspector.flows import embargo

    def do(tx: Tx, now: datetime) -> list[Challenge]:
        held = tx.challenges.open_of([agency])
        for draw in dict.fromkeys(tx.visits.get(one.visit).draw for one in held):
            embargo.note(tx, draw, operator(), "cli:recusals", now)
        return held

    held = terminal.act("recusal.list", f"agency:{agency}", do)
    rows = [
        {
            "visit": one.visit,
            "inspector": one.inspector,
            "applicant": one.applicant.value if terminal.as_json else of(one.applicant, terminal.lang),
            "by": one.applied_by,
            "reason": one.reason.value if terminal.as_json else of(one.reason, terminal.lang),
            "evidence": one.evidence,
        }
        for one in held
    ]
    terminal.rows(("visit", "inspector", "applicant", "by", "reason", "evidence"), rows)


def remove(
    terminal: Terminal,
    code: Code,
    inspector: Inspector,
    agency: Agency,
    note: Annotated[str | None, typer.Option("--note", help="Why it holds no longer; needed 解除理由（必填）")] = None,
) -> None:
    """End a declared conflict: from the next draw on the inspector may be sent there. 解除回避。

    Whichever code of the firm is named, what was declared under another of its codes ends too, and each is told.
    Draws that are committed to keep it: what is frozen stays frozen.
    """
    from inspector.flows import recusing

    told = _code(terminal, code)
    terminal.office.agency(agency)
    why = terminal.reason(note, "--note")
    facts = {"agency": agency, "object": told, "inspector": inspector, "note": why}
    about = f"inspector:{inspector}"
    office = terminal.office

    def do(tx: Tx, now: datetime) -> list[str]:
        return recusing.end(office, tx, agency, told, inspector, by=operator(), now=now)

    ended = terminal.act("roster.conflict_ended", about, do, **facts)
    terminal.value({**facts, "ended": ended})
    for one in ended:
        terminal.say("conflict_ended", code=one, inspector=inspector)


def _code(terminal: Terminal, code: str) -> str:
    from inspector.domain.identity import IdentityKind, identify

    try:
        return identify(IdentityKind.OTHER, code, today=terminal.office.now().date()).normal
    except InspectorError as error:
        raise Invalid("code_unusable", value=code[:40]) from error

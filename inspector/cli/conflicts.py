"""`roster conflict`: who must not be sent to an object, and who decides it once he or she is on the way there (Penalties Law art. 43)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.terminal import Terminal, operator
from inspector.domain.challenge import Applicant, ChallengeState
from inspector.domain.errors import InspectorError, Invalid

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.domain.challenge import Challenge
    from inspector.store.tx import Tx

By = Annotated[str | None, typer.Option("--by", help="The person who does this; default: the user of this machine 经办人")]
Visit = Annotated[str, typer.Argument(help="Id of the visit 检查任务编号", metavar="VISIT")]
Inspector = Annotated[str, typer.Argument(help="Staff code 工号", metavar="INSPECTOR")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "add")(add)
    command(app, "decide")(decide)


def add(
    terminal: Terminal,
    code: Annotated[str, typer.Argument(help="Code of the object 主体代码", metavar="CODE")],
    inspector: Inspector,
    agency: Annotated[str, typer.Option("--agency", "-a", help="Whose register it is 机关")],
    reason: Annotated[str, typer.Option("--reason", help="Reason code; the private reason stays private 原因代码")] = "recusal",
    applicant: Annotated[
        Applicant, typer.Option("--applicant", case_sensitive=False, help="Who says so 申请人")
    ] = Applicant.INSPECTOR,
    evidence: Annotated[
        str, typer.Option("--evidence", help="Where the proof lies; needed once a draw has sent the inspector 证据")
    ] = "",
    by: By = None,
) -> None:
    """Declare that an inspector must not be sent to an object. 登记回避。

    Whom a draw has sent there already goes on until the head has decided: then this is an application, and it names its evidence.
    """
    from inspector.domain.identity import IdentityKind, identify
    from inspector.flows import recusing

    terminal.office.agency(agency)
    try:
        told = identify(IdentityKind.OTHER, code, today=terminal.office.now().date()).normal
    except InspectorError as error:
        raise Invalid("code_unusable", value=code[:40]) from error
    who = by or operator()

    def do(tx: Tx, now: datetime) -> list[Challenge]:
        return recusing.declare(
            tx, agency, told, inspector, applicant=applicant, by=who, reason=reason, evidence=evidence, now=now
        )

    made = terminal.act(
        "roster.conflict", f"inspector:{inspector}", do, agency=agency, object=told, inspector=inspector, reason=reason
    )
    waits = [one.visit for one in made]
    terminal.value({"agency": agency, "object": told, "inspector": inspector, "reason": reason, "applications": waits})
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
    """Decide, as the head, that the inspector of a visit be recused or stay. 决定是否回避（机关负责人）。

    Granted: that seat alone is dealt again by the rule; at the second time of one visit the visit goes to a supplementary draw.
    """
    from inspector.flows import recusing

    office, who = terminal.office, by or operator()
    made = terminal.act(
        "recusal.decide",
        visit,
        lambda tx, now: recusing.decide(office, tx, visit, inspector, granted=grant, by=who, why=why, now=now),
        inspector=inspector,
        granted=grant,
    )
    terminal.value({"visit": visit, "inspector": inspector, "state": made.state, "by": made.decided_by})
    said = "challenge_granted" if made.state is ChallengeState.GRANTED else "challenge_refused"
    terminal.say(said, visit=visit, inspector=inspector)

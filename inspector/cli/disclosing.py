"""`consequence disclose`: whether a penalty is to be public, and which kinds of penalty it is."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.command import Reasons
from inspector.cli.consequences import By, Id
from inspector.cli.terminal import Terminal
from inspector.domain import disclosure
from inspector.domain.disclosure import Disclosed, PenaltyKind
from inspector.labels import of


def disclose(
    terminal: Terminal,
    consequence: Id,
    public: Annotated[
        bool, typer.Option("--public/--not-public", help="Whether it is of such an influence that it is public 是否公开")
    ],
    kinds: Annotated[
        list[PenaltyKind] | None, typer.Option("--kind", help="Which kind of penalty it is; may be given again 处罚种类，可重复")
    ] = None,
    fine: Annotated[str, typer.Option("--fine", help="The amount in yuan 金额（元）")] = "",
    reasons: Reasons = None,
    by: By = None,
) -> None:
    """Say whether a penalty in force is to be public; the reasons stay in the house. 认定行政处罚是否公开。

    Published are its kinds and its amount, item and act by the pack's names, the firm, the day, and no word that anybody has typed;
    a natural person is never named. The last word holds until it is public.
    """
    from inspector.flows import disclosing

    office, who, why = terminal.office, terminal.signer(by), terminal.reason(reasons, "--reasons")
    now = office.now()
    said = Disclosed(public=public, kinds=tuple(kinds or ()), amount=disclosure.fen(fine), reasons=why, by=who, at=now)
    with terminal.store.begin() as tx:
        held = disclosing.rule(office, tx, consequence, said, now)
    terminal.value({"id": held.id, "state": held.state, "due_at": held.due_at})
    terminal.say("publication_said", id=held.id, state=of(held.state, terminal.lang))

"""`consequence state`, `ask-recheck`: what the subject has said in a proceeding, typed in for it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from inspector.cli.consequences import By, Digests, Id, step
from inspector.cli.terminal import Terminal
from inspector.domain.consequence import StatementKind
from inspector.domain.stamp import Stamp, stamped

SaidOn = Annotated[
    datetime | None,
    typer.Option("--said-on", formats=["%Y-%m-%d"], help="Day on which it was handed in or posted 递交或者付邮日"),
]
Mark = Annotated[str, typer.Option("--stamp", help="What shows that day 收件章或者邮戳")]


def state(
    terminal: Terminal,
    consequence: Id,
    kind: Annotated[StatementKind, typer.Option("--kind", help="What it is 种类")],
    words: Annotated[str, typer.Option("--words", help="What the subject said 内容")],
    digest: Digests = None,
    said_on: SaidOn = None,
    stamp: Mark = "",
    by: By = None,
) -> None:
    """Enter what the subject said: in defence, to be heard, or to waive its time. 登记陈述申辩。"""
    from inspector.flows import spoken

    told, handed = (kind, words, tuple(digest or ())), when(said_on, stamp)
    step(
        terminal,
        "consequence.state",
        consequence,
        by,
        lambda office, tx, signed, now: spoken.stated(
            office, tx, consequence, *told, f"counter:{signed.by}", now, entered=signed, stamp=handed
        ),
    )


def ask_recheck(
    terminal: Terminal,
    consequence: Id,
    words: Annotated[str, typer.Option("--words", help="What was asked 内容")],
    said_on: SaidOn = None,
    stamp: Mark = "",
    by: By = None,
) -> None:
    """Enter that the re-check is asked for before its date. 登记复查申请。"""
    from inspector.flows import rectifying

    step(
        terminal,
        "consequence.ask_recheck",
        consequence,
        by,
        lambda office, tx, signed, now: rectifying.ask(
            office, tx, consequence, words, signed.by, now, stamp=when(said_on, stamp)
        ),
    )


def when(said_on: datetime | None, stamp: str) -> Stamp | None:
    """What shows the day of words that were handed in before today."""
    return stamped(said_on.date() if said_on is not None else None, stamp)

"""`consequence report`, `head`, `hand`, `police`, `contest`, `papers`: the steps of a transfer to judicial organs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Reasons, command
from inspector.cli.consequences import By, Document, Id, OnDay, step
from inspector.cli.moments import MOMENTS, zoned
from inspector.cli.terminal import Terminal

if TYPE_CHECKING:
    from inspector.domain.consequence import Consequence, Signed
    from inspector.flows.office import Office
    from inspector.store.tx import Tx

Receipt = Annotated[str, typer.Option("--receipt", help="The receipt 回执")]
When = Annotated[
    datetime | None,
    typer.Option("--at", help="When it was done, where it is entered later 发生时间（事后登记的）", formats=MOMENTS),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for name, body in (
        *(("report", report), ("head", head), ("hand", hand), ("police", police), ("contest", contest), ("papers", papers)),
    ):
        command(app, name)(body)


def report(
    terminal: Terminal, consequence: Id, words: Annotated[str, typer.Option("--words", help="The report 报告")], by: By = None
) -> None:
    """Report to the head as one of at least two officers. 书面报告负责人。"""
    from inspector.flows import transfers

    step(
        terminal,
        "consequence.report",
        consequence,
        by,
        lambda office, tx, signed, now: transfers.report(office, tx, consequence, words, signed, now),
    )


def head(
    terminal: Terminal,
    consequence: Id,
    approves: Annotated[bool, typer.Option("--approve/--refuse", help="The decision 决定")],
    reasons: Reasons = None,
    at: When = None,
    by: By = None,
) -> None:
    """Decide as the head, with reasons. 负责人决定。"""
    from inspector.flows import transfers

    why = terminal.reason(reasons, "--reasons")
    step(
        terminal,
        "consequence.head",
        consequence,
        by,
        lambda office, tx, signed, now: transfers.head(
            office, tx, consequence, approves=approves, reasons=why, signed=signed, now=now, at=zoned(at, office.calendar.zone)
        ),
    )


def hand(
    terminal: Terminal,
    consequence: Id,
    receipt: Receipt,
    part: Annotated[
        list[str],
        typer.Option(
            "--part", help="letter=, report=, goods=, tests= and other=, each with its paper, or that there is none 五项材料"
        ),
    ],
    at: When = None,
    by: By = None,
) -> None:
    """Enter that the bundle of five parts was handed over. 登记移送。"""
    from inspector.domain.bundle import Part
    from inspector.domain.errors import Invalid
    from inspector.flows import transfers

    bundle = dict[Part, str]()
    for name, _, paper in (one.partition("=") for one in part):
        if name.strip().upper() not in set(Part):
            raise Invalid("transfer_part_unknown", part=name, known=", ".join(one.value.lower() for one in Part))
        bundle[Part(name.strip().upper())] = paper.strip()
    step(
        terminal,
        "consequence.hand",
        consequence,
        by,
        lambda office, tx, signed, now: transfers.hand(
            office, tx, consequence, bundle, receipt, signed, now, zoned(at, office.calendar.zone)
        ),
    )


def police(
    terminal: Terminal,
    consequence: Id,
    document: Document,
    on: OnDay,
    accepted: Annotated[bool, typer.Option("--filed/--declined", help="What they said 是否立案")],
    reasons: Annotated[str, typer.Option("--reasons", help="Why they declined 不予立案的理由")] = "",
    by: By = None,
) -> None:
    """Enter what the police said. 登记公安机关答复。"""
    from inspector.domain.consequence import Police
    from inspector.flows import transfers

    def do(office: Office, tx: Tx, signed: Signed, now: datetime) -> Consequence:
        said = Police(signed=signed, accepted=accepted, document=document, on=on.date(), reasons=reasons)
        return transfers.answered(office, tx, consequence, said, now)

    step(terminal, "consequence.police", consequence, by, do)


def contest(
    terminal: Terminal,
    consequence: Id,
    document: Document,
    to: Annotated[str, typer.Option("--to", help="police or procurator 复议或者检察监督")],
    by: By = None,
) -> None:
    """Enter that reconsideration, or the procurator's supervision (of a silence, too), was asked for. 登记复议或者检察监督申请。"""
    from inspector.flows import transfers

    step(
        terminal,
        "consequence.contest",
        consequence,
        by,
        lambda office, tx, signed, now: transfers.contest(office, tx, consequence, to, document, signed, now),
    )


def papers(terminal: Terminal, consequence: Id, receipt: Receipt, by: By = None) -> None:
    """Enter that goods and papers followed. 登记移交材料。"""
    from inspector.flows import transfers

    step(
        terminal,
        "consequence.papers",
        consequence,
        by,
        lambda office, tx, signed, now: transfers.papers(office, tx, consequence, receipt, signed, now),
    )

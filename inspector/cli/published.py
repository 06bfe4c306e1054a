"""`draw receipt`: what a firm may know of its own part in a draw, and check without us."""

from __future__ import annotations

from typing import Annotated, Any, cast

import typer

from inspector.cli.terminal import Terminal, to_json

Number = Annotated[str, typer.Argument(help="Number of the draw 抽取编号", metavar="DRAW")]


def receipt(
    terminal: Terminal,
    draw: Number,
    code: Annotated[str, typer.Argument(help="Unified social credit code 统一社会信用代码", metavar="CODE")],
) -> None:
    """Print a firm's receipt, to hand to it: it proves itself on the page that checks draws. 打印一家企业的抽查回执。

    Before the visits it shows only that the firm was in the frame; afterwards also its ticket, the limit, the seed and the exact
    probability. It shows nothing of anybody else. The receipt is the JSON text; what it says in words is on standard error.
    """
    from inspector.flows.publish import receipt_of

    office, now = terminal.office, terminal.office.now()
    told = terminal.look(lambda tx: receipt_of(office, tx, draw, code, now))
    for line in cast("dict[str, Any]", told["words"])[terminal.lang]:
        terminal.aside(line)
    typer.echo(to_json(told, indent=2))

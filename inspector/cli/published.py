"""`draw receipt` and `draw report`: what a firm may know of its own part in a draw, and what can be said of the draw itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from inspector.cli.terminal import Terminal, clean, echo, operator, to_json
from inspector.domain.errors import InspectorError, Invalid
from inspector.labels import LANGS

if TYPE_CHECKING:
    from inspector.store.tx import Tx

Number = Annotated[str, typer.Argument(help="Number of the draw 抽取编号", metavar="DRAW")]

Whose = Annotated[
    str,
    typer.Option(
        "--agency", "-a", help="Whose list, where each has rules of its own 哪个机关的名单（各列名单时）", show_default=False
    ),
]


def receipt(
    terminal: Terminal,
    draw: Number,
    code: Annotated[str, typer.Argument(help="Unified social credit code 统一社会信用代码", metavar="CODE")],
    agency: Whose = "",
) -> None:
    """Print a firm's receipt, to hand to it: it proves itself on the page that checks draws. 打印一家企业的抽查回执。

    Before the visits it shows only that a row of the firm is in the frame, by its hash, and the ledger says who asked; afterwards
    also its ticket, the limit, the seed and the exact probability. It shows nothing of anybody else. Where being in the frame says
    who is visited, it is refused alike for everybody, and that is written down too. The receipt is the JSON text; what it says in
    words is on standard error.
    """
    from inspector.flows import reconcile
    from inspector.flows.publish import ask_receipt, premature

    office, now = terminal.office, terminal.office.now()

    def ask(tx: Tx) -> dict[str, object] | InspectorError:
        return ask_receipt(office, tx, draw, code, now, by=operator(), door="receipt", agency=agency)

    if terminal.look(lambda tx: premature(office, tx, draw, now)):
        with terminal.store.begin() as tx:
            told = ask(tx)
    else:
        told = terminal.look(ask)
    if isinstance(told, InspectorError):  # raised here, so that the entry of the asking is kept
        with reconcile.telling(office):
            raise told
    for line in cast("dict[str, Any]", told["words"])[terminal.lang]:
        terminal.aside(line)
    echo(to_json(told, indent=2))


def report(
    terminal: Terminal,
    draw: Number,
    agency: Whose = "",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="A new folder: JSON, Markdown and HTML in both languages 新文件夹：JSON 及中英文报告", file_okay=False
        ),
    ] = None,
) -> None:
    """Report on a draw: what it could and did show. 抽查报告。

    The exact probability of each class and route, the chance to have met a false case, the share of false promises by level from
    random cases alone, random among planned checks, pools too small to be unpredictable, exclusions and what followed. It names
    nobody; estimates come with the results of the visits. As Markdown, or with --json as data.
    """
    from inspector.flows import reconcile
    from inspector.flows.reporting import report as compute
    from inspector.flows.reportwords import markdown, page, tell

    office = terminal.office
    with reconcile.telling(office):
        made = terminal.look(lambda tx: compute(office, tx, draw, agency))
    if out is None:
        terminal.value(made)
        for line in () if terminal.as_json else markdown(tell(made, terminal.lang)).splitlines():
            echo(clean(line))
        return
    if out.exists() and any(out.iterdir()):
        raise Invalid("folder_not_empty", folder=str(out))
    out.mkdir(parents=True, exist_ok=True)
    files = {"report.json": to_json(made, indent=2) + "\n"}
    files |= {f"report.{lang}.md": markdown(tell(made, lang)) for lang in LANGS}
    files |= {f"report.{lang}.html": page(tell(made, lang), lang) for lang in LANGS}
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    terminal.value({"draw": draw, "folder": str(out), "files": list(files)})
    for name in files:
        terminal.say("wrote", file=out / name)

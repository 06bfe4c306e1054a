"""`draw receipt` and `draw report`: what a firm may know of its own part in a draw, and what can be said of the draw itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from inspector.cli.bundles import known
from inspector.cli.folders import NumberOrFolder, folder_of
from inspector.cli.out import write_new
from inspector.cli.terminal import Terminal, clean, echo, operator, to_json
from inspector.domain.errors import InspectorError, Invalid
from inspector.labels import LANGS

if TYPE_CHECKING:
    from inspector.domain.report import Report
    from inspector.store.tx import Tx


Whose = Annotated[
    str,
    typer.Option(
        "--agency",
        "-a",
        help="Whose list, where each has rules of its own; of a folder the list's name 哪个机关的名单（各列名单时）；离线为名单名",
        show_default=False,
    ),
]


def receipt(
    terminal: Terminal,
    draw: NumberOrFolder,
    code: Annotated[str, typer.Argument(help="Unified social credit code 统一社会信用代码", metavar="CODE")],
    agency: Whose = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write it to a new file 写入新文件", metavar="FILE", dir_okay=False),
    ] = None,
) -> None:
    """Print a firm's receipt, to hand to it: it proves itself on the page that checks draws. 打印一家企业的抽查回执。

    Before the visits it shows only that a row of the firm is in the frame, by its hash, and the ledger says who asked; afterwards
    also its ticket, the limit, the seed and the exact probability. It shows nothing of anybody else. Where being in the frame says
    who is visited, it is refused alike for everybody, and that is written down too. The receipt is the JSON text; what it says in
    words is on standard error.

    Of a draw without the daemon name its folder: nobody there knows of visits, so they are over once two persons say so (draw open),
    and nobody writes down who asks before.
    """
    told = _of_folder(terminal, draw, code, agency) or _of_draw(terminal, draw, code, agency)
    for line in cast("dict[str, Any]", told["words"])[terminal.lang]:
        terminal.aside(line)
    text = to_json(told, indent=2)
    if out is None:
        echo(text)
        return
    write_new(out, f"{text}\n".encode())
    terminal.value({"draw": told["draw"], "file": str(out)})
    terminal.say("wrote", file=out)


def _of_folder(terminal: Terminal, draw: str, code: str, listed: str) -> dict[str, object] | None:
    """The receipt of a draw without the daemon; None where the word names no folder."""
    if (where := folder_of(draw)) is None:
        return None
    from inspector.cli.offline import afterwards

    return afterwards.receipt(terminal, where, code, listed)


def _of_draw(terminal: Terminal, draw: str, code: str, agency: str) -> dict[str, object]:
    """The receipt of a draw of the daemon, with the entry that it was asked for."""
    from inspector.flows import reconcile
    from inspector.flows.publish import ask_receipt, premature

    known(terminal, draw)
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
    return told


def report(
    terminal: Terminal,
    draw: NumberOrFolder,
    agency: Whose = "",
    pack: Annotated[
        str | None,
        typer.Option(
            "--pack",
            help="Of a folder: the shipped pack to measure by; default: maoji 离线：依据哪个政策包衡量，默认 maoji",
            show_default=False,
        ),
    ] = None,
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

    Of a draw without the daemon name its folder: it tells what the files alone can, and leaves out what stands in none of them.
    """
    from inspector.flows.reportwords import markdown, page, tell

    made = _reported(terminal, draw, agency, pack)
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


def _reported(terminal: Terminal, draw: str, agency: str, pack: str | None) -> Report:
    """The report of a folder, or of a draw of the daemon, whose pack is its own."""
    if (where := folder_of(draw)) is not None:
        from inspector.cli.offline import afterwards

        return afterwards.report(terminal, where, agency, pack)
    if pack is not None:
        raise Invalid("option_of_folder", option="--pack", name=draw)
    from inspector.flows import reconcile
    from inspector.flows.reporting import report as compute

    known(terminal, draw)
    office = terminal.office
    with reconcile.telling(office):
        return terminal.look(lambda tx: compute(office, tx, draw, agency))

"""`policy`: the packs as a lawyer reads them, what changed, and whether they decide as their examples say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Exit, command
from inspector.cli.terminal import Terminal
from inspector.domain.errors import Missing

if TYPE_CHECKING:
    from inspector.policybook import Policybook

Label = Annotated[str, typer.Argument(help="A pack, as maoji@2026.1 政策包", metavar="PACK")]
Folder = Annotated[
    Path | None,
    typer.Option("--folder", help="Folder of packs instead of the configured one 政策包文件夹", exists=True, file_okay=False),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "list")(list_packs)
    command(app, "render")(render)
    command(app, "diff")(diff)
    command(app, "check")(check)


def list_packs(terminal: Terminal, folder: Folder = None) -> None:
    """List the packs and the days they are in force. 列出政策包。"""
    book = _book(terminal, folder)
    terminal.rows(
        ("label", "title", "from", "to"),
        [
            {"label": one.label, "title": one.title, "from": one.effective_from, "to": one.effective_to, "digest": one.digest}
            for one in book.packs
        ],
    )
    for gap in book.warnings:
        terminal.aside(terminal.words("gap", gap=gap))


def render(terminal: Terminal, pack: Label, folder: Folder = None) -> None:
    """Print a pack as one Markdown page in Chinese. 打印政策包全文。"""
    from inspector import policyrender

    page = policyrender.render(_book(terminal, folder).get(pack))
    terminal.value({"pack": pack, "markdown": page})
    terminal.line(page.rstrip("\n"))


def diff(terminal: Terminal, old: Label, new: Label, folder: Folder = None) -> None:
    """Show what changed from one pack to another: row by row, and which items at which levels come out otherwise. 比较两个政策包。"""
    from inspector import policyrender
    from inspector.cli.combining import Outcomes

    book = _book(terminal, folder)
    changes, outcomes = policyrender.diff(book.get(old), book.get(new)), Outcomes(book.get(old), book.get(new))
    terminal.value({"rows": list(changes), **outcomes.value()})
    for change in changes:
        terminal.line(str(change))
    for line in outcomes.lines(terminal.lang) if changes else ():
        terminal.line(line)
    if not changes:
        terminal.say("pack_same")


def check(terminal: Terminal, folder: Folder = None) -> Exit | None:
    """Prove every pack and run its examples. Exit code 1 when one decides otherwise. 校验政策包与示例。"""
    from inspector.policybook import PacksInvalid, check_examples, read_examples

    where = folder or terminal.settings.policies
    try:
        book = _book(terminal, folder)
        found, silent = {}, []
        for pack in book.packs:
            try:
                found[pack.label] = check_examples(pack, where / pack.id)
            except Missing:
                silent.append(pack.label)
                terminal.say("pack_silent", label=pack.label, version=pack.version)
                continue
            if not found[pack.label]:
                terminal.say("pack_agrees", label=pack.label, count=len(read_examples(where / pack.id, pack.label)))
    except PacksInvalid as error:
        terminal.value({"flaws": [str(flaw) for flaw in error.flaws]})
        terminal.line(str(error))
        return Exit.WRONG
    terminal.value({"differences": found, "gaps": list(book.warnings), "silent": silent})
    for label, differences in found.items():
        for one in differences:
            terminal.line(f"{label}: {one}")
    for gap in book.warnings:
        terminal.say("gap", gap=gap)
    return Exit.WRONG if any(found.values()) else None


def _book(terminal: Terminal, folder: Path | None) -> Policybook:
    from inspector.policybook import Policybook

    return Policybook.load(folder or terminal.settings.policies)

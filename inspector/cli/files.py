"""Files that are handed in: their options, an encoding confirmed where it was guessed, and what is wrong or odd, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from inspector.cli.command import Exit
from inspector.cli.terminal import Terminal
from inspector.domain.errors import Refusal

if TYPE_CHECKING:
    from inspector.flows.layout import Layout
    from inspector.sheets.flaw import RowFlaw
    from inspector.sheets.sheet import Sheet

Encoding = Annotated[
    Literal["utf-8", "gb18030", "big5"] | None,
    typer.Option("--encoding", help="The encoding of a CSV; default: UTF-8, else GB 18030 once confirmed 文件编码"),
]

File = Annotated[Path, typer.Argument(help="CSV or Excel file, gzip too 文件", metavar="FILE")]
Agency = Annotated[str, typer.Option("--agency", "-a", help="Whose register it is 机关")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, write nothing 试运行")]

SHOWN, CHANGES = 50, 20
"""So many flaws, and so many changes of a register, are shown to people; programs get all."""


def confirm(terminal: Terminal, layout: Layout, held: Sheet) -> list[str]:
    """Before anything is written: a person sees how an encoding that was guessed reads. Raises Refusal (`encoding_guessed`).

    A head that is one of the layout's, in Chinese, has told the encoding already. Returns what is needed besides: nothing.
    """
    if (doubt := doubted(terminal, layout, held)) is not None:
        raise doubt
    return []


def doubted(terminal: Terminal, layout: Layout, held: Sheet) -> Refusal | None:
    """As `confirm`, but where nobody sits there to be asked the refusal is given back, to be told with whatever else is to be asked."""
    if not unsure(layout, held):
        return None
    read, other = held.guessed["gb18030"], held.guessed.get("big5", "-")
    doubt = Refusal("encoding_guessed", read=read, other=other)
    if not terminal.manned:
        return doubt
    if not terminal.sure(terminal.words("encoding?", read=read, other=other)):
        raise doubt
    return None


def unsure(layout: Layout, held: Sheet) -> list[str]:
    """What an import of the sheet would need of somebody who is not asked: that the encoding be said, where it is guessed."""
    read = any(layout.named(head) is not None for head in held.heads if not head.isascii())
    return ["--encoding"] if held.guessed and not read else []


def foresee(terminal: Terminal, layout: Layout, held: Sheet) -> list[str]:
    """In a dry run: say, and return, what writing would need."""
    if needs := unsure(layout, held):
        terminal.aside(terminal.words("needs_encoding"))
    return needs


def refuse(
    terminal: Terminal, layout: Layout, flaws: Sequence[RowFlaw], warnings: Sequence[RowFlaw], *, written: int = 0
) -> Exit:
    """Tell everything wrong and odd (the first ones to people, all as JSON), and how many rows are in all the same."""
    told: dict[str, object] = {"flaws": listed(terminal, flaws), "warnings": listed(terminal, warnings)}
    terminal.value(told | ({"opened": written} if written else {}))
    if not terminal.as_json:
        _tell(terminal, layout, "flaw", flaws)
        warn(terminal, layout, warnings)  # behind: a head that nobody asked for follows from the one that is missing
        terminal.aside(terminal.words("flaws_behind" if written else "flaws", count=len(flaws), written=written))
    return Exit.USAGE


def warn(terminal: Terminal, layout: Layout, warnings: Sequence[RowFlaw]) -> None:
    """Tell what is odd, on standard error; whoever asked for JSON finds it in the answer."""
    if warnings and not terminal.as_json:
        _tell(terminal, layout, "odd", warnings)
        terminal.aside(terminal.words("odds", count=len(warnings)))


def listed(terminal: Terminal, found: Sequence[RowFlaw]) -> list[dict[str, object]]:
    """Flaws or warnings for programs, by row, in the language asked for."""
    from inspector.flows.diagnosis import fix, what

    lang = terminal.lang
    return [
        {"row": one.row, "column": one.column, "code": one.code, "what": what(one, lang), "fix": fix(one, lang)}
        for one in sorted(found, key=lambda flaw: flaw.row)
    ]


def _tell(terminal: Terminal, layout: Layout, key: str, found: Sequence[RowFlaw]) -> None:
    from inspector.flows.diagnosis import fix, what

    for one in sorted(found, key=lambda flaw: flaw.row)[:SHOWN]:
        lang = terminal.lang
        column = layout.shown(one.column, lang)
        terminal.aside(terminal.words(key, row=one.row, column=column, what=what(one, lang), fix=fix(one, lang)))
    if len(found) > SHOWN:
        terminal.aside(terminal.words("more", count=len(found) - SHOWN))

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


def confirm(terminal: Terminal, held: Sheet) -> list[str]:
    """Before anything is written: a person sees how an encoding that was guessed reads. Raises Refusal (`encoding_guessed`).

    A head that is one of ours, in Chinese, has told the encoding already. Returns what is needed besides: nothing.
    """
    if not unsure(held):
        return []
    read, other = held.guessed["gb18030"], held.guessed.get("big5", "-")
    if not terminal.sure(terminal.words("encoding?", read=read, other=other)):
        raise Refusal("encoding_guessed", read=read, other=other)
    return []


def unsure(held: Sheet) -> list[str]:
    """What an import of the sheet would need of somebody who is not asked: that the encoding be said, where it is guessed."""
    return ["--encoding"] if held.guessed and not {*held.heads} & {*_chinese().values()} else []


def foresee(terminal: Terminal, held: Sheet) -> list[str]:
    """In a dry run: say, and return, what writing would need."""
    if needs := unsure(held):
        terminal.aside(terminal.words("needs_encoding"))
    return needs


def refuse(terminal: Terminal, flaws: Sequence[RowFlaw], warnings: Sequence[RowFlaw], *, written: int = 0) -> Exit:
    """Tell everything wrong and odd (the first ones to people, all as JSON), and how many rows are in all the same."""
    told: dict[str, object] = {"flaws": listed(terminal, flaws), "warnings": listed(terminal, warnings)}
    terminal.value(told | ({"opened": written} if written else {}))
    if not terminal.as_json:
        warn(terminal, warnings)
        _tell(terminal, "flaw", flaws)
        terminal.aside(terminal.words("flaws_behind" if written else "flaws", count=len(flaws), written=written))
    return Exit.USAGE


def warn(terminal: Terminal, warnings: Sequence[RowFlaw]) -> None:
    """Tell what is odd, on standard error; whoever asked for JSON finds it in the answer."""
    if warnings and not terminal.as_json:
        _tell(terminal, "odd", warnings)
        terminal.aside(terminal.words("odds", count=len(warnings)))


def listed(terminal: Terminal, found: Sequence[RowFlaw]) -> list[dict[str, object]]:
    """Flaws or warnings for programs, by row, in the language asked for."""
    from inspector.flows.diagnosis import fix, what

    lang = terminal.lang
    return [
        {"row": one.row, "column": one.column, "code": one.code, "what": what(one, lang), "fix": fix(one, lang)}
        for one in sorted(found, key=lambda flaw: flaw.row)
    ]


def _tell(terminal: Terminal, key: str, found: Sequence[RowFlaw]) -> None:
    from inspector.flows.diagnosis import fix, what

    names = _chinese() if terminal.lang == "zh-Hans" else {}
    for one in sorted(found, key=lambda flaw: flaw.row)[:SHOWN]:
        chinese = names.get(one.column) or (one.column.replace("claim:", "承诺:") if names else "")
        column = f"{chinese} {one.column}" if chinese and chinese != one.column else one.column or "-"
        lang = terminal.lang
        terminal.aside(terminal.words(key, row=one.row, column=column, what=what(one, lang), fix=fix(one, lang)))
    if len(found) > SHOWN:
        terminal.aside(terminal.words("more", count=len(found) - SHOWN))


def _chinese() -> dict[str, str]:
    """The Chinese heads of columns."""
    from inspector.flows import findingrows, importing, inspections, registers

    layouts = (
        importing.CASES,
        registers.OBJECTS,
        registers.INSPECTORS,
        registers.LEVELS,
        inspections.INSPECTIONS,
        findingrows.FINDINGS,
    )
    return {column.name: column.chinese for layout in layouts for column in layout.columns}

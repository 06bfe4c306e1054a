"""Files that commands read: their options, and what is wrong or odd about one, told row by row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Exit
from inspector.cli.terminal import Terminal

if TYPE_CHECKING:
    from inspector.flows.diagnosis import RowFlaw

File = Annotated[Path, typer.Argument(help="CSV or Excel file, gzip too 文件", metavar="FILE")]
Agency = Annotated[str, typer.Option("--agency", "-a", help="Whose register it is 机关")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, write nothing 试运行")]

SHOWN, CHANGES = 50, 20
"""So many flaws, and so many changes of a register, are shown to people; programs get all."""


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
    lang = terminal.lang
    return [
        {"row": one.row, "column": one.column, "code": one.code, "what": one.what(lang), "fix": one.fix(lang)}
        for one in sorted(found, key=lambda flaw: flaw.row)
    ]


def _tell(terminal: Terminal, key: str, found: Sequence[RowFlaw]) -> None:
    names = _chinese() if terminal.lang == "zh-Hans" else {}
    for one in sorted(found, key=lambda flaw: flaw.row)[:SHOWN]:
        chinese = names.get(one.column) or (one.column.replace("claim:", "承诺:") if names else "")
        column = f"{chinese} {one.column}" if chinese and chinese != one.column else one.column or "-"
        lang = terminal.lang
        terminal.aside(terminal.words(key, row=one.row, column=column, what=one.what(lang), fix=one.fix(lang)))
    if len(found) > SHOWN:
        terminal.aside(terminal.words("more", count=len(found) - SHOWN))


def _chinese() -> dict[str, str]:
    """The Chinese heads of columns."""
    from inspector.flows import importing, inspections, registers

    layouts = (importing.CASES, registers.OBJECTS, registers.INSPECTORS, registers.LEVELS, inspections.INSPECTIONS)
    return {column.name: column.chinese for layout in layouts for column in layout.columns}

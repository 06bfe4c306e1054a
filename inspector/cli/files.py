"""What is wrong with a file, told row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from inspector.cli.command import Exit
from inspector.cli.terminal import Terminal

if TYPE_CHECKING:
    from inspector.flows.diagnosis import RowFlaw

SHOWN = 50


def refuse(terminal: Terminal, flaws: Sequence[RowFlaw]) -> Exit:
    """Tell every flaw (the first ones to people, all as JSON); nothing was written."""
    ordered = sorted(flaws, key=lambda flaw: flaw.row)
    lang = terminal.lang
    terminal.value(
        {
            "flaws": [
                {"row": one.row, "column": one.column, "code": one.code, "what": one.what(lang), "fix": one.fix(lang)}
                for one in ordered
            ]
        }
    )
    if terminal.as_json:
        return Exit.USAGE
    for one in ordered[:SHOWN]:
        terminal.aside(terminal.words("flaw", row=one.row, column=one.column or "-", what=one.what(lang), fix=one.fix(lang)))
    if len(ordered) > SHOWN:
        terminal.aside(terminal.words("more", count=len(ordered) - SHOWN))
    terminal.aside(terminal.words("flaws", count=len(ordered)))
    return Exit.USAGE

"""Text in columns of a terminal: wrapped, never cropped; a wide Chinese character takes two columns. Nothing is wrapped in a pipe."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence

_WIDE = "\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe6f\uff00-\uffef"
_TOKENS = re.compile(rf"\s+|[{_WIDE}][，。；：、）》”！？］]*|[^\s{_WIDE}]+")
_HANG = re.compile(r"(\s*)(\S+(?: \S+)*\s{2,})?")
_GAP = "  "
LEAST = 20
"""A terminal that says it is narrower than this has not told the truth."""


def width(text: str) -> int:
    """How many columns a line takes."""
    return sum(_columns(one) for one in text)


def of_terminal() -> int | None:
    """The columns of the terminal that standard output is, or None in a pipe or file."""
    if not sys.stdout.isatty():
        return None
    told = os.environ.get("COLUMNS", "")
    try:
        return max(int(told) if told.isdecimal() else os.get_terminal_size(sys.stdout.fileno()).columns, LEAST)
    except (OSError, ValueError):
        return 80


def fitted(text: str, columns: int | None) -> str:
    """Lines wrapped to so many columns; what goes on is set under where its text began. None leaves them as they are."""
    if columns is None:
        return text
    return "\n".join(piece for line in text.split("\n") for piece in _wrapped(line, columns))


def laid_out(heads: Sequence[str], rows: Sequence[Sequence[str]], columns: int | None) -> Iterator[str]:
    """A table as lines. In a pipe a row is one line; where a row is too wide, its cells go on below, each of them whole."""
    table = [list(heads), *map(list, rows)]
    widths = [max(width(row[place]) for row in table) for place in range(len(heads))]
    for number, row in enumerate(table):
        cells = [cell + " " * (held - width(cell)) for cell, held in zip(row, widths, strict=True)]
        yield from _flow(cells, columns)
        if number == 0:
            yield "-" * min(sum(widths) + len(_GAP) * (len(widths) - 1), columns or 10_000)


def _flow(cells: Sequence[str], columns: int | None) -> Iterator[str]:
    line = ""
    for cell in cells:
        longer = f"{line}{_GAP}{cell}" if line.strip() else line + cell
        if columns is None or width(longer.rstrip()) <= columns or not line.strip():
            line = longer
        else:
            yield line.rstrip()
            line = _GAP * 2 + cell
    yield line.rstrip()


def _wrapped(line: str, columns: int) -> Iterator[str]:
    if width(line) <= columns:
        yield line
        return
    begun = _HANG.match(line)
    hang = width(begun[0]) if begun and begun[2] else len(line) - len(line.lstrip()) + 2
    indent = " " * min(hang, columns // 2)
    held = line[: len(line) - len(line.lstrip())]
    for token in _TOKENS.findall(line.lstrip()):
        for piece in _pieces(token, columns - len(indent)):
            if width(held + piece.rstrip()) > columns and held.strip():
                yield held.rstrip()
                held = indent + piece.lstrip()
            else:
                held += piece
    yield held.rstrip()


def _pieces(token: str, columns: int) -> Iterator[str]:
    """A token in parts that fit: an address or a digest longer than the line is cut at its edge, and nothing of it is lost."""
    while width(token) > columns:
        cut = columns
        while width(token[:cut]) > columns:
            cut -= 1
        yield token[:cut]
        token = token[cut:]
    yield token


def _columns(one: str) -> int:
    if unicodedata.combining(one):
        return 0
    return 2 if unicodedata.east_asian_width(one) in "WF" else 1

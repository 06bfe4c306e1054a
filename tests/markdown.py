"""The little that pages made by `tests.generate_docs` need of Markdown."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars inside cells are escaped, line ends become spaces."""
    told = [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in [heads, *rows]]
    return "\n".join([f"| {told[0]} |", "|" + "---|" * len(heads), *(f"| {line} |" for line in told[1:])]) + "\n"


def first_line(text: str | None) -> str:
    """The first paragraph of a docstring in one line."""
    return " ".join(inspect.cleandoc(text or "").partition("\n\n")[0].split())

"""Cells that hold line breaks: a pair of quotation marks makes one cell of all rows that stand between, and nobody misses them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from heapq import heappush, heappushpop

from inspector.sheets.flaw import HEAD, RowFlaw

SHOWN = 50
"""So many cells are told one by one, those with the most line breaks: whoever hides rows could put harmless ones before them."""
_BREAK = re.compile(r"\r\n?|\n")


class Folded:
    """The cells of a file that hold line breaks, looked at row by row."""

    def __init__(self) -> None:
        self._most: list[tuple[int, int, int]] = []
        self._cells = self._breaks = 0

    def look(self, number: int, cells: Sequence[object]) -> None:
        """A row by its number, as spreadsheets count."""
        text = "".join(map(str, cells))
        if "\n" in text or "\r" in text:
            for place, cell in enumerate(cells):
                if count := len(_BREAK.findall(str(cell))):
                    self._cells, self._breaks = self._cells + 1, self._breaks + count
                    (heappush if len(self._most) < SHOWN else heappushpop)(self._most, (count, -number, -place))

    def remarks(self, heads: Sequence[object]) -> list[RowFlaw]:
        """Each such cell by row, column and number of line breaks; of more than are shown, how many there are in all."""
        told = sorted((-row, -place, count) for count, row, place in self._most)
        names = [" ".join(str(head).split())[:40] for head in heads]
        odd = [
            RowFlaw(row=row, column=names[place] if place < len(names) else "", code="cell_lines", facts={"count": count})
            for row, place, count in told
        ]
        if self._cells > len(odd):
            facts = {"count": self._cells, "lines": self._breaks, "shown": len(odd)}
            odd.insert(0, RowFlaw(row=HEAD, column="", code="cells_lines", facts=facts))
        return odd

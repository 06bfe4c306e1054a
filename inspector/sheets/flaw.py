"""One thing wrong or odd in a file of rows; the words for it are `inspector.flows.diagnosis`'s."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

HEAD = 1
"""The row of the heads, as spreadsheets count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFlaw:
    """One thing wrong. `row` counts as spreadsheets do, the heads being row 1."""

    row: int
    column: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)

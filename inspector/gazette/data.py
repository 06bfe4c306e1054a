"""The register for programs: JSON lines and spreadsheets in parts, so that a later register changes its last part alone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence

from inspector.domain.gazette import Line
from inspector.domain.signs import plain_cell


def names(number: int) -> tuple[str, str]:
    """The files of a part, counted from 1."""
    return f"data/results-{number:05d}.csv", f"data/results-{number:05d}.jsonl"


def files(number: int, lines: Sequence[Line]) -> Iterator[tuple[str, bytes]]:
    """The files of a part."""
    sheet, text = names(number)
    yield sheet, _csv(lines)
    yield text, "".join(json.dumps(one.value(), ensure_ascii=False) + "\n" for one in lines).encode()


def _csv(lines: Sequence[Line]) -> bytes:
    """For spreadsheets, with the mark that they know UTF-8 by. A cell that one would take for a formula begins with an apostrophe."""
    names = (
        "id",
        "draw",
        "agency",
        "check",
        "name",
        "code",
        "formed_on",
        "posted_on",
        "found",
        "outcomes",
        "modes",
        "removed_on",
        "reason",
    )
    out = io.StringIO()
    told = csv.DictWriter(out, names, restval="", lineterminator="\r\n")
    told.writeheader()
    told.writerows({name: plain_cell(_cell(value)) for name, value in one.value().items()} for one in lines)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)

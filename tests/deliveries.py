"""An exchange by folder as the tests play it: what another side delivers, rightly and wrongly, and a source that reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from connectors.sources import files as source
from inspector.ports import Unavailable
from inspector.testing import CODE, QUESTION
from tests.frontends import SHANGHAI

OTHER = "91000000MA0000001R"
PERSON = "110101199003071000"
"""Eighteen digits whose end a spreadsheet has filled with zeros: no check digit fits."""
ROWS = [["dm", "zt"], [CODE, "存续"], [OTHER, "注销"], ["X-3", ""]]
DAY = datetime(2026, 1, 6, tzinfo=SHANGHAI)


def csv(rows: list[list[Any]] = ROWS, encoding: str = "utf-8", end: str = "\n") -> bytes:
    return ("\n".join(",".join(map(str, row)) for row in rows) + end).encode(encoding)


def excel(rows: list[list[Any]] = ROWS) -> bytes:
    """A workbook in which numbers are numbers and texts texts, as Excel writes them."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_numbers": False}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return content.getvalue()


@dataclass(frozen=True, slots=True)
class Exchange:
    """The folder of an exchange, and a source that reads from it."""

    at: Path

    @property
    def folder(self) -> Path:
        return self.at / "in"

    def keys(self, **more: object) -> Mapping[str, Any]:
        told: dict[str, Any] = {
            "folder": str(self.folder),
            "files": "qy-{as_of}.*",
            "keep": str(self.at / "keep"),
            "code_column": "dm",
            "facts": {QUESTION.fact: "zt"},
            "look_seconds": 0,
            "budget_seconds": 25,
        }
        return told | more

    def deliver(self, content: bytes, day: str = "20260106", end: str = "csv", rows: int | None = 3, **told: object) -> Path:
        """A whole file and its manifest, as the other side should do it."""
        self.folder.mkdir(exist_ok=True)
        file = self.folder / f"qy-{day}.{end}"
        file.write_bytes(content)
        if rows is not None:
            (self.folder / f"{file.name}.json").write_text(json.dumps({"rows": rows, **told}))
        return file

    def source(self, **more: object) -> source.FilesSource:
        return source.connect("front", self.keys(**more))

    def used(self, **more: object) -> str | None:
        """The name of the delivery that answers once what lies there has been picked up; None when there is none."""
        with closing(self.source(**more)) as made:
            made.pick_up()
            try:
                return made.ask(QUESTION, key="k-1").provenance.source_version
            except Unavailable as error:
                if error.code != "delivery_none":
                    raise
                return None

    def why(self, **more: object) -> list[str]:
        """What is wrong with what lies there, as a person is told it."""
        with closing(self.source(**more)) as made:
            with suppress(Unavailable):
                made.look()
            return sorted(error.code for error in made._refused.values())

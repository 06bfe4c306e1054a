"""The rows of a pack about what inspectors write down on a check: the codes of the check sheet, and how often they seek somebody."""

from __future__ import annotations

from inspector.domain.checkcode import CodeList, CodeRow
from inspector.domain.seeking import SeekingRow
from inspector.policybook.part import CODE, Part


def sheet(part: Part) -> CodeRow:
    """`[[sheet]]`. `alone`: it stands beside no other code of its list."""
    part.keys(("id", "list", "code", "name", "name_en", "basis"), ("alone",))
    return CodeRow(
        row=part.text("id"),
        list=part.choice("list", CodeList),
        code=part.code("code", CODE, "~"),
        name=part.text("name"),
        name_en=part.text("name_en"),
        basis=part.basis("basis"),
        alone="alone" in part.content and part.flag("alone"),
    )


def seeking(part: Part) -> SeekingRow:
    """`[seeking]`."""
    part.keys(("id", "least", "ways", "days", "basis"))
    return SeekingRow(
        row=part.text("id"),
        least=part.whole("least", 1),
        ways=part.whole("ways", 1),
        days=part.whole("days", 1),
        basis=part.basis("basis"),
    )

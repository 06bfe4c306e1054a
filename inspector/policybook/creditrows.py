"""The rows of a pack about credit records after they are made: publicity by grade, repair, objection."""

from __future__ import annotations

from inspector.domain.act import GRAVITY
from inspector.domain.calendar import Unit
from inspector.domain.creditlaw import ObjectionRow, PublicityRow, RepairPaper, RepairRow
from inspector.policybook.part import Part

_CALENDAR = (Unit.DAY, Unit.MONTH, Unit.YEAR)


def publicity(part: Part) -> PublicityRow:
    """`[[publicity]]`. Without `least` an entry may be repaired as soon as duties are done; `published = false`: not shown in principle."""
    part.keys(("id", "grade", "most", "basis"), ("least", "published"))
    most, least = part.term("most"), part.maybe_term("least")
    for field, term in (("most", most), ("least", least)):
        if term is not None and part.clean and term.unit not in _CALENDAR:
            part.flaw("term_not_calendar", field, value=term)
    return PublicityRow(
        row=part.text("id"),
        grade=part.word("grade", GRAVITY),
        most=most,
        least=least,
        published=part.flag("published") if "published" in part.content else True,
        basis=part.basis("basis"),
    )


def repair(part: Part) -> RepairRow:
    """`[repair]`."""
    part.keys(("id", "decide", "papers", "basis"), ("second",))
    part.some("papers")
    return RepairRow(
        row=part.text("id"),
        decide=part.term("decide"),
        papers=part.choices("papers", RepairPaper),
        basis=part.basis("basis"),
        second="second" in part.content and part.flag("second"),
    )


def objection(part: Part) -> ObjectionRow:
    """`[objection]`."""
    part.keys(("id", "own", "others", "basis"))
    return ObjectionRow(row=part.text("id"), own=part.term("own"), others=part.term("others"), basis=part.basis("basis"))

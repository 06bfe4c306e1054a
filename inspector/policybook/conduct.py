"""The rows of a pack about what is put on record of people: dishonest acts, what their gravity is judged by, how long records are kept;

and how what is said to a subject reaches him or her.
"""

from __future__ import annotations

from inspector.domain.act import GRAVITY, ActRow
from inspector.domain.calendar import Unit
from inspector.domain.case import Outcome
from inspector.domain.grading import GradingInput, GradingRow
from inspector.domain.retention import Record, RetentionRow, Since
from inspector.domain.wayto import ServiceRow, ServiceWay
from inspector.policybook.part import Part

PERMANENT = "permanent"
"""How a file says that something is kept for good."""

_CALENDAR = (Unit.DAY, Unit.MONTH, Unit.YEAR)


def act(part: Part) -> ActRow:
    """`[[act]]`."""
    part.keys(("id", "name", "outcomes", "grade", "basis"), ("bars",))
    part.some("outcomes")
    return ActRow(
        row=part.text("id"),
        name=part.text("name"),
        outcomes=frozenset(part.choices("outcomes", Outcome)),
        grade=part.word("grade", GRAVITY),
        basis=part.basis("basis"),
        bars="bars" in part.content and part.flag("bars"),
    )


def retention(part: Part) -> RetentionRow:
    """`[[retention]]`. `keep` is a stretch of the calendar, or `permanent`."""
    part.keys(("id", "record", "since", "keep", "basis"))
    keep = None if part.content.get("keep") == PERMANENT else part.term("keep")
    if keep is not None and part.clean and keep.unit not in _CALENDAR:
        part.flaw("term_not_calendar", "keep", value=keep)
    return RetentionRow(
        row=part.text("id"),
        record=part.choice("record", Record),
        since=part.choice("since", Since),
        keep=keep,
        basis=part.basis("basis"),
    )


def grading(part: Part) -> GradingRow:
    """`[[grading]]`. `within`: a stretch of the calendar before the decision."""
    part.keys(("id", "outcomes", "needs", "within", "basis"))
    part.some("outcomes")
    within = part.term("within")
    if part.clean and within.unit not in _CALENDAR:
        part.flaw("term_not_calendar", "within", value=within)
    return GradingRow(
        row=part.text("id"),
        outcomes=frozenset(part.choices("outcomes", Outcome)),
        needs=part.choices("needs", GradingInput),
        within=within,
        basis=part.basis("basis"),
    )


def service(part: Part) -> ServiceRow:
    """`[[service]]`, in the order in which the ways are taken."""
    part.keys(("id", "way", "term", "basis"))
    way = part.choice("way", ServiceWay)
    return ServiceRow(row=part.text("id"), way=way, term=part.term("term"), basis=part.basis("basis"))

"""The rows of a pack that say who may be drawn, how many, and how often."""

from __future__ import annotations

from fractions import Fraction

from inspector.domain.calendar import Term, Unit
from inspector.domain.exclusion import Exclusion
from inspector.domain.inspection import Authority, CheckType
from inspector.domain.sampling import (
    CeilingRow,
    CheckRow,
    FloorRow,
    FrequencyRow,
    MinimumRow,
    SamplingRow,
    SizeRow,
    StaffRow,
    SuppressionRow,
    Window,
)
from inspector.policybook.part import Part

SUPPRESSING = (Exclusion.UPPER.value, Exclusion.LICENCE.value)
"""The exclusions a `[[suppression]]` row may lead to."""


def sampling(part: Part) -> SamplingRow:
    """`[[sampling]]`."""
    part.keys(("id", "stratum", "minimum", "basis"), ("level", "ratio", "each", "per", "rolling", "key", "most"))
    by_officers = "each" in part.content
    if by_officers is ("ratio" in part.content):
        part.flaw("size_unstated", "ratio")
    row = SamplingRow(
        row=part.text("id"),
        stratum=part.code("stratum", 100),
        level=part.maybe("level"),
        ratio=Fraction(0) if by_officers else part.ratio("ratio"),
        each=part.rate("each") if by_officers else None,
        minimum=part.whole("minimum", 0),
        per=part.choice("per", Window) if "per" in part.content else Window.DRAW,
        rolling="rolling" in part.content and part.flag("rolling"),
        key="key" in part.content and part.flag("key"),
        most=part.ratio("most") if "most" in part.content else None,
        basis=part.basis("basis"),
    )
    if row.rolling and row.per is Window.DRAW:
        part.flaw("rolling_without_window", "per")
    if row.most is not None and row.ratio > row.most and part.clean:
        part.flaw("most_below_ratio", "most", value=part.content["most"], other=part.content["ratio"])
    return row


def minimum(part: Part) -> MinimumRow:
    """`[[minimum]]`: at least so many of each of these items, at these levels together, in a window."""
    part.keys(("id", "items", "least", "per", "basis"), ("levels",))
    for field in ("items", "levels"):
        part.some(field)
    return MinimumRow(
        row=part.text("id"),
        items=part.texts("items"),
        levels=frozenset(part.texts("levels")) if "levels" in part.content else frozenset(),
        least=part.whole("least", 1),
        per=part.choice("per", Window),
        basis=part.basis("basis"),
    )


def floor(part: Part) -> FloorRow:
    """`[floor]`."""
    part.keys(("id", "ratio", "order", "basis"))
    return FloorRow(row=part.text("id"), ratio=part.ratio("ratio"), order=part.texts("order"), basis=part.basis("basis"))


def ceiling(part: Part) -> CeilingRow:
    """`[ceiling]`."""
    part.keys(("id", "ratio", "basis"))
    return CeilingRow(row=part.text("id"), ratio=part.ratio("ratio"), basis=part.basis("basis"))


def staff(part: Part) -> StaffRow:
    """`[staff]`."""
    part.keys(("id", "each", "per", "basis"))
    return StaffRow(row=part.text("id"), each=part.rate("each"), per=part.choice("per", Window), basis=part.basis("basis"))


def size(part: Part) -> SizeRow:
    """`[[size]]`."""
    part.keys(("id", "over", "basis"), ("up_to", "least", "ratio"))
    row = SizeRow(
        row=part.text("id"),
        over=part.whole("over", 0),
        up_to=part.whole("up_to", 1) if "up_to" in part.content else None,
        least=part.whole("least", 1) if "least" in part.content else 0,
        ratio=part.ratio("ratio") if "ratio" in part.content else Fraction(0),
        basis=part.basis("basis"),
    )
    if row.up_to is not None and row.up_to <= row.over and part.clean:
        part.flaw("size_reversed", "up_to", value=row.up_to, over=row.over)
    if not {"least", "ratio"} & part.content.keys():
        part.flaw("fields_missing", "least", value="least / ratio")
    return row


def frequency(part: Part) -> FrequencyRow:
    """`[[frequency]]`."""
    part.keys(("id", "level", "basis"), ("cap", "warn", "stop", "together", "cool_down", "coverage", "times", "spread_basis"))
    if "together" in part.content:
        part.some("together")
    row = FrequencyRow(
        row=part.text("id"),
        level=part.text("level"),
        cap=part.maybe_whole("cap", 1),
        warn=part.maybe_whole("warn", 1),
        stop=part.maybe_whole("stop", 1),
        together=frozenset(part.choices("together", Authority) if "together" in part.content else Authority),
        cool_down=_length(part, "cool_down"),
        coverage=_length(part, "coverage"),
        times=part.whole("times", 1) if "times" in part.content else 1,
        spread_basis=part.maybe_basis("spread_basis") or "",
        basis=part.basis("basis"),
    )
    if row.stop is not None and max(row.cap or 0, row.warn or 0) > row.stop:
        part.flaw("caps_reversed", "stop", cap=row.cap or "-", warn=row.warn or "-", stop=row.stop)
    if row.spread_basis and row.times == 1 and part.clean:
        part.flaw("spread_of_one", "spread_basis")
    if row.times > 1 and part.clean:
        _spread(part, row)
    return row


def _spread(part: Part, row: FrequencyRow) -> None:
    """So many visits in a time are spread evenly over it, or nobody could say when the next one falls due."""
    if row.coverage is None:
        part.flaw("fields_missing", "coverage", value="coverage")
    elif row.coverage.amount % row.times:
        part.flaw("coverage_uneven", "times", value=row.times, other=row.coverage)


def check(part: Part) -> CheckRow:
    """`[[check]]`."""
    part.keys(("id", "type", "counts", "basis"), ("nobody",))
    return CheckRow(
        row=part.text("id"),
        check=part.choice("type", CheckType),
        counts=part.flag("counts"),
        basis=part.basis("basis"),
        nobody=part.flag("nobody") if "nobody" in part.content else True,
    )


def suppression(part: Part) -> SuppressionRow:
    """`[[suppression]]`."""
    part.keys(("id", "code", "checks", "authority", "same_items", "routine", "basis"), ("within",))
    part.some("checks")
    return SuppressionRow(
        row=part.text("id"),
        code=part.word("code", SUPPRESSING),
        checks=frozenset(part.choices("checks", CheckType)),
        authority=part.choice("authority", Authority),
        within=_length(part, "within"),
        same_items=part.flag("same_items"),
        routine=part.flag("routine"),
        basis=part.basis("basis"),
    )


def _length(part: Part, field: str) -> Term | None:
    """A stretch of the calendar, or None where the key is left out."""
    term = part.maybe_term(field)
    if term is not None and term.unit not in (Unit.DAY, Unit.MONTH, Unit.YEAR):
        part.flaw("term_not_calendar", field, value=term)
    return term

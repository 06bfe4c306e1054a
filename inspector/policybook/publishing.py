"""The rows of a pack that say what of a draw is published, and what its report measures by."""

from __future__ import annotations

from fractions import Fraction

from inspector.domain.publish import PublishRow, ReportRow
from inspector.policybook.part import Part


def publish(part: Part) -> PublishRow:
    """`[publish]`."""
    part.keys(("id", "firms", "after", "basis"))
    return PublishRow(row=part.text("id"), firms=part.flag("firms"), after=part.term("after"), basis=part.basis("basis"))


def report(part: Part) -> ReportRow:
    """`[report]`."""
    part.keys(("id", "rates", "confidence", "least", "random_share", "crowd", "certain", "basis"))
    part.some("rates")
    return ReportRow(
        row=part.text("id"),
        rates=part.ratios("rates"),
        confidence=_below_one(part, "confidence"),
        least=part.whole("least", 1),
        random_share=part.ratio("random_share"),
        crowd=part.whole("crowd", 1),
        certain=part.ratio("certain"),
        basis=part.basis("basis"),
    )


def _below_one(part: Part, field: str) -> Fraction:
    """A share that is not the whole: nothing drawn by chance is certain."""
    share = part.ratio(field)
    if share == 1 and part.clean and field in part.content:
        part.flaw("ratio_out_of_range", field, value=str(part.content[field]))
    return share

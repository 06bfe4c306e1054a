"""The rows of a pack that name articles and clauses: what decisions rest on, what follows a proposal, what a document asks for."""

from __future__ import annotations

from inspector.domain.calendar import Unit
from inspector.domain.duty import ClauseRow, Follow, FollowRow, Rule, RuleRow
from inspector.policybook.part import Part


def rule(part: Part) -> RuleRow:
    """`[[rule]]`."""
    part.keys(("id", "rule", "basis"))
    return RuleRow(row=part.text("id"), rule=part.choice("rule", Rule), basis=part.basis("basis"))


def follow(part: Part) -> FollowRow:
    """`[[follow]]`."""
    part.keys(("id", "step", "term", "basis"))
    row = FollowRow(row=part.text("id"), step=part.choice("step", Follow), term=part.term("term"), basis=part.basis("basis"))
    if row.step is Follow.CATALOGUE_REMIND and part.clean and row.term.unit is not Unit.WORKING_DAY:
        part.flaw("remind_not_working_days", "term", value=row.term)
    return row


def clause(part: Part) -> ClauseRow:
    """`[[clause]]`."""
    part.keys(("id", "cites", "says"), ("rows", "otherwise"))
    if "rows" in part.content:
        part.some("rows")
    return ClauseRow(
        code=part.text("id"),
        cites=part.basis("cites"),
        says=part.text("says"),
        rows=part.texts("rows") if "rows" in part.content else (),
        otherwise=part.maybe("otherwise") or "",
    )

"""The rows of a pack that name articles and clauses: what decisions rest on, what follows a proposal, what a document asks for."""

from __future__ import annotations

from inspector.domain.duty import ClauseRow, Follow, FollowRow, Rule, RuleRow
from inspector.policybook.part import Part


def rule(part: Part) -> RuleRow:
    """`[[rule]]`."""
    part.keys(("id", "rule", "basis"))
    return RuleRow(row=part.text("id"), rule=part.choice("rule", Rule), basis=part.basis("basis"))


def follow(part: Part) -> FollowRow:
    """`[[follow]]`."""
    part.keys(("id", "step", "term", "basis"))
    return FollowRow(row=part.text("id"), step=part.choice("step", Follow), term=part.term("term"), basis=part.basis("basis"))


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

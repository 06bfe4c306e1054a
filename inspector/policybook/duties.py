"""The rows of a pack that name articles and clauses: what decisions rest on, what follows a proposal, what a document asks for."""

from __future__ import annotations

from inspector.domain.calendar import Term, Unit
from inspector.domain.case import Method
from inspector.domain.duty import ClauseRow, Follow, FollowRow, Rule, RuleRow
from inspector.domain.notice import Notice
from inspector.domain.publicity import NOT_PUBLIC, Publicity
from inspector.policybook.part import Part


def rule(part: Part) -> RuleRow:
    """`[[rule]]`."""
    part.keys(("id", "rule", "basis"))
    return RuleRow(row=part.text("id"), rule=part.choice("rule", Rule), basis=part.basis("basis"))


def follow(part: Part) -> FollowRow:
    """`[[follow]]`."""
    part.keys(("id", "step", "term", "basis"))
    row = FollowRow(row=part.text("id"), step=part.choice("step", Follow), term=part.term("term"), basis=part.basis("basis"))
    if row.step in (Follow.CATALOGUE_REMIND, Follow.GUIDANCE) and part.clean and row.term.unit is not Unit.WORKING_DAY:
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


def publicity(part: Part) -> Publicity:
    """`publicity` of an item: what is public has a term, and what is not has none."""
    part.keys(("scope", "basis"), ("term", "site"))
    scope = part.text("scope")
    scope = NOT_PUBLIC if scope.casefold() == NOT_PUBLIC else scope
    site = part.flag("site") if "site" in part.content else False
    held = Publicity(scope=scope, term=_lasting(part), basis=part.basis("basis"), site=site)
    if part.clean and ((held.scope == NOT_PUBLIC) is (held.term is not None) or (held.scope == NOT_PUBLIC and site)):
        part.flaw("publicity_term", "term", value=held.scope)
    return held


def notices(part: Part) -> tuple[Notice, ...]:
    """`[[item.notice]]`: the former versions of the notice, each once, with what it announced and from when to when it stood."""
    seen: set[str] = set()
    return tuple(_notice(one, seen) for one in part.maybe_rows("notice", "version"))


def _notice(part: Part, seen: set[str]) -> Notice:
    part.keys(("version", "methods", "from", "to", "basis"))
    part.some("methods")
    part.once("version", seen)
    held = Notice(
        version=part.text("version"),
        methods=frozenset(part.choices("methods", Method)),
        since=part.day("from"),
        until=part.day("to"),
        basis=part.basis("basis"),
    )
    if part.clean and held.until is not None and held.since is not None and held.until < held.since:
        part.flaw("dates_reversed", "to", value=held.since)
    return held


def _lasting(part: Part) -> Term | None:
    """A stretch of the calendar."""
    term = part.maybe_term("term")
    if term is not None and term.unit not in (Unit.DAY, Unit.MONTH, Unit.YEAR) and part.clean:
        part.flaw("term_not_calendar", "term", value=term)
    return term


def ground(part: Part) -> tuple[str, str]:
    """`[[ground]]`: its code and basis."""
    part.keys(("code", "basis"))
    return part.text("code"), part.basis("basis")

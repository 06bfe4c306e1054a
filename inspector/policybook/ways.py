"""What must be true of the order of ways: what can be asked on line is asked first, whatever the level (the plan, items 4 and 7)."""

from __future__ import annotations

from collections.abc import Callable

from inspector.domain.case import Method
from inspector.domain.pause import Reason
from inspector.domain.proposal import UNSERVED
from inspector.domain.remedy import Remedy
from inspector.policybook.rows import Draft
from inspector.policybook.sizes import Found


def _online_first(draft: Draft, found: Found) -> None:
    """Nobody is sent before the query (handbook 2.2), and no level is spared it where a fact has a source (1.4.13, scenario 43).

    Nor is another agency asked before it (the plan, item 4; handbook 2.2). To check more closely permits no letter that a query saves.
    """
    for row in draft.strategies:
        here = f"strategy {row.row}"
        before = row.methods[: row.methods.index(Method.ONLINE_QUERY)] if Method.ONLINE_QUERY in row.methods else ()
        if Method.ASSISTANCE in before:
            found("letter_before_query", here, "methods")
        if draft.permits(row.basis):
            continue
        if {Method.ON_SITE, Method.OTHER_RESULT} <= {*row.methods} and _before(row.methods, Method.ON_SITE, Method.OTHER_RESULT):
            found("visit_before_result", here, "methods")
        if Method.ONLINE_QUERY in row.methods:
            if Method.ON_SITE in before:
                found("visit_before_query", here, "methods")
            continue
        asked = sorted(
            f"{item.code}/{fact.code}"
            for item in draft.items
            if row.fits(item) and not item.exempt and Method.ONLINE_QUERY in item.methods
            for fact in item.facts
            if fact.source is not None
        )
        if asked:
            found("query_missing", here, "methods", value=", ".join(asked))


def _before(methods: tuple[Method, ...], one: Method, other: Method) -> bool:
    """Whether one way comes before another."""
    return methods.index(one) < methods.index(other)


def _bounded(draft: Draft, found: Found) -> None:
    """Waiting for the person is within a set term (handbook 2.4)."""
    for row in draft.suspensions:
        if row.reason is Reason.PERSON and row.longest is None:
            found("suspension_unbounded", f"suspension {row.row}", "longest")


def _publicity(draft: Draft, found: Found) -> None:
    """Whether, how far and how long a letter is public is told before it is signed (the plan, items 5 and 9), so each item states it."""
    for item in draft.items:
        if item.publicity is None:
            found("publicity_unstated", f"item {item.code}", "publicity")


def _remedied(draft: Draft, found: Found) -> None:
    """Whoever a decision goes against is told by which way, to whom and until when it can be contested (Penalties Law art. 59)."""
    missing = sorted({*Remedy} - {row.remedy for row in draft.remedies})
    if missing and any(row.proposal not in UNSERVED for row in draft.consequences):
        found("remedy_missing", "remedy", "remedy", value=", ".join(missing))


LATER: tuple[tuple[tuple[str, ...], Callable[[Draft, Found], None]], ...] = (
    (("strategy", "item"), _online_first),
    (("suspension",), _bounded),
    (("item",), _publicity),
    (("consequence", "remedy"), _remedied),
)
"""Proofs that a pack of before, kept because it is cited, is spared: its text can be mended no more."""

"""Terms that a pack may state, and that somebody should look at: the verification ends before the agency that is asked has to answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from inspector.domain.calendar import SHANGHAI, Term, WorkingCalendar, due
from inspector.domain.case import Method
from inspector.domain.policy import Item, Policy, Timer, steps
from inspector.policybook.flaws import Flaw

_A_MONDAY = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
_BEFORE = {Method.ONLINE_QUERY: Timer.ONLINE}
_ASKED = (Timer.ASSIST_REPLY, Timer.ASSIST_ESCALATE, Timer.ASSIST_END)


def hasty(policy: Policy) -> Iterator[Flaw]:
    """Each item's fact whose letter may still be open, unanswered and not passed on to the superior, when the case must end.

    Waiting for another agency stops nobody's clock (handbook 2.4), so the term has to leave room for source, reply, superior and end.
    Counted from one Monday on by weekends alone: no holiday makes one term shorter than another.
    """
    for item in policy.items.values():
        if not item.exempt:
            yield from _hasty(policy, item)


def _hasty(policy: Policy, item: Item) -> Iterator[Flaw]:
    rows = [row for row in policy.strategies if row.fits(item)]
    end = _after(_A_MONDAY, item.verify)
    for fact in item.facts:
        ways = {tuple(step.method for step in steps(policy, item, fact, row)) for row in rows}
        asked = [way[: way.index(Method.ASSISTANCE)] for way in ways if Method.ASSISTANCE in way]
        if not asked:
            continue
        timers = (*(_BEFORE[method] for method in max(asked, key=len) if method in _BEFORE), *_ASKED)
        terms = [policy.term(timer).term for timer in timers]
        at = _A_MONDAY
        for term in terms:
            at = _after(at, term)
        if at > end:
            facts = {
                "value": str(item.verify),
                "terms": " + ".join(f"{one.value} {term}" for one, term in zip(timers, terms, strict=True)),
            }
            yield Flaw(
                code="verify_hasty", file=policy.label, row=f"item {item.code} · fact {fact.code}", field="verify", facts=facts
            )


def _after(start: datetime, term: Term) -> datetime:
    return due(start, term, WorkingCalendar()).at

"""Terms that a pack may state, and that somebody should look at: the verification ends before the answer or the visit is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from inspector.domain.calendar import SHANGHAI, Term, WorkingCalendar, due
from inspector.domain.case import Method
from inspector.domain.policy import Item, Policy
from inspector.domain.strategy import steps
from inspector.domain.timer import Timer
from inspector.policybook.flaws import Flaw

_A_MONDAY = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
_BEFORE = {Method.ONLINE_QUERY: Timer.ONLINE, Method.OTHER_RESULT: Timer.ONLINE, Method.DOCUMENT: Timer.SELF_PROOF}
_ASKED = (Timer.ASSIST_REPLY, Timer.ASSIST_LIAISON, Timer.ASSIST_HEAD, Timer.ASSIST_ESCALATE, Timer.ASSIST_END)


def hasty(policy: Policy) -> Iterator[Flaw]:
    """Each item's fact whose letter may still be open, unanswered and not passed on to the superior, when the case must end.

    And each item whose visit may be due later than that.

    Waiting for another agency stops nobody's clock (handbook 2.4), so the term has to leave room for source, reply, superior and end.
    Counted from one Monday on by weekends alone: no holiday makes one term shorter than another.
    """
    for item in policy.items.values():
        if not item.exempt:
            yield from _hasty(policy, item)
            if visited(policy, item) and _after(_A_MONDAY, policy.term(Timer.VISIT).term) > _after(_A_MONDAY, item.verify):
                facts = {"value": str(item.verify), "terms": f"visit {policy.term(Timer.VISIT).term}"}
                yield Flaw(code="visit_hasty", file=policy.label, row=f"item {item.code}", field="verify", facts=facts)


def visited(policy: Policy, item: Item) -> bool:
    """Whether somebody may have to go for a case of the item."""
    rows = [row for row in policy.strategies if row.fits(item)]
    return any(step.method is Method.ON_SITE for row in rows for fact in item.facts for step in steps(policy, item, fact, row))


def late(policy: Policy, item: Item, every: timedelta) -> bool:
    """Whether a case that comes right after a draw, the next being so far off, must be over before its visit has to be made."""
    if item.exempt or not visited(policy, item):
        return False
    return _after(_A_MONDAY + every, policy.term(Timer.VISIT).term) > _after(_A_MONDAY, item.verify)


def _hasty(policy: Policy, item: Item) -> Iterator[Flaw]:
    rows = [row for row in policy.strategies if row.fits(item)]
    end = _after(_A_MONDAY, item.verify)
    for fact in item.facts:
        ways = {tuple(step.method for step in steps(policy, item, fact, row)) for row in rows}
        asked = [way[: way.index(Method.ASSISTANCE)] for way in ways if Method.ASSISTANCE in way]
        if not asked:
            continue
        stated = tuple(timer for timer in _ASKED if timer in policy.terms)
        timers = (*(_BEFORE[method] for method in max(asked, key=len) if method in _BEFORE), *stated)
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

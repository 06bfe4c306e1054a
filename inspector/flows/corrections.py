"""What was promised before a correction beside what is promised now, for people: nothing that was said is lost by saying it anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Case, Claim
from inspector.domain.correction import differences
from inspector.domain.errors import InspectorError
from inspector.domain.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What became other: `field` (words: labels, group `field`), of a claim with its sender's `key` and its name; "" is nothing."""

    field: str
    key: str
    name: str
    before: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """One correction: when, by which system, and what was before it and after it."""

    at: datetime
    by: str
    changed: tuple[Changed, ...]


def corrections(case: Case, policy: Policy) -> tuple[Corrected, ...]:
    """The corrections of a case in order of time."""
    return tuple(
        Corrected(
            at=former.until.astimezone(SHANGHAI),
            by=former.by,
            changed=tuple(
                Changed(
                    field=one.field,
                    key=one.key,
                    name=_name(policy, (former.item, case.item), one.fact),
                    before=one.before,
                    now=one.now,
                )
                for one in told
            ),
        )
        for former, told in differences(case)
    )


def promised(case: Case) -> Iterator[tuple[Claim, bool]]:
    """Every claim the case has or had, and whether it has been corrected since: each content has a key of its own."""
    yield from ((file.claim, False) for file in case.claims)
    yield from ((claim, True) for former in case.corrected for claim in former.claims)


def _name(policy: Policy, items: tuple[str, ...], fact: str) -> str:
    """What the pack calls a fact, by the item before the correction or the one now; its code where neither knows it."""
    for item in items:
        try:
            return policy.item(item).fact(fact).name
        except InspectorError:
            continue
    return fact

"""Whether a case may be taken in at all: what the pack opens to commitment, and the fence around what it may never open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.case import Case, CaseRemark, Claim, Route
from inspector.domain.errors import Invalid
from inspector.domain.policy import Item, Policy, fence


class ClaimWarning(StrEnum):
    """What is odd about a promised fact and yet taken. `AHEAD`: it speaks of a day to come, as a promise "by" a date may."""

    AHEAD = "AHEAD"


def odd(claim: Claim, today: date) -> tuple[ClaimWarning, ...]:
    """What a sender should look at again, the case being handed in `today`."""
    return (ClaimWarning.AHEAD,) if claim.on > today else ()


def remarks(case: Case, item: Item) -> tuple[CaseRemark, ...]:
    """What people should look at in a case that is taken: a letter under another notice may have promised something else."""
    return (CaseRemark.NOTICE_VERSION,) if case.letter.notice_version != item.notice_version else ()


def admit(case: Case, policy: Policy, now: datetime) -> Item:
    """The item of a new case, or Invalid: unknown or fenced item, matter or subject not covered, claims the item does not know."""
    for objection in objections(case, policy, now):
        raise objection
    return policy.item(case.item)


def objections(case: Case, policy: Policy, now: datetime) -> Iterator[Invalid]:
    """Everything that speaks against admitting a case; the first is what a sending system hears, all of them a clerk with a file."""
    try:
        item = policy.item(case.item)
    except Invalid as error:
        yield error
        return
    try:
        fence(item)
    except Invalid as error:
        yield error
    if case.matter not in item.matters:
        yield Invalid("matter_not_covered", item=item.code, matter=case.matter, covered=", ".join(sorted(item.matters)))
    if case.subject.kind not in item.subjects:
        yield Invalid("subject_not_covered", item=item.code, kind=case.subject.kind, covered=", ".join(sorted(item.subjects)))
    if case.letter.proxy and not item.proxy_allowed:
        yield Invalid("proxy_not_allowed", item=item.code)
    if case.letter.signed_on > now.date():
        yield Invalid("signed_in_future", signed_on=case.letter.signed_on.isoformat(), today=now.date().isoformat())
    if case.route is Route.COMMITMENT and not case.claims:
        yield Invalid("claims_missing", item=item.code)
    for held in case.claims:
        try:
            item.fact(held.claim.fact)
        except Invalid as error:
            yield error

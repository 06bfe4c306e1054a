"""A case that nobody has brought: the facts that a pack is asked about, as examples and explanations suppose them. Nobody real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspector.domain.calendar import WorkingCalendar
from inspector.domain.case import (
    Case,
    CaseState,
    Claim,
    ClaimFile,
    CommitmentLetter,
    LevelReason,
    MatterKind,
    Rated,
    Route,
    Subject,
    SubjectKind,
)
from inspector.domain.credit import needs_rating, rated, rated_unknown
from inspector.domain.errors import Invalid
from inspector.domain.policy import Policy
from inspector.domain.publicity import NOT_PUBLIC
from inspector.domain.review import conclude


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """The facts. `level` None: nothing valid is known of it. `name` is what the subject and the case are called.

    `notice`: the version of the notice that the letter answers; None: the item's own.
    `concluded`: when the matter is decided (办结), before the case comes in or afterwards; None: not yet, as far as is known.
    """

    item: str
    route: Route
    matter: MatterKind
    subject: SubjectKind
    level: str | None
    at: datetime
    name: str = "example"
    notice: str | None = None
    concluded: datetime | None = None


def case_of(policy: Policy, told: Supposed) -> Case:
    """A case that promises every fact of the item, by a letter as public as the item says.

    It is signed on the day the case comes in, or on that of the decision where this was earlier. Raises Invalid for an item that is none.
    """
    before = told.concluded if told.concluded is not None and told.concluded <= told.at else None
    day = told.at.date() if before is None else min(told.at.date(), before.date())
    item = policy.item(told.item)
    claims = tuple(
        ClaimFile(claim=Claim(key=fact.code, fact=fact.code, value="as promised", on=day), steps=()) for fact in item.facts
    )
    version = told.notice if told.notice is not None else item.notice_version
    public = item.publicity
    letter = CommitmentLetter(
        text="",
        digest="",
        notice_version=version,
        signed_by="example",
        signed_on=day,
        publicity_scope=public.scope if public is not None else NOT_PUBLIC,
        publicity_until=public.last(day) if public is not None else None,
    )
    return Case(
        id="example",
        agency="example",
        sender="example",
        reference=told.name,
        route=told.route,
        matter=told.matter,
        item=told.item,
        subject=Subject(kind=told.subject, code="EXAMPLE", original="EXAMPLE", name=told.name),
        letter=letter,
        claims=claims,
        state=CaseState.RATING,
        pack=policy.label,
        opened_at=told.at,
        concluded_at=before,
    )


def decided_later(case: Case, policy: Policy, told: Supposed, calendar: WorkingCalendar) -> Case:
    """The case once its decision has become known, where that came after the case."""
    if told.concluded is None or case.concluded_at is not None:
        return case
    return conclude(case, "example", policy, told.concluded, calendar).state


def level_of(policy: Policy, told: Supposed) -> Rated:
    """The stated level, or the unrated one: natural persons have no class, and nothing known is never A nor D (handbook 2.1).

    Raises Invalid for a level that is not on the pack's scale.
    """
    if not needs_rating(told.subject):
        return rated_unknown(policy, LevelReason.PERSON)
    if told.level is None:
        return rated_unknown(policy, LevelReason.UNKNOWN)
    if policy.level(told.level) is None:
        known = [*(level.code for level in policy.levels), *filter(None, [policy.scale.form])]
        raise Invalid("level_unknown", level=told.level, known=", ".join(known))
    return rated(policy, told.level, told.at, told.name, told.at)

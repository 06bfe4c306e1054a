"""The annual plan (年度抽查计划): that the draws of a year may take place. Made, approved by another person, published; or withdrawn.

The configuration says when and whose a plan's draws are; here is who stands for them. What is approved is bytes with a digest, and
what is published is what was approved: nothing in it changes any more. A wrong one is withdrawn, with a reason, and made anew as the
next edition (handbook 1.2.3). A withdrawal stops no draw that is announced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.canonical import canonical as plain
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.listed import Listed
from inspector.domain.person import same
from inspector.domain.policy import Policy

AHEAD = 5
"""So many years ahead a plan can be made; further away the year is a slip of the hand."""
LONGEST = 400
"""Letters of a name, document, reference or reason."""
_LEAST_DIGEST = 8


class AnnualState(StrEnum):
    """Where an annual plan stands."""

    DRAFT = "DRAFT"
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumTotal:
    """One stratum as the registers stand: its objects, how many one draw would take, and how many the year's draws together.

    `set_aside` are kept beside them for extensions (draw-protocol ruling 10).
    """

    stratum: str
    row: str
    objects: int
    each: int
    yearly: int
    set_aside: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerTotal:
    """An agency that takes part, with the officers it has for it; where its list is its own, also with the totals by its `pack`."""

    agency: str
    inspectors: int
    pack: str = ""
    strata: tuple[StratumTotal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is approved. `trigger` and `pool` are the configuration's; `draws` are the trigger's times from `since` to the year's end.

    `agency` leads, its officers are the `inspectors`; `partners` join in a joint check. With `lists` "own" each draws from its own
    registers, and the other totals are the lead's.
    """

    plan: str
    year: int
    edition: int
    agency: str
    trigger: str
    pool: bool
    pack: str
    since: date
    draws: int
    strata: tuple[StratumTotal, ...]
    inspectors: int
    partners: tuple[PartnerTotal, ...] = ()
    lists: str = "shared"

    @property
    def agencies(self) -> tuple[str, ...]:
        """Who takes part, the lead first."""
        return (self.agency, *(one.agency for one in self.partners))

    @property
    def objects(self) -> int:
        """All objects of the registers."""
        return sum(one.objects for one in self.strata)

    @property
    def yearly(self) -> int:
        """How many objects the year's draws are expected to take."""
        return sum(one.yearly for one in self.strata)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualPlan:
    """One edition of a plan's year with those who stand for it. `digest` is SHA-256 over the content's canonical bytes."""

    content: Content
    digest: str
    state: AnnualState
    made_at: datetime
    created_by: str
    approved_at: datetime | None = None
    approved_by: str | None = None
    approved_on: date | None = None
    document: str | None = None
    published_at: datetime | None = None
    published_by: str | None = None
    published_on: date | None = None
    published_in: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    reason: str | None = None

    @property
    def sound(self) -> bool:
        """Whether the content is what the digest was taken of."""
        return digest(self.content) == self.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """An approval as it is entered: by whom, by which document, of which day (None: today); `digest` is the one read, or nothing."""

    by: str
    document: str
    on: date | None = None
    digest: str = ""


def canonical(content: Content) -> bytes:
    """The bytes a digest is taken of. Nothing set aside is not said."""
    told = asdict(content) | {"since": content.since.isoformat()}
    for one in (told, *told["partners"]):
        one["strata"] = [{name: value for name, value in row.items() if name != "set_aside" or value} for row in one["strata"]]
    return plain(told)


def digest(content: Content) -> str:
    """64 hex over the canonical bytes."""
    return hashlib.sha256(canonical(content)).hexdigest()


def totals(
    sizes: Mapping[str, tuple[int, int, int]], policy: Policy, draws: int, since: date, certain: frozenset[str]
) -> tuple[StratumTotal, ...]:
    """The strata's totals from (objects, eligible, taken by one draw), for so many draws from `since` to the end of its year.

    A number holds for its row's window, however many draws lie in it, and a year's random draws take an object at most as often
    as the cap of its level says. Who is in a `certain` stratum is visited once: how many more will come, nobody knows yet.
    """
    told = []
    for code, (objects, eligible, each) in sorted(sizes.items()):
        row = policy.sampling(code)
        windows = row.per.left(since)
        frequency = policy.limits.frequencies.get(row.level or "")
        most = eligible * (frequency.cap if frequency is not None and frequency.cap is not None else draws)
        yearly = each if code in certain else min(each * min(draws, draws if windows is None else windows), most)
        told.append(StratumTotal(stratum=code, row=row.row, objects=objects, each=each, yearly=yearly if draws else 0))
    return tuple(told)


def with_aside(
    totals: Mapping[Listed, Sequence[StratumTotal]], aside: Mapping[str, int], plan: str, certain: Collection[str]
) -> dict[Listed, tuple[StratumTotal, ...]]:
    """Each list's totals with so many more objects of some strata for extensions; strata are as `Listed.called`.

    Raises Invalid (`plan_stratum_unknown`).
    """
    known = sorted({listed.called(one.stratum) for listed, held in totals.items() for one in held} - {*certain})
    for code, count in aside.items():
        if code not in known or count < 1:
            raise Invalid("plan_stratum_unknown", plan=plan, stratum=code, known=", ".join(known))
    return {
        listed: tuple(replace(one, set_aside=aside.get(listed.called(one.stratum), 0)) for one in held)
        for listed, held in totals.items()
    }


def within_reach(year: int, today: date) -> None:
    """Raise Invalid (`plan_year_out_of_reach`) for a year that is over, or so far away that it must be a slip."""
    if not today.year <= year <= today.year + AHEAD:
        raise Invalid("plan_year_out_of_reach", year=year, first=today.year, last=today.year + AHEAD)


def create(content: Content, by: str, policy: Policy, now: datetime) -> Decision[AnnualPlan]:
    """A draft. Raises Invalid for a name that says nothing, and for a year without a draw or an extension (`plan_without_draws`)."""
    strata = (*content.strata, *(one for partner in content.partners for one in partner.strata))
    if not content.draws and not any(one.set_aside for one in strata):
        raise Invalid("plan_without_draws", plan=content.plan, year=content.year, trigger=content.trigger)
    held = AnnualPlan(
        content=content,
        digest=digest(content),
        state=AnnualState.DRAFT,
        made_at=now,
        created_by=_said("by", by),
    )
    facts = {"by": held.created_by, "edition": content.edition, "draws": content.draws, "yearly": content.yearly}
    return Decision(state=held, because=_because("plan.create", held, policy, facts))


def approve(held: AnnualPlan, given: Consent, policy: Policy, now: datetime) -> Decision[AnnualPlan]:
    """Another person than the creator approves the draft that he or she has read, by a document.

    Raises Refusal (`plan_state`, `plan_own_approval`, `plan_digest_differs`, `plan_altered`) and Invalid.
    """
    _stands(held, AnnualState.DRAFT)
    by, shown = _said("by", given.by), given.digest.strip().lower()
    if same(by, held.created_by):
        raise Refusal("plan_own_approval", plan=held.content.plan, year=held.content.year, by=held.created_by)
    if shown and (len(shown) < _LEAST_DIGEST or not held.digest.startswith(shown)):
        raise Refusal("plan_digest_differs", plan=held.content.plan, year=held.content.year, digest=held.digest)
    approved = replace(
        held,
        state=AnnualState.APPROVED,
        approved_at=now,
        approved_by=by,
        approved_on=_past(given.on, now),
        document=_said("document", given.document),
    )
    facts = {"by": by, "document": approved.document, "on": approved.approved_on}
    return Decision(state=approved, because=_because("plan.approve", held, policy, facts))


def publish(held: AnnualPlan, *, by: str, reference: str, on: date | None, policy: Policy, now: datetime) -> Decision[AnnualPlan]:
    """The approved plan is public since `on`, there where `reference` says: from now on its draws take place.

    Raises Refusal (`plan_state`, `plan_altered`) and Invalid.
    """
    _stands(held, AnnualState.APPROVED)
    published = replace(
        held,
        state=AnnualState.PUBLISHED,
        published_at=now,
        published_by=_said("by", by),
        published_on=_past(on, now),
        published_in=_said("reference", reference),
    )
    facts = {"by": published.published_by, "reference": published.published_in, "on": published.published_on}
    return Decision(state=published, because=_because("plan.publish", held, policy, facts))


def withdraw(held: AnnualPlan, *, by: str, reason: str, policy: Policy, now: datetime) -> Decision[AnnualPlan]:
    """The plan holds no longer; draws that are announced go on. Raises Refusal (`plan_state`) and Invalid."""
    if held.state is AnnualState.WITHDRAWN:
        raise _wrong_state(held, AnnualState.DRAFT, AnnualState.APPROVED, AnnualState.PUBLISHED)
    withdrawn = replace(
        held, state=AnnualState.WITHDRAWN, withdrawn_at=now, withdrawn_by=_said("by", by), reason=_said("reason", reason)
    )
    facts = {"by": withdrawn.withdrawn_by, "reason": withdrawn.reason, "was": held.state.value}
    return Decision(state=withdrawn, because=_because("plan.withdraw", held, policy, facts))


def _because(rule: str, held: AnnualPlan, policy: Policy, facts: Mapping[str, object]) -> Because:
    """Each step names the digest it is about."""
    return Because(rule=rule, basis=(policy.draw.plan_basis,), pack=policy.label, facts={"digest": held.digest, **facts})


def _stands(held: AnnualPlan, needed: AnnualState) -> None:
    if held.state is not needed:
        raise _wrong_state(held, needed)
    if not held.sound:
        raise Refusal("plan_altered", plan=held.content.plan, year=held.content.year, digest=held.digest)


def _wrong_state(held: AnnualPlan, *needed: AnnualState) -> Refusal:
    return Refusal("plan_state", plan=held.content.plan, year=held.content.year, state=held.state, needed=needed)


def _said(field: str, text: str) -> str:
    """A text in one line that says something. Raises Invalid (`plan_field_unusable`)."""
    told = " ".join(text.split())
    if not told or len(told) > LONGEST or not told.isprintable():
        raise Invalid("plan_field_unusable", field=field, most=LONGEST)
    return told


def _past(on: date | None, now: datetime) -> date:
    """A day that has come; today, when none is named. Raises Invalid (`plan_day_ahead`)."""
    today = now.date()
    if on is not None and on > today:
        raise Invalid("plan_day_ahead", day=on.isoformat(), today=today.isoformat())
    return on or today

"""What a pack makes of facts that somebody supposes: decided and explained by the code that explains a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from inspector.domain.case import MatterKind, Route, SubjectKind
from inspector.domain.policy import Policy
from inspector.domain.sampling import MinimumRow, SamplingRow
from inspector.domain.supposed import Supposed, case_of, decided_later, level_of
from inspector.domain.verification import begin
from inspector.flows.articles import Article, articles
from inspector.flows.decisions import Decided
from inspector.flows.explain import Claimed, Why, claimed, why
from inspector.flows.office import Place
from inspector.flows.records import Act, Kept, acts, kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """By which row the cases of a stratum are drawn, and the least numbers of the item that count them, each with its basis."""

    row: SamplingRow
    basis: tuple[Article, ...]
    owed: tuple[tuple[MinimumRow, tuple[Article, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposition:
    """The facts, and what follows. `why` is None where nothing is verified: then `decided` says by which rule.

    `acts`: what an officer may find it to have been, should the promise turn out untrue; `kept`: how long each kind of record is kept.
    """

    pack: str
    title: str
    day: date
    in_force: bool
    effective_from: date
    effective_to: date | None
    item: str
    item_name: str
    matter: MatterKind
    route: Route
    subject: SubjectKind
    why: Why | None
    ways: tuple[Claimed, ...]
    draw: Drawn | None
    decided: Decided
    acts: tuple[Act, ...]
    kept: tuple[Kept, ...]


def suppose(place: Place, policy: Policy, told: Supposed) -> Supposition:
    """Decide as the daemon would and explain it. Raises Invalid for what the pack would refuse, with the reason it would give."""
    case, day = case_of(policy, told), place.calendar.local_date(told.at)
    decision = begin(case, policy, level_of(policy, told), told.at, place.calendar)
    made, because = decided_later(decision.state, policy, told, place.calendar), decision.because
    stratum = made.strategy.stratum if made.strategy is not None else None
    row = policy.sampling(stratum) if stratum is not None else None
    return Supposition(
        pack=policy.label,
        title=policy.title,
        day=day,
        in_force=policy.in_force(day),
        effective_from=policy.effective_from,
        effective_to=policy.effective_to,
        item=told.item,
        item_name=policy.item(told.item).name,
        matter=told.matter,
        route=told.route,
        subject=told.subject,
        why=why(place, made, policy),
        ways=tuple(claimed(place, held, made, policy) for held in made.claims) if made.strategy is not None else (),
        draw=_drawn(policy, row) if row is not None else None,
        decided=Decided(
            at=place.calendar.local(told.at),
            rule=because.rule,
            pack=because.pack,
            basis=articles(policy, because.basis),
            facts={name: value for name, value in because.facts.items() if value not in (None, "", [])},
        ),
        acts=acts(policy) if told.route is Route.COMMITMENT else (),
        kept=kept(policy, None, place.calendar),
    )


def _drawn(policy: Policy, row: SamplingRow) -> Drawn:
    owed = tuple((held, articles(policy, held.basis)) for held in row.owed)
    return Drawn(row=row, basis=articles(policy, row.basis), owed=owed)

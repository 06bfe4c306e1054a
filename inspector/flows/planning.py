"""A year's draws: planned, approved, published, withdrawn; and the gate that a draw passes before it is announced."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from inspector.domain import annual, consented
from inspector.domain import plan as life
from inspector.domain.annual import AnnualPlan, AnnualState, Consent, Content, PartnerTotal, StratumTotal
from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.frame import ELIGIBLE, Frame
from inspector.domain.listed import Listed
from inspector.domain.policy import Policy
from inspector.domain.rowfile import tally
from inspector.domain.sampling import FULL, MUST
from inspector.domain.selection import quotas
from inspector.domain.suite import Suite
from inspector.domain.timer import Timer
from inspector.flows import holders, unposted
from inspector.flows.framing import Ruled, frame
from inspector.flows.holders import SHARED
from inspector.flows.office import Office, Plan
from inspector.flows.record import record
from inspector.store.tx import Tx
from inspector.trigger import following, parse, times

_AHEAD = 10
"""So many slots are looked at: enough that a holiday among them does not decide."""
MATTER = "plan_not_published"
"""The matter of a slot that came without a published plan of its year."""


def draft(
    office: Office, tx: Tx, name: str, year: int, by: str, now: datetime, aside: Mapping[str, int] | None = None
) -> Decision[AnnualPlan]:
    """What `create` would write, and nothing written. Raises Invalid, Missing, and Refusal (`plan_exists`) while an edition holds.

    `aside`: so many objects of a stratum are set aside for extensions of the year's draws.
    """
    plan = configured(office, name)
    if plan.of == "results":
        raise Refusal("plan_of_results", plan=name)
    annual.within_reach(year, now.date())
    before = tx.annual.last(name, year)
    if before is not None and before.state is not AnnualState.WITHDRAWN:
        raise Refusal("plan_exists", plan=name, year=year, state=before.state.value)
    since = max(date(year, 1, 1), now.date())
    policy = office.policy(plan.agency, since)
    framed = frame(office, tx, plan, policy, f"{name}-{year}", now)
    draws = _draws(plan, since, now)

    def strata(listed: Listed, ruled: Ruled) -> tuple[StratumTotal, ...]:
        sizes = _sizes(framed.frames[listed.name], ruled, afresh=year > now.year)
        return annual.totals(sizes, packs[listed.name], draws, since, frozenset({FULL, MUST}))

    lists = framed.lists if plan.own else framed.lists[:1]
    packs = {one.name: policy if one.agency == plan.agency else office.book.get(one.pack) for one in lists}
    counted = annual.with_aside(
        {one: strata(one, framed.own.get(one.name, framed.ruled)) for one in lists},
        aside or {},
        name,
        {one.called(row.stratum) for one in lists for row in packs[one.name].samplings if row.whole},
    )
    content = Content(
        plan=name,
        year=year,
        edition=before.content.edition + 1 if before is not None else 1,
        agency=plan.agency,
        trigger=plan.trigger,
        pool=plan.pool,
        pack=policy.label,
        since=since,
        draws=draws,
        strata=counted[framed.lists[0]],
        inspectors=_officers(framed.frame),
        partners=tuple(
            PartnerTotal(
                agency=listed.agency,
                inspectors=_officers(framed.frames[listed.name]),
                pack=listed.pack,
                strata=counted.get(listed, ()),
            )
            for listed in framed.lists[1:]
        ),
        lists=plan.lists,
    )
    return annual.create(content, by, policy, now)


def create(
    office: Office, tx: Tx, name: str, year: int, *, by: str, now: datetime, aside: Mapping[str, int] | None = None
) -> AnnualPlan:
    """Count the registers and write a draft. Raises as `draft` does."""
    decision = draft(office, tx, name, year, by, now, aside)
    if not tx.annual.add(decision.state):
        raise Refusal("plan_exists", plan=name, year=year, state=AnnualState.DRAFT.value)
    record(tx, _about(decision.state), decision, now, {})
    return decision.state


def approve(office: Office, tx: Tx, name: str, year: int, given: Consent, now: datetime) -> AnnualPlan:
    """A person other than the creator approves, by a document. Raises Missing, Refusal, Invalid."""
    return _step(office, tx, name, year, lambda held, policy: annual.approve(held, given, policy, now), now)


def publish(
    office: Office, tx: Tx, name: str, year: int, *, by: str, reference: str, on: date | None, now: datetime
) -> AnnualPlan:
    """From now on the year's draws take place, the one missed in this period at once. Raises Missing, Refusal, Invalid."""

    def decide(held: AnnualPlan, policy: Policy) -> Decision[AnnualPlan]:
        return annual.publish(held, by=by, reference=reference, on=on, policy=policy, now=now)

    # a slot that is just being missed is missed before, or comes after
    tx.draws.take_turn(tx.annual.get(name, year).content.agency)
    held = _step(office, tx, name, year, decide, now)
    _make_up(tx, held, now)
    return held


def withdraw(office: Office, tx: Tx, name: str, year: int, *, by: str, reason: str, now: datetime) -> AnnualPlan:
    """No further draw is announced under it; what is announced goes on. Raises Missing, Refusal, Invalid."""

    def decide(held: AnnualPlan, policy: Policy) -> Decision[AnnualPlan]:
        return annual.withdraw(held, by=by, reason=reason, policy=policy, now=now)

    return _step(office, tx, name, year, decide, now, ends=True)


def lacking(office: Office, tx: Tx, name: str, slot: str, year: int, now: datetime) -> Refusal | None:
    """Why this slot may not be announced; None when it may.

    A slot that has its draw is answered with it, and the number that follows a void draw is part of the same announcement:
    neither asks again, so that nobody stops a draw by withdrawing its plan. A slot that two persons have freed asks anew.
    """
    plan = office.plans.get(name)
    if plan is None or life.follows(slot):
        return None
    for agency in plan.turns:
        tx.draws.take_turn(agency)
    if tx.draws.of_slot(name, slot)[1] is not None:
        return None
    why = unplanned(tx, plan, office.policy(plan.agency, now.date()), tx.annual.last(name, year), year)
    return why or holders.twice(tx, plan.turns)


def unplanned(tx: Tx, plan: Plan, policy: Policy, held: AnnualPlan | None, year: int) -> Refusal | None:
    """Why the draws of a plan's year may not take place; None when they may, or when the pack asks for no annual plan.

    One that is published by its row alone is none: the ledger has who has created, approved and published which digest.
    """
    if plan.of == "results":  # nobody is visited: the share stands in the pack
        unruled = Refusal("second_look_unruled", plan=plan.name, year=year, pack=policy.label)
        return unruled if policy.second_look is None else None
    if not policy.draw.plan:
        return None
    if held is None or held.state is not AnnualState.PUBLISHED:
        return Refusal("plan_not_published", plan=plan.name, year=year, state=held.state.value if held is not None else "MISSING")
    if (altered := _altered(tx, held)) is not None:
        return altered
    told = held.content
    published, configured = _shape(told, (one.agency for one in told.partners)), _shape(plan, plan.partners)
    if published != configured:
        return Refusal("plan_changed", plan=plan.name, year=year, published=published, configured=configured)
    return None


def crowded(office: Office, name: str, now: datetime) -> Refusal | None:
    """Why most slots of a plan would find its draw before still open, and be lost; None when its period leaves the pack's terms room."""
    plan, zone = configured(office, name), now.tzinfo
    assert zone is not None, "office time has a zone"
    policy = office.policy(plan.agency, now.date())
    trigger = parse(plan.trigger, zone, now, key=f"plans.{name}.trigger")
    slots = [at] if (at := following(trigger, None, now)) is not None else []
    while slots and len(slots) <= _AHEAD and (at := following(trigger, slots[-1], slots[-1])) is not None:
        slots.append(at)
    ends = [_ends(slot, policy, office.calendar) for slot in slots]
    lost = [place for place, (end, after) in enumerate(zip(ends, slots[1:], strict=False)) if after < end]
    if 2 * len(lost) <= len(slots) - 1:
        return None
    first = lost[0]
    shown = {"at": slots[first], "next": slots[first + 1], "ends": ends[first]}
    facts = {key: f"{office.calendar.local(moment):%Y-%m-%d %H:%M}" for key, moment in shown.items()}
    rows = ", ".join(policy.term(timer).row for timer in (Timer.SEED, Timer.REVEAL))
    return Refusal("plan_crowded", plan=name, rows=rows, lost=len(lost), count=len(slots) - 1, **facts)


def _ends(slot: datetime, policy: Policy, calendar: WorkingCalendar) -> datetime:
    """When a draw announced at a slot ends at the latest: the seed's day, the figures, the reveals."""
    wait = policy.term(Timer.REVEAL).term
    return due(due(due(slot, policy.term(Timer.SEED).term, calendar).at, wait, calendar).at, wait, calendar).at


def miss(office: Office, tx: Tx, name: str, slot: str, why: Refusal, now: datetime) -> None:
    """A slot has come and may not be announced: the ledger keeps why, and a person of the agency is told, once for the slot."""
    plan = office.plans[name]
    policy = office.policy(plan.agency, now.date())
    facts = {"slot": slot, "why": why.code, **why.facts}
    because = Because(rule="draw.not_planned", basis=(policy.draw.plan_basis,), pack=policy.label, facts=facts)
    record(tx, plan.agency, Decision(state=None, because=because), now, {})
    if why.code == SHARED:
        tx.attention.open(SHARED, plan.agency, f"{name}:{slot}", facts, now)
    else:
        tx.attention.open("plan_not_published", plan.agency, f"{name}:{slot}", facts, now)


def configured(office: Office, name: str) -> Plan:
    """A plan of the configuration. Raises Invalid naming those there are."""
    plan = office.plans.get(name)
    if plan is None:
        raise Invalid("plan_unknown", plan=name, known=", ".join(sorted(office.plans)))
    return plan


def _step(
    office: Office,
    tx: Tx,
    name: str,
    year: int,
    decide: Callable[[AnnualPlan, Policy], Decision[AnnualPlan]],
    now: datetime,
    *,
    ends: bool = False,
) -> AnnualPlan:
    """One step of an edition, written down. What was altered takes none but its withdrawal (`ends`)."""
    held = tx.annual.get(name, year, lock=True)
    if not ends and (altered := _altered(tx, held)) is not None:
        raise altered
    decision = decide(held, office.book.get(held.content.pack))
    tx.annual.put(decision.state)
    unposted.over(tx, held, now)
    record(tx, _about(held), decision, now, {})
    return decision.state


def _altered(tx: Tx, held: AnnualPlan) -> Refusal | None:
    """That a plan is not the one that was put down, approved and published, or that the ledger's entries about it do not hold."""
    entries, broken = tx.ledger.checked(_about(held))
    said = [(str(row["rule"]), json.loads(row["body"])["facts"]) for row, sound in entries if sound]
    if len(said) == len(entries) and not broken and consented.stands(held, said):
        return None
    return Refusal("plan_altered", plan=held.content.plan, year=held.content.year, digest=held.digest)


def _make_up(tx: Tx, held: AnnualPlan, now: datetime) -> None:
    """The matters of the year's missed slots are closed; the slot whose period still runs is announced, once for all of them."""
    name, year = held.content.plan, held.content.year
    tx.attention.close_those(f"{MATTER}:{name}:{year}-", now)
    slot = tx.schedules.period(f"plan:{name}", now)
    if tx.attention.get(f"{MATTER}:{name}:{slot}") is None or not slot.startswith(f"{year}-"):
        return
    order = Order(
        kind=OrderKind.DRAW_ANNOUNCE,
        key=f"{OrderKind.DRAW_ANNOUNCE.value}:{name}:{slot}:published:{held.content.edition}",
        due_at=now,
        urgent_by=now,
        payload={"plan": name, "slot": slot},
    )
    tx.work.order([order], now)


def _sizes(held: Frame, ruled: Ruled, *, afresh: bool) -> dict[str, tuple[int, int, int]]:
    """(objects, eligible, taken by one draw) by stratum, counted as a draw counts them; `afresh`: the year's caps begin anew."""
    objects: dict[str, int] = {}
    eligible: dict[str, int] = {}
    for (stratum, status), count in tally(held.objects).items():
        objects[stratum] = objects.get(stratum, 0) + count
        eligible[stratum] = eligible.get(stratum, 0) + (count if afresh or status == ELIGIBLE else 0)
    counts = {code: (count, eligible[code]) for code, count in objects.items()}
    taken = quotas(ruled.rules, counts, Suite(), "")  # rounded up: no key of a draw has a say
    return {code: (*counts[code], taken[code][1]) for code in counts}


def _draws(plan: Plan, since: date, now: datetime) -> int:
    zone = now.tzinfo
    assert zone is not None, "office time has a zone"
    first = datetime(since.year, since.month, since.day, tzinfo=zone)
    trigger = parse(plan.trigger, zone, first, key=f"plans.{plan.name}.trigger")
    return times(trigger, first, datetime(since.year + 1, 1, 1, tzinfo=zone))


def _shape(told: Content | Plan, partners: Iterable[str]) -> str:
    """What of a plan must not change under its publication."""
    shape = f"{told.agency}, {told.trigger}, pool={'true' if told.pool else 'false'}"
    shape = f"{shape}, with={'+'.join(joined)}" if (joined := tuple(partners)) else shape
    return f"{shape}, lists={told.lists}" if told.lists != "shared" else shape


def _officers(held: Frame) -> int:
    return sum(1 for row in held.inspectors if row.status == ELIGIBLE)


def _about(held: AnnualPlan) -> str:
    return f"plan:{held.content.plan}:{held.content.year}"

"""What stands in the office's calendar: each plan's draws and the sweeps, with what a slot orders and how an outage is caught up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from inspector.daemon.clock import CatchUp, Schedule
from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Invalid
from inspector.flows.office import Plan
from inspector.settings import Schedules
from inspector.trigger import parse

HOUSEKEEPING = timedelta(days=3650)
"""How far behind everything with a legal date a sweep stands in the ready set."""

PATIENCE = timedelta(hours=20)
"""So long a platform or a witness is asked again within a slot; then the next one asks."""


def schedules(
    told: Schedules,
    plans: Mapping[str, Plan],
    now: datetime,
    stating: Iterable[str] = (),
    delivering: Iterable[str] = (),
    witnessing: Iterable[str] = (),
) -> dict[str, Schedule]:
    """Every schedule by its name, its trigger parsed. Raises Invalid (`trigger_unreadable`) for one that cannot be read."""
    zone = now.tzinfo
    assert zone is not None, "office time has a zone"
    held = [
        Schedule(
            name=f"plan:{name}",
            text=plan.trigger,
            trigger=parse(plan.trigger, zone, now, key=f"plans.{name}.trigger"),
            catch_up=CatchUp.ONCE,  # a draw that was missed is made up for, but never drawn twice
            order=partial(plan_order, plan),
        )
        for name, plan in plans.items()
    ]
    days = {"done": told.keep_done_days, "slots": told.keep_slots_days, "messages": told.keep_messages_days}
    days |= {"inquiries": told.keep_inquiries_days, "materials": told.keep_materials_days}
    sweeps: tuple[tuple[str, str, CatchUp, OrderKind, Mapping[str, object]], ...] = (
        ("roster", told.roster, CatchUp.ONCE, OrderKind.ROSTER_LOOK, {}),
        ("coverage", told.coverage, CatchUp.ONCE, OrderKind.COVERAGE_LOOK, {}),
        ("publication", told.publication, CatchUp.ONCE, OrderKind.PUBLICATION_LOOK, {}),
        ("equality", told.equality, CatchUp.ONCE, OrderKind.EQUALITY_LOOK, {}),
        ("returns", told.returns, CatchUp.ONCE, OrderKind.RETURNS_MAKE, {}),
        ("forget", told.forget, CatchUp.SKIP, OrderKind.FORGET, days),  # the next night forgets as much
    )
    held += [
        Schedule(
            name=f"sweep:{name}",
            text=text,
            trigger=parse(text, zone, now, key=f"schedules.{name}"),
            catch_up=catch_up,
            order=partial(sweep_order, kind, payload),
        )
        for name, text, catch_up, kind, payload in sweeps
    ]
    outside = (
        *(("credit", told.credit, OrderKind.CREDIT_COMPARE, name) for name in stating),
        *(("levels", told.levels, OrderKind.CREDIT_LEVELS, name) for name in delivering),
        *(("ledger", told.ledger, OrderKind.LEDGER_LODGE, name) for name in witnessing),
    )
    held += [
        Schedule(
            name=f"{what}:{name}",
            text=text,
            trigger=parse(text, zone, now, key=f"schedules.{what}"),
            catch_up=CatchUp.ONCE,
            order=partial(outside_order, kind, name),
        )
        for what, text, kind, name in outside
    ]
    return {schedule.name: schedule for schedule in held}


def unreadable(told: Schedules, plans: Mapping[str, Plan], now: datetime) -> Iterator[Invalid]:
    """Every trigger that cannot be read."""
    texts = {f"plans.{name}.trigger": plan.trigger for name, plan in plans.items()}
    sweeps = {
        f"schedules.{name}": getattr(told, name)
        for name in ("roster", "coverage", "credit", "levels", "ledger", "publication", "equality", "returns", "forget")
    }
    for key, text in {**texts, **sweeps}.items():
        try:
            parse(text, now.tzinfo or UTC, now, key=key)
        except Invalid as error:
            yield error


def plan_order(plan: Plan, slot: datetime, now: datetime) -> Order:
    """The order a plan's slot writes: its key names plan and slot, so that a slot has one draw (scenario 23)."""
    name = slot.isoformat()
    return Order(
        kind=OrderKind.DRAW_ANNOUNCE,
        key=f"{OrderKind.DRAW_ANNOUNCE.value}:{plan.name}:{name}",
        due_at=now,
        urgent_by=now,
        payload={"plan": plan.name, "slot": name},
    )


def outside_order(kind: OrderKind, connector: str, slot: datetime, now: datetime) -> Order:
    """The order of a slot for one connector: a statement, a delivery, a witness. What cannot be had within the day is let go."""
    return Order(
        kind=kind,
        key=f"{kind.value}:{connector}:{slot.isoformat()}",
        due_at=now,
        urgent_by=now + HOUSEKEEPING,
        lane=connector,
        expires_at=now + PATIENCE,
    )


def sweep_order(kind: OrderKind, payload: Mapping[str, object], slot: datetime, now: datetime) -> Order:
    """The order of a sweep's slot. It serves no legal date, so whatever serves one goes first."""
    return Order(kind=kind, key=f"{kind.value}:{slot.isoformat()}", due_at=now, urgent_by=now + HOUSEKEEPING, payload=payload)

"""The composition root: the only place that knows everybody. Settings in, a runnable house out.

Commands come here for a store or an office, most often: what only a running house needs (the web edge, the engine's loops, metrics) is
imported when one is put together.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from inspector import canary, lawbook, manners, plugins, sealkeys, visitkeys
from inspector.accounts import Role, plays
from inspector.daemon.engine import engine_of
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.clock import OfficeTime
from inspector.domain.commitment import LIST_NAME
from inspector.domain.drift import Rules
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.strict import matches
from inspector.entrance import entrance
from inspector.flows import books, levels, required
from inspector.flows.agencytree import flaws as tree_flaws
from inspector.flows.drift import Watch
from inspector.flows.lists import lists_of
from inspector.flows.office import AgencyNode, Connectors, Office, Plan, pack_of
from inspector.policybook import Policybook
from inspector.ports import Card, Pulse
from inspector.settings import OfficeTimes, Settings
from inspector.shadow import silenced
from inspector.store.opening import opened
from inspector.store.replicas import ALIVE
from inspector.store.store import Store
from inspector.tuning import EngineSettings

if TYPE_CHECKING:
    from inspector.daemon.daemon import Daemon
    from inspector.telemetry.metrics import Metrics
    from inspector.web.server import Server

GROUPS: Mapping[str, str] = {
    "sources": "sources",
    "assistance": "agencies",
    "channels": "channels",
    "credit": "credit",
    "callbacks": "callbacks",
    "seeds": "seeds",
    "witnesses": "witnesses",
}
"""Settings section → entry-point group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the settings name, read and found right."""

    prints: lawbook.Prints
    calendar: WorkingCalendar
    book: Policybook
    tree: Mapping[str, AgencyNode]
    plans: Mapping[str, Plan]
    connectors: Connectors


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything put together and not yet running."""

    settings: Settings
    office: Office
    daemon: Daemon
    metrics: Metrics
    server: Server


def store(settings: Settings) -> Store:
    """The store of the settings; the password may lie in a file of its own."""
    file = settings.database.password_file
    password = file.read_text(encoding="utf-8").strip() if file is not None else None
    ring = sealkeys.read(settings.privacy.key_files, settings.privacy.lookup_key_files)
    return opened(settings.database.url, password=password, synchronous=settings.database.synchronous, ring=ring)


def prove(settings: Settings, *, connectors: Connectors | None = None) -> Proof:
    """Read and judge everything that the settings name, before a database is touched or made. Raises Invalid."""
    prints = lawbook.prints(settings)
    calendar, book = lawbook.read(settings)
    tree, plans = proven(settings, book, calendar)
    return Proof(prints=prints, calendar=calendar, book=book, tree=tree, plans=plans, connectors=connectors or connect(settings))


def office(settings: Settings, held: Store, *, connectors: Connectors | None = None, proof: Proof | None = None) -> Office:
    """The office around a migrated store; `proof` where its parts have been proven already.

    Raises Invalid for anything wrong in packs, calendars, connectors or plans, and Refusal when a pack that cases were decided by
    has been edited in place, or has gone while it is in force.
    """
    proof = proof or prove(settings, connectors=connectors)
    calendar, book = proof.calendar, proof.book
    zone = calendar.opening(datetime.now(UTC).date()).tzinfo
    clock, secret = _office_time(settings, held, calendar)
    book = lawbook.note_packs(held, book, proof.tree, calendar.local_date(clock.office(datetime.now(UTC))))
    connectors_ = (
        silenced(proof.connectors, settings.shadow.asks, bytes.fromhex(secret)) if settings.shadow.on else proof.connectors
    )
    if deaf := [name for name in settings.reconciliation.copies if not plays(proof.connectors.credit.get(name), Role.ENTRIES)]:
        raise Invalid("credit_copies_levels", names=", ".join(deaf))
    lawbook.note_calendar(held, calendar, clock.office(datetime.now(UTC)))
    told = settings.drift
    return Office(
        store=held,
        book=book,
        calendar=calendar,
        connectors=connectors_,
        tree=proof.tree,
        plans=proof.plans,
        secret=bytes.fromhex(secret),
        base_url=settings.web.address,
        now=lambda: clock.office(held.clock.now()).astimezone(zone),
        waited=clock.waited,
        tickets_from=settings.database.tickets_from,
        shadow=settings.shadow.on,
        manners={**manners.granted(proof.connectors.ports()), **manners.of(sections(settings))},
        watch=Watch(rules=Rules(**told.model_dump(exclude={"hold"})), hold=frozenset(told.hold)),
        link_days=settings.web.link_days,
        accounts=settings.reconciliation.rules,
        copies=settings.reconciliation.copies,
        pushing=settings.push.pushing(),
        keys=visitkeys.read((one.id, one.visit_key_file, one.visit_keys_before_file) for one in proof.tree.values()),
        entrance=entrance(settings),
    )


def _renewed(settings: Settings, former: Office) -> Office:
    """The office by the packs and calendars that lie in their folders now; whatever else the settings say stays as it was.

    Raises as `office` does; then nothing was noted, and the former one goes on.
    """
    calendar, book = lawbook.read(settings)
    proven(settings, book, calendar)
    return replace(former, calendar=calendar, book=lawbook.take_up(former, book, calendar))


def proven(settings: Settings, book: Policybook, calendar: WorkingCalendar) -> tuple[dict[str, AgencyNode], dict[str, Plan]]:
    """The agency tree and the plans, proven without database and connectors: `serve` and `check` ask the same.

    Raises Invalid for the first thing that could never work: a tree that is none, a plan of no agency or without a pack, a trigger
    that cannot be read.
    """
    tree, plans = _named(settings)
    for flaw in flaws(settings, book, calendar):
        raise flaw
    return tree, plans


def flaws(settings: Settings, book: Policybook, calendar: WorkingCalendar) -> Iterator[Invalid]:
    """Everything that could never work, or leaves work to nobody, in agencies, plans and schedules.

    `serve` refuses the first, `check` tells all.
    """
    from inspector.daemon.schedules import unreadable

    tree, plans = _named(settings)
    packs, whole = {pack.id for pack in book.packs}, True
    for flaw in tree_flaws(tree, packs):
        whole = False
        yield flaw
    fit = whole
    for plan in plans.values():
        for flaw in _plan_flaws(plan, tree, whole=whole):
            fit = False
            yield flaw
    again = [plan for plan in plans.values() if plan.of == "results"]
    for agency, count in Counter(plan.agency for plan in again).items():
        if count > 1:
            names = ", ".join(plan.name for plan in again if plan.agency == agency)
            yield Invalid("plan_of_results_twice", agency=agency, plans=names)
    if fit:
        yield from required.flaws(given(settings), book.packs, datetime.now(calendar.zone).date())
    if strange := sorted({*settings.shadow.asks} - {*settings.sources, *settings.credit}):
        known = ", ".join(sorted({*settings.sources, *settings.credit})) or "-"
        yield Invalid("shadow_asks_unknown", names=", ".join(strange), known=known)
    if strange := sorted({*settings.reconciliation.copies} - {*settings.credit}):
        yield Invalid("credit_copies_unknown", names=", ".join(strange), known=", ".join(sorted(settings.credit)) or "-")
    if settings.engine.dispatcher == "procrastinate":
        from inspector.store import carrier

        yield from carrier.flaws(settings.database.url)
    yield from levels.flaws(book, tree, settings.credit) if whole else ()
    yield from unreadable(settings.schedules, plans, datetime.now(calendar.zone))
    connected = manners.tables(settings, GROUPS)
    yield from manners.flaws(connected)
    yield from canary.flaws(connected)
    known = ", ".join(sorted(settings.sources)) or "-"
    yield from (
        Invalid("drift_hold_unknown", source=name, known=known) for name in settings.drift.hold if name not in settings.sources
    )


def given(settings: Settings) -> required.Given:
    """What the settings have of what packs and plans name."""
    tree, plans = _named(settings)
    there = {name: getattr(settings, name) for name in ("sources", "assistance", "seeds", "channels")}
    records = [name for name, told in settings.sources.items() if told.get("record") is True]
    return required.Given(tree=tree, plans=plans, there=there, not_yet=settings.not_yet, records=records)


def sections(settings: Settings) -> dict[str, dict[str, Mapping[str, Any]]]:
    """The settings of every connector that has work, by section and name."""
    return {section: getattr(settings, section) for section in GROUPS}


def _named(settings: Settings) -> tuple[dict[str, AgencyNode], dict[str, Plan]]:
    tree = {name: AgencyNode(id=name, **node.model_dump()) for name, node in settings.agencies.items()}
    return tree, {name: Plan(name=name, **plan.model_dump()) for name, plan in settings.plans.items()}


def _plan_flaws(plan: Plan, tree: Mapping[str, AgencyNode], *, whole: bool) -> Iterator[Invalid]:
    """Every agency that takes part is known, has a pack and is named once, and its list can bear a name (ruling 3).

    In a tree that is not `whole` nobody can say whose pack an agency has.
    """
    for agency in dict.fromkeys((plan.agency, *plan.partners)):
        if agency not in tree:
            near, known = get_close_matches(agency, tree, n=1), ", ".join(sorted(tree)) or "-"
            if near:
                yield Invalid("plan_agency_misspelt", plan=plan.name, agency=agency, nearest=near[0], known=known)
            else:
                yield Invalid("plan_agency_unknown", plan=plan.name, agency=agency, known=known)
        elif whole and pack_of(tree, agency) is None:
            yield Invalid("plan_pack_missing", plan=plan.name, agency=agency)
    if plan.own and not plan.partners:
        yield Invalid("plan_lists_alone", plan=plan.name)
    if plan.of == "results" and (plan.pool or plan.partners):
        yield Invalid("plan_of_results_mixed", plan=plan.name)
    for name, count in Counter(listed.name for listed in lists_of(plan)).items():
        if not matches(LIST_NAME, name):
            yield Invalid("plan_list_name", plan=plan.name, list=name)
        if count > 1:
            yield Invalid("plan_partner_twice", plan=plan.name, list=name)


def connect(settings: Settings) -> Connectors:
    """Every configured connector, through its entry point. Raises Invalid naming section, connector and key."""
    made: dict[str, dict[str, Any]] = {}
    for section, group in GROUPS.items():
        made[section] = {name: connector(group, name, told) for name, told in getattr(settings, section).items()}
        for name, one in made[section].items():
            bounded(section, name, one, settings.engine)
    for name, one in made["seeds"].items():
        timely(name, one, settings.time)
    return Connectors(
        sources=made["sources"],
        agencies=made["assistance"],
        channels=made["channels"],
        credit=made["credit"],
        approving=made["callbacks"],
        seeds=made["seeds"],
        witnesses=made["witnesses"],
    )


def connector(group: str, name: str, told: Mapping[str, Any]) -> Any:
    """One connector from its settings: `kind` names the entry point, the other keys are its own."""
    given = {key: value for key, value in told.items() if key not in (manners.KEY, canary.KEY)}
    kind = given.pop("kind", None)
    if not isinstance(kind, str):
        raise Invalid("connector_kind_missing", connector=name, known=", ".join(plugins.names(group)))
    return plugins.make(group, kind, name, given)


def bounded(section: str, name: str, made: object, told: EngineSettings) -> None:
    """A call must end well within its lease, or another worker would make it again beside it. Raises Invalid (`connector_longest`)."""
    card: Card | None = getattr(made, "card", None)
    longest = card.longest_seconds if card is not None else None
    if longest is not None and not longest < told.lease_seconds / 2:
        facts = {"longest": longest, "lease": told.lease_seconds, "wanted": 2 * longest}
        raise Invalid("connector_longest", connector=f"{section}.{name}", key="budget_seconds", **facts)


def timely(name: str, made: object, told: OfficeTimes) -> None:
    """A beacon runs by the world's clock: an office that does not would name rounds long known. Raises Invalid (`beacon_time`)."""
    card: Card | None = getattr(made, "card", None)
    if card is not None and card.kind in ("drand", "nist") and not told.real:
        raise Invalid("beacon_time", connector=f"seeds.{name}")


def house(
    settings: Settings,
    held: Store,
    *,
    fault: Callable[[str], None] = lambda _point: None,
    listener: socket.socket | None = None,
    proof: Proof | None = None,
) -> House:
    """The whole house on a migrated store. `listener` is the web's socket where somebody holds it already; else it is bound here."""
    from inspector.web.server import listen

    taken = listener or listen(settings.web)
    try:
        return _house(settings, held, fault, taken, proof)
    except BaseException:
        taken.close()
        raise


def _house(settings: Settings, held: Store, fault: Callable[[str], None], listener: socket.socket, proof: Proof | None) -> House:
    from inspector.daemon.clock import Clock
    from inspector.daemon.daemon import Daemon, replica_name
    from inspector.daemon.dispatch import dispatcher_of
    from inspector.daemon.law import Law
    from inspector.daemon.schedules import schedules
    from inspector.daemon.worker import Worker
    from inspector.telemetry.metrics import Metrics
    from inspector.web.app import build
    from inspector.web.health import Health
    from inspector.web.server import Server

    settings = settings.model_copy(update={"web": settings.web.model_copy(update={"port": listener.getsockname()[1]})})
    if settings.time.pauses:
        go_on(held)
    proof = proof or prove(settings)
    made = office(settings, held, proof=proof)
    lawbook.look_at_approvals(made)
    metrics = Metrics()
    metrics.office_time.set_function(lambda: made.now().timestamp())
    metrics.shadow.set(made.shadow)
    metrics.clock_ahead.set_function(held.clock.ahead)
    clock_time, _ = _office_time(settings, held, made.calendar)
    worker = Worker(made, metrics, engine_of(settings.engine), replica_name(), machine=clock_time.office, fault=fault)
    slots = schedules(
        settings.schedules, made.plans, made.now(), books.accountable(made), levels.delivered(made), made.connectors.witnesses
    )
    clock = Clock(held, metrics, made.now, worker.owner, slots)
    beats = settings.pulse is not None and not settings.shadow.on  # in shadow nothing leaves the house
    pulse = cast("Pulse", connector("pulses", "pulse", settings.pulse or {})) if beats else None

    def read(former: Office) -> Office:
        return _renewed(settings, former)

    def take_up(office: Office) -> None:
        worker.under(office)
        app.state.desk = replace(app.state.desk, office=office)
        lawbook.taken_up(office)

    law = Law(made, partial(lawbook.prints, settings), proof.prints, read, take_up, metrics)
    daemon = Daemon(worker, dispatcher_of(settings.engine.dispatcher, worker), clock, metrics, law=law, pulse=pulse)
    app = build(made, metrics, lambda: Health(reasons=daemon.reasons()), lambda: daemon.live, settings.web)
    server = Server(app, listener)
    return House(settings=settings, office=made, daemon=daemon, metrics=metrics, server=server)


def _office_time(settings: Settings, held: Store, calendar: WorkingCalendar) -> tuple[OfficeTime, str]:
    """The shared map of office time: founded at the first start, re-paced without a jump when the settings change."""
    told = settings.time
    with held.begin() as tx:
        now = tx.machine_now()  # from here on the store's clock is the database's
        row = tx.office.get()
        if row is None:
            start = datetime.fromisoformat(told.starts_at) if told.starts_at else now
            if (last := tx.ledger.last_at()) is not None and told.starts_at and last > start:
                raise Refusal(
                    "office_begins_past", at=told.starts_at, last=last.astimezone(start.tzinfo).isoformat(timespec="seconds")
                )
            row = tx.office.found(now, start, told.rate, told.skip_closed, shadow=settings.shadow.on)
        if row.shadow is not settings.shadow.on:
            raise Refusal("shadow_differs", database="shadow" if row.shadow else "earnest", settings=settings.shadow.on)
        clock = OfficeTime(
            machine_anchor=row.machine_anchor,
            office_anchor=row.office_anchor,
            rate=row.rate,
            skip_closed=row.skip_closed,
            calendar=calendar if row.skip_closed else None,
        )
        if (row.rate, row.skip_closed) != (told.rate, told.skip_closed):
            clock = clock.reanchored(
                now, rate=told.rate, skip_closed=told.skip_closed, calendar=calendar if told.skip_closed else None
            )
            tx.office.repace(clock.machine_anchor, clock.office_anchor, clock.rate, clock.skip_closed)
        return clock, row.secret


def go_on(held: Store, *, idle: bool = False) -> None:
    """Office time goes on where it stopped: at the last thing that was written down, however long nobody ran this.

    `idle`: only while no daemon is alive. So a command that writes between two runs does not take the time of both along.
    """
    with held.begin() as tx:
        row, now = tx.office.get(), tx.machine_now()
        if row is not None and not (idle and tx.replicas.declared(now, ALIVE)):
            known = filter(None, (row.office_anchor, tx.ledger.last_at(), tx.schedules.last_at()))
            tx.office.repace(now, max(known), row.rate, row.skip_closed)

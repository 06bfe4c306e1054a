"""Deliveries that other sides owe us: looked for whether or not anybody asks, and a person hears of a folder that is away or stays empty.

Nothing follows for any case: an old delivery cannot say, and one that is not there is no answer (handbook scenario 9).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

import structlog

from inspector.domain.manners import Held
from inspector.flows.held import waits
from inspector.flows.office import Office
from inspector.incoming import Supplied, Supply
from inspector.store.replicas import ALIVE, connector
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

LATE = "delivery_late"
"""A source whose folder cannot be read, that has no delivery as young as its settings promise, or a newer one that is not used: over when

it has what was agreed.
"""

REFUSED = "refused"
"""Why of a delivery that is not used while an older one still answers."""

PATIENCE = 30 * 60.0
"""Seconds in which a share may be mounted anew, or a server come back, before a person hears of it."""

_RESTS = ("paused", Held.HOURS.value)


def supplied(office: Office) -> Mapping[str, Supplied]:
    """The sources that live on deliveries, by their names."""
    return {name: one for name, one in office.connectors.sources.items() if isinstance(one, Supplied)}


def told(office: Office, tx: Tx, *, look: bool = False) -> Iterator[tuple[str, Supply]]:
    """How each stands; `look`: have it looked. One that a person has paused, or that is not to be asked at this hour, is left alone."""
    held = waits(tx, office)
    for name, source in supplied(office).items():
        if name not in held or held[name].reason not in _RESTS:
            yield name, _supply(source, look=look)


def _supply(source: Supplied, *, look: bool) -> Supply:
    """How one stands; that of a connector that cannot even say so cannot be looked at, and keeps nobody from seeing the others."""
    try:
        return source.supply(look=look)
    except Exception as error:  # noqa: BLE001 - anybody's connector, and all metrics behind it
        return Supply(age_seconds=None, longest_seconds=None, unseen_seconds=inf, looked=False, error=type(error).__name__)


def look(office: Office, replica: str = "") -> None:
    """Have each source look for deliveries; what is wrong with one is written where it changes, by this daemon (`replica`).

    What another one sees that is alive is left to it: a folder may be mounted here and not there.
    """
    with office.store.read() as tx:
        found = dict(told(office, tx, look=True))
        alive = tx.replicas.declared(tx.machine_now(), ALIVE)
        known = {one.about: one.facts for one in tx.attention.of_kind(LATE) if one.open}
    for name, supply in found.items():
        by = str(known.get(name, {}).get("replica", ""))
        if by not in (replica, "") and by in alive:
            continue
        _settled(office, name, supply, wrong(supply), known.get(name, {}), replica)
    for name in known.keys() - supplied(office).keys():
        if not any(connector(name) in declared for declared in alive.values()):
            with office.store.begin() as tx:
                tx.attention.close(f"{LATE}:{name}", office.now())


def _settled(office: Office, name: str, supply: Supply, why: str, before: Mapping[str, object], replica: str) -> None:
    same = (why, replica) == (str(before.get("why", "")), str(before.get("replica", replica)))
    if why == REFUSED:  # each that is not used is told
        same = same and (supply.error, supply.file) == (before.get("error"), before.get("file"))
    if same or (not why and (not before or not supply.looked)):  # who has not looked yet knows nothing better
        return
    if why:
        log.warning("source.undelivered", connector=name, state=why, error=supply.error)
    else:
        log.info("source.delivered", connector=name)
    with office.store.begin() as tx:
        if why:
            hours = None if supply.age_seconds is None else round(supply.age_seconds / 3600)
            facts = {
                "connector": name,
                "why": why,
                "error": supply.error,
                "file": supply.file,
                "hours": hours,
                "replica": replica,
            }
            tx.attention.open(LATE, office.house, name, facts, office.now())
        else:
            tx.attention.close(f"{LATE}:{name}", office.now())


def wrong(supply: Supply) -> str:
    """What a person should see to: `unseen`, `none`, `old`, `refused`; empty where all is well, or nobody knows yet.

    `refused`: the last good one still answers, and a newer one is not used, for it is not as agreed.
    """
    if supply.unseen_seconds > PATIENCE:
        return "unseen"
    if supply.age_seconds is None:
        return "none" if supply.looked else ""
    if supply.longest_seconds and supply.age_seconds > supply.longest_seconds:
        return "old"
    return REFUSED if supply.error and supply.file else ""  # a folder that is away for a moment has an error, and no file


def ages(found: Mapping[str, Supply]) -> list[tuple[str, float]]:
    """The age of each delivery in use, in seconds; infinite where a look has found none."""
    return [
        (name, inf if one.age_seconds is None else one.age_seconds)
        for name, one in found.items()
        if one.looked or one.age_seconds is not None
    ]

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
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

LATE = "delivery_late"
"""A source whose folder cannot be read, or that has no delivery as young as its settings promise: over when it has."""

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
            yield name, source.supply(look=look)


def look(office: Office) -> None:
    """Have each source look for deliveries; what is wrong with one is written where it changes."""
    with office.store.read() as tx:
        found = dict(told(office, tx, look=True))
        known = {one.about: str(one.facts["why"]) for one in tx.attention.of_kind(LATE) if one.open}
    for name, supply in found.items():
        why = wrong(supply)
        if why == known.get(name, ""):
            continue
        if why:
            log.warning("source.undelivered", connector=name, state=why, error=supply.error)
        else:
            log.info("source.delivered", connector=name)
        with office.store.begin() as tx:
            if why:
                hours = None if supply.age_seconds is None else round(supply.age_seconds / 3600)
                facts = {"connector": name, "why": why, "error": supply.error, "hours": hours}
                tx.attention.open(LATE, office.house, name, facts, office.now())
            else:
                tx.attention.close(f"{LATE}:{name}", office.now())


def wrong(supply: Supply) -> str:
    """What a person should see to: `unseen`, `none`, `old`; empty where all is well, or nobody knows yet."""
    if supply.unseen_seconds > PATIENCE:
        return "unseen"
    if supply.age_seconds is None:
        return "none" if supply.looked else ""
    return "old" if supply.longest_seconds and supply.age_seconds > supply.longest_seconds else ""


def ages(found: Mapping[str, Supply]) -> list[tuple[str, float]]:
    """The age of each delivery in use, in seconds; infinite where a look has found none."""
    return [
        (name, inf if one.age_seconds is None else one.age_seconds)
        for name, one in found.items()
        if one.looked or one.age_seconds is not None
    ]

"""Deliveries that other sides owe us: looked for whether or not anybody asks, and a person hears of a folder that is away or stays empty.

Nothing follows for any case: an old delivery cannot say, and one that is not there is no answer (handbook scenario 9).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from math import inf
from typing import Any, cast

import structlog

from inspector.domain.manners import Held
from inspector.flows.held import MAINTENANCE, waits
from inspector.flows.office import Office
from inspector.incoming import Supplied, Supply
from inspector.store.attention import Matter
from inspector.store.replicas import ALIVE, connector
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

LATE = "delivery_late"
"""A source whose folder cannot be read, or that has no delivery as young as its settings promise: over when it has."""

UNUSED = "delivery_unused"
"""Files of an exchange that lie there and are not used, each told once: over when none lies there any more, or by a person."""

MOST = 100
"""So many of them are told by name, the last names first: of a folder that is not ours to tidy a person hears once."""

PATIENCE = 30 * 60.0
"""Seconds in which a share may be mounted anew, or a server come back, before a person hears of it."""

_RESTS = ("paused", MAINTENANCE, Held.HOURS.value)


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
        late, unused = ({one.about: one for one in tx.attention.of_kind(kind)} for kind in (LATE, UNUSED))
    for name, supply in found.items():
        before = late[name].facts if name in late and late[name].open else {}
        if not _others(before, replica, alive):
            _settled(office, name, supply, wrong(supply), before, replica)
        known = unused.get(name)
        if supply.looked and not _others(known.facts if known is not None else {}, replica, alive):
            _lying(office, name, supply, known, replica)
    for kind, held in ((LATE, late), (UNUSED, unused)):
        for name in [name for name, one in held.items() if one.open and name not in supplied(office)]:
            if not any(connector(name) in declared for declared in alive.values()):
                with office.store.begin() as tx:
                    tx.attention.close(f"{kind}:{name}", office.now())


def _others(before: Mapping[str, object], replica: str, alive: Container[str]) -> bool:
    """Whether another daemon, which is alive, tells of a source."""
    by = str(before.get("replica", ""))
    return by not in (replica, "") and by in alive


def _lying(office: Office, name: str, supply: Supply, before: Matter | None, replica: str) -> None:
    """What lies there and is not used is told once each: a person who has closed the matter hears of further files alone."""
    lying = sorted(supply.unused, key=lambda one: (one.file, one.mark), reverse=True)[:MOST]
    files = [[one.file, one.mark, one.code, dict(one.facts)] for one in lying]
    known = {(file, mark) for file, mark, *_ in _files(before)}
    stands = before is not None and before.open
    new = [one for one in lying if (one.file, one.mark) not in known]
    if not new and (not stands or len(known) == len(lying)):
        return
    with office.store.begin() as tx:
        if lying:
            facts = {"connector": name, "files": files, "count": len(supply.unused), "replica": replica}
            tx.attention.open(UNUSED, office.house, name, facts, office.now())
        else:
            tx.attention.close(f"{UNUSED}:{name}", office.now())
    if new:
        log.warning("source.left_lying", connector=name, count=len(new))


def _files(matter: Matter | None) -> Sequence[Sequence[Any]]:
    """What a matter has told, file by file: its name, its mark, and why it is not used."""
    return cast("Sequence[Sequence[Any]]", matter.facts.get("files", ())) if matter is not None else ()


def _settled(office: Office, name: str, supply: Supply, why: str, before: Mapping[str, object], replica: str) -> None:
    same = (why, replica) == (str(before.get("why", "")), str(before.get("replica", replica)))
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
                **supply.facts,
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

"""Do the living daemons of this database agree? A person is told by name what they have differently, until they do.

One that was started with older settings, another folder of packs or another address decides, dates and writes letters otherwise than
its neighbours, and nobody would notice before the cases do.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from inspector.flows.office import Office
from inspector.store.replicas import ALIVE
from inspector.store.store import Store

log = structlog.get_logger(__name__)

APART = "replicas_differ"
"""The matter for a person; over when all agree."""

LOOKS = 4
"""So many looks in a row must find the same: folders are read every 10 s, by each daemon at a moment of its own, and told every 15 s."""

_TOLD = 20
"""Of so many things that differ the matter tells who has what; of the others the names."""


class Accord:
    """Compares what `replica` has with what the living others have written down of themselves, look by look."""

    def __init__(self, store: Store, replica: str) -> None:
        self._store = store
        self._replica = replica
        self._found: dict[str, int] = {}
        self._said: list[str] = []

    def look(self, office: Office, mine: Mapping[str, str]) -> None:
        """Open the matter for what has been found different `LOOKS` times in a row, or close it when nothing differs. Raises Away."""
        now = office.now()
        with self._store.begin() as tx:
            living = {**tx.replicas.declared(tx.machine_now(), ALIVE), self._replica: dict(mine)}
            found = differing(living)
            self._found = {name: self._found.get(name, 0) + 1 for name in found}
            apart = [name for name in found if self._found[name] >= LOOKS]
            if apart:
                told = {name: {replica: living[replica].get(name) for replica in sorted(living)} for name in apart[:_TOLD]}
                facts = {"differ": apart, "replicas": sorted(living), "told": told}
                tx.attention.open(APART, office.house, "settings", facts, now)
            elif not found:
                tx.attention.close_those(f"{APART}:", now)
        if apart and apart != self._said:
            log.warning("replicas.differ", differ=apart, replicas=sorted(living))
        self._said = apart


def differing(living: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The names of what daemons have differently, or some not at all."""
    names = {name for told in living.values() for name in told}
    return sorted(name for name in names if len({told.get(name) for told in living.values()}) > 1)

"""A connector that a person has paused: who, since when and why, for whoever asks what a case waits for."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from inspector.store.tx import Tx

PAUSED = "operator.connector.pause"
"""The rule of the ledger's entry that a pause is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """`since` is office time; `by` and `reason` are as they were given. Empty: the record of it is not there any more."""

    since: datetime | None
    by: str
    reason: str


def paused(tx: Tx, names: Collection[str]) -> dict[str, Paused]:
    """Those of the connectors that are paused at present."""
    return {lane.name: _pause(tx, lane.name) for lane in tx.lanes.all() if lane.paused and lane.name in names}


def _pause(tx: Tx, name: str) -> Paused:
    found = [row for row in tx.ledger.about(f"connector:{name}") if row["rule"] == PAUSED]
    if not found:
        return Paused(since=None, by="", reason="")
    facts = json.loads(found[-1]["body"] or "{}").get("facts", {})
    return Paused(since=found[-1]["at"], by=str(facts.get("by", "")), reason=str(facts.get("reason", "")))

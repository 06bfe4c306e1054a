"""A decision's because in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inspector.domain.decision import Decision
from inspector.store.tx import Tx, new_id


def record(tx: Tx, about: str, decision: Decision[Any], now: datetime, extra: Mapping[str, object]) -> None:
    """Append the decision's because to the ledger."""
    tx.ledger.append(new_id(), about, decision.because, extra, now)

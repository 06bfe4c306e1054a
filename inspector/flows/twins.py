"""Letting rows of one organisation into a register as several objects: one person says so, and another brings the same file."""

from __future__ import annotations

import json
from datetime import datetime

from inspector.domain import twins
from inspector.store.tx import Tx

ASKED = "organisation_apart"
"""The matter of a file in which one person has said that codes of one organisation are several firms: another one brings the same file."""


def asked(tx: Tx, agency: str, sha256: str, count: int) -> str | None:
    """Who has said so of this very file and of as many rows, while nobody has closed the matter; None where nobody has."""
    matter = tx.attention.get(f"{ASKED}:{_about(agency, sha256, count)}")
    return str(json.loads(matter["body"])["by"]) if matter is not None and matter["closed_at"] is None else None


def ask(tx: Tx, agency: str, sha256: str, count: int, by: str, why: str, now: datetime) -> None:
    """The first of two: nothing comes in, and somebody else looks."""
    facts = {"by": by, "reason": why, "count": count, "sha256": sha256}
    tx.attention.open(ASKED, agency, _about(agency, sha256, count), facts, now)


def sign(tx: Tx, agency: str, sha256: str, count: int, by: str, now: datetime) -> None:
    """The second of two, in the transaction in which the rows come in. Raises Refusal (`apart_same_person`)."""
    first = asked(tx, agency, sha256, count)
    twins.signed(by, first if first is not None else by)
    tx.attention.over(f"{ASKED}:{_about(agency, sha256, count)}", now)


def _about(agency: str, sha256: str, count: int) -> str:
    """With other options more rows may come in of the same file: that is another question."""
    return f"{agency}:{sha256[:16]}:{count}"

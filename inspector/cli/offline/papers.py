"""The papers of a draw: what is lodged with the witness, and what is kept private. Each says in both languages what it is for."""

from __future__ import annotations

from inspector.cli.offline.plan import DrawPlan
from inspector.domain.commitment import Commitment
from inspector.labels import LANGS, label

WITNESS = "witness/witness.txt"
"""Within the folder; to be printed, or handed over as it is."""


def witness(made: Commitment) -> bytes:
    """The value to lodge with its number and date, and nothing else: C would let everybody compute the tickets (ruling 18)."""
    return _both("witness", draw=made.number, made=made.made, w=made.w)


def salt_secret(plan: DrawPlan, secret: str) -> bytes:
    """The secret that the rows' salts were made of."""
    return _both("salt_secret", draw=plan.number, list=", ".join(one.name for one in plan.lists), secret=secret)


def nonce(plan: DrawPlan, place: int, secret: str) -> bytes:
    """The secret of a party that had it made here."""
    return _both("nonce", draw=plan.number, party=plan.sources[place - 1]["party"], secret=secret)


def _both(key: str, **facts: object) -> bytes:
    return "\n".join(label(f"paper.{key}", lang, **facts) for lang in LANGS).encode()

"""The papers of a draw: what is lodged with the witness, and what is kept private. Each says in both languages what it is for."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from inspector.cli.offline.plan import DrawPlan
from inspector.domain.commitment import Commitment
from inspector.domain.seatground import SeatGround
from inspector.labels import LANGS, label, of

WITNESS = "witness/witness.txt"
"""Within the folder; to be printed, or handed over as it is."""


def witness(made: Commitment) -> bytes:
    """The value to lodge with its number and date, and nothing else: C would let everybody compute the tickets (ruling 18)."""
    return _both("witness", draw=made.number, made=made.made, w=made.w)


def other(where: Path, made: Commitment) -> bool:
    """Whether the paper for the witness that lies in a draw's folder has another value: then the commitment was changed, or the paper.

    Where there is none, or it has no value, it says nothing. Raises OSError.
    """
    file = where / WITNESS
    told = re.findall(r"\b[0-9a-f]{64}\b", file.read_text(encoding="utf-8", errors="replace")) if file.is_file() else []
    return bool(told) and made.w not in told


def salt_secret(plan: DrawPlan, secret: str) -> bytes:
    """The secret that the rows' salts were made of."""
    return _both("salt_secret", draw=plan.number, list=", ".join(one.name for one in plan.lists), secret=secret)


def nonce(plan: DrawPlan, place: int, secret: str) -> bytes:
    """The secret of a party that had it made here."""
    return _both("nonce", draw=plan.number, party=plan.sources[place - 1]["party"], secret=secret)


def apart(plan: DrawPlan, names: tuple[str, str], why: str, user: str, now: datetime) -> bytes:
    """Who says that codes of one organisation are several objects. The commitment has its digest, so it has a salt of its own."""
    facts = {"by": ", ".join(names), "why": why, "user": user, "at": now.isoformat(timespec="seconds")}
    return _both("apart", draw=plan.number, secret=secrets.token_hex(16), **facts)


def seat(
    draw: str,
    listed: str,
    line: Mapping[str, object],
    names: tuple[str, str],
    why: str,
    ground: SeatGround,
    user: str,
    now: datetime,
) -> bytes:
    """Who says why a seat is free. The line in after.jsonl has its digest, so it has a salt of its own."""
    facts = {"by": ", ".join(names), "why": why, "user": user, "at": now.isoformat(timespec="seconds")}
    told = {"object": line["object"], "seat": line["seat"], "out": line["out"], "came": line["in"] or "—"}
    secret = secrets.token_hex(16)
    return "\n".join(
        label("paper.seat", lang, draw=draw, list=listed, secret=secret, ground=of(ground, lang), **facts, **told)
        for lang in LANGS
    ).encode()


def _both(key: str, **facts: object) -> bytes:
    return "\n".join(label(f"paper.{key}", lang, **facts) for lang in LANGS).encode()

"""The files of a public bundle (draw-protocol 7.11), from a draw that was recomputed: one way, with the daemon and without it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from inspector.domain.commitment import Commitment
from inspector.domain.draw import Result, shown
from inspector.domain.frame import Frame
from inspector.domain.public import published


def files(
    commitment: Commitment, frames: Mapping[str, Frame], result: Result, named: Mapping[str, AbstractSet[str]], seed: bytes
) -> dict[str, bytes]:
    """Commitment, seed, the result as the public gets it, and the rows of whoever is `named` in each list; nobody else is.

    Neither registers nor `after.jsonl`. `seed` are the bytes of seed.json. Raises Invalid (`draw_object_unknown`).
    """
    drawn = {
        f"{name}.drawn.jsonl": b"".join(_json(row) + b"\n" for row in shown(commitment, frame, named[name], name))
        for name, frame in frames.items()
    }
    return {
        "commit.json": commitment.content,
        "seed.json": seed,
        "result.json": _json(published(commitment, result, named)),
        **drawn,
    }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

"""What happens to a draw's visits afterwards, line by line, so that a stranger can replay it (draw-protocol ruling 15)."""

from __future__ import annotations

import json

from inspector.domain.replay import FIELDS
from inspector.store.tx import Tx

FILE = "after.jsonl"
"""The running file of a draw's bundle."""


def log_after(tx: Tx, number: str, kind: str, object_id: str, **told: object) -> None:
    """Append one line: `redeal` (a seat passed to whom the rule names) or `withdrawn` (a visit called off: its seats are no load).

    Every line has every field of ruling 15; one that says nothing is null.
    """
    tx.draws.get(number, lock=True)  # lines of two visits written at once must not overwrite each other
    lines = tx.draws.files(number).get(FILE, b"").count(b"\n")
    line = dict.fromkeys(FIELDS) | {"seq": lines + 1, "kind": kind, "object": object_id, **told}
    tx.draws.append_line(number, FILE, json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode())

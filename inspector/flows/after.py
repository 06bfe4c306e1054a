"""What happens to a draw's visits afterwards, line by line, so that a stranger can replay it (draw-protocol ruling 15)."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from inspector.domain import footing
from inspector.domain.decision import Because
from inspector.domain.replay import FIELDS
from inspector.flows.lists import AFTER, kept
from inspector.store.tx import Tx, new_id


def log_after(
    tx: Tx, number: str, kind: str, object_id: str, now: datetime, *, agencies: Collection[str], **told: object
) -> None:
    """Append one line: `redeal` (a seat passed to whom the rule names) or `withdrawn` (a visit called off: its seats are no load).

    It goes to the lists of the `agencies` that it is about: those of a seat, or all that go, for a joint visit is called off as a
    whole. Every line has every field of ruling 15; one that says nothing is null. Each has an entry by its digest (decision 61).
    """
    held = tx.draws.get(number, lock=True)  # lines of two visits written at once must not overwrite each other
    for listed in (one for one in held.lists if one.agency in agencies):
        name = kept(held, listed, AFTER)
        lines = tx.draws.file(number, name).count(b"\n")
        line = dict.fromkeys(FIELDS) | {"seq": lines + 1, "kind": kind, "object": object_id, **told}
        content = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()
        tx.draws.append_line(number, name, content)
        facts = {"list": listed.name, "seq": lines + 1, "line": footing.digest(content)}
        tx.ledger.append(new_id(), number, Because(rule="draw.after", basis=(), pack=held.pack, facts=facts), {}, now)

"""Whether the files of a draw are those it was carried out by: a seed exchanged with the outcome in view is consistent in itself."""

from __future__ import annotations

import json
from collections.abc import Mapping

from inspector.domain.commitment import join, read
from inspector.domain.errors import Invalid
from inspector.domain.plan import Draw
from inspector.store.tx import Tx


def altered(tx: Tx, held: Draw, files: Mapping[str, bytes]) -> str | None:
    """The file that is not the one that was written; None where all agree.

    Whoever can write to the database and knows the secrets could try other figures offline and put in a seed and a result that every
    recomputation finds right. The record keeps the parts as they came in, and the ledger, which is chained and sealed, B as it was
    carried out; what retention has erased there says nothing.
    """
    try:
        commitment, parts = read(files["commit.json"]), json.loads(files["seed.json"])["parts"]
        if commitment.c != held.c:
            return "commit.json"
        seed = join(commitment, parts)
    except (Invalid, ValueError, KeyError, TypeError):
        return "seed.json"
    if held.parts and parts != [held.parts.get(party) for party in held.parties]:
        return "seed.json"
    entries = [row["body"] for row in tx.ledger.about(held.number) if row["rule"] == "draw.carry_out" and row["body"]]
    return "seed.json" if entries and all(json.loads(body)["facts"].get("seed") != seed for body in entries) else None

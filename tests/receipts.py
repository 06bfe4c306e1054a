"""A receipt held to its commitment, as the page that checks draws does it (draw-protocol 7.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspector.domain.commitment import Commitment
from inspector.domain.suite import leads, leaf


def holds(commitment: Commitment, told: Mapping[str, Any], name: str) -> bool:
    """Whether a receipt leads to the committed root, by its row or, while that is not shown, by the row's hash.

    One given out before the visits does not name the commitment: whoever knew C might compute the own ticket (ruling 18).
    """
    n, expected = commitment.list_named(name).objects
    node = leaf(commitment.suite, told["line"].encode()) if "line" in told else bytes.fromhex(told["leaf"])
    named = told["n"], told.get("c", commitment.c)
    return named == (n, commitment.c) and leads(commitment.suite, node, told["index"], n, told["path"], expected)

"""Commitment letters that are public, held to the ledger: each row by the last entry that says so, and each such entry by a row."""

from __future__ import annotations

import json

from inspector.domain.errors import Newer
from inspector.domain.pledge import Shown
from inspector.store.codec import load
from inspector.store.lookback import LookbackRoom
from inspector.store.pledges import POSTED, TAKEN
from inspector.store.store import Store
from inspector.store.tx import Tx

_TOGETHER = 500


def look(store: Store) -> list[str]:
    """Every letter that is public by its row and not by the ledger, or says something else, and each that is so by the ledger alone."""
    after, suspected = "", list[str]()
    while True:
        with store.read() as tx:
            rows = tx.pledges.every(after, _TOGETHER)
            suspected += [name for name, _ in rows if name in _differing(tx, rows)]
        if len(rows) < _TOGETHER:
            break
        after = rows[-1][0]
    with store.read() as tx:
        gone = tx.pledges.lost()
    return [f"pledge_shown {name}" for name in _confirmed(store, suspected)] + [f"pledge_shown {name}: gone" for name in gone]


def _confirmed(store: Store, suspected: list[str]) -> list[str]:
    """Those that still say otherwise when nobody posts at this moment."""
    found: list[str] = []
    for start in range(0, len(suspected), _TOGETHER):
        with store.begin() as tx:
            rows = tx.pledges.these(suspected[start : start + _TOGETHER])
            found += _differing(tx, rows)
    return found


def _differing(tx: Tx, rows: list[tuple[str, str]]) -> list[str]:
    """The cases of those whose row is not what the last entry about their letter says."""
    entries, changed = LookbackRoom(tx.ledger.batch).told_of([name for name, _ in rows], (POSTED, TAKEN))
    last = {entry.about: entry for entry in entries}
    found: list[str] = []
    for name, body in rows:
        entry = last.get(name)
        try:
            held = load(Shown, body).pledge
            facts = json.loads(entry.body)["facts"] if entry is not None else {}
        except (ValueError, TypeError, KeyError, Newer):
            found.append(name)
            continue
        said = entry is not None and entry.rule == POSTED and entry.id not in changed
        letter, until = facts.get("letter", held.digest), facts.get("until", str(held.until))
        if not said or held.case_id != name or (letter, until) != (held.digest, str(held.until)):
            found.append(name)
    return found

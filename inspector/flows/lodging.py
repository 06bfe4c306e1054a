"""The ledger's head lodged with a witness outside: from then on nobody cuts or rewrites what it covers without being seen.

Only how many entries there are and a hash leave the house. Safe to repeat: one slot lodges once with each witness, and the same head
twice is the same deposit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from inspector.domain.decision import Because, Decision
from inspector.domain.treehead import TreeHead
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import Settlement, nothing
from inspector.ports import Origin, PortError, Refused
from inspector.store.tx import Tx
from inspector.store.work import Work

ABOUT = "ledger"
LODGED = "ledger.lodged"
"""The rule of the entry that a head was lodged: which, with whom, under which receipt."""

DIFFERS = "ledger_differs"
"""The matter of a lodged head that is not the one of what stands here now: something was cut, changed or laid anew since."""

UNLODGED = "ledger_unlodged"
"""The matter of a witness that took no head within its slot; over with the next one."""


def lodged(tx: Tx) -> dict[str, list[TreeHead]]:
    """The heads that the ledger says were lodged, by witness, the oldest first. The witness's own receipts are the proof."""
    held: dict[str, list[TreeHead]] = {}
    for row in tx.ledger.about(ABOUT):
        if row["rule"] == LODGED and row["body"]:
            told = json.loads(row["body"])["facts"]
            held.setdefault(told["witness"], []).append(TreeHead(size=told["size"], root=told["root"]))
    return held


def differing(tx: Tx, heads: Sequence[TreeHead]) -> list[TreeHead]:
    """Those of some heads with which the entries, as they stand, do not begin. What cannot be read as a digest begins with nothing."""
    there = tx.tree.heads([one.size for one in heads])
    return [one for one in heads if there.get(one.size) != one]


def name(head: TreeHead) -> str:
    """What a head is called at a witness, whose own number for a draw is never of this form."""
    return f"ledger:{head.size}"


def lodge(work: Work, office: Office) -> Settlement:
    """Hold the last lodged head to what stands here, then lodge the one of now. What differs is a matter, and is lodged all the same.

    For a witness that sees both can tell from when on it differs; keeping silent would hide it.
    """
    witness = office.connectors.witnesses.get(work.lane)
    if witness is None:
        raise Refused("connector_not_configured", origin=Origin.US, attempts=0)
    with office.store.read() as tx:
        former = lodged(tx).get(work.lane, [])
        head = tx.tree.head()
        differs = next(iter(differing(tx, former[-1:])), None)
    if head.size == 0:
        return nothing("nothing_sealed")
    receipt = witness.lodge(name(head), head.root, key=f"{LODGED}:{work.lane}:{head.size}:{head.root[:16]}")
    facts = {
        "witness": work.lane,
        "size": head.size,
        "root": head.root,
        "receipt": receipt.reference,
        "witnessed_at": receipt.at.isoformat() if receipt.at else None,
    }

    def write(tx: Tx, now: datetime) -> None:
        record(tx, ABOUT, Decision(state=None, because=Because(rule="ledger.lodged", basis=(), pack="", facts=facts)), now, {})
        tx.attention.close(f"{UNLODGED}:{work.lane}", now)
        if differs is not None:
            told = {"witness": work.lane, "size": differs.size, "root": differs.root}
            tx.attention.open(DIFFERS, office.house, work.lane, told, now)

    return Settlement(write=write, outcome="lodged", attempts=receipt.attempts)


def give_up(work: Work, office: Office, error: PortError | None) -> Settlement:
    """The slot is over: a person is told, once, and the next slot lodges a head that covers this one's."""

    def write(tx: Tx, now: datetime) -> None:
        facts = {"witness": work.lane, "error": error.code if error else "patience_over"}
        tx.attention.open(UNLODGED, office.house, work.lane, facts, now)

    return Settlement(write=write, outcome="given_up")

"""A draw's parties, held to the pack and to the draw that it follows before anything is committed to with them."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.domain.audit import AuditLine
from inspector.domain.entries import Said
from inspector.domain.errors import Invalid, Missing
from inspector.domain.parties import held_to
from inspector.domain.plan import Draw, DrawKind, follows
from inspector.flows.office import Office
from inspector.store.draws import CONTRADICTED, EXTENSION, SUPPLEMENT
from inspector.store.tx import Tx


def differing(office: Office, tx: Tx, held: Draw) -> tuple[AuditLine, ...]:
    """What is wrong with a draw's parties; nothing of one whose pack the house does not have any more."""
    before, lacked, joined = _behind(tx, held)
    try:
        law = office.book.get(held.pack).draw
        further = {*law.further, *(office.book.get(before.pack).draw.further if before is not None else ())}
    except Missing:
        return ()
    return tuple(held_to(held, before, law.seeds, further | joined, lacked))


def kept(tx: Tx, held: Draw, said: Sequence[Said]) -> tuple[AuditLine, ...]:
    """The same of a draw however old, by what its first entry tells of the pack of that day; nothing of what older releases prepared."""
    seeds = next((one.facts["seeds"] for one in said if one.rule == "draw.prepare" and "seeds" in one.facts), None)
    if not isinstance(seeds, list):
        return ()
    before, lacked, _ = _behind(tx, held)
    return tuple(held_to(held, before, seeds, held.further, lacked))


def _behind(tx: Tx, held: Draw) -> tuple[Draw | None, set[str], set[str]]:
    """The draw whose number it follows; whose part earlier draws of its kind lacked, and the further sources that they had."""
    before = tx.draws.by_slot(held.plan, held.slot.removesuffix("+")) if follows(held.slot) else None
    prefix = {DrawKind.SUPPLEMENT: SUPPLEMENT, DrawKind.EXTENSION: EXTENSION}.get(held.kind)
    earlier = tx.draws.void_of(held.plan, prefix) if prefix else []
    lacked = {party for one in earlier for party in (*one.without, *one.lacked)}
    return before, lacked, {party for one in earlier for party in one.further}


def refuse(office: Office, tx: Tx, held: Draw) -> None:
    """Raise Invalid (`draw_contradicted`) where its parties are not those of the rule: nothing is committed to with them."""
    if found := differing(office, tx, held):
        raise Invalid(CONTRADICTED, draw=held.number, differs=found[0].code.split(".", 1)[1])

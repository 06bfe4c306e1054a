"""What receivers of a credit entry have acknowledged: what the ledger says of it, and the same computed again (`recompute`).

The basis stands with the record; the newest receipt, and by what an entry is taken back, stand in the books: so the ledger is held to both,
and not to itself. A receipt in whose place another came is told by its entry alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspector.domain import statement
from inspector.domain.creditrecord import Amend, Record, held_back
from inspector.domain.decision import Because
from inspector.domain.statement import BookState

ENTERED, RETRACTED, AMENDED, LEARNED = "credit.entered", "credit.retracted", "credit.amended", "credit.learned"
KEPT_BACK = "credit.kept_back"
"""The rule by which an entry that is repaired, or shown no more, is told to nobody who has not heard of it yet."""
RULES = frozenset({ENTERED, RETRACTED, AMENDED, LEARNED, KEPT_BACK, "credit.held_back"})
"""The rules that are computed here, where no person has said it."""
_RECEIPTS = frozenset({ENTERED, RETRACTED, LEARNED})
_LONGEST = 200
"""So much of a receipt is kept in the books."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An entry as the books have it with one receiver: its newest receipt, and what is told of its end.

    `copy`: with a further receiver, whose name the ledger says then.
    """

    entry: str
    lane: str
    state: BookState
    receipt: str
    retraction: Mapping[str, Any] | None
    copy: bool


def entered(entry: str, basis: str, receipt: str, *, copy: str = "") -> Because:
    """A receiver has an entry. `copy`: the further receiver whose it is."""
    facts = {"entry": entry, "receipt": receipt, **({"connector": copy} if copy else {})}
    return Because(rule="credit.entered", basis=(basis,), pack="", facts=facts)


def retracted(entry: str, basis: str, reason: str, receipt: str, *, copy: str = "") -> Because:
    """A receiver has taken an entry back. `copy`: as above."""
    facts = {"entry": entry, "reason": reason, "receipt": receipt, **({"connector": copy} if copy else {})}
    return Because(rule="credit.retracted", basis=(basis,), pack="", facts=facts)


def amended(entry: str, basis: str, kind: Amend, receipt: str, connector: str) -> Because:
    """A receiver has heard what became of an entry."""
    facts = {"entry": entry, "kind": kind.value, "connector": connector, "receipt": receipt}
    return Because(rule="credit.amended", basis=(basis,), pack="", facts=facts)


def kept_back(entry: str, basis: str, connector: str) -> Because:
    """A receiver is told of an entry no more."""
    return Because(rule="credit.kept_back", basis=(basis,), pack="", facts={"entry": entry, "connector": connector})


def newest_of(told: Iterable[tuple[str, str, Mapping[str, Any]]], books: Sequence[Kept]) -> frozenset[str]:
    """Of entries of the ledger (id, rule, facts), in their order: those that tell the newest receipt of an entry with its receiver."""
    copies = {(one.entry, one.lane) for one in books if one.copy}
    last: dict[tuple[str, str], str] = {}
    for name, rule, facts in told:
        if rule in _RECEIPTS:
            entry, connector = str(facts.get("entry", "")), str(facts.get("connector", ""))
            last[entry, connector if (entry, connector) in copies else ""] = name
    return frozenset(last.values())


def again(rule: str, told: Mapping[str, Any], record: Record, books: Sequence[Kept], *, newest: bool) -> Because | None:
    """What the ledger is to say, from the record and the books; None where another retraction took this one's place there.

    `newest`: whether it tells the newest receipt. Raises LookupError for a receiver that the books do not know.
    """
    facts = told["facts"]
    entry, connector = record.entry, str(facts.get("connector", ""))
    match rule:
        case "credit.held_back":
            return held_back(record, _with(books, entry, connector).lane)
        case "credit.kept_back":
            return kept_back(entry, record.basis, _with(books, entry, connector).lane)
        case "credit.amended":
            kept = _with(books, entry, connector)
            return amended(entry, record.basis, Amend(facts["kind"]), facts["receipt"], kept.lane)
        case "credit.learned":
            kept, state = _with(books, entry, connector), BookState(facts["booked"])
            return statement.learned(entry, state, _receipt(kept, facts, state, newest=newest), kept.lane).because
        case "credit.entered":
            kept = _of(books, entry, connector)
            return entered(entry, record.basis, _receipt(kept, facts, BookState.ENTERED, newest=newest), copy=connector)
        case _:
            return _taken_back(_of(books, entry, connector), told, newest=newest)


def _taken_back(kept: Kept, told: Mapping[str, Any], *, newest: bool) -> Because | None:
    said, facts = kept.retraction, told["facts"]
    if said is None:
        return None
    reason, basis = str(said["reason"]), str(said["basis"])
    if not newest and (reason, [basis]) != (facts["reason"], list(told["basis"])):
        return None
    receipt = _receipt(kept, facts, BookState.RETRACTED, newest=newest)
    return retracted(kept.entry, basis, reason, receipt, copy=kept.lane if kept.copy else "")


def _receipt(kept: Kept, facts: Mapping[str, Any], state: BookState, *, newest: bool) -> str:
    """The receipt by the books, where they have this one; it may have been cut there."""
    mine = str(facts["receipt"])
    return mine if not newest or kept.state is not state or mine[:_LONGEST] == kept.receipt else kept.receipt


def _of(books: Sequence[Kept], entry: str, copy: str) -> Kept:
    """An entry with its first receiver, or its copy."""
    return _only([one for one in books if one.entry == entry and (one.lane == copy if one.copy else not copy)])


def _with(books: Sequence[Kept], entry: str, lane: str) -> Kept:
    """An entry as a receiver has it, the first or a further one."""
    return _only([one for one in books if one.entry == entry and one.lane == lane])


def _only(found: Sequence[Kept]) -> Kept:
    """Raises LookupError."""
    return found[0]

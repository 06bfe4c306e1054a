"""Rows of one organisation that stand in a register as several objects: one ticket more for a firm, so two people say so (decision 169)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet

from inspector.domain.errors import Refusal
from inspector.domain.person import said, same, two
from inspector.domain.roster import RosterObject, key_of
from inspector.domain.spelling import told_of


def anew(rows: Iterable[RosterObject], stays: Iterable[RosterObject], judged: AbstractSet[str]) -> Collection[str]:
    """The keys of rows that would come in beside another one of their organisation; `judged` are those in force now, which stand anyway."""
    of: dict[str, set[str]] = {}
    for row in (*rows, *stays):
        if (told := told_of(row.kind, row.code)) is not None:
            of.setdefault(told, set()).add(key_of(row))
    return sorted(key for keys in of.values() if len(keys) > 1 for key in keys - judged)


def signed(by: str, first: str) -> None:
    """Raise Refusal (`apart_same_person`) where who signs is who has asked."""
    if same(by, first):
        raise Refusal("apart_same_person", by=by)


def together(by: Sequence[str], reason: str) -> tuple[tuple[str, str], str]:
    """(the two names, the reason), for a draw of files that no daemon keeps. Raises Invalid, and Refusal (`apart_two`)."""
    if (names := two(by)) is None:
        raise Refusal("apart_two")
    return names, said("reason", reason)

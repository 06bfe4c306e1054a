"""Who holds a letter, where the one connector of an agency reaches its people at addresses of their own; who may have a credit entry."""

from __future__ import annotations

from collections.abc import Mapping

from inspector.domain.letter import APART, LetterKind
from inspector.domain.statement import BookState
from inspector.flows.office import Office
from inspector.incoming import Apart
from inspector.store.books import Booked
from inspector.store.payload import read
from inspector.store.tx import Tx


def holder(office: Office, kind: LetterKind, via: str) -> str:
    """Who holds a letter: a connector, or behind it the liaison officer or the head, where it reaches these elsewhere than the agency."""
    agency: object = office.connectors.agencies.get(via)
    own = kind in (LetterKind.LIAISON, LetterKind.HEAD) and isinstance(agency, Apart) and agency.apart(kind)
    return f"{via}{APART}{kind.value}" if own else via


CALLED = "called"
"""What the row of a push carries from before its first call on, as that of a letter carries what it says (`said`)."""


PERHAPS = "perhaps"
"""What the row of an entry to somebody's discredit carries: whether it may have come to its receiver, though no receipt of it has."""


def perhaps(payload: Mapping[str, object], claims: int) -> bool:
    """Whether an entry may have come by a row that was claimed so often. One of a release before says nothing of what became of them."""
    return bool(payload.get(PERHAPS, claims > 0))


def lacks(tx: Tx, booked: Booked) -> bool:
    """Whether a receiver that is to have an entry surely has not."""
    row = tx.work.keyed(booked.key) if booked.state is BookState.ORDERED else None
    said = read(row["payload"]) if row is not None else None
    return row is not None and said is not None and not perhaps(said, row["fence"])


def called(payload: Mapping[str, object]) -> bool:
    """Whether a row may have been handed over: what was only claimed, and waited for a way or an hour, has called nobody."""
    return not payload.keys().isdisjoint({"said", CALLED})

"""What is on record of a party, by whatever code it comes: a bar on a credit code is one on its organisation code, too (decision 151).

So it is where an office has let the organisation into its register under several codes (decision 170): two rows are no second firm.
"""

from __future__ import annotations

from inspector.domain.case import Subject
from inspector.domain.creditrecord import Record
from inspector.domain.gate import OutsideBar
from inspector.store.tx import Tx


def records(tx: Tx, subject: Subject) -> list[Record]:
    """What is to a party's discredit in our own records."""
    return list(tx.records.of_subject(subject.kind, subject.code))


def bars(tx: Tx, subject: Subject) -> list[OutsideBar]:
    """The bars of other authorities that name a party."""
    return list(tx.records.bars_of(subject.kind, subject.code))


def codes(tx: Tx, subject: Subject) -> list[str]:
    """The codes by which cases are about a party, its own among them."""
    return tx.records.spellings(subject.kind, subject.code)

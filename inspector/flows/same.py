"""What is on record of a party, by whatever code it comes: a bar on a credit code is one on its organisation code, too (decision 151)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from inspector.domain.case import Subject
from inspector.domain.creditrecord import Record
from inspector.domain.gate import OutsideBar
from inspector.domain.spelling import told_of
from inspector.store.tx import Tx

T = TypeVar("T", Record, OutsideBar)


def records(tx: Tx, agency: str, subject: Subject) -> list[Record]:
    """What is to a party's discredit in our own records."""
    return _its_own(tx, agency, subject, tx.records.of_subject(subject.kind, subject.code))


def bars(tx: Tx, agency: str, subject: Subject) -> list[OutsideBar]:
    """The bars of other authorities that name a party."""
    return _its_own(tx, agency, subject, tx.records.bars_of(subject.kind, subject.code))


def codes(tx: Tx, agency: str, subject: Subject) -> list[str]:
    """The codes by which cases are about a party, its own among them."""
    found = tx.records.spellings(subject.kind, subject.code)
    return [subject.code] if len(found) > 1 and _apart(tx, agency, subject) else found


def _its_own(tx: Tx, agency: str, subject: Subject, found: Sequence[T]) -> list[T]:
    """Without what names another code, where the agency has said that the codes of this organisation are several parties."""
    others = any(one.code != subject.code for one in found)
    return [one for one in found if one.code == subject.code] if others and _apart(tx, agency, subject) else list(found)


def _apart(tx: Tx, agency: str, subject: Subject) -> bool:
    """Whether the agency's register has several codes of the organisation in force: somebody has said that they are several."""
    told = told_of(subject.kind, subject.code)
    return told is not None and len(tx.rosters.organisations(agency, [told]).get(told, ())) > 1

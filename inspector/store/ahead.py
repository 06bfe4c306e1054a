"""What is mostly nothing, asked for many cases at once: a file of thousands is taken in with a few questions, not with six for each row.

Of each it is found out what is there for none; whoever asks for that in the same transaction is answered without the database. What is
there for some is asked for each, as ever. Whoever writes such a thing in the transaction takes the answer away (`Batch.nothing`).

What another hand writes between this look and the case's own row is not seen, as it is not where it comes between that row and the commit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa

from inspector.domain.case import CaseState, SubjectKind
from inspector.domain.spelling import told_of
from inspector.store.cases import forms
from inspector.store.cataloguetables import catalogue_entry
from inspector.store.recordtables import credit_record, outside_bar
from inspector.store.room import Room, padded
from inspector.store.tables import case_file, credit_level, subject

_TOGETHER = 1000
"""Values in one question: databases bound them."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A case that will be asked about: its agency, its sender and reference there, and its subject's code as the tables have it."""

    agency: str
    sender: str
    reference: str
    kind: SubjectKind
    code: str
    party: tuple[str, str] = field(init=False)
    """Who the subject is, by whatever code: its organisation, else its own code."""

    def __post_init__(self) -> None:
        told = told_of(self.kind, self.code)
        object.__setattr__(self, "party", ("organisation", told) if told is not None else (self.kind.value, self.code))


class AheadRoom(Room):
    """Questions of many cases at once."""

    def look(self, coming: Collection[Coming], agencies: Collection[str]) -> None:
        """Find out what is not there: cases of these references; records, bars, levels, withdrawals of these subjects; catalogues.

        To be asked before any of the cases is written.
        """
        nothing = self.batch.nothing
        nothing |= {("published", one) for one in agencies} - self._published(agencies)
        nothing |= {("case", one.agency, one.sender, one.reference) for one in coming} - self._sent(coming)
        rated = self._levels({one for one in coming if one.kind is SubjectKind.FIRM})
        nothing |= {("level", one.kind, one.code) for one in coming if one.party not in rated}
        parties = self._parties(coming)
        of_note, left = self._recorded(parties) | self._barred(coming), self._withdrawn(parties)
        nothing |= {("record", one.kind, one.code) for one in coming if one.party not in of_note}
        nothing |= {("withdrawn", one.kind, one.code) for one in coming if one.party not in left}

    def _published(self, agencies: Collection[str]) -> set[tuple[Any, ...]]:
        asked = sa.select(catalogue_entry.c.agency).distinct().where(catalogue_entry.c.published_on.is_not(None))
        return {("published", row.agency) for row in self._rows(asked, catalogue_entry.c.agency, agencies)}

    def _sent(self, coming: Collection[Coming]) -> set[tuple[Any, ...]]:
        """The references that have a case, in whichever form it has them."""
        written: dict[str, set[str]] = {}
        for one in coming:
            for form in forms(one.reference):
                written.setdefault(form, set()).add(one.reference)
        asked = sa.select(case_file.c.agency, case_file.c.sender, case_file.c.reference)
        rows = self._rows(asked, case_file.c.reference, written)
        return {("case", row.agency, row.sender, one) for row in rows for one in written[row.reference]}

    def _levels(self, firms: set[Coming]) -> set[tuple[str, str]]:
        """The parties of which somebody has stated a level, by whatever code."""
        held = credit_level.c
        asked = sa.select(held.code, held.organisation).where(held.kind == SubjectKind.FIRM.value)
        exact = {row.code for row in self._rows(asked, held.code, {one.code for one in firms})}
        told = {value for sort, value in (one.party for one in firms) if sort == "organisation"}
        named = {("organisation", row.organisation) for row in self._rows(asked, held.organisation, told)}
        return named | {one.party for one in firms if one.code in exact}

    def _parties(self, coming: Collection[Coming]) -> dict[tuple[str, str], tuple[str, str]]:
        """By kind and code, for any code that cases name them by: which party it is."""
        parties = {(one.kind.value, one.code): one.party for one in coming}
        told = {value for sort, value in parties.values() if sort == "organisation"}
        firm = SubjectKind.FIRM.value
        spelt = sa.select(subject.c.code, subject.c.organisation).where(subject.c.kind == firm)
        for row in self._rows(spelt, subject.c.organisation, told):
            parties[firm, row.code] = ("organisation", row.organisation)
        return parties

    def _recorded(self, parties: Mapping[tuple[str, str], tuple[str, str]]) -> set[tuple[str, str]]:
        """The parties of whom something is in our records."""
        asked = sa.select(credit_record.c.kind, credit_record.c.code).where(credit_record.c.adverse)
        rows = self._rows(asked, credit_record.c.code, {code for _, code in parties})
        return {parties[row.kind, row.code] for row in rows if (row.kind, row.code) in parties}

    def _withdrawn(self, parties: Mapping[tuple[str, str], tuple[str, str]]) -> set[tuple[str, str]]:
        """The parties of whom a case that stood in a frame was withdrawn (`ConsequenceRoom.framed_and_withdrawn`)."""
        held = case_file.c
        asked = sa.select(held.subject_kind, held.subject_code).where(
            held.state == CaseState.WITHDRAWN.value, held.drawn.is_not(None)
        )
        rows = self._rows(asked, held.subject_code, {code for _, code in parties})
        return {parties[name] for row in rows if (name := (row.subject_kind, row.subject_code)) in parties}

    def _barred(self, coming: Collection[Coming]) -> set[tuple[str, str]]:
        """The parties whom a bar of another authority names."""
        told = {value for sort, value in (one.party for one in coming) if sort == "organisation"}
        asked = sa.select(outside_bar.c.organisation)
        named = {("organisation", row.organisation) for row in self._rows(asked, outside_bar.c.organisation, told)}
        asked = sa.select(outside_bar.c.kind, outside_bar.c.code)
        return named | {(row.kind, row.code) for row in self._rows(asked, outside_bar.c.code, {one.code for one in coming})}

    def _rows(self, asked: sa.Select[Any], column: sa.Column[str], values: Collection[str]) -> Iterator[sa.Row[Any]]:
        """The rows that have one of these in a column."""
        for some in _parts(sorted(values)):
            yield from self.connection.execute(asked.where(column.in_(padded(some))))


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + _TOGETHER] for start in range(0, len(values), _TOGETHER))

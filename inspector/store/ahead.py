"""What every case asks that comes in, asked at once: of one case as of a file of thousands it is one question, not six for each.

What is known ahead answers whoever asks for it in the same transaction, without the database (`Batch.ahead`). Of records, bars and
withdrawals, of which there are mostly none, it is known whether there are any, and what is there is asked for, as ever. Whoever writes
such a thing in the transaction takes the answer away.

What another hand writes between this look and the case's own row is not seen, as it is not where it comes between that row and the commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from inspector.domain.case import CaseState, SubjectKind
from inspector.domain.credit import Told
from inspector.domain.spelling import told_of
from inspector.store.among import among
from inspector.store.cataloguetables import catalogue_entry
from inspector.store.recordtables import credit_record, outside_bar
from inspector.store.references import forms, sent
from inspector.store.room import Room
from inspector.store.tables import case_file, credit_level, subject

_COLUMNS = ("what", "one", "two", "code", "organisation", "at")
_FIRM, *_ = _KINDS = [sa.literal_column(f"'{kind.value}'", sa.Text) for kind in (SubjectKind.FIRM, SubjectKind.PERSON)]
_held, _level, _record, _bar = case_file.c, credit_level.c, credit_record.c, outside_bar.c


def _rows(what: str, **columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """The rows that answer one question: what they are about, and of the columns that all have those that it fills."""
    told = {"what": sa.literal_column(f"'{what}'", sa.Text), **columns}
    return sa.select(*(told.get(name, sa.null()).label(name) for name in _COLUMNS))


_ALIKE = among(subject.c.organisation, "organisations")  # only a firm's code stands for one
_SPELT = sa.select(subject.c.code).where(_ALIKE)
_LEVELS = _rows("level", one=_level.level, two=_level.source, code=_level.code, organisation=_level.organisation, at=_level.as_of)
_RECORDED = _rows("record", one=_record.kind, code=_record.code).where(_record.adverse)
_DRAWN = _rows("drawn", one=_held.subject_kind, two=_held.state, code=_held.subject_code).where(_held.drawn.is_not(None))
_BARS = _rows("bar", one=_bar.kind, code=_bar.code, organisation=_bar.organisation)
_THERE = sa.union_all(
    _LEVELS.where(_level.kind == _FIRM, among(_level.code, "codes")),  # the first has all columns: by it their types are known
    _LEVELS.where(among(_level.organisation, "organisations")),
    _rows("published", one=catalogue_entry.c.agency)
    .where(among(catalogue_entry.c.agency, "line"), catalogue_entry.c.published_on.is_not(None))
    .group_by(catalogue_entry.c.agency),
    _rows("case", one=_held.reference, two=_held.id, code=_held.digest).where(
        _held.agency == sa.bindparam("agency"), _held.sender == sa.bindparam("sender"), among(_held.reference, "references")
    ),
    _rows("spelt", code=subject.c.code, organisation=subject.c.organisation).where(_ALIKE),
    _RECORDED.where(_record.kind.in_(_KINDS), among(_record.code, "codes")),
    _RECORDED.where(_record.kind == _FIRM, _record.code.in_(_SPELT)),
    _DRAWN.where(_held.subject_kind.in_(_KINDS), among(_held.subject_code, "codes")),
    _DRAWN.where(_held.subject_kind == _FIRM, _held.subject_code.in_(_SPELT)),
    _BARS.where(among(_bar.organisation, "organisations")),
    _BARS.where(_bar.kind.in_(_KINDS), among(_bar.code, "codes")),
)
"""Each part by an index of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A case that will be asked about: its reference, and its subject's code as the tables have it."""

    reference: str
    kind: SubjectKind
    code: str


class AheadRoom(Room):
    """What is asked of cases that come in."""

    def knows(self, agency: str, sender: str, reference: str) -> bool:
        """Whether a case of this reference has been asked about, and not been written since."""
        return sent(agency, sender, reference) in self.batch.ahead

    def look(self, agency: str, sender: str, coming: Collection[Coming], line: Collection[str]) -> None:
        """Find out what is there of cases that a sender hands in at an agency; `line` are that agency and those above it.

        The cases of these references, the catalogues, and of each subject levels, other codes, records, bars and withdrawals. To be asked
        before any of the cases is written.
        """
        parties = {one: told_of(one.kind, one.code) for one in coming}
        found = self._found(agency, sender, parties, line)
        published = {row.one for row in found["published"]}
        cases = {row.one: (row.two, row.code) for row in found["case"]}  # a digest is opened as codes are
        levels, spelt = defaultdict[str | None, list[Told]](list), defaultdict[str, list[str]](list)
        for row in found["level"]:
            told = Told(code=row.code, level=row.one, as_of=row.at, source=row.two)
            for name in {row.code, row.organisation}:
                levels[name].append(told)
        for row in found["spelt"]:
            spelt[row.organisation].append(row.code)
        recorded, barred = ({(row.one, row.code) for row in found[what]} for what in ("record", "bar"))
        left = {(row.one, row.code) for row in found["drawn"] if row.two == CaseState.WITHDRAWN}
        named = {row.organisation for row in found["bar"]}
        ahead = self.batch.ahead
        ahead |= {("published", one): one in published for one in line}
        for one, party in parties.items():
            written = next((cases[form] for form in forms(one.reference) if form in cases), None)
            codes = {(one.kind.value, code) for code in (one.code, *(spelt[party] if party is not None else ()))}
            ahead[sent(agency, sender, one.reference)] = written
            ahead["level", one.kind, one.code] = list(
                dict.fromkeys([*levels[one.code], *(levels[party] if party is not None else ())])
            )
            ahead["spelt", party] = spelt[party] if party is not None else []
            ahead["record", one.kind, one.code] = not codes.isdisjoint(recorded)
            ahead["withdrawn", one.kind, one.code] = not codes.isdisjoint(left)
            ahead["bar", one.kind, one.code] = (one.kind.value, one.code) in barred if party is None else party in named

    def _found(
        self, agency: str, sender: str, parties: Mapping[Coming, str | None], line: Collection[str]
    ) -> Mapping[str, Sequence[sa.Row[Any]]]:
        """The rows there are, by what they are about; each once, though two ways lead to it."""
        asked = {
            "agency": agency,
            "sender": sender,
            "line": [*line],
            "references": [*dict.fromkeys(form for one in parties for form in forms(one.reference))],
            "codes": [*{one.code for one in parties}],
            "organisations": [*filter(None, {*parties.values()})],
        }
        found = defaultdict[str, list[sa.Row[Any]]](list)
        for row in dict.fromkeys(self.connection.execute(_THERE, asked)):
            found[row.what].append(row)
        return found

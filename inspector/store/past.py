"""A period as it is recorded, for whoever reads all of it again: page by page, never held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.case import Case, CaseState
from inspector.domain.errors import Newer
from inspector.domain.evidence import Evidence
from inspector.store.codec import load
from inspector.store.drawtables import draw
from inspector.store.room import GONE, Room, padded
from inspector.store.tables import case_file, evidence, ledger

OPENING = ("credit.look_up", "strategy.choose", "item.exempt", "route.certificate")
"""The rules by which cases come in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A case as it is recorded; without one where its facts are `gone`, or where this release cannot read them."""

    id: str
    case: Case | None
    gone: bool = False


class PastRoom(Room):
    """What came in, and what was drawn, in a period."""

    def opened(self, since: datetime, until: datetime, *, after: str = "", limit: int = 500) -> list[Recorded]:
        """The cases that came in from one moment until before another, in order of id."""
        return self._page(_within(case_file.c.opened_at, since, until), after, limit)

    def ended(self, since: datetime, until: datetime, *, after: str = "", limit: int = 500) -> list[Recorded]:
        """The cases whose verification ended from one moment until before another, in order of id."""
        return self._page(_within(case_file.c.ended_at, since, until), after, limit)

    def count_opened(self, since: datetime, until: datetime) -> int:
        """How many `opened` gives in all."""
        asked = sa.select(sa.func.count()).select_from(case_file).where(_within(case_file.c.opened_at, since, until))
        return int(self.connection.execute(asked).scalar_one())

    def cases(self, case_ids: Sequence[str]) -> list[Recorded]:
        """Cases by id; those that are no longer there are left out."""
        asked = sa.select(case_file.c.id, case_file.c.body).where(case_file.c.id.in_(padded(case_ids)))
        return [_recorded(row.id, row.body) for row in self.connection.execute(asked)]

    def lost(self, since: datetime, until: datetime) -> int:
        """How many cases the ledger saw coming in from one moment until before another that are no longer there."""
        there = sa.exists().where(case_file.c.id == ledger.c.about)
        asked = sa.select(sa.func.count(sa.distinct(ledger.c.about))).where(
            ledger.c.rule.in_(OPENING), _within(ledger.c.at, since, until), ~there
        )
        return int(self.connection.execute(asked).scalar_one())

    def vanished(self) -> list[str]:
        """Every case that the ledger saw coming in and that is no longer there; it reads all entries."""
        there = sa.exists().where(case_file.c.id == ledger.c.about)
        asked = sa.select(ledger.c.about).where(ledger.c.rule.in_(OPENING), ~there).distinct().order_by(ledger.c.about)
        return list(self.connection.execute(asked).scalars())

    def evidence(self, case_ids: Sequence[str]) -> dict[str, list[Evidence]]:
        """All evidence of some cases, of each in order of asking."""
        asked = sa.select(evidence.c.case_id, evidence.c.body).where(evidence.c.case_id.in_(padded(case_ids)))
        held: dict[str, list[Evidence]] = {}
        for row in self.connection.execute(asked.order_by(evidence.c.asked_at, evidence.c.id)):
            held.setdefault(row.case_id, []).append(load(Evidence, row.body))
        return held

    def routes(self, agency: str, until: datetime) -> Iterator[sa.RowMapping]:
        """(route, item, subject_kind, subject_code, opened_at) of an agency's cases before a moment, by time; without those gone."""
        names = ("route", "item", "subject_kind", "subject_code", "opened_at")
        asked = sa.select(*(case_file.c[name] for name in names)).where(
            case_file.c.agency == agency, case_file.c.opened_at < until, case_file.c.state.not_in(GONE)
        )
        asked = asked.order_by(case_file.c.opened_at, case_file.c.id).execution_options(yield_per=1_000)
        yield from self.connection.execute(asked).mappings()

    def sent_back(self, agency: str, since: datetime, until: datetime) -> dict[str, int]:
        """How many of an agency's cases of a period were sent back as having come by mistake, by route."""
        asked = sa.select(case_file.c.route, sa.func.count()).where(
            case_file.c.agency == agency,
            _within(case_file.c.opened_at, since, until),
            case_file.c.state == CaseState.SENT_BACK.value,
        )
        return {row[0]: row[1] for row in self.connection.execute(asked.group_by(case_file.c.route))}

    def draws(self, since: datetime, until: datetime) -> list[str]:
        """The numbers of the carried-out draws that were made from one moment until before another, in order of making."""
        asked = sa.select(draw.c.number).where(draw.c.state == "DRAWN", _within(draw.c.made_at, since, until))
        return list(self.connection.execute(asked.order_by(draw.c.made_at, draw.c.number)).scalars())

    def _page(self, which: sa.ColumnElement[bool], after: str, limit: int) -> list[Recorded]:
        asked = sa.select(case_file.c.id, case_file.c.body).where(case_file.c.id > after, which)
        return [_recorded(row.id, row.body) for row in self.connection.execute(asked.order_by(case_file.c.id).limit(limit))]


def _within(moment: sa.ColumnElement[datetime], since: datetime, until: datetime) -> sa.ColumnElement[bool]:
    """Whether a moment lies in a period, its end left out."""
    return (moment >= since) & (moment < until)


def _recorded(case_id: str, body: str) -> Recorded:
    if not body:
        return Recorded(id=case_id, case=None, gone=True)
    try:
        return Recorded(id=case_id, case=load(Case, body))
    except (ValueError, Newer):  # of another release's shape, or spoilt: whoever reads a period goes on, and tells of this one
        return Recorded(id=case_id, case=None)

"""Duties to publish results."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.errors import Missing
from inspector.domain.gazette import Line
from inspector.domain.inspection import CheckType
from inspector.domain.leadcheck import LeadCheck
from inspector.domain.province import PREFIX
from inspector.domain.publicationduty import LEAD, OWN, PublicationDuty, PublicationState
from inspector.domain.visit import Visit, VisitState
from inspector.store.codec import dump, load
from inspector.store.consequencetables import consequence
from inspector.store.lookback import LookbackRoom
from inspector.store.publicationtables import ANEW, OWED, publication_duty
from inspector.store.room import Room
from inspector.store.servingtables import lead_check
from inspector.store.tables import ledger, visit

_TOGETHER = 500
"""So many ids go into one statement."""
OWE, PENALTY, PUSH = "publication.owe", "disclosure.owe", "province.owe"
"""The rules of the entries that a result, or a penalty, is owed to the public, or a penalty to another province."""
Beside = tuple[object, ...]
_BESIDE = ("agency", "visit", "draw", "state", "due_at", "anew")
_IDS = sa.select(publication_duty.c.id).where(
    publication_duty.c.draw == sa.bindparam("of"), publication_duty.c.id > sa.bindparam("after")
)
_IDS = _IDS.order_by(publication_duty.c.id).limit(sa.bindparam("most", type_=sa.Integer))
_EVERY = _IDS.add_columns(publication_duty.c.body, *(publication_duty.c[name] for name in _BESIDE))
_FORMED = (VisitState.DONE.value, VisitState.CEASED.value)
KINDS = _RESULT, _PENALTY, _PUSH = "result", "penalty", "push"
"""What a duty is about, as it is counted."""
_OF = sa.case(
    (publication_duty.c.id.startswith(OWN), _PENALTY), (publication_duty.c.id.startswith(PREFIX), _PUSH), else_=_RESULT
).label("kind")
_BY_KIND: sa.ColumnElement[str] = sa.literal_column("kind")
"""PostgreSQL groups by the name of what is worked out: a second one with parameters of its own would be another one to it."""


Owing = tuple[PublicationDuty, Visit | Line]
"""A duty and the visit whose result it is about; or the line that became public, where that is kept: nothing is worked out anew then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a duty stands, and of which draw and agency it is, without its words."""

    id: str
    agency: str
    draw: str
    state: PublicationState


class PublicationRoom(Room):
    """The table of duties to publish, and the results that nobody owes yet."""

    def unowed(self, after: str, limit: int) -> list[Visit]:
        """Visits with a result about which there is no duty, in order of id; a second look is no visit to anybody."""
        owed = sa.exists().where(publication_duty.c.visit == visit.c.id)
        asked = sa.select(visit.c.body).where(visit.c.state.in_(_FORMED), visit.c.check_type != CheckType.OFF_SITE.value, ~owed)
        asked = asked.where(visit.c.id > after).order_by(visit.c.id).limit(limit)
        return [load(Visit, body) for body in self.connection.execute(asked).scalars()]

    def add(self, made: PublicationDuty) -> bool:
        """Write a new one; False where it is there already."""
        row = {"id": made.id, "agency": made.agency, "visit": _what(made), "draw": made.draw}
        return self.insert_one(publication_duty, row | _row(made), ("id",))

    def get(self, duty: str, *, lock: bool = False) -> PublicationDuty:
        """One of them. Raises Missing."""
        if (held := self.find(duty, lock=lock)) is None:
            raise Missing("publication_unknown", publication=duty)
        return held

    def find(self, duty: str, *, lock: bool = False) -> PublicationDuty | None:
        """One of them; None where there is none."""
        asked = sa.select(publication_duty.c.body).where(publication_duty.c.id == duty)
        text = self.connection.execute(asked.with_for_update() if lock else asked).scalar_one_or_none()
        return load(PublicationDuty, text) if text is not None else None

    def of_visit(self, visit_id: str, agency: str, *, lock: bool = False) -> list[PublicationDuty]:
        """An agency's about one visit, the first turn first."""
        held = publication_duty.c
        asked = sa.select(held.body).where(held.visit == visit_id, held.agency == agency).order_by(held.id)
        found = self.connection.execute(asked.with_for_update() if lock else asked).scalars()
        return sorted((load(PublicationDuty, body) for body in found), key=lambda one: one.turn)

    def penalties(self, after: str, limit: int) -> list[PublicationDuty]:
        """Those about penalties on one's own register, which are of no draw, in order of id, behind `after`."""
        held = publication_duty.c
        asked = sa.select(held.body).where(held.draw == "", held.id.startswith(OWN), held.id > after)
        asked = asked.order_by(held.id).limit(limit)
        return [load(PublicationDuty, body) for body in self.connection.execute(asked).scalars()]

    def fallen(self) -> list[PublicationDuty]:
        """What was taken back, or is to be, and may be to be owed once more, in order of id: of the rest no body is read."""
        held = publication_duty.c
        asked = sa.select(held.body).where(ANEW).order_by(held.id)
        return [load(PublicationDuty, body) for body in self.connection.execute(asked).scalars()]

    def put(self, held: PublicationDuty) -> None:
        """Write a changed one; the caller holds its lock."""
        self.expect_one(sa.update(publication_duty).where(publication_duty.c.id == held.id).values(**_row(held)), held.id)

    def page(self, agencies: Sequence[str], state: PublicationState | None, after: str, limit: int) -> list[PublicationDuty]:
        """Those of these agencies in order of id, behind `after`."""
        held = publication_duty.c
        asked = sa.select(held.body).where(held.agency.in_(list(agencies)), held.id > after).order_by(held.id).limit(limit)
        if state is not None:
            asked = asked.where(held.state == state.value)
        return [load(PublicationDuty, body) for body in self.connection.execute(asked).scalars()]

    def draws(self) -> list[str]:
        """The draws whose visits' results are owed to the public, or are, in order; at the end "", where there is anything of no draw."""
        named = self.connection.execute(sa.select(publication_duty.c.draw).distinct()).scalars()
        return sorted(named, key=lambda one: (one == "", one))

    def ids(self, draw: str, after: str, limit: int) -> list[str]:
        """The ids of the duties of a draw, or of none, in order, behind `after`."""
        return list(self.connection.execute(_IDS, {"of": draw, "after": after, "most": limit}).scalars())

    def every(self, draw: str, after: str, limit: int) -> list[tuple[str, str, Beside]]:
        """(id, body as it lies there, what stands beside it) of the same: nobody may read one."""
        rows = self.connection.execute(_EVERY, {"of": draw, "after": after, "most": limit})
        return [(row[0], row[1], tuple(row[2:])) for row in rows]

    def beside(self, held: PublicationDuty, there: Beside) -> bool:
        """Whether there stands beside the body of a duty what it says; one of before says nothing of whether it is to be owed anew."""
        return there[:-1] == (held.agency, _what(held), held.draw, held.state.value, held.due_at) and there[-1] in (
            None,
            held.anew,
        )

    def lost(self) -> list[str]:
        """What entries are about that say more often than there are duties to be found about it that something of it is owed.

        Of what a purge took the words from nothing is asked; what is owed stays, nameless.
        """
        held, said = publication_duty.c, ledger.c
        owed: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for row in self.connection.execute(
            sa.select(said.rule, said.about, sa.func.count()).where(OWED).group_by(said.rule, said.about)
        ):
            owed[row[0]][row[1]] = row[2]
        results = sa.select(held.visit, sa.func.count()).outerjoin(visit, visit.c.id == held.visit)
        results = results.where(visit.c.id.is_not(None) & (held.draw != "") | held.id.startswith(LEAD) & (held.draw == ""))
        penalties = sa.select(consequence.c.case_id, sa.func.count()).join(publication_duty, held.visit == consequence.c.id)
        penalties = penalties.where(held.draw == "").group_by(consequence.c.case_id)
        own, pushes = (penalties.where(held.id.startswith(begins)) for begins in (OWN, PREFIX))
        found: set[str] = set()
        for rule, there in ((OWE, results.group_by(held.visit)), (PENALTY, own), (PUSH, pushes)):
            counts = {row[0]: row[1] for row in self.connection.execute(there)} if owed[rule] else {}
            less = (about for about, count in owed[rule].items() if counts.get(about, 0) < count)
            # one push is owed by an entry at each of its turns
            found.update(about for about in less if rule != PUSH or counts.get(about, 0) < len(self.pushes(about) - {""}))
        return sorted(found)

    def pushes(self, case_id: str) -> set[str]:
        """The ids of the pushes that the entries about a case say to be owed; an altered entry's own, and "" for a purged one."""
        told, changed = LookbackRoom(self.batch).told_of((case_id,), (PUSH,))
        return {one.id if one.id in changed else _named(one.body) for one in told}

    def with_visits(self, after: str, limit: int) -> list[Owing]:
        """Every duty with the visit whose result it is about, in order of id, behind `after`; or with the line that is kept of it."""
        held = publication_duty.c
        asked = sa.select(held.body, visit.c.body.label("of")).join(visit, visit.c.id == held.visit)
        asked = asked.where(held.id > after).order_by(held.id).limit(limit)
        return [_owing(row.body, row.of) for row in self.connection.execute(asked)]

    def these(self, duties: Sequence[str]) -> list[Owing]:
        """The same of some duties by their ids."""
        held, found = publication_duty.c, list[Any]()
        asked = sa.select(held.body, visit.c.body.label("of"), held.id).join(visit, visit.c.id == held.visit).order_by(held.id)
        for start in range(0, len(duties), _TOGETHER):
            found += self.connection.execute(asked.where(held.id.in_(duties[start : start + _TOGETHER])))
        return [_owing(row.body, row.of) for row in found]

    def standing(self, after: str, limit: int) -> list[Standing]:
        """Where every duty to publish a result stands, in order of id, behind `after`: no body is read."""
        held = publication_duty.c
        other = held.id.startswith(OWN) | held.id.startswith(PREFIX)
        asked = sa.select(held.id, held.agency, held.draw, held.state).where(held.id > after, ~other)
        asked = asked.order_by(held.id).limit(limit)
        return [
            Standing(id=row.id, agency=row.agency, draw=row.draw, state=PublicationState(row.state))
            for row in self.connection.execute(asked)
        ]

    def leads(self, after: str, limit: int) -> list[tuple[PublicationDuty, LeadCheck | None]]:
        """Those about checks for cause, in order of id, behind `after`; None for one that was purged."""
        held = publication_duty.c
        asked = sa.select(held.body, lead_check.c.body.label("of")).outerjoin(lead_check, lead_check.c.id == held.visit)
        asked = asked.where(held.draw == "", held.id.startswith(LEAD), held.id > after).order_by(held.id).limit(limit)
        return [_of_lead(row.body, row.of) for row in self.connection.execute(asked)]

    def these_leads(self, duties: Sequence[str]) -> list[tuple[PublicationDuty, LeadCheck | None]]:
        """The same of some duties by their ids."""
        held, found = publication_duty.c, list[Any]()
        asked = sa.select(held.body, lead_check.c.body.label("of")).outerjoin(lead_check, lead_check.c.id == held.visit)
        for start in range(0, len(duties), _TOGETHER):
            found += self.connection.execute(asked.where(held.id.in_(duties[start : start + _TOGETHER])).order_by(held.id))
        return [_of_lead(row.body, row.of) for row in found]

    def visited(self) -> dict[str, dict[VisitState, int]]:
        """How many visits of each draw stand where; a second look is no visit to anybody."""
        held, told = visit.c, dict[str, dict[VisitState, int]]()
        asked = sa.select(held.draw, held.state, sa.func.count()).where(held.check_type != CheckType.OFF_SITE.value)
        for draw, state, count in self.connection.execute(asked.group_by(held.draw, held.state)).all():
            told.setdefault(draw, {})[VisitState(state)] = count
        return told

    def overdue(self, state: PublicationState, now: datetime) -> dict[str, int]:
        """How many of a state are over their date, by kind; those of which there are none, too."""
        held = publication_duty.c
        asked = sa.select(_OF, sa.func.count()).where(held.state == state.value, held.due_at < now).group_by(_BY_KIND)
        return dict.fromkeys(KINDS, 0) | {str(one): int(count) for one, count in self.connection.execute(asked)}

    def counts(self) -> Sequence[Any]:
        """(agency, state, kind, count)."""
        held = publication_duty.c
        asked = sa.select(held.agency, held.state, _OF, sa.func.count()).group_by(held.agency, held.state, _BY_KIND)
        return self.connection.execute(asked).all()


def _named(body: str) -> str:
    return str(json.loads(body).get("publication", "")) if body else ""


def _what(held: PublicationDuty) -> str:
    return held.penalty.consequence if held.penalty is not None else held.lead or held.visit


def _owing(body: str, of: str) -> Owing:
    duty = load(PublicationDuty, body)
    return duty, duty.shown or load(Visit, of)


def _of_lead(body: str, of: str | None) -> tuple[PublicationDuty, LeadCheck | None]:
    return load(PublicationDuty, body), load(LeadCheck, of) if of else None


def _row(held: PublicationDuty) -> dict[str, object]:
    return {"state": held.state.value, "due_at": held.due_at, "body": dump(held, held.id), "anew": held.anew}

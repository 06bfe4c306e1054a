"""Consequences: what was proposed about a case, and how far each has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.case import CaseState, SubjectKind
from inspector.domain.consequence import UNDECIDED, Consequence, ConsequenceState
from inspector.domain.errors import Missing
from inspector.domain.evidence import UNTRUE
from inspector.store.codec import dump, load
from inspector.store.consequencetables import consequence
from inspector.store.nextsteps import steps
from inspector.store.room import Room
from inspector.store.standing import came, contested, counts, stood
from inspector.store.tables import case_file

_ONE = sa.select(consequence.c.body).where(consequence.c.id == sa.bindparam("of"))
_LOCKED = _ONE.with_for_update()
_OF_CASE = sa.select(consequence.c.body).where(consequence.c.case_id == sa.bindparam("of"))
_OF_CASE_LOCKED = _OF_CASE.with_for_update()
_PUT = sa.update(consequence).where(consequence.c.id == sa.bindparam("of")).values(version=consequence.c.version + 1)
_UNTRUE = sa.select(sa.func.count(), sa.func.max(case_file.c.ended_at)).where(
    case_file.c.subject_kind == sa.bindparam("of_kind"),
    case_file.c.subject_code.in_(sa.bindparam("of_codes", expanding=True)),
    case_file.c.outcome.in_([one.value for one in UNTRUE]),
    case_file.c.id != sa.bindparam("but"),
)
_EARLIER = _UNTRUE.where(counts(case_file.c.id))
_CONTESTED = _UNTRUE.where(contested(case_file.c.id), stood(case_file.c.id), came(case_file.c.id))


class ConsequenceRoom(Room):
    """The consequence table."""

    def add(self, held: Consequence) -> None:
        """Write a new one; the same one twice is one."""
        row = {"id": held.id, "case_id": held.case_id, "agency": held.agency, "proposal": held.proposal.value, "version": 0}
        self.insert_one(consequence, row | self._row(held), ("id",))

    def find(self, consequence_id: str) -> Consequence | None:
        """One of them, where there is one."""
        text = self.connection.execute(_ONE, {"of": consequence_id}).scalar()
        return load(Consequence, text) if text is not None else None

    def get(self, consequence_id: str, *, lock: bool = False) -> Consequence:
        """One of them. Raises Missing."""
        text = self.connection.execute(_LOCKED if lock else _ONE, {"of": consequence_id}).scalar_one_or_none()
        if text is None:
            raise Missing("consequence_unknown", consequence=consequence_id)
        return load(Consequence, text)

    def put(self, held: Consequence) -> None:
        """Write a changed one; the caller holds its lock, or its case's."""
        self.expect_one(_PUT, held.id, self._row(held) | {"of": held.id})

    def of_case(self, case_id: str, *, lock: bool = False) -> list[Consequence]:
        """Those of a case, in the order in which they were proposed."""
        found = self.connection.execute(_OF_CASE_LOCKED if lock else _OF_CASE, {"of": case_id})
        held = [load(Consequence, text) for text in found.scalars()]
        return sorted(held, key=lambda one: int(one.id.rpartition("-")[2]))

    def page(self, agencies: Sequence[str] | None, limit: int, after: str = "", case_id: str = "") -> list[Consequence]:
        """Open ones by the date of their next step, behind the one of the id `after`; of one case all of them, those that are over too."""
        due = steps(agencies)
        asked = sa.select(consequence.c.body)
        if not case_id:
            asked = asked.join(due, due.c.id == consequence.c.id)
        elif agencies is not None:
            asked = asked.where(consequence.c.agency.in_(list(agencies)))
        asked = asked.where(consequence.c.case_id == case_id) if case_id else asked
        place: tuple[sa.ColumnElement[Any], ...] = (consequence.c.id,) if case_id else (due.c.due_at, due.c.id)
        if after:
            held = consequence.alias() if case_id else steps(agencies).alias("held")
            last = (held.c.id,) if case_id else (held.c.due_at, held.c.id)
            asked = asked.where(sa.tuple_(*place) > sa.select(*last).where(held.c.id == after).scalar_subquery())
        return [load(Consequence, text) for text in self.connection.execute(asked.order_by(*place).limit(limit)).scalars()]

    def counts(self) -> Sequence[Any]:
        """(agency, proposal, state, count) of the open ones; a decision that has not come to its subject is one."""
        asked = sa.select(consequence.c.agency, consequence.c.proposal, consequence.c.state, sa.func.count())
        asked = asked.join_from(consequence, due := steps(), due.c.id == consequence.c.id)
        return self.connection.execute(asked.group_by(consequence.c.agency, consequence.c.proposal, consequence.c.state)).all()

    def states(self) -> Sequence[Any]:
        """(proposal, state, count) of all there are, over or not."""
        asked = sa.select(consequence.c.proposal, consequence.c.state, sa.func.count())
        return self.connection.execute(asked.group_by(consequence.c.proposal, consequence.c.state)).all()

    def earlier(self, kind: SubjectKind, codes: Sequence[str], but: str) -> tuple[int, datetime | None, int]:
        """How many other cases of a subject ended untrue, and when the last of them did; and how many more are contested now.

        One whose decisions were annulled is none, nor is one of which no decision has come to its subject.
        """
        told = {"of_kind": kind.value, "of_codes": codes, "but": but}
        row, left = self.connection.execute(_EARLIER, told).one(), self.connection.execute(_CONTESTED, told).one()
        return row[0], row[1], left[0]

    def due(self, consequence_id: str) -> datetime | None:
        """By when somebody has to do the next step about one of them, as lists have it; None: nobody has."""
        asked = sa.select(steps(one=consequence_id).c.due_at)
        at: datetime | None = self.connection.execute(asked).scalar()
        return at

    def cases_about(self, kind: SubjectKind, codes: Sequence[str], item: str, but: str) -> list[str]:
        """The ids of a subject's other cases about an item, whatever became of them, the oldest first."""
        held = case_file.c
        asked = sa.select(held.id).where(held.subject_kind == kind.value, held.subject_code.in_(codes), held.item == item)
        return list(self.connection.execute(asked.where(held.id != but).order_by(held.id)).scalars())

    def nobody_withdrew(self, kind: SubjectKind, code: str) -> bool:
        """Whether it is known ahead that no case of a subject was withdrawn from a frame (`AheadRoom`)."""
        return self.batch.ahead.get(("withdrawn", kind, code)) is False

    def framed_and_withdrawn(self, agency: str, kind: SubjectKind, codes: Sequence[str], item: str) -> list[tuple[str, str]]:
        """(case, draw) of a subject's withdrawn cases about an item that stood in the frame of a draw which is not void."""
        held = case_file.c
        asked = sa.select(held.id, held.drawn).where(held.agency == agency, held.item == item, held.drawn.is_not(None))
        asked = asked.where(held.subject_kind == kind.value, held.subject_code.in_(codes))
        # Sorted here: asked for in this order, SQLite goes through all cases of the agency for the order's sake.
        return sorted((row[0], row[1]) for row in self.connection.execute(asked.where(held.state == CaseState.WITHDRAWN.value)))

    def graded_by(self, kind: SubjectKind, codes: Sequence[str], case_id: str, *, without: bool = False) -> list[Consequence]:
        """What stands or is under way in other cases of a subject, and was graded when the finding of this case was an earlier one.

        `without`: graded while it was left out, for it was contested.
        """
        if not (mine := [one.proposed_at for one in self.of_case(case_id)]):
            return []
        both = consequence.join(case_file, case_file.c.id == consequence.c.case_id)
        asked = sa.select(consequence.c.body).select_from(both).order_by(consequence.c.id)
        asked = asked.where(
            case_file.c.subject_kind == kind.value, case_file.c.subject_code.in_(codes), case_file.c.id != case_id
        )
        asked = asked.where(consequence.c.state.in_([one.value for one in UNDECIDED | {ConsequenceState.IMPOSED}]))
        found = [load(Consequence, text) for text in self.connection.execute(asked).scalars()]
        return [
            one for one in found if (one.grading.contested if without else one.grading.earlier) and one.proposed_at >= min(mine)
        ]

    def _row(self, held: Consequence) -> dict[str, object]:
        return {"state": held.state.value, "due_at": held.due_at, "body": dump(held, held.id)}

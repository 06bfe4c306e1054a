"""Visits and their seats."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from inspector.domain.errors import Missing, Refusal
from inspector.domain.inspection import CheckType
from inspector.domain.plan import Draw, DrawState
from inspector.domain.sampling import FULL
from inspector.domain.spelling import party_of, told_of
from inspector.domain.stake import Stake
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.store.codec import dump, load
from inspector.store.draws import CONTRADICTED
from inspector.store.drawtables import draw, visit_agency
from inspector.store.room import Row
from inspector.store.seats import Seats, of_visit
from inspector.store.stillopen import StillOpen
from inspector.store.tables import case_file, seat, visit, visit_case
from inspector.store.tocome import ToCome
from inspector.store.unfiled import Unfiled
from inspector.store.unmet import Unmet

_MADE = tuple(state.value for state in VisitState if state.open or state is VisitState.DONE)
_SLOTS = 0x736C6F74  # "slot": the advisory lock of whoever uses up slots of caps
_OPEN_VISITS = tuple(state.value for state in VisitState if state.open)
_SHORT = tuple(state.value for state in VisitState if state.short)
_NO_LOAD = (VisitState.CANCELLED.value, VisitState.OWED.value, VisitState.CEASED.value)
_OPEN = tuple(state.value for state in SeatState if state.open)
_WENT = tuple(state.value for state in SeatState if state.made)
_ONE = sa.select(visit.c.draw, visit.c.body).where(visit.c.id == sa.bindparam("of"))
_LOCKED = _ONE.with_for_update()
_PUT = sa.update(visit).where(visit.c.id == sa.bindparam("of"), visit.c.version == sa.bindparam("at_version"))
T = TypeVar("T")


class VisitRoom(StillOpen, ToCome, Seats, Unfiled, Unmet):
    """The visit and seat tables."""

    def add(self, made: Visit) -> None:
        """Write a new visit with the cases it serves."""
        row = {
            "id": made.id,
            "draw": made.draw,
            "agency": made.agency,
            "object_id": made.object_id,
            "replaces": made.replaces,
            "opened_at": made.opened_at,
            "version": made.version,
        }
        self.connection.execute(sa.insert(visit).values(**row, **self._row(made)))
        stakes = {one.agency: one for one in made.stakes}
        going = [_going(made.id, stakes.get(agency), agency, counts=not made.replaces) for agency in made.agencies]
        self.connection.execute(sa.insert(visit_agency), going)
        self._serves(made.id, made.case_ids)

    def join(self, changed: Visit, stake: Stake, case_ids: Collection[str]) -> None:
        """Write that one more agency goes, whose list the object has come into for another one, with its cases. Raises Stale."""
        self.put(changed)
        self.connection.execute(sa.insert(visit_agency), [_going(changed.id, stake, stake.agency, counts=False)])
        self._serves(changed.id, case_ids)

    def merge(self, changed: Visit, case_id: str) -> Visit:
        """Write that a visit serves a case more. Raises Stale."""
        following = self.put(changed)
        self._serves(changed.id, [case_id])
        return following

    def lock(self, visit_ids: Collection[str]) -> None:
        """Hold several visits to the end of the transaction, in order of id, so that two hands never wait for each other."""
        if visit_ids:
            asked = sa.select(visit.c.id).where(visit.c.id.in_(list(visit_ids))).order_by(visit.c.id)
            self.connection.execute(asked.with_for_update()).all()

    def get(self, visit_id: str, *, lock: bool = False) -> Visit:
        """A visit. Raises Missing, and Refusal (`draw_contradicted`) for a body that nobody can read."""
        found = self.batch.held.get(of_visit(visit_id))
        if not isinstance(found, tuple):
            found = self.connection.execute(_LOCKED if lock else _ONE, {"of": visit_id}).one_or_none()
        if found is None:
            raise Missing("visit_unknown", visit=visit_id)
        return _told(visit_id, *found)

    def put(self, changed: Visit) -> Visit:
        """Write a changed visit; expects the version it was read at. Raises Stale."""
        following = replace(changed, version=changed.version + 1)
        row = self._row(following)
        told = {"of": changed.id, "at_version": changed.version, **row, "version": following.version}
        self.expect_one(_PUT, changed.id, told)
        if of_visit(changed.id) in self.batch.held:
            self.batch.held[of_visit(changed.id)] = (following.draw, row["body"])
        return following

    def of_case(self, case_id: str, *, lock: bool = False) -> list[Visit]:
        """The visits that serve a case."""
        asked = sa.select(visit.c.body).join(visit_case, visit_case.c.visit == visit.c.id).where(visit_case.c.case_id == case_id)
        asked = asked.order_by(visit.c.id)
        return [
            load(Visit, text) for text in self.connection.execute(asked.with_for_update(of=visit) if lock else asked).scalars()
        ]

    def of_draw(self, number: str) -> list[Visit]:
        """The visits of a draw. Raises as `get` does."""
        asked = sa.select(visit.c.id, visit.c.draw, visit.c.body).where(visit.c.draw == number).order_by(visit.c.id)
        return [_told(row.id, row.draw, row.body) for row in self.connection.execute(asked)]

    def checked(self, number: str) -> list[tuple[str, Visit | None, bool]]:
        """The visits of a draw by id, None for an unreadable body; each with whether the columns that are asked by say what it does."""
        names = ("id", "draw", "agency", "object_id", "replaces", "opened_at", "done_at", "made_on", "state")
        asked = sa.select(*(visit.c[name] for name in names), visit.c.check_type, visit.c.body).where(visit.c.draw == number)
        told = []
        for row in self.rows(asked.order_by(visit.c.id)):
            one = _read(Visit, row["body"])
            same = (
                one is not None
                and row["check_type"] == one.check.value
                and all(row[name] == getattr(one, name) for name in names)
            )
            told.append((str(row["id"]), one, same))
        return told

    def teams_of(self, number: str) -> dict[str, list[tuple[Seat | None, bool]]]:
        """Every turn of every place of a draw's visits, by visit, None for an unreadable body; each with whether its columns say it too."""
        names = ("visit", "place", "turn", "agency", "inspector", "state")
        asked = sa.select(*(seat.c[name] for name in names), seat.c.body).join(visit, visit.c.id == seat.c.visit)
        teams: dict[str, list[tuple[Seat | None, bool]]] = {}
        asked = asked.where(visit.c.draw == number).order_by(seat.c.visit, seat.c.place, seat.c.turn)
        for row in self.rows(asked):
            one = _read(Seat, row["body"])
            same = one is not None and all(row[name] == getattr(one, name) for name in names)
            teams.setdefault(row["visit"], []).append((one, same))
        return teams

    def of_selection(self, number: str) -> list[Visit]:
        """The visits of a draw, and those of supplementary draws that stand for any of them: all that has come of its selection."""
        held = self.of_draw(number)
        level = [one.id for one in held]
        while level:
            asked = sa.select(visit.c.body).where(visit.c.replaces.in_(level), visit.c.draw != number).order_by(visit.c.id)
            anew = [load(Visit, text) for text in self.connection.execute(asked).scalars()]
            held += anew
            level = [one.id for one in anew]
        return held

    def dealt_anew(self, held: Visit) -> str | None:
        """The visit to the same object by which a supplementary draw has dealt a short one anew; None where none has."""
        given = sa.exists().where(seat.c.visit == visit.c.id)  # one for which nobody was left to go takes no place
        asked = sa.select(visit.c.id).where(visit.c.replaces == held.id, visit.c.object_id == held.object_id, given)
        return self.connection.execute(asked).scalars().first()

    def short(self, plan: str) -> list[Visit]:
        """The visits of a plan's draws that cannot take place for want of inspectors."""
        asked = sa.select(visit.c.body).join(draw, draw.c.number == visit.c.draw)
        asked = asked.where(draw.c.plan == plan, visit.c.state.in_(_SHORT))
        return [load(Visit, text) for text in self.connection.execute(asked.order_by(visit.c.id)).scalars()]

    def take_slots(self) -> None:
        """Hold, to the transaction's end, the right to use up slots of caps, of whichever agency; SQLite has one writer anyway."""
        if not self.sqlite:
            self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SLOTS)))

    def stirred(self, object_ids: AbstractSet[str], moment: datetime) -> bool:
        """Whether a visit to an object, by any of its keys, was given or made since a moment."""
        since = (visit.c.opened_at >= moment) | (visit.c.done_at >= moment)
        asked = sa.select(visit.c.id).where(visit.c.object_id.in_(list(object_ids)), visit.c.state.in_(_MADE), since)
        return self.connection.execute(asked.limit(1)).first() is not None

    def called_off(self, object_ids: AbstractSet[str]) -> list[str]:
        """The visits to an object, by any of its keys, that will not be made, in the order in which they were opened."""
        asked = sa.select(visit.c.id).where(visit.c.object_id.in_(list(object_ids)), visit.c.state == VisitState.CANCELLED.value)
        return list(self.connection.execute(asked.order_by(visit.c.opened_at, visit.c.id)).scalars())

    def made(self, object_ids: AbstractSet[str] = frozenset()) -> list[Row]:
        """Every visit that was made or is to be, of all agencies: what caps, cool-downs and coverage look back on.

        Or those to one object, by any of its keys. One called off is none; one that is short of inspectors is owed, and so to be made.
        In order of opening.
        """
        names = ("id", "draw", "object_id", "agency", "check_type", "opened_at", "done_at", "made_on")
        held = sa.select(*(visit.c[name] for name in names)).where(visit.c.state.in_(_MADE))
        if object_ids:
            held = held.where(visit.c.object_id.in_(list(object_ids)))
        return self.rows(held.order_by(visit.c.opened_at, visit.c.id))

    def items(self, agencies: Collection[str]) -> dict[str, frozenset[str]]:
        """The items of some agencies that visits were about, by visit; one to the pool alone, or to others' items, is not in it."""
        asked = sa.select(visit_case.c.visit, case_file.c.item).join(case_file, case_file.c.id == visit_case.c.case_id)
        asked = asked.where(case_file.c.agency.in_(list(agencies)))
        held: dict[str, set[str]] = {}
        for name, item in self.connection.execute(asked):
            held.setdefault(name, set()).add(item)
        return {name: frozenset(items) for name, items in held.items()}

    def going(self, ids: Collection[str] | None = None) -> dict[str, frozenset[str]]:
        """Whose visit each is, or each of some: the agencies that go."""
        held: dict[str, set[str]] = {}
        asked = sa.select(visit_agency.c.visit, visit_agency.c.agency)
        for name, agency in self.connection.execute(asked if ids is None else asked.where(visit_agency.c.visit.in_(list(ids)))):
            held.setdefault(name, set()).add(agency)
        return {name: frozenset(agencies) for name, agencies in held.items()}

    def teams(self, agency: str) -> dict[str, frozenset[str]]:
        """Which of an agency's officers were there, by visit made."""
        asked = sa.select(seat.c.visit, seat.c.inspector).join(visit, visit.c.id == seat.c.visit)
        held: dict[str, set[str]] = {}
        for name, staff in self.connection.execute(
            asked.where(seat.c.agency == agency, visit.c.state == VisitState.DONE.value, seat.c.state.in_(_WENT))
        ):
            held.setdefault(name, set()).add(staff)
        return {name: frozenset(staff) for name, staff in held.items()}

    def drawn_since(self, agency: str, moment: datetime, before: Draw | None = None) -> dict[str, int]:
        """How many objects of each stratum an agency has drawn since a moment, whatever became of their visits.

        A visit that stands for another one, dealt anew or come in for it, is no more than that one was. One that another agency
        drew, and this one only joins, is none of its own. What a void draw took and never visited is owed still, so that nobody
        makes a quota smaller by voiding.
        """
        asked = _drawn(agency, moment, before, visit_agency.c.stratum)
        return {row[0]: row[1] for row in self.connection.execute(asked)}

    def objects_since(
        self, agency: str, moment: datetime, strata: Collection[str], before: Draw | None = None
    ) -> dict[tuple[str, str], int]:
        """The same of some strata by (stratum, object): how often each was drawn."""
        asked = _drawn(agency, moment, before, visit_agency.c.stratum, visit.c.object_id)
        asked = asked.where(visit_agency.c.stratum.in_(list(strata)))
        return {(row[0], row[1]): row[2] for row in self.connection.execute(asked)}

    def chosen(self, numbers: Collection[str], agency: str = "") -> list[Row]:
        """(object_id, stratum, replaces) of every visit of some draws by the list of an agency, or of their lead; those called off too."""
        return self.rows(_taken(agency).where(visit.c.draw.in_(list(numbers))).order_by(visit.c.id))

    def of_plan(self, plan: str, moment: datetime, slots: str = "", agency: str = "") -> list[Row]:
        """The same of a plan's carried-out draws since a moment, or of those whose slot begins so; a void one has given back its own."""
        theirs = (draw.c.plan == plan) & (draw.c.state == DrawState.DRAWN.value) & draw.c.slot.startswith(slots)
        return self.rows(_taken(agency).where(theirs, visit.c.opened_at >= moment).order_by(visit.c.id))

    def planned_since(self, moment: datetime) -> list[tuple[str, bool, int]]:
        """(agency, whether chance alone chose the object, count) of the planned checks drawn since a moment, made or to be made."""
        # The stratum of visits that cases need is planned by nobody, whatever kind of check the visit is for another agency.
        held = visit.c.state.in_(_MADE) & visit.c.check_type.in_((CheckType.PLANNED.value, CheckType.JOINT.value))
        one = visit_agency.c
        asked = sa.select(one.agency, one.sampled, sa.func.count()).join(visit, visit.c.id == one.visit)
        asked = asked.where(held, visit.c.opened_at >= moment, one.stratum.not_in(("", FULL)))
        grouped = asked.group_by(one.agency, one.sampled).order_by(one.agency, one.sampled)
        return [(row[0], bool(row[1]), row[2]) for row in self.connection.execute(grouped)]

    def done(self, since: datetime, until: datetime) -> list[tuple[str, str, datetime]]:
        """(id, draw, when) of every visit that was made from one moment until before another."""
        asked = sa.select(visit.c.id, visit.c.draw, visit.c.done_at).where(visit.c.state == VisitState.DONE.value)
        asked = asked.where(visit.c.done_at >= since, visit.c.done_at < until).order_by(visit.c.id)
        return [(row.id, row.draw, row.done_at) for row in self.connection.execute(asked)]

    def objects_between(self, agency: str, since: datetime, until: datetime) -> list[str]:
        """The object of every visit that an agency leads, made or to be made, opened from one moment until before another."""
        goes = visit.c.state.in_(_MADE) & (visit.c.check_type != CheckType.OFF_SITE.value)  # a second look is at a result
        asked = sa.select(visit.c.object_id).where(visit.c.agency == agency, goes)
        return list(self.connection.execute(asked.where(visit.c.opened_at >= since, visit.c.opened_at < until)).scalars())

    def seats_since(self, agency: str, moment: datetime) -> dict[str, int]:
        """How many seats each inspector holds or held to the end in visits drawn since a moment."""
        held = (*_OPEN, *_WENT)
        asked = (
            sa.select(seat.c.inspector, sa.func.count())
            .join(visit, visit.c.id == seat.c.visit)
            .where(seat.c.agency == agency, visit.c.opened_at >= moment, seat.c.state.in_(held))
        )
        return {row[0]: row[1] for row in self.connection.execute(asked.group_by(seat.c.inspector))}

    def held_by_others(self, agency: str, than: Collection[str]) -> list[str]:
        """The open visits in which somebody of an agency holds a seat who is not among these inspectors."""
        asked = (
            sa.select(visit.c.id, seat.c.inspector)
            .join(seat, seat.c.visit == visit.c.id)
            .where(seat.c.agency == agency, visit.c.state.in_(_OPEN_VISITS), seat.c.state.in_(_OPEN))
            .order_by(visit.c.id)
        )
        return list(dict.fromkeys(row[0] for row in self.connection.execute(asked) if row[1] not in than))

    def unpushed(self, agency: str) -> list[str]:
        """The open visits in which somebody of an agency holds a seat whose push no channel has taken, in order."""
        asked = sa.select(visit.c.id).join(seat, seat.c.visit == visit.c.id).distinct()
        asked = asked.where(seat.c.agency == agency, visit.c.state.in_(_OPEN_VISITS), seat.c.state == SeatState.ORDERED.value)
        return list(self.connection.execute(asked.order_by(visit.c.id)).scalars())

    def open_seats_of(self, agency: str, staff: str) -> list[tuple[Seat, datetime]]:
        """The seats that an inspector holds in open visits, each with the visit's date, the nearest first."""
        asked = sa.select(seat.c.body, visit.c.body.label("whole")).join(visit, visit.c.id == seat.c.visit)
        asked = asked.where(seat.c.agency == agency, seat.c.inspector == staff, seat.c.state.in_(_OPEN))
        rows = self.connection.execute(asked.where(visit.c.state.in_(_OPEN_VISITS)))
        return sorted(((load(Seat, row[0]), load(Visit, row[1]).due_at) for row in rows), key=lambda one: (one[1], one[0].name))

    def stood_of(self, agency: str, staff: str) -> list[Seat]:
        """The seats from which an inspector has made visits that are open yet, for another agency's part or a result still to come."""
        asked = sa.select(seat.c.body).join(visit, visit.c.id == seat.c.visit).order_by(visit.c.id)
        asked = asked.where(seat.c.agency == agency, seat.c.inspector == staff, seat.c.state.in_(_WENT))
        return [load(Seat, text) for text in self.connection.execute(asked.where(visit.c.state.in_(_OPEN_VISITS))).scalars()]

    def seated(self, agency: str, staff: str, code: str) -> list[str]:
        """The open visits to whom a code stands for (`party_of`) where an inspector has a seat, or has entered the agency's part."""
        asked = sa.select(visit.c.id, visit.c.body).join(seat, seat.c.visit == visit.c.id)
        asked = asked.where(seat.c.agency == agency, seat.c.inspector == staff, seat.c.state.in_((*_OPEN, *_WENT)))
        asked = asked.where(visit.c.state.in_(_OPEN_VISITS)).order_by(visit.c.id)
        there = {row[0]: load(Visit, row[1]) for row in self.connection.execute(asked)}
        return [name for name, one in there.items() if one.code == code or told_of(one.kind, one.code) == party_of(code)]

    def loads(self, number: str, agency: str) -> dict[str, int]:
        """Open or done seats of each inspector of an agency in one draw: the loads in force (ruling 15).

        A visit called off is none, nor one that a supplementary draw owes, nor one whose object has ceased, whoever has entered a
        part of it. Strangers count by the lines: of a visit that was made before its seats passed on, who was dealt them then.
        """
        held = (*_OPEN, SeatState.DONE.value, SeatState.NEEDLESS.value)
        asked = (
            sa.select(seat.c.inspector, sa.func.count())
            .join(visit, visit.c.id == seat.c.visit)
            .where(visit.c.draw == number, seat.c.agency == agency, seat.c.state.in_(held))
            .where(visit.c.state.not_in(_NO_LOAD))
        )
        return {row[0]: row[1] for row in self.connection.execute(asked.group_by(seat.c.inspector))}

    def counts(self) -> tuple[Sequence[Any], Sequence[Any]]:
        """((visit state, count), (seat state, count))."""
        visits = self.connection.execute(sa.select(visit.c.state, sa.func.count()).group_by(visit.c.state)).all()
        seats = self.connection.execute(sa.select(seat.c.state, sa.func.count()).group_by(seat.c.state)).all()
        return visits, seats

    def answers_since(self, agencies: Collection[str], moment: datetime) -> Sequence[Any]:
        """(seat state, count) of the visits of some agencies that were given since a moment."""
        asked = sa.select(seat.c.state, sa.func.count()).join(visit, visit.c.id == seat.c.visit)
        asked = asked.where(visit.c.agency.in_(list(agencies)), visit.c.opened_at >= moment)
        return self.connection.execute(asked.group_by(seat.c.state).order_by(seat.c.state)).all()

    def _row(self, held: Visit) -> dict[str, object]:
        told = {"done_at": held.done_at, "made_on": held.made_on, "file_by": held.file_by, "body": dump(held, held.id)}
        return {"check_type": held.check.value, "state": held.state.value, **told}

    def _serves(self, visit_id: str, case_ids: Collection[str]) -> None:
        cases = [{"visit": visit_id, "case_id": case_id} for case_id in case_ids]
        if cases:
            self.connection.execute(sa.insert(visit_case), cases)


def _told(visit_id: str, number: str, body: str) -> Visit:
    """A visit of a draw by its body. Raises Refusal (`draw_contradicted`) where nobody can read it."""
    try:
        return load(Visit, body)
    except ValueError as error:
        raise Refusal(CONTRADICTED, draw=number, differs=f"records_visit {visit_id}") from error


def _read(kind: type[T], text: str) -> T | None:
    """What a body holds; None where nobody can read it."""
    try:
        return load(kind, text)
    except ValueError:
        return None


def _drawn(agency: str, moment: datetime, before: Draw | None, *by: sa.ColumnElement[str]) -> sa.Select[*tuple[Any, ...]]:
    """How many objects an agency has drawn since a moment, by some columns (`drawn_since`)."""
    void = sa.select(draw.c.number).where(draw.c.state == DrawState.VOID.value)
    undone = (visit.c.state == VisitState.CANCELLED.value) & visit.c.draw.in_(void)
    asked = sa.select(*by, sa.func.count()).join(visit, visit.c.id == visit_agency.c.visit)
    asked = asked.where(visit_agency.c.agency == agency, visit_agency.c.stratum != "", visit_agency.c.counts, ~undone)
    asked = asked.where(visit.c.opened_at >= moment).group_by(*by)
    if before is not None:
        later = sa.select(draw.c.number).where((draw.c.made_at > before.made_at) | (draw.c.number == before.number))
        asked = asked.where(visit.c.opened_at <= before.made_at, visit.c.draw.not_in(later))
    return asked


def _taken(agency: str) -> sa.Select[tuple[str, str, str]]:
    """(object_id, stratum, replaces) of the visits to what an agency, or the lead of their draw, has drawn by its list."""
    whose = visit_agency.c.agency == (agency or draw.c.agency)
    asked = sa.select(visit.c.object_id, visit_agency.c.stratum, visit.c.replaces).join(draw, draw.c.number == visit.c.draw)
    return asked.join(visit_agency, (visit_agency.c.visit == visit.c.id) & whose)


def _going(visit_id: str, stake: Stake | None, agency: str, *, counts: bool) -> dict[str, object]:
    """A row of visit_agency; without a stake the agency has drawn nothing."""
    stratum, sampled = (stake.stratum, stake.sampled) if stake is not None else ("", False)
    return {"visit": visit_id, "agency": agency, "stratum": stratum, "sampled": sampled, "counts": counts}

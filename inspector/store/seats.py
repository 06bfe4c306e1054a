"""Seats of visits; and visits held to the end of a transaction, each read once with all that stands under its lock."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.errors import Missing, Refusal, Stale
from inspector.domain.visit import Seat, SeatState
from inspector.store.codec import dump, load
from inspector.store.drawfiles import of_file
from inspector.store.drawtables import HOLDERS, challenge, draw, draw_file
from inspector.store.linktables import reply_link
from inspector.store.replylinks import of_link
from inspector.store.room import Room, padded
from inspector.store.tables import inspector, seat, visit

_SEAT = sa.select(seat.c.body).where(
    seat.c.visit == sa.bindparam("of"), seat.c.place == sa.bindparam("at"), seat.c.turn == sa.bindparam("in_turn")
)
_TEAM = sa.select(seat.c.body).where(seat.c.visit == sa.bindparam("of")).order_by(seat.c.place, seat.c.turn)
_PUT = sa.update(seat).where(
    seat.c.visit == sa.bindparam("of"),
    seat.c.place == sa.bindparam("at"),
    seat.c.turn == sa.bindparam("in_turn"),
    seat.c.state == sa.bindparam("was"),
)
_SOME: sa.BindParameter[str] = sa.bindparam("some", expanding=True)
_LOCKED = sa.select(visit.c.id, visit.c.draw, visit.c.body).where(visit.c.id.in_(_SOME)).order_by(visit.c.id).with_for_update()
_TEAMS = sa.select(seat.c.visit, seat.c.place, seat.c.turn, seat.c.body).where(seat.c.visit.in_(_SOME))
_ASKED = sa.select(challenge.c.visit, challenge.c.body).where(challenge.c.visit.in_(_SOME))
_ASKED = _ASKED.order_by(challenge.c.visit, challenge.c.inspector, challenge.c.number)
_AT_ONCE = (
    sa.select(
        visit.c.draw,
        visit.c.body.label("visit"),
        seat.c.body.label("seat"),
        seat.c.agency,
        seat.c.inspector,
        draw.c.body.label("made"),
        inspector.c.body.label("person"),
        inspector.c.removed_at,
        challenge.c.body.label("challenge"),
        reply_link.c.edition,
        draw_file.c.bytes.label("holders"),
    )
    .select_from(visit)
    .join(seat, seat.c.visit == visit.c.id)
    .join(draw, draw.c.number == visit.c.draw)
    .join(inspector, (inspector.c.agency == seat.c.agency) & (inspector.c.id == seat.c.inspector))
    .outerjoin(challenge, challenge.c.visit == visit.c.id)
    .outerjoin(draw_file, (draw_file.c.number == visit.c.draw) & (draw_file.c.name == HOLDERS) & (draw_file.c.part == 0))
    .outerjoin(reply_link, (reply_link.c.purpose == sa.bindparam("purpose")) & (reply_link.c.about == sa.bindparam("about")))
    .where(visit.c.id == sa.bindparam("of"), seat.c.place == sa.bindparam("at"), seat.c.turn == sa.bindparam("in_turn"))
    .order_by(challenge.c.inspector, challenge.c.number)
)


class Seats(Room):
    """The seat table. Whoever writes holds the visit's lock."""

    def hold(self, visit_ids: Collection[str]) -> None:
        """Lock several visits, as `VisitRoom.lock` does, and read them with their seats and the applications about them.

        Nobody else changes any of it meanwhile, so that each settlement of a group need not ask for itself. What was committed while
        this waited for a lock is seen: seats and applications are read when all visits are held.
        """
        held, some = self.batch.held, {"some": padded(visit_ids)}
        found = self.connection.execute(_LOCKED, some).all()
        held.update({of_visit(row.id): (row.draw, row.body) for row in found} | {of_challenges(row.id): [] for row in found})
        held.update({_of_seat(row.visit, row.place, row.turn): row.body for row in self.batch.direct.execute(_TEAMS, some)})
        try:
            asked = self.batch.direct.execute(_ASKED, some).all()
        except Refusal:  # one cannot be opened: whoever needs those of its visit asks, and hears so
            for visit_id in visit_ids:
                held.pop(of_challenges(visit_id), None)
            return
        for row in asked:
            bodies = held[of_challenges(row.visit)]
            assert isinstance(bodies, list)
            bodies.append(row.body)

    def at_once(self, visit_id: str, place: int, turn: int, purpose: str) -> None:
        """Read a seat with its visit, draw, inspector, holders and applications, and which of its links counts, in one statement.

        For whoever asks for them in this reading; `purpose` is that of its links. Where many threads read, each statement is a wait for
        the interpreter, on PostgreSQL a journey as well. What is not there is asked for, and missed, by itself.
        """
        name = f"{visit_id}:{place}:{turn}"
        asked = {"of": visit_id, "at": place, "in_turn": turn, "purpose": purpose, "about": name}
        found = self.connection.execute(_AT_ONCE, asked).all()
        for row in found[:1]:
            self.batch.held |= {
                of_visit(visit_id): (row.draw, row.visit),
                _of_seat(visit_id, place, turn): row.seat,
                of_draw(row.draw): row.made,
                of_inspector(row.agency, row.inspector): (row.person, row.removed_at),
                of_challenges(visit_id): [one.challenge for one in found if one.challenge is not None],
                of_link(purpose, name): row.edition or 0,
                of_file(row.draw, HOLDERS): row.holders,
            }

    def add_seat(self, given: Seat) -> None:
        """Write a new seat. Raises Stale when the place has been dealt at this turn already."""
        names = ("visit", "place", "turn", "agency", "inspector")
        row = {name: getattr(given, name) for name in names} | {"state": given.state.value, "body": _body(given)}
        if not self.insert_one(seat, row, ("visit", "place", "turn")):
            raise Stale("stale", what=given.name)

    def put_seat(self, changed: Seat, was: SeatState) -> None:
        """Write a seat that went on from a state, with the transaction's next statement; that raises Stale when somebody else moved it."""
        body, place = _body(changed), {"of": changed.visit, "at": changed.place, "in_turn": changed.turn}
        self.batch.expect(_PUT, changed.name, {**place, "was": was.value, "state": changed.state.value, "body": body})
        self.batch.held[_of_seat(changed.visit, changed.place, changed.turn)] = body

    def seat(self, visit_id: str, place: int, turn: int) -> Seat:
        """One seat at one turn. Raises Missing."""
        text = self.batch.held.get(_of_seat(visit_id, place, turn))
        if not isinstance(text, str):
            text = self.connection.execute(_SEAT, {"of": visit_id, "at": place, "in_turn": turn}).scalar_one_or_none()
        if text is None:
            raise Missing("seat_unknown", visit=visit_id, place=place, turn=turn)
        return load(Seat, text)

    def team(self, visit_id: str) -> tuple[Seat, ...]:
        """Every turn of every place of a visit, in order."""
        return tuple(load(Seat, text) for text in self.connection.execute(_TEAM, {"of": visit_id}).scalars())

    def declined(self, agency: str, staff: str, since: datetime) -> tuple[list[Seat], int]:
        """(the seats that an inspector has declined, of visits given since a moment, how many he or she was given in all)."""
        asked = sa.select(seat.c.state, seat.c.body).join(visit, visit.c.id == seat.c.visit)
        asked = asked.where(seat.c.agency == agency, seat.c.inspector == staff, visit.c.opened_at >= since)
        rows = self.connection.execute(asked.order_by(visit.c.opened_at, seat.c.visit, seat.c.place, seat.c.turn)).all()
        return [load(Seat, row.body) for row in rows if row.state == SeatState.DECLINED.value], len(rows)


def _body(held: Seat) -> str:
    return dump(held, held.visit, held.place, held.turn)


def of_visit(visit_id: str) -> str:
    """Under which name a transaction holds a visit: its draw and its body as they were when it was locked, or were written since."""
    return f"visit:{visit_id}"


def of_challenges(visit_id: str) -> str:
    """Under which name it holds the applications about a visit: their bodies, in order."""
    return f"challenges:{visit_id}"


def of_draw(number: str) -> str:
    """Under which name it holds a draw, or its body."""
    return f"draw:{number}"


def of_inspector(agency: str, staff: str) -> str:
    """Under which name it holds what the register has of an inspector: body, and when he or she was taken out of it."""
    return f"inspector:{agency}:{staff}"


def _of_seat(visit_id: str, place: int, turn: int) -> str:
    return f"seat:{visit_id}:{place}:{turn}"

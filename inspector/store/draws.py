"""Draws: their states, slots and numbers, and the parts of seeds that they have used. Their files: `drawfiles`."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from inspector.domain.chain import places
from inspector.domain.errors import Missing, Refusal
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.domain.visit import Seat, SeatState, VisitState
from inspector.store import payload
from inspector.store.codec import dump, load
from inspector.store.drawfiles import DrawFiles
from inspector.store.drawtables import draw, draw_file, draw_partner, seed_used, visit_agency
from inspector.store.ledger import LedgerRoom
from inspector.store.seats import of_draw
from inspector.store.tables import ledger, seat, visit

SUPPLEMENT, EXTENSION = "supplement:", "extension:"
"""So begins the slot of an extension."""
KNOWN = "draw_number_known"
"""The number that comes next stands in the ledger already: its draw was taken out."""
CONTRADICTED = "draw_contradicted"
"""The records contradict each other about a draw, or nobody can read what is there of it."""
BROKEN = "draw_records_broken"
"""The ledger since the agency's last draw, or its register, does not hold: nobody can say which number and period is free."""
HISTORY = "draw_history_contradicted"
"""What the house remembers of former draws is not what the ledger tells of them: no frame is made of it."""
UNNUMBERED = (KNOWN, BROKEN, CONTRADICTED, HISTORY)
"""Why a draw is not numbered: a person looks at the records first."""
_NEWEST = 20
_OPEN_VISITS = tuple(state.value for state in VisitState if state.open)
_BODY = sa.select(draw.c.body).where(draw.c.number == sa.bindparam("of"))
_LOCKED = _BODY.with_for_update()
_USER = sa.select(seed_used.c.number, seed_used.c.party).where(seed_used.c.mark == sa.bindparam("of"))
_TURN = 0x64726177  # "draw": the advisory locks of the agencies' turns


class DrawRoom(DrawFiles):
    """The draw tables."""

    def add(self, made: Draw) -> bool:
        """Write a new draw; False when the plan's slot has one already: there is no second draw (scenario 23)."""
        row = {
            "number": made.number,
            "agency": made.agency,
            "plan": made.plan,
            "slot": made.slot,
            "made_at": made.made_at,
        }
        if not self.insert_one(draw, row | self._row(made) | {"version": 0}, ("plan", "slot")):
            return False
        if made.partners:
            joined = [{"number": made.number, "agency": agency} for agency in made.partners]
            self.connection.execute(sa.insert(draw_partner), joined)
        return True

    def get(self, number: str, *, lock: bool = False) -> Draw:
        """A draw. Raises Missing, and Refusal (`draw_contradicted`) for a body that nobody can read."""
        self.batch.holds_rows(lock)
        text = self.connection.execute(_LOCKED if lock else _BODY, {"of": number}).scalar_one_or_none()
        if text is None:
            raise Missing("draw_unknown", draw=number)
        return _told(number, text)

    def pack_of(self, number: str, agency: str) -> str:
        """The label of the pack that an agency's part of a draw goes by: of each draw read once in a transaction. Raises as `get` does."""
        held = self.batch.held.get(of_draw(number))
        if not isinstance(held, Draw):
            held = _told(number, held) if isinstance(held, str) else self.get(number)
            self.batch.held[of_draw(number)] = held
        return held.pack_of(agency)

    def agency_of(self, number: str) -> str:
        """Whose draw it is, by the table. Raises Missing."""
        found: str | None = self.connection.execute(sa.select(draw.c.agency).where(draw.c.number == number)).scalar_one_or_none()
        if found is None:
            raise Missing("draw_unknown", draw=number)
        return found

    def checked(self, number: str) -> bool:
        """Whether the columns that are asked by say what a draw's body does. Raises as `get` does."""
        held = self.get(number)
        columns = ("agency", "plan", "slot", "state", "made_at")
        row = self.connection.execute(sa.select(*(draw.c[name] for name in columns)).where(draw.c.number == number)).one()
        return held.number == number and all(getattr(row, name) == getattr(held, name) for name in columns)

    def watched(self, limit: int) -> list[tuple[str, str]]:
        """(number, agency) of the newest draws, and of all that are neither drawn nor void, in order; no body is read."""
        newest = sa.select(draw.c.number).order_by(draw.c.made_at.desc(), draw.c.number.desc()).limit(limit)
        some = draw.c.number.in_(newest) | draw.c.state.in_(("PREPARING", "ANNOUNCED", "SEEDING"))
        asked = sa.select(draw.c.number, draw.c.agency).where(some).order_by(draw.c.number)
        return [(row.number, row.agency) for row in self.connection.execute(asked)]

    def newest(self, agency: str) -> list[str]:
        """The numbers of an agency's newest draws, the last one first."""
        asked = sa.select(draw.c.number).where(draw.c.agency == agency).order_by(draw.c.made_at.desc(), draw.c.number.desc())
        return list(self.connection.execute(asked.limit(_NEWEST)).scalars())

    def hold(self, number: str) -> Draw:
        """A draw to the end of the transaction, behind the turns of all that take part in it. Raises as `get` does."""
        self.take_turns([number])
        return self.get(number, lock=True)

    def lock(self, numbers: Collection[str]) -> None:
        """Hold several draws to the end of the transaction, in order of number. The caller has the turns."""
        self.batch.holds_rows()
        asked = sa.select(draw.c.number).where(draw.c.number.in_(list(numbers))).order_by(draw.c.number)
        self.connection.execute(asked.with_for_update()).all()

    def put(self, changed: Draw) -> None:
        """Write a changed draw; the caller holds its lock."""
        self.batch.held.pop(of_draw(changed.number), None)
        self.batch.held.pop(f"chain:{changed.agency}", None)
        values = self._row(changed) | {"version": draw.c.version + 1}
        self.expect_one(sa.update(draw).where(draw.c.number == changed.number).values(**values), changed.number)

    def take_turn(self, agency: str) -> None:
        """Hold, to the transaction's end, the agency's right to number a draw or to commit to one; SQLite has one writer anyway.

        Turns are taken in order of agency, and before any case or draw is held (`Batch.takes_turn`); levels' and registers' come behind.
        """
        self.batch.takes_turn(f"draw:{agency}")
        if not self.sqlite:
            turn = sa.func.hashtext(f"draw:{agency}")
            self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN, turn)))

    def take_turns(self, numbers: Collection[str]) -> None:
        """The same for all agencies that take part in some draws, the one that leads among them; no body is read."""
        lead = sa.select(draw.c.agency).where(draw.c.number.in_(list(numbers)))
        joined = sa.select(draw_partner.c.agency).where(draw_partner.c.number.in_(list(numbers)))
        for agency in sorted(self.connection.execute(lead.union(joined)).scalars()):
            self.take_turn(agency)

    def count(self, agency: str) -> int:
        """How many draws the agency has made: running numbers have no gaps. The caller has the turn."""
        return self.connection.execute(sa.select(sa.func.count()).where(draw.c.agency == agency)).scalar_one()

    def next_number(self, agency: str, year: int) -> str:
        """The number of the draw that the agency makes next. The caller has the turn.

        Raises Refusal: `draw_number_known` where the ledger knows a draw of that number: it was taken out, and none is held anew;
        `draw_records_broken` where the seals since the agency's last draw do not hold, for then the ledger's silence proves nothing.
        """
        number = f"{agency}-{year}-{self.count(agency) + 1:05d}"
        problem = LedgerRoom(self.batch).broken_since(self.newest(agency))
        if problem is not None:
            raise Refusal(BROKEN, draw=number, problem=problem)
        known = sa.select(ledger.c.id).where(ledger.c.about == number, ledger.c.rule == "draw.prepare").limit(1)
        if self.connection.execute(known).first() is not None:
            raise Refusal(KNOWN, draw=number)
        return number

    def head(self, agency: str) -> Draw | None:
        """The draw whose commitment none follows yet: the end of the agency's chain. The caller has the turn.

        Commitments follow each other in the order they are made, which need not be that of the numbers.
        """
        asked = sa.select(draw.c.body).where(draw.c.agency == agency).order_by(draw.c.number)
        made = [held for text in self.connection.execute(asked).scalars() if (held := load(Draw, text)).c is not None]
        followed = {held.prev for held in made}
        ends = [held for held in made if held.c not in followed]
        return max(ends, key=lambda held: (held.announced_at or held.made_at, held.number), default=None)

    def chain(self, agency: str) -> Mapping[str, tuple[str, int]]:
        """Where each of an agency's commitments stands in its chain, by number: the draw that this begins with, and how many come before.

        What names a commitment that is not here begins a chain of its own. Read once in a transaction; of a body that nobody can read
        nothing is known.
        """
        key = f"chain:{agency}"
        if (held := self.batch.held.get(key)) is None:
            asked = sa.select(draw.c.number, draw.c.body).where(draw.c.agency == agency).order_by(draw.c.number)
            told = {row.number: payload.read(row.body) or {} for row in self.connection.execute(asked)}
            held = self.batch.held[key] = places(
                {name: (one["c"], one.get("prev")) for name, one in told.items() if one.get("c")}
            )
        return cast("Mapping[str, tuple[str, int]]", held)

    def by_slot(self, plan: str, slot: str) -> Draw | None:
        """The draw of a plan's slot, or None."""
        asked = sa.select(draw.c.body).where(draw.c.plan == plan, draw.c.slot == slot)
        text = self.connection.execute(asked).scalar_one_or_none()
        return load(Draw, text) if text is not None else None

    def of_slot(self, plan: str, slot: str) -> tuple[str, Draw | None]:
        """The draw that stands for a plan's slot: the last that followed void ones. None, with the slot to take, when none does.

        A void draw that two persons have signed makes room; one that the rule has followed leads on to its follower.
        """
        held = self.by_slot(plan, slot)
        while held is not None and held.state is DrawState.VOID:
            following = self.by_slot(plan, f"{slot}+")
            if following is None and not held.freed:
                break
            slot, held = f"{slot}+", following
        return slot, held

    def stand(self, plan: str, slots: Collection[str]) -> dict[str, DrawState]:
        """Where the draw stands that holds each of these slots of a plan: the last one, where void ones were followed."""
        asked = sa.select(draw.c.slot, draw.c.state).where(draw.c.plan == plan).order_by(sa.func.length(draw.c.slot))
        last = {row.slot.rstrip("+"): DrawState(row.state) for row in self.connection.execute(asked)}
        return {slot: last[slot] for slot in slots if slot in last}

    def void_of(self, plan: str, slots: str) -> list[Draw]:
        """A plan's void draws whose slot begins so, the newest first."""
        asked = sa.select(draw.c.body).where(draw.c.plan == plan, draw.c.state == "VOID", draw.c.slot.startswith(slots))
        asked = asked.order_by(draw.c.made_at.desc(), draw.c.number.desc())
        return [load(Draw, text) for text in self.connection.execute(asked).scalars()]

    def unfollowed(self, agency: str) -> list[Draw]:
        """An agency's void draws behind which no other of their slot stands, in order of number."""
        behind = draw.alias()
        next_one = sa.exists().where(behind.c.plan == draw.c.plan, behind.c.slot == draw.c.slot + "+")
        asked = sa.select(draw.c.body).where(draw.c.agency == agency, draw.c.state == "VOID", ~next_one)
        return [load(Draw, text) for text in self.connection.execute(asked.order_by(draw.c.number)).scalars()]

    def last_drawn(self, plan: str, before: datetime | None = None) -> Draw | None:
        """The newest draw of a plan's periods that was carried out, or None; what supplements or extends one is none of them.

        Of those made `before` a moment, where one is named.
        """
        asked = sa.select(draw.c.body).where(draw.c.plan == plan, draw.c.state == "DRAWN")
        if before is not None:
            asked = asked.where(draw.c.made_at < before)
        texts = self.connection.execute(asked.order_by(draw.c.made_at.desc(), draw.c.number.desc())).scalars()
        return next((held for text in texts if (held := load(Draw, text)).kind is DrawKind.PLAN), None)

    def next_made(self, held: Draw) -> Draw | None:
        """The draw of its plan's periods that was made next and is not void, or None."""
        asked = sa.select(draw.c.body).where(draw.c.plan == held.plan, draw.c.state != "VOID", draw.c.made_at > held.made_at)
        texts = self.connection.execute(asked.order_by(draw.c.made_at, draw.c.number)).scalars()
        return next((one for text in texts if (one := load(Draw, text)).kind is DrawKind.PLAN), None)

    def extensions(self, plan: str, number: str) -> list[Draw]:
        """The extensions of a plan's draw, void ones too, in order of making."""
        asked = sa.select(draw.c.body).where(draw.c.plan == plan, draw.c.slot.startswith(EXTENSION))
        texts = self.connection.execute(asked.order_by(draw.c.made_at, draw.c.number)).scalars()
        return [held for text in texts if (held := load(Draw, text)).extends == number]

    def kin(self, held: Draw) -> list[Draw]:
        """A draw and what extends it, or the draw that it extends and all that do, as far as they were carried out, in order."""
        root = self.get(held.extends) if held.extends is not None else held
        return [one for one in (root, *self.extensions(root.plan, root.number)) if one.state is DrawState.DRAWN]

    def before(self, held: Draw) -> list[str]:
        """Of an extension the carried-out draws of the same frame that came before it; of any other draw none."""
        return [one.number for one in self.kin(held) if one.made_at < held.made_at] if held.extends is not None else []

    def open(self, agency: str) -> list[Draw]:
        """Draws of an agency that are neither drawn nor void."""
        asked = sa.select(draw.c.body).where(draw.c.agency == agency, draw.c.state.in_(("PREPARING", "ANNOUNCED", "SEEDING")))
        return [load(Draw, text) for text in self.connection.execute(asked).scalars()]

    def agencies(self) -> dict[str, bool]:
        """The agencies that have any draws, each with whether one of them is neither drawn nor void."""
        going = sa.func.max(sa.case((draw.c.state.in_(("PREPARING", "ANNOUNCED", "SEEDING")), 1), else_=0))
        return {
            name: bool(some) for name, some in self.connection.execute(sa.select(draw.c.agency, going).group_by(draw.c.agency))
        }

    def states(self, agency: str) -> dict[str, str]:
        """The state of each of an agency's draws, by number."""
        asked = sa.select(draw.c.number, draw.c.state).where(draw.c.agency == agency)
        return {row.number: row.state for row in self.connection.execute(asked)}

    def unfinished(self) -> list[Draw]:
        """The draws of all agencies that are neither drawn nor void."""
        asked = sa.select(draw.c.body).where(draw.c.state.in_(("PREPARING", "ANNOUNCED", "SEEDING"))).order_by(draw.c.number)
        return [load(Draw, text) for text in self.connection.execute(asked).scalars()]

    def under_way(self, agencies: Collection[str]) -> list[Draw]:
        """Draws that are neither drawn nor void and that some of these agencies lead or take part in."""
        states = draw.c.state.in_(("PREPARING", "ANNOUNCED", "SEEDING"))
        asked = sa.select(draw.c.body).where(states, _of(list(agencies))).order_by(draw.c.number)
        return [load(Draw, text) for text in self.connection.execute(asked).scalars()]

    def going(self, agency: str) -> list[Draw]:
        """The draws with a visit still to be made to which an agency goes."""
        goes = sa.select(visit.c.draw).join(visit_agency, visit_agency.c.visit == visit.c.id)
        goes = goes.where(visit_agency.c.agency == agency, visit.c.state.in_(_OPEN_VISITS))
        asked = sa.select(draw.c.body).where(draw.c.number.in_(goes)).order_by(draw.c.number)
        return [load(Draw, text) for text in self.connection.execute(asked).scalars()]

    def relieved(self, agency: str) -> list[tuple[str, str, str]]:
        """(draw, inspector, reason) of the seats in visits still to be made from which the register has moved an agency's officers."""
        asked = sa.select(visit.c.draw, seat.c.body).join(visit, visit.c.id == seat.c.visit)
        asked = asked.where(seat.c.agency == agency, seat.c.state == SeatState.RELIEVED.value, visit.c.state.in_(_OPEN_VISITS))
        rows = [(row.draw, load(Seat, row.body)) for row in self.connection.execute(asked.order_by(seat.c.visit))]
        return [(number, one.inspector, one.reason or "") for number, one in rows]

    def page(self, agencies: Sequence[str] | None, *, after: str = "", limit: int = 50) -> list[Draw]:
        """Draws by number, those that the agencies take part in among them."""
        asked = sa.select(draw.c.body).where(draw.c.number > after).order_by(draw.c.number).limit(limit)
        if agencies is not None:
            asked = asked.where(_of(agencies))
        return [load(Draw, text) for text in self.connection.execute(asked).scalars()]

    def last(self, agencies: Sequence[str] | None, *, limit: int = 50) -> list[Draw]:
        """The newest draws, newest first."""
        asked = sa.select(draw.c.body).order_by(draw.c.made_at.desc(), draw.c.number.desc()).limit(limit)
        if agencies is not None:
            asked = asked.where(_of(agencies))
        return [load(Draw, text) for text in self.connection.execute(asked).scalars()]

    def made_within(self, since: datetime, until: datetime) -> list[str]:
        """The numbers of the draws that were made from one moment to another, in order."""
        asked = sa.select(draw.c.number).where(draw.c.made_at >= since, draw.c.made_at <= until)
        return list(self.connection.execute(asked.order_by(draw.c.number)).scalars())

    def there(self, number: str) -> bool:
        """Whether there is a draw of this number."""
        return self.connection.execute(sa.select(draw.c.number).where(draw.c.number == number)).first() is not None

    def over(self, before: datetime) -> list[str]:
        """The numbers of the draws that were made before a moment and are drawn or void, in order."""
        asked = sa.select(draw.c.number).where(draw.c.made_at < before, draw.c.state.in_(("DRAWN", "VOID")))
        return list(self.connection.execute(asked.order_by(draw.c.number)).scalars())

    def carried_out(self, agencies: Sequence[str] | None, limit: int) -> list[Draw]:
        """The newest draws that were carried out."""
        asked = sa.select(draw.c.body).where(draw.c.state == "DRAWN")
        if agencies is not None:
            asked = asked.where(_of(agencies))
        asked = asked.order_by(draw.c.made_at.desc(), draw.c.number.desc()).limit(limit)
        return [load(Draw, text) for text in self.connection.execute(asked).scalars()]

    def commitments(self, agency: str) -> dict[str, bytes]:
        """The commitments of an agency's draws by number, without their frames."""
        asked = sa.select(draw_file.c.number, draw_file.c.bytes).join(draw, draw.c.number == draw_file.c.number)
        asked = asked.where(draw.c.agency == agency, draw_file.c.name == "commit.json").order_by(draw_file.c.number)
        return {row.number: row.bytes for row in self.connection.execute(asked)}

    def claim(self, mark: str, number: str, party: str, now: datetime) -> bool:
        """Let a seed's mark (`seed.mark`, or `text:` and the figures) be one party's in one draw, for good; False when it is another's.

        Unique in the house: whatever has been a part of a seed is known, and never one again.
        """
        row = {"mark": _digest(mark), "number": number, "party": party, "at": now}
        return self.insert_one(seed_used, row, ("mark",)) or self.user(mark) == (number, party)

    def user(self, mark: str) -> tuple[str, str] | None:
        """The draw and the party that a seed's mark belongs to, or None."""
        found = self.connection.execute(_USER, {"of": _digest(mark)}).one_or_none()
        return (found.number, found.party) if found is not None else None

    def counts(self) -> Sequence[Any]:
        """(state, count)."""
        return self.connection.execute(sa.select(draw.c.state, sa.func.count()).group_by(draw.c.state)).all()

    def _row(self, held: Draw) -> dict[str, object]:
        return {"state": held.state.value, "body": dump(held)}


def _told(number: str, text: str) -> Draw:
    """A draw by its body. Raises Refusal (`draw_contradicted`) where nobody can read it."""
    try:
        return load(Draw, text)
    except ValueError as error:
        raise Refusal(CONTRADICTED, draw=number, differs="records_unreadable") from error


def _digest(mark: str) -> str:
    """A mark of any length as a key."""
    return hashlib.sha256(mark.encode()).hexdigest()


def _of(agencies: Sequence[str]) -> sa.ColumnElement[bool]:
    """The draws that some of these agencies lead or take part in."""
    joined = sa.select(draw_partner.c.number).where(draw_partner.c.agency.in_(list(agencies)))
    return draw.c.agency.in_(list(agencies)) | draw.c.number.in_(joined)

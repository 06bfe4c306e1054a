"""Draws, and the files their commitments are hashes of: stored as the bytes they are, never re-encoded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from inspector.domain.errors import Missing
from inspector.domain.plan import Draw, DrawState
from inspector.store.codec import dump, load
from inspector.store.drawtables import draw, draw_file
from inspector.store.room import Room

_TURN = 0x64726177  # "draw": the advisory locks of the agencies' turns


class DrawRoom(Room):
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
        return self.insert_one(draw, row | self._row(made) | {"version": 0}, ("plan", "slot"))

    def get(self, number: str, *, lock: bool = False) -> Draw:
        """A draw. Raises Missing."""
        asked = sa.select(draw.c.body).where(draw.c.number == number)
        text = self.connection.execute(asked.with_for_update() if lock else asked).scalar_one_or_none()
        if text is None:
            raise Missing("draw_unknown", draw=number)
        return load(Draw, text)

    def put(self, changed: Draw) -> None:
        """Write a changed draw; the caller holds its lock."""
        values = self._row(changed) | {"version": draw.c.version + 1}
        self.expect_one(sa.update(draw).where(draw.c.number == changed.number).values(**values), changed.number)

    def take_turn(self, agency: str) -> None:
        """Hold, to the transaction's end, the agency's right to number a draw or to commit to one; SQLite has one writer anyway."""
        if not self.sqlite:
            turn = sa.func.hashtext(f"draw:{agency}")
            self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN, turn)))

    def count(self, agency: str) -> int:
        """How many draws the agency has made: running numbers have no gaps. The caller has the turn."""
        return self.connection.execute(sa.select(sa.func.count()).where(draw.c.agency == agency)).scalar_one()

    def head(self, agency: str) -> str | None:
        """C of the commitment that none follows yet: the end of the agency's chain. The caller has the turn.

        Commitments follow each other in the order they are made, which need not be that of the numbers.
        """
        asked = sa.select(draw.c.body).where(draw.c.agency == agency).order_by(draw.c.number)
        made = [held for text in self.connection.execute(asked).scalars() if (held := load(Draw, text)).c is not None]
        followed = {held.prev for held in made}
        ends = [held for held in made if held.c not in followed]
        return max(ends, key=lambda held: (held.announced_at or held.made_at, held.number)).c if ends else None

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

    def open(self, agency: str) -> list[Draw]:
        """Draws of an agency that are neither drawn nor void."""
        asked = sa.select(draw.c.body).where(draw.c.agency == agency, draw.c.state.in_(("PREPARING", "ANNOUNCED", "SEEDING")))
        return [load(Draw, text) for text in self.connection.execute(asked).scalars()]

    def page(self, agencies: Sequence[str] | None, *, after: str = "", limit: int = 50) -> list[Draw]:
        """Draws by number."""
        asked = sa.select(draw.c.body).where(draw.c.number > after).order_by(draw.c.number).limit(limit)
        if agencies is not None:
            asked = asked.where(draw.c.agency.in_(list(agencies)))
        return [load(Draw, text) for text in self.connection.execute(asked).scalars()]

    def keep_file(self, number: str, name: str, content: bytes) -> None:
        """Keep one file of a draw's bundle; it never changes."""
        self.connection.execute(sa.insert(draw_file).values(number=number, name=name, bytes=content))

    def append_line(self, number: str, name: str, line: bytes) -> None:
        """Append a line to a running file of the bundle (after.jsonl)."""
        held = self.files(number).get(name, b"")
        self.upsert(draw_file, {"number": number, "name": name, "bytes": held + line + b"\n"}, ("number", "name"))

    def files(self, number: str) -> dict[str, bytes]:
        """The bundle's files by name."""
        rows = self.connection.execute(sa.select(draw_file.c.name, draw_file.c.bytes).where(draw_file.c.number == number))
        return {row.name: row.bytes for row in rows}

    def counts(self) -> Sequence[Any]:
        """(state, count)."""
        return self.connection.execute(sa.select(draw.c.state, sa.func.count()).group_by(draw.c.state)).all()

    def _row(self, held: Draw) -> dict[str, object]:
        return {"state": held.state.value, "body": dump(held)}

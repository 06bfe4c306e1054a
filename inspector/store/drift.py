"""What the answers of each source's facts look like: one row for each fact, written by whichever daemon has heard some."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from inspector.domain.drift import Drift
from inspector.store.codec import dump, load
from inspector.store.mannertables import drift
from inspector.store.room import Room

Heard = tuple[str, str]
"""A source and a fact."""


class DriftRoom(Room):
    """The drift table."""

    def hold(self, heard: Collection[Heard]) -> dict[Heard, Drift]:
        """What is known of these, held to the end of the transaction, in their order."""
        rows = [{"source": source, "fact": fact, "alarm": False, "body": dump(Drift())} for source, fact in sorted(heard)]
        self.insert_new(drift, rows, ("source", "fact"))
        asked = sa.select(drift.c.body).with_for_update()
        one = asked.where(drift.c.source == sa.bindparam("of_source"), drift.c.fact == sa.bindparam("of_fact"))
        return {
            (source, fact): load(Drift, self.connection.execute(one, {"of_source": source, "of_fact": fact}).scalar_one())
            for source, fact in sorted(heard)
        }

    def put(self, source: str, fact: str, value: Drift) -> None:
        """What is known now, of a row that is held."""
        told = {"alarm": value.alarm is not None, "body": dump(value)}
        self.connection.execute(sa.update(drift).where(drift.c.source == source, drift.c.fact == fact).values(**told))

    def stands(self, source: str, fact: str) -> bool:
        """Whether an alarm stands."""
        asked = sa.select(drift.c.alarm).where(drift.c.source == source, drift.c.fact == fact)
        return bool(self.connection.execute(asked).scalar_one_or_none())

    def all(self) -> dict[Heard, Drift]:
        """What is known of every fact of every source."""
        asked = sa.select(drift.c.source, drift.c.fact, drift.c.body).order_by(drift.c.source, drift.c.fact)
        return {(source, fact): load(Drift, body) for source, fact, body in self.connection.execute(asked)}

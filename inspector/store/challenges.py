"""Applications that an inspector be recused."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from inspector.domain.challenge import Challenge, ChallengeState
from inspector.store.codec import dump, load
from inspector.store.drawtables import challenge
from inspector.store.room import Room
from inspector.store.seats import of_challenges

_OF_VISIT = sa.select(challenge.c.body).where(challenge.c.visit == sa.bindparam("of"))
_OF_VISIT = _OF_VISIT.order_by(challenge.c.inspector, challenge.c.number)


class ChallengeRoom(Room):
    """The challenge table. Whoever writes holds the visit's lock."""

    def add(self, made: Challenge) -> None:
        """A new application."""
        row = {"visit": made.visit, "inspector": made.inspector, "number": made.number, "reason": made.reason.value}
        self.connection.execute(
            sa.insert(challenge).values(**row, state=made.state.value, body=dump(made, made.visit, made.inspector, made.number))
        )
        self.batch.held.pop(of_challenges(made.visit), None)

    def put(self, changed: Challenge) -> None:
        """A decided one. Raises Stale when it was decided before."""
        key = {"visit": changed.visit, "inspector": changed.inspector, "number": changed.number}
        here = sa.and_(*(challenge.c[name] == value for name, value in key.items()))
        held = sa.update(challenge).where(here, challenge.c.state == ChallengeState.OPEN.value)
        self.expect_one(held.values(state=changed.state.value, body=dump(changed, *key.values())), changed.visit)
        self.batch.held.pop(of_challenges(changed.visit), None)

    def counts(self) -> list[tuple[str, str, int]]:
        """(reason, state, count): why people apply and what the head says, never who is meant."""
        asked = sa.select(challenge.c.reason, challenge.c.state, sa.func.count()).group_by(challenge.c.reason, challenge.c.state)
        return [
            (row[0], row[1], row[2]) for row in self.connection.execute(asked.order_by(challenge.c.reason, challenge.c.state))
        ]

    def open_of(self, agencies: Collection[str]) -> list[Challenge]:
        """Those that the heads of some agencies have still to decide, the oldest first."""
        asked = sa.select(challenge.c.body).where(challenge.c.state == ChallengeState.OPEN.value)
        held = [load(Challenge, text) for text in self.connection.execute(asked).scalars()]
        return sorted((one for one in held if one.agency in agencies), key=lambda one: (one.applied_at, one.visit, one.inspector))

    def any_open(self) -> bool:
        """Whether a head has one still to decide."""
        asked = sa.select(challenge.c.visit).where(challenge.c.state == ChallengeState.OPEN.value).limit(1)
        return self.connection.execute(asked).first() is not None

    def of_visit(self, visit: str, inspector: str | None = None) -> list[Challenge]:
        """Those about a visit, or about one inspector of it, in order."""
        bodies = self.batch.held.get(of_challenges(visit))
        if not isinstance(bodies, list):
            bodies = self.connection.execute(_OF_VISIT, {"of": visit}).scalars().all()
        asked = [load(Challenge, text) for text in bodies]
        return asked if inspector is None else [one for one in asked if one.inspector == inspector]

"""Commitment letters that are public, and the cases whose letters may be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa

from inspector.domain.case import Case, Route
from inspector.domain.pledge import Shown
from inspector.store.codec import dump, load
from inspector.store.publicationtables import pledge_shown
from inspector.store.room import GONE, Room
from inspector.store.tables import case_file, ledger

POSTED, TAKEN = "pledge.posted", "pledge.removed"
"""The rules of the entries that a letter is public, and that it is so no more."""


class PledgeRoom(Room):
    """The table of letters that are public: one that is gone has no row, and its story is the ledger's."""

    def put(self, held: Shown) -> None:
        """A letter is public, as it says."""
        row = {"until": held.pledge.until, "posted_at": held.posted_at, "body": dump(held)}
        self.upsert(pledge_shown, {"case_id": held.pledge.case_id, **row}, ("case_id",))

    def take(self, case_id: str) -> bool:
        """It is gone; whether it was there."""
        return bool(self.connection.execute(sa.delete(pledge_shown).where(pledge_shown.c.case_id == case_id)).rowcount)

    def page(self, after: str, limit: int) -> list[Shown]:
        """Those that are public, in order of their cases' ids, behind `after`."""
        held = pledge_shown.c
        asked = sa.select(held.body).where(held.case_id > after).order_by(held.case_id).limit(limit)
        return [load(Shown, body) for body in self.connection.execute(asked).scalars()]

    def every(self, after: str, limit: int) -> list[tuple[str, str]]:
        """(case, body as it lies there) of those that are public, in order of their cases' ids, behind `after`."""
        held = pledge_shown.c
        asked = sa.select(held.case_id, held.body).where(held.case_id > after).order_by(held.case_id).limit(limit)
        return [(row[0], row[1]) for row in self.connection.execute(asked)]

    def these(self, cases: Sequence[str]) -> list[tuple[str, str]]:
        """The same of some cases; their rows are held to the end of the transaction."""
        held = pledge_shown.c
        asked = sa.select(held.case_id, held.body).where(held.case_id.in_(cases)).order_by(held.case_id).with_for_update()
        return [(row[0], row[1]) for row in self.connection.execute(asked)]

    def lost(self) -> list[str]:
        """The cases of whose letters the last entry says that they are public, and of which there is no row."""
        said = ledger.c
        asked = sa.select(said.about, said.rule, sa.func.max(said.id)).where(said.rule.in_((POSTED, TAKEN)), said.salt != "")
        last: dict[str, tuple[str, str]] = {}
        for about, rule, entry in self.connection.execute(asked.group_by(said.about, said.rule)):
            last[about] = max(last.get(about, ("", "")), (entry, rule))
        there = set(self.connection.execute(sa.select(pledge_shown.c.case_id)).scalars())
        return sorted(about for about, (_, rule) in last.items() if rule == POSTED and about not in there)

    def find(self, case_id: str) -> Shown | None:
        """One of them; None where it is not public."""
        text = self.connection.execute(
            sa.select(pledge_shown.c.body).where(pledge_shown.c.case_id == case_id)
        ).scalar_one_or_none()
        return load(Shown, text) if text is not None else None

    def cases(self, items: Collection[str], after: str, limit: int) -> list[Case]:
        """The cases of some items by commitment that have not left the house, in order of id, behind `after`."""
        held = case_file.c
        asked = sa.select(held.body).where(held.item.in_(list(items)), held.route == Route.COMMITMENT.value)
        asked = asked.where(held.state.not_in(GONE), held.id > after).order_by(held.id).limit(limit)
        return [load(Case, body) for body in self.connection.execute(asked).scalars()]

    def over(self, today: date) -> int:
        """How many are public whose last day is over, or whose matter has left the house."""
        gone = sa.exists().where(case_file.c.id == pledge_shown.c.case_id, case_file.c.state.in_(GONE))
        asked = sa.select(sa.func.count()).where((pledge_shown.c.until < today) | gone)
        return int(self.connection.execute(asked).scalar_one())

"""Annual plans: every edition stays, and the last of a year is the one that counts."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from inspector.domain.annual import AnnualPlan
from inspector.domain.errors import Missing
from inspector.store.codec import dump, load
from inspector.store.drawtables import annual_plan
from inspector.store.room import Room


class AnnualRoom(Room):
    """The annual_plan table."""

    def add(self, made: AnnualPlan) -> bool:
        """Write a new edition; False when another hand has written it first."""
        told = made.content
        row = {"plan": told.plan, "year": told.year, "edition": told.edition, "agency": told.agency, "made_at": made.made_at}
        return self.insert_one(annual_plan, row | self._row(made) | {"version": 0}, ("plan", "year", "edition"))

    def last(self, plan: str, year: int, *, lock: bool = False) -> AnnualPlan | None:
        """The last edition of a plan's year, or None."""
        asked = sa.select(annual_plan.c.body).where(annual_plan.c.plan == plan, annual_plan.c.year == year)
        asked = asked.order_by(annual_plan.c.edition.desc()).limit(1)
        text = self.connection.execute(asked.with_for_update() if lock else asked).scalar_one_or_none()
        return load(AnnualPlan, text) if text is not None else None

    def get(self, plan: str, year: int, *, lock: bool = False) -> AnnualPlan:
        """The last edition of a plan's year. Raises Missing."""
        held = self.last(plan, year, lock=lock)
        if held is None:
            raise Missing("plan_year_unknown", plan=plan, year=year)
        return held

    def put(self, changed: AnnualPlan) -> None:
        """Write a changed edition; the caller holds its lock."""
        told = changed.content
        here = (annual_plan.c.plan == told.plan, annual_plan.c.year == told.year, annual_plan.c.edition == told.edition)
        values = self._row(changed) | {"version": annual_plan.c.version + 1}
        self.expect_one(sa.update(annual_plan).where(*here).values(**values), f"{told.plan} {told.year}")

    def page(self, agencies: Sequence[str] | None, year: int | None = None) -> list[AnnualPlan]:
        """Every edition that the agencies lead or join, by plan, year and edition: few, since each was made by hand."""
        asked = sa.select(annual_plan.c.body).order_by(annual_plan.c.plan, annual_plan.c.year, annual_plan.c.edition)
        if year is not None:
            asked = asked.where(annual_plan.c.year == year)
        held = [load(AnnualPlan, text) for text in self.connection.execute(asked).scalars()]
        return held if agencies is None else [one for one in held if {*one.content.agencies} & {*agencies}]

    def _row(self, held: AnnualPlan) -> dict[str, object]:
        return {"state": held.state.value, "body": dump(held)}

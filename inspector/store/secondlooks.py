"""Results that a second look can be drawn of, and the looks themselves."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from inspector.domain.inspection import CheckType
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.domain.visit import Visit, VisitState
from inspector.store.codec import load
from inspector.store.drawtables import draw, visit_agency
from inspector.store.room import Room
from inspector.store.tables import SECOND_LOOK, visit

_SHORT = tuple(state.value for state in VisitState if state.short)


class SecondLookRoom(Room):
    """Reads of the visit and draw tables."""

    def results(self, agency: str, since: datetime, until: datetime) -> list[Visit]:
        """The visits that an agency took part in and that were over at a moment or since, and before another, in order of id."""
        asked = sa.select(visit.c.body).join(visit_agency, visit_agency.c.visit == visit.c.id)
        asked = asked.where(
            visit_agency.c.agency == agency,
            visit.c.state == VisitState.DONE.value,
            visit.c.check_type != CheckType.OFF_SITE.value,
        )
        asked = asked.where(visit.c.done_at >= since, visit.c.done_at < until).order_by(visit.c.id)
        return [load(Visit, text) for text in self.connection.execute(asked).scalars()]

    def looks(self, agency: str) -> list[Visit]:
        """Every look that was ever drawn for an agency, in order of id; those of void draws too."""
        asked = sa.select(visit.c.body).where(visit.c.agency == agency, SECOND_LOOK).order_by(visit.c.opened_at, visit.c.id)
        return [load(Visit, text) for text in self.connection.execute(asked).scalars()]

    def short(self, agency: str, result: str) -> Visit | None:
        """The look at a result that was drawn and that nobody could make, or None."""
        asked = sa.select(visit.c.body).where(
            visit.c.agency == agency, visit.c.object_id == result, SECOND_LOOK, visit.c.state.in_(_SHORT)
        )
        text = self.connection.execute(asked.order_by(visit.c.id).limit(1)).scalar_one_or_none()
        return load(Visit, text) if text is not None else None

    def drawn(self, agency: str) -> list[Draw]:
        """The draws of second looks that were carried out and stand, the newest first."""
        asked = sa.select(draw.c.body).where(draw.c.agency == agency, draw.c.state == DrawState.DRAWN.value)
        asked = asked.where(draw.c.body.contains(f'"{DrawKind.SECOND_LOOK.value}"', autoescape=True))
        texts = self.connection.execute(asked.order_by(draw.c.made_at.desc(), draw.c.number.desc())).scalars()
        return [held for text in texts if (held := load(Draw, text)).kind is DrawKind.SECOND_LOOK]

    def counts(self) -> list[tuple[str, str, int]]:
        """(agency, what became of it, count) of all looks: `open`, `called_off`, or what was said. Nobody's name is near it."""
        held: dict[tuple[str, str], int] = {}
        for agency, text in self.connection.execute(sa.select(visit.c.agency, visit.c.body).where(SECOND_LOOK)):
            key = agency, became(load(Visit, text))
            held[key] = held.get(key, 0) + 1
        return [(*key, count) for key, count in sorted(held.items())]


def became(look: Visit) -> str:
    """What became of a look: `open`, `called_off`, or what was said (`nothing`, `finding`, `unclear`)."""
    if look.state.open:
        return "open"
    said = next((part.seen for part in look.parts if part.seen is not None), None)
    return said.value.lower() if look.state is VisitState.DONE and said is not None else "called_off"

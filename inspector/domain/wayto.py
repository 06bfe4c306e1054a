"""The ways to a subject, as packs list them, and how one subject can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspector.domain.calendar import Term


class ServiceWay(StrEnum):
    """How a notice is brought: by the approving system, the service platform's app, SMS, e-mail, on paper, from hand to hand.

    `PUBLIC_NOTICE`: put up for everybody, where no other way is left (domain.announcing); no clock takes it.
    """

    SYSTEM = "SYSTEM"
    APP = "APP"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    PAPER = "PAPER"
    IN_PERSON = "IN_PERSON"
    PUBLIC_NOTICE = "PUBLIC_NOTICE"

    @property
    def electronic(self) -> bool:
        """Whether it serves only whom has agreed to be served so."""
        return self not in (ServiceWay.PAPER, ServiceWay.IN_PERSON, ServiceWay.PUBLIC_NOTICE)

    @property
    def pushed(self) -> bool:
        """Whether a channel of ours carries it."""
        return self in (ServiceWay.APP, ServiceWay.PHONE, ServiceWay.EMAIL)


PROVEN = tuple(way for way in ServiceWay if way is not ServiceWay.PUBLIC_NOTICE)
"""Ways by which somebody enters that a notice came; that its public days are over is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A row of a pack's `[[service]]`: a way, and how long it is tried before the next one is due."""

    row: str
    way: ServiceWay
    term: Term
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which ways there are for one subject, and whether he or she has agreed to electronic service."""

    ways: frozenset[ServiceWay] = frozenset()
    agreed: bool = False

    @property
    def told(self) -> dict[str, object]:
        """As the ledger keeps it, so that the way that was taken can be worked out again."""
        return {"service_ways": sorted(one.value for one in self.ways), "service_agreed": self.agreed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """That a notice was put up in public: on which day, where, by whom; `last` is the day at whose end it counts as served."""

    on: date
    where: str
    by: str
    last: date


def next_row(rows: Sequence[ServiceRow], reach: Reach, after: ServiceWay | None) -> ServiceRow | None:
    """The first row behind a way that can serve this subject; None behind the last."""
    ways = [row.way for row in rows]
    rest = rows[ways.index(after) + 1 :] if after in ways else rows if after is None else ()
    return next((row for row in rest if _serves(row.way, reach)), None)


def row_of(rows: Sequence[ServiceRow], way: ServiceWay) -> ServiceRow | None:
    """The row of a way, where the pack has one."""
    return next((row for row in rows if row.way is way), None)


def _serves(way: ServiceWay, reach: Reach) -> bool:
    """The approving system knows its own people, and says by its proof whether they agreed; ours are pushed to whom has agreed."""
    if not way.electronic:
        return way is not ServiceWay.PUBLIC_NOTICE  # that no other way is left a person says, never a clock
    return way in reach.ways and (way is ServiceWay.SYSTEM or reach.agreed)

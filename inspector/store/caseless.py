"""What no case is about, and goes at the end of days of its own: tip-offs, findings of other systems, bars of other authorities, visits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.assistance import AssistanceState
from inspector.domain.gate import OutsideBar
from inspector.domain.outside import FINDING, about
from inspector.domain.serving import NoticeState
from inspector.domain.tipoff import TipOff, TipState
from inspector.domain.visit import Visit, VisitState
from inspector.store.codec import load
from inspector.store.recordtables import outside_bar
from inspector.store.servingtables import outside_finding, tip_off
from inspector.store.tables import case_file, ledger, visit, visit_case
from inspector.store.unnaming import QUOTED, UnnamingRoom

LEADS = ("tip_off.take", "finding.caseless", "bar.entered")
"""The entries by which what no case is about came in; a tip-off about a case, too."""
BAR = "bar:"
"""What the ledger's name of another authority's bar begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseless:
    """A tip-off with its checks, a finding of another system, a bar, or a visit, that no case is about: agency, and when it came.

    `id` is its name in the ledger, `names` are all under which something of it stands there, or in matters; `closed`: nobody has to see to
    a tip-off any more. `visit`: what the ledger says of one is its draw's, and stays. `bar`: another authority's, with its dates.
    """

    id: str
    agency: str
    at: datetime
    names: tuple[str, ...]
    closed: bool = True
    visit: bool = False
    bar: OutsideBar | None = None


class CaselessRoom(UnnamingRoom):
    """What of several tables no case has."""

    def caseless(self, before: datetime) -> Iterator[Caseless]:
        """What no case is about, or none that is still there, and came before a moment: tip-offs, findings, bars, then visits."""
        told = sa.select(tip_off.c.body).where(tip_off.c.at < before).order_by(tip_off.c.id)
        for tip in (load(TipOff, body) for body in self.connection.execute(told).scalars().all()):
            if not tip.case_id:
                closed = tip.state is TipState.CLOSED
                yield Caseless(id=tip.id, agency=tip.agency, at=tip.at, names=(tip.id, *tip.checks), closed=closed)
        held = outside_finding.c
        found = sa.select(held.system, held.number, held.agency, held.at).where(held.case_id == "", held.at < before)
        for system, number, agency, at in self.connection.execute(found.order_by(held.system, held.number)).all():
            name = about(system, number)
            yield Caseless(id=f"{FINDING}{name}", agency=agency, at=at, names=(f"{FINDING}{name}", name))
        yield from self._bars(before)
        quoted = sa.exists().where(ledger.c.about == visit.c.id, ledger.c.rule.in_(list(QUOTED)), ledger.c.salt != "")
        ended = sa.select(visit.c.id, visit.c.body, quoted.label("quoted"))
        ended = ended.where(visit.c.state.not_in(opened(VisitState)), visit.c.opened_at < before)
        served = sa.exists().where(visit_case.c.visit == visit.c.id, visit_case.c.case_id == case_file.c.id)
        for row in self.connection.execute(ended.where(~served).order_by(visit.c.id)).all():
            if row.body and ((one := load(Visit, row.body)).code or (row.quoted and self.quotes(one.id))):
                yield Caseless(id=one.id, agency=one.agency, at=one.opened_at, names=self.beside(one.id), visit=True)

    def _bars(self, before: datetime) -> Iterator[Caseless]:
        """The bars of other authorities of which the ledger has heard before a moment; the first word is when each came."""
        first = sa.select(ledger.c.about, sa.func.min(ledger.c.at).label("at")).where(ledger.c.rule == "bar.entered")
        came = first.group_by(ledger.c.about).subquery()
        asked = sa.select(outside_bar.c.body, came.c.at).join(came, came.c.about == BAR + outside_bar.c.id)
        for row in self.connection.execute(asked.where(came.c.at < before).order_by(outside_bar.c.id)).all():
            held = load(OutsideBar, row.body)
            yield Caseless(id=f"{BAR}{held.id}", agency=held.agency, at=row.at, names=(f"{BAR}{held.id}", held.id), bar=held)

    def matter(self, one: Caseless) -> bool:
        """Whether a person still has to see to something about it."""
        return self.waits(one.names)

    def keyed(self, one: Caseless) -> list[str]:
        """What matters are about whose keys name it."""
        return [] if one.id.startswith(FINDING) else self.matters(one.names)  # the number of a finding is another system's

    def leads_gone(self) -> list[str]:
        """Every tip-off, finding about no case, and bar that the ledger saw coming in and that is no longer there."""
        came = sa.select(ledger.c.about).where(ledger.c.rule.in_(LEADS)).distinct()
        there = {f"{FINDING}{about(*key)}" for key in self._findings()}
        there |= set(self.connection.execute(sa.select(tip_off.c.id)).scalars())
        there |= {f"{BAR}{one}" for one in self.connection.execute(sa.select(outside_bar.c.id)).scalars()}
        return sorted(set(self.connection.execute(came).scalars()) - there)

    def lead_there(self, name: str) -> bool:
        """Whether there is such a tip-off, finding about no case, or bar, by its name in the ledger."""
        if name.startswith(BAR):
            asked = sa.select(outside_bar.c.id).where(outside_bar.c.id == name.removeprefix(BAR))
            return self.connection.execute(asked).first() is not None
        if name.startswith(FINDING):
            return any(f"{FINDING}{about(*key)}" == name for key in self._findings())
        return self.connection.execute(sa.select(tip_off.c.id).where(tip_off.c.id == name)).first() is not None

    def _findings(self) -> list[tuple[str, str]]:
        asked = sa.select(outside_finding.c.system, outside_finding.c.number).where(outside_finding.c.case_id == "")
        return [(system, number) for system, number in self.connection.execute(asked)]


def opened(states: type[NoticeState | AssistanceState | VisitState]) -> list[str]:
    """The states in which something goes on."""
    return [state.value for state in states if state.open]

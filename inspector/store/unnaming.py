"""What is left of visits whose cases went: whether they may stand without a name, and whom the ledger still quotes about them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.challenge import ChallengeState
from inspector.domain.publicationduty import PublicationState
from inspector.domain.purge import QUOTING, Hold, unquoted, unspoken
from inspector.domain.retention import Record
from inspector.domain.taking import PURGED
from inspector.domain.visit import Seat, Visit
from inspector.store.assistancetables import assistance
from inspector.store.codec import dump, load
from inspector.store.drawtables import challenge
from inspector.store.publicationtables import publication_duty
from inspector.store.room import Room, padded
from inspector.store.tables import attention, case_file, ledger, seat, visit, visit_case

_SOME = 500
"""Ids in one question."""
UNPUBLISHED = (PublicationState.OWED.value, PublicationState.TO_REMOVE.value)
QUOTED = tuple(rule for rule in QUOTING if rule.startswith(("visit.", "attention.", "seat.")))
"""Entries that may quote somebody about a visit: of one that a former release made nameless they stand there still."""


def naming(name: str | sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether what a matter is about names something between colons, as the keys of orders do: `assist_send:NAME:REQUEST:housing`.

    So do the names beside it, of what it quotes and is not about: the requests of a mail.
    To the sign: a name may hold those that LIKE takes for any other.
    """
    about, named = sa.literal(":") + attention.c.about + ":" + attention.c.names + ":", sa.literal(":") + name + ":"
    return about != sa.func.replace(about, named, "")


class UnnamingRoom(Room):
    """Visits, with the cases that they served, and the ledger's entries about them."""

    def quotes(self, name: str) -> bool:
        """Whether the ledger quotes somebody in an entry about a visit."""
        asked = sa.select(ledger.c.rule, ledger.c.body).where(ledger.c.about == name, ledger.c.rule.in_(list(QUOTED)))
        rows = self.connection.execute(asked.where(ledger.c.salt != "")).all()
        return any(unquoted(row.rule, json.loads(row.body)) is not None for row in rows if row.body)

    def beside(self, name: str) -> tuple[str, ...]:
        """The names under which something of a visit stands in the ledger, or in matters: its own, its teams' and its duties'."""
        body = self.connection.execute(sa.select(visit.c.body).where(visit.c.id == name)).scalar()
        owed = self.connection.execute(sa.select(publication_duty.c.id).where(publication_duty.c.visit == name)).scalars()
        return (name, *(f"{name}:{agency}" for agency in (load(Visit, body).agencies if body else ())), *owed)

    def waits(self, names: Sequence[str]) -> bool:
        """Whether a matter about one of these, or about something whose key names one, waits for a person."""
        asked = sa.select(attention.c.id).where(attention.c.closed_at.is_(None))
        within = asked.where(sa.or_(attention.c.about.in_(names), *(naming(name) for name in names)))
        return self.connection.execute(within.limit(1)).first() is not None

    def matters(self, names: Collection[str]) -> list[str]:
        """What matters are about, open or closed, whose key names one of these: a letter of a request, a seat of a visit, its push.

        Not what names a request beside these that is there: a mail about several cases goes with the last of them.
        """
        asked = sa.select(attention.c.about, attention.c.names).where(sa.or_(*map(naming, names))) if names else None
        found = self.connection.execute(asked).all() if asked is not None else ()
        beside = {row.about: {*filter(None, row.names.split(":"))} - {*names} for row in found}
        there = self._requested({one for others in beside.values() for one in others})
        return sorted({about for about, others in beside.items() if others.isdisjoint(there)} - {*names})

    def _requested(self, names: Collection[str]) -> set[str]:
        """Which of these are requests that are there."""
        asked = sa.select(assistance.c.id).where(assistance.c.id.in_(sorted(names)))
        return {*self.connection.execute(asked).scalars()} if names else set()

    def served(self, name: str) -> dict[str, datetime | None]:
        """The cases that a visit served and that are still there, in order of id: when each ended."""
        asked = sa.select(case_file.c.id, case_file.c.ended_at).join(visit_case, visit_case.c.case_id == case_file.c.id)
        rows = self.connection.execute(asked.where(visit_case.c.visit == name).order_by(case_file.c.id))
        return {row.id: row.ended_at for row in rows}

    def unspeak(self, name: str) -> None:
        """Take out why inspectors did not go to a visit, in their words; that they did not is left."""
        for body in self.connection.execute(sa.select(seat.c.body).where(seat.c.visit == name)).scalars().all():
            held = load(Seat, body)
            if (bare := unspoken(held)) != held:
                mine = (seat.c.visit == name) & (seat.c.place == held.place) & (seat.c.turn == held.turn)
                self.connection.execute(sa.update(seat).where(mine).values(body=dump(bare, name, held.place, held.turn)))

    def visit_there(self, name: str) -> bool:
        """Whether there is such a visit, whoever it was to."""
        return self.connection.execute(sa.select(visit.c.id).where(visit.c.id == name)).first() is not None

    def visit_holds(self, name: str) -> frozenset[Hold]:
        """What keeps a visit that no case is about."""
        owed = sa.exists().where(publication_duty.c.visit == name, publication_duty.c.state.in_(UNPUBLISHED))
        applied = sa.exists().where(challenge.c.visit == name, challenge.c.state == ChallengeState.OPEN.value)
        told = self.connection.execute(sa.select(owed, applied)).one()
        return frozenset(hold for hold, there in zip((Hold.PUBLICATION, Hold.CHALLENGE), told, strict=True) if there)

    def unnamed(self, name: str) -> bool:
        """Whether it was said of a visit that it was to go nameless: of itself, or of every case that it served."""
        both = visit_case.outerjoin(case_file, case_file.c.id == visit_case.c.case_id)
        served = sa.select(visit_case.c.case_id, case_file.c.id).select_from(both).where(visit_case.c.visit == name)
        cases = {row[0]: row[1] is not None for row in self.connection.execute(served)}
        said = {one for one in (name, *cases) if self.went(one)}
        there = self.connection.execute(sa.select(case_file.c.id).where(case_file.c.id == name)).first() is not None
        return (name in said and not there) or (bool(cases) and not any(cases.values()) and cases.keys() <= said)

    def cases_there(self, case_ids: Collection[str]) -> frozenset[str]:
        """Which of some cases are still there."""
        there, names = frozenset[str](), sorted({*case_ids})
        for start in range(0, len(names), _SOME):
            asked = sa.select(case_file.c.id).where(case_file.c.id.in_(padded(names[start : start + _SOME])))
            there |= {*self.connection.execute(asked).scalars()}
        return there

    def went(self, about: str) -> bool:
        """Whether the ledger says of a thing that it went at the end of its days, and not merely the wording of answers in it."""
        asked = sa.select(ledger.c.body).where(ledger.c.about == about, ledger.c.rule == PURGED)
        return any(
            json.loads(body)["facts"].get("record") == Record.ENFORCEMENT.value
            for body in self.connection.execute(asked).scalars()
            if body
        )

    def partly(self, name: str) -> bool:
        """Whether it was said of a case that a visit served that it went, and it is gone."""
        asked = sa.select(ledger.c.id).join(visit_case, visit_case.c.case_id == ledger.c.about)
        asked = asked.where(visit_case.c.visit == name, ledger.c.rule == PURGED)
        gone = ~sa.exists().where(case_file.c.id == visit_case.c.case_id)
        return self.connection.execute(asked.where(gone).limit(1)).first() is not None

    def still_named(self, about: str) -> bool:
        """Whether a visit, or one that served a case and no other that is still there, tells whom it was to."""
        bodies = sa.select(visit.c.body).where(visit.c.id.in_([about, *self.visits(about)]))
        return any(load(Visit, body).code for body in self.connection.execute(bodies).scalars() if body)

    def visits(self, case_id: str) -> list[str]:
        """The visits of a case that no other case has, so that what was noted there is this one's alone."""
        other = visit_case.alias()
        shared = sa.exists().where(
            other.c.visit == visit_case.c.visit, other.c.case_id != case_id, other.c.case_id == case_file.c.id
        )
        asked = sa.select(visit_case.c.visit).where(visit_case.c.case_id == case_id, ~shared)
        return list(self.connection.execute(asked).scalars())

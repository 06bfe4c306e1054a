"""Findings of other systems, tip-offs, and the checks these lead to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.errors import Missing
from inspector.domain.leadcheck import LeadCheck, LeadState
from inspector.domain.outside import OutsideFinding
from inspector.domain.tipoff import Informant, TipOff, TipState
from inspector.store.codec import dump, load
from inspector.store.room import Room
from inspector.store.servingtables import lead_check, outside_finding, tip_off


class TipRoom(Room):
    """The tables of what others tell of subjects."""

    def found(self, found: OutsideFinding, at: datetime) -> str | None:
        """Keep a finding once; None where it is new, else the digest of what was told under its number before."""
        row: dict[str, object] = {"system": found.system, "number": found.number, "agency": found.agency}
        row |= {
            "case_id": found.case_id,
            "digest": found.fingerprint(),
            "at": at,
            "body": dump(found, found.system, found.number),
        }
        if self.insert_one(outside_finding, row, ("system", "number")):
            return None
        return self.known(found.system, found.number)

    def known(self, system: str, number: str) -> str | None:
        """The digest of what was told under a number; None: nothing was."""
        held = outside_finding.c
        return self.connection.execute(
            sa.select(held.digest).where(held.system == system, held.number == number)
        ).scalar_one_or_none()

    def add(self, told: TipOff, informant: Informant) -> None:
        """Write a new tip-off."""
        row = {"id": told.id, "agency": told.agency, "at": told.at, "version": 0, "informant": dump(informant, told.id)}
        about = {"state": told.state.value, "body": dump(told, told.id), "case_id": told.case_id or None}
        self.insert_one(tip_off, row | about, ("id",))

    def get(self, tip_id: str, *, lock: bool = False) -> TipOff:
        """One of them. Raises Missing."""
        asked = sa.select(tip_off.c.body).where(tip_off.c.id == tip_id)
        text = self.connection.execute(asked.with_for_update() if lock else asked).scalar_one_or_none()
        if text is None:
            raise Missing("tip_off_unknown", tip_off=tip_id)
        return load(TipOff, text)

    def put(self, told: TipOff) -> None:
        """Write a changed one; the caller holds its lock."""
        values = {"state": told.state.value, "body": dump(told, told.id), "version": tip_off.c.version + 1}
        self.expect_one(sa.update(tip_off).where(tip_off.c.id == told.id).values(**values), told.id)

    def informant(self, tip_id: str) -> Informant:
        """Who told. Raises Missing where it is kept no longer."""
        text = self.connection.execute(sa.select(tip_off.c.informant).where(tip_off.c.id == tip_id)).scalar_one_or_none()
        if text is None:
            raise Missing("informant_gone", tip_off=tip_id)
        return load(Informant, text)

    def open_of(self, agencies: Sequence[str] | None, limit: int | None = None) -> list[TipOff]:
        """Those nobody has closed, of these agencies or of the whole house (None), the oldest first."""
        held = tip_off.c
        asked = sa.select(held.body).where(held.state != TipState.CLOSED.value)
        if agencies is not None:
            asked = asked.where(held.agency.in_(list(agencies)))
        return [load(TipOff, text) for text in self.connection.execute(asked.order_by(held.at, held.id).limit(limit)).scalars()]

    def informants_gone(self) -> list[str]:
        """The tip-offs whose informant was let go."""
        return list(self.connection.execute(sa.select(tip_off.c.id).where(tip_off.c.informant.is_(None))).scalars())

    def there(self, tip_id: str) -> bool:
        """Whether there is such a tip-off."""
        return self.connection.execute(sa.select(tip_off.c.id).where(tip_off.c.id == tip_id)).first() is not None

    def informants_old(self, before: datetime) -> list[str]:
        """The tip-offs that were closed and came before a moment, and of which it is still known who told."""
        held = tip_off.c
        asked = sa.select(held.id).where(held.state == TipState.CLOSED.value, held.at < before, held.informant.is_not(None))
        return list(self.connection.execute(asked.order_by(held.id)).scalars())

    def forget_informant(self, tip_id: str) -> bool:
        """Let go who told, of a tip-off that is closed; whether somebody was known."""
        held = tip_off.c
        there = sa.update(tip_off).where(held.id == tip_id, held.state == TipState.CLOSED.value, held.informant.is_not(None))
        return bool(self.connection.execute(there.values(informant=None)).rowcount)

    def add_check(self, check: LeadCheck) -> None:
        """Write a new lead check."""
        row = {"id": check.id, "tip_off": check.tip_off, "agency": check.agency, "due_at": check.due_at, "version": 0}
        self.insert_one(lead_check, row | {"state": check.state.value, "body": dump(check, check.id)}, ("id",))

    def check(self, check_id: str, *, lock: bool = False) -> LeadCheck:
        """One of them. Raises Missing."""
        asked = sa.select(lead_check.c.body).where(lead_check.c.id == check_id)
        text = self.connection.execute(asked.with_for_update() if lock else asked).scalar_one_or_none()
        if text is None:
            raise Missing("lead_unknown", lead_check=check_id)
        return load(LeadCheck, text)

    def put_check(self, check: LeadCheck) -> None:
        """Write a changed one; the caller holds its lock."""
        values = {"state": check.state.value, "body": dump(check, check.id), "version": lead_check.c.version + 1}
        self.expect_one(sa.update(lead_check).where(lead_check.c.id == check.id).values(**values), check.id)

    def open_checks(self, agencies: Sequence[str] | None, limit: int | None = None) -> list[LeadCheck]:
        """Those that wait for a head or for those who go, the nearest date first."""
        held = lead_check.c
        asked = sa.select(held.body).where(held.state.in_([one.value for one in LeadState if one.open]))
        if agencies is not None:
            asked = asked.where(held.agency.in_(list(agencies)))
        return [
            load(LeadCheck, text) for text in self.connection.execute(asked.order_by(held.due_at, held.id).limit(limit)).scalars()
        ]

    def approved(self) -> list[LeadCheck]:
        """Those that a head has approved and nobody has made yet, of all agencies: few at any time."""
        held = lead_check.c
        asked = sa.select(held.body).where(held.state == LeadState.APPROVED.value).order_by(held.id)
        return [load(LeadCheck, text) for text in self.connection.execute(asked).scalars()]

"""Self-proofs; the files that were shown lie in `materials`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from inspector.domain.errors import Missing
from inspector.domain.selfproof import ProofState, SelfProof
from inspector.store.codec import dump, load
from inspector.store.room import Room
from inspector.store.selfprooftables import self_proof


class SelfProofRoom(Room):
    """The tables of self-proofs."""

    def add(self, proof: SelfProof) -> None:
        """Write a new one; the same one twice is one."""
        row = {"id": proof.id, "case_id": proof.case_id, "agency": proof.agency, "version": 0}
        self.insert_one(self_proof, row | self._row(proof), ("id",))

    def get(self, proof_id: str, *, lock: bool = False) -> SelfProof:
        """One of them. Raises Missing."""
        asked = sa.select(self_proof.c.body).where(self_proof.c.id == proof_id)
        text = self.connection.execute(asked.with_for_update() if lock else asked).scalar_one_or_none()
        if text is None:
            raise Missing("self_proof_unknown", self_proof=proof_id)
        return load(SelfProof, text)

    def put(self, proof: SelfProof) -> None:
        """Write a changed one; the caller holds its lock."""
        values = self._row(proof) | {"version": self_proof.c.version + 1}
        self.expect_one(sa.update(self_proof).where(self_proof.c.id == proof.id).values(**values), proof.id)

    def of_case(self, case_id: str, *, lock: bool = False) -> list[SelfProof]:
        """Those of a case."""
        asked = sa.select(self_proof.c.body).where(self_proof.c.case_id == case_id).order_by(self_proof.c.id)
        return [load(SelfProof, text) for text in self.connection.execute(asked.with_for_update() if lock else asked).scalars()]

    def open_of(self, agencies: Sequence[str], limit: int, after: str = "") -> list[SelfProof]:
        """Open ones of these agencies: what waits to be read first, then by date; those behind the one of the id `after`."""
        states = [state.value for state in ProofState if state.open]
        place = self_proof.c.due_at, self_proof.c.id
        asked = sa.select(self_proof.c.body).where(self_proof.c.state.in_(states), self_proof.c.agency.in_(list(agencies)))
        asked = asked.order_by(_unread(self_proof), *place).limit(limit)
        if after:
            held = self_proof.alias()
            last = sa.select(_unread(held), held.c.due_at, held.c.id).where(held.c.id == after)
            asked = asked.where(sa.tuple_(_unread(self_proof), *place) > last.scalar_subquery())
        return [load(SelfProof, text) for text in self.connection.execute(asked).scalars()]

    def asked_ids(self, after: str, limit: int) -> list[str]:
        """Those whose subject has said nothing yet, and may still, by id, those behind `after`."""
        states = [state.value for state in ProofState if state.asked]
        asked = sa.select(self_proof.c.id).where(self_proof.c.state.in_(states), self_proof.c.id > after)
        return list(self.connection.execute(asked.order_by(self_proof.c.id).limit(limit)).scalars())

    def unfinished(self, limit: int) -> list[SelfProof]:
        """Open ones of the whole house, what waits to be read first."""
        agencies = self.connection.execute(sa.select(self_proof.c.agency).distinct()).scalars().all()
        return self.open_of(agencies, limit)

    def counts(self) -> Sequence[Any]:
        """(agency, state, count)."""
        asked = sa.select(self_proof.c.agency, self_proof.c.state, sa.func.count())
        return self.connection.execute(asked.group_by(self_proof.c.agency, self_proof.c.state)).all()

    def _row(self, proof: SelfProof) -> dict[str, object]:
        return {"state": proof.state.value, "due_at": proof.due_at, "body": dump(proof, proof.id)}


def _unread(held: sa.FromClause) -> sa.ColumnElement[int]:
    """Where a self-proof stands among the open ones: 0 for one that waits to be read."""
    return sa.case((held.c.state == ProofState.RECEIVED.value, 0), else_=1)

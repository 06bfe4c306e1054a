"""A transaction and its rooms: one small class for each noun, all on one connection."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspector.store.assistance import AssistanceRoom
from inspector.store.attention import AttentionRoom
from inspector.store.cases import CaseRoom
from inspector.store.credit import CreditRoom
from inspector.store.draws import DrawRoom
from inspector.store.events import EventRoom
from inspector.store.inbox import InboxRoom
from inspector.store.lanes import LaneRoom
from inspector.store.ledger import LedgerRoom
from inspector.store.office import OfficeRoom
from inspector.store.replicas import ReplicaRoom
from inspector.store.rosters import RosterRoom
from inspector.store.savepoint import savepoint
from inspector.store.schedules import ScheduleRoom
from inspector.store.tokens import TokenRoom
from inspector.store.visits import VisitRoom
from inspector.store.work import WorkRoom


def new_id() -> str:
    """A fresh id that sorts by time: 48 bits of milliseconds, 80 random bits."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


class Tx:
    """One transaction. Rooms are made when first used."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.sqlite = connection.dialect.name == "sqlite"

    def machine_now(self) -> datetime:
        """Machine time: the database's clock where it has one that all replicas share (engine.md 5.2), else the process's."""
        if self.sqlite:
            return datetime.now(UTC)
        now: datetime = self.connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that can fail alone, so that one stale fence rolls back one settlement."""
        with savepoint(self.connection, "part"):
            yield

    @cached_property
    def work(self) -> WorkRoom:
        return WorkRoom(self.connection)

    @cached_property
    def cases(self) -> CaseRoom:
        return CaseRoom(self.connection)

    @cached_property
    def assistance(self) -> AssistanceRoom:
        return AssistanceRoom(self.connection)

    @cached_property
    def draws(self) -> DrawRoom:
        return DrawRoom(self.connection)

    @cached_property
    def visits(self) -> VisitRoom:
        return VisitRoom(self.connection)

    @cached_property
    def rosters(self) -> RosterRoom:
        return RosterRoom(self.connection)

    @cached_property
    def credit(self) -> CreditRoom:
        return CreditRoom(self.connection)

    @cached_property
    def events(self) -> EventRoom:
        return EventRoom(self.connection)

    @cached_property
    def ledger(self) -> LedgerRoom:
        return LedgerRoom(self.connection)

    @cached_property
    def inbox(self) -> InboxRoom:
        return InboxRoom(self.connection)

    @cached_property
    def lanes(self) -> LaneRoom:
        return LaneRoom(self.connection)

    @cached_property
    def schedules(self) -> ScheduleRoom:
        return ScheduleRoom(self.connection)

    @cached_property
    def attention(self) -> AttentionRoom:
        return AttentionRoom(self.connection)

    @cached_property
    def tokens(self) -> TokenRoom:
        return TokenRoom(self.connection)

    @cached_property
    def office(self) -> OfficeRoom:
        return OfficeRoom(self.connection)

    @cached_property
    def replicas(self) -> ReplicaRoom:
        return ReplicaRoom(self.connection)

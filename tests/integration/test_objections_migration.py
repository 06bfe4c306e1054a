"""Objections that ended before there was a column for the day stand in it, and whoever counts those of late reads no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from inspector.domain.complaint import Handled
from inspector.domain.decision import Because
from inspector.domain.objection import Objection, ObjectionState
from inspector.flows import oversight
from inspector.store import migrate
from inspector.store.codec import dump
from inspector.store.recordtables import objection
from inspector.store.store import Store
from tests.house import closing

pytestmark = pytest.mark.alike

SEEN = datetime(2026, 3, 2, 1, tzinfo=UTC)
OLD = Objection(
    id="old",
    about="credit:a:1",
    case_id="a",
    agency="bureau",
    words="不符",
    digests=(),
    by="hall",
    opened_at=SEEN,
    pack="demo@1",
    due_at=SEEN + timedelta(days=10),
    state=ObjectionState.REJECTED,
    decided_by="王五",
    decided_at=SEEN + timedelta(days=3),
)
LATE = replace(OLD, id="late", case_id="b", decided_at=SEEN + timedelta(days=400))
OPEN = replace(OLD, id="open", case_id="c", state=ObjectionState.OPEN, decided_at=None)


def test_those_that_ended_have_the_day_of_their_entry_and_only_those_of_late_are_read(database_url: str) -> None:
    with closing(Store(database_url)) as store:
        with store.engine.begin() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(migrate.HERE))
            (ours,) = (
                one
                for one in ScriptDirectory.from_config(config).walk_revisions()
                if str(one.path).endswith("_objections_by_the_day_they_ended.py")
            )
            command.upgrade(config, str(ours.down_revision))
        names = ("id", "about", "case_id", "agency", "state", "version", "body")
        before = sa.table("objection", *(sa.column(name) for name in names))
        with store.begin() as tx:
            for one in (OLD, LATE, OPEN):
                told = {name: getattr(one, name) for name in ("id", "about", "case_id", "agency")}
                row = {**told, "state": one.state.value, "version": 0, "body": dump(one)}
                tx.connection.execute(sa.insert(before).values(**row))
                if one.decided_at is not None:
                    because = Because(rule="objection.decided", basis=("S0:8",), pack="demo@1", facts={"objection": one.id})
                    tx.ledger.append(f"{one.id:0>32}", one.case_id, because, {}, one.decided_at)
        migrate.upgrade(store)
        with store.begin() as tx:
            days = {row.id: row.decided_at for row in tx.connection.execute(sa.select(objection.c.id, objection.c.decided_at))}
            tx.connection.execute(sa.update(objection).where(objection.c.id == "old").values(body="nothing that can be read"))
        assert days == {"old": OLD.decided_at, "late": LATE.decided_at, "open": None}
        with store.read() as tx:
            counted = oversight.of_late(tx, ("bureau",), SEEN + timedelta(days=420))
        assert counted == Handled(in_time=0, late=1), "what ended years ago is not opened"

"""Repairs that were asked for before they stood on the officers' list stand on it after the migration."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from inspector.domain.case import SubjectKind
from inspector.domain.creditlaw import RepairPaper
from inspector.domain.creditrecord import Record, RecordState
from inspector.domain.repair import RepairAsked
from inspector.store import migrate
from inspector.store.codec import dump
from inspector.store.recordtables import credit_record
from inspector.store.store import Store
from tests.house import closing

pytestmark = pytest.mark.alike

SEEN = datetime(2026, 3, 2, 1, tzinfo=UTC)
HELD = Record(
    entry="credit:a:1",
    case_id="a",
    agency="bureau",
    kind=SubjectKind.FIRM,
    code="X",
    grade="general",
    outcome="FALSE_KNOWING",
    basis="S0:8",
    pack="demo@1",
    decided_by="李四",
    decided_at=SEEN,
    decided_on=date(2026, 3, 2),
)
ASKED = RepairAsked(asked_at=SEEN, by="hall", words="已改正", papers=(), due_at=SEEN.replace(day=5))
LACKING = replace(ASKED, due_at=None, missing=(RepairPaper.CORRECTED,))


def test_open_repairs_have_their_dates_and_those_that_are_over_have_none(database_url: str) -> None:
    records = (
        replace(HELD, repair=ASKED),
        replace(HELD, entry="credit:b:1", repair=LACKING),
        replace(HELD, entry="credit:c:1", repair=ASKED, state=RecordState.REPAIRED),
        replace(HELD, entry="credit:d:1"),
    )
    with closing(Store(database_url)) as store:
        with store.engine.begin() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(migrate.HERE))
            (ours,) = (
                one
                for one in ScriptDirectory.from_config(config).walk_revisions()
                if str(one.path).endswith("_repairs_by_their_dates.py")
            )
            command.upgrade(config, str(ours.down_revision))
        names = ("entry", "case_id", "agency", "kind", "code", "adverse", "state", "version", "body")
        before = sa.table("credit_record", *(sa.column(name) for name in names))
        with store.begin() as tx:
            for one in records:
                told = {name: getattr(one, name) for name in ("entry", "case_id", "agency", "code", "adverse")}
                row = {**told, "kind": one.kind.value, "state": one.state.value, "version": 0, "body": dump(one)}
                tx.connection.execute(sa.insert(before).values(**row))
        migrate.upgrade(store)
        with store.read() as tx:
            due = sa.select(credit_record.c.entry, credit_record.c.repair_due_at).order_by(credit_record.c.entry)
            dates = [at for _, at in tx.connection.execute(due)]
            listed = [one.entry for one in tx.records.asked(["bureau"], 10)]
    assert dates == [ASKED.due_at, None, None, None]
    assert listed == ["credit:a:1", "credit:b:1"], "what lacks papers is listed last"

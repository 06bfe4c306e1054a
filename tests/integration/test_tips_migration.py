"""Tip-offs that came before there was a column for their case keep it all the same, and who asks about a case reads no others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from inspector.domain.case import SubjectKind
from inspector.domain.tipoff import Informant, TipOff, TipSource
from inspector.store import migrate
from inspector.store.codec import dump
from inspector.store.keyring import Keyring
from inspector.store.servingtables import tip_off
from inspector.store.store import Store
from tests.house import closing
from tests.sealing import RING

pytestmark = pytest.mark.alike

MOMENT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def tip(name: str, case_id: str) -> TipOff:
    return TipOff(
        id=name,
        agency="a",
        source=TipSource.OTHER,
        kind=SubjectKind.FIRM,
        code="X",
        name="",
        words="未经营",
        case_id=case_id,
        by="热线",
        at=MOMENT,
        due_at=MOMENT,
    )


BEFORE = (tip("t1", "c1"), tip("t2", "c2"), tip("t3", ""), tip("t4", "c1"))


@pytest.mark.parametrize("keys", [Keyring(), RING], ids=["plain", "sealed"])
@pytest.mark.slow
def test_tip_offs_of_before_keep_their_case(database_url: str, keys: Keyring) -> None:
    with closing(Store(database_url, keys=keys)) as store:
        with store.engine.begin() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(migrate.HERE))
            scripts = ScriptDirectory.from_config(config).walk_revisions()
            (ours,) = (one for one in scripts if str(one.path).endswith("_tip_offs_by_case.py"))
            command.upgrade(config, str(ours.down_revision))
        columns: Sequence[sa.Column[Any]] = [tip_off.c[name] for name in ("id", "agency", "state", "at", "version", "body")]
        before = sa.table("tip_off", *(sa.column(one.name, one.type) for one in columns))
        with store.begin() as tx:
            for one in BEFORE:
                row = {"id": one.id, "agency": one.agency, "state": one.state.value, "at": one.at, "version": 0}
                tx.connection.execute(sa.insert(before).values(**row, body=dump(one, one.id)))
        migrate.upgrade(store)
        with store.begin() as tx:
            tx.tips.add(tip("t5", "c1"), Informant())
            assert [tx.purging.tips(case) for case in ("c1", "c2", "c3", "")] == [["t1", "t4", "t5"], ["t2"], [], []]


def test_who_asks_what_keeps_a_case_reads_no_tip_off_of_another(store: Store) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    with store.begin() as tx:
        for one in BEFORE:
            tx.tips.add(one, Informant())
    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        with store.read() as tx:
            assert tx.purging.tips("c1") == ["t1", "t4"]
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    (told,) = (one for one in asked if "tip_off" in one[0])
    with store.read() as tx:
        if not store.sqlite:
            tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = ("EXPLAIN QUERY PLAN " if store.sqlite else "EXPLAIN ") + told[0]
        plan = "\n".join(str(row[-1]) for row in tx.connection.exec_driver_sql(explain, told[1]))
    assert not re.search(r"(SCAN|Seq Scan on) tip_off", plan), plan
    assert "ix_tip_off_case_id" in plan, plan

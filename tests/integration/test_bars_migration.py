"""Bars that were entered before there was a column for their organisation are met by it, and who looks one up reads no others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from inspector.domain.case import SubjectKind
from inspector.domain.gate import OutsideBar
from inspector.store import migrate
from inspector.store.codec import dump
from inspector.store.keyring import CODE_MARK, Keyring
from inspector.store.recordtables import outside_bar
from inspector.store.sealed import SubjectCode, bare
from inspector.store.store import Store
from tests.house import closing
from tests.sealing import RING

pytestmark = pytest.mark.alike

FIRM, PERSON = SubjectKind.FIRM, SubjectKind.PERSON
CREDIT, ORGANISATION, TYPED = "91000000MA0000001R", "MA0000001", "91000000MAOOOOOO1R"
OTHER, ABROAD = "91000000MA0000002P", "HRB-12"


def bar(name: str, code: str, kind: SubjectKind = FIRM) -> OutsideBar:
    return OutsideBar(
        id=name, kind=kind, code=code, agency="a", authority="某局", document="d", ground="g", since=date(2025, 1, 1)
    )


BEFORE = (bar("credit", CREDIT), bar("typed", TYPED), bar("other", OTHER), bar("abroad", ABROAD), bar("person", CREDIT, PERSON))


def brought_to_the_one_before(store: Store) -> None:
    with store.engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(migrate.HERE))
        scripts = ScriptDirectory.from_config(config).walk_revisions()
        (ours,) = (one for one in scripts if str(one.path).endswith("_bars_by_organisation.py"))
        command.upgrade(config, str(ours.down_revision))


@pytest.mark.slow
@pytest.mark.parametrize("keys", [Keyring(), RING], ids=["plain", "sealed"])
def test_bars_of_before_are_met_by_their_organisation(database_url: str, keys: Keyring) -> None:
    with closing(Store(database_url, keys=keys)) as store:
        brought_to_the_one_before(store)
        columns: Sequence[sa.Column[Any]] = [outside_bar.c[name] for name in ("id", "kind", "agency", "body")]
        before = sa.table("outside_bar", *(sa.column(one.name, one.type) for one in columns), sa.column("code", SubjectCode()))
        with store.begin() as tx:
            for one in BEFORE:
                row = {"id": one.id, "kind": one.kind.value, "code": one.code, "agency": one.agency, "body": dump(one, one.id)}
                tx.connection.execute(sa.insert(before).values(**row))
        migrate.upgrade(store)
        with store.begin() as tx:
            tx.records.keep_bar(bar("later", ORGANISATION))

            def met(kind: SubjectKind, code: str) -> list[str]:
                return [one.id for one in tx.records.bars_of(kind, code)]

            for code in (CREDIT, TYPED, ORGANISATION):
                assert met(FIRM, code) == ["credit", "later", "typed"]
            assert (met(FIRM, OTHER), met(FIRM, ABROAD), met(FIRM, "HRB-13")) == (["other"], ["abroad"], [])
            assert (met(PERSON, CREDIT), met(PERSON, ORGANISATION)) == (["person"], [])
            held = bare(outside_bar)
            lies = {row.id: row.organisation for row in tx.connection.execute(sa.select(held.c.id, held.c.organisation))}
        assert (lies["abroad"], lies["person"]) == (None, None)
        assert len({lies["credit"], lies["typed"], lies["later"]}) == 1, "who has no key sees which are one, and not whom"
        assert lies["credit"].startswith(CODE_MARK) if keys.current_lookup else lies["credit"] == ORGANISATION


def test_who_looks_a_bar_up_reads_those_of_its_subject(store: Store) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    with store.begin() as tx:
        for one in BEFORE:
            tx.records.keep_bar(one)
    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        with store.read() as tx:
            for kind, code in ((FIRM, CREDIT), (FIRM, ABROAD), (PERSON, CREDIT)):
                assert tx.records.bars_of(kind, code)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    asked = [one for one in asked if "outside_bar" in one[0]]
    assert len(asked) == 3, "one question each"
    with store.read() as tx:
        if not store.sqlite:
            tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for (statement, parameters), index in zip(asked, ("organisation", "subject", "subject"), strict=True):
            explain = ("EXPLAIN QUERY PLAN " if store.sqlite else "EXPLAIN ") + statement
            plan = "\n".join(str(row[-1]) for row in tx.connection.exec_driver_sql(explain, parameters))
            assert not re.search(r"(SCAN|Seq Scan on) outside_bar", plan), (statement, plan)
            assert f"ix_outside_bar_{index}" in plan, (statement, plan)

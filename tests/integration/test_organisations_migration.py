"""Firms of before there was a column for their organisation stand in it, also where their codes lie sealed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from inspector.domain.case import SubjectKind
from inspector.store import migrate
from inspector.store.keyring import Keyring
from inspector.store.sealed import SubjectCode
from inspector.store.store import Store
from inspector.store.tables import roster_object, subject
from tests.house import closing
from tests.sealing import RING

pytestmark = pytest.mark.alike

FIRM, OTHER, PERSON = "91OOOOOOMA0000001R", "NOT-A-CREDIT-CODE", "110105194912310001"


@pytest.mark.parametrize("keys", [None, RING], ids=["plain", "sealed"])
@pytest.mark.slow
def test_each_firm_is_found_by_its_organisation(database_url: str, keys: Keyring | None) -> None:
    with closing(Store(database_url, keys=keys)) as store:
        with store.engine.begin() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(migrate.HERE))
            command.upgrade(config, "0040")
        named = [(SubjectKind.FIRM, FIRM), (SubjectKind.FIRM, OTHER), (SubjectKind.PERSON, PERSON)]
        people = sa.table("subject", sa.column("kind"), sa.column("code", SubjectCode()), sa.column("body"))
        rows = sa.table(
            "roster_object", sa.column("agency"), sa.column("kind"), sa.column("code", SubjectCode()), sa.column("body")
        )
        with store.begin() as tx:
            for number in range(600):  # more than are in hand at a time
                tx.connection.execute(sa.insert(people).values(kind="FIRM", code=f"TEST{number}", body="{}"))
            for kind, told in named:
                tx.connection.execute(sa.insert(people).values(kind=kind.value, code=told, body="{}"))
                tx.connection.execute(sa.insert(rows).values(agency="bureau", kind=kind.value, code=told, body="{}"))
        migrate.upgrade(store)
        with store.read() as tx:
            for table in (subject, roster_object):
                asked = sa.select(table.c.code, table.c.organisation).where(table.c.organisation.is_not(None))
                assert list(map(tuple, tx.connection.execute(asked))) == [(FIRM, "MA0000001")]
            assert tx.rosters.organisations("bureau", ["MA0000001"]) == {"MA0000001": (FIRM,)}
            lies = sa.select(sa.type_coerce(subject.c.organisation, sa.String)).where(subject.c.organisation.is_not(None))
            assert ("MA0000001" in tx.connection.execute(lies).scalar_one()) == (keys is None)

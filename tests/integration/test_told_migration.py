"""What was told of firms before there was a column for their organisation is found by it, also where their codes lie sealed."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from inspector.domain.case import SubjectKind
from inspector.store import migrate
from inspector.store.inspectiontables import inspection
from inspector.store.keyring import Keyring
from inspector.store.sealed import SubjectCode
from inspector.store.store import Store
from inspector.store.tables import Moment, credit_level
from tests.house import START, closing
from tests.sealing import RING

pytestmark = pytest.mark.alike

FIRM, OTHER, PERSON = "91OOOOOOMA0000001R", "NOT-A-CREDIT-CODE", "110105194912310001"


@pytest.mark.parametrize("keys", [None, RING], ids=["plain", "sealed"])
@pytest.mark.slow
def test_each_past_check_and_each_level_is_found_by_its_organisation(database_url: str, keys: Keyring | None) -> None:
    with closing(Store(database_url, keys=keys)) as store:
        with store.engine.begin() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(migrate.HERE))
            command.upgrade(config, "0044")
        names = ("agency", "kind", "check_type", "authority", "number", "items", "inspectors", "completed")
        checks = sa.table("inspection", *map(sa.column, names), sa.column("code", SubjectCode()), sa.column("held_on", sa.Date))
        levels = sa.table(
            "credit_level",
            *map(sa.column, ("kind", "level", "source")),
            sa.column("code", SubjectCode()),
            sa.column("as_of", Moment),
        )
        same = {"check_type": "PLANNED", "authority": "OWN", "items": "", "inspectors": "", "completed": True}
        named = [*(("FIRM", f"TEST{number}") for number in range(600)), ("FIRM", FIRM), ("FIRM", OTHER), ("PERSON", PERSON)]
        with store.begin() as tx:
            for kind, told in named:  # more than are in hand at a time
                one = {"kind": kind, "code": told}
                tx.connection.execute(sa.insert(levels).values(**one, level="A", source="p", as_of=START))
                for agency in ("bureau", "county"):
                    for number in ("1", "2"):
                        row = {**one, **same, "agency": agency, "number": number, "held_on": date(2025, 1, 6)}
                        tx.connection.execute(sa.insert(checks).values(**row))
        migrate.upgrade(store)
        with store.read() as tx:
            for table, count in ((inspection, 4), (credit_level, 1)):
                asked = sa.select(table.c.code, table.c.organisation).where(table.c.organisation.is_not(None))
                assert list(map(tuple, tx.connection.execute(asked))) == [(FIRM, "MA0000001")] * count
                lies = sa.select(sa.type_coerce(table.c.organisation, sa.String)).where(table.c.organisation.is_not(None))
                assert ("MA0000001" in tx.connection.execute(lies.limit(1)).scalar_one()) == (keys is None)
            assert tx.inspections.spellings(SubjectKind.FIRM, "MA0000001") == [FIRM, "MA0000001"]

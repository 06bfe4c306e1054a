"""Evidence that was kept before its dates stood beside it has them after the migration, where its body can be read."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from inspector.domain.case import Outcome
from inspector.flows import review
from inspector.store import migrate
from inspector.store.store import Store
from inspector.store.tables import evidence
from tests.house import Hand, Table, application, closing, open_office, post, settle
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike

DATES = ("of_at", "heard_at", "claim_from")


def test_what_speaks_against_somebody_gets_its_dates_and_a_sealed_body_goes_by_its_mark(database_url: str, hand: Hand) -> None:
    with closing(Store(database_url)) as store:
        migrate.upgrade(store)
        office = open_office(store, hand, sources={"registers": Table(default="吊销")})
        cases = [post(office, application(number, "business-licence", LICENCE)) for number in (1, 2)]
        settle(office)
        for case_id in cases:
            with store.begin() as tx:
                (piece,) = tx.cases.evidence(case_id)
                review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "登记状态为吊销", (piece.id,), hand())
        told = sa.select(evidence.c.case_id, *(evidence.c[name] for name in DATES)).order_by(evidence.c.id)
        with store.engine.begin() as connection:
            before = connection.execute(told).all()
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(migrate.HERE))
            scripts = ScriptDirectory.from_config(config).walk_revisions()
            (ours,) = (one for one in scripts if str(one.path).endswith("_the_dates_of_evidence.py"))
            for name in DATES:
                connection.execute(sa.text(f"ALTER TABLE evidence DROP COLUMN {name}"))
            sealed = sa.text("UPDATE evidence SET body = '~s1.abc' WHERE case_id = :case")
            connection.execute(sealed, {"case": cases[1]})
            command.stamp(config, str(ours.down_revision))
            command.upgrade(config, ours.revision)
            after = {row.case_id: tuple(row)[1:] for row in connection.execute(told)}
        assert after[cases[0]] == next(tuple(row)[1:] for row in before if row.case_id == cases[0])
        assert after[cases[1]] == (None, None, None)
        with store.begin() as tx:
            assert tx.cases.adverse_without_review(10) == []
            moved = sa.update(evidence).where(evidence.c.case_id == cases[0])
            tx.connection.execute(moved.values(of_at=after[cases[0]][2] - timedelta(days=1)))
            assert len(tx.cases.adverse_without_review(10)) == 1

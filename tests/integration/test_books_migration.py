"""What was entered before there were books stands in them after the migration, as orders and ledger tell of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from inspector.domain.decision import Because
from inspector.domain.ledger import said
from inspector.domain.statement import BookState
from inspector.store import migrate
from inspector.store.store import Store
from inspector.store.tables import EPOCH, metadata
from inspector.store.tx import Tx
from tests.house import closing

pytestmark = pytest.mark.alike

SEEN = datetime(2026, 3, 2, 1, tzinfo=UTC)
SAYS = {"kind": "FIRM", "code": "X", "grade": "kept", "outcome": "TRUE", "basis": "S0:8", "by": "RULE", "at": SEEN.isoformat()}


def work(
    key: str, kind: str, state: str, payload: Mapping[str, object], fence: int = 1, error: str | None = None
) -> dict[str, object]:
    told = {"key": key, "kind": kind, "lane": "platform", "case_id": key.split(":")[1], "payload": json.dumps(payload)}
    dates = {"due_at": SEEN, "urgent_by": SEEN, "lease_until": EPOCH, "made_at": SEEN}
    return {**told, **dates, "state": state, "fence": fence, "attempts": 1, "error": error}


def written(tx: Tx, name: str, about: str, because: Because) -> None:
    """An entry of before, with the columns there were."""
    row = {"id": name, "at": SEEN, "about": about, "rule": because.rule, "salt": "", "body_digest": "", "digest": ""}
    tx.connection.execute(sa.insert(metadata.tables["ledger"]), row | {"body": said(because, {})})


@pytest.mark.slow
def test_orders_and_ledger_fill_the_books(database_url: str) -> None:
    with closing(Store(database_url)) as store:
        with store.engine.begin() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(migrate.HERE))
            scripts = ScriptDirectory.from_config(config)
            (ours,) = (one for one in scripts.walk_revisions() if str(one.path).endswith("_the_credit_books.py"))
            command.upgrade(config, str(ours.down_revision))
        with store.begin() as tx:
            rows = [
                work("credit:a:1", "credit", "done", SAYS),
                work("credit:b:1", "credit", "ready", SAYS),
                work("credit:c:1", "credit", "done", SAYS, fence=0, error="obsolete"),
                work("credit:d:1", "credit", "done", SAYS),
            ]
            rows += [work("credit.retract:d:1", "credit.retract", "waiting", {"entry": "credit:d:1", "reason": "WITHDRAWN"})]
            tx.connection.execute(sa.insert(metadata.tables["work"]), rows)
            for name, entry, rule in (("1", "credit:e:1", "credit.entered"), ("2", "credit:e:1", "credit.retracted")):
                facts = {"entry": entry, "receipt": f"R-{name}", "reason": "REOPENED"}
                written(tx, name, "e", Because(rule=rule, basis=("S0:8",), pack="", facts=facts))
            written(tx, "3", "f", Because(rule="credit.entered", basis=(), pack="", facts={"entry": "credit:f:1"}))
        migrate.upgrade(store)
        with store.read() as tx:
            held = {one.entry: one for one in tx.books.ours("platform")}
            taken_back = tx.books.get("credit:e:1")
    assert {entry: (one.state, one.open, bool(one.told)) for entry, one in held.items()} == {
        "credit:a:1": (BookState.ENTERED, False, True),
        "credit:b:1": (BookState.ORDERED, True, True),
        "credit:d:1": (BookState.FALLEN, True, True),
        "credit:e:1": (BookState.RETRACTED, False, False),
        "credit:f:1": (BookState.ENTERED, False, False),
    }
    assert taken_back is not None
    assert taken_back.retraction == {
        "entry": "credit:e:1",
        "reason": "REOPENED",
        "basis": "S0:8",
        "at": "2026-03-02T09:00:00+08:00",
    }

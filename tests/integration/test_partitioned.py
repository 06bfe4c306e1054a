"""The ledger in parts, as docs/how-to/growth.md has it cut: the office goes on, seals, holds, and is copied as before."""

from __future__ import annotations

import re
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.store import moving
from inspector.store.store import Store
from tests.house import ROOT, Hand, application, open_office, open_store, post, settle

pytestmark = [pytest.mark.postgres, pytest.mark.needs("postgres"), pytest.mark.slow]

CUT = "2027-01-01 00:00+08"


def cut(store: Store) -> None:
    """Run what the page says, with a cut between what is there and what comes."""
    (block,) = re.findall(r"BEGIN;\n(DO \$\$.*?\$\$;)\nCOMMIT;", (ROOT / "docs/how-to/growth.md").read_text("utf-8"), re.DOTALL)
    assert CUT in block
    time.sleep(0.01)
    text = block.replace(CUT, datetime.now(UTC).isoformat())
    time.sleep(0.01)
    with store.engine.begin() as connection:
        held = connection.connection.driver_connection
        assert held is not None
        held.execute(text)


def case(store: Store, hand: Hand, number: int) -> None:
    office = open_office(store, hand)
    post(office, application(number, "business-licence", {"registration-status": "存续"}))
    settle(office)
    with store.begin() as tx:
        tx.ledger.seal(hand())
        tx.tree.grow()


def indexes(store: Store) -> set[str]:
    with store.read() as tx:
        return set(tx.connection.execute(sa.text("SELECT indexname FROM pg_indexes WHERE tablename = 'ledger'")).scalars())


def test_an_office_goes_on_when_its_ledger_is_cut_by_the_words_of_the_page(postgres_url: str, hand: Hand, tmp_path: Path) -> None:
    with closing(open_store(postgres_url)) as store:
        case(store, hand, 1)
        with store.read() as tx:
            before = moving.content(tx.connection)
        named = indexes(store)
        cut(store)
        with store.read() as tx:
            assert moving.content(tx.connection) == before
        assert indexes(store) == named, "a migration finds each by its name"
        case(store, hand, 2)
        with store.read() as tx:
            parts = {
                name: tx.connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one()
                for name in ("ledger_before", "ledger_rest")
            }
            assert (parts["ledger_before"], parts["ledger_rest"] > 0) == (before["ledger"][0], True)
            assert tx.ledger.verify() == (2, None)
        with closing(open_store(f"sqlite:///{tmp_path / 'copy.sqlite3'}")) as copy:
            moving.copy(store, copy, lambda *_: None)
            with copy.read() as tx:
                assert tx.ledger.verify() == (2, None)

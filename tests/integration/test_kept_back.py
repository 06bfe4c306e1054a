"""What was repaired before a receiver has heard of it: nobody hears of it for the first time afterwards (1.7.2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.domain.case import Outcome
from inspector.domain.creditrecord import RecordState
from inspector.domain.statement import BookState
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_creditrecords import Place, place

pytestmark = pytest.mark.alike


@pytest.fixture
def here(store: Store, hand: Hand, tmp_path: Path) -> Iterator[Place]:
    with place(store, hand, tmp_path) as made:
        made.second.mode = "away"
        yield made


def comes_back(here: Place) -> None:
    """The second receiver answers again, and what waits for it is tried."""
    here.second.mode = "ok"
    for _ in range(4):
        here.hand.on(days=1)
        with here.office.store.begin() as tx:
            tx.lanes.succeeded("sector")
        settle(here.office)


def test_a_discredit_that_was_repaired_is_told_to_no_receiver_that_was_away_meanwhile(here: Place) -> None:
    entry = here.found(1, Outcome.UNTRUE_CURABLE, "act-untrue-curable")
    assert here.first.entries
    here.hand.on(days=1)
    here.repaired(entry)
    assert here.record(entry).state is RecordState.REPAIRED
    comes_back(here)
    assert here.second.entries == {}
    assert here.second.made == {}
    with here.office.store.read() as tx:
        held = tx.books.get(entry, "sector")
        rules = [row["rule"] for row in tx.ledger.about(here.record(entry).case_id)]
    assert held is not None
    assert held.state is BookState.RETRACTED, "a try may have brought it: it is taken back, and the receiver has said so"
    assert rules.count("credit.kept_back") == 1
    assert here.first.became[entry] == ["REPAIRED"]

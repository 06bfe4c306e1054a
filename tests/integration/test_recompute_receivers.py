"""What receivers of a credit entry have acknowledged is held to the record and to the books: `case replay` computes it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.domain import acknowledged, statement
from inspector.domain.annulled import Annulled
from inspector.domain.case import LevelReason, Outcome, Rated
from inspector.domain.decision import Decision
from inspector.domain.late import unused
from inspector.domain.recompute import Again
from inspector.domain.statement import Step, Unlike
from inspector.flows import annulling
from inspector.flows.recompute import replay
from inspector.flows.record import record
from inspector.flows.retracting import by_document
from inspector.store.booktables import credit_entry
from inspector.store.recordtables import credit_copy
from inspector.store.store import Store
from inspector.store.tables import ledger
from tests.house import Hand, settle
from tests.integration.test_creditrecords import Place, place
from tests.integration.test_kept_back import comes_back
from tests.operator import on_both, one_database

database_url = one_database


@pytest.fixture
def here(store: Store, hand: Hand, tmp_path: Path) -> Iterator[Place]:
    with place(store, hand, tmp_path) as made:
        yield made


def told(here: Place, entry: str, *rules: str) -> list[tuple[str, Again]]:
    """What these rules come to about the case of an entry, in their order."""
    with here.office.store.read() as tx:
        found = replay(here.office, tx, here.record(entry).case_id)
        return [(one.rule, again) for one, again in found if one.rule in rules]


def annulled(here: Place, entry: str) -> None:
    with here.office.store.begin() as tx:
        annulling.entry(here.office, tx, entry, Annulled.COURT, "（2026）行初1号", "王五", here.hand())


@on_both
def test_what_was_entered_told_and_taken_back_comes_to_the_same(here: Place) -> None:
    entry = here.found(1, Outcome.UNTRUE_CURABLE, "act-untrue-curable")
    here.hand.on(days=1)
    here.repaired(entry)
    annulled(here, entry)
    settle(here.office)
    rules = "credit.entered", "credit.amended", "credit.annulled", "credit.retracted"
    assert told(here, entry, *rules) == [
        *(("credit.entered", Again.SAME) for _ in range(2)),
        *(("credit.amended", Again.SAME) for _ in range(2)),
        ("credit.annulled", Again.PERSON),
        *(("credit.retracted", Again.SAME) for _ in range(2)),
    ]


@pytest.mark.parametrize(("rule", "old", "new"), [("entered", "connector", "x"), ("retracted", '"reason": "', '"reason": "X')])
def test_a_receiver_or_a_reason_that_was_rewritten_in_the_ledger_is_seen(here: Place, rule: str, old: str, new: str) -> None:
    entry = here.found(1)
    annulled(here, entry)
    settle(here.office)
    rule = f"credit.{rule}"
    with here.office.store.begin() as tx:
        row = next(one for one in tx.ledger.about(here.record(entry).case_id) if one["rule"] == rule and old in one["body"])
        body = row["body"].replace(old, new)
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=body))
    assert sorted(again for _, again in told(here, entry, rule)) == [Again.DIFFERS, Again.SAME]


@on_both
@pytest.mark.parametrize("table", [credit_entry, credit_copy])
def test_a_receipt_that_was_exchanged_in_the_books_is_seen(here: Place, table: sa.Table) -> None:
    entry = here.found(1)
    with here.office.store.begin() as tx:
        tx.connection.execute(sa.update(table).values(receipt="回执0号"))
    assert sorted(again for _, again in told(here, entry, "credit.entered")) == [Again.DIFFERS, Again.SAME]


def test_a_receipt_in_whose_place_another_came_accuses_nobody(here: Place) -> None:
    """The books keep the newest; that of the entering before is told by its entry alone."""
    entry = here.found(1)
    basis, case = here.record(entry).basis, here.record(entry).case_id
    with here.office.store.begin() as tx:
        tx.books.entered(entry, "platform", "回执2号", here.hand())
        again = Decision(state=None, because=acknowledged.entered(entry, basis, "回执2号"))
        record(tx, case, again, here.hand(), {})
    assert told(here, entry, "credit.entered") == [("credit.entered", Again.SAME)] * 3


def test_who_was_away_until_it_was_repaired_and_what_a_person_says_of_a_receiver(here: Place) -> None:
    here.second.mode = "away"
    entry = here.found(1, Outcome.UNTRUE_CURABLE, "act-untrue-curable")
    here.hand.on(days=1)
    here.repaired(entry)
    comes_back(here)
    assert told(here, entry, "credit.kept_back") == [("credit.kept_back", Again.SAME)]
    here.first.mode = "away"
    annulled(here, entry)
    with here.office.store.begin() as tx:
        by_document(tx, entry, "platform", "已删除证明1号", "王五", here.hand())
    assert told(here, entry, "credit.retracted") == [("credit.retracted", Again.PERSON)]


def test_a_level_that_came_late_is_computed_and_what_rests_on_a_statement_of_then_is_said_to_be_gone(here: Place) -> None:
    entry = here.found(1)
    name = here.record(entry).case_id
    with here.office.store.begin() as tx:
        case = tx.cases.get(name)
        rated = Rated(level="A", as_of=here.hand(), source="platform", reason=LevelReason.STATED)
        record(tx, name, unused(case, rated, here.office.book.get(case.pack)), here.hand(), {"state": case.state.value})
        record(tx, name, statement.again(entry, Unlike.MISSING, Step.SEND, "platform"), here.hand(), {})
    assert told(here, entry, "credit.late", "credit.again") == [
        ("credit.late", Again.SAME),
        ("credit.again", Again.NOT_STORED),
    ]

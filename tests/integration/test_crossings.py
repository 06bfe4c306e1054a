"""What moves while both sides' books are held against each other is left out; a list is told page by page and loses nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.domain.statement import Difference, Step, Unlike
from inspector.flows import books, review
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_books import town

pytestmark = pytest.mark.alike


def test_what_moves_between_the_comparison_and_its_writing_is_no_difference_and_nothing_is_ordered_for_it(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with town(store, hand, tmp_path) as here:
        moves, stays = here.kept(), here.broken()
        here.outside.entries.clear()
        hand.on(hours=24)
        found = books.look(here.office, "platform", here.made, "by-hand")
        assert {one.entry for one in found.compared.differences} == {moves, stays}
        with store.begin() as tx:
            review.withdraw(here.office, tx, moves.split(":")[1], "改为提交证明", "hall", hand())
        with store.begin() as tx:
            told = books.conclude(tx, here.office, "platform", found, hand())
        assert [one.entry for one in told] == [stays]
        assert here.differences() == [("MISSING", stays)]
        assert here.matters()[books.DIFFERS]["entries"] == stays
        settle(here.office)
        assert here.outside.made[moves] == 1, "a promise that was withdrawn meanwhile is not sent again"


def test_an_old_broken_statement_is_one_matter_and_over_when_it_is_gone(store: Store, hand: Hand, tmp_path: Path) -> None:
    with town(store, hand, tmp_path) as here:
        here.kept()
        hand.on(hours=24)
        found = books.look(here.office, "platform", here.made, "by-hand")
        passed = replace(found, statement=replace(found.statement, passed=("statement-20260131.csv",)))
        for look, count in ((passed, 1), (passed, 1), (found, 0)):
            with store.begin() as tx:
                books.conclude(tx, here.office, "platform", look, hand())
            with store.read() as tx:
                assert len(tx.attention.standing(books.PASSED)) == count
        assert here.matters() == {}


def test_an_entry_that_differs_at_two_platforms_is_told_at_a_pages_edge_too(store: Store, hand: Hand) -> None:
    def one(entry: str) -> Difference:
        return Difference(kind=Unlike.MISSING, entry=entry, case_id="", agency="bureau", step=Step.SPEAK)

    with store.begin() as tx:
        for lane, entries in (("county", ["a", "b@x"]), ("province", ["a", "b@x", "c"])):
            tx.books.differ(lane, [one(entry) for entry in entries], hand())
    seen, after = [], ""
    with store.read() as tx:
        while rows := tx.books.differences(after=after, limit=1):
            seen += [(row["entry"], row["lane"]) for row in rows]
            after = rows[-1]["place"]
    assert seen == [("a", "county"), ("a", "province"), ("b@x", "county"), ("b@x", "province"), ("c", "province")]

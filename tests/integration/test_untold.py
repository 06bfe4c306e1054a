"""Who has not heard of a discredit does not hear of it for the first time while an objection to it is open (scenario 62; 1.7.5-1.7.8).

A first telling is a new adverse step. What a receiver may have all the same is sent on, for only there can it be marked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.domain.case import Outcome
from inspector.domain.creditrecord import RecordState
from inspector.domain.decision import OrderKind
from inspector.domain.docket import AMEND_BY_HAND, AMEND_STUCK
from inspector.domain.statement import BookState
from inspector.domain.wayto import ServiceWay
from inspector.flows import reached
from inspector.flows.stopped import CREDIT_STUCK
from inspector.flows.table import FLOWS
from inspector.ports import PortError
from inspector.store.store import Store
from tests.creditplatform import CreditPlatform
from tests.forgetting import forget_done
from tests.house import Hand, claim, let_lapse, settle
from tests.integration.test_books_records import compares
from tests.integration.test_creditrecords import Place, open_retractions, place
from tests.integration.test_effect import decision, served

pytestmark = pytest.mark.alike


@pytest.fixture
def here(store: Store, hand: Hand, tmp_path: Path) -> Iterator[Place]:
    with place(store, hand, tmp_path) as made:
        yield made


def asked(outside: CreditPlatform) -> list[str]:
    """What a receiver was told, in order."""
    return [heard.path for heard in outside.taken if heard.path in ("/entry", "/retract", "/amend")]


def found(here: Place) -> str:
    """A discredit that the first receiver has and the second one, which was away, surely has not."""
    here.second.mode = "away"
    return here.found(1, Outcome.UNTRUE_CURABLE, "act-untrue-curable")


def days(here: Place, many: int) -> None:
    """Days pass in which every receiver is there, and nights in which done work leaves the table."""
    here.second.mode = "ok"
    for _ in range(many):
        here.hand.on(days=1)
        with here.office.store.begin() as tx:
            forget_done(tx, here.hand() - timedelta(days=7))
        with here.office.store.begin() as tx:
            tx.lanes.succeeded("sector")
        settle(here.office)


def rules(here: Place, entry: str) -> list[str]:
    with here.office.store.read() as tx:
        return [row["rule"] for row in tx.ledger.about(here.record(entry).case_id)]


def test_a_receiver_that_was_away_hears_of_it_first_once_the_objection_is_rejected_however_long_that_took(here: Place) -> None:
    entry = found(here)
    objection = here.objects(entry)
    days(here, 20)
    assert asked(here.second) == [], "longer than the patience with it"
    assert (here.first.became[entry], here.matters(AMEND_STUCK), here.matters(AMEND_BY_HAND)) == (["MARKED"], [], [])
    assert here.matters(CREDIT_STUCK) == []
    assert rules(here, entry).count("credit.held_back") == 1
    here.decides(objection, "王五", upheld=False)
    assert (asked(here.second), list(here.second.entries)) == (["/entry"], [entry])
    assert here.first.became[entry] == ["MARKED", "UNMARKED"]
    assert here.second.became == {}, "it never heard of an objection, nor that one is over"


def test_where_the_objection_is_upheld_nothing_was_ever_told_it_and_nothing_is_taken_back(here: Place) -> None:
    entry = found(here)
    objection = here.objects(entry)
    days(here, 12)
    here.decides(objection, "王五", upheld=True)
    days(here, 3)
    assert asked(here.second) == []
    assert here.first.gone.keys() == {entry}
    assert open_retractions(here.office) == 0
    with here.office.store.read() as tx:
        assert (tx.books.falling(), tx.books.get(entry, "sector").copy) == ([], False)  # type: ignore[union-attr]


def test_no_patience_runs_out_while_the_objection_is_open_though_the_receiver_could_not_be_asked_all_the_time(
    here: Place,
) -> None:
    entry = found(here)
    pause(here, paused=True)
    objection = here.objects(entry)
    for _ in range(20):
        here.hand.on(days=1)
        settle(here.office)
    assert here.matters(CREDIT_STUCK) == []
    here.decides(objection, "王五", upheld=False)
    pause(here, paused=False)
    days(here, 2)
    assert list(here.second.entries) == [entry]


def pause(here: Place, *, paused: bool) -> None:
    """A person pauses the second receiver's connector, or lets it go on."""
    with here.office.store.begin() as tx:
        tx.lanes.pause("sector", tx.machine_now() if paused else None)


def test_what_has_never_been_tried_waits_as_well(here: Place) -> None:
    pause(here, paused=True)
    entry = here.found(1)
    objection = here.objects(entry)
    pause(here, paused=False)
    days(here, 2)
    assert asked(here.second) == []
    here.decides(objection, "王五", upheld=False)
    assert list(here.second.entries) == [entry]


@pytest.mark.slow
@pytest.mark.parametrize("doubt", ["lost", "reset", "killed"])
def test_what_may_have_come_is_sent_on_so_that_it_is_marked(here: Place, doubt: str) -> None:
    if doubt == "killed":
        here.second.mode = "lost"
        entry = here.found(1, brought=False)
        with here.office.store.begin() as tx:
            reached.served(
                here.office, tx, decision(here, entry), here.hand().date(), ServiceWay.PAPER, "回证1", "李四", here.hand()
            )
        for work in claim(here.office):  # a daemon that has called and dies before it writes a word
            with suppress(PortError):
                FLOWS[OrderKind(work.kind)].do(work, here.office)
        let_lapse(here.office)
        here.second.mode = "away"
    else:
        here.second.mode = doubt
        entry = here.found(1)
    here.objects(entry)
    days(here, 2)
    assert list(here.second.entries) == [entry]
    assert here.second.became[entry] == ["MARKED"]
    assert "credit.held_back" not in rules(here, entry)


def test_what_comes_into_effect_while_it_is_contested_is_told_nobody_until_that_is_decided(here: Place) -> None:
    entry = here.found(1, brought=False)
    objection = here.objects(entry)
    served(here, entry)
    days(here, 12)
    assert asked(here.first) == asked(here.second) == []
    here.decides(objection, "王五", upheld=False)
    assert here.first.entries.keys() == here.second.entries.keys() == {entry}


def test_other_words_to_what_was_rejected_before_keep_it_from_nobody_and_it_is_marked_from_the_start(here: Place) -> None:
    entry = found(here)
    here.decides(here.objects(entry), "王五", upheld=False)
    here.objects(entry, "还有一份证明")
    days(here, 2)
    assert (list(here.second.entries), here.second.became) == ([entry], {entry: ["MARKED"]})


def test_what_waits_for_an_objection_is_no_difference_to_the_receivers_statement(here: Place) -> None:
    here.first.mode = "away"
    entry = here.found(1)
    objection = here.objects(entry)
    here.first.mode = "ok"
    days(here, 1)
    assert (compares(here)[0], asked(here.first)) == ([], [])
    here.decides(objection, "王五", upheld=False)
    assert list(here.first.entries) == [entry]
    assert compares(here)[0] == []


@pytest.mark.parametrize("ends", ["lapsed", pytest.param("repaired", marks=pytest.mark.slow)])
def test_where_the_entry_is_over_meanwhile_whoever_was_held_back_never_hears_of_it_and_nothing_waits_on(
    here: Place, ends: str
) -> None:
    entry = found(here)
    objection = here.objects(entry)
    days(here, 1)
    if ends == "lapsed":
        days(here, 100)
        assert here.record(entry).state is RecordState.LAPSED
    else:
        here.repaired(entry)
    assert booked(here, entry) == (BookState.ENTERED, BookState.RETRACTED), "it has it not, and is to have it no more"
    assert rules(here, entry).count("credit.kept_back") == 1
    here.decides(objection, "王五", upheld=False)
    days(here, 3)
    assert (asked(here.second), booked(here, entry)[1]) == ([], BookState.RETRACTED)
    assert open_retractions(here.office) == 0


def test_a_receiver_that_was_given_up_is_no_matter_any_more_once_the_entry_is_shown_no_more(here: Place) -> None:
    entry = found(here)
    for _ in range(20):
        here.hand.on(days=1)
        settle(here.office)
    assert here.matters(CREDIT_STUCK) == ["sector:bureau"]
    here.hand.on(days=100)
    settle(here.office)
    assert here.record(entry).state is RecordState.LAPSED
    assert (here.matters(CREDIT_STUCK), booked(here, entry)[1]) == ([], BookState.RETRACTED)


def booked(here: Place, entry: str) -> tuple[BookState, BookState]:
    """Where an entry stands with each of the two receivers."""
    with here.office.store.read() as tx:
        first, second = tx.books.get(entry), tx.books.get(entry, "sector")
    assert first is not None
    assert second is not None
    return first.state, second.state

"""Books held against a platform know what became of a record: repaired, shown no more, contested. Handbook 1.7.1, 1.7.2, 1.7.9."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inspector.daemon.schedules import outside_order
from inspector.domain.creditrecord import RecordState
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.statement import Step
from inspector.flows import books
from inspector.store.store import Store
from tests.house import Hand, carry_out, claim, settle
from tests.integration.test_creditrecords import Place, place

pytestmark = pytest.mark.alike


@pytest.fixture
def here(store: Store, hand: Hand, tmp_path: Path) -> Iterator[Place]:
    with place(store, hand, tmp_path) as made:
        yield made


def compares(here: Place) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """The next night's comparison: what differs and by which step, and how it came out."""
    here.hand.on(hours=24)
    with here.office.store.begin() as tx:
        tx.work.order([outside_order(OrderKind.CREDIT_COMPARE, "platform", here.hand(), here.hand())], here.hand())
    settle(here.office)
    with here.office.store.read() as tx:
        differing = [(row["kind"], row["step"]) for row in tx.books.differences("platform")]
        return differing, next(row for row in tx.books.statements() if row["lane"] == "platform")


def decides(here: Place, entry: str, step: Step) -> None:
    with here.office.store.begin() as tx:
        books.decide(tx, here.office, entry, step, "李四", "已与平台核实", here.hand())
    settle(here.office)


def old(here: Place) -> str:
    """A record to somebody's discredit that may be repaired."""
    entry = here.found(1)
    here.hand.on(days=120)
    settle(here.office)
    return entry


def test_what_was_repaired_and_struck_out_there_is_alike_and_is_never_sent_again(here: Place) -> None:
    entry = old(here)
    del here.first.entries[entry]
    assert compares(here)[0] == [("MISSING", "SEND")]
    here.repaired(entry)
    with pytest.raises(Refusal, match="credit_entry_ended"):
        decides(here, entry, Step.SEND)
    told, note = compares(here)
    assert (told, note["error"], here.first.entries, here.matters(books.DIFFERS)) == ([], "", {}, [])


@pytest.mark.slow
def test_many_that_are_shown_no_more_and_were_struck_out_stop_no_comparison(here: Place) -> None:
    entries = [here.found(number) for number in range(1, 9)]
    here.hand.on(days=365 * 4)
    settle(here.office)
    assert {here.record(entry).state for entry in entries} == {RecordState.LAPSED}
    here.first.entries.clear()
    told, note = compares(here)
    assert (told, note["error"], here.matters(books.UNCOMPARED)) == ([], "", [])


def test_what_is_contested_and_missing_there_waits_for_the_objection(here: Place) -> None:
    entry = here.found(1)
    objection = here.objects(entry)
    here.first.entries.clear()
    here.first.became.clear()
    assert compares(here)[0] == [("MISSING", "SPEAK")]
    with pytest.raises(Refusal, match="credit_entry_contested"):
        decides(here, entry, Step.SEND)
    assert here.first.entries == {}
    here.decides(objection, "王五", upheld=False)
    assert compares(here)[0] == [("MISSING", "SEND")]
    decides(here, entry, Step.SEND)
    assert here.first.entries.keys() == {entry}


def test_what_was_to_be_sent_once_more_is_not_once_somebody_objects(here: Place) -> None:
    entry = here.found(1)
    del here.first.entries[entry]
    assert compares(here)[0] == [("MISSING", "SEND")]
    here.first.mode = "away"
    decides(here, entry, Step.SEND)
    here.objects(entry)
    here.first.mode = "ok"
    here.hand.on(hours=8)
    with here.office.store.begin() as tx:
        tx.lanes.succeeded("platform")
    settle(here.office)
    assert here.first.entries == {}


@pytest.mark.slow
@pytest.mark.parametrize("became", ["REPAIRED", "MARKED"])
def test_what_a_platform_has_forgotten_that_it_was_told_is_told_again_by_itself(here: Place, became: str) -> None:
    entry = old(here)
    if became == "REPAIRED":
        here.repaired(entry)
    else:
        here.objects(entry)
    since = here.hand()
    here.first.became.clear()  # it has put last week's copy back
    assert compares(here)[0] == [("UNAMENDED", "AMEND")]
    assert here.first.became == {entry: [became]}
    asked = [heard for heard in here.first.taken if heard.path == "/amend"]
    assert len({heard.headers["idempotency-key"] for heard in asked}) == 2, "it must not be taken for what was told before"
    assert asked[-1].json()["decided_at"][:10] == here.office.calendar.local_date(since).isoformat()
    assert compares(here)[0] == []
    assert here.second.became == {entry: [became]}, "a further receiver's copy is its own"


@pytest.mark.slow
def test_that_an_objection_is_over_is_told_again_by_a_person_alone(here: Place) -> None:
    entry = here.found(1)
    here.decides(here.objects(entry), "王五", upheld=False)
    here.first.became[entry] = ["MARKED"]
    assert compares(here)[0] == [("UNAMENDED", "AMEND")]
    assert here.first.became[entry] == ["MARKED"]
    decides(here, entry, Step.AMEND)
    assert here.first.became[entry] == ["MARKED", "UNMARKED"]
    assert compares(here)[0] == []


def test_what_is_repaired_there_and_stands_here_is_words_with_the_platform(here: Place) -> None:
    entry = here.found(1)
    here.first.became[entry] = ["REPAIRED"]
    assert compares(here)[0] == [("DIFFERENT", "SPEAK")]
    with pytest.raises(Refusal, match="credit_step_speak"):
        decides(here, entry, Step.AMEND)


def test_what_became_of_a_record_and_is_on_its_way_differs_in_nothing(here: Place) -> None:
    entry = old(here)
    with here.office.store.begin() as tx:
        tx.work.order([outside_order(OrderKind.CREDIT_COMPARE, "platform", here.hand(), here.hand())], here.hand())
    here.first.mode = "away"
    here.repaired(entry)
    here.first.mode = "ok"
    here.hand.on(hours=2)
    for work in claim(here.office):
        if work.kind == OrderKind.CREDIT_COMPARE:
            carry_out(here.office, work)
    with here.office.store.read() as tx:
        assert tx.books.differences("platform") == []

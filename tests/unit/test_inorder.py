"""Which word of an inspector is the later one, though it came in before: by when it was said, whatever the phone's clock says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inspector.domain.evidence import Verdict
from inspector.domain.fieldnote import FieldNote, Times
from inspector.domain.inorder import in_order, superseded
from inspector.domain.version import gather
from inspector.domain.visit import Visit
from tests.unit.test_quiet import a_visit
from tests.unit.test_version import ASKED, found, note

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)


@pytest.fixture
def visit() -> Visit:
    return replace(a_visit("2026-03-02T09:00", "15wd"), opened_at=NOON - timedelta(days=2), release_at=None)


def said(
    number: int,
    verdict: Verdict,
    *,
    captured: int,
    sent: int,
    received: int,
    off: timedelta = timedelta(),
    line: int = 0,
) -> FieldNote:
    """A note of Z1 about one fact; minutes after noon by a right clock, which the phone's is `off` from; `line`: seconds on the way."""
    times = Times(
        captured_at=NOON + timedelta(minutes=captured) + off,
        sent_at=NOON + timedelta(minutes=sent) + off,
        received_at=NOON + timedelta(minutes=received, seconds=line),
    )
    return replace(note(number, "Z1", found("a", verdict, "所见")), times=times)


@pytest.mark.parametrize("off", [timedelta(), timedelta(days=400), timedelta(days=-400)], ids=["right", "ahead", "behind"])
def test_an_earlier_word_that_lay_in_a_phone_replaces_no_later_one_that_was_sent_at_once(visit: Visit, off: timedelta) -> None:
    later = said(1, Verdict.MATCH, captured=30, sent=30, received=30)
    earlier = said(2, Verdict.MISMATCH, captured=0, sent=60, received=60, off=off)
    ordered = in_order(visit, [later, earlier])
    assert [one.id for one in ordered] == ["n2", "n1"]
    told = gather(ASKED[:1], ordered)
    assert [one.verdict for one in told.findings] == [Verdict.MATCH]
    assert superseded(visit, earlier, [later, earlier]) == {("c", "a")}
    assert superseded(visit, later, [later, earlier]) == set()


def test_of_two_notes_of_one_phone_the_one_written_first_is_first_though_the_line_was_slow(visit: Visit) -> None:
    second = said(1, Verdict.MATCH, captured=1, sent=1, received=1)
    first = said(2, Verdict.MISMATCH, captured=0, sent=0, received=0, line=200)
    assert [one.id for one in in_order(visit, [second, first])] == ["n2", "n1"]


@pytest.mark.parametrize(("captured", "sent"), [(60 * 24 * 900, 60 * 24 * 800), (-60 * 24 * 900, 0)], ids=["set back", "lost"])
def test_where_a_phone_says_what_cannot_be_the_order_of_arrival_counts(visit: Visit, captured: int, sent: int) -> None:
    first = said(1, Verdict.MISMATCH, captured=0, sent=0, received=0)
    odd = said(2, Verdict.MATCH, captured=captured, sent=sent, received=5)
    assert [one.id for one in in_order(visit, [first, odd])] == ["n1", "n2"]
    unsaid = replace(note(3, "Z1", found("a")), times=Times(captured_at=None, sent_at=None, received_at=NOON))
    assert in_order(visit, [unsaid])[0] is unsaid


def test_another_inspectors_word_is_superseded_by_nobody_else(visit: Visit) -> None:
    mine = said(1, Verdict.MISMATCH, captured=0, sent=0, received=0)
    mate = replace(said(2, Verdict.MATCH, captured=9, sent=9, received=9), inspector="Z2")
    assert superseded(visit, mine, [mine, mate]) == set()

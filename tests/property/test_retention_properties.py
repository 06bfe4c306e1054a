"""The last day on which a record is kept, and before which day everything has outlived its row: found quickly, and the same as slowly."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.calendars import load_calendars
from inspector.domain.calendar import Term, due
from inspector.domain.ledger import body_digest
from inspector.domain.retention import Record, RetentionRow, Since
from inspector.flows.purging import moved_before
from tests.house import ROOT

CALENDAR = load_calendars(ROOT / "policies" / "calendars")
START = datetime(2019, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 8 * 365 * 24).map(lambda hours: START + timedelta(hours=hours))
SHORT = ("1d", "30d", "1mo", "6mo", "11mo", "1y")
TERMS = st.sampled_from([*SHORT, "3y", "10y"]).map(Term.parse)


def kept(term: Term) -> RetentionRow:
    """A row of so long."""
    return RetentionRow(row="R1", record=Record.DISCLOSURE, since=Since.RECORDED, keep=term, basis="PIPL:19")


@given(since=MOMENTS, term=TERMS)
def test_the_last_day_of_a_record_is_the_day_that_its_term_comes_to_without_rolling(since: datetime, term: Term) -> None:
    assert kept(term).last(since, CALENDAR) == due(since, term, CALENDAR).counted.nominal


@pytest.mark.parametrize("term", ["5wd", "36h"])
def test_a_term_of_working_days_or_hours_is_counted_as_ever(term: str) -> None:
    since = datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert kept(Term.parse(term)).last(since, CALENDAR) == due(since, Term.parse(term), CALENDAR).counted.nominal


@given(now=MOMENTS, term=st.sampled_from(SHORT).map(Term.parse), ahead=st.integers(0, 400))
def test_what_a_row_still_keeps_is_passed_over_as_if_day_by_day(now: datetime, term: Term, ahead: int) -> None:
    row, today, before = kept(term), now.date(), now - timedelta(days=ahead)
    slowly = before
    while day_of(row, slowly) >= today:
        slowly -= timedelta(days=1)
    assert moved_before(before, row, today, CALENDAR) == slowly


def day_of(row: RetentionRow, since: datetime) -> date:
    """The last day, of a row that has one."""
    last = row.last(since, CALENDAR)
    assert last is not None
    return last


@given(st.text(), st.text())
def test_a_digest_is_that_of_a_compact_json_array_in_ascii(salt: str, body: str) -> None:
    told = json.dumps([salt, body], separators=(",", ":"))
    assert body_digest(salt, body) == hashlib.sha256(told.encode()).hexdigest()

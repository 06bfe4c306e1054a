"""Neither a level nor a route is held against anybody: level D commits like others, and both routes stand in one pool (scenarios 3, 5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inspector.domain.case import MatterKind, Outcome, Route, SubjectKind
from inspector.domain.creditrecord import RecordState
from inspector.flows import review
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_acts import catalogued
from tests.integration.test_creditrecords import at_once
from tests.proceedings import recorded

pytestmark = pytest.mark.alike

GOOD, BAD = {"registration-status": "存续"}, {"registration-status": "吊销"}


def test_level_d_with_no_record_that_bars_is_let_in_and_verified_by_the_row_of_level_d(store: Store, hand: Hand) -> None:
    """Scenario 3, also where an untrue promise of before, cured since, still stands in the record (scenario 4)."""
    office = catalogued(at_once(open_office(store, hand, sources={"registers": Table(default="存续")})))
    for number in (1, 2):
        given = application(number, "business-licence", GOOD)
        with store.begin() as tx:
            tx.credit.state(given.subject_kind, given.subject_code, "D", hand(), "platform")
    before = post(office, application(1, "business-licence", BAD))
    settle(office)
    with store.begin() as tx:
        cited = tuple(piece.id for piece in tx.cases.evidence(before))
        review.decide(office, tx, before, Outcome.UNTRUE_CURABLE, "李四", "登记已吊销", cited, hand(), act="act-untrue-curable")
    recorded(office, hand, before)
    with store.read() as tx:
        (record,) = tx.records.of_case(before)
        assert (record.state, record.bars) == (RecordState.STANDING, False)
    for number in (1, 2):
        case = post(office, replace(application(number, "business-licence", GOOD), reference=f"R-NEW-{number}"))
        with store.read() as tx:
            chosen = tx.cases.get(case).strategy
        assert chosen is not None
        row = next(one for one in office.book.get("demo@1").strategies if one.row == chosen.row)
        assert (chosen.level.level, "D" in row.levels) == ("D", True)


def test_who_commits_and_who_brings_a_certificate_stand_in_the_pool_by_the_same_row(store: Store, hand: Hand) -> None:
    """Scenario 5: by the row goes the stratum, and by the stratum the chance."""
    office = open_office(store, hand)
    told: dict[str, Any] = {"subject_kind": SubjectKind.PERSON, "matter": MatterKind.BENEFIT, "subject_name": "某人"}
    codes = ("110105194912310001", "110105194912310020")
    given = [
        replace(application(at, "legal-aid", {"relief-status": "是"}), subject_code=code, **told) for at, code in enumerate(codes)
    ]
    post(office, given[0])
    post(office, replace(given[1], route=Route.CERTIFICATE))
    settle(office)
    with store.read() as tx:
        one, other = sorted(tx.rosters.objects("bureau"), key=lambda row: row.code)
    assert replace(one, code="", original="", warnings=()) == replace(other, code="", original="", warnings=())

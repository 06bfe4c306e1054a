"""An agency that has answered a part and says nothing of the rest: that is told, and counts as no silence about the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.assistance import AssistanceState, Quarrel
from inspector.domain.evidence import Verdict
from inspector.domain.ladder import REST_SILENT
from inspector.domain.recompute import Again
from inspector.flows import assist
from inspector.flows.office import Office
from inspector.flows.scoreboard import recent, scoreboard, standing
from inspector.labels import LANGS, label
from inspector.store.store import Store
from inspector.store.tables import ledger
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of
from tests.integration.test_recompute_letters import begun, told
from tests.integration.test_reply_told import now, page

pytestmark = pytest.mark.alike


def silent(office: Office, hand: Hand, *cases: str) -> None:
    """Days pass until these requests are over."""
    while any(request_of(office.store, one).state.open for one in cases):
        hand.on(days=2)
        settle(office)


def in_part(office: Office, hand: Hand, case_id: str) -> None:
    with office.store.begin() as tx:
        assist.partly(office, tx, request_of(office.store, case_id).id, "3人", "收入待查", "王五", hand())
    hand.on(hours=1)


def test_a_request_whose_rest_nobody_answered_says_so_on_page_case_and_scoreboard(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office")})
    half, none = opened(office, 1), opened(office, 2)
    settle(office)
    in_part(office, hand, half)
    silent(office, hand, half, none)
    ends = {case_id: request_of(store, case_id) for case_id in (half, none)}
    assert {one.state for one in ends.values()} == {AssistanceState.UNANSWERED}
    assert [one.history[-1].rule for one in ends.values()] == [REST_SILENT, "assistance.silent"]
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
        marks = {mark: count for _, _, mark, count in recent(office, tx, hand())}
        notes = [one.note for one in tx.cases.evidence(half) if one.verdict is Verdict.NO_ANSWER]
        states = {state: count for _, state, count in standing(office, tx)}
    assert (score.unanswered, score.rest_unanswered, score.partly, len(score.data_days)) == (1, 1, 1, 2)
    assert (marks["unanswered"], marks["rest_unanswered"]) == (1, 1)
    assert states == {"UNANSWERED": 1, "REST_UNANSWERED": 1}
    assert notes == ["rest_unanswered"]
    for lang in LANGS:
        assert len({label(f"rule.{one.history[-1].rule}", lang) for one in ends.values()}) == 2
    with serving(office) as edge:
        first, other = (page(edge, office, ends[one]) for one in (half, none))
    assert now(first) == label("ui.assist_unanswered_rest", "en") or now(first) == label("ui.assist_late_rest", "en")
    assert label("ended.rest_unanswered", "en") in first
    assert "rest" not in now(other)


def test_what_a_superior_left_undecided_is_no_silence_in_the_gauge_and_a_refusal_stays_one(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office")})
    disputed, refused = opened(office, 1), opened(office, 2)
    settle(office)
    with store.begin() as tx:
        assist.contest(office, tx, request_of(store, disputed).id, Quarrel.GROUND, "没有依据", "王五", hand())
        assist.refuse(office, tx, request_of(store, refused).id, "无法律依据", "王五", hand())
    hand.on(hours=1)
    with store.begin() as tx:
        assist.contest_refusal(office, tx, request_of(store, refused).id, "应当协助", "李主任", hand())
    settle(office)
    silent(office, hand, disputed, refused)
    assert request_of(store, disputed).state is AssistanceState.UNANSWERED
    with store.read() as tx:
        states = {state: count for _, state, count in standing(office, tx)}
    assert states == {"UNDECIDED": 1, "DECLINED": 1}, "whoever has refused with reasons was not silent"


def test_the_end_of_a_part_is_computed_again_and_so_is_one_that_a_release_before_told_as_silence(
    store: Store, hand: Hand
) -> None:
    office, case_id, name = begun(store, hand)
    with store.begin() as tx:
        assist.partly(office, tx, name, "在册", "时间待查", "王五", hand())
    hand.on(hours=1)
    silent(office, hand, case_id)
    found = told(office, case_id)
    assert (REST_SILENT, Again.SAME) in found
    assert {again for _, again in found} == {Again.SAME}
    with store.begin() as tx:
        held = tx.assistance.get(name)
        *before, last = held.history
        tx.assistance.put(replace(held, history=(*before, replace(last, rule="assistance.silent"))))
        row = next(row for row in tx.ledger.about(case_id) if row["rule"] == REST_SILENT)
        text = row["body"].replace(REST_SILENT, "assistance.silent")
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=text, rule="assistance.silent"))
    former = told(office, case_id)
    assert ("assistance.silent", Again.SAME) in former
    assert {again for _, again in former} <= {Again.SAME, Again.UNSURE}, "another note of the case's evidence follows from it"


def test_a_part_that_came_in_time_and_was_entered_after_the_end_leaves_the_rest_alone_unanswered(
    store: Store, hand: Hand
) -> None:
    """What is counted in `test_came` for every word: here that a date named behind the term still goes before it."""
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office")})
    case_id = opened(office)
    settle(office)
    in_part(office, hand, case_id)
    with store.begin() as tx:
        request = request_of(store, case_id)
        day = office.calendar.local_date(request.due_at + timedelta(days=30))
        while not office.calendar.is_working_day(day):
            day += timedelta(days=1)
        assist.propose_date(office, tx, request.id, day, "需调阅纸质档案", "王五", hand())
    while request_of(store, case_id).state.open:
        hand.on(days=5)
        settle(office)
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
    assert (score.unheeded, score.rest_unanswered, score.unanswered) == (1, 0, 0), "it was we who did not answer"

"""Quiet windows at a drawn visit: its date lies before them, its inspectors are told them, and what happens inside is not lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import CaseState, SubjectKind
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.inspection import CheckType
from inspector.domain.quiet import QuietRow
from inspector.domain.visit import Visit, VisitState
from inspector.domain.visitcode import days
from inspector.flows import dispatch, peace
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_draw_way import Phones, visits
from tests.integration.test_recount import amended, started, waiting

pytestmark = pytest.mark.alike


def row(first: int, last: int, *excepted: CheckType) -> QuietRow:
    return QuietRow(
        row=f"quiet-{first}",
        days=frozenset(range(first, last + 1)),
        subjects=frozenset({SubjectKind.FIRM}),
        excepted=frozenset(excepted),
        basis="P:2.4",
    )


def drawn(store: Store, hand: Hand, *rows: QuietRow) -> tuple[Office, Phones, Visit]:
    """A visit given on Wednesday 4 March, within three working days, in an office whose pack leaves firms in peace on some days."""
    office, phones, _ = drawing(store, hand)
    packs = tuple(replace(one, quiets=rows) for one in office.book.packs)
    office = replace(office, book=replace(office.book, packs=packs))
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    assert (visit.check, visit.opened_at.astimezone(SHANGHAI).date()) == (CheckType.PERMIT, date(2026, 3, 4))
    return office, phones, visit


def matters(office: Office, kind: str) -> list[dict[str, Any]]:
    with office.store.read() as tx:
        return [json.loads(one["body"]) | {"about": one["about"]} for one in tx.attention.page(None) if one["kind"] == kind]


def entered(office: Office, visit: Visit, now: datetime, on: date | None = None) -> Visit:
    """Both accept, and one enters that everything is as promised."""
    with office.store.begin() as tx:
        team = tx.visits.team(visit.id)
        for seat in team:
            dispatch.accept(tx, seat.name, now)
        found = [Finding(case_id=one.case_id, claim=one.claim, verdict=Verdict.MATCH) for one in visit.doubts]
        return dispatch.report(office, tx, team[0].name, found, "", now, on=on)


@pytest.mark.slow
def test_a_visit_whose_term_ends_inside_a_window_is_to_be_made_before_it_and_its_inspectors_are_told(
    store: Store, hand: Hand
) -> None:
    office, phones, visit = drawn(store, hand, row(9, 20))
    assert visit.due_at == datetime(2026, 3, 6, 17, 30, tzinfo=SHANGHAI), "the Friday before Monday 9 March"
    assert [row["due_at"] for row in waiting(office, OrderKind.VISIT_DUE)] == [visit.due_at]
    assert matters(office, "visit_conflict") == []
    message = phones.messages[0]
    assert "以下日期不得上门：2026-03-09 至 2026-03-09" in message.text
    assert message.data["windows"] == [{"first": "2026-03-09", "last": "2026-03-09"}]
    with store.read() as tx:
        told = render(explain(office, tx, visit.case_ids[0]), "en")
        entries = [one["rule"] for one in tx.ledger.about(visit.id)]
    assert "the term would end on 2026-03-09; nobody may go then, so it ends on the last open working day before" in told
    assert "visit.quiet" in entries
    with serving(office) as edge, edge.client() as phone:
        page = phone.get(message.link.replace(office.base_url, edge.url)).text
        with edge.as_("officer") as officer:
            shown = officer.get(f"/v1/seats/{message.data['seat']}").json()["visit"]
    assert "不得上门的日期" in page
    assert (shown["conflict"], shown["windows"]) == (False, [{"row": "quiet-9", "first": "2026-03-09", "last": "2026-03-09"}])


def test_where_no_day_is_left_a_person_is_told_and_the_date_stays(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, row(5, 20))
    assert (visit.conflict, visit.due_at.date()) == (True, date(2026, 3, 9))
    (matter,) = matters(office, "visit_conflict")
    assert (matter["about"], matter["windows"]) == (visit.id, ["2026-03-05/2026-03-20", "2026-04-05/2026-04-09"])
    hand.now = datetime(2026, 3, 9, 17, 30, tzinfo=SHANGHAI)
    settle(office)
    assert [one["about"] for one in matters(office, "visit_overdue")] == [visit.id], "never silently late"


def test_a_type_of_check_that_the_window_excepts_is_made_within_it(store: Store, hand: Hand) -> None:
    office, phones, visit = drawn(store, hand, row(1, 20, CheckType.PERMIT))
    assert (visit.windows, visit.conflict, visit.due_at.date()) == ((), False, date(2026, 3, 9))
    assert "windows" not in phones.messages[0].data
    done = entered(office, visit, hand())
    assert (done.state, done.parts[0].quiet) == (VisitState.DONE, ())
    assert matters(office, "visit_in_quiet") == []


def test_a_result_of_a_day_on_which_nobody_might_go_counts_is_marked_and_a_person_is_told(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, row(9, 20))
    hand.now = datetime(2026, 3, 9, 10, tzinfo=SHANGHAI)
    done = entered(office, visit, hand())
    assert (done.state, done.parts[0].quiet, done.parts[0].on) == (VisitState.DONE, ("quiet-9",), date(2026, 3, 9))
    (matter,) = matters(office, "visit_in_quiet")
    assert (matter["about"], matter["on"], matter["rows"]) == (visit.id, "2026-03-09", ["quiet-9"])
    with store.read() as tx:
        assert tx.cases.get(visit.case_ids[0]).state is CaseState.CLOSED, "what was seen is not lost"


def test_a_result_that_is_entered_inside_a_window_about_a_day_before_it_is_not_marked(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, row(9, 20))
    hand.now = datetime(2026, 3, 9, 10, tzinfo=SHANGHAI)
    for wrong in (date(2026, 3, 10), date(2026, 3, 3)):
        with pytest.raises(Invalid, match="visited_out_of_range"):
            entered(office, visit, hand(), on=wrong)
    done = entered(office, visit, hand(), on=date(2026, 3, 6))
    assert (done.parts[0].on, done.parts[0].quiet) == (date(2026, 3, 6), ())
    assert matters(office, "visit_in_quiet") == []


@pytest.mark.slow
def test_a_date_that_days_off_put_back_is_kept_outside_the_windows_too(store: Store, hand: Hand) -> None:
    """A notice takes Friday 6 March off: the term would end on the 10th, inside; told was the 9th, which is open and stays."""
    office, _, visit = drawn(store, hand, row(10, 20))
    assert visit.due_at.date() == date(2026, 3, 9)
    started(office)
    newer = amended(office, off=("2026-03-06",))
    started(newer)
    settle(newer)
    with store.read() as tx:
        after = tx.visits.get(visit.id)
    assert (after.due_at, after.conflict) == (visit.due_at, False)
    assert after.due_counted.pulled is not None
    assert after.due_counted.pulled.nominal == date(2026, 3, 10)


@pytest.mark.parametrize(("pool", "last"), [("bureau", 6), ("elsewhere", 9)])
@pytest.mark.slow
def test_a_window_of_a_district_holds_for_the_objects_that_the_register_puts_there(
    store: Store, hand: Hand, pool: str, last: int
) -> None:
    _, _, visit = drawn(store, hand, replace(row(9, 20), pools=frozenset({pool})))
    assert (visit.pool, visit.due_at.date()) == ("bureau", date(2026, 3, last))


@pytest.mark.slow
def test_the_page_asks_for_the_day_of_a_visit_that_has_windows(store: Store, hand: Hand) -> None:
    office, phones, visit = drawn(store, hand, row(9, 20))
    with store.begin() as tx:
        for seat in tx.visits.team(visit.id):
            dispatch.accept(tx, seat.name, hand())
    hand.now = datetime(2026, 3, 9, 10, tzinfo=SHANGHAI)
    verdicts = {f"verdict:{one.case_id}:{one.claim}": "match" for one in visit.doubts}
    with serving(office) as edge, edge.client() as phone:
        link = phones.messages[0].link.replace(office.base_url, edge.url)
        assert 'type="date" id="visited_on"' in phone.get(link).text
        for wrong in ("2026-03-10", "gestern"):
            refused = phone.post(link, data={"do": "result", "seen": "NOTHING", "visited_on": wrong, **verdicts})
            assert (refused.status_code, f'value="{wrong}"' in refused.text) == (422, True), "what was typed is shown again"
        phone.post(link, data={"do": "result", "seen": "NOTHING", "visited_on": "2026-03-06", **verdicts})
    with store.read() as tx:
        after = tx.visits.get(visit.id)
    assert (after.state, after.parts[0].on, after.parts[0].quiet) == (VisitState.DONE, date(2026, 3, 6), ())


@pytest.mark.slow
def test_a_visit_behind_its_date_knows_the_windows_that_come_then_and_has_no_code_of_a_day_inside_one(
    store: Store, hand: Hand
) -> None:
    office, phones, visit = drawn(store, hand, row(12, 20))
    assert (visit.windows, visit.due_at.date()) == ((), date(2026, 3, 9))
    with store.begin() as tx:
        for seat in tx.visits.team(visit.id):
            dispatch.accept(tx, seat.name, hand())
    hand.now = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
    settle(office)
    with store.read() as tx:
        known = peace.known(office, tx, tx.visits.get(visit.id), hand())
    assert [(one.first, one.last) for one in known.windows] == [(date(2026, 3, 12), date(2026, 3, 20))]
    assert days(known, date(2026, 3, 11), date(2026, 3, 9)) == (date(2026, 3, 11),)
    assert days(known, date(2026, 3, 12), date(2026, 3, 9)) == ()
    with serving(office) as edge, edge.client() as phone:
        path = phones.messages[0].link.replace(office.base_url, edge.url)
        before = phone.get(path).text
        hand.now = datetime(2026, 3, 12, 10, tzinfo=SHANGHAI)
        inside = phone.get(path).text
        with edge.as_("officer") as officer:
            shown = officer.get(f"/v1/seats/{phones.messages[0].data['seat']}").json()["visit"]
    assert ("2026-03-12 至 2026-03-20" in before, "今日处于安静期" in before) == (True, False)
    assert "今日处于安静期" in inside
    assert 'name="do" value="result"' in inside, "what was seen all the same is not lost"
    assert [one["first"] for one in shown["windows"]] == ["2026-03-12", "2026-04-12"], "to a month ahead"

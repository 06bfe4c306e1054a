"""Where quiet windows leave no day an officer names it, within them or behind; nobody else, and nothing in passing (scenario 44)."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from inspector.domain.calendar import SHANGHAI
from inspector.domain.errors import Refusal
from inspector.domain.visit import VisitState
from inspector.domain.visitcode import days
from inspector.flows import appointing, attention
from inspector.flows.seats import CONFLICT
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_fieldnotes import code
from tests.integration.test_quiet import drawn, entered, matters, row
from tests.operator import settled

pytestmark = pytest.mark.alike


@pytest.mark.slow
@pytest.mark.parametrize(("on", "late"), [(date(2026, 3, 6), False), (date(2026, 3, 23), True)], ids=["within", "behind"])
def test_the_day_that_an_officer_names_is_the_visits_day_its_team_is_told_and_the_date_before_is_kept(
    store: Store, hand: Hand, on: date, *, late: bool
) -> None:
    office, phones, visit = drawn(store, hand, row(5, 20))
    settle(office)
    told = len(phones.messages)
    path, said = f"/v1/visits/{visit.id}/day", {"on": on.isoformat(), "reasons": "依例外规定，法定核查期限届满"}
    with serving(office) as edge, edge.as_("officer") as officer:
        closing = officer.post(f"/v1/attention/{CONFLICT}:{visit.id}/close", json={"note": "已知悉"})
        assert code(closing) == (409, "conflict_undecided"), "no word in passing ends it"
        beyond = {**said, "on": (on + timedelta(days=90)).isoformat()}
        assert code(officer.post(path, json=beyond)) == (422, "appointed_out_of_range")
        done = officer.post(path, json=said).json()
        assert code(officer.post(path, json=said)) == (409, "conflict_none"), "decided once"
    due = datetime.combine(on, datetime.min.time(), SHANGHAI).replace(hour=17, minute=30)
    assert (datetime.fromisoformat(done["due_at"]), datetime.fromisoformat(done["was_due"])) == (due, visit.due_at)
    assert (due > visit.due_at) is late
    settle(office)
    if hand.now < due - timedelta(days=3):
        hand.now = due - timedelta(days=3)
        settle(office)
    assert matters(office, CONFLICT) == []
    assert {one.title for one in phones.messages[told:]} >= {"检查：上门日期已定"}
    with store.read() as tx:
        held = tx.visits.get(visit.id)
        (entry,) = [json.loads(one["body"]) for one in tx.ledger.about(visit.id) if one["rule"] == "visit.appointed"]
    assert (entry["facts"]["was_due"], entry["facts"]["quiet"]) == (visit.due_at.isoformat(), [] if late else ["quiet-5"])
    assert entry["facts"]["reasons"] == said["reasons"]
    assert (held.conflict, held.due_at) == (False, due)
    hand.now = due - timedelta(hours=5)
    settle(office)
    with store.read() as tx:
        assert on in days(tx.visits.get(visit.id), on, on), "its code counts on that day"
    made = entered(office, visit, hand())
    assert (made.state, made.parts[0].quiet) == (VisitState.DONE, ()), "nobody asks again why somebody went then"
    assert matters(office, "visit_in_quiet") == []


@pytest.mark.slow
def test_where_nobody_could_go_on_the_named_day_an_officer_names_another(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, row(5, 28))
    settle(office)
    with store.begin() as tx:
        appointing.appoint(office, tx, visit.id, on=date(2026, 3, 6), why="依例外规定", by="王", now=hand())
    settle(office)
    assert matters(office, CONFLICT) == []
    hand.now = datetime(2026, 3, 9, 9, 0, tzinfo=SHANGHAI)
    settle(office)
    (told,) = matters(office, CONFLICT)
    assert told["windows"]
    with store.begin() as tx:
        held = appointing.appoint(office, tx, visit.id, on=date(2026, 3, 10), why="检查人员患病，改日", by="王", now=hand())
    assert held.due_at.date() == date(2026, 3, 10)
    assert matters(office, CONFLICT) == []
    with store.begin() as tx, pytest.raises(Refusal, match="conflict_none"):
        appointing.appoint(office, tx, visit.id, on=date(2026, 3, 11), why="方便", by="王", now=hand())
    hand.now = datetime(2026, 3, 10, 10, 0, tzinfo=SHANGHAI)
    settle(office)
    assert entered(office, visit, hand()).parts[0].quiet == ()
    with store.read() as tx:
        days_told = [
            json.loads(one["body"])["facts"]["on"] for one in tx.ledger.about(visit.id) if one["rule"] == "visit.appointed"
        ]
    assert days_told == ["2026-03-06", "2026-03-10"]


def test_a_visit_that_has_an_open_day_has_no_conflict_to_decide(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, row(9, 20))
    with store.begin() as tx, pytest.raises(Refusal, match="conflict_none"):
        appointing.appoint(office, tx, visit.id, on=date(2026, 3, 6), why="方便", by="王", now=hand())
    with store.begin() as tx:  # what waited for it is over with the visit, by whichever way
        tx.attention.open(CONFLICT, "bureau", visit.id, {}, hand())
    with store.begin() as tx:
        attention.close(tx, f"{CONFLICT}:{visit.id}", "王", hand(), note="无冲突")


@pytest.mark.slow
def test_the_command_line_names_a_day_and_says_that_a_visit_was_made_or_why_not(database_url: str, tmp_path: Path) -> None:
    operator = settled(database_url, tmp_path)
    assert operator.say("visit", "day", "v", "--on", "2026-03-06", "--reasons", "依例外规定").code == 3
    assert operator.say("visit", "made", "v", "--on", "2026-03-06", "--evidence", "现场笔录").code == 3

"""A visit that is dealt anew: on the day that was named for the one before it, and by whom nobody says that it was made before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import pytest

from inspector.domain.calendar import SHANGHAI, reminder
from inspector.domain.decision import OrderKind
from inspector.domain.roster import InspectorRecord
from inspector.domain.visit import Visit, VisitState
from inspector.domain.visitcode import days
from inspector.flows import appointing, assign, dispatch, lookback, supplement
from inspector.flows.office import Office
from inspector.flows.seats import CONFLICT
from inspector.store.store import Store
from inspector.web.roles import Role
from tests import gate
from tests.drawn import announced, carried_out, drawing
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_appointing import MEANT
from tests.integration.test_draw_way import inspectors, visits
from tests.integration.test_fieldnotes import code
from tests.integration.test_forms import logged_in
from tests.integration.test_quiet import drawn, entered, matters, row
from tests.integration.test_recount import waiting

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def anew(office: Office, hand: Hand, visit: Visit, staff: Sequence[InspectorRecord] = ()) -> Visit:
    """The visit is owed, and a supplementary draw deals it a team of its own."""
    with office.store.begin() as tx:
        tx.rosters.put_inspectors(staff or inspectors(8))
        assign.owe(tx, office, tx.visits.get(visit.id, lock=True), visit.agency, "recalled", hand())
    settle(office)
    with office.store.begin() as tx:
        made = supplement.announce(office, tx, tx.draws.get(visit.draw).plan, by="李科长", now=hand())
    assert made is not None
    settle(office)
    carried_out(office, hand, made.number)
    (again,) = visits(office, made.number)
    assert (again.state, again.replaces) == (VisitState.ASSIGNED, visit.id)
    settle(office)
    return again


def named(office: Office, visit: Visit, hand: Hand, on: date) -> None:
    with office.store.begin() as tx:
        appointing.appoint(office, tx, visit.id, on=on, why="安静期之后", by="王", now=hand(), though=MEANT)
    settle(office)


def test_the_day_that_was_named_for_a_visit_is_that_of_whoever_is_dealt_it_anew(store: Store, hand: Hand) -> None:
    office, phones, visit = drawn(store, hand, row(5, 20))
    named(office, visit, hand, on := date(2026, 3, 23))
    told = len(phones.messages)
    again = anew(office, hand, visit)
    assert hand.now < datetime(2026, 3, 20, tzinfo=SHANGHAI)
    due = datetime(2026, 3, 23, 17, 30, tzinfo=SHANGHAI)
    assert again.appointed is not None
    assert (again.appointed.on, again.appointed.by, again.due_at, again.conflict) == (on, "王", due, False)
    assert (matters(office, CONFLICT), [one["due_at"] for one in waiting(office, OrderKind.VISIT_DUE)]) == ([], [due])
    assert days(again, on, on) == (on,)
    assert (again.released, again.release_at) == (False, reminder(due, 3, office.calendar)), "nobody hears sooner than need be"
    for one in phones.messages[told:]:
        assert (one.data["visit"], one.data["day"]) == (again.id, on.isoformat())
        assert "上门日期：2026-03-23" in one.text
    with store.read() as tx:
        rules = [json.loads(one["body"])["facts"] for one in tx.ledger.about(again.id) if one["rule"] == "visit.appointed"]
    assert [(one["by"], one["reasons"], one["due_at"], one["handed_on_from"]) for one in rules] == [
        ("王", "安静期之后", due.isoformat(), visit.id)
    ], "said of the former visit, and handed on by the rule"
    hand.now = due.replace(hour=10)
    settle(office)
    assert entered(office, again, hand()).parts[0].quiet == ()
    with store.read(steady=True) as tx:
        assert lookback.differing(office, tx, sorted(office.tree), hand()) == [], (
            "what frames would be made of is what the ledger tells"
        )


def test_scenario_35_whom_a_named_day_is_handed_on_to_may_go_on_it(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, row(5, 20))
    named(office, visit, hand, on := date(2026, 3, 23))
    *ending, away = inspectors(8)[:6]
    short = [replace(one, certificate_until=date(2026, 3, 18)) for one in ending]
    short += [replace(away, leave_from=on, leave_until=on)]
    again = anew(office, hand, visit, [*inspectors(8)[6:], *short])
    with store.read() as tx:
        dealt = {one.inspector for one in tx.visits.team(again.id)}
    assert (again.appointed and again.appointed.on, dealt) == (on, {one.id for one in inspectors(8)[6:]})


@pytest.mark.parametrize(("last", "on", "asked"), [(20, 5, 1), (9, 23, 0)], ids=["the day is over", "it has a day of its own"])
def test_a_named_day_that_is_over_or_not_needed_any_more_is_not_handed_on(
    store: Store, hand: Hand, last: int, on: int, asked: int
) -> None:
    office, _, visit = drawn(store, hand, row(5, last))
    named(office, visit, hand, date(2026, 3, on))
    hand.now = datetime(2026, 3, 10, 9, tzinfo=SHANGHAI)
    settle(office)
    again = anew(office, hand, visit)
    assert (again.appointed, again.conflict, len(matters(office, CONFLICT))) == (None, bool(asked), asked)


def test_of_a_visit_that_was_dealt_anew_nobody_says_that_it_was_made_before_and_is_told_why(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    day = office.calendar.local_date(hand())
    again = anew(office, hand, visit)
    with serving(gate.signed(office)) as edge, edge.as_(Role.OFFICER, name="王") as officer:
        told = officer.post(f"/v1/visits/{visit.id}/attested", json={"on": day.isoformat(), "evidence": "现场笔录"})
        assert code(told) == (409, "attest_dealt_anew")
        assert told.json()["error"]["facts"] == {"visit": visit.id, "anew": again.id}
        assert again.id in told.json()["error"]["message_zh"]


def test_a_named_day_that_is_over_is_told_as_over_on_page_notice_matter_and_push(store: Store, hand: Hand) -> None:
    office, phones, visit = drawn(store, hand, row(5, 28))
    settle(office)
    link, name = phones.messages[0].link, str(phones.messages[0].data["seat"])
    named(office, visit, hand, date(2026, 3, 6))
    with store.begin() as tx:
        team = [one.name for one in tx.visits.team(visit.id)]
        for one in team:
            dispatch.accept(tx, one, hand())
    seen: list[list[bool]] = []
    with serving(gate.signed(office)) as edge, edge.client(X_Link_Token=edge.office.link_token("seat", name)) as phone:
        for moment in (datetime(2026, 3, 6, 9, tzinfo=SHANGHAI), datetime(2026, 3, 6, 17, 31, tzinfo=SHANGHAI)):
            hand.now = moment
            settle(office)
            page = phone.get(link.replace(office.base_url, edge.url)).text
            notice = phone.get(link.replace(office.base_url, edge.url) + "/notice").text
            seen.append([told in one for one in (page, notice) for told in ("<b>2026-03-06</b>", "2026-03-06（已过）")])
        with edge.client() as desk:
            logged_in(edge, desk, name="王")
            assert "2026-03-06（已过）" in desk.get(f"/matters/{CONFLICT}:{visit.id}").text
    assert seen == [[True, False, True, False], [False, True, False, True]]
    told = len(phones.messages)
    with store.begin() as tx:
        dispatch.decline(office, tx, next(one for one in team if one != name), "患病", hand())
    settle(office)
    (push,) = phones.messages[told:]
    assert "执法人员决定的上门日期 2026-03-06 已过" in push.text
    assert "day" not in push.data

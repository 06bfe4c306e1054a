"""Where quiet windows leave no day an officer names it, within them or behind; nobody else, and nothing in passing (scenario 44)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from inspector.domain.appointed import Though
from inspector.domain.calendar import SHANGHAI
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.peace import closed
from inspector.domain.visit import VisitState
from inspector.domain.visitcode import days
from inspector.flows import appointing, attention, dispatch
from inspector.flows.seats import CONFLICT, OVERDUE
from inspector.store.deadlines import due_by
from inspector.store.store import Store
from tests import gate
from tests.edge import serving
from tests.forgetting import forget_done
from tests.house import Hand, settle
from tests.integration.test_fieldnotes import code
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.integration.test_quiet import drawn, entered, matters, row
from tests.integration.test_recount import waiting
from tests.operator import settled

pytestmark = pytest.mark.alike

MEANT = frozenset({Though.QUIET})


@pytest.mark.slow
@pytest.mark.parametrize(("on", "late"), [(date(2026, 3, 6), False), (date(2026, 3, 23), True)], ids=["within", "behind"])
def test_the_day_that_an_officer_names_is_the_visits_day_its_team_is_told_and_the_date_before_is_kept(
    store: Store, hand: Hand, on: date, *, late: bool
) -> None:
    office, phones, visit = drawn(store, hand, row(5, 20))
    settle(office)
    told = len(phones.messages)
    path, said = (
        f"/v1/visits/{visit.id}/day",
        {"on": on.isoformat(), "reasons": "依例外规定，法定核查期限届满", "though": ["QUIET"]},
    )
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
        appointing.appoint(office, tx, visit.id, on=date(2026, 3, 6), why="依例外规定", by="王", now=hand(), though=MEANT)
    settle(office)
    assert matters(office, CONFLICT) == []
    with store.read() as tx:
        held = tx.visits.get(visit.id)
        team = [one.name for one in tx.visits.team(visit.id) if one.state.open]
    former = replace(held, windows=visit.windows)
    assert not closed(former, date(2026, 3, 6)), "nor by windows that a former release has written down"
    assert closed(former, date(2026, 3, 9))
    hand.now = datetime(2026, 3, 6, 17, 31, tzinfo=SHANGHAI)
    settle(office)
    (told,) = matters(office, CONFLICT)
    hand.now = datetime(2026, 3, 27, 9, 0, tzinfo=SHANGHAI)
    settle(office)
    with store.read() as tx:
        assert [one.name for one in tx.visits.team(visit.id) if one.state.open] == team, "nobody was silent: nobody may go"
    assert told["windows"]
    with store.begin() as tx:
        held = appointing.appoint(
            office, tx, visit.id, on=date(2026, 3, 30), why="检查人员患病，改日", by="王", now=hand(), though=MEANT
        )
    assert held.due_at.date() == date(2026, 3, 30)
    assert matters(office, CONFLICT) == []
    with store.begin() as tx, pytest.raises(Refusal, match="conflict_none"):
        appointing.appoint(office, tx, visit.id, on=date(2026, 3, 31), why="方便", by="王", now=hand(), though=MEANT)
    hand.now = datetime(2026, 3, 30, 10, 0, tzinfo=SHANGHAI)
    settle(office)
    assert entered(office, visit, hand()).parts[0].quiet == ()
    with store.read() as tx:
        days_told = [
            json.loads(one["body"])["facts"]["on"] for one in tx.ledger.about(visit.id) if one["rule"] == "visit.appointed"
        ]
    assert days_told == ["2026-03-06", "2026-03-30"]


@pytest.mark.slow
def test_the_end_of_each_named_day_is_asked_about_at_once_and_until_it_the_visit_is_not_overdue(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, row(5, 31))
    settle(office)
    with store.begin() as tx:
        for seat in tx.visits.team(visit.id):
            dispatch.accept(tx, seat.name, hand())
    for day in (6, 10, 12):
        on = datetime(2026, 3, day, tzinfo=SHANGHAI)
        with store.begin() as tx:
            held = appointing.appoint(office, tx, visit.id, on=on.date(), why="依例外规定", by="王", now=hand(), though=MEANT)
        assert (matters(office, CONFLICT), matters(office, OVERDUE)) == ([], [])
        with store.read() as tx:
            assert [due_by(tx, at)["visit"] for at in (held.due_at - timedelta(seconds=1), held.due_at)] == [0, 1]
        hand.now = on.replace(hour=17, minute=29)
        settle(office)
        assert (matters(office, CONFLICT), matters(office, OVERDUE)) == ([], []), "its day is not over"
        hand.now = on.replace(hour=17, minute=31)
        settle(office)
        (late,), (asked,) = matters(office, OVERDUE), matters(office, CONFLICT)
        assert {late["due_at"], asked["due_at"]} == {held.due_at.isoformat()}
    with store.begin() as tx, pytest.raises(Invalid, match="appointed_out_of_range"):
        appointing.appoint(office, tx, visit.id, on=date(2026, 3, 12), why="当日已过", by="王", now=hand(), though=MEANT)
    with store.begin() as tx:
        appointing.appoint(office, tx, visit.id, on=date(2026, 3, 13), why="依例外规定", by="王", now=hand(), though=MEANT)
    hand.now = datetime(2026, 3, 13, 10, tzinfo=SHANGHAI)
    settle(office)
    assert entered(office, visit, hand()).state is VisitState.DONE
    assert waiting(office, OrderKind.VISIT_DUE) == [], "no clock of a visit that is made goes on"


@pytest.mark.parametrize(
    "named", [pytest.param(True, id="named anew"), pytest.param(False, id="overdue", marks=pytest.mark.slow)]
)
def test_a_visit_counts_among_the_dates_until_it_is_made_though_its_first_clock_has_long_run(
    store: Store, hand: Hand, *, named: bool
) -> None:
    office, _, visit = drawn(store, hand, row(5, 31))
    settle(office)
    with store.begin() as tx:
        for seat in tx.visits.team(visit.id):
            dispatch.accept(tx, seat.name, hand())
        appointing.appoint(office, tx, visit.id, on=date(2026, 3, 6), why="依例外规定", by="王", now=hand(), though=MEANT)
    hand.now = datetime(2026, 3, 6, 17, 31, tzinfo=SHANGHAI)
    settle(office)
    if named:
        with store.begin() as tx:
            appointing.appoint(office, tx, visit.id, on=date(2026, 3, 23), why="再择日", by="王", now=hand(), though=MEANT)
    for day, before in ((14, 0 if named else 1), (24, 1), (31, 1)):
        hand.now = datetime(2026, 3, day, 9, tzinfo=SHANGHAI)
        settle(office)
        with store.begin() as tx:
            forget_done(tx, hand() - timedelta(days=7))
            assert (due_by(tx, hand())["visit"], due_by(tx, datetime(2026, 3, 31, tzinfo=SHANGHAI))["visit"]) == (before, 1)
    assert entered(office, visit, hand()).state is VisitState.DONE
    with store.begin() as tx:
        forget_done(tx, hand() + timedelta(days=1))
        assert tx.work.keyed(f"{OrderKind.VISIT_DUE.value}:{visit.id}") is None, "then it is forgotten as any other"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("on", "shut"),
    [(date(2026, 3, 23), [(5, 20)]), (date(2026, 3, 13), [(5, 12)])],
    ids=["behind", "within"],
)
def test_every_other_closed_day_up_to_the_named_one_stays_closed_on_page_push_interface_and_codes(
    store: Store, hand: Hand, on: date, shut: list[tuple[int, int]]
) -> None:
    office, phones, visit = drawn(store, hand, row(5, 20))
    settle(office)
    link, name = phones.messages[0].link, str(phones.messages[0].data["seat"])
    with serving(gate.signed(office)) as edge:
        with edge.as_("officer") as officer:
            said = {"on": on.isoformat(), "reasons": "依例外规定，或者安静期之后", "though": ["QUIET"]}
            assert officer.post(f"/v1/visits/{visit.id}/day", json=said).is_success
        hand.now = datetime(2026, 3, 9, 8, tzinfo=SHANGHAI)
        settle(office)
        with store.begin() as tx:
            for seat in tx.visits.team(visit.id):
                dispatch.accept(tx, seat.name, hand())
        hand.now = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
        settle(office)
        with edge.as_("officer") as officer:
            told = officer.get(f"/v1/seats/{name}").json()["visit"]["windows"]
        spans = [{"first": f"2026-03-{first:02}", "last": f"2026-03-{last:02}"} for first, last in shut]
        assert [{"first": one["first"], "last": one["last"]} for one in told] == spans
        appointed = next(one for one in phones.messages if one.title == "检查：上门日期已定")
        assert appointed.data["windows"] == spans
        with edge.client(X_Link_Token=edge.office.link_token("seat", name)) as phone:
            page = phone.get(link.replace(office.base_url, edge.url)).text
            notice = phone.get(link.replace(office.base_url, edge.url) + "/notice").text
            given = phone.get(f"/v1/seats/{name}/codes")
    words = " 至 ".join((spans[0]["first"], spans[0]["last"]))
    assert appointed.data["day"] == on.isoformat()
    assert f"上门日期：{on.isoformat()}" in appointed.text
    assert f"<dt>决定的上门日期</dt><dd><b>{on.isoformat()}</b>" in page
    assert all(
        one in notice
        for one in (f"<dt>决定的上门日期</dt><dd><b>{on.isoformat()}</b>", "依例外规定", "<dt>出示日期</dt><dd>2026-03-11")
    )
    assert words in page
    assert words in appointed.text
    assert "今日处于安静期" in page
    codes = [gate.opened(one["text"])["b"][:10] for one in given.json().get("codes", ())]
    assert codes == ([on.isoformat()] if on.day == 13 else []), "a firm's phone has none of a closed day to judge"
    assert codes or code(given) == (409, "visit_code_quiet")
    made = entered(office, visit, hand())
    assert made.parts[0].quiet == ("quiet-5",), "who goes before the named day goes where nobody may"


@pytest.mark.slow
def test_who_names_a_day_sees_the_windows_whole_and_a_closed_day_or_one_off_is_taken_only_where_it_is_meant(
    store: Store, hand: Hand
) -> None:
    office, _, visit = drawn(store, hand, row(5, 20))
    (matter,) = matters(office, CONFLICT)
    assert matter["windows"] == ["2026-03-05/2026-03-20", "2026-04-05/2026-04-09"], "as far as a day may be named"
    path, said = f"/v1/visits/{visit.id}/day", {"reasons": "安静期已过，择日前往"}
    with serving(office) as edge, edge.as_("officer") as officer:
        for on, though, wrong in (
            ("2026-03-14", ["DAY_OFF"], "appointed_in_quiet"),
            ("2026-03-14", ["QUIET"], "appointed_day_off"),
            ("2026-03-21", [], "appointed_day_off"),
        ):
            assert code(officer.post(path, json={**said, "on": on, "though": though})) == (422, wrong)
        with edge.client() as desk:
            logged_in(edge, desk, name="王")
            page = f"/matters/{CONFLICT}:{visit.id}"
            assert "2026-03-05 至 2026-03-20" in desk.get(page).text
            refused = send(desk, page, "day", on="2026-03-14", reasons="择日前往", though="DAY_OFF")
            assert "处于安静期（quiet-5）" in refused.text
            assert 'value="DAY_OFF" checked' in refused.text, "what was ticked is shown again"
            assert send(desk, page, "day", on="2026-03-23", reasons="安静期之后", though="QUIET").status_code == 303
            over = desk.get(page).text
            assert all(one in over for one in ("已办结", "决定的上门日期", "2026-03-23", "王", "安静期之后"))
    with store.read() as tx:
        (entry,) = [json.loads(one["body"]) for one in tx.ledger.about(visit.id) if one["rule"] == "visit.appointed"]
    assert entry["facts"]["quiet"] == [], "an exception is written down only of a day in a window"


def test_a_visit_that_has_an_open_day_has_no_conflict_to_decide(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, row(9, 20))
    with store.begin() as tx, pytest.raises(Refusal, match="conflict_none"):
        appointing.appoint(office, tx, visit.id, on=date(2026, 3, 6), why="方便", by="王", now=hand(), though=MEANT)
    with store.begin() as tx:  # what waited for it is over with the visit, by whichever way
        tx.attention.open(CONFLICT, "bureau", visit.id, {}, hand())
    with store.begin() as tx:
        attention.close(tx, f"{CONFLICT}:{visit.id}", "王", hand(), note="无冲突")


@pytest.mark.slow
def test_the_command_line_names_a_day_and_says_that_a_visit_was_made_or_why_not(database_url: str, tmp_path: Path) -> None:
    operator = settled(database_url, tmp_path)
    assert operator.say("visit", "day", "v", "--on", "2026-03-06", "--reasons", "依例外规定").code == 3
    assert operator.say("visit", "made", "v", "--on", "2026-03-06", "--evidence", "现场笔录").code == 3

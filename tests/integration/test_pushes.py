"""The inspector's push: silence counts from the hand-over, an outage passes over nobody, and whom no way reaches a person is told of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from inspector.domain.decision import OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.hush import Hush
from inspector.domain.manners import Window
from inspector.domain.push import Pushing
from inspector.domain.reached import Reach, Reached
from inspector.domain.urgency import Urgency
from inspector.domain.visit import Seat, SeatState, Visit
from inspector.flows import dispatch, pushing, reaching, receipts, relief, trial
from inspector.flows.office import Office
from inspector.flows.table import FLOWS
from inspector.store.store import Store
from tests.house import Hand, claim, let_lapse, settle
from tests.phones import AWAY, UNKNOWN, Line, clocks, matters, passed, reached, report, sent, team

pytestmark = pytest.mark.alike


def states(office: Office, visit: Visit) -> list[SeatState]:
    """Where the seats stand, all turns."""
    return [seat.state for seat in team(office, visit)]


@pytest.mark.slow
def test_whose_push_no_channel_took_is_passed_over_by_nobody_and_silence_counts_from_the_hand_over(
    store: Store, hand: Hand
) -> None:
    line = Line("wecom", fault=AWAY)
    office, visit = sent(store, hand, line)
    before = team(office, visit)
    assert {seat.state for seat in before} == {SeatState.ORDERED}
    assert all(clocks(office, seat) == {"push", "push.due"} for seat in before), "no time to accept runs"
    hand.now = before[0].accept_by + timedelta(hours=1)
    settle(office)
    assert states(office, visit) == [SeatState.ORDERED] * 2
    assert passed(office, visit) == [], "an outage of ours uses up no inspector"
    assert {told["error"] for told in matters(office, "push_undelivered")} == {"unreachable"}
    line.fault = None
    open_lanes(office)
    hand.on(hours=2)
    settle(office)
    seats = team(office, visit)
    assert {seat.state for seat in seats} == {SeatState.HANDED_OVER}
    assert all(seat.handed_at == hand() and seat.accept_by > before[0].accept_by for seat in seats), "counted anew from now"
    assert matters(office, "push_undelivered") == []
    assert all(clocks(office, seat) == {"accept.due"} for seat in seats)
    assert len({message.data["seat"] for message in line.assignments}) == len(line.took) == 2, "each phone shows it once"
    assert {datetime.fromisoformat(str(message.data["accept_by"])) for message in line.assignments} == {seats[0].accept_by}
    hand.now = seats[0].accept_by
    settle(office)
    assert passed(office, visit).count("expired") == 2, "who has it and is silent is followed by the rule, with its reason"


def open_lanes(office: Office) -> None:
    """The outage is over, and every breaker knows it."""
    with office.store.begin() as tx:
        for lane in tx.lanes.all():
            tx.lanes.succeeded(lane.name)


def test_a_push_whose_daemon_was_killed_behind_its_call_is_the_same_message_and_says_another_date_only_a_day_later(
    store: Store, hand: Hand
) -> None:
    line = Line("wecom", fault=AWAY)
    office, visit = sent(store, hand, line)
    line.fault = None
    open_lanes(office)
    for wait in (timedelta(hours=2), timedelta(hours=14), timedelta(hours=9)):
        hand.now += wait
        for work in claim(office):
            if work.kind == OrderKind.PUSH:
                FLOWS[OrderKind.PUSH].do(work, office)
        let_lapse(office)
    keys = [key for key, _ in line.took]
    assert len(keys) == 6
    assert set(keys[:2]) == set(keys[2:4]), "within a day the phone knows it already"
    assert not set(keys[:4]) & set(keys[4:])
    settle(office)
    assert states(office, visit) == [SeatState.HANDED_OVER] * 2
    said = {datetime.fromisoformat(str(message.data["accept_by"])) for message in line.assignments[4:]}
    assert said == {seat.accept_by for seat in team(office, visit)}


@pytest.mark.slow
def test_a_push_that_has_not_left_when_the_visit_is_due_is_a_persons_and_is_tried_on(store: Store, hand: Hand) -> None:
    line = Line("wecom", fault=AWAY)
    office, visit = sent(store, hand, line)
    hand.now = visit.due_at + timedelta(minutes=1)
    settle(office)
    assert states(office, visit) == [SeatState.ORDERED] * 2
    assert passed(office, visit) == []
    assert len(matters(office, "push_undelivered")) == 2
    assert len(matters(office, "visit_overdue")) == 1
    line.fault = None
    open_lanes(office)
    hand.on(hours=2)
    settle(office)
    assert states(office, visit) == [SeatState.HANDED_OVER] * 2, "overdue, and to be made all the same"
    assert matters(office, "push_undelivered") == []


@pytest.mark.slow
def test_a_seat_walks_all_its_states_and_each_has_its_clock(store: Store, hand: Hand) -> None:
    line, further = Line("wecom", reports=True), Line("sms")
    office, visit = sent(store, hand, line, further)
    first, second = team(office, visit)
    assert {first.state, second.state} == {SeatState.HANDED_OVER}
    assert clocks(office, first) == {"accept.due", "push.reach"}
    keys = {str(message.data["seat"]): key for key, message in line.took}
    report(
        office, "wecom", (keys[first.name], Reach.READ), (keys[first.name], Reach.DELIVERED), (keys[second.name], Reach.DELIVERED)
    )
    report(office, "wecom", (keys[first.name], Reach.DELIVERED), (keys[first.name], Reach.READ))
    assert states(office, visit) == [SeatState.READ, SeatState.DELIVERED], "in any order, twice, and never back"
    assert clocks(office, second) == {"accept.due", "push.reach"}
    with store.begin() as tx:
        dispatch.accept(tx, first.name, hand())
    report(office, "wecom", (keys[first.name], Reach.FAILED))
    assert (team(office, visit)[0].state, clocks(office, first)) == (SeatState.ACCEPTED, set())
    with store.read() as tx:
        assert tx.work.keyed(f"visit.due:{visit.id}") is not None, "an acceptance is good until the visit is due"
    with store.begin() as tx:
        dispatch.decline(office, tx, second.name, "与当事人有亲属关系", hand())
    settle(office)
    third = team(office, visit)[2]
    assert (team(office, visit)[1].state, clocks(office, second), third.state) == (
        SeatState.DECLINED,
        set(),
        SeatState.HANDED_OVER,
    )
    hand.on(hours=5)
    settle(office)
    assert [message.data["seat"] for message in further.assignments] == [third.name], "reported by nobody as delivered: both ways"
    assert team(office, visit)[2].state is SeatState.HANDED_OVER
    hand.now = team(office, visit)[2].accept_by
    settle(office)
    assert (team(office, visit)[2].state, clocks(office, third)) == (SeatState.EXPIRED, set())
    assert passed(office, visit) == ["declined", "expired"]


@pytest.mark.slow
def test_a_report_of_what_nobody_has_sent_changes_nothing(store: Store, hand: Hand) -> None:
    office, visit = sent(store, hand, Line("wecom"), Line("sms"))
    with store.begin() as tx:
        receipts.ordered(tx, "sms", [Reached(about=about, reach=Reach.READ) for about in ("wecom-1", "nobody")], hand())
    hand.now = team(office, visit)[0].accept_by
    settle(office)
    assert {seat.state for seat in team(office, visit) if not seat.turn} == {SeatState.EXPIRED}, (
        "another channel's number is not this one's"
    )
    hand.on(hours=48)
    settle(office)
    with store.read() as tx:
        assert [row["state"] for row in tx.work.page(kind="push.report")] == ["done", "done"]


@pytest.mark.slow
def test_whom_a_channel_does_not_know_is_reached_the_next_way_and_the_way_is_off_until_it_is_mended(
    store: Store, hand: Hand
) -> None:
    wecom, sms = Line("wecom", fault=UNKNOWN), Line("sms")
    office, visit = sent(store, hand, wecom, sms)
    seats = team(office, visit)
    assert {seat.state for seat in seats} == {SeatState.HANDED_OVER}
    assert {message.to for message in sms.assignments} == {f"{seat.inspector}@sms" for seat in seats}
    assert matters(office, "channel_off") == [{"channel": "wecom", "count": 2}], "of matters nobody reads who is sent"
    with store.read() as tx:
        off = [(one.inspector, one.channel, one.code) for one in tx.pushes.off(["bureau"])]
    assert off == sorted((seat.inspector, "wecom", "recipient_refused") for seat in seats)
    with store.read() as tx:
        assert tx.pushes.off_counts() == [("wecom", 2)]
    wecom.fault = None
    with store.begin() as tx:
        dispatch.decline(office, tx, seats[0].name, "病假", hand())
    settle(office)
    (dealt,) = [seat for seat in team(office, visit) if seat.turn]
    assert [message.data["seat"] for message in wecom.assignments] == [dealt.name], "of others it is on"
    with store.begin() as tx:
        row = tx.rosters.inspector("bureau", seats[0].inspector)
        tx.rosters.put_inspectors([reached(row, wecom, sms, sign="-new")])
        relief.look(office, tx, "bureau", hand())
        assert [off.inspector for off in tx.pushes.off(["bureau"])] == [seats[1].inspector]
        assert reaching.turn_on(office, tx, "bureau", seats[1].inspector, "wecom", "os:钱", hand())
    assert matters(office, "channel_off") == []


@pytest.mark.slow
def test_whom_no_way_reaches_a_person_is_told_of_and_a_mended_address_is_pushed_at_once(store: Store, hand: Hand) -> None:
    wecom, sms = Line("wecom", fault=UNKNOWN), Line("sms", fault=UNKNOWN)
    office, visit = sent(store, hand, wecom, sms)
    assert states(office, visit) == [SeatState.ORDERED] * 2
    assert len(matters(office, "push_undelivered")) == 2
    wecom.fault = sms.fault = None
    seat = team(office, visit)[1]
    with store.begin() as tx:
        tx.rosters.put_inspectors([reached(tx.rosters.inspector("bureau", seat.inspector), sms, sign="-new")])
        relief.look(office, tx, "bureau", hand())
    settle(office)
    assert states(office, visit) == [SeatState.ORDERED, SeatState.HANDED_OVER]
    assert [message.to for message in sms.assignments] == [f"{seat.inspector}-new@sms"]
    assert [told["seat"] for told in matters(office, "push_undelivered")] == [team(office, visit)[0].name]


@pytest.mark.slow
def test_a_push_that_a_mended_address_let_out_has_a_clock_of_its_own_and_a_person_is_told_when_it_does_not_leave(
    store: Store, hand: Hand
) -> None:
    sms = Line("sms", fault=UNKNOWN)
    office, visit = sent(store, hand, sms)
    hand.now = team(office, visit)[0].accept_by
    settle(office)
    sms.fault = AWAY
    seat = team(office, visit)[0]
    with store.begin() as tx:
        tx.rosters.put_inspectors([reached(tx.rosters.inspector("bureau", seat.inspector), sms, sign="-new")])
        relief.look(office, tx, "bureau", hand())
    settle(office)
    assert seat.name not in [told["seat"] for told in matters(office, "push_undelivered")], "it is under way"
    hand.now = team(office, visit)[0].accept_by
    settle(office)
    assert seat.name in [told["seat"] for told in matters(office, "push_undelivered")]
    assert hand() < visit.due_at


@pytest.mark.slow
def test_a_passing_failure_is_tried_again_first_and_after_the_patience_the_next_way_is_taken(store: Store, hand: Hand) -> None:
    wecom, sms = Line("wecom", fault=AWAY), Line("sms")
    office, visit = sent(store, hand, wecom, sms)
    assert states(office, visit) == [SeatState.ORDERED] * 2
    hand.on(minutes=59)
    settle(office)
    assert sms.took == []
    hand.on(minutes=2)
    settle(office)
    assert states(office, visit) == [SeatState.HANDED_OVER] * 2
    assert len(sms.assignments) == 2
    assert matters(office, "channel_off") == [], "an outage turns nothing off"


@pytest.mark.slow
def test_a_push_that_its_channel_reports_as_come_to_nobody_goes_the_next_way_and_no_silence_counts(
    store: Store, hand: Hand
) -> None:
    wecom, sms = Line("wecom", reports=True), Line("sms", fault=AWAY)
    office, visit = sent(store, hand, wecom, sms)
    first, second = team(office, visit)
    key = next(key for key, message in wecom.took if message.data["seat"] == first.name)
    report(office, "wecom", (key, Reach.FAILED), code="recipient_refused")
    assert states(office, visit) == [SeatState.ORDERED, SeatState.HANDED_OVER]
    with store.read() as tx:
        assert [off.inspector for off in tx.pushes.off(["bureau"])] == [first.inspector]
    hand.now = first.accept_by + timedelta(hours=1)
    with store.begin() as tx:
        dispatch.accept(tx, second.name, hand())
    settle(office)
    assert states(office, visit) == [SeatState.ORDERED, SeatState.ACCEPTED], "the clock that had begun stands still"
    sms.fault = None
    open_lanes(office)
    hand.on(hours=2)
    settle(office)
    again = team(office, visit)[0]
    assert (again.state, again.handed_at) == (SeatState.HANDED_OVER, hand())
    assert clocks(office, again) == {"accept.due"}
    hand.now = again.accept_by
    settle(office)
    assert passed(office, visit) == ["expired"]


@pytest.mark.slow
def test_no_phone_rings_in_quiet_hours_but_for_what_is_urgent(store: Store, hand: Hand) -> None:
    line = Line("wecom")
    office, visit = sent(store, hand, line)
    night = Pushing(hush=Hush(windows={Urgency.NORMAL: (Window(begins=time(21), ends=time(8)),)}, urgent=frozenset({"off"})))
    office = replace(office, pushing=night)
    first, second = team(office, visit)
    hand.now = hand().replace(hour=22, minute=0)
    with store.begin() as tx:
        dispatch.decline(office, tx, first.name, "病假", hand())
        row = replace(tx.rosters.inspector("bureau", second.inspector), in_post=False)
        tx.rosters.put_inspectors([row])
        relief.look(office, tx, "bureau", hand())
    settle(office)
    assert [message.urgent for _, message in line.took if "called_off" in message.data] == [True], (
        "who need not go hears it at once"
    )
    assert len(line.assignments) == 2
    waits = [seat for seat in team(office, visit) if seat.state is SeatState.ORDERED]
    assert len(waits) == 2
    hand.now = (hand() + timedelta(days=1)).replace(hour=8, minute=0)
    settle(office)
    assert {message.data["seat"] for message in line.assignments[2:]} == {seat.name for seat in waits}


def test_a_push_that_its_channels_outage_has_kept_until_the_night_waits_for_the_morning(store: Store, hand: Hand) -> None:
    line = Line("wecom", fault=AWAY)
    office, _ = sent(store, hand, line)
    nights = {Urgency.NORMAL: (Window(begins=time(21), ends=time(8)),)}
    office = replace(office, pushing=Pushing(hush=Hush(windows=nights, urgent=frozenset({"off"}))))
    line.fault = None
    open_lanes(office)
    hand.now = hand().replace(hour=22, minute=0)
    settle(office)
    assert line.took == [], "a try made again is no reason to ring"
    hand.now = (hand() + timedelta(days=1)).replace(hour=8, minute=0)
    settle(office)
    assert len(line.assignments) == 2


def test_whoever_opens_the_link_has_the_push_though_its_receipt_was_lost(store: Store, hand: Hand) -> None:
    office, visit = sent(store, hand, Line("wecom", fault=AWAY))
    seat = team(office, visit)[0]
    with store.begin() as tx:
        pushing.opened(office, tx, seat.name, hand())
        pushing.opened(office, tx, seat.name, hand())
    held = team(office, visit)[0]
    assert (held.state, held.handed_at) == (SeatState.READ, hand())
    assert clocks(office, held) == {"push", "accept.due"}


def test_a_test_push_says_so_goes_by_each_way_and_stands_in_the_ledger_with_how_it_ended(store: Store, hand: Hand) -> None:
    wecom, sms = Line("wecom"), Line("sms", fault=UNKNOWN)
    office, visit = sent(store, hand, wecom, sms)
    staff, seats = team(office, visit)[0].inspector, team(office, visit)
    with store.begin() as tx:
        number, channels = trial.order(office, tx, "bureau", staff, "os:钱", hand())
    settle(office)
    assert channels == ("wecom", "sms")
    (message,) = [message for _, message in wecom.took if message.data.get("test")]
    assert (message.to, message.title) == (f"{staff}@wecom", "测试消息")
    assert team(office, visit) == seats, "no seat has anything to do with it"
    with store.read() as tx:
        told = {entry["channel"]: entry["error"] for entry in entries(office, number)}
        shown = {one.channel: (one.word, one.failed_at, one.code) for one in tx.pushes.page(["bureau"], seat=f"test:{number}")}
        assert shown == {"wecom": ("test", None, ""), "sms": ("test", hand(), "recipient_refused")}, "what went wrong, too"
        assert [off.channel for off in tx.pushes.off(["bureau"], staff)] == ["sms"], "as by any push"
    assert told == {"wecom": "", "sms": "recipient_refused"}


@pytest.mark.slow
def test_a_link_brings_one_test_an_hour_by_each_way_while_its_seat_is_open_and_none_before_an_assignment(
    store: Store, hand: Hand
) -> None:
    wecom, sms = Line("wecom", fault=AWAY), Line("sms")
    office, visit = sent(store, hand, wecom, sms)
    seat = team(office, visit)[0]

    def tried() -> tuple[str, ...]:
        with store.begin() as tx:
            return trial.by_link(office, tx, tx.visits.get(visit.id, lock=True), team(office, visit)[0], hand())[1]

    assert tried() == ("wecom", "sms")
    settle(office)
    with pytest.raises(Refusal, match="push_tested"):
        tried()
    wecom.fault = None
    open_lanes(office)
    hand.on(minutes=40)
    settle(office)
    with store.read() as tx:
        urgent = {kind: {row["urgent_by"] for row in tx.work.page(kind=kind)} for kind in ("push", "push.test")}
    assert max(urgent["push"]) < min(urgent["push.test"]), "lanes go by what is urgent first"
    hand.on(minutes=21)
    assert tried() == ("sms",), "an hour after its own last one"
    with store.begin() as tx:
        dispatch.decline(office, tx, seat.name, "病假", hand())
    with pytest.raises(Refusal, match="seat_closed"):
        tried()


def entries(office: Office, number: str) -> list[dict[str, str]]:
    """What the ledger tells of how a test ended."""
    with office.store.read() as tx:
        told = [json.loads(row["body"])["facts"] for row in tx.ledger.about("roster:bureau") if row["rule"] == "push.tested"]
    return [facts for facts in told if facts["test"] == number]


@pytest.mark.slow
def test_an_inspector_who_left_is_assigned_nothing_and_open_duties_pass_on_by_the_rule(store: Store, hand: Hand) -> None:
    line = Line("wecom", fault=AWAY)
    office, visit = sent(store, hand, line)
    gone: Seat = team(office, visit)[0]
    with store.begin() as tx:
        tx.rosters.put_inspectors([replace(tx.rosters.inspector("bureau", gone.inspector), in_post=False)])
    line.fault = None
    open_lanes(office)
    hand.on(hours=2)
    settle(office)
    assert gone.inspector not in {message.to.partition("@")[0] for message in line.assignments}, "but that one need not go"
    assert passed(office, visit) == ["departed"]
    assert states(office, visit) == [SeatState.RELIEVED, SeatState.HANDED_OVER, SeatState.HANDED_OVER]

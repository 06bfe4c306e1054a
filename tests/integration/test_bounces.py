"""A push that a channel had taken and that came to nobody begins anew: with clocks of its own, and with a person who is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from inspector.domain.reached import Reach, Reached
from inspector.domain.visit import SeatState
from inspector.flows import receipts
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.edge import WENT, serving
from tests.house import Hand, settle
from tests.integration.test_pushes import open_lanes
from tests.phones import AWAY, Line, Lossy, clocks, matters, passed, report, sent, team

pytestmark = pytest.mark.alike


def bounce(office: Office, line: Line, name: str, code: str = "recipient_refused") -> None:
    """The channel says that the last push of a seat came to nobody."""
    key = [key for key, message in line.took if message.data["seat"] == name][-1]
    report(office, line.name, (key, Reach.FAILED), code=code)


@pytest.mark.slow
def test_after_a_bounce_a_person_is_told_that_nothing_leaves_and_a_late_hand_over_has_its_clock(store: Store, hand: Hand) -> None:
    wecom, sms = Line("wecom", reports=True), Line("sms", fault=AWAY)
    office, visit = sent(store, hand, wecom, sms)
    first, second = team(office, visit)
    for seat in (first, second):
        bounce(office, wecom, seat.name, code="phone_off")
    hand.now = team(office, visit)[0].accept_by
    settle(office)
    assert [told["seat"] for told in matters(office, "push_undelivered")] == [first.name, second.name]
    hand.now = visit.due_at + timedelta(minutes=1)
    settle(office)
    assert passed(office, visit) == []
    sms.fault = None
    open_lanes(office)
    hand.on(hours=30)
    settle(office)
    again = team(office, visit)[0]
    assert (again.state, again.handed_at, clocks(office, again)) == (SeatState.HANDED_OVER, hand(), {"accept.due"})
    assert matters(office, "push_undelivered") == []
    hand.now = again.accept_by
    settle(office)
    assert passed(office, visit) == ["expired"] * 2


@pytest.mark.slow
def test_a_second_channel_that_reports_deliveries_is_looked_at_as_the_first_was(store: Store, hand: Hand) -> None:
    wecom, app, sms = Line("wecom", reports=True), Line("app", reports=True), Line("sms")
    office, visit = sent(store, hand, wecom, app, sms)
    first = team(office, visit)[0]
    bounce(office, wecom, first.name)
    assert [message.data["seat"] for message in app.assignments] == [first.name]
    assert clocks(office, team(office, visit)[0]) == {"accept.due", "push.reach"}
    hand.on(hours=5)
    settle(office)
    assert [message.data["seat"] for message in sms.assignments] == [first.name]


@pytest.mark.slow
def test_a_report_that_came_before_our_record_of_its_push_is_heard_when_the_push_is_made_again(store: Store, hand: Hand) -> None:
    wecom, sms = Lossy("wecom", reports=True), Line("sms")
    office, visit = sent(store, hand, wecom, sms)
    first, second = team(office, visit)
    told = [Reached(about=key, reach=Reach.FAILED, code="recipient_refused") for key in {key for key, _ in wecom.took}]
    with store.begin() as tx:
        receipts.ordered(tx, "wecom", told, hand())
    hand.on(minutes=30)
    settle(office, enough=lambda: len({key for key, _ in wecom.took}) == 2)
    assert {seat.state for seat in team(office, visit)} == {SeatState.ORDERED}
    wecom.lost = False
    open_lanes(office)
    hand.on(minutes=20)
    settle(office)
    hand.on(hours=1)
    settle(office)
    assert {message.data["seat"] for message in sms.assignments} == {first.name, second.name}, "known to have come to nobody"
    assert len({key for key, _ in wecom.took}) == 2
    with store.read() as tx:
        assert [off.code for off in tx.pushes.off(["bureau"])] == ["recipient_refused"] * 2


def test_a_preview_of_the_link_reads_nothing_and_a_bounce_is_believed_over_an_opened_link(store: Store, hand: Hand) -> None:
    mail, sms = Line("mail", reports=True), Line("sms")
    office, visit = sent(store, hand, mail, sms)
    first, second = team(office, visit)
    path = f"{first.name}/{office.link_token('seat', first.name)}"
    with serving(office) as edge, edge.client() as client:
        for seen in ({"User-Agent": "link preview"}, {**WENT, "Sec-Purpose": "prefetch;prerender"}):
            assert client.get(f"/seat/{path}", headers=seen).status_code == 200
        assert team(office, visit)[0].state is SeatState.HANDED_OVER
        assert client.get(f"/seat/{path}", headers=WENT).status_code == 200
    assert team(office, visit)[0].state is SeatState.READ
    bounce(office, mail, first.name, code="13800138000 张三 空号")
    assert [message.data["seat"] for message in sms.assignments] == [first.name], "systems that scan links drive browsers, too"
    with store.read() as tx:
        (told,) = [json.loads(row["body"]) for row in tx.ledger.about(visit.id) if row["rule"] == "seat.bounced"]
        assert told["facts"]["code"] == "code_unknown"
        assert {push.code for push in tx.pushes.of_seat(first.name)} == {"", "code_unknown"}
    report(office, "mail", *((key, Reach.READ) for key, message in mail.took if message.data["seat"] == second.name))
    bounce(office, mail, second.name)
    assert team(office, visit)[1].state is SeatState.READ, "what the channel has reported as read was read"

"""Who cannot go any more passes the seat on by the rule: lapsed certificate, left the post, on leave (scenarios 35, 36)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.roster import InspectorRecord
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.flows import dispatch, relief, supplement
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.house import Hand, settle
from tests.integration.test_draw_way import Phones, inspectors, replayed, visits

pytestmark = [pytest.mark.alike, pytest.mark.slow]

DAY = date(2026, 3, 2)


def drawn(store: Store, hand: Hand, staff: int = 5) -> tuple[Office, Phones, Visit]:
    """A drawn visit whose team has been pushed its assignment."""
    office, phones, _ = drawing(store, hand, staff=staff)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    return office, phones, visit


def team(office: Office, visit: Visit) -> tuple[Seat, ...]:
    """Every turn of every place."""
    with office.store.read() as tx:
        return tx.visits.team(visit.id)


def register(office: Office, seat: Seat, **changes: object) -> InspectorRecord:
    """The register says something new about the inspector of a seat."""
    with office.store.begin() as tx:
        row = replace(tx.rosters.inspector("bureau", seat.inspector), **changes)  # type: ignore[arg-type]
        tx.rosters.put_inspectors([row])
    return row


def look(office: Office) -> int:
    """The look at the register; how many seats it passed on."""
    with office.store.begin() as tx:
        return relief.look(office, tx, "bureau", office.now())


def afterwards(office: Office, visit: Visit) -> list[dict[str, object]]:
    """The lines of the draw's after.jsonl."""
    with office.store.read() as tx:
        return [json.loads(line) for line in tx.draws.files(visit.draw).get("after.jsonl", b"").splitlines()]


@pytest.mark.parametrize(
    ("changes", "reason", "accepted"),
    [
        ({"certificate_until": DAY}, "uncertified", True),
        ({"in_post": False}, "departed", False),
        ({"leave_from": DAY, "leave_until": DAY + timedelta(days=30)}, "leave", True),
    ],
    ids=["lapsed", "left", "on leave"],
)
def test_the_seat_of_whoever_cannot_go_passes_on_by_the_rule_with_its_reason(
    store: Store, hand: Hand, changes: dict[str, object], reason: str, accepted: bool
) -> None:
    office, phones, visit = drawn(store, hand)
    first, second = team(office, visit)
    if accepted:
        with store.begin() as tx:
            dispatch.accept(tx, dispatch.seat_name(first), hand())
    register(office, first, **changes)
    pushed = len(phones.messages)
    assert look(office) == 1
    settle(office)
    assert [one.data["seat"] for one in phones.off] == [first.name], (
        "who has the assignment hears that it is his or hers no longer"
    )
    settle(office)
    seats = team(office, visit)
    assert (seats[0].state, seats[0].reason) == (SeatState.RELIEVED, reason)
    assert [seat.state.open for seat in seats] == [False, True, True]
    assert seats[1].inspector not in {first.inspector, second.inspector}
    (line,) = afterwards(office, visit)
    assert (line["kind"], line["out"], line["in"], line["reason"]) == ("redeal", first.inspector, seats[1].inspector, reason)
    assert len(phones.messages) == pushed + 1, "the one who is dealt the seat is asked"
    assert look(office) == 0, "looking again changes nothing"
    replayed(office, visit.draw)
    with store.begin() as tx, pytest.raises(Refusal, match="seat_closed"):
        dispatch.accept(tx, dispatch.seat_name(first), hand())


@pytest.mark.parametrize(
    "changes", [{"leave_from": DAY - timedelta(days=9), "leave_until": DAY}, {"leave_from": date(2026, 8, 1)}]
)
def test_a_leave_that_is_over_or_has_not_begun_changes_nothing(store: Store, hand: Hand, changes: dict[str, object]) -> None:
    office, _, visit = drawn(store, hand)
    register(office, team(office, visit)[0], **changes)
    assert look(office) == 0


def test_a_certificate_that_lapses_by_its_date_alone_is_seen_by_the_daily_look(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand)
    first, second = team(office, visit)
    with store.begin() as tx:
        for seat in (first, second):
            dispatch.accept(tx, dispatch.seat_name(seat), hand())
    register(office, first, certificate_until=hand().date() + timedelta(days=2))
    hand.on(days=2)
    assert look(office) == 0, "the last day is a day of the certificate"
    hand.on(days=1)
    with store.begin() as tx:
        tx.work.order([Order(kind=OrderKind.ROSTER_LOOK, key="roster.look:1", due_at=hand(), urgent_by=hand())], hand())
    settle(office)
    assert team(office, visit)[0].state is SeatState.RELIEVED


def test_whoever_left_the_register_holds_no_seat(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand)
    first = team(office, visit)[0]
    with store.begin() as tx:
        tx.rosters.remove_inspectors("bureau", [first.inspector], hand())
    assert look(office) == 1
    assert team(office, visit)[0].reason == "departed"


def put_on_leave(office: Office, staff: str, *, away: bool = True) -> None:
    """What the keeper of the register enters, and may take back."""
    since = DAY if away else None
    with office.store.begin() as tx:
        tx.rosters.put_inspectors([replace(tx.rosters.inspector("bureau", staff), leave_from=since)])


def test_no_number_of_leaves_walks_a_seat_to_a_chosen_inspector(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=8)
    dealt = [seat.inspector for seat in team(office, visit)]
    away = []
    while sitting := [seat.inspector for seat in team(office, visit) if seat.state.open]:
        away.append(sitting[-1])
        put_on_leave(office, away[-1])
        assert look(office) == 1
    reached = {seat.inspector for seat in team(office, visit)} - {*dealt}
    assert (len(away), len(reached)) == (2, 1), "once the rule has named somebody; the second leave ends it"
    for staff in away:
        put_on_leave(office, staff, away=False)
    assert look(office) == 0
    (owed,) = visits(office, visit.draw)
    assert (owed.state, [seat.inspector for seat in team(office, visit) if seat.state.open]) == (VisitState.OWED, [])
    lines = [(line["kind"], line["reason"]) for line in afterwards(office, visit)]
    assert lines == [("redeal", "leave"), ("withdrawn", "leave")]
    replayed(office, visit.draw)
    with store.begin() as tx:
        made = supplement.announce(office, tx, "weekly", by="李科长", now=hand())
    assert made is not None, "a seed that nobody knows deals it anew"
    settle(office)
    carried_out(office, hand, made.number)
    (anew,) = visits(office, made.number)
    assert (anew.state, anew.replaces, visits(office, visit.draw)[0].state) == (
        VisitState.ASSIGNED,
        visit.id,
        VisitState.CANCELLED,
    )


@pytest.mark.parametrize(
    "second", [{"in_post": False}, {"certificate_until": DAY}], ids=["who has left the post", "whose certificate has lapsed"]
)
def test_whatever_the_register_says_the_second_time_the_visit_is_owed(
    store: Store, hand: Hand, second: dict[str, object]
) -> None:
    office, _, visit = drawn(store, hand, staff=8)
    first, other = team(office, visit)
    register(office, first, leave_from=DAY)
    assert look(office) == 1
    register(office, other, **second)
    assert look(office) == 1
    assert visits(office, visit.draw)[0].state is VisitState.OWED
    replayed(office, visit.draw)


def test_nor_do_leaves_entered_in_advance_say_where_a_re_deal_ends(store: Store, hand: Hand) -> None:
    office, phones, visit = drawn(store, hand, staff=8)
    dealt = [seat.inspector for seat in team(office, visit)]
    others = [row.id for row in inspectors(8) if row.id not in dealt]
    pushed = len(phones.messages)
    for staff in (*others, dealt[0]):
        put_on_leave(office, staff)
    look(office)
    settle(office)
    seats = team(office, visit)
    assert len({seat.inspector for seat in seats} - {*dealt}) == 1, "one step by the rule, and not on to whoever is left"
    assert visits(office, visit.draw)[0].state is VisitState.OWED
    assert len(phones.messages) == pushed, "who cannot go is not asked"
    replayed(office, visit.draw)


def test_with_nobody_left_the_visit_is_short_and_a_person_is_told(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=2)
    register(office, team(office, visit)[0], in_post=False)
    assert look(office) == 1
    with store.read() as tx:
        assert tx.visits.get(visit.id).state is VisitState.SHORT
        assert "team_short" in [row["kind"] for row in tx.attention.page(None)]
    assert afterwards(office, visit)[-1]["in"] is None
    replayed(office, visit.draw)


def test_a_visit_that_is_done_keeps_its_team(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand)
    seats = team(office, visit)
    with store.begin() as tx:
        for seat in seats:
            dispatch.accept(tx, dispatch.seat_name(seat), hand())
        findings = [Finding(case_id=doubt.case_id, claim=doubt.claim, verdict=Verdict.MATCH) for doubt in visit.doubts]
        dispatch.report(office, tx, dispatch.seat_name(seats[0]), findings, "", hand())
    register(office, seats[0], in_post=False)
    assert look(office) == 0
    assert {seat.state for seat in team(office, visit)} == {SeatState.DONE}


def test_nobody_is_pushed_a_visit_that_he_may_not_make(store: Store, hand: Hand) -> None:
    office, phones, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    with store.begin() as tx:  # between the frozen frame and the push the register changes
        tx.rosters.put_inspectors([replace(row, in_post=row.id in {"Z004", "Z005"}) for row in inspectors(5)])
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    assert {message.to for message in phones.messages} <= {"phone-4", "phone-5"}
    assert sorted(seat.inspector for seat in team(office, visit) if seat.state.open) in ([], ["Z004", "Z005"]), "whole, or owed"
    replayed(office, held.number)

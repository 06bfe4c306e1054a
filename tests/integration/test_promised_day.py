"""The day on which a draw's record opens at the latest: nobody puts it off by dealing visits anew, but in sight of all.

It moves for a visit that may be made behind it, to that one's date, each time: the ledger says so, and a person looks why. What has opened
stays open.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inspector.domain.errors import Refusal
from inspector.domain.plan import Draw, DrawState
from inspector.domain.visit import Visit, VisitState
from inspector.flows import embargo
from inspector.flows.attention import close
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.flows.publish import commitment_of, public_bundle, receipt_of
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import FACTS, visits
from tests.integration.test_published import made as are_made
from tests.integration.test_published import next_draw
from tests.integration.test_supplement import deal_anew, enlarge, short_visit

pytestmark = pytest.mark.alike


def until(office: Office, number: str, now: datetime) -> str:
    """What whoever asks for the public bundle is told."""
    with office.store.read() as tx, pytest.raises(Refusal, match="draw_embargoed") as caught:
        public_bundle(office, tx, number, now)
    return str(caught.value.facts["until"])


def moment(told: str, hand: Hand) -> datetime:
    """The moment that was told."""
    return datetime.fromisoformat(told).replace(tzinfo=hand().tzinfo)


def put_off(office: Office) -> list[Mapping[str, object]]:
    """What heads are told of days that have moved."""
    with office.store.read() as tx:
        return tx.attention.standing(embargo.PUT_OFF)


def test_the_day_stands_though_a_visit_is_dealt_anew_with_a_later_date(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    told = until(office, first.number, hand())
    hand.on(days=25)
    settle(office)
    enlarge(office)
    made = deal_anew(office)
    assert made is not None
    settle(office)
    carried_out(office, hand, made.number)
    (again,) = visits(office, made.number)
    assert again.state is VisitState.ASSIGNED
    assert until(office, first.number, hand()) == told
    assert until(office, made.number, hand()) > told, "its own record has a day of its own"
    assert f"{again.due_at:%Y-%m-%d}" < told, "by the time it opens all have had their time"
    assert put_off(office) == []
    hand.now = moment(told, hand)
    with store.read() as tx:
        files = public_bundle(office, tx, first.number, hand())
    assert again.code.encode() not in b"".join(files.values()), "who is still to be visited is not named"


def dealt_late(office: Office, hand: Hand, number: str, told: str, *, before: timedelta) -> Visit:
    """A visit of a draw is dealt anew near the day that was told for it, or behind it."""
    hand.now = moment(told, hand) - before
    settle(office)
    enlarge(office)
    made = deal_anew(office)
    assert made is not None
    settle(office)
    carried_out(office, hand, made.number)
    (again,) = visits(office, made.number)
    assert again.state is VisitState.ASSIGNED
    assert f"{again.due_at:%Y-%m-%d %H:%M}" > told
    return again


@pytest.mark.slow
def test_a_day_moves_only_for_a_visit_that_may_be_made_after_it_and_a_person_hears_why(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    told = until(office, first.number, hand())
    again = dealt_late(office, hand, first.number, told, before=timedelta(days=7))
    assert hand() < moment(told, hand)
    later = f"{office.calendar.local(again.due_at):%Y-%m-%d %H:%M}"
    assert until(office, first.number, hand()) == later, "nobody computes who is still to be visited"
    (matter,) = put_off(office)
    assert matter == {"draw": first.number, "was": told, "until": later, "of": again.draw, "by": ["李科长"]}
    with store.read() as tx:
        (entry,) = [json.loads(row["body"]) for row in tx.ledger.about(first.number) if row["rule"] == "draw.put_off"]
        assert entry["facts"] == {"was": told, "until": later, "of": again.draw}
        assert entry["basis"]
    matter_id = f"record_put_off:{first.number}"
    with store.begin() as tx, pytest.raises(Refusal, match="attention_own"):
        close(tx, matter_id, "李科长", hand())  # who has announced it
    with store.begin() as tx:
        close(tx, matter_id, "王局长", hand())
    hand.now = moment(later, hand)
    with store.read() as tx:
        assert public_bundle(office, tx, first.number, hand()), "no longer than till its date, though it was not made"


@pytest.mark.slow
def test_what_has_opened_is_never_closed_again(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    told = until(office, first.number, hand())
    dealt_late(office, hand, first.number, told, before=timedelta())
    with store.read() as tx:
        assert public_bundle(office, tx, first.number, hand())
        assert commitment_of(office, tx, tx.draws.get(first.number), hand())
    assert put_off(office) == [], "nothing has moved"


@pytest.mark.slow
@pytest.mark.parametrize("over", [True, False], ids=["all its visits are over", "one is left"])
def test_a_visit_that_is_owed_again_closes_no_open_record(store: Store, hand: Hand, over: bool) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=3)
    carried_out(office, hand, held.number)
    first, second, third = visits(office, held.number)
    with store.begin() as tx:
        for one in (first, second, third) if over else (first, second):
            tx.visits.put(replace(tx.visits.get(one.id, lock=True), state=VisitState.CANCELLED))
    with store.begin() as tx:
        back = tx.visits.put(replace(tx.visits.get(first.id, lock=True), state=VisitState.OWED))
        embargo.keep(office, tx, back, second if not over else replace(third, id="another"), hand())
    with store.read() as tx:
        assert (embargo.closed(office, tx, tx.draws.get(held.number), hand()) is None) is over


def test_the_day_stands_though_the_calendar_or_the_pack_would_say_another_by_now(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=2)
    carried_out(office, hand, held.number)
    told = until(office, held.number, hand())
    longer = tuple(
        replace(one, publish=replace(one.publish, after=replace(one.publish.after, amount=one.publish.after.amount + 30)))
        for one in office.book.packs
    )
    assert until(replace(office, book=replace(office.book, packs=longer)), held.number, hand()) == told


@pytest.mark.slow
def test_before_a_draw_is_carried_out_no_day_is_told_that_its_own_visits_would_move(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    weekly = office.plans["weekly"]
    office = replace(office, plans={name: replace(weekly, name=name) for name in ("weekly", "monthly")})
    _, first = announced(office, hand, cases=2)
    carried_out(office, hand, first.number)
    post(office, application(9, "dispatch-premises", FACTS))
    settle(office)
    second = next_draw(office, hand)
    with store.read() as tx, pytest.raises(Refusal, match="receipt_tells"):
        receipt_of(office, tx, second.number, "TEST00000000000009", hand())
    carried_out(office, hand, second.number)
    told = until(office, second.number, hand())
    hand.on(days=1)
    assert until(office, second.number, hand()) == told
    hand.now = datetime.fromisoformat(told).replace(tzinfo=hand().tzinfo) + timedelta(minutes=1)
    with store.read() as tx:
        assert public_bundle(office, tx, second.number, hand())


def overtaking(store: Store, hand: Hand, back: timedelta = timedelta()) -> tuple[Office, Draw, Draw]:
    """A draw that is committed to and not drawn, and one behind it that is; between them the clock was set back."""
    office, _, _ = short_visit(store, hand, plans=2)
    enlarge(office)
    for number in range(20, 40):
        post(office, application(number, "dispatch-premises", FACTS))
    settle(office)
    before = next_draw(office, hand)
    hand.now -= back
    made = deal_anew(office)
    assert made is not None
    settle(office)
    hand.now += back
    return office, before, carried_out(office, hand, made.number)


@pytest.mark.slow
def test_a_record_that_names_the_draw_before_waits_until_that_one_is_drawn(store: Store, hand: Hand) -> None:
    office, before, after = overtaking(store, hand)
    are_made(office, hand, after.number)
    with store.read() as tx:
        seeding = tx.draws.get(before.number)
        assert (after.prev, seeding.drawn_at) == (seeding.c, None)
        with pytest.raises(Refusal, match="draw_embargoed") as caught:
            public_bundle(office, tx, after.number, hand())
    assert (caught.value.facts["of"], caught.value.facts["until"]) == (before.number, "—")


@pytest.mark.slow
def test_a_record_tells_nothing_of_the_draw_before_until_that_ones_own_day(store: Store, hand: Hand) -> None:
    office, before, after = overtaking(store, hand)
    own = after.opens_by
    assert own is not None
    with store.read() as tx:
        assert commitment_of(office, tx, after, hand()) is None
    carried_out(office, hand, before.number)
    are_made(office, hand, after.number)
    later = own + timedelta(days=5)  # the one before was carried out late
    with store.begin() as tx:
        for one in tx.visits.of_draw(before.number):
            tx.visits.put(replace(one, due_at=one.due_at + timedelta(days=5)))
        tx.draws.put(replace(tx.draws.get(before.number), opens_by=later))
    assert moment(until(office, after.number, hand()), hand) == later.replace(second=0, microsecond=0)
    assert moment(until(office, after.number, own + timedelta(minutes=1)), hand) == later.replace(second=0, microsecond=0)
    hand.now = later
    with store.read() as tx:
        assert public_bundle(office, tx, after.number, hand())
        assert embargo.closed(office, tx, tx.draws.get(before.number), hand()) is None


@pytest.mark.slow
def test_a_day_that_has_passed_moves_too_while_a_draw_before_keeps_the_record_closed(store: Store, hand: Hand) -> None:
    """Its own day alone opens nothing: it would open with that of the draw before, and tell who is still to be visited."""
    office, before, after = overtaking(store, hand)
    assert after.opens_by is not None
    hand.now = after.opens_by + timedelta(days=1)
    with store.begin() as tx:
        (left,) = tx.visits.of_draw(after.number)
        assert embargo.own_day(office, tx, after, hand()) is None, "its own visit keeps it closed no more"
        again = tx.visits.put(replace(left, due_at=hand() + timedelta(days=9)))
        embargo.keep(office, tx, again, left, hand())
        assert tx.draws.get(after.number).opens_by == again.due_at
    told = f"{office.calendar.local(again.due_at):%Y-%m-%d %H:%M}"
    assert [(one["draw"], one["until"]) for one in put_off(office)] == [(after.number, told)]
    with store.begin() as tx:  # the draw before has ended without anybody to visit
        tx.draws.put(replace(tx.draws.get(before.number), state=DrawState.VOID))
        why = embargo.closed(office, tx, tx.draws.get(after.number), hand())
    assert why is not None
    assert why.day(office) == told


def test_a_draw_begins_behind_what_it_waited_for_though_its_clock_was_read_before(store: Store, hand: Hand) -> None:
    office, _, _ = short_visit(store, hand, plans=2)
    first = carried_out_at(office)
    post(office, application(9, "dispatch-premises", FACTS))
    settle(office)
    before = hand.now - timedelta(seconds=2)
    with store.begin() as tx:
        made = announce_now(office, tx, "monthly", "clerk", before)
    assert made is not None
    assert before < first <= made.made_at
    with store.read() as tx:
        given = [one.opened_at for one in tx.visits.of_draw("bureau-2026-00001")]
    assert max(given) <= made.made_at


@pytest.mark.slow
def test_a_commitment_is_later_than_the_one_that_it_names(store: Store, hand: Hand) -> None:
    office, _, _ = short_visit(store, hand, plans=2)
    enlarge(office)
    post(office, application(9, "dispatch-premises", FACTS))
    settle(office)
    before = next_draw(office, hand)
    made = deal_anew(office)
    assert made is not None
    hand.now -= timedelta(seconds=2)
    settle(office)
    with store.read() as tx:
        after, before = tx.draws.get(made.number), tx.draws.get(before.number)
        assert after.prev == before.c
        assert before.announced_at is not None
        assert after.announced_at is not None
        assert before.announced_at < after.announced_at
        assert embargo.undrawn(tx, after) == [before.number]


@pytest.mark.slow
def test_a_record_waits_for_the_visits_of_the_draw_that_its_commitment_names_though_a_clock_was_set_back(
    store: Store, hand: Hand
) -> None:
    office, before, after = overtaking(store, hand, back=timedelta(minutes=6))
    with store.read() as tx:
        first = tx.draws.get(before.number)
        assert after.prev == first.c
        assert first.announced_at is not None
        assert after.announced_at is not None
        assert after.announced_at < first.announced_at, "its date is before that of the one it names"
        assert (embargo.undrawn(tx, after), embargo.undrawn(tx, first)) == ([before.number], [])
    carried_out(office, hand, before.number)
    are_made(office, hand, after.number)
    with store.read() as tx, pytest.raises(Refusal, match="draw_embargoed") as caught:
        public_bundle(office, tx, after.number, hand())
    assert caught.value.facts["of"] == before.number
    are_made(office, hand, before.number)
    with store.read() as tx:
        assert public_bundle(office, tx, after.number, hand())


def carried_out_at(office: Office) -> datetime:
    """When the first draw was carried out."""
    with office.store.read() as tx:
        at = tx.draws.get("bureau-2026-00001").drawn_at
    assert at is not None
    return at

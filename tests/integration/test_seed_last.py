"""The last minutes and rows that are put off: nobody is named or accused for what the program or whoever runs it has done late."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.decision import Order, OrderKind
from inspector.domain.plan import DrawState
from inspector.domain.register import EntryKind
from inspector.flows import lapse
from inspector.flows.parts import reveal as write_down
from inspector.ports import Barred, Origin, Refused, Unavailable
from inspector.store.store import Store
from inspector.store.tables import EPOCH, lane, work
from tests.house import Hand
from tests.integration.test_draw_way import Party, agreeing, announced, drawing
from tests.integration.test_seed_asked import Failing, days, having, look, order, preparing, told
from tests.integration.test_seed_attacks import kept_from_justice, paused
from tests.integration.test_seed_unasked import figures, worked

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def test_who_is_asked_for_the_first_time_in_the_last_minute_has_withheld_nothing(store: Store, hand: Hand) -> None:
    office, held, ends = kept_from_justice(store, hand)
    hand.now = ends - timedelta(minutes=1)
    paused(office, hand, "justice", on=False)
    worked(having(office, justice=Failing(Unavailable("timeout"))))
    hand.now = ends
    worked(office)
    assert told(office, held)[2:] == ((), ("justice",))


def test_who_turns_our_calls_away_is_neither_said_to_withhold_anything_nor_not_to_have_been_asked(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    away = having(office, justice=Failing(Barred("unauthorised")))
    figures(away, hand, held)
    ends = agreeing(office, held.number).reveal_by
    assert ends is not None
    for before in (timedelta(hours=2), timedelta(0)):
        with store.begin() as tx:  # the breaker's time is the machine's, which has not gone on
            tx.connection.execute(sa.update(lane).values(open_until=EPOCH))
        hand.now = ends - before
        worked(away)
    assert told(office, held) == (DrawState.VOID, "turned_away:justice:unauthorised", (), ())
    with store.read() as tx:
        (entry,) = [one for one in tx.register.of_draw(held.agency, held.number) if one.kind is EntryKind.VOID]
        assert entry.facts["turned_away"] == ["justice"], "whoever counts how often a part was lacking finds it"
    assert agreeing(office, held.number).turned_away == ("justice",)


def test_a_call_that_begins_in_time_was_made_in_time_however_long_it_took(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    figures(having(office, justice=Failing(Unavailable("timeout"))), hand, held)
    ends = agreeing(office, held.number).reveal_by
    assert ends is not None
    behind = ends + timedelta(seconds=10)

    class Slow(Party):
        def reveal(self, *_: object, **_also: object) -> dict[str, object]:
            hand.now = behind
            raise Unavailable("timeout")

    hand.now = ends - timedelta(seconds=10)
    worked(having(office, justice=Slow("justice")))
    worked(office)
    assert told(office, held)[2:] == (("justice",), ())


@pytest.mark.parametrize("planted", ["draw.carry_out", "draw.overdue"])
def test_nobody_lays_the_orders_of_a_later_look_there_as_done(store: Store, hand: Hand, planted: str) -> None:
    office, held, ends = kept_from_justice(store, hand)
    if planted == "draw.carry_out":
        with store.begin() as tx:
            part = Party("justice").reveal(held.number, {}, (), key="")
            write_down(office, tx, tx.draws.get(held.number, lock=True), "justice", part, str(part["nonce"]), hand())
    with store.begin() as tx:
        tx.connection.execute(sa.delete(work).where(work.c.key.like(f"draw.%:{held.number}%")))
        laid = [f"{planted}:{held.number}:{(ends + timedelta(days=count)).date()}" for count in range(9)]
        made = Order(kind=OrderKind.DRAW_CARRY_OUT, key="", due_at=hand(), urgent_by=hand(), payload={"draw": held.number})
        tx.work.order([replace(made, key=key) for key in laid], hand())
        tx.connection.execute(sa.update(work).where(work.c.key.in_(laid)).values(state="done"))
    paused(office, hand, "justice", on=False)
    hand.now = ends + timedelta(days=2)
    look(office)
    assert agreeing(office, held.number).state is (DrawState.DRAWN if planted == "draw.carry_out" else DrawState.VOID)


def test_who_is_asked_again_only_behind_the_last_moment_has_withheld_nothing(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    wrong = having(office, justice=Failing(Refused("http_400", origin=Origin.THEM)))
    figures(wrong, hand, held)
    ends = agreeing(office, held.number).reveal_by
    assert ends is not None
    hand.now = ends + timedelta(minutes=30)  # the house was down meanwhile
    worked(wrong)
    assert told(office, held)[2:] == ((), ("justice",))


def test_people_who_are_told_to_type_in_the_last_minute_have_withheld_nothing(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    ends = agreeing(office, held.number).figures_by
    assert ends is not None
    for hand.now in (ends - timedelta(minutes=1), ends):
        worked(office)
    assert told(office, held)[2:] == ((), ("dice",))


@pytest.mark.parametrize("early", [True, False])
def test_an_order_to_tell_people_that_came_late_is_altered_only_where_they_were_told_too_late(
    store: Store, hand: Hand, *, early: bool
) -> None:
    """The program itself tries it anew after a fault, and a person sends it round again: people were told in time all the same."""
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    made = agreeing(office, held.number)
    assert made.seed_at is not None
    assert made.figures_by is not None
    when = made.seed_at + timedelta(minutes=2) if early else made.figures_by - timedelta(minutes=1)
    order(store, held, "overdue", ":due", state="waiting", due_at=when)
    for hand.now in (when, made.figures_by):
        worked(office)
    state, reason, withheld, _ = told(office, held)
    assert state is DrawState.VOID
    assert withheld == (("dice",) if early else ())
    assert str(reason).startswith("withheld:dice" if early else "REGISTER_CHANGED:record")
    assert lapse.ASKED in {one["rule"] for one in rows(store, held.number)}


@pytest.mark.parametrize("values", [{"state": "waiting"}, {"state": "quarantined"}], ids=["later", "quarantined"])
@pytest.mark.parametrize("kind", ["carry_out", "lodge"])
def test_no_order_that_somebody_puts_aside_keeps_a_draw_open_for_longer_than_a_day(
    store: Store, hand: Hand, kind: str, values: dict[str, object]
) -> None:
    office, _, _ = drawing(store, hand)
    if kind == "lodge":
        held = preparing(office, hand)
        paused(office, hand, "notary")
        worked(office)
    else:
        _, held = announced(office, hand)
        paused(office, hand, "justice")
        figures(office, hand, held)
        worked(office)
        with store.begin() as tx:
            part = Party("justice").reveal(held.number, {}, (), key="")
            write_down(office, tx, tx.draws.get(held.number, lock=True), "justice", part, str(part["nonce"]), hand())
    order(store, held, kind, "", due_at=hand() + timedelta(days=36500), **values)
    paused(office, hand, "notary", on=False)
    days(office, hand, 5)
    was = agreeing(office, held.number).state
    look(office)
    assert (was, agreeing(office, held.number).state) == (
        (DrawState.ANNOUNCED, DrawState.SEEDING) if kind == "lodge" else (DrawState.SEEDING, DrawState.DRAWN)
    )


def test_a_draw_that_an_older_release_prepared_lacks_entries_and_accuses_nobody(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _, _ = drawing(store, hand)
    with monkeypatch.context() as older:
        older.setattr("inspector.domain.plan.PROMISED_BY", "unknown_then")
        older.setattr(lapse, "_enter", lambda *_, **_also: None)
        _, held = announced(office, hand)
        hand.now = agreeing(office, held.number).seed_at or hand.now
        worked(office)
    hand.now = agreeing(office, held.number).figures_by or hand.now
    worked(office)
    assert told(office, held) == (DrawState.VOID, "unasked:dice:ceremony_waiting", (), ("dice",))


def rows(store: Store, number: str) -> list[dict[str, object]]:
    with store.read() as tx:
        return [dict(row) for row in tx.ledger.about(number)]


@pytest.mark.parametrize("what", ["lane", "payload"])
def test_an_order_that_somebody_led_elsewhere_is_altered_and_brings_no_next_number(store: Store, hand: Hand, what: str) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    silent = having(office, justice=Failing(Unavailable("timeout")))
    figures(silent, hand, held)
    order(
        store, held, **{what: "nobody" if what == "lane" else json.dumps({"draw": held.number, "party": "justice", "by": "me"})}
    )
    ends = agreeing(office, held.number).reveal_by
    assert ends is not None
    for hand.now in (ends - timedelta(hours=1), ends):
        worked(silent)
    assert told(office, held) == (DrawState.VOID, "REGISTER_CHANGED:record", (), ())
    assert agreeing(office, held.number).lacked == ()


@pytest.mark.parametrize("until", ["2026-01-01T00:00:00+08:00", None])
def test_an_order_to_tell_people_that_tells_another_date_than_the_draws_is_altered(
    store: Store, hand: Hand, until: str | None
) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    made = agreeing(office, held.number)
    assert made.seed_at is not None
    assert made.figures_by is not None
    said = {"draw": held.number, "parties": [], "wanted": ["dice"], "until": until or made.figures_by.isoformat()}
    order(store, held, "overdue", ":due", payload=json.dumps(said))
    for hand.now in (made.seed_at, made.figures_by):
        worked(office)
    assert str(told(office, held)[1]).startswith("REGISTER_CHANGED:record" if until else "withheld:dice")

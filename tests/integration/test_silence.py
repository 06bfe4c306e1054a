"""Nobody is said to have withheld its part by an outage of ours, of the line, or by an entry that was altered (decision 122)."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.decision import Because
from inspector.domain.plan import Draw, DrawState
from inspector.flows import footing, queue
from inspector.flows.office import Office
from inspector.flows.seeding import type_figures
from inspector.ports import NotYet, Origin, PortError, Unavailable
from inspector.store.store import Store
from inspector.store.tables import ledger
from inspector.store.tx import Tx, new_id
from tests.house import Hand
from tests.integration.test_caps import matters
from tests.integration.test_draw_way import agreeing, announced, drawing, thrown
from tests.integration.test_next_number import LOST, after, look, void, written
from tests.integration.test_seed_asked import Failing, Wired, having, preparing, told
from tests.integration.test_seed_unasked import ended, figures, worked
from tests.integration.test_seed_unreached import LINE, leading

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def failing(name: str, error: Exception) -> Failing:
    made = Failing(error)
    made.name = name
    return made


def test_who_was_heard_until_our_line_went_dead_has_withheld_nothing(store: Store, hand: Hand) -> None:
    """It may answer 202 until its last moment; what it would have given then, nobody knows."""
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    wait = having(office, justice=Failing(NotYet("reveal_waiting", origin=Origin.THEM)))
    figures(wait, hand, held)
    until = agreeing(office, held.number).reveal_by
    assert until is not None
    hand.now = until - timedelta(hours=2, minutes=55)
    worked(wait)
    out = having(office, justice=Failing(Unavailable("unreachable")))
    for minutes in (150, 60, 10, 0):
        hand.now = until - timedelta(minutes=minutes)
        worked(out)
    made = agreeing(office, held.number)
    assert (made.state, made.withheld, made.turned_away) == (DrawState.VOID, (), ("justice",))


@pytest.mark.parametrize("typed", [False, True], ids=["nobody typed", "one typed"])
def test_our_house_was_down_when_the_figures_were_to_be_typed_and_no_ceremony_is_named(
    store: Store, hand: Hand, *, typed: bool
) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    made = agreeing(office, held.number)
    assert made.seed_at is not None
    assert made.figures_by is not None
    hand.now = made.seed_at
    worked(office)
    if typed:
        with store.begin() as tx:
            type_figures(office, tx, held.number, "赵", thrown(held.number), hand())
    hand.now = made.figures_by + timedelta(hours=3)
    worked(office)
    gone = agreeing(office, held.number)
    assert (gone.state, gone.withheld, gone.unasked) == (DrawState.VOID, (), ("dice",))


def altered(store: Store, rule: str, change: Callable[[dict[str, object]], str]) -> None:
    """Whoever keeps the database writes other facts under what was sealed; `change` gives the rule that it shall have."""
    with store.begin() as tx:
        rows = tx.connection.execute(sa.select(ledger.c.id, ledger.c.body).where(ledger.c.rule == rule)).all()
        for row in rows:
            body = json.loads(row.body)
            named = change(body["facts"])
            tx.connection.execute(sa.update(ledger).where(ledger.c.id == row.id).values(rule=named, body=json.dumps(body)))


def test_an_entry_that_was_altered_names_nobody_and_brings_no_next_number(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    out = having(office, justice=Failing(Unavailable("unreachable"), at="promise"))
    held = preparing(out, hand)
    with store.read() as tx:
        until = footing.promised_by(tx, held.number)
    assert until is not None
    while hand.now < until - timedelta(minutes=30):
        worked(out)
        hand.now = min(hand.now + timedelta(hours=6), until - timedelta(minutes=30))
    worked(out)

    def silent(facts: dict[str, object]) -> str:
        facts.update({"met": "silence", "error": "timeout"} if facts["party"] == "justice" else {})
        return "draw.asked"

    altered(store, "draw.asked", silent)
    hand.now = until + timedelta(minutes=1)
    worked(out)
    assert told(office, held) == (DrawState.VOID, "REGISTER_CHANGED:record", (), ())


def test_a_forwarder_that_takes_every_connection_and_lets_it_lie_makes_no_party_silent(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    with ExitStack() as stack:
        wires = []
        for _ in range(2):
            there = stack.enter_context(socket.socket())
            there.bind(("127.0.0.1", 0))
            there.listen(64)
            url = f"http://127.0.0.1:{there.getsockname()[1]}"
            wires.append(stack.enter_context(leading(url, read_seconds=0.05, budget_seconds=0.2)))
        ended(having(office, justice=Wired(wires[0]), audit=Wired(wires[1], "audit")), hand, held)
    _asked_about_the_line(office, held)


@pytest.mark.parametrize(
    "error", [Unavailable("http_503", origin=Origin.THEM), Unavailable("http_502", origin=Origin.THEM), Unavailable("timeout")]
)
def test_where_nothing_came_from_any_party_in_the_same_hours_none_is_named(store: Store, hand: Hand, error: PortError) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    ended(having(office, justice=failing("justice", error), audit=failing("audit", error)), hand, held)
    _asked_about_the_line(office, held)


def test_a_gateway_that_says_it_has_not_reached_the_party_is_not_the_party(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    ended(having(office, justice=Failing(Unavailable("http_504", origin=Origin.THEM))), hand, held)
    made = agreeing(office, held.number)
    assert (made.withheld, made.turned_away) == ((), ("justice",))


def _asked_about_the_line(office: Office, held: Draw) -> None:
    made = agreeing(office, held.number)
    assert (made.state, made.withheld, made.turned_away) == (DrawState.VOID, (), ("justice", "audit"))
    assert [one["about"] for one in matters(office, LINE)] == [held.number]


@pytest.mark.parametrize("kind", ["draw_no_further", queue.OVERTAKEN])
def test_no_row_of_the_peoples_list_keeps_the_next_number_back(store: Store, hand: Hand, kind: str) -> None:
    """Matters are not sealed: whoever keeps the database writes and closes what he likes."""
    office, held = void(store, hand)
    written(store)
    about = held.number if kind == "draw_no_further" else f"{held.plan}:{held.slot}+"
    with store.begin() as tx:
        tx.attention.open(kind, held.agency, about, {"draw": held.number}, hand())
        tx.attention.close(f"{kind}:{about}", hand())
    look(office, hand)
    assert after(store, held) is not None
    assert [one["about"] for one in matters(office, LOST)] == [held.number]


def test_no_entry_that_was_altered_keeps_the_next_number_back_in_silence(store: Store, hand: Hand) -> None:
    office, held = void(store, hand)
    written(store)
    with store.begin() as tx:
        _entry(tx, held, hand)

    def nothing(facts: dict[str, object]) -> str:
        facts.update({"plan": held.plan, "slot": f"{held.slot}+"})
        return "draw.nothing_to_draw"

    altered(store, "x.y", nothing)
    look(office, hand)
    assert [one["about"] for one in matters(office, LOST)] == [held.number], "it is tried"
    (told_of,) = matters(office, "draw_contradicted")
    assert told_of["about"] == f"plan:{held.plan}", "and the records, which no longer hold, are a person's affair first"


def _entry(tx: Tx, held: Draw, hand: Hand) -> None:
    tx.ledger.append(new_id(), held.agency, Because(rule="x.y", basis=(), pack=held.pack, facts={}), {}, hand())

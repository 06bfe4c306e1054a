"""Who is named for want of a part, and when: by what the sealed ledger says of the asking, at the last moment (decision 89)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from connectors.seeds import reveal as revealing
from inspector.domain.decision import Order, OrderKind
from inspector.domain.plan import Draw, DrawState
from inspector.flows import stopped
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.flows.parts import reveal as write_down
from inspector.flows.relief import daily
from inspector.flows.seeding import type_figures
from inspector.ports import Barred, Garbled, Origin, PortError, Refused, Typed, Unavailable
from inspector.store.store import Store
from inspector.store.tables import work
from inspector.testing.peer import answer, peer, raw
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import FACTS, Party, agreeing, announced, drawing, thrown
from tests.integration.test_seed_attacks import following, kept_from_justice, paused
from tests.integration.test_seed_unasked import ended, figures, lacking, worked
from tests.integration.test_supplement import LOOK

pytestmark = [pytest.mark.alike, pytest.mark.slow]

Told = tuple[DrawState, str | None, tuple[str, ...], tuple[str, ...]]


class Failing(Party):
    """A party that we come to nothing with, at the promise or at the reveal."""

    def __init__(self, error: Exception, *, at: str = "reveal") -> None:
        super().__init__("justice")
        self._error, self._at = error, at

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:
        if self._at == "promise":
            raise self._error
        return super().promise(draw, key=key)

    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        raise self._error


class Wired(Party):
    """A party that promises as ever, and is asked for its part over a wire."""

    def __init__(self, wire: revealing.RevealSeed, name: str = "justice") -> None:
        super().__init__(name)
        self._wire = wire

    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        return self._wire.reveal(draw, promise, typed, key=key, w=w)


def having(office: Office, **seeds: Any) -> Office:
    """The same office with other sources of a seed."""
    return replace(office, connectors=replace(office.connectors, seeds={**office.connectors.seeds, **seeds}))


def told(office: Office, held: Draw) -> Told:
    """How a draw stands, and who is named."""
    made = agreeing(office, held.number)
    return made.state, made.void_reason, made.withheld, made.unasked


def preparing(office: Office, hand: Hand) -> Draw:
    """A draw that has just been announced: nobody has promised anything."""
    post(office, application(1, "dispatch-premises", FACTS))
    settle(office)
    with office.store.begin() as tx:
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    return held


def days(office: Office, hand: Hand, count: int) -> None:
    """The daemon runs for some days."""
    for _ in range(count):
        hand.now += timedelta(days=1)
        worked(office)


def order(store: Store, held: Draw, kind: str = "reveal", party: str = ":justice", /, **values: object) -> None:
    """Somebody writes in an order's row."""
    with store.begin() as tx:
        row = sa.update(work).where(work.c.key == f"draw.{kind}:{held.number}{party}").values(**values)
        assert tx.connection.execute(row).rowcount == 1


OURS = [
    Refused("request_malformed", origin=Origin.US),
    Barred("key_unreadable", attempts=0),
    Unavailable("busy", origin=Origin.US, attempts=0),
]


@pytest.mark.parametrize("error", OURS, ids=lambda error: error.code)
def test_what_failed_here_asked_nobody_and_names_nobody(store: Store, hand: Hand, error: PortError) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    ours = having(office, justice=Failing(error))
    figures(ours, hand, held)
    assert agreeing(office, held.number).state is DrawState.SEEDING, "until the last moment it may be mended"
    ended(ours, hand, held)
    assert told(office, held) == (DrawState.VOID, f"unasked:justice:{error.code}", (), ("justice",))


@pytest.mark.parametrize("status", [400, 410, 422])
def test_another_server_that_says_no_voids_nothing_before_the_partys_last_moment(store: Store, hand: Hand, status: int) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    with (
        peer(*[answer(status, {"error": "no such interface"})] * 9) as there,
        closing(revealing.connect("justice", {"url": there.url, "tries": 1})) as wire,
    ):
        figures(having(office, justice=Wired(wire)), hand, held)
        assert there.heard
    assert agreeing(office, held.number).state is DrawState.SEEDING
    hand.now += timedelta(hours=2)
    settle(office)
    assert agreeing(office, held.number).state is DrawState.DRAWN, "its section leads to it again"


def test_who_refuses_until_the_last_moment_is_named_then(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    ended(having(office, justice=Failing(Refused("withdrawn", origin=Origin.THEM))), hand, held)
    assert told(office, held) == (DrawState.VOID, "withheld:justice:no_part", ("justice",), ()), (
        "no answer says more than silence"
    )


def test_a_party_that_was_away_once_and_asked_no_more_by_us_is_not_said_to_have_withheld_anything(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    figures(having(office, justice=Failing(Unavailable("timeout"))), hand, held)
    paused(office, hand, "justice")
    ended(office, hand, held)
    assert told(office, held)[2:] == ((), ("justice",))


@pytest.mark.parametrize("page", ["html", "no"])
def test_a_promise_that_is_none_voids_nothing_before_its_last_moment(store: Store, hand: Hand, page: str) -> None:
    office, _, _ = drawing(store, hand)
    body = b"<html>maintenance</html>"
    shown = raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    replies = [shown if page == "html" else answer(410, {})] * 3
    with peer(*replies) as there, closing(revealing.connect("justice", {"url": there.url, "tries": 1})) as wire:
        held = preparing(office, hand)
        worked(having(office, justice=wire))
        assert there.heard
    assert agreeing(office, held.number).state is DrawState.PREPARING
    hand.now += timedelta(hours=2)
    worked(office)
    assert agreeing(office, held.number).state is DrawState.SEEDING


def test_a_party_that_was_asked_first_by_somebody_else_is_not_said_to_have_withheld_anything(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    ended(having(office, justice=Failing(Refused("http_409", origin=Origin.THEM))), hand, held)
    assert told(office, held) == (DrawState.VOID, "turned_away:justice:reveal_others", (), ())
    assert agreeing(office, held.number).lacked == ("justice",), "the next number goes without it all the same"


def test_two_sections_that_lead_to_one_party_name_neither(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    held = preparing(office, hand)
    twice = having(office, justice=Party("audit"))
    worked(twice)
    assert agreeing(office, held.number).state is DrawState.PREPARING
    days(twice, hand, 5)
    state, _, withheld, unasked = told(office, held)
    assert (state, withheld, len(unasked)) == (DrawState.VOID, (), 1)


@pytest.mark.parametrize("how", ["fault", "released", "gone", "done"])
def test_no_order_for_a_promise_that_is_not_carried_out_keeps_a_draw_for_ever(store: Store, hand: Hand, how: str) -> None:
    office, _, _ = drawing(store, hand)
    held = preparing(office, hand)
    here = (
        having(office, justice=Failing(ValueError("ours"), at="promise"))
        if how in ("fault", "released")
        else lacking(office, "justice")
    )
    worked(here)
    if how == "released":
        for _ in range(3):
            hand.now += timedelta(hours=1)
            worked(here)
        with store.begin() as tx:
            (row,) = tx.work.page(state="quarantined")
            stopped.release(tx, row["id"], "no use", hand())
    if how == "gone":
        with store.begin() as tx:
            tx.connection.execute(sa.delete(work).where(work.c.key == f"draw.promise:{held.number}:justice"))
    if how == "done":
        order(store, held, "promise", state="done")
    days(here, hand, 5)
    if how in ("gone", "done"):
        assert told(office, held) == (DrawState.VOID, "REGISTER_CHANGED:record", (), ())
    else:
        assert told(office, held) == (DrawState.VOID, "unasked:justice", (), ("justice",))


def test_an_order_of_a_draw_that_is_not_there_lies_in_quarantine_as_any_other(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    payload = {"draw": "bureau-2026-09999", "party": "justice"}
    with store.begin() as tx:
        made = Order(kind=OrderKind.DRAW_REVEAL, key="draw.reveal:x:justice", due_at=hand(), urgent_by=hand(), payload=payload)
        tx.work.order([made], hand())
    for _ in range(4):
        worked(office)
        hand.now += timedelta(hours=1)
    with store.read() as tx:
        assert [row["key"] for row in tx.work.page(state="quarantined")] == [made.key]


def test_a_fault_of_the_program_that_lies_in_quarantine_until_the_date_names_nobody(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    ended(having(office, justice=Failing(ValueError("ours"))), hand, held)
    assert told(office, held) == (DrawState.VOID, "unasked:justice", (), ("justice",))


@pytest.mark.parametrize("after", ["in time", "too late"])
def test_a_retried_order_keeps_the_last_moment_of_the_draw(store: Store, hand: Hand, after: str) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    fault = having(office, justice=Failing(ValueError("ours")))
    figures(fault, hand, held)
    for _ in range(3):
        hand.now += timedelta(hours=1)
        worked(fault)
    ends = agreeing(office, held.number).reveal_by
    assert ends is not None
    hand.now = hand.now if after == "in time" else ends + timedelta(minutes=10)
    with store.begin() as tx:
        (row,) = tx.work.page(state="quarantined")
        assert row["key"] == f"draw.reveal:{held.number}:justice"
        stopped.retry(tx, row["id"], hand())
        again = tx.work.keyed(row["key"])
    assert again is not None
    assert (again["state"], again["expires_at"], again["due_at"]) == ("ready", ends, min(hand.now, ends))
    paused(office, hand, "justice")
    hand.now = max(hand.now, ends)
    worked(office)
    assert told(office, held)[2:] == ((), ("justice",))


@pytest.mark.parametrize(
    "values",
    [
        lambda ends: {"state": "waiting", "due_at": ends + timedelta(minutes=59)},
        lambda _ends: {"state": "done"},
        lambda _ends: {"state": "quarantined", "error": "ValueError"},
    ],
    ids=["later", "done", "quarantined"],
)
def test_an_order_that_somebody_has_put_aside_by_hand_brings_no_next_number(
    store: Store, hand: Hand, values: Callable[[datetime], dict[str, object]]
) -> None:
    office, held, ends = kept_from_justice(store, hand)
    order(store, held, **values(ends))
    paused(office, hand, "justice", on=False)
    hand.now = ends
    worked(office)
    assert told(office, held) == (DrawState.VOID, "REGISTER_CHANGED:record", (), ())


def test_of_a_ceremony_nobody_is_named_whom_nobody_told_to_type(store: Store, hand: Hand) -> None:
    office, second = following(store, hand)
    paused(office, hand, "justice")
    figures(office, hand, second)
    made = agreeing(office, second.number)
    assert made.further_by is not None
    hand.now = made.further_by + timedelta(hours=1)  # the house was down meanwhile
    worked(office)
    assert told(office, second) == (DrawState.VOID, "unasked:justice,lottery", (), ("justice", "lottery"))


def test_whoever_hides_from_people_that_figures_are_to_be_typed_gains_no_next_number(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    made = agreeing(office, held.number)
    assert made.figures_by is not None
    order(store, held, "overdue", ":due", state="done")
    hand.now = made.figures_by
    worked(office)
    assert told(office, held) == (DrawState.VOID, "REGISTER_CHANGED:record", (), ())


@pytest.mark.parametrize(
    ("stage", "came"), [("promises", "VOID"), ("lodging", "DRAWN"), ("reveals", "VOID"), ("carrying out", "DRAWN")]
)
def test_no_row_that_somebody_deletes_keeps_a_draw_open_for_longer_than_a_day(
    store: Store, hand: Hand, stage: str, came: str
) -> None:
    office, _, _ = drawing(store, hand)
    held = preparing(office, hand)
    if stage == "promises":
        worked(lacking(office, "justice"))
    else:
        witnessless = stage != "lodging"
        paused(office, hand, "notary", on=not witnessless)
        worked(office)
        assert agreeing(office, held.number).state is (DrawState.SEEDING if witnessless else DrawState.ANNOUNCED)
    if stage in ("reveals", "carrying out"):
        paused(office, hand, "justice")
        figures(office, hand, held)
    if stage == "carrying out":
        with store.begin() as tx:
            part = Party("justice").reveal(held.number, {}, (), key="")
            write_down(office, tx, tx.draws.get(held.number, lock=True), "justice", part, str(part["nonce"]), hand())
    with store.begin() as tx:
        tx.connection.execute(sa.delete(work).where(work.c.key.like(f"draw.%:{held.number}%")))
    paused(office, hand, "notary", on=False)
    days(office, hand, 5)
    assert agreeing(office, held.number).state in (DrawState.PREPARING, DrawState.ANNOUNCED, DrawState.SEEDING), "it hangs"
    look(office)
    if stage == "lodging":
        seeding = agreeing(office, held.number)
        assert seeding.state is DrawState.SEEDING
        figures(office, hand, held)
        worked(office)
    assert agreeing(office, held.number).state == came


def look(office: Office) -> None:
    """The daily look, and what it orders."""
    with office.store.begin() as tx:
        daily(LOOK, office).write(tx, office.now())
    worked(office)


def test_figures_settled_after_everybodys_last_moment_accuse_nobody_of_altering_the_register(store: Store, hand: Hand) -> None:
    """With a further source the times stand: the house was down from the typing until all of them were over."""
    office, second = following(store, hand)
    made = agreeing(office, second.number)
    assert made.seed_at is not None
    assert made.further_by is not None
    hand.now = max(hand.now, made.seed_at)
    worked(office)
    for by in ("赵", "钱"):
        with store.begin() as tx:
            type_figures(office, tx, second.number, by, thrown(second.number), hand())
    hand.now = made.further_by + timedelta(hours=1)
    worked(office)
    state, reason, withheld, unasked = told(office, second)
    assert (state, withheld, unasked) == (DrawState.VOID, (), ("justice", "lottery")), reason


def test_nobody_is_asked_for_the_secret_of_a_draw_that_is_void(store: Store, hand: Hand) -> None:
    asked: list[str] = []

    class Heard(Party):
        def reveal(
            self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
        ) -> Mapping[str, object]:
            asked.append(draw)
            return super().reveal(draw, promise, typed, key=key, w=w)

    office, _, _ = drawing(store, hand)
    office = having(office, justice=Heard("justice"))
    _, held = announced(office, hand)
    paused(office, hand, "justice")
    ended(having(office, audit=Failing(Garbled("not_json", digest="0" * 64))), hand, held)
    assert agreeing(office, held.number).state is DrawState.VOID
    paused(office, hand, "justice", on=False)
    worked(office)
    assert held.number not in asked

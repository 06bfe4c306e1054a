"""What a person hears while there is time: a party's address answers with what is no part of the seed; and what is put off for ever."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.plan import DrawState
from inspector.flows.parts import reveal as write_down
from inspector.ports import Garbled, NotYet, Origin, PortError, Refused, Unavailable
from inspector.store.store import Store
from inspector.store.tables import work
from tests.house import Hand
from tests.integration.test_caps import matters
from tests.integration.test_draw_way import Party, agreeing, announced, drawing
from tests.integration.test_seed_asked import Failing, having, look, preparing
from tests.integration.test_seed_attacks import kept_from_justice, paused
from tests.integration.test_seed_unasked import figures, worked

pytestmark = [pytest.mark.alike, pytest.mark.slow]

AMISS = "draw_part_amiss"
ANSWERS = [
    (Refused("http_410", origin=Origin.THEM), True),
    (Garbled("not_json", digest="0" * 64), True),
    (Refused("http_409", origin=Origin.THEM), True),
    (NotYet("reveal_waiting", origin=Origin.THEM), False),
    (Unavailable("timeout"), False),
]


@pytest.mark.parametrize(("error", "tells"), ANSWERS, ids=lambda one: getattr(one, "code", one))
def test_a_person_hears_of_an_answer_that_is_no_part_in_time_to_telephone(
    store: Store, hand: Hand, error: PortError, *, tells: bool
) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    figures(having(office, justice=Failing(error)), hand, held)
    told = matters(office, AMISS)
    assert bool(told) is tells
    if tells:
        ends = agreeing(office, held.number).reveal_by
        assert ends is not None
        assert hand.now < ends
        assert json.loads(told[0]["body"])["until"] == ends.isoformat()
        assert told[0]["about"] == f"{held.number}:justice"
    hand.now += timedelta(hours=2)
    worked(office)
    assert agreeing(office, held.number).state is DrawState.DRAWN
    assert matters(office, AMISS) == [], "it is over with the part"


def test_a_promise_that_is_none_is_told_too_and_the_matter_is_over_with_the_draw(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    held = preparing(office, hand)
    amiss = having(office, justice=Failing(Refused("http_410", origin=Origin.THEM), at="promise"))
    worked(amiss)
    assert [one["about"] for one in matters(office, AMISS)] == [f"{held.number}:justice"]
    for _ in range(5):
        hand.now += timedelta(days=1)
        worked(amiss)
    assert agreeing(office, held.number).state is DrawState.VOID
    assert f"{held.number}:justice" not in [one["about"] for one in matters(office, AMISS)]


def test_no_order_that_somebody_puts_off_day_after_day_holds_a_known_result_back(store: Store, hand: Hand) -> None:
    office, held, _ = kept_from_justice(store, hand)
    with store.begin() as tx:
        part = Party("justice").reveal(held.number, {}, (), key="")
        write_down(office, tx, tx.draws.get(held.number, lock=True), "justice", part, str(part["nonce"]), hand())
    for _ in range(3):
        with store.begin() as tx:
            row = sa.update(work).where(work.c.key == f"draw.carry_out:{held.number}")
            tx.connection.execute(row.values(state="waiting", due_at=hand.now + timedelta(hours=23)))
        hand.now += timedelta(hours=22)
        look(office)
    paused(office, hand, "justice", on=False)
    assert agreeing(office, held.number).state is DrawState.DRAWN

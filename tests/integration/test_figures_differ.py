"""Figures that are not typed alike: nobody alone stops a ceremony, nobody chooses, a person compares (decision 165). Both databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from inspector.domain.ceremony import alike
from inspector.domain.errors import Refusal
from inspector.domain.plan import Draw, DrawState
from inspector.flows import attention, footing
from inspector.flows.office import Office
from inspector.flows.seeding import DIFFER, Standing, standing, type_figures
from inspector.ports import Typed
from inspector.store.store import Store
from tests.drawn import announced, drawing
from tests.house import Hand, settle
from tests.integration.test_draw_way import Dice, agreeing, thrown
from tests.integration.test_seed_refusals import get, others, seeded

pytestmark = pytest.mark.alike


def says(office: Office, number: str, by: str, figures: str) -> None:
    with office.store.begin() as tx:
        type_figures(office, tx, number, by, figures, office.now())


def due(office: Office, hand: Hand) -> Draw:
    """A draw whose day of the dice has come."""
    held = announced(office, hand, cases=1)[1]
    hand.now = max(hand.now, get(office, held.number).seed_at or hand.now)
    settle(office)
    return get(office, held.number)


def differing(office: Office, number: str) -> dict[str, Any] | None:
    """What the open matter of a draw's dice says; None while there is none."""
    with office.store.read() as tx:
        row = tx.attention.get(f"{DIFFER}:{number}:dice")
    return json.loads(row["body"]) if row is not None and row["closed_at"] is None else None


@dataclass
class Racing(Dice):
    """A ceremony of which somebody types once more just while it is asked."""

    meanwhile: Callable[[], None] | None = None

    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        part = super().reveal(draw, promise, typed, key=key, w=w)
        if (once := self.meanwhile) is not None:
            self.meanwhile = None
            once()
        return part


@pytest.mark.slow
def test_figures_typed_otherwise_while_they_are_taken_up_void_nothing(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    dice = Racing()
    office = seeded(office, dice=dice)
    held = due(office, hand)
    right = thrown(held.number)
    says(office, held.number, "赵", right)
    dice.meanwhile = lambda: says(office, held.number, "钱", thrown("a slip"))
    says(office, held.number, "钱", right)
    settle(office)
    made = agreeing(office, held.number)
    assert (made.state, made.parts, made.void_reason) == (DrawState.SEEDING, {}, None), "nobody has altered anything"
    says(office, held.number, "钱", right)
    settle(office)
    made = agreeing(office, held.number)
    assert (made.state, made.parts["dice"]) == (DrawState.DRAWN, {"kind": "text", "text": right})


@pytest.mark.slow
def test_a_ceremony_of_another_maker_that_answers_figures_which_nobody_typed_is_not_believed(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)

    class Choosing(Dice):
        def reveal(
            self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
        ) -> Mapping[str, object]:
            return {"kind": "text", "text": thrown("what it likes")}

    office = seeded(office, dice=Choosing())
    held = due(office, hand)
    for by in ("赵", "钱"):
        says(office, held.number, by, thrown(held.number))
    settle(office)
    made = agreeing(office, held.number)
    assert (made.state, made.parts) == (DrawState.SEEDING, {})
    hand.now = held.figures_by or hand.now
    settle(office)
    made = agreeing(office, held.number)
    assert made.parts["dice"] == {"kind": "text", "text": thrown(held.number)}, "what two have typed in time"


def test_one_clerk_who_types_otherwise_stops_no_ceremony_and_is_compared_with_the_minutes(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    held = due(office, hand)
    number, right, wrong = held.number, thrown(held.number), thrown("another")
    says(office, number, "赵", right)
    assert differing(office, number) is None
    says(office, number, "钱", wrong)
    settle(office)
    told = differing(office, number)
    assert told is not None
    assert (told["by"], told["party"]) == (["赵", "钱"], "dice")
    assert right not in str(told), "no figure stands in a matter: a third person types unseen"
    assert get(office, number).parts == {}
    assert standing(get(office, number), "dice", "赵") is Standing.DIFFERS
    says(office, number, "孙", right)
    settle(office)
    made = agreeing(office, number)
    assert (made.state, made.parts["dice"]) == (DrawState.DRAWN, {"kind": "text", "text": right})
    assert others(office, number) == [], "no next number, and the dice stay in the seed"
    assert differing(office, number) is not None, "who erred is still to be looked at"
    for by in ("赵", "钱", "孙"):
        with pytest.raises(Refusal, match="attention_own"), store.begin() as tx:
            attention.close(tx, f"{DIFFER}:{number}:dice", by, hand())
    with store.begin() as tx:
        attention.close(tx, f"{DIFFER}:{number}:dice", "李科长", hand(), note="钱 misread the third row")
    assert differing(office, number) is None


def test_whoever_erred_types_again_and_nobody_need_look(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    held = due(office, hand)
    says(office, held.number, "赵", thrown(held.number))
    says(office, held.number, "钱", thrown("a slip"))
    assert differing(office, held.number) is not None
    says(office, held.number, "钱", thrown(held.number))
    settle(office)
    assert differing(office, held.number) is None
    assert agreeing(office, held.number).state is DrawState.DRAWN


@pytest.mark.slow
def test_two_against_two_wait_for_a_fifth_and_lapse_before_anybody_is_asked_for_a_secret(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    held = due(office, hand)
    number, right, wrong = held.number, thrown(held.number), thrown("another")
    for by, figures in (("赵", right), ("钱", wrong), ("孙", wrong), ("周", right)):
        says(office, number, by, figures)  # the third has settled nothing yet: nobody has looked
    settle(office)
    assert get(office, number).parts == {}
    hand.now = held.figures_by or hand.now
    settle(office)
    made = agreeing(office, number)
    assert (made.state, made.lacked, made.parts) == (DrawState.VOID, ("dice",), {})
    assert differing(office, number) is not None, "it is void by them: who erred is looked at all the more"


def test_an_outvoted_typing_in_the_stored_row_does_not_pass_for_the_figures(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    held = due(office, hand)
    number, right, wrong = held.number, thrown(held.number), thrown("another")
    for by, figures in (("赵", right), ("钱", wrong), ("孙", right)):
        says(office, number, by, figures)
    office = seeded(office, justice=None)
    settle(office)
    with store.begin() as tx:
        made = tx.draws.get(number, lock=True)
        assert made.parts["dice"] == {"kind": "text", "text": right}
        tx.draws.put(replace(made, typed={"dice": {**made.typed["dice"], "孙": wrong}}))
    with pytest.raises(Refusal), store.begin() as tx:
        type_figures(office, tx, number, "李", right, hand(), party="dice")
    with store.read() as tx:
        assert "draw.records_figures" in [one.code for one in footing.differing(tx, tx.draws.get(number))]


@pytest.mark.parametrize(
    ("typed", "counts"),
    [
        ({}, None),
        ({"a": "1"}, None),
        ({"a": "1", "b": "1"}, "1"),
        ({"a": "1", "b": "2"}, None),
        ({"a": "1", "b": "2", "c": "1"}, "1"),
        ({"a": "1", "b": "2", "c": "3"}, None),
        ({"a": "1", "b": "1", "c": "2", "d": "2"}, None),
        ({"a": "1", "b": "1", "c": "2", "d": "3"}, None),
        ({"a": "1", "b": "1", "c": "2", "d": "3", "e": "1"}, "1"),
    ],
)
def test_figures_count_by_two_at_least_and_more_than_all_others(typed: Mapping[str, str], counts: str | None) -> None:
    assert alike(typed) == counts

"""What a draw still owes is dealt by the law of that draw, whatever version of the pack is in force by then (decision 43)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain.plan import Draw
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, application, next_period, post, settle
from tests.integration.test_draw_way import FACTS, carried_out, visits
from tests.integration.test_seed_refusals import matters, seeded
from tests.integration.test_supplement import daily, deal_anew, enlarge, numbers, short_visit

pytestmark = pytest.mark.alike


def followed(office: Office, hand: Hand, *, team: int = 3, seeds: tuple[str, ...] = ()) -> Office:
    """The office with demo@2 in force from today on: another team, other seeds if named."""
    today = hand().date()
    (one,) = [pack for pack in office.book.packs if pack.id == "demo"]
    draw = replace(one.draw, team=team, seeds=seeds or one.draw.seeds)
    two = replace(one, version="2", digest="two", effective_from=today, draw=draw)
    before = replace(one, effective_to=today - timedelta(days=1))
    others = (pack for pack in office.book.packs if pack.id != "demo")
    return replace(office, book=replace(office.book, packs=(*others, before, two)))


def drawn_again(office: Office, hand: Hand) -> Draw:
    """Another short visit, of the plan's next period."""
    post(office, application(2, "dispatch-premises", FACTS))
    settle(office)
    next_period(office, "weekly")
    with office.store.begin() as tx:
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    settle(office)
    return carried_out(office, hand, held.number)


def held(office: Office, number: str) -> Draw:
    with office.store.read() as tx:
        return tx.draws.get(number)


@pytest.mark.slow
def test_a_short_visit_gets_the_team_of_the_pack_it_was_drawn_by_and_not_that_of_today(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    hand.on(days=1)
    office = followed(office, hand)
    assert office.policy("bureau", hand().date()).label == "demo@2"
    enlarge(office)
    made = deal_anew(office)
    assert made is not None
    assert (first.pack, made.pack) == ("demo@1", "demo@1")
    with store.read() as tx:
        assert json.loads(tx.draws.file(made.number, "rules.json"))["team"] == 2
    settle(office)
    carried_out(office, hand, made.number)
    (again,) = visits(office, made.number)
    with store.read() as tx:
        assert len([seat for seat in tx.visits.team(again.id) if seat.state.open]) == 2


@pytest.mark.slow
def test_visits_that_are_owed_by_draws_of_two_laws_are_dealt_by_two_draws_each_by_its_own(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    hand.on(days=7)
    office = followed(office, hand)
    second = drawn_again(office, hand)
    assert (first.pack, second.pack) == ("demo@1", "demo@2")
    enlarge(office)
    for _ in range(2):
        daily(office)
        settle(office)
    made = [held(office, number) for number in numbers(office)[2:]]
    assert [one.pack for one in made] == ["demo@1", "demo@2"]
    teams = []
    for one in made:
        with store.read() as tx:
            teams.append(json.loads(tx.draws.file(one.number, "rules.json"))["team"])
    assert teams == [2, 3]


@pytest.mark.slow
def test_what_no_seed_can_be_had_for_under_its_law_holds_up_nothing_that_is_owed_by_another(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    hand.on(days=7)
    office = followed(office, hand, seeds=("dice", "justice"))
    second = drawn_again(office, hand)
    enlarge(office)
    bare = seeded(office, audit=None, lottery=None)  # who only demo@1 asks for, and who could take that place
    daily(bare)
    settle(bare)
    (made,) = [held(bare, number) for number in numbers(bare)[2:]]
    assert (made.pack, made.parties) == ("demo@2", ("dice", "justice"))
    daily(bare)
    assert matters(bare)["draw_no_seed"]["missing"] == "[seeds.audit]"
    assert (first.pack, second.pack, len(numbers(bare))) == ("demo@1", "demo@2", 3)

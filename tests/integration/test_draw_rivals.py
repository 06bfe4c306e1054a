"""A draw among people who slip, hurry or would rather have another result, on both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.seeds.ceremony import connect
from inspector.domain.case import SubjectKind
from inspector.domain.commitment import read
from inspector.domain.errors import Refusal
from inspector.domain.plan import Draw, DrawState
from inspector.domain.roster import RosterObject
from inspector.flows import dispatch
from inspector.flows.after import log_after
from inspector.flows.draw import announce_now
from inspector.flows.office import Office, Plan
from inspector.flows.seeding import ceremony, type_figures
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_draw_way import DICE, announced, carried_out, drawing, visits

pytestmark = pytest.mark.slow

SLIP = DICE[:-1] + "4"


def at_once(doings: Sequence[Callable[[], object]]) -> list[Exception]:
    """Let several people do something at the same moment; what went wrong."""
    wrong: list[Exception] = []
    gate = threading.Barrier(len(doings))

    def run(do: Callable[[], object]) -> None:
        gate.wait()
        try:
            do()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            wrong.append(error)

    people = [threading.Thread(target=run, args=(do,)) for do in doings]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return wrong


def pooled(office: Office, *plans: str) -> Office:
    """The office with plans that draw from a pool of firms."""
    with office.store.begin() as tx:
        for number in range(1, 13):
            code = f"TEST{number:014d}"
            firm = RosterObject(agency="bureau", kind=SubjectKind.FIRM, code=code, original=code, name="某公司", pool="bureau")
            tx.rosters.enrol(firm)
    return replace(office, plans={name: Plan(name=name, agency="bureau", trigger="every 7d", pool=True) for name in plans})


def announce(office: Office, hand: Hand, plan: str) -> Draw:
    """A clerk announces."""
    with office.store.begin() as tx:
        held = announce_now(office, tx, plan, "clerk", hand())
    assert held is not None
    return held


def test_what_happens_to_visits_at_the_same_moment_is_logged_line_by_line(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)

    def write(object_id: str) -> None:
        with store.begin() as tx:
            log_after(tx, held.number, "withdrawn", object_id, hand(), agencies=held.agencies)

    names = [f"o{number}" for number in range(6)]
    assert at_once([lambda name=name: write(name) for name in names]) == []  # type: ignore[misc]
    with store.read() as tx:
        lines = [json.loads(line) for line in tx.draws.files(held.number)["after.jsonl"].splitlines()]
    assert [line["seq"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert sorted(line["object"] for line in lines) == names


def test_a_clerk_who_mistyped_types_again_and_both_typings_stay_in_the_record(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    dice = connect("dice", {"what": "26 dice", "dice": 26, "sides": 6})
    office = replace(office, connectors=replace(office.connectors, seeds={**office.connectors.seeds, "dice": dice}))
    _, held = announced(office, hand)
    hand.on(days=2)
    settle(office)

    def types(by: str, figures: str) -> None:
        with store.begin() as tx:
            type_figures(office, tx, held.number, by, figures, hand())
        settle(office)

    types("赵", DICE)
    types("钱", SLIP)
    with store.read() as tx:
        assert tx.draws.get(held.number).state is DrawState.SEEDING, "one person's typing does not void a draw"
    types("钱", DICE)
    with store.read() as tx:
        drawn = tx.draws.get(held.number)
        typings = [json.loads(row["body"])["facts"] for row in tx.ledger.about(held.number) if row["rule"] == "draw.typed"]
    assert drawn.state is DrawState.DRAWN
    assert [(one["by"], one["figures"], one["again"]) for one in typings] == [
        ("赵", DICE, False),
        ("钱", SLIP, False),
        ("钱", DICE, True),
    ]
    with pytest.raises(Refusal, match="draw_not_seeding"), store.begin() as tx:
        type_figures(office, tx, held.number, "钱", SLIP, hand())
    for party in (None, "dice"):  # while the secrets are still to come
        with pytest.raises(Refusal, match="draw_figures_settled"):
            ceremony(replace(drawn, state=DrawState.SEEDING), party, hand())


def test_two_clerks_who_never_agree_leave_the_draw_to_its_date(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    dice = connect("dice", {"what": "26 dice", "dice": 26, "sides": 6})
    office = replace(office, connectors=replace(office.connectors, seeds={**office.connectors.seeds, "dice": dice}))
    _, held = announced(office, hand)
    hand.on(days=2)
    settle(office)
    for by, figures in (("赵", DICE), ("钱", SLIP)):
        with store.begin() as tx:
            type_figures(office, tx, held.number, by, figures, hand())
    settle(office)
    hand.on(days=30)
    settle(office)
    with store.read() as tx:
        void = tx.draws.get(held.number)
    assert (void.state, "dice" in (void.void_reason or "")) == (DrawState.VOID, True)


def test_of_plans_that_are_announced_at_once_one_freezes_its_frame_and_the_commitments_make_one_chain(
    store: Store, hand: Hand
) -> None:
    """Two frames frozen at once could each take the same object: neither would see what the other is going to draw (decision 45)."""
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms", "shops", "sites")
    made: list[Draw] = []

    def try_it(plan: str) -> None:
        with store.begin() as tx:
            held = announce_now(office, tx, plan, "clerk", hand())
        made.extend([held] if held is not None else [])

    for number in (1, 2, 3):
        left = [name for name in office.plans if name not in {one.plan for one in made}]
        assert at_once([lambda plan=plan: try_it(plan) for plan in left]) == []  # type: ignore[misc]
        assert len(made) == number
        settle(office)
        carried_out(office, hand, made[-1].number)
    with store.read() as tx:
        draws = tx.draws.page(None)
        stated = [read(tx.draws.files(held.number)["commit.json"]).prev for held in draws]
    assert [held.number[-1] for held in draws] == ["1", "2", "3"], "numbers run without a gap"
    assert stated == [held.prev for held in draws] == [None, *(held.c for held in draws[:-1])]


def test_a_period_has_one_draw_however_often_a_clerk_announces_it(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms")
    first, second = hand() + timedelta(days=3), hand() + timedelta(days=10)
    early = announce(office, hand, "firms")
    settle(office)
    carried_out(office, hand, early.number)
    assert announce(office, hand, "firms").number == early.number, "another day of the same period"
    for trigger in ("every 7d", "every 5d"):
        with store.begin() as tx:
            tx.schedules.declare("plan:firms", trigger, first)
        assert announce(office, hand, "firms").number == early.number, "however its schedule comes to be known, and changes"
        first += timedelta(days=1)
    hand.on(days=4)
    with store.begin() as tx:
        assert tx.schedules.fired("plan:firms", first, second, hand(), "replica")
    later = announce(office, hand, "firms")
    assert later.number != early.number
    with store.begin() as tx:
        (row,) = tx.schedules.all()
        tx.schedules.forget_ticks(hand())
    assert later.slot == first.astimezone(row["next_at"].tzinfo).isoformat(), "the slot that the schedule's own order names"
    settle(office)
    carried_out(office, hand, later.number)
    assert announce(office, hand, "firms").number == later.number


def test_an_inspector_who_declined_no_longer_learns_whom_the_visit_is_to(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.read() as tx:
        name, other = map(dispatch.seat_name, tx.visits.team(visit.id))
    page, token = f"/seat/{name}/{office.link_token('seat', name)}", office.link_token("seat", name)
    with serving(office) as edge, edge.client(X_Link_Token=token) as client:
        before = client.get(f"/v1/seats/{name}").text + client.get(page).text
        declined = client.post(f"/v1/seats/{name}/decline", json={"reason": "与当事人有亲属关系"})
        after = declined.text + client.get(f"/v1/seats/{name}").text + client.get(page).text
        staying = client.get(f"/v1/seats/{other}", headers={"X-Link-Token": office.link_token("seat", other)}).text
    told = (visit.name, visit.code)
    assert (declined.json()["state"], declined.json()["visit"]["doubts"]) == ("DECLINED", [])
    assert all(one in before for one in told)
    assert not any(one in after for one in told)
    assert visit.name in staying

"""A draw that was looked at and found whole is looked at again by what it reads; who changes a row later is found. On both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from inspector.domain.lookback import Course
from inspector.flows import dispatch, lookback, reconcile
from inspector.flows.office import Office
from inspector.store.drawtables import draw, draw_file, draw_register, seed_used
from inspector.store.reread import Rereads
from inspector.store.store import Store
from inspector.store.tables import ledger, seal, seat, visit
from inspector.store.tx import Tx
from tests.house import Hand
from tests.integration.test_draw_way import visits
from tests.integration.test_reconcile import held

pytestmark = pytest.mark.alike


def looked(office: Office, hand: Hand) -> list[str]:
    """What the daily look finds of draws."""
    with office.store.read(steady=True) as tx:
        return [about for _, about, _ in reconcile.watched(office, tx, hand())]


def other_entry(number: str) -> sa.Update:
    """An entry about nothing of the draw, in a seal that holds one of its own."""
    mine = sa.select(sa.func.max(ledger.c.seal)).where(ledger.c.about == number).scalar_subquery()
    within = sa.select(sa.func.min(ledger.c.id)).where(ledger.c.seal == mine, ledger.c.about != number)
    return sa.update(ledger).where(ledger.c.id == within.scalar_subquery()).values(digest="0" * 64)


CHANGES: dict[str, Callable[[str], sa.Update | sa.Delete]] = {
    "its row": lambda number: sa.update(draw).where(draw.c.number == number).values(slot="2020-01-01T00:00:00+08:00"),
    "a file": lambda _: sa.update(draw_file).where(draw_file.c.name == "result.json").values(bytes=b"{}"),
    "a seat": lambda _: sa.update(seat).values(inspector="Z99"),
    "a visit": lambda _: sa.update(visit).values(object_id="91000000MA0000009X"),
    "its seats gone": lambda _: sa.delete(seat),
    "its register": lambda number: sa.delete(draw_register).where(draw_register.c.draw == number),
    "its seed's mark": lambda _: sa.update(seed_used).values(number="other"),
    "an entry": lambda number: sa.update(ledger).where(ledger.c.about == number).values(salt="00"),
    "a seal": lambda _: sa.update(seal).values(head="0" * 64),
    "an entry beside it in its seal": other_entry,
}


def sealed(store: Store, hand: Hand) -> None:
    with store.begin() as tx:
        tx.ledger.seal(hand())


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_changed_behind_a_look_that_found_nothing_is_found_by_the_next_one(
    store: Store, hand: Hand, change: Callable[[str], sa.Update | sa.Delete]
) -> None:
    office, made = held(store, hand)
    sealed(store, hand)
    assert looked(office, hand) == looked(office, hand) == []
    with store.begin() as tx:
        assert tx.connection.execute(change(made.number)).rowcount > 0
    assert made.number in looked(office, hand)
    assert made.number in looked(office, hand), "and by the one after that"


@pytest.mark.slow
def test_a_look_at_what_is_the_same_takes_nothing_apart(store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    office, made = held(store, hand)
    times = [0]
    whole = reconcile.differing

    def counted(*given: object, **named: bool) -> object:
        times[0] += 1
        return whole(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(reconcile, "differing", counted)
    for _ in range(3):
        assert looked(office, hand) == []
    assert times == [1]
    with store.begin() as tx:
        tx.draws.append_line(made.number, "notes.txt", b"one more")
    assert looked(office, hand) == []
    assert times == [2], "a file more is looked at"


def test_what_was_found_is_never_kept_and_of_the_others_so_many_are(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.store.reread.MOST", 2)
    kept, asked = Rereads(), list[str]()

    def find(what: str, *found: str) -> Callable[[Tx], tuple[str, ...]]:
        def do(tx: Tx) -> tuple[str, ...]:
            asked.append(what)
            assert tx.attention.counts() == []
            return found

        return do

    with store.read() as tx:
        for _ in range(2):
            assert kept.look(tx, "bad", find("bad", "this")) == ("this",)
            assert kept.look(tx, "good", find("good")) == ()
        assert asked == ["bad", "good", "bad"]
        kept.look(tx, "second", find("second"))
        kept.look(tx, "third", find("third"))
        kept.look(tx, "good", find("good"))
        assert asked[-1] == "good", "the one that was kept first went"


@pytest.mark.slow
def test_a_visit_that_is_as_it_was_is_not_taken_apart_by_the_next_look_and_one_that_has_gone_on_is(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, made = held(store, hand)
    taken = list[str]()
    whole = Course.add

    def counted(course: Course, rule: str, *told: object) -> None:
        taken.append(rule)
        whole(course, rule, *told)  # type: ignore[arg-type]

    monkeypatch.setattr(Course, "add", counted)

    def remembered() -> list[str]:
        taken.clear()
        with office.store.read(steady=True) as tx:
            return lookback.differing(office, tx, ["bureau"], hand())

    assert remembered() == []
    there = taken.count("visit.open")
    assert there == len(visits(office, made.number)) > 1
    assert (remembered(), taken) == ([], [])
    first = visits(office, made.number)[0]
    with store.begin() as tx:
        dispatch.decline(office, tx, next(one.name for one in tx.visits.team(first.id) if one.state.open), "ill", hand())
    assert remembered() == []
    assert taken.count("visit.open") == 1
    with store.begin() as tx:
        tx.connection.execute(sa.update(visit).where(visit.c.id == visits(office, made.number)[1].id).values(check_type="JOINT"))
    assert [one for one in remembered() if "check_type" in one]
    assert [one for one in remembered() if "check_type" in one], "and by the one after that"

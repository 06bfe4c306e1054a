"""What is written for good: the chained ledger, the feed of events, and the inbox in which a message counts once."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from inspector.domain.decision import Because
from inspector.domain.errors import Conflict, Missing
from inspector.domain.ledger import body_digest, chain, digest
from inspector.labels import told
from inspector.store.store import Store
from inspector.store.tables import event, ledger, ledger_tree, seal
from inspector.store.tx import new_id
from tests.engine import until
from tests.house import START, Hand, Table, application, closing, open_office, open_store, post

pytestmark = pytest.mark.alike

WHY = Because(rule="verification.weigh", basis=("S0:7",), pack="maoji@1", facts={"verdict": "MATCH"})


def append(store: Store, *abouts: str) -> None:
    with store.begin() as tx:
        for about in abouts:
            tx.ledger.append(new_id(), about, WHY, {"request": f"of {about}"}, START)


def sealed(store: Store, limit: int = 2000) -> int:
    with store.begin() as tx:
        assert tx.ledger.take_seal_lock()
        return tx.ledger.seal(START, limit)


def verified(store: Store) -> tuple[int, str | None]:
    with store.read() as tx:
        return tx.ledger.verify()


@pytest.fixture
def chained(store: Store) -> Store:
    """Three seals of three entries each."""
    append(store, *(f"case-{n}" for n in range(9)))
    assert [sealed(store, 3) for _ in range(4)] == [3, 3, 3, 0]
    return store


def change(store: Store, statement: sa.Executable) -> None:
    with store.begin() as tx:
        tx.connection.execute(statement)


def ids(store: Store) -> list[str]:
    with store.read() as tx:
        return list(tx.connection.execute(sa.select(ledger.c.id).order_by(ledger.c.id)).scalars())


@pytest.mark.differs
def test_entries_are_appended_unchained_and_the_sealer_orders_and_chains_them(store: Store) -> None:
    append(store, "case-2", "case-1")
    with store.read() as tx:
        assert tx.ledger.unsealed() == (2, START)
    assert sealed(store) == 2
    append(store, "case-3")
    assert sealed(store) == 1
    assert sealed(store) == 0
    assert verified(store) == (2, None)
    with store.read() as tx:
        assert tx.ledger.unsealed() == (0, None)
        (entry,) = tx.ledger.about("case-3")
        heads = [row.head for row in tx.connection.execute(sa.select(seal).order_by(seal.c.number))]
    assert (entry["rule"], entry["seal"]) == ("verification.weigh", 2)
    assert '"basis": ["S0:7"]' in entry["body"]
    assert len(set(heads)) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"body": '{"verdict": "MISMATCH"}'},
        {"body": ""},
        {"body": "", "salt": "", "rule": "nothing.happened", "about": "nobody"},
        {"body": "", "salt": "", "body_digest": body_digest("", "")},
        {"body_digest": "0" * 64},
        {"id": "0" * 32},
        {"rule": "review.decide"},
        {"about": "nobody"},
        {"salt": "0" * 32},
        {"at": START.replace(year=2025)},
        {"digest": "0" * 64},
    ],
    ids=lambda changed: "+".join(f"blank {name}" if value == "" else name for name, value in changed.items()),
)
@pytest.mark.bare
@pytest.mark.parametrize("sealed_already", [True, False], ids=["sealed", "waiting"])
def test_whatever_is_changed_in_an_entry_is_found(chained: Store, changed: dict[str, object], sealed_already: bool) -> None:
    append(chained, "case-9")
    assert verified(chained) == (3, None)
    which = ids(chained)[4 if sealed_already else 9]
    change(chained, sa.update(ledger).where(ledger.c.id == which).values(**changed))
    checked, told = verified(chained)
    assert checked == (1 if sealed_already else 3)
    assert told == f"entry {changed.get('id', which)} was changed"


def test_an_entry_rewritten_with_digests_that_fit_breaks_its_seal(chained: Store) -> None:
    which = ids(chained)[4]
    hidden = body_digest("", "{}")
    forged = {"body": "{}", "salt": "", "body_digest": hidden, "digest": digest(which, START, "nobody", "nothing", hidden)}
    change(chained, sa.update(ledger).where(ledger.c.id == which).values(about="nobody", rule="nothing", **forged))
    assert verified(chained) == (1, "seal 2 does not hold")


@pytest.mark.bare
@pytest.mark.parametrize("names", [["body"], ["body", "salt"], ["about"], ["seal"], ["digest"], ["body", "salt", "body_digest"]])
def test_two_entries_that_changed_places_are_found(chained: Store, names: list[str]) -> None:
    append(chained, "case-9")
    sealed(chained)
    one, other = (ids(chained)[place] for place in (4, 9))
    with chained.read() as tx:
        held = {row.id: row._mapping for row in tx.connection.execute(sa.select(ledger))}
    for which, source in ((one, other), (other, one)):
        change(chained, sa.update(ledger).where(ledger.c.id == which).values({name: held[source][name] for name in names}))
    checked, told = verified(chained)
    assert checked == 1
    assert told is not None


@pytest.mark.parametrize("column", ["number", "at", "entries", "head"])
def test_whatever_is_changed_in_a_seal_is_found(chained: Store, column: str) -> None:
    other = {"number": 7, "at": START.replace(year=2025), "entries": 2, "head": "f" * 64}[column]
    change(chained, sa.update(seal).where(seal.c.number == 2).values({column: other}))
    checked, told = verified(chained)
    assert checked == 1
    assert told is not None


@pytest.mark.parametrize("other", [None, -1, 0, 1, 9])
def test_an_entry_taken_out_of_its_seal_is_found(chained: Store, other: int | None) -> None:
    change(chained, sa.update(ledger).where(ledger.c.id == ids(chained)[8]).values(seal=other))
    checked, told = verified(chained)
    assert checked == (0 if other == 1 else 2)
    assert told is not None


@pytest.mark.parametrize("number", [0, -1, 4])
def test_an_entry_in_a_seal_that_never_was_is_found(chained: Store, number: int) -> None:
    append(chained, "case-left-behind")
    change(chained, sa.update(ledger).where(ledger.c.seal.is_(None)).values(seal=number))
    assert verified(chained) == (3, f"seal {number} is gone")


@pytest.mark.parametrize("place", [0, 4, 8], ids=["first", "middle", "last"])
def test_an_entry_that_was_removed_is_found(chained: Store, place: int) -> None:
    change(chained, sa.delete(ledger).where(ledger.c.id == ids(chained)[place]))
    assert verified(chained) == (place // 3, f"seal {place // 3 + 1} does not hold")


def test_an_entry_slipped_into_a_seal_is_found(chained: Store) -> None:
    append(chained, "case-slipped")
    change(chained, sa.update(ledger).where(ledger.c.seal.is_(None)).values(seal=2))
    assert verified(chained) == (1, "seal 2 does not hold")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_seal_that_is_gone_is_found(chained: Store, number: int) -> None:
    change(chained, sa.delete(seal).where(seal.c.number == number))
    checked, told = verified(chained)
    assert checked == number - 1
    assert told is not None


def test_a_head_that_was_recomputed_breaks_the_chain_behind_it(chained: Store) -> None:
    change(chained, sa.update(seal).where(seal.c.number == 2).values(head="f" * 64))
    assert verified(chained) == (1, "seal 2 does not hold")


def test_a_seal_laid_anew_over_entries_that_fit_it_breaks_the_one_behind_it(chained: Store) -> None:
    which = ids(chained)[4]
    hidden = body_digest("", "{}")
    forged = {"salt": "", "body": "{}", "body_digest": hidden, "digest": digest(which, START, "nobody", "nothing", hidden)}
    change(chained, sa.update(ledger).where(ledger.c.id == which).values(about="nobody", rule="nothing", **forged))
    with chained.read() as tx:
        before, at = tx.connection.execute(sa.select(seal.c.head, seal.c.at).where(seal.c.number == 1)).one()
        digests = list(
            tx.connection.execute(sa.select(ledger.c.digest).where(ledger.c.seal == 2).order_by(ledger.c.id)).scalars()
        )
    change(chained, sa.update(seal).where(seal.c.number == 2).values(head=chain(before, 2, at, digests)))
    checked, told = verified(chained)
    assert (checked, told) == (2, "seal 3 does not hold"), "what it holds is forged, and only its follower knows"


def test_what_an_erased_body_leaves_still_proves_rule_date_and_subject(chained: Store) -> None:
    """No purge exists yet, so a blank body is an error; the digests are laid so that one can come without touching the chain."""
    with chained.read() as tx:
        (row,) = tx.ledger.about("case-4")
    assert body_digest(row["salt"], row["body"]) == row["body_digest"]
    assert digest(row["id"], row["at"], row["about"], row["rule"], row["body_digest"]) == row["digest"]


@pytest.mark.differs
def test_one_daemon_at_a_time_seals(store: Store) -> None:
    append(store, *(f"case-{n}" for n in range(40)))
    hands = [Thread(target=lambda: sealed_if_free(store)) for _ in range(6)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    while sealed_if_free(store):
        pass
    checked, broken = verified(store)
    assert (checked >= 1, broken) == (True, None)


def sealed_if_free(store: Store) -> int:
    with store.begin() as tx:
        return tx.ledger.seal(START, 7) if tx.ledger.take_seal_lock() else 0


@pytest.fixture
def case_id(store: Store, hand: Hand) -> str:
    """A case for events to be about."""
    return post(
        open_office(store, hand, sources={"registers": Table()}),
        application(1, "business-licence", {"registration-status": "存续"}),
    )


def tell(store: Store, case_id: str, *events: str) -> None:
    with store.begin() as tx:
        for name in events:
            tx.events.add(name, "bureau", case_id, "case.opened", START, {})


def placed(store: Store) -> list[tuple[int, str]]:
    with store.read() as tx:
        return [(row["position"], row["id"]) for row in tx.events.after(0, None)]


def place(store: Store, limit: int = 2000) -> int:
    with store.begin() as tx:
        assert tx.ledger.take_seal_lock()
        return tx.events.place(limit)


@pytest.mark.differs
def test_events_get_positions_without_gaps_and_only_when_they_are_there_for_good(store: Store, case_id: str) -> None:
    place(store)
    start = len(placed(store))
    tell(store, case_id, "~1", "~3")

    def lost() -> None:
        with store.begin() as tx:
            tx.events.add("~2", "bureau", case_id, "case.opened", START, {})
            raise RuntimeError("never mind")

    with pytest.raises(RuntimeError):
        lost()
    assert len(placed(store)) == start, "no reader sees what has no place yet"
    assert [place(store, 1), place(store), place(store)] == [1, 1, 0]
    assert placed(store)[start:] == [(start + 1, "~1"), (start + 2, "~3")]
    tell(store, case_id, "!earlier id, later commit")
    place(store)
    assert placed(store)[-1] == (start + 3, "!earlier id, later commit")


@pytest.mark.differs
@pytest.mark.postgres
def test_a_reader_behind_a_position_misses_nothing_that_commits_late(postgres_store: Store, hand: Hand) -> None:
    store = postgres_store
    case_id = post(open_office(store, hand), application(1, "business-licence", {"registration-status": "存续"}))
    place(store)
    start = len(placed(store))
    written, go = Event(), Event()

    def slow() -> None:
        with store.begin() as tx:
            tx.events.add("~early", "bureau", case_id, "case.opened", START, {})
            written.set()
            go.wait(60)

    late = Thread(target=slow)
    late.start()
    assert written.wait(60)
    tell(store, case_id, "~quick")
    place(store)
    seen = placed(store)[-1][0]
    go.set()
    late.join()
    until(lambda: place(store) == 1 or len(placed(store)) == start + 2)
    with store.read() as tx:
        assert [row["id"] for row in tx.events.after(seen, None)] == ["~early"]


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[Store]:
    """A store on the server alone: on SQLite nobody commits late."""
    with closing(open_store(postgres_url)) as store:
        yield store


def test_a_reader_sees_its_own_agencies_events_alone(store: Store, case_id: str) -> None:
    place(store)
    with store.begin() as tx:
        tx.connection.execute(sa.update(event).values(agency="bureau"))
        assert tx.events.after(0, ["bureau"])
        assert tx.events.after(0, ["other"]) == []
        with pytest.raises(Missing, match="event_unknown"):
            tx.events.get("nothing")


def test_a_message_counts_once_and_is_answered_as_before(store: Store) -> None:
    with store.begin() as tx:
        assert tx.inbox.seen("hall", "m-1", "a" * 64) is None
        tx.inbox.keep("hall", "m-1", "a" * 64, {"id": "case-1"}, START)
    with store.read() as tx:
        assert tx.inbox.seen("hall", "m-1", "a" * 64) == {"id": "case-1"}
        assert tx.inbox.seen("another", "m-1", "b" * 64) is None
        with pytest.raises(Conflict, match="message_id_reused"):
            tx.inbox.seen("hall", "m-1", "b" * 64)


@pytest.mark.parametrize(("door", "header"), [("signed:housing", "webhook-id"), ("officer:1", "Idempotency-Key")])
def test_an_id_used_twice_is_named_by_the_header_in_which_it_was_sent(store: Store, door: str, header: str) -> None:
    with store.begin() as tx:
        tx.inbox.keep(door, "m-1", "a" * 64, {}, START)
    with store.read() as tx, pytest.raises(Conflict) as refused:
        tx.inbox.seen(door, "m-1", "b" * 64)
    assert told(refused.value, "en").startswith(f"{header} m-1 ")


@pytest.mark.differs
def test_the_same_message_twice_at_once_is_kept_once(store: Store) -> None:
    def keep() -> None:
        with store.begin() as tx:
            tx.inbox.keep("hall", "m-1", "a" * 64, {}, START)

    keep()
    with pytest.raises(sa.exc.IntegrityError):
        keep()


@pytest.mark.parametrize(
    "changed",
    [
        sa.update(ledger_tree).values(peaks="0" * 64 + " " + "1" * 64),
        sa.update(ledger_tree).values(size=8, peaks="0" * 64),
        sa.update(ledger_tree).values(seal=2),
        sa.update(ledger_tree).values(seal=4),
        sa.delete(ledger_tree),
        sa.update(seal).where(seal.c.number == 2).values(root=None, size=None),
        sa.update(seal).where(seal.c.number == 3).values(root=None, size=None),
    ],
    ids=["peaks", "size", "before", "beyond", "gone", "within", "last"],
)
def test_what_is_kept_of_the_tree_is_held_to_the_entries(chained: Store, changed: sa.Executable) -> None:
    assert verified(chained) == (3, None), "what the tree has not come to yet is no change"
    with chained.begin() as tx:
        tx.tree.grow()
    assert verified(chained) == (3, None)
    change(chained, changed)
    problem = verified(chained)[1]
    assert problem is not None
    assert "tree" in problem

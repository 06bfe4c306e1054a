"""Issue 8, second: whatever is done to the ledger in its database, `ledger verify` sees it by the chain or by a head of another hand.

In the ledger that is tampered with here some words went lawfully; that is not mistaken for tampering, nor tampering for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.domain.decision import Because
from inspector.domain.ledger import GENESIS, body_digest, chain, digest
from inspector.domain.taking import PURGED
from inspector.domain.treehead import TreeHead
from inspector.flows import lodging
from inspector.store.store import Store
from inspector.store.tables import ledger, ledger_tree, seal
from inspector.store.tx import Tx, new_id
from tests.house import START, closing, open_store
from tests.integration.test_ledger import append
from tests.operator import one_database, settled
from tests.owing import let_go

database_url = one_database

FEW, MANY = (
    settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    for count in (60, 1500)
)
ENTRIES, IN_A_SEAL = 12, 3
SEALED = START + timedelta(days=32)
"""Behind the purges that it holds: one that is dated ahead excuses nothing."""
FIELDS: dict[str, tuple[Any, ...]] = {
    "about": ("nobody", "case-1"),
    "rule": ("review.decide",),
    "body": ("{}", ""),
    "salt": ("0" * 32, ""),
    "body_digest": ("0" * 64, "no digest", body_digest("", "")),
    "digest": ("0" * 64, "no digest"),
    "at": (START.replace(year=2025),),
    "seal": (1, 4, 9, None),
    "id": ("0" * 32, "f" * 32),
    "cites": ("\ne1\n",),
    "adverse": (False, True),
}
SEALS: tuple[dict[str, Any], ...] = ({"head": "f" * 64}, {"entries": 2}, {"root": "f" * 64}, {"size": 1}, {"root": None})
TEXTS = ("id", "about", "rule", "body", "salt", "body_digest", "digest")
"""Columns of which any one sign may be another, or what follows it gone."""
WRITTEN = ("id", "at", "about", "rule", "body", "cites", "adverse", "salt", "body_digest", "digest")


LET_GO = ("case-1", "case-6")
"""What the entries are about whose words went; those that say so stand behind them, and others behind those."""


class Undone(Exception):
    """So that one example leaves the ledger to the next one as it was."""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A ledger of four seals. On SQLite: what is asked of the database here is alike on both, and `test_ledger` asks both."""
    folder: Path = tmp_path_factory.mktemp("ledger")
    with closing(open_store(f"sqlite:///{folder / 'ledger.sqlite3'}")) as store:
        append(store, *(f"case-{number}" for number in range(7)))
        with store.begin() as tx:
            for about in LET_GO:
                purge(tx, about)
        append(store, "case-7", "case-8", "case-9")
        with store.begin() as tx:
            while tx.ledger.seal(SEALED, IN_A_SEAL):
                tx.tree.grow()
        yield store


def rows(tx: Tx) -> list[dict[str, Any]]:
    """The sealed entries in the order of the tree."""
    asked = sa.select(ledger).where(ledger.c.seal.is_not(None)).order_by(ledger.c.seal, ledger.c.id)
    return [dict(row) for row in tx.connection.execute(asked).mappings()]


def purge(tx: Tx, about: str) -> None:
    """The words of what is said about a thing go lawfully."""
    some = tx.ledger.about(about)
    tx.ledger.erase([one["id"] for one in some])
    later = START + timedelta(days=31)
    because = Because(rule=PURGED, basis=("S4:19",), pack="maoji@1", facts=let_go(later, *(one["digest"] for one in some)))
    tx.ledger.append(new_id(), about, because, {}, later)


def put(tx: Tx, some: list[dict[str, Any]]) -> None:
    tx.connection.execute(sa.delete(ledger))
    if some:
        tx.connection.execute(sa.insert(ledger), some)


def laid_anew(tx: Tx) -> None:
    """Every digest, seal and part of the tree as if what stands there now had always stood there."""
    some = rows(tx)
    for one in some:
        hidden = body_digest(one["salt"], one["body"]) if one["body"] or one["salt"] else one["body_digest"]
        one |= {"body_digest": hidden, "digest": digest(one["id"], one["at"], one["about"], one["rule"], hidden)}
    tx.connection.execute(sa.delete(seal))
    tx.connection.execute(sa.delete(ledger_tree))
    head = GENESIS
    for number, old in enumerate(sorted({one["seal"] for one in some}), 1):
        within = [one for one in some if one["seal"] == old]
        head = chain(head, number, SEALED, [one["digest"] for one in within])
        for one in within:
            one["seal"] = number
        tx.connection.execute(sa.insert(seal).values(number=number, at=SEALED, entries=len(within), head=head))
    put(tx, some)
    tx.tree.grow()


def cut(tx: Tx, number: int) -> None:
    """The end of the ledger is gone, as if it had never been."""
    for table, column in ((ledger, ledger.c.seal), (seal, seal.c.number)):
        tx.connection.execute(sa.delete(table).where(column > number))


def spelt(some: list[dict[str, Any]], which: int, data: st.DataObject) -> list[dict[str, Any]]:
    """The entries with one sign of a text of one changed, or with that text cut there; as they are where two would have one id."""
    name = data.draw(st.sampled_from(TEXTS))
    text = some[which][name]
    at = data.draw(st.integers(0, 400)) % max(1, len(text))
    other_sign = text[:at] + (chr(ord(text[at]) ^ 1) if text else "0") + text[at + 1 :]
    told = text[:at] if data.draw(st.booleans()) else other_sign
    other = [*some[:which], {**some[which], name: told}, *some[which + 1 :]]
    return other if len({one["id"] for one in other}) == len(other) else some


def swapped(some: list[dict[str, Any]], which: int, other: int, data: st.DataObject) -> list[dict[str, Any]]:
    """The entries with some columns of two in each other's place."""
    names = data.draw(st.sets(st.sampled_from(["about", "rule", "body", "salt", "body_digest", "digest", "seal", "at"])))
    for name in names:
        some[which][name], some[other][name] = some[other][name], some[which][name]
    return some


def added(some: list[dict[str, Any]], which: int, other: int) -> list[dict[str, Any]]:
    """The entries with an invented one that fits in itself, in the seal of another; as they are where there is one of its id."""
    hidden = body_digest("", "{}")
    new: dict[str, Any] = {"id": f"{which:032x}", "at": START, "about": "nobody", "rule": "nothing", "body": "{}", "salt": ""}
    new |= {"cites": None, "adverse": None, "body_digest": hidden, "seal": some[other]["seal"]}
    new |= {"digest": digest(new["id"], START, "nobody", "nothing", hidden)}
    return some if new["id"] in {one["id"] for one in some} else [*some, new]


def change(tx: Tx, data: st.DataObject) -> None:
    """One thing that somebody with the database in his hands may do."""
    some = rows(tx)
    which, other = (data.draw(st.integers(0, ENTRIES)) % max(1, len(some)) for _ in range(2))
    kind = data.draw(st.sampled_from(["out", "field", "sign", "places", "cut", "added", "seal"]))
    if not some and kind not in ("cut", "seal"):
        return
    match kind:
        case "out":
            put(tx, some[:which] + some[which + 1 :])
        case "field":
            name = data.draw(st.sampled_from(sorted(FIELDS)))
            value = data.draw(st.sampled_from(FIELDS[name]))
            if name != "id" or value not in {one["id"] for one in some}:
                some[which][name] = value
                put(tx, some)
        case "sign":
            put(tx, spelt(some, which, data))
        case "places":
            put(tx, swapped(some, which, other, data))
        case "cut":
            cut(tx, data.draw(st.integers(0, 3)))
        case "added":
            put(tx, added(some, which, other))
        case "seal":
            laid = data.draw(st.sampled_from(SEALS))
            tx.connection.execute(sa.update(seal).where(seal.c.number == 1 + which % 4).values(**laid))
        case _:
            pass


@contextmanager
def tried(store: Store) -> Iterator[Tx]:
    """What is written is gone afterwards."""
    with suppress(Undone), store.begin() as tx:
        yield tx
        raise Undone


def seen(tx: Tx, heads: list[TreeHead]) -> bool:
    """Whether `ledger verify` would say that something does not hold."""
    problem = tx.ledger.verify()[1]
    return bool(lodging.differing(tx, heads)) or problem is not None


def nothing_is_done_to_the_ledger_unseen(store: Store, data: st.DataObject) -> None:
    """By the chain alone where the rest was left as it was; by heads from another hand where all of it was laid anew."""
    with store.read() as tx:
        was, heads = rows(tx), [tx.tree.at(size) for size in (4, 7, ENTRIES)]
        assert not seen(tx, heads)
    with tried(store) as tx:
        for _ in range(data.draw(st.integers(1, 3))):
            change(tx, data)
        if data.draw(st.booleans()):
            laid_anew(tx)
        now = rows(tx)[:ENTRIES]
        same = [[one[name] for name in WRITTEN] for one in now] == [[one[name] for name in WRITTEN] for one in was]
        assert seen(tx, heads) or same


def run(times: Any, store: Store) -> None:
    times(given(st.just(store), st.data())(nothing_is_done_to_the_ledger_unseen))()


@pytest.mark.slow
def test_whatever_is_done_to_the_ledger_is_seen(held: Store) -> None:
    run(FEW, held)


@pytest.mark.slow
def test_in_thousands_of_ways_nothing_is_done_to_the_ledger_unseen(held: Store) -> None:
    run(MANY, held)


def test_who_lays_the_whole_ledger_anew_is_seen_by_a_head_of_another_hand_and_by_nothing_else(held: Store) -> None:
    with held.read() as tx:
        heads = [tx.tree.at(size) for size in (4, ENTRIES)]
    with tried(held) as tx:
        some = rows(tx)
        some[5] |= {"body": "{}"}
        put(tx, some)
        laid_anew(tx)
        assert tx.ledger.verify()[1] is None, "it fits in itself"
        assert lodging.differing(tx, heads) == heads[1:], "the earlier one stands before what was changed"
    with tried(held) as tx:
        cut(tx, 3)
        laid_anew(tx)
        assert tx.ledger.verify()[1] is None
        assert lodging.differing(tx, heads) == heads[1:], "a tail that was cut, too"


def test_words_that_went_lawfully_are_no_tampering_and_words_that_went_otherwise_are(held: Store) -> None:
    def seen_after(tx: Tx, of: str, **changed: object) -> str | None:
        tx.connection.execute(sa.update(ledger).where(ledger.c.about == of).values(**changed))
        return tx.ledger.verify()[1]

    with held.read() as tx:
        assert tx.ledger.verify()[1] is None
        assert [row["body"] for row in tx.ledger.about("case-1")][:1] == [""]
        assert [sound for _, sound in tx.ledger.checked("case-1")[0]] == [True, True], "nor where one thing is looked at alone"
    with tried(held) as tx:
        assert seen_after(tx, "case-2", body="", salt="") is not None, "nothing says that it went"
    with tried(held) as tx:
        assert seen_after(tx, "case-1", about="case-9") is not None, "an entry of another thing says nothing of this one"
    with tried(held) as tx:
        tx.connection.execute(sa.delete(ledger).where(ledger.c.rule == PURGED))
        assert tx.ledger.verify()[1] is not None, "whoever takes out what says so has tampered"
    with tried(held) as tx:
        later = START + timedelta(days=31)
        because = Because(rule=PURGED, basis=(), pack="", facts=let_go(later, "f" * 64))
        tx.ledger.append(new_id(), "case-2", because, {}, later)
        assert seen_after(tx, "case-2", body="", salt="") is not None, "what it does not name did not go by it"


def test_the_command_says_so_and_does_not_stumble_where_digests_and_tree_are_no_digests(
    database_url: str, tmp_path: Path
) -> None:
    operator = settled(database_url, tmp_path)
    with closing(operator.store()) as store:
        append(store, "case-1")
        with store.begin() as tx:
            tx.ledger.seal(START)
            tx.tree.grow()
        assert operator.well("ledger", "verify", "--json").json["holds"]
        with store.begin() as tx:
            tx.connection.execute(sa.update(ledger).values(digest="no digest"))
            tx.connection.execute(sa.update(ledger_tree).values(peaks="no peak"))
    told = operator.say("ledger", "verify", "--head", f"1:{'0' * 64}", "--json")
    assert (told.code, told.json["holds"], told.json["tree"]["differs"]) == (1, False, [f"1:{'0' * 64}"])

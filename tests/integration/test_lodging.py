"""The ledger's head lodged with a witness: what is cut, changed or laid anew afterwards is seen, by us and by strangers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.daemon.schedules import outside_order
from inspector.daemon.sweeps import seal
from inspector.domain.decision import OrderKind
from inspector.domain.ledger import GENESIS
from inspector.domain.treehead import TreeHead
from inspector.flows import lodging, postedheads
from inspector.flows.office import Office
from inspector.ports import Unavailable
from inspector.store import tables
from inspector.store.store import Store
from tests.house import Hand, closing, open_office, settle
from tests.integration.test_draw_way import Notary
from tests.integration.test_ledger import append
from tests.operator import Operator, on_both, one_database, settled

database_url = one_database


@pytest.fixture
def notary() -> Notary:
    return Notary()


@pytest.fixture
def office(store: Store, hand: Hand, notary: Notary) -> Office:
    """An office with a witness and nine entries in its ledger."""
    held = open_office(store, hand, witnesses={"notary": notary})
    append(store, *(f"case-{n}" for n in range(9)))
    sealed(held)
    return held


def sealed(office: Office) -> TreeHead:
    """Seal what waits; the head of the tree."""
    seal(office.store, office)
    with office.store.read() as tx:
        return tx.tree.head()


def lodge(office: Office, hand: Hand) -> None:
    """A slot of the schedule."""
    hand.on(days=1)
    with office.store.begin() as tx:
        tx.work.order([outside_order(OrderKind.LEDGER_LODGE, "notary", hand(), hand())], hand())
    settle(office)


def matters(office: Office) -> list[str]:
    with office.store.read() as tx:
        return [row["kind"] for row in tx.attention.page(None) if row["kind"].startswith("ledger_")]


def forge(store: Store) -> None:
    """The last entry of the first seal goes, and chain and tree are laid anew, as whoever has the database could."""
    with store.begin() as tx:
        last = tx.connection.execute(
            sa.select(tables.ledger.c.id).where(tables.ledger.c.seal == 1).order_by(tables.ledger.c.id.desc()).limit(1)
        ).scalar_one()
        tx.connection.execute(sa.delete(tables.ledger).where(tables.ledger.c.id == last))
        tx.connection.execute(sa.update(tables.ledger).values(seal=None))
        tx.connection.execute(sa.delete(tables.seal))
        tx.connection.execute(sa.delete(tables.ledger_tree))


def test_the_head_is_lodged_and_nothing_else_leaves_the_house(office: Office, notary: Notary, hand: Hand) -> None:
    head = sealed(office)
    lodge(office, hand)
    assert notary.values == {f"ledger:{head.size}": head.root}
    with office.store.read() as tx:
        assert lodging.lodged(tx) == {"notary": [head]}
    assert matters(office) == []


def test_a_head_that_a_witness_keeps_stands_on_the_register_from_the_next_day_with_who_keeps_it(
    office: Office, hand: Hand
) -> None:
    lodge(office, hand)
    append(office.store, "case-later")
    head = sealed(office)
    hand.on(hours=1)
    with office.store.begin() as tx:
        tx.work.order([outside_order(OrderKind.LEDGER_LODGE, "notary", hand(), hand())], hand())
    settle(office)
    assert head not in [one.head for one in postedheads.gather(office, hand())], "the day goes on"
    hand.on(days=1)
    sealed(office)
    (told,) = [one for one in postedheads.gather(office, hand()) if one.head == head]
    assert [one.witness for one in told.lodged] == ["notary"]


def test_who_cuts_the_ledger_and_lays_it_anew_is_seen_at_the_next_lodging(office: Office, notary: Notary, hand: Hand) -> None:
    lodge(office, hand)
    ((name, root),) = notary.values.items()
    sealed(office)
    forge(office.store)
    sealed(office)
    with office.store.read() as tx:
        assert tx.ledger.verify()[1] is None, "by itself it holds"
    lodge(office, hand)
    assert matters(office) == ["ledger_differs"]
    assert notary.values[name] != root, "the witness gets the forged one too, under the same name, and can show both"


def test_a_witness_that_takes_none_is_a_matter_until_it_takes_the_next(office: Office, notary: Notary, hand: Hand) -> None:
    notary.refuses = Unavailable("timeout")
    lodge(office, hand)
    assert matters(office) == []
    hand.on(hours=20)
    settle(office)
    assert matters(office) == ["ledger_unlodged"]
    notary.refuses = None
    sealed(office)
    lodge(office, hand)
    assert matters(office) == []


def test_however_many_heads_were_lodged_they_are_held_to_the_ledger_in_one_reading(office: Office) -> None:
    """Lodged once a day, a head more with each: read anew for each, a ledger of some years could not be verified in an hour."""
    heads = []
    for number in range(6):
        append(office.store, *(f"case-{number}-{one}" for one in range(3)))
        heads.append(sealed(office))
    false, ahead = replace(heads[2], root="0" * 64), replace(heads[-1], size=heads[-1].size + 1)
    read = list[str]()

    def count(*said: Any) -> None:
        read.append(str(said[2]))

    with office.store.read() as tx:
        sa.event.listen(tx.connection, "before_cursor_execute", count)
        assert lodging.differing(tx, [*heads[3:], ahead, *heads[:3], false]) == [ahead, false]
        assert lodging.differing(tx, []) == []
        assert sum("ledger.digest" in one for one in read) == 1
        assert [tx.tree.at(head.size) for head in heads] == heads
    with office.store.begin() as tx:
        within = tx.connection.execute(sa.select(tables.ledger.c.id).where(tables.ledger.c.seal == 4)).scalars().first()
        tx.connection.execute(sa.update(tables.ledger).where(tables.ledger.c.id == within).values(digest="no digest"))
    with office.store.read() as tx:
        assert lodging.differing(tx, [*heads[3:], *heads[:3]]) == [*heads[3:], heads[2]], "all that cover what was damaged"


def test_what_an_older_release_has_sealed_comes_into_the_tree_part_by_part(office: Office) -> None:
    append(office.store, "case-9")
    head = sealed(office)
    with office.store.begin() as tx:
        tx.connection.execute(sa.delete(tables.ledger_tree))
        tx.connection.execute(sa.update(tables.seal).values(size=None, root=None))
    with office.store.begin() as tx:
        assert tx.tree.grow(1) == 9, "whole seals"
        assert tx.tree.grow(1) == 1
        assert tx.tree.grow(1) == 0
        assert tx.tree.head() == head
        assert tx.ledger.verify() == (2, None)


def test_a_root_that_was_changed_does_not_hold(office: Office) -> None:
    with office.store.begin() as tx:
        tx.connection.execute(sa.update(tables.seal).values(root=GENESIS))
    with office.store.read() as tx:
        assert tx.ledger.verify()[1] == "the tree at seal 1 does not hold"


@on_both
def test_a_stranger_checks_an_entry_and_that_the_ledger_only_grew_with_nothing_but_heads(
    database_url: str, tmp_path: Path
) -> None:
    operator = settled(database_url, tmp_path, "")
    stranger = Operator(folder=tmp_path / "elsewhere", url="")
    stranger.folder.mkdir()

    def head(store: Store, *abouts: str) -> str:
        append(store, *abouts)
        with store.begin() as tx:
            tx.ledger.seal(tx.machine_now())
            tx.tree.grow()
        return operator.say("ledger", "head").out.strip()

    with closing(operator.store()) as store:
        former, now = head(store, *(f"case-{n}" for n in range(9))), head(store, "case-9", "case-10")
        with store.read() as tx:
            entry = tx.ledger.about("case-3")[0]["id"]
    for told, given, heads in (
        ("entry", ("--entry", entry), (now,)),
        ("growth", ("--since", "9"), (former, now)),
    ):
        file = stranger.folder / f"{told}.json"
        assert operator.say("ledger", "prove", *given, "--to", str(file)).code == 0
        assert "case-3" not in file.read_text(encoding="utf-8")
        shown = [part for one in heads for part in ("--head", one)]
        assert stranger.say("ledger", "check", str(file), *shown).code == 0, told
        forged = [part for one in heads for part in ("--head", f"{one.split(':')[0]}:{'0' * 64}")]
        assert stranger.say("ledger", "check", str(file), *forged).code == 1, told
        alone = stranger.say("ledger", "check", str(file))
        assert (alone.code, "--head SIZE:ROOT" in alone.err) == (2, True)
        held = json.loads(file.read_text(encoding="utf-8"))
        for changed in ({**held, "path": held["path"][1:]}, {**held, "size": held["size"] + 1}, {**held, "more": 1}, [held]):
            file.write_text(json.dumps(changed), encoding="utf-8")
            assert stranger.say("ledger", "check", str(file), *shown).code in (1, 2), changed
    garbled = stranger.folder / "garbled.json"
    for strange in ("[" * 200_000, '{"size": 1, "size": 2}', "no proof", ""):
        garbled.write_text(strange, encoding="utf-8")
        said = stranger.say("ledger", "check", str(garbled), "--head", now)
        assert (said.code, "is no proof that `ledger prove` has written" in said.err) == (2, True), said.err[-300:]
    assert operator.say("ledger", "verify", "--head", former).code == 0
    cut = operator.say("ledger", "verify", "--head", f"9:{'0' * 64}")
    assert (cut.code, "cut, changed or laid anew" in cut.out + cut.err) == (1, True)
    assert operator.say("ledger", "verify", "--head", "9").code == 2
    assert operator.say("ledger", "prove", "--entry", entry, "--size", "3").code == 3
    assert operator.say("ledger", "prove", "--since", "12").code == 2

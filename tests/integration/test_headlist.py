"""The ledger's heads stand on the public register: whoever has kept a file of it shows later that something was cut or laid anew."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector import visitkeys
from inspector.domain import headlist
from inspector.domain.treehead import TreeHead
from inspector.flows import affix, lodging, postedheads
from inspector.flows.office import Office
from inspector.gazette import Register, files
from inspector.store import tables
from inspector.store.store import Store
from inspector.visitkeys import PublicKey
from tests import house
from tests.house import Hand, open_office
from tests.integration.test_ledger import append
from tests.operator import Operator, on_both, one_database, settled

database_url = one_database
ADDRESS = "https://example.org/results"


def sealed(store: Store, now: datetime) -> TreeHead:
    """Seal what waits, all of it; the head."""
    with store.begin() as tx:
        while tx.ledger.seal(now, 3):
            tx.tree.grow()
        return tx.tree.head()


def laid_anew(store: Store, now: datetime, *, first: bool) -> None:
    """An entry goes, the first or the last, and chain and tree are laid anew, as whoever has the database could."""
    with store.begin() as tx:
        order = tables.ledger.c.id if first else tables.ledger.c.id.desc()
        asked = sa.select(tables.ledger.c.id).where(tables.ledger.c.about.startswith("case-")).order_by(order).limit(1)
        gone = tx.connection.execute(asked).scalar_one()
        tx.connection.execute(sa.delete(tables.ledger).where(tables.ledger.c.id == gone))
        tx.connection.execute(sa.update(tables.ledger).values(seal=None))
        tx.connection.execute(sa.delete(tables.seal))
        tx.connection.execute(sa.delete(tables.ledger_tree))
    sealed(store, now)


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    """An office with some entries of an earlier day."""
    held, hand = settled(database_url, tmp_path), Hand()
    with house.closing(held.store()) as store:
        append(store, *(f"case-{number}" for number in range(9)))
        sealed(store, hand())
    return held


@pytest.mark.slow
@on_both
@pytest.mark.alike
@pytest.mark.parametrize("first", [True, False])
def test_who_has_kept_a_file_of_the_register_shows_that_the_ledger_was_cut_or_laid_anew(operator: Operator, first: bool) -> None:
    site, kept = operator.folder / "site", operator.folder / "kept"
    operator.well("publication", "site", str(site), "--post", ADDRESS)
    shutil.copytree(site, kept)
    heads, proof = str(kept / headlist.FILE), str(kept / "ledger.json")
    assert operator.well("ledger", "verify", "--head", heads, "--head", proof).code == 0
    own = operator.say("publication", "verify", str(kept), "--head", proof)
    assert (own.code, "agrees with itself" in own.out + own.err) == (1, True), "who brings the folder brings this head, too"
    with house.closing(operator.store()) as store:
        laid_anew(store, Hand()(), first=first)
    assert operator.say("ledger", "verify").code == 0, "by itself it holds"
    for one in (heads, proof):
        said = operator.say("ledger", "verify", "--head", one, "--json")
        assert (said.code, len(said.json["tree"]["differs"])) == (1, 1), one
    assert operator.say("ledger", "verify", "--head", str(kept / "index.html")).code == 2
    again = operator.say("publication", "site", str(site), "--post", ADDRESS)
    assert again.code == 0
    with house.closing(operator.store()) as store, store.read() as tx:
        (told,) = tx.attention.standing(lodging.DIFFERS)
    assert told["witness"] == postedheads.REGISTER, "and the next posting over it tells a person"


@pytest.mark.parametrize("gone", [True, False])
def test_heads_that_were_cut_or_taken_away_before_a_posting_are_a_matter(
    store: Store, hand: Hand, tmp_path: Path, gone: bool
) -> None:
    office, site = open_office(store, hand), tmp_path / "site"
    assert postedheads.hold(office, site, hand()) == [], "before the first posting there are none"
    affix.write(site, files(Register(title="t", lines=(), heads=postedheads.gather(office, hand()))))
    postedheads.hold(office, site, hand())
    with store.read() as tx:
        assert list(tx.attention.standing(lodging.DIFFERS)) == []
    file = site / headlist.FILE
    if gone:
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-3])
    assert postedheads.lost(site)
    postedheads.hold(office, site, hand())
    with store.read() as tx:
        (told,) = tx.attention.standing(lodging.DIFFERS)
    assert (told["witness"], told["file"]) == (postedheads.REGISTER, headlist.FILE)


def test_a_head_is_that_of_the_days_beginning_and_the_same_day_says_the_same_twice(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    append(store, "case-1", "case-2")
    first = sealed(store, hand())
    assert postedheads.gather(office, hand()) == (), "of the day itself none is told: it goes on"
    hand.on(days=1)
    append(store, "case-3")
    sealed(store, hand())
    (told,) = postedheads.gather(office, hand())
    assert (told.head, told.day) == (first, office.calendar.local_date(hand()))
    assert postedheads.gather(office, hand() + timedelta(hours=1)) == (told,)
    with store.read() as tx:
        assert tx.tree.before(datetime.combine(told.day, time(), office.calendar.zone)) == first
        assert tx.tree.before(hand() - timedelta(days=400)) is None


def signing(office: Office, folder: Path) -> Office:
    """The office with a key of its own."""
    private, _ = visitkeys.new()
    (folder / "key.pem").write_bytes(private)
    return replace(office, keys=visitkeys.read([(office.house, folder / "key.pem", None)]))


def test_a_head_is_signed_by_the_offices_key_and_stands_on_a_page_in_both_languages(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office = signing(open_office(store, hand), tmp_path)
    append(store, "case-1")
    sealed(store, hand())
    hand.on(days=1)
    (told,) = postedheads.gather(office, hand())
    key = postedheads.key(office)
    public = PublicKey(agency=office.house, point=bytes.fromhex(key))
    assert public.believes(told.signed, bytes.fromhex(told.signature))
    other = replace(told, head=replace(told.head, size=told.head.size + 1))
    assert not public.believes(other.signed, bytes.fromhex(told.signature))
    made = dict(files(Register(title="云溪区 & <局>", lines=(), heads=(told,), key=key)))
    for page, word in (("heads.html", "台账根"), ("en/heads.html", "Heads of the ledger")):
        text = made[page].decode()
        assert told.line in text
        assert word in text
        assert key in text
    assert '<a href="heads.html">' in made["index.html"].decode()
    assert headlist.kept(made[headlist.FILE]) == [told.head]
    assert headlist.read(made[headlist.FILE]) == ([told], key)


def test_what_is_no_file_of_heads_is_none() -> None:
    good = json.loads(headlist.content([], ""))
    several: tuple[object, ...] = (
        *({}, good | {"form": "x"}, good | {"heads": 1}),
        *(good | {"heads": [{"size": 1}]}, good | {"key": 1}, [good], "x"),
    )
    for wrong in several:
        with pytest.raises(ValueError, match=r"no head"):
            headlist.read(json.dumps(wrong).encode())

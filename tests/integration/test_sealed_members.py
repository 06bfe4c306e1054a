"""Whom the keys of a frame stand for is the one private file of a draw: it lies sealed, part by part, where there is a key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.errors import Refusal
from inspector.flows.members import Member, by_key, keep_members, member_of, members_digest, members_of, object_id
from inspector.store import keys
from inspector.store.drawtables import MEMBERS, draw_file
from inspector.store.sealed import bare
from inspector.store.store import Store
from tests import house
from tests.sealing import NEW, OLD, TURNED, at_rest, found, sealed_store

pytestmark = pytest.mark.alike

NUMBER, CODE, NAME, SECRET = "bureau-2026-00001", "110105194912310002", "欧阳暗记", b"s" * 32
FRAME = b"id\tstratum\n"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with house.closing(sealed_store(database_url)) as held:
        yield held


def frozen(store: Store) -> str:
    """A frame with a natural person and some thousands of firms, its public file beside it; the person's key."""
    who = object_id(SECRET, SubjectKind.PERSON, CODE)
    told = {f"F{number:05d}": Member(kind=SubjectKind.FIRM, code=f"F{number:05d}", name="", cases=()) for number in range(5_000)}
    told[who] = Member(kind=SubjectKind.PERSON, code=CODE, name=NAME, cases=("c1",))
    with store.begin() as tx:
        keep_members(tx, NUMBER, by_key(told))
        tx.draws.keep_file(NUMBER, "objects.tsv", FRAME)
    return who


@pytest.mark.slow
def test_no_natural_person_of_a_frame_lies_plainly_and_whoever_draws_reads_every_one(store: Store) -> None:
    who = frozen(store)
    assert found(at_rest(store), {CODE, NAME}) == set()
    with store.read() as tx:
        member = member_of(tx, NUMBER, who)
        assert (member and member.code, len(members_of(tx, NUMBER))) == (CODE, 5_001)
        assert tx.draws.file(NUMBER, "objects.tsv") == FRAME
        before = members_digest(SECRET, tx, NUMBER)
    assert FRAME in at_rest(store), "what strangers recompute stays plain"
    told = {(one.place, one.key): one.count for one in keys.status(store)}
    assert {place: count for place, count in told.items() if place[0] == "draw_file.bytes"} == {("draw_file.bytes", OLD.id): 2}
    with house.closing(Store(store.url.render_as_string(hide_password=False), synchronous="OFF", keys=TURNED)) as turned:
        keys.rotate(turned, lambda _table, _count: None)
        assert {one.key for one in keys.status(turned) if one.place == "draw_file.bytes"} == {NEW.id}
        with turned.read() as tx:
            assert members_digest(SECRET, tx, NUMBER) == before, "what the ledger holds it to is of what it says"
            assert tx.draws.file(NUMBER, "objects.tsv") == FRAME


def test_a_part_that_was_moved_to_another_place_is_refused(store: Store) -> None:
    frozen(store)
    plain = bare(draw_file)
    with store.begin() as tx:
        here = (plain.c.number == NUMBER, plain.c.name == MEMBERS)
        first = tx.connection.execute(plain.select().where(*here, plain.c.part == 0)).one().bytes
        tx.connection.execute(plain.update().where(*here, plain.c.part == 1).values(bytes=first))
        with pytest.raises(Refusal, match="sealed_altered"):
            members_of(tx, NUMBER)


@pytest.mark.slow
def test_a_frame_of_before_there_was_a_key_is_read_and_sealed_by_key_rotate(database_url: str) -> None:
    with house.closing(house.open_store(database_url)) as plain:
        frozen(plain)
        assert found(at_rest(plain), {CODE}) == {CODE}
        with house.closing(Store(plain.url.render_as_string(hide_password=False), synchronous="OFF", keys=TURNED)) as held:
            with held.read() as tx:
                assert len(members_of(tx, NUMBER)) == 5_001
            keys.rotate(held, lambda _table, _count: None)
            assert {one.key for one in keys.status(held) if one.place == "draw_file.bytes"} == {NEW.id}

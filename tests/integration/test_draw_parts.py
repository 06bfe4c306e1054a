"""A frame lies in parts: whoever computes its tickets, in whatever language, the result is the same bytes; a receipt reads one part."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import sqlalchemy as sa

from inspector.domain import draw as protocol
from inspector.domain.case import SubjectKind
from inspector.domain.commitment import Commitment, Listing, Share, commit
from inspector.domain.decision import Because
from inspector.domain.errors import Invalid, Missing
from inspector.domain.frame import Frame, ObjectRow, content, freeze
from inspector.domain.listed import Listed
from inspector.domain.plan import Draw, DrawState
from inspector.domain.register import EntryKind
from inspector.domain.rowfile import RowFile
from inspector.domain.selection import select, select_by
from inspector.domain.suite import Suite
from inspector.flows import lists, publish, seeding, voiding
from inspector.flows.members import Member, by_key, count_members, keep_members, member_of, members_of, unpacked
from inspector.flows.office import Office
from inspector.store.drawfiles import PART
from inspector.store.drawtables import draw_file
from inspector.store.store import Store
from inspector.store.tx import Tx, new_id
from tests import house
from tests.bundles import barred, nonce, person, promise, rules, thing
from tests.receipts import holds

pytestmark = pytest.mark.alike

NUMBER = "bureau-2026-00001"
LIST = Listed(name="weekly", agency="bureau")
AWKWARD = [
    'a"b',
    "\\x41",
    "\\",
    "NULL",
    "a,b",
    "企业 甲",
    "😀",
    "ｱ",
    "￭",
    "z z",
    "{x}",
    "%s",
    ":key",
    "\U00010fff",
    "É",
    "e",
    "Z",
]
"""What another collation, an escape or a template would take for something else."""


def register(most: int) -> list[ObjectRow]:
    """So many objects of three classes."""
    chance = random.Random(most)
    names = [f"{one}{n}" for n in range(most // len(AWKWARD) + 1) for one in AWKWARD][:most]
    codes = ["1", "1", "1", "cap"]
    return [thing(name, stratum=chance.choice(["A", "乙", "ｂ"]), status=chance.choice(codes)) for name in names]


def kept(store: Store, most: int) -> tuple[Draw, Commitment, Frame, list[dict[str, str]]]:
    """A committed draw of so many objects, with its files in the store."""
    rows = register(most)
    frame = freeze(rows, [person(f"Z{n}", cap=9999) for n in range(9)], [barred(rows[0].id, "Z1"), barred("nobody", "Z1")])
    held = rules({code: Share(ppm=30_000, least=2) for code in ("A", "乙", "ｂ")}, reserve=5)
    made = commit(
        number=NUMBER, prev=None, blind="0" * 32, made=house.START.isoformat(), sources=[promise("one")],
        listings=[Listing(name=LIST.name, frame=frame, rules=held)],
    )  # fmt: skip
    part = {"kind": "reveal", "nonce": nonce("one")}
    drawn = Draw(
        number=NUMBER, agency="bureau", plan="weekly", slot="1", pack="p", state=DrawState.SEEDING, made_at=house.START, prev=None,
        parties=("one",), lists=(LIST,), c=made.c, w=made.w, announced_at=house.START,
        parts={"one": part}, promises={"one": promise("one")},
    )  # fmt: skip
    with store.begin() as tx:
        tx.draws.add(drawn)
        lists.keep(tx, drawn, {LIST.name: frame})
        keep_members(tx, NUMBER, by_key({row.id: of(row.id) for row in reversed(frame.objects)}))
        tx.draws.keep_file(NUMBER, "commit.json", made.content)
        entered(tx, drawn)
    return drawn, made, frame, [part]


def entered(tx: Tx, drawn: Draw) -> None:
    """What ledger and register hold of such a draw: nothing is told of one about which the records contradict each other."""
    tx.register.append(drawn.agency, EntryKind.DRAW, NUMBER, {}, house.START)
    seeding.claim(tx, drawn, house.START)
    told: dict[str, dict[str, object]] = {
        "draw.prepare": {},
        "draw.promise": {"party": "one", **drawn.promises["one"]},
        "draw.announce": {"w": drawn.w},
        "draw.reveal": {"party": "one"},
    }
    for rule, facts in told.items():
        tx.ledger.append(new_id(), NUMBER, Because(rule=rule, basis=(), pack=drawn.pack, facts=facts), {}, house.START)


def of(name: str) -> Member:
    return Member(kind=SubjectKind.FIRM, code=name, name=f'{name}": [', cases=(f"c-{name}",))


def office(tickets_from: int) -> Office:
    """All that carrying out asks of an office."""
    row = SimpleNamespace(report=SimpleNamespace(certain=Fraction(9, 10)))
    return cast(
        "Office",
        SimpleNamespace(tickets_from=tickets_from, secret=b"s", book=SimpleNamespace(get=lambda _: row), earnest=lambda: None),
    )


@pytest.mark.slow
@pytest.mark.parametrize("most", [1, PART, 2 * PART + 77])
def test_a_frame_in_parts_gives_the_bytes_that_one_in_memory_gives_whoever_computes_the_tickets(store: Store, most: int) -> None:
    drawn, made, frame, parts = kept(store, most)
    expected = protocol.carry_out(made, {LIST.name: frame}, parts)
    with store.read(steady=True) as tx:
        assert tx.draws.file(NUMBER, "objects.tsv") == content(frame.objects)
        assert len([*tx.draws.parts(NUMBER, "objects.tsv")]) == -(-most // PART)
        assert voiding.carry_out(office(10**9), tx, drawn) == expected
        by_sql = voiding.carry_out(office(0), tx, drawn)
    assert by_sql == expected
    assert isinstance(by_sql, protocol.Result)
    assert by_sql.content() == expected.content()
    assert sum(one.k for one in expected.lists[0].strata.values()) > most // 40


@pytest.mark.slow
def test_lists_with_objects_of_their_own_lie_each_in_its_own_parts_and_have_tickets_and_receipts_of_their_own(
    store: Store,
) -> None:
    first, other = (Listed(name=name, agency=name, pack="p") for name in ("bureau", "fire"))
    rows = register(PART + 900)
    frames = {first.name: freeze(rows[:-400], [person("Z1", cap=9999)], []), other.name: freeze(rows[500:], [], [])}
    held = {
        first.name: rules({code: Share(ppm=30_000, least=2) for code in ("A", "乙", "ｂ")}, reserve=5, team=1),
        other.name: rules({code: Share(ppm=80_000) for code in ("A", "乙", "ｂ")}),
    }
    made = commit(
        number=NUMBER, prev=None, blind="0" * 32, made=house.START.isoformat(), sources=[promise("one")],
        listings=[Listing(name=name, frame=frame, rules=held[name]) for name, frame in frames.items()],
    )  # fmt: skip
    drawn = Draw(
        number=NUMBER, agency="bureau", plan="weekly", slot="1", pack="p", state=DrawState.SEEDING, made_at=house.START, prev=None,
        parties=("one",), lists=(first, other), c=made.c, w=made.w, announced_at=house.START,
        parts={"one": {"kind": "reveal", "nonce": nonce("one")}},
        promises={"one": promise("one")},
    )  # fmt: skip
    with store.begin() as tx:
        tx.draws.add(drawn)
        lists.keep(tx, drawn, frames)
        keep_members(tx, NUMBER, by_key({row.id: of(row.id) for row in rows}))
        tx.draws.keep_file(NUMBER, "commit.json", made.content)
        entered(tx, drawn)
    expected = protocol.carry_out(made, frames, [drawn.parts["one"]])
    with store.read(steady=True) as tx:
        assert [len([*tx.draws.parts(NUMBER, name)]) for name in ("objects.tsv", "fire.objects.tsv")] == [2, 2]
        assert set(lists.small(tx, drawn)) == {
            "commit.json",
            "inspectors.tsv",
            "bans.tsv",
            "fire.inspectors.tsv",
            "fire.bans.tsv",
        }
        assert [voiding.carry_out(office(size), tx, drawn) for size in (10**9, 0)] == [expected, expected]
        assert count_members(tx, NUMBER) == len(rows), "who stands in both lists is one object"
        for one, name in (("Z0", "bureau"), ("Z100", "bureau"), ("Z100", "fire"), ("Z290", "fire")):
            told = publish.receipt_of(office(0), tx, NUMBER, one, house.START, agency=name)
            assert told["list"] == name
            assert holds(made, told, name)
        for one, name in (("Z0", "fire"), ("Z290", "bureau")):
            with pytest.raises(Missing, match="receipt_unknown"):
                publish.receipt_of(office(0), tx, NUMBER, one, house.START, agency=name)


@pytest.mark.postgres
@pytest.mark.parametrize("spare", [6, 0, -1])
def test_postgres_draws_bit_for_bit_what_the_domain_draws_even_where_its_bar_was_too_low(postgres_url: str, spare: int) -> None:
    with house.closing(house.open_store(postgres_url)) as store:
        _drawn_by_sql(store, spare)


def _drawn_by_sql(store: Store, spare: int) -> None:
    _, made, frame, _ = kept(store, 2000)
    held, key = made.list_named(LIST.name).rules, f"{spare + 7:032x}"
    with store.read(steady=True) as tx:
        beside = tx.draws.tickets(NUMBER, "objects.tsv")
        assert beside is not None
        rows = RowFile(lambda: tx.draws.parts(NUMBER, "objects.tsv"), Suite())
        told = select_by(held, rows, beside, Suite(), key, key, spare=spare)
        seen, drawn = beside.below(key, {"A": "1"})
        below = [one for _, one in drawn]
    assert seen == rows.tally
    assert told == select(held, frame.objects, Suite(), key, key)
    assert below == sorted(below)
    assert 0 < len(below) < 100


def test_sqlite_computes_no_tickets_and_says_so(tmp_path: Path) -> None:
    with house.closing(house.open_store(f"sqlite:///{tmp_path / 'house.sqlite3'}")) as store, store.read() as tx:
        assert tx.draws.tickets(NUMBER, "objects.tsv") is None


@pytest.mark.slow
def test_a_receipt_reads_one_part_and_leads_to_the_root(store: Store) -> None:
    _, made, frame, _ = kept(store, 2 * PART + 77)
    with store.read() as tx:
        for name in ("Z0", "Z300", "NULL12", max(row.id for row in frame.objects if row.id.startswith("Z"))):
            told = publish.receipt_of(office(0), tx, NUMBER, name, house.START)
            assert holds(made, told, LIST.name)
            expected = protocol.veiled(made.suite, protocol.receipt(made, frame, name, LIST.name))
            assert {**told, "c": made.c} == {**expected, "draw": NUMBER, "words": told["words"]}
        with pytest.raises(Missing, match="receipt_unknown"):
            publish.receipt_of(office(0), tx, NUMBER, "Z9999", house.START)


@pytest.mark.parametrize("column", ["bytes", "node"])
def test_of_an_altered_part_no_receipt_is_given_and_only_its_rows_stop_a_draw(store: Store, column: str) -> None:
    drawn, _, _, _ = kept(store, PART + 50)
    with store.begin() as tx:
        part = 0 if column == "bytes" else 1  # the row asked for lies in the first, and needs the node of the second
        of_part = (draw_file.c.number == NUMBER, draw_file.c.name == "objects.tsv", draw_file.c.part == part)
        held = tx.connection.execute(sa.select(draw_file.c[column]).where(*of_part)).scalar_one()
        other = held.replace(b"\t1\t", b"\tcap\t", 1) if column == "bytes" else bytes(32)
        assert other != held
        tx.connection.execute(sa.update(draw_file).where(*of_part).values({column: other}))
    with store.read() as tx:
        with pytest.raises(Invalid, match="REGISTER_CHANGED"):
            publish.receipt_of(office(0), tx, NUMBER, "NULL0", house.START)
        told = voiding.carry_out(office(0), tx, drawn)
    assert (told == "objects") == (column == "bytes"), "the nodes save time and decide nothing"


@pytest.mark.slow
def test_the_key_of_a_frame_is_read_whole_in_part_or_for_one(store: Store) -> None:
    _, _, frame, _ = kept(store, PART + 50)
    names = [row.id for row in frame.objects]
    with store.read() as tx:
        assert members_of(tx, NUMBER) == {name: of(name) for name in names}
        assert members_of(tx, NUMBER, names[4090:4100]) == {name: of(name) for name in names[4090:4100]}
        assert [member_of(tx, NUMBER, name) for name in (names[0], names[-1], "nobody", "")] == [
            of(names[0]),
            of(names[-1]),
            None,
            None,
        ]
        whole = tx.draws.file(NUMBER, "members.json")
    told = {name: unpacked(json.dumps(fields)) for name, fields in json.loads(whole).items()}
    assert list(told.items()) == [(name, of(name)) for name in names], "it is JSON as well"


def test_a_frame_that_nobody_is_in_is_kept_and_read_as_one(store: Store) -> None:
    with store.begin() as tx:
        tx.draws.keep_rows(NUMBER, "objects.tsv", [])
        assert [*tx.draws.parts(NUMBER, "objects.tsv")] == [b""]
        assert tx.draws.part_with(NUMBER, "objects.tsv", b"a") is None
        assert len(RowFile(lambda: tx.draws.parts(NUMBER, "objects.tsv"), Suite())) == 0

"""`draw`: announced from the command line, exported as a bundle, and recomputed from that bundle with nothing else."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.domain import draw as protocol
from inspector.domain.commitment import Commitment, Listing, Rules, Share, commit
from inspector.domain.frame import Ban, InspectorRow, ObjectRow, content, freeze
from inspector.domain.plan import Draw, DrawState
from inspector.domain.suite import Suite
from inspector.store.store import Store
from tests import house
from tests.operator import Operator, on_both, one_database, process, settled, table

NUMBER = "bureau-2026-00001"
NONCES = {"audit": "a1" * 32, "justice": "b2" * 32}


def salt(name: str) -> str:
    return Suite().hex(name)[:32]


def carried_out(store: Store, *, finished: bool = True) -> Commitment:
    """Put a draw into the store, finished or still waiting for its seed, as the flows leave it behind."""
    objects = [ObjectRow(id=f"TEST{n:02d}", stratum="A", pool="bureau", salt=salt(f"o{n}")) for n in range(12)]
    staff = [InspectorRow(id=f"Z{n}", pools=("bureau",), cap=9, salt=salt(f"z{n}")) for n in range(5)]
    frame = freeze(objects, staff, [Ban(object="TEST00", inspector="Z0", reason="recusal", salt=salt("ban"))])
    rules = Rules(base="all", rounding="ceil", reserve=1, team=2, strata={"A": Share(ppm=300_000, least=1)})
    sources = [{"kind": "reveal", "party": p, "hash": Suite().hex(f"ssj1/nonce\n{nonce}")} for p, nonce in NONCES.items()]
    parts = [{"kind": "reveal", "nonce": nonce} for nonce in NONCES.values()]
    made = commit(
        number=NUMBER,
        prev=None,
        blind="c3" * 16,
        made=house.START.isoformat(),
        sources=sources,
        listings=[Listing(name="licensing", frame=frame, rules=rules)],
    )
    result = protocol.carry_out(made, {"licensing": frame}, parts)
    held = Draw(
        number=NUMBER,
        agency="bureau",
        plan="licensing",
        slot="2026-03-02",
        pack="demo@1",
        state=DrawState.DRAWN,
        made_at=house.START,
        prev=None,
        parties=tuple(NONCES),
        list_name="licensing",
        c=made.c,
        w=made.w,
        witness="notary:N-77",
        announced_at=house.START,
        drawn_at=house.START,
    )
    files = {"objects.tsv": content(frame.objects), "inspectors.tsv": content(frame.inspectors), "bans.tsv": content(frame.bans)}
    files |= {"commit.json": made.content, "result.json": result.content(), "members.json": b"{}"}
    files |= {"seed.json": json.dumps({"commit": made.c, "parts": parts}).encode()}
    if not finished:
        held = replace(held, state=DrawState.SEEDING, drawn_at=None)
        del files["result.json"], files["seed.json"]
    with store.begin() as tx:
        tx.draws.add(held)
        for name, held_bytes in files.items():
            tx.draws.keep_file(NUMBER, name, held_bytes)
    return made


database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


@pytest.fixture
def commitment(operator: Operator) -> Commitment:
    with house.closing(operator.store()) as store:
        return carried_out(store)


def test_a_bundle_verifies_without_database_or_network_and_its_time_is_proven_only_from_outside(
    operator: Operator, commitment: Commitment
) -> None:
    folder = operator.folder / "bundle"
    operator.well("draw", "export", NUMBER, str(folder))
    shutil.move(folder, operator.folder / "elsewhere")
    elsewhere = str(operator.folder / "elsewhere")
    alone = process("draw", "verify", elsewhere, "--lang", "en", folder=operator.folder)
    assert alone.code == 0, alone.err
    assert "TIME NOT PROVEN" in alone.out
    assert "notary:N-77" in alone.out
    proven = operator.well("draw", "verify", elsewhere, "--witness", commitment.w, "--json").json
    assert (proven["holds"], proven["time_proven"], proven["problems"]) == (True, True, [])
    other = operator.say("draw", "verify", elsewhere, "--witness", "0" * 64, "--json")
    assert (other.code, other.json["holds"], other.json["time_proven"]) == (1, False, False)


def test_the_key_to_pseudonyms_never_leaves_the_house(operator: Operator, commitment: Commitment) -> None:
    operator.well("draw", "export", NUMBER, str(operator.folder / "bundle"))
    assert "members.json" not in {file.name for file in (operator.folder / "bundle").rglob("*")}


def test_nothing_but_w_leaves_the_house_before_the_result_is_there(operator: Operator) -> None:
    with house.closing(operator.store()) as store:
        carried_out(store, finished=False)
    said = operator.say("draw", "export", NUMBER, str(operator.folder / "bundle"))
    assert (said.code, (operator.folder / "bundle").exists()) == (4, False)
    assert operator.well("draw", "show", NUMBER, "--json").json["c"] is None


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("result.json", b"TEST", b"TEXT"),
        ("objects.tsv", b"TEST01", b"TEST0A"),
        ("inspectors.tsv", b"Z0", b"Y0"),
        ("seed.json", b"a1a1", b"a1a2"),
        ("commit.json", b'"reserve":1', b'"reserve":2'),
    ],
)
def test_a_bundle_changed_in_one_place_does_not_hold(
    operator: Operator, commitment: Commitment, file: str, old: bytes, new: bytes
) -> None:
    folder = operator.folder / "bundle"
    operator.well("draw", "export", NUMBER, str(folder))
    changed = folder / file
    assert old in changed.read_bytes()
    changed.write_bytes(changed.read_bytes().replace(old, new, 1))
    assert operator.say("draw", "verify", str(folder)).code == 1


def test_a_bundle_that_lacks_a_file_is_refused_as_bad_input(operator: Operator, commitment: Commitment) -> None:
    folder = operator.folder / "bundle"
    operator.well("draw", "export", NUMBER, str(folder))
    (folder / "seed.json").unlink()
    said = operator.say("draw", "verify", str(folder))
    assert (said.code, "seed.json" in said.err) == (2, True)


@on_both
def test_a_draw_in_the_database_is_recomputed_in_place(operator: Operator, commitment: Commitment) -> None:
    assert operator.well("draw", "verify", NUMBER, "--json").json["holds"] is True
    assert operator.say("draw", "verify", "bureau-2026-09999").code == 3


def test_a_bundle_is_never_written_over_something_else(operator: Operator, commitment: Commitment) -> None:
    operator.file("other.txt", "x")
    assert operator.say("draw", "export", NUMBER, str(operator.folder)).code == 2


@on_both
def test_a_draw_is_announced_once_a_period_and_only_when_there_is_something_to_draw(operator: Operator) -> None:
    empty = operator.say("draw", "announce", "licensing", "--json")
    assert (empty.code, empty.json) == (4, {"draw": None})
    file = operator.file("objects.csv", table(["code"], ["TEST1"], ["TEST2"]))
    operator.well("roster", "import", "objects", file, "--agency", "bureau")
    first = operator.well("draw", "announce", "licensing", "--json").json["draw"]
    again = operator.well("draw", "announce", "licensing", "--json").json["draw"]
    assert first["number"] == again["number"]
    assert [one["number"] for one in operator.well("draw", "list", "--json").json] == [first["number"]]
    assert operator.well("draw", "show", first["number"], "--json").json["state"] == "PREPARING"
    assert operator.say("draw", "export", first["number"], str(operator.folder / "b")).code == 4
    assert operator.say("draw", "announce", "no-such-plan").code == 2

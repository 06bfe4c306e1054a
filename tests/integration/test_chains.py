"""What holds a house to its own past: the register against every commitment, and one commitment against the next (7.9, step 7)."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from inspector.domain.commitment import Commitment, Listing, read
from inspector.domain.errors import Refusal
from inspector.domain.frame import freeze
from inspector.domain.register import Entry, entry, flaw, unheld
from inspector.domain.suite import Suite
from inspector.domain.verify import alone, chained, unaccounted
from inspector.flows.publish import void_entry
from inspector.store.store import Store
from tests.bundles import committed, rules
from tests.drawn import carried_out, drawing
from tests.house import Hand, closing, settle
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_void import WHY, sign
from tests.offline import NONCE, PLAN, SEED, carry_out, laptop
from tests.offline import announce as announce_offline
from tests.operator import Operator, one_database, settled

pytestmark = pytest.mark.alike

database_url = one_database


@pytest.mark.slow
def test_a_register_that_is_chained_anew_is_not_the_one_that_a_commitment_names(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms", "shops")
    first = announce(office, hand, "firms")
    settle(office)
    carried_out(office, hand, first.number)
    for by in ("李科长", "王主任"):
        sign(office, first.number, by)
    second = announce(office, hand, "shops")
    settle(office)
    with store.read() as tx:
        lines, files = tx.register.of_agency("bureau"), tx.draws.commitments("bureau")
    ends = {number: json.loads(content)["register"] for number, content in files.items()}
    assert (flaw(lines), unheld(lines, ends), list(ends)) == (None, [], [first.number, second.number])
    anew: list[Entry] = []
    for one in lines:
        facts = {**one.facts, "reason": "another"} if one.facts.get("reason") == WHY else one.facts
        anew.append(entry(anew[-1] if anew else None, one.agency, one.kind, one.draw, facts, one.at))
    assert (flaw(anew), unheld(anew, ends)) == (None, [second.number]), "it agrees with itself alone"
    assert unheld(anew[:2], ends) == [second.number], "nor may its end be cut off"


def test_a_chain_is_followed_as_far_as_the_earlier_bundles_reach() -> None:
    def made(number: str, prev: str | None) -> Commitment:
        return committed([Listing(name="a", frame=freeze([], [], []), rules=rules())], number=number, prev=prev)

    one = made("2026-1", None)
    two = made("2026-2", one.c)
    three = made("2026-3", two.c)

    def codes(*earlier: Commitment) -> tuple[list[str], list[str]]:
        problems, remarks = chained(three, earlier)
        return [line.code for line in problems], [line.code for line in remarks]

    assert codes(two, one) == ([], ["draw.chain_followed", "draw.number_first"])
    lacking = ["draw.chain_followed", "draw.numbers_unaccounted", "draw.prev_unchecked", "draw.numbers_before"]
    assert codes(two) == ([], lacking), "number 1 is not here"
    told = lacking
    assert codes(one) == (["draw.chain_gap"], told), "number 2 is kept back"
    problems, _ = chained(two, [three, one])
    assert [line.code for line in problems] == ["draw.chain_order"], "the newest first"
    kept_back = made("2026-2b", one.c)
    assert "draw.chain_fork" in codes(two, one, kept_back)[0], "two commitments follow number 1"


@pytest.mark.slow
def test_a_draw_void_before_its_result_stands_in_the_chain_with_its_reason(database_url: str, tmp_path: Path) -> None:
    operator, hand = settled(database_url, tmp_path), Hand()
    with closing(operator.store()) as store:
        office, _, _ = drawing(store, hand)
        office = pooled(office, "firms", "shops", "stalls", "halls")
        stopped = announce(office, hand, "shops")
        settle(office)
        for by in ("李科长", "王主任"):
            sign(office, stopped.number, by)
        early = announce(office, hand, "stalls")  # nobody has promised a part of its seed yet: it has no commitment
        for by in ("李科长", "王主任"):
            sign(office, early.number, by)
        last = announce(office, hand, "firms")
        settle(office)
        last = carried_out(office, hand, last.number)
        after = announce(office, hand, "halls")
        settle(office)
        for by in ("李科长", "王主任"):
            sign(office, after.number, by)
        with store.read() as tx:
            assert (tx.draws.get(stopped.number).c, tx.draws.get(early.number).c) == (last.prev, None)
            with pytest.raises(Refusal, match="draw_embargoed"):  # it names the commitment of one whose visits are to be made
                void_entry(office, tx, after.number, hand())
    void, never, whole = (tmp_path / name for name in ("void", "never", "whole"))
    for one, folder in ((stopped, void), (early, never), (last, whole)):
        operator.well("draw", "export", one.number, str(folder))
    files = [sorted(file.name for file in folder.rglob("*") if file.is_file()) for folder in (void, never)]
    assert files == [["commit.json", "record.json"], ["record.json"]]

    def told(*folders: Path) -> dict[str, dict[str, object]]:
        said = operator.well("draw", "verify", str(whole), *map(str, folders), "--json").json
        assert said["holds"]
        return {one["code"]: one["facts"] for one in said["remarks"]}

    assert "draw.prev_unchecked" in told()
    missing = told(void)
    assert missing["draw.chain_void"] == {"draw": stopped.number, "reason": WHY}
    assert missing["draw.numbers_unaccounted"] == {"numbers": early.number}
    assert {"draw.prev_unchecked", "draw.numbers_unaccounted"} & {*told(void, never)} == set(), "no gap"
    assert "draw.chain_void_lacks" not in missing
    record = void / "witness" / "record.json"
    lawful = record.read_bytes()
    record.write_text(json.dumps({"void": WHY}), encoding="utf-8")
    assert told(void)["draw.chain_void_lacks"] == {"draw": stopped.number, "lacks": "draw, w, voided_at, signed"}
    record.write_bytes(lawful)
    (never / "witness" / "record.json").write_text('{"draw":"x"}', encoding="utf-8")
    assert operator.say("draw", "verify", str(whole), str(never)).code == 2, "a folder that says nothing accounts for nothing"
    (void / "witness" / "record.json").write_text('{"draw":"x","void":"y"}', encoding="utf-8")
    assert operator.say("draw", "verify", str(whole), str(void)).code == 2, "a reason that belongs to another draw"


def test_the_first_number_behind_no_other_is_accounted_for_and_any_other_is_gravely_not() -> None:
    def said(number: str, prev: str | None, *earlier: Commitment) -> list[str]:
        one = committed([Listing(name="a", frame=freeze([], [], []), rules=rules())], number=number, prev=prev)
        told = chained(one, earlier)[1] if earlier else alone(one)
        return [line.code for line in told if line.grave]

    first = committed([Listing(name="a", frame=freeze([], [], []), rules=rules())], number="330106-2026-001")
    ninth = committed([Listing(name="a", frame=freeze([], [], []), rules=rules())], number="330106-2026-009")
    assert [said(number, None) for number in ("330106-2026-001", "1", "a-01")] == [[], [], []]
    assert [(one.code, one.grave) for one in alone(first)] == [("draw.number_first", False)], (
        "that it is the first is its own word"
    )
    for number, prev in (("330106-2026-009", None), ("330106-2026-011", None), ("named", None), ("330106-2026-001", first.c)):
        assert said(number, prev) == ["draw.numbers_before"], number
    assert said("330106-2026-002", first.c, first) == []
    assert said("330106-2026-010", ninth.c, ninth) == ["draw.numbers_unaccounted"], "a chain that begins with 9"
    forged = committed([Listing(name="a", frame=freeze([], [], []), rules=rules())], number="330106-2026-002", prev="ab" * 32)
    assert [line.code for line in chained(forged, [first])[0]] == ["draw.chain_gap"], "another prev than the draw before has"


def test_running_numbers_that_nothing_accounts_for_are_told_by_what_they_begin_with() -> None:
    assert unaccounted(["a-2026-00002", "a-2026-00003"]) == []
    assert unaccounted(["a-2026-00002", "a-2026-00004", "b-7", "b-11", "named", "9" * 30]) == ["a-2026-00003", "b-8 … b-10"]
    assert unaccounted(["a-2026-00002", "b-3", "named"], whole=True) == ["a-2026-00001", "b-1 … b-2"]


@pytest.fixture
def office(tmp_path: Path) -> Operator:
    return laptop(tmp_path)


def again(office: Operator) -> None:
    """The first draw's folder and secrets lie beside under another name."""
    shutil.move(office.folder / "draw", office.folder / "first")
    for file in office.folder.glob("draw.*.txt"):
        file.rename(office.folder / f"first.{file.name}")


def test_a_number_or_a_partys_hash_serves_once_among_the_folders_that_lie_beside_each_other(office: Operator) -> None:
    announce_offline(office)
    carry_out(office, *SEED)
    again(office)
    said = announce_offline(office)
    assert (said.code, "330106-2026-001 is used" in said.err) == (4, True)
    office.file("plan.toml", PLAN.replace("330106-2026-001", "330106-2026-002"))
    said = announce_offline(office)
    assert (said.code, "used before, in draw 330106-2026-001" in said.err) == (4, True)
    assert not (office.folder / "draw").exists(), "nothing was written"


def test_figures_thrown_for_one_draw_are_none_for_another_beside_it(office: Operator) -> None:
    announce_offline(office)
    carry_out(office, *SEED)
    again(office)
    other = "cd" * 32
    old, new = (Suite().hex(f"ssj1/nonce\n{secret}") for secret in (NONCE, other))
    c = read((office.folder / "first/commit.json").read_bytes()).c
    office.file("plan.toml", PLAN.replace("330106-2026-001", f'330106-2026-002"\nprev = "{c}').replace(old, new))
    said = announce_offline(office)
    assert f"Looked at: 1 draws, each directly in {office.folder}" in said.out, said.err
    said = carry_out(office, *SEED[:2], "--seed", f"reveal:justice={other}")
    assert (said.code, "used before, in draw 330106-2026-001" in said.err) == (4, True)
    assert not (office.folder / "draw" / "seed.json").exists()
    assert carry_out(office, "--seed", f"text={SEED[1][5:][::-1]}", "--seed", f"reveal:justice={other}").code == 0


def test_the_command_follows_the_chain_through_earlier_folders(office: Operator) -> None:
    announce_offline(office)
    carry_out(office, *SEED)
    first = read((office.folder / "draw/commit.json").read_bytes())
    again(office)
    text = re.sub('hash = ".*"', "make = true", PLAN)
    office.file("plan.toml", text.replace("330106-2026-001", f'330106-2026-002"\nprev = "{first.c}'))
    made = announce_offline(office, "--json").json
    (secret,) = re.findall("[0-9a-f]{64}", Path(made["private"][1]).read_text(encoding="utf-8"))[:1]
    assert carry_out(office, "--seed", f"text={SEED[1][5:][::-1]}", "--seed", f"reveal:justice={secret}").code == 0
    single = office.well("draw", "verify", str(office.folder / "draw"), "--json").json
    assert {"draw.prev_unchecked": False, "draw.numbers_before": True}.items() <= {
        one["code"]: one["grave"] for one in single["remarks"]
    }.items()
    both = office.well("draw", "verify", str(office.folder / "draw"), str(office.folder / "first"), "--json").json
    told = [one["code"] for one in both["remarks"]]
    assert ("draw.prev_unchecked" in told, "draw.chain_followed" in told, both["holds"]) == (False, True, True)
    assert ("draw.numbers_before" in told, told.count("draw.number_first")) == (False, 1)
    commit = office.folder / "first" / "commit.json"
    commit.write_bytes(commit.read_bytes().replace(b'"330106-2026-001"', b'"330106-2026-000"'))
    forged = office.say("draw", "verify", str(office.folder / "draw"), str(office.folder / "first"), "--json")
    assert (forged.code, [one["code"] for one in forged.json["problems"]]) == (1, ["draw.chain_gap"]), "prev is no C of these"

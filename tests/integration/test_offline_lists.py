"""Agencies that draw together without the daemon: a list each with rules and rosters of its own, one commitment, one seed (vector 3)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from inspector.domain import commitment
from inspector.domain.frame import read as read_frame
from inspector.domain.suite import Suite, root
from tests import bundles
from tests.offline import APART, SEED, SEEDS, STAFF, STAFF_HEADS, carry_out, faults, names, strangers_agree
from tests.operator import Operator, Said, table
from tests.tampering import packed

PLAN = f"""
draw = "330106-2026-007"
{SEEDS}
[[lists]]
name = "scjg"
objects = "market.csv"
inspectors = "market-staff.csv"
bans = "market-bans.csv"
reserve = 2
codes = ["cap"]
strata.A.ratio = "10%"
strata.D.ratio = "1/3"
[[lists]]
name = "yjj"
objects = "fire.csv"
inspectors = "fire-staff.csv"
team = 3
reserve = 4
strata.high.ratio = "30%"
strata.low = {{ ppm = 100000, min = 3 }}
"""


@pytest.fixture
def office(tmp_path: Path) -> Operator:
    """A laptop with the rosters of two agencies: every second firm of the market bureau's is in the fire service's too."""
    held = Operator(tmp_path, "sqlite:///nowhere")
    held.file("plan.toml", PLAN)
    market = [(f"TEST{k:04d}", "D" if k % 4 == 0 else "A", "cap" if k == 3 else "", "东区") for k in range(60)]
    fire = [(f"TEST{k:04d}", "high" if k % 3 == 0 else "low", "", "东区") for k in range(0, 60, 2)]
    held.file("market.csv", table(("id", "stratum", "status", "pool"), *market))
    held.file("fire.csv", table(("编号", "类别", "状态", "片区"), *fire))
    held.file("market-staff.csv", table(STAFF_HEADS, *STAFF))
    held.file("fire-staff.csv", table(STAFF_HEADS, *[(f"X{k}", "东区", "", "99", "") for k in range(7)]))
    held.file("market-bans.csv", table(("object", "inspector"), ("TEST0000", "Z0")))
    return held


def announce(office: Operator, *more: str) -> Said:
    return office.say("draw", "announce", "--plan", str(office.folder / "plan.toml"), "--out", str(office.folder / "draw"), *more)


@pytest.mark.needs("node")
def test_two_agencies_draw_from_their_own_spreadsheets_by_their_own_rules_and_every_verifier_agrees(office: Operator) -> None:
    said = announce(office, "--json")
    assert said.code == 0, said.out
    assert said.json["lists"] == [
        {"list": "scjg", "objects": 60, "inspectors": 6, "bans": 1},
        {"list": "yjj", "objects": 30, "inspectors": 7, "bans": 0},
    ]
    folder = office.folder / "draw"
    made = commitment.read((folder / "commit.json").read_bytes())
    assert [(one.name, one.rules.team, one.rules.reserve, sorted(one.rules.strata)) for one in made.lists] == [
        ("scjg", 2, 2, ["A", "D"]),
        ("yjj", 3, 4, ["high", "low"]),
    ]
    assert carry_out(office, *SEED).code == 0
    strangers_agree(folder)
    result = {one["name"]: one for one in json.loads((folder / "result.json").read_bytes())["lists"]}
    sizes = {name: {code: one["k"] for code, one in told["strata"].items()} for name, told in result.items()}
    assert sizes == {"scjg": {"A": 5, "D": 5}, "yjj": {"high": 3, "low": 3}}
    assert {len(team) for team in result["yjj"]["teams"].values()} == {3}
    assert {f"{name}.{kind}.tsv" for name in result for kind in ("objects", "inspectors", "bans")} <= names(folder)
    salts = {name: {line.split("\t")[0]: line.split("\t")[-1] for line in _lines(folder, name)} for name in result}
    assert all(salts["scjg"][one] != salt for one, salt in salts["yjj"].items()), "nobody links rows across lists"


def _lines(folder: Path, name: str) -> list[str]:
    return (folder / f"{name}.objects.tsv").read_text(encoding="utf-8").splitlines()


def test_a_joint_check_of_the_same_objects_is_two_lists_that_name_one_file_and_the_same_rules(office: Operator) -> None:
    same = 'objects = "market.csv"\npool = "东区"\ncodes = ["cap"]\nstrata.A.ratio = "10%"\nstrata.D.ratio = "1/3"\n'
    one, other = (f'[[lists]]\nname = "{name}"\ninspectors = "{name}.csv"\n{same}' for name in ("scjg", "yjj"))
    office.file("plan.toml", f'draw = "330106-2026-008"\n{SEEDS}{one}{other}')
    office.file("scjg.csv", table(STAFF_HEADS, *STAFF))
    office.file("yjj.csv", table(STAFF_HEADS, *[(f"X{k}", "东区", "", "99", "") for k in range(7)]))
    assert announce(office).code == 0
    folder = office.folder / "draw"
    assert (folder / "scjg.objects.tsv").read_bytes() == (folder / "yjj.objects.tsv").read_bytes()
    assert carry_out(office, *SEED).code == 0
    first, second = json.loads((folder / "result.json").read_bytes())["lists"]
    assert first["strata"] == second["strata"], "the objects are drawn once"
    assert first["teams"].keys() == second["teams"].keys()


def test_every_fault_of_every_list_is_told_at_once_and_nothing_is_written(office: Operator) -> None:
    office.file("fire.csv", table(("id", "stratum"), ("TEST0000", "medium"), ("TEST0002", "low"), ("TEST0002", "low")))
    office.file("market-bans.csv", table(("object", "inspector"), ("", "Z0")))
    told = faults(announce(office, "--json"))
    assert {(file, column, code) for file, _, column, code in told} == {
        ("market-bans.csv", "object", "cell_empty"),
        ("fire.csv", "stratum", "choice_unknown"),
        ("fire.csv", "id", "reference_twice"),
    }
    assert not (office.folder / "draw").exists()


def test_a_list_that_names_no_inspectors_is_refused_unless_that_is_said(office: Operator) -> None:
    plan = (office.folder / "plan.toml").read_text(encoding="utf-8")
    office.file("plan.toml", re.sub('(?m)^inspectors = "fire-staff.*\n', "", plan))
    (told,) = faults(announce(office, "--json"))
    assert told == ("plan.toml", None, "lists.2.inspectors", "inspectors_unnamed")
    assert announce(office, "--no-inspectors").code == 0


@pytest.mark.parametrize("option", ["--objects", "--inspectors"])
def test_a_plan_of_several_lists_names_its_rosters_itself(office: Operator, option: str) -> None:
    said = announce(office, option, str(office.folder / "market.csv"))
    assert (said.code, option in said.err) == (2, True)
    assert "plan.toml" in said.err


def test_a_roster_that_is_not_there_is_named(office: Operator) -> None:
    (office.folder / "fire.csv").unlink()
    said = announce(office)
    assert said.code == 2
    assert "fire.csv" in said.err


def test_vector_three_announced_from_spreadsheets_is_the_published_bundle_byte_for_byte(office: Operator) -> None:
    """All but what chance, the clock and rulings made since decide: salts, blind, date, the chain of the pulse, codes, derivation."""
    vector = bundles.vector("3")
    text = 'draw = "demo-3"\n[[seed]]\nkind = "nist"\nchain = 2\ntime = "2126-07-10T10:56:00.000Z"\n'
    text += f'ca = "{"ab" * 32}"\n'
    shares: dict[str, dict[str, int]] = {"scjg": {"A": 50_000, "D": 200_000}, "yjj": {"low": 100_000, "high": 300_000}}
    for name, strata in shares.items():
        ratios = "".join(f"strata.{code}.ppm = {ppm}\n" for code, ppm in strata.items())
        text += f'[[lists]]\nname = "{name}"\nobjects = "{name}.csv"\n{ratios}'
        published = read_frame(*vector.frames[name]).objects
        shuffled = sorted(published, key=lambda row: row.id[::-1])
        office.file(f"{name}.csv", table(("id", "stratum", "pool"), *[(row.id, row.stratum, row.pool) for row in shuffled]))
    office.file("plan.toml", text)
    assert announce(office, "--no-inspectors").code == 0
    folder = office.folder / "draw"
    body: dict[str, Any] = json.loads((folder / "commit.json").read_bytes())
    for listed in body["lists"]:
        published = read_frame(*vector.frames[listed["name"]]).objects
        assert [line.split("\t")[:-1] for line in _lines(folder, listed["name"])] == [
            list(row.fields()[:-1]) for row in published
        ]
        salted = [
            f"{line.rpartition(chr(9))[0]}\t{row.salt}"
            for line, row in zip(_lines(folder, listed["name"]), published, strict=True)
        ]
        assert "".join(f"{line}\n" for line in salted).encode() == vector.frames[listed["name"]][0]
        listed["objects"]["root"] = root(Suite(), (line.encode() for line in salted))
        assert listed.pop("derivation").keys() == shares[listed["name"]].keys()
        assert listed["rules"].pop("codes") == []
    published_body = json.loads(vector.content)
    body |= {name: published_body[name] for name in ("blind", "made", "seed")}
    assert json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() == vector.content
    (folder / "commit.json").write_bytes(vector.content)
    (folder / "witness" / "witness.txt").unlink()  # it has the value of ours
    for name, files in vector.frames.items():
        (folder / f"{name}.objects.tsv").write_bytes(files[0])
    pulse = office.file("pulse.json", json.dumps({"pulse": vector.parts[0]["pulse"]}))
    assert carry_out(office, "--seed", f"nist={pulse}").code == 2, "nobody can check it: it has no certificates"
    said = carry_out(office, "--seed", f"nist={pulse}", "--unchecked-signature")
    assert (said.code, "it counts no bit of chance" in said.err) == (2, True), "it is the only source"
    for file in ("seed.json", "result.json"):
        (folder / file).write_bytes(packed(vector)[file])
    assert office.say("draw", "verify", str(folder)).code == 0


@pytest.mark.parametrize("large", [(), ("--large",)], ids=["held", "large"])
def test_one_firm_under_two_codes_in_two_lists_is_refused_unless_somebody_says_that_they_are_two(
    office: Operator, large: tuple[str, ...]
) -> None:
    credit, bare = "91000000MA0000001R", "MA0000001"
    for name, heads, row in (
        ("market.csv", ("id", "stratum", "status", "pool"), (credit, "A", "", "东区")),
        ("fire.csv", ("编号", "类别", "状态", "片区"), (bare, "high", "", "东区")),
    ):
        office.file(name, table(heads, row, *((f"TEST{k:04d}", row[1], "", "东区") for k in range(12))))
    office.file("market-bans.csv", table(("object", "inspector"), ("TEST0000", "Z0")))
    said = announce(office, *large, "--json")
    assert faults(said)[0] == ("fire.csv", 2, "id", "organisation_elsewhere")
    assert credit in said.out, "what the other list has is named"
    said = announce(office, *large, *APART, "--json")
    assert said.code == 0, said.err
    lists = json.loads((office.folder / "draw" / "commit.json").read_bytes())["lists"]
    assert [one.get("same_organisation") for one in lists] == [None, 1]
    assert carry_out(office, *SEED).code == 0

"""The draw without the daemon: the plan of the documentation, how codes stand in rosters, registers that are not there."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from inspector.domain.identity import citizen_check_digit, is_firm, uscc_check_digit
from inspector.flows.remedies import WORDS as REMEDIES
from tests.needs import ROOT
from tests.offline import APART, HEADS, OBJECTS, PLAN, SEED, STAFF, STAFF_HEADS, announce, carry_out, faults, laptop, rows
from tests.operator import Operator, quoted, table


@pytest.fixture
def office(tmp_path: Path) -> Operator:
    """A laptop with the office's files."""
    return laptop(tmp_path)


CODE = "91330106MA27W0001X"


def test_a_credit_code_is_written_in_one_way_so_that_no_firm_stands_there_twice(office: Operator) -> None:
    spellings = (CODE, CODE.lower(), f"{CODE[:8]}-{CODE[8:17]}-{CODE[17:]}")
    office.file("objects.csv", table(HEADS, *((one, "A", "", "东区", "", "") for one in spellings)))
    said = announce(office, "--json")
    assert faults(said) == [("objects.csv", 3, "id", "code_form"), ("objects.csv", 4, "id", "code_form")]
    assert {one["fix"] for one in said.json["flaws"]} == {f"write {CODE}"}


def test_two_ids_that_differ_in_capitals_alone_are_one_and_both_rows_are_named(office: Operator) -> None:
    rows_ = (("Z1", "A", "", "东区", "", ""), ("z1", "A", "", "东区", "", ""), ("Z2", "A", "", "东区", "", ""))
    office.file("objects.csv", table(HEADS, *rows_))
    said = announce(office, "--json")
    assert faults(said) == [("objects.csv", 3, "id", "reference_twice")]
    assert "row 2" in announce(office).err, "the other row is named"


def test_two_ways_to_write_one_staff_code_are_one_officer(office: Operator) -> None:
    code = STAFF[0][0]
    office.file("inspectors.csv", table(STAFF_HEADS, *STAFF, (f"{code[:1]} {code[1:]}".lower(), *STAFF[0][1:])))
    assert ("inspectors.csv", 2 + len(STAFF), "id", "reference_twice") in faults(announce(office, "--json"))


def test_a_roster_without_ids_is_told_that_first_and_then_of_the_head_that_nobody_asked_for(office: Operator) -> None:
    office.file("objects.csv", table(("name", *HEADS[1:]), *OBJECTS))
    said = announce(office)
    told = [line for line in said.err.splitlines() if "objects.csv" in line]
    assert (said.code, [line.split(" → ")[0].partition("objects.csv ")[2] for line in told[:2]]) == (
        2,
        ["row 1, id: the column is missing", "row 1, name: remark: the column is not used"],
    )


def test_what_looks_wrong_about_a_credit_code_is_remarked_for_each_row(office: Operator) -> None:
    right = f"{CODE[:17]}{uscc_check_digit(CODE[:17])}"
    wrong = f"{CODE[:16]}2{next(one for one in '01' if one != uscc_check_digit(f'{CODE[:16]}2'))}"
    lettered = f"{right[:8]}O{right[9:]}"
    office.file("objects.csv", table(HEADS, *((one, "A", "", "东区", "", "") for one in (right, wrong, lettered))))
    said = announce(office, "--json")
    told = [(one["row"], one["code"]) for one in said.json["warnings"] if one["column"] == "id"]
    assert told == [(3, "code_irregular"), (4, "code_irregular")]


def test_one_firm_under_several_codes_is_refused_unless_somebody_says_that_they_are_several_and_the_commitment_says_so(
    office: Operator,
) -> None:
    other = f"{CODE[:17]}{'0' if CODE[17] != '0' else '1'}"
    rows_ = [(one, "A", "", "东区", "", "") for one in (CODE[8:17], "Z1", CODE, other)]
    office.file("objects.csv", table(HEADS, *rows_))
    twice = [("objects.csv", row, "id", "organisation_twice") for row in (4, 5)]
    said = announce(office, "--json")
    assert faults(said) == twice
    fixes = [(one["row"], one["fix"]) for one in said.json["flaws"]]
    told = [(row, REMEDIES["organisation_twice"][2].format(row=row, other=2)) for row in (4, 5)]
    assert fixes == told, "the words of the daemon's import, which name both rows"
    assert "row 2" in announce(office).err, "the other row is named"
    assert not (office.folder / "draw").exists()
    for lacks in (("--same-organisation",), APART[:3], (*APART[:4], "甲", *APART[5:])):
        said = announce(office, *lacks, "--json")
        assert (said.code, "two different persons" in said.err) == (4, True), "one person's word lets nobody have two tickets"
    assert not (office.folder / "draw").exists()
    alike = announce(office, *APART, "--json")
    assert alike.code == 0, alike.err
    assert [(one["row"], one["code"]) for one in alike.json["warnings"] if one["code"] == "organisation_twice"] == [
        (row, "organisation_twice") for _, row, *_ in twice
    ]
    (listed,) = json.loads((office.folder / "draw" / "commit.json").read_bytes())["lists"]
    assert listed["same_organisation"] == 2
    paper = (office.folder / "draw.same-organisation.txt").read_bytes()
    assert listed["same_organisation_said"] == sha256(paper).hexdigest()
    assert all(word in paper.decode() for word in ("甲, 乙", "两个独立的门店", "os:"))
    assert "甲" not in (office.folder / "draw" / "commit.json").read_text(encoding="utf-8"), "no person stands in the commitment"
    assert carry_out(office, *SEED).code == 0
    assert office.say("draw", "verify", str(office.folder / "draw")).code == 0


@pytest.mark.parametrize("missing", [True, False])
def test_a_register_that_is_not_there_and_one_with_a_byte_order_mark_are_told_plainly(office: Operator, missing: bool) -> None:
    assert announce(office).code == 0
    assert carry_out(office, *SEED).code == 0
    file = office.folder / "draw" / "scjg.bans.tsv"
    if missing:
        file.unlink()
    else:
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    said = office.say("draw", "verify", str(office.folder / "draw"))
    assert said.code == (2 if missing else 1)
    assert ("lacks scjg.bans.tsv" if missing else "byte order mark") in said.out + said.err
    assert "  lacks" not in said.out + said.err
    assert "ascending" not in said.out + said.err


def _documented_plan() -> str:
    page = (ROOT / "docs/how-to/draw.md").read_text(encoding="utf-8")
    return next(str(block) for block in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "plan.toml" in block)


def _documented_hash() -> str:
    """What stands in the place of another agency's hash."""
    return str(re.findall('^hash = "(.*)"', _documented_plan(), re.MULTILINE)[-1])


def test_the_plan_of_the_documentation_is_one_to_draw_by_once_it_has_a_hash(office: Operator) -> None:
    office.file("plan.toml", _documented_plan().replace(_documented_hash(), "ab" * 32))
    said = announce(office, "--json")
    assert said.code == 0, said.out
    assert [Path(file).name for file in said.json["private"]] == ["draw.salt-secret.txt", "draw.nonce-3.txt"]


def test_a_hash_that_only_stands_in_for_one_is_refused_and_so_is_the_one_of_the_documentation(office: Operator) -> None:
    plain = re.sub('hash = "[0-9a-f]{64}"', 'hash = "{}"', PLAN)
    for hash_ in ("0" * 64, "f" * 64, _documented_hash()):
        office.file("plan.toml", plain.replace("{}", hash_))
        assert faults(announce(office, "--json")) == [("plan.toml", None, "seed.2.hash", "plan_hash")]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "'", '"', "＝"])
def test_a_code_that_a_spreadsheet_takes_for_a_formula_or_a_text_mark_is_refused_in_every_roster(
    tmp_path: Path, sign: str
) -> None:
    office, (thing, person) = laptop(tmp_path), (quoted(f"{sign}TEST1"), quoted(f"{sign}Z1"))
    office.file("objects.csv", table(HEADS, *OBJECTS, (thing, "A", "", "东区", "", "")))
    office.file("inspectors.csv", table(STAFF_HEADS, *STAFF, (person, "东区", "", "", "")))
    office.file("bans.csv", table(("检查对象", "检查人员", "原因"), (thing, person, "")))
    said = announce(office, "--json")
    assert [one for one in faults(said) if one[3] == "code_formula"] == [
        ("objects.csv", 62, "id", "code_formula"),
        ("inspectors.csv", 8, "id", "code_formula"),
        ("bans.csv", 2, "object", "code_formula"),
        ("bans.csv", 2, "inspector", "code_formula"),
    ]
    assert {one[3] for one in faults(said)} == {"code_formula"}
    assert not (tmp_path / "draw").exists()


def test_a_plan_without_classes_is_told_once_and_not_again_for_each_row(office: Operator) -> None:
    office.file("plan.toml", PLAN.partition("[strata.A]")[0])
    assert faults(announce(office, "--json")) == [("plan.toml", None, "strata", "plan_key_missing")]


BAN_HEADS = ("检查对象", "检查人员", "原因")
_FIRST = "11010119900307751"
CARD = f"{_FIRST}{citizen_check_digit(_FIRST)}"
OLD = "110101900307751"


def test_a_ban_says_the_fact_alone_and_the_private_reason_never_lies_in_the_bundle(office: Operator) -> None:
    private = ("配偶张三在该企业任职", "kin", f"配偶 {CARD}")
    office.file("bans.csv", table(BAN_HEADS, *((f"TEST000{k}", "Z0", why) for k, why in enumerate(private))))
    said = announce(office, "--json")
    assert faults(said) == [
        ("bans.csv", 2, "reason", "ban_reason"),
        ("bans.csv", 3, "reason", "ban_reason"),
        ("bans.csv", 4, "reason", "card_number"),
    ]
    assert not any(one in said.out + announce(office).err for one in ("张三", "kin,", CARD))
    assert "recusal" in said.json["flaws"][0]["fix"]
    told = ("recusal", "", "回避", " 申报回避 ", "LAST-VISIT", "上次检查")
    office.file("bans.csv", table(BAN_HEADS, *((f"TEST000{k}", "Z0", why) for k, why in enumerate(told))))
    assert announce(office).code == 0
    assert [row[2] for row in rows(office.folder / "draw", "scjg.bans.tsv")] == [*["recusal"] * 4, *["last-visit"] * 2]


@pytest.mark.parametrize("card", [CARD, OLD, f"{CARD[:6]}-{CARD[6:14]}-{CARD[14:]}"])
def test_an_identity_number_among_other_words_is_refused_by_row_and_column_and_never_repeated(
    office: Operator, card: str
) -> None:
    """As `东区；110101…`, as `P110101…`, and in a column of numbers."""
    plan = PLAN.replace('codes = ["cap"]', f'codes = ["cap", "见 {card}"]')
    office.file("plan.toml", plan)
    objects = [
        (f"P{card}", "A", "", "东区", "", ""),
        ("T8", "A", "", f"东区 {card}", "", ""),
        ("T9", "A", f"见 {card}", "", "", ""),
    ]
    office.file("objects.csv", table(HEADS, *OBJECTS, *objects))
    staff = [
        ("Z8", f"东区；{card}", "", "", ""),
        ("Z9", "东区", f"特种设备、{card}", "", ""),
        (f"={card}", "东区", "", "", ""),
        ("Z7", "东区", "", card, ""),
    ]
    office.file("inspectors.csv", table(STAFF_HEADS, *STAFF, *staff))
    said = announce(office, "--json")
    assert faults(said) == [
        ("objects.csv", 62, "id", "card_number"),
        ("objects.csv", 63, "pool", "card_number"),
        ("objects.csv", 64, "status", "card_number"),
        ("inspectors.csv", 8, "pools", "card_number"),
        ("inspectors.csv", 9, "quals", "card_number"),
        ("inspectors.csv", 10, "id", "card_number"),
        ("inspectors.csv", 11, "cap", "card_number"),
    ]
    assert card not in said.out + announce(office).err


def test_a_trade_registers_number_that_looks_like_a_persons_is_taken_for_one_with_a_remark(office: Operator) -> None:
    """ISO 7064 MOD 11,10 tells them apart: 110108000000016 is the standard's own example, and no day of birth."""
    trade = next(f"11010890031512{last}" for last in "0123456789" if is_firm(f"11010890031512{last}"))
    office.file(
        "objects.csv", table(HEADS, *OBJECTS, (trade, "A", "", "东区", "", ""), ("110108000000016", "A", "", "东区", "", ""))
    )
    said = announce(office, "--json")
    assert said.code == 0, said.out
    assert [one["row"] for one in said.json["warnings"] if one["code"] == "card_number"] == [62]

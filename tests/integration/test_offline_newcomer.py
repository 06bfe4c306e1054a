"""What somebody who draws without the daemon for the first time gives wrongly, or forgets, and is told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import xlsxwriter

from inspector.domain.identity import citizen_check_digit
from tests.needs import ROOT
from tests.offline import (
    BANS,
    DICE,
    HEADS,
    OBJECTS,
    SEED,
    SEEDS,
    STAFF,
    STAFF_HEADS,
    announce,
    carry_out,
    faults,
    laptop,
    strangers_agree,
)
from tests.operator import Operator, table


@pytest.fixture
def office(tmp_path: Path) -> Operator:
    return laptop(tmp_path)


def test_figures_without_what_says_that_they_are_some_are_told_how_to_be_written(office: Operator) -> None:
    announce(office)
    for given in (DICE, f"text:{DICE}", "3"):
        said = carry_out(office, "--seed", given)
        figures = given.removeprefix("text:")
        assert (said.code, f'--seed text="{figures}"' in said.err) == (2, True), said.err


def test_a_name_that_says_nothing_without_its_option_is_refused_and_not_passed_over(office: Operator) -> None:
    said = announce(office, "--by", "甲", "--by", "乙", "--json")
    assert (said.code, json.loads(said.err)["error"]["code"]) == (2, "option_needs")
    assert not (office.folder / "draw").exists()


@pytest.mark.needs("node")
def test_the_joint_check_of_the_documentation_is_drawn_as_it_stands_there(tmp_path: Path) -> None:
    office = Operator(tmp_path, "sqlite:///nowhere")
    page = (ROOT / "docs/how-to/draw.md").read_text(encoding="utf-8")
    (plan,) = re.findall(r"```toml\n(# joint\.toml\n.*?)```", page, re.DOTALL)
    office.file("joint.toml", plan)
    rows = [(f"TEST{k:04d}", "AD"[k % 2], "cap" if k == 3 else "1") for k in range(40)]
    office.file("market.xlsx", table(("编号", "类别", "状态"), *rows))
    office.file("fire.csv", table(("编号", "类别", "状态"), *[(name, "high", status) for name, _, status in rows[::2]]))
    staff = [(name, pools.replace("东区", "market；fire"), quals, cap, status) for name, pools, quals, cap, status in STAFF]
    for file in ("market-staff.csv", "fire-staff.csv"):
        office.file(file, table(STAFF_HEADS, *staff))
    office.file("market-bans.csv", table(("检查对象", "检查人员"), ("TEST0000", "Z0")))
    said = office.say("draw", "announce", "--plan", str(tmp_path / "joint.toml"), "--out", str(tmp_path / "draw"))
    assert said.code == 0, said.err
    assert carry_out(office, "--seed", f"text={DICE}").code == 0
    strangers_agree(tmp_path / "draw")


def test_codes_that_stand_beside_the_lists_are_told_to_belong_into_each(office: Operator) -> None:
    lists = '[[lists]]\nname = "market"\nobjects = "objects.csv"\ninspectors = "inspectors.csv"\n'
    lists += 'strata.A.ratio = "3%"\nstrata.B.ratio = "1%"\n'
    office.file("joint.toml", f'draw = "j-1"\ncodes = ["cap"]\n{SEEDS}{lists}')
    said = office.say(
        "draw", "announce", "--plan", str(office.folder / "joint.toml"), "--out", str(office.folder / "draw"), "--json"
    )
    assert faults(said) == [
        ("joint.toml", None, "codes", "plan_key_of_list"),
        ("objects.csv", 6, "status", "status_undeclared"),
    ]
    fixes = [one["fix"] for one in said.json["flaws"]]
    assert fixes[0] == "move it into the table of each list that it is of, below its [[lists]]"
    assert 'codes = ["cap"]' in fixes[1]


def test_rows_that_are_hidden_in_a_spreadsheet_are_part_of_the_roster_and_told(office: Operator) -> None:
    file = office.folder / "objects.xlsx"
    with xlsxwriter.Workbook(str(file), {"strings_to_numbers": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((HEADS, *OBJECTS)):
            sheet.write_row(number, 0, row)
        for number in (4, 9, 900):  # the last one is empty
            sheet.set_row(number, None, None, {"hidden": True})
    said = announce(office, "--json", objects="objects.xlsx")
    assert said.json["objects"] == len(OBJECTS), "nothing is dropped"
    (told,) = [one for one in said.json["warnings"] if one["code"] == "rows_hidden"]
    assert (told["row"], "2 rows are hidden" in told["what"], told["what"].endswith(": 5, 10")) == (5, True, True)


def test_an_identity_number_of_a_person_is_refused_by_row_and_column_and_never_repeated(office: Operator) -> None:
    first = "33010219900101123"
    card = first + citizen_check_digit(first)
    office.file("objects.csv", table(HEADS, *OBJECTS, (card, "A", "", "东区", "", ""), ("TEST9", "A", "", card, "", card)))
    office.file("inspectors.csv", table(STAFF_HEADS, *STAFF, (card, "东区", "", "", "")))
    office.file("bans.csv", table(("检查对象", "检查人员"), *[row[:2] for row in BANS], (f"{card[:6]} {card[6:]}", "Z1")))
    said = announce(office, "--json")
    assert faults(said) == [
        ("objects.csv", 62, "id", "card_number"),
        ("objects.csv", 63, "pool", "card_number"),
        ("inspectors.csv", 8, "id", "card_number"),
        ("bans.csv", 4, "object", "card_number"),
    ]
    assert card not in said.out + announce(office).err


def test_one_line_that_nobody_signed_stops_no_draw_and_is_said_aloud(office: Operator) -> None:
    announce(office)
    record = office.folder / "draw" / "witness" / "record.json"
    record.write_text('{"void": "故障"}', encoding="utf-8")
    said = carry_out(office, *SEED)
    assert (said.code, "CALLS THIS DRAW VOID (故障), and no two persons have signed that" in said.out) == (0, True), said.err
    judged = office.say("draw", "verify", str(office.folder / "draw"), "--json").json
    assert "draw.void_lacks" in [one["code"] for one in judged["remarks"] if one["grave"]]
    words = ("draw", "void", str(office.folder / "draw"), "--reason", "名录有误", "--by", "李科长", "--by", "王主任")
    assert office.say(*words).code == 0, "nor does it keep two persons from a void"
    told = json.loads(record.read_bytes())
    assert (told["void"], told["void_unsigned"], told["signed"]) == ("名录有误", "故障", ["李科长", "王主任"])
    assert (office.say(*words).code, carry_out(office).code) == (4, 4)

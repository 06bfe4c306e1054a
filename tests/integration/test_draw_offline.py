"""The draw without the daemon: a county office with a laptop and its spreadsheets announces it."""

from __future__ import annotations

import errno
import os
import re
import shutil
from pathlib import Path

import pytest

from inspector.cli.offline import folder as folder_of_files
from inspector.cli.offline import rosters
from inspector.domain import commitment
from inspector.domain.frame import Ban, InspectorRow, ObjectRow
from inspector.domain.frame import read as read_frame
from inspector.domain.suite import Suite
from tests.offline import (
    DICE,
    HEADS,
    NONCE,
    OBJECTS,
    PLAN,
    SEED,
    STAFF_HEADS,
    announce,
    at_a_terminal,
    carry_out,
    faults,
    laptop,
    names,
    rows,
    strangers_agree,
)
from tests.operator import Operator, process, table


@pytest.fixture
def office(tmp_path: Path) -> Operator:
    """A laptop with the office's files."""
    return laptop(tmp_path)


@pytest.mark.needs("node")
def test_an_office_draws_from_its_spreadsheets_with_nothing_else_and_every_verifier_agrees(office: Operator) -> None:
    folder = office.folder
    given = ("--plan", "plan.toml", "--objects", "objects.csv", "--inspectors", "inspectors.csv", "--bans", "bans.csv")
    told = process("draw", "announce", *given, "--out", "draw", "--lang", "en", folder=folder)
    assert told.code == 0, told.err
    made = commitment.read((folder / "draw/commit.json").read_bytes())
    assert made.w in told.out
    assert made.c not in told.out + told.err, "a screen of a ceremony may be seen by anybody"
    done = process("draw", "carry-out", "draw", *SEED, "--lang", "zh-Hans", folder=folder)
    assert (done.code, "已完成" in done.out) == (0, True), done.err
    judged = process("draw", "verify", "draw", "--json", folder=folder)
    assert (judged.code, judged.json["holds"], judged.json["problems"]) == (0, True, [])
    loud = ["draw.no_witness", "draw.figures_typed", "draw.after_absent", "draw.after_alone", "draw.number_first"]
    assert [one["code"] for one in judged.json["remarks"]] == loud
    strangers_agree(folder / "draw")
    assert names(folder / "draw") == {
        *("commit.json", "seed.json", "result.json", "scjg.objects.tsv", "scjg.inspectors.tsv", "scjg.bans.tsv"),
        *("verify_draw.py", "verify_draw.html", "witness", "witness/witness.txt"),
    }
    assert names(folder) - {f"draw/{name}" for name in names(folder / "draw")} == {
        *("plan.toml", "objects.csv", "inspectors.csv", "bans.csv", "draw", "draw.salt-secret.txt"),
    }
    assert rows(folder / "draw", "scjg.bans.tsv") == [["TEST0000", "Z0", "recusal"], ["TEST0001", "Z1", "recusal"]]
    assert rows(folder / "draw", "scjg.inspectors.tsv")[0] == ["Z0", "东区,西区", "特种设备", "9", "1"]
    assert rows(folder / "draw", "scjg.objects.tsv")[4] == ["TEST0004", "A", "cap", "东区", "特种设备"]


def test_the_witness_gets_a_paper_with_w_number_and_date_and_nothing_that_tells_who_is_drawn(office: Operator) -> None:
    assert announce(office).code == 0
    made = commitment.read((office.folder / "draw/commit.json").read_bytes())
    paper = (office.folder / "draw/witness/witness.txt").read_text(encoding="utf-8")
    assert (paper.count(made.w), paper.count(made.number), paper.count(made.made)) == (2, 2, 2)
    assert "见证方" in paper
    assert set(re.findall("[0-9a-f]{64}", paper)) == {made.w}


def test_salts_follow_from_a_secret_that_lies_apart_for_the_owner_alone(office: Operator) -> None:
    said = announce(office, "--json")
    secret_file = Path(said.json["private"][0])
    assert (secret_file.parent, secret_file.stat().st_mode & 0o777) == (office.folder, 0o600)
    assert (office.folder / "draw").stat().st_mode & 0o777 == 0o700
    secret = re.findall("[0-9a-f]{64}", secret_file.read_text(encoding="utf-8"))[0]
    frame = read_frame(*((office.folder / f"draw/scjg.{kind}.tsv").read_bytes() for kind in ("objects", "inspectors", "bans")))
    every: list[ObjectRow | InspectorRow | Ban] = [*frame.objects, *frame.inspectors, *frame.bans]
    for row in every:
        assert row.salt == Suite().hex(f"{secret}330106-2026-001/scjg/{'/'.join(row.key())}")[:32]
    assert not any(secret in (office.folder / "draw" / name).read_text() for name in names(office.folder / "draw") if "." in name)


def test_csv_excel_and_parquet_of_one_roster_are_one_frame(office: Operator) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra `large`")
    assert announce(office).code == 0
    expected = rows(office.folder / "draw", "scjg.objects.tsv")
    office.workbook("objects.xlsx", HEADS, *OBJECTS)
    source, parquet = office.folder / "objects.csv", office.folder / "objects.parquet"
    duckdb.connect().execute(f"copy (select * from read_csv('{source}', all_varchar=true)) to '{parquet}' (format parquet)")
    for file in ("objects.xlsx", "objects.parquet"):
        shutil.rmtree(office.folder / "draw")
        (office.folder / "draw.salt-secret.txt").unlink()
        said = announce(office, objects=file)
        assert said.code == 0, said.err
        assert rows(office.folder / "draw", "scjg.objects.tsv") == expected


@pytest.mark.slow
def test_every_fault_of_every_file_is_told_at_once_with_its_remedy_and_nothing_is_written(office: Operator) -> None:
    office.file("plan.toml", PLAN.replace('ratio = "10%"', "ratio = 0.1"))
    wrong = [
        ("9.13E+17", "A", "", "东区", "", ""),
        ("ＴＥＳＴ１", "A", "", "东区", "", ""),
        ("TEST\u200b2", "A", "", "东区", "", ""),
        ("", "A", "", "东区", "", ""),
        ("TEST3", "C", "", "东区", "", ""),
        ("TEST4", "A", "存续", "东区", "", ""),
        ("TEST5", "A", "", '"东区,西区"', "", ""),
        ("TEST6", "A", "", "cafe\u0301", "", ""),
        ("TEST6", "A", "", "东区", "", "", "surplus"),
        ("TEST7", "A", "", "东区", "", ""),
        ("TEST7", "B", "", "东区", "", ""),
    ]
    office.file("objects.csv", table(HEADS, *wrong))
    office.file("inspectors.csv", table(("编号", "上限"), ("Z1", "many"), ("Z1", "3"), ("#REF!", "1")))
    office.file("bans.csv", table(("检查对象", "原因"), ("TEST7", "kin")))
    before = names(office.folder)
    said = announce(office, "--json")
    assert faults(said) == [
        ("plan.toml", None, "strata.A.ratio", "plan_ratio"),
        ("objects.csv", 2, "id", "identity_destroyed_by_spreadsheet"),
        ("objects.csv", 3, "id", "code_form"),
        ("objects.csv", 4, "id", "cell_control"),
        ("objects.csv", 5, "id", "cell_empty"),
        ("objects.csv", 6, "stratum", "choice_unknown"),
        ("objects.csv", 7, "status", "status_undeclared"),
        ("objects.csv", 8, "pool", "cell_several"),
        ("objects.csv", 9, "pool", "cell_not_nfc"),
        ("objects.csv", 10, "", "cells_too_many"),
        ("objects.csv", 12, "id", "reference_twice"),
        ("inspectors.csv", 2, "cap", "number_unreadable"),
        ("inspectors.csv", 4, "id", "identity_destroyed_by_spreadsheet"),
        ("bans.csv", 1, "inspector", "column_missing"),
        ("bans.csv", 2, "reason", "ban_reason"),
    ]
    assert next(one["fix"] for one in said.json["flaws"] if one["code"] == "code_form") == "write TEST1"
    assert names(office.folder) == before
    assert "objects.csv row 3, id: " in announce(office).err
    files = ("--plan", "plan.toml", "--objects", "objects.csv", "--inspectors", "inspectors.csv", "--bans", "bans.csv")
    chinese = process("draw", "announce", *files, "--out", "draw", "--lang", "zh-Hans", folder=office.folder)
    assert (chinese.code, "objects.csv 第3行，统一社会信用代码 id：" in chinese.err) == (2, True), chinese.err


def test_of_a_thousand_faults_the_first_hundred_are_told_and_all_are_counted(office: Operator) -> None:
    office.file("objects.csv", table(HEADS, *((f"TEST{k}", "X", "", "", "", "") for k in range(1000))))
    said = announce(office, "--json")
    assert (said.json["faults"], len(said.json["flaws"]), said.json["flaws"][-1]) == (
        1000,
        101,
        {"file": "objects.csv", "more": 900},
    )
    assert announce(office).err.count("objects.csv") == 102  # one of them a remark


def test_codes_that_excel_has_made_numbers_of_are_refused_and_statuses_are_not(office: Operator) -> None:
    office.workbook("objects.xlsx", ("id", "stratum", "status"), (913301060000000000, "A", 1), ("TEST1", "B", 1))
    assert faults(announce(office, "--json", objects="objects.xlsx")) == [("objects.xlsx", 2, "id", "cell_is_number")]


def test_the_quick_way_through_a_roster_gives_the_rows_of_the_careful_one(
    office: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = [("企业01", "A", "", "东区", "", ""), ("test-1", "B", "1", "", "", ""), ("123000", "A", "", "东区", "", "")]
    office.file("objects.csv", table(HEADS, *OBJECTS, *odd, ("TEST9999", "A", "", "", "", "")))
    assert announce(office, "--uncovered").code == 0
    quick = rows(office.folder / "draw", "scjg.objects.tsv")
    shutil.rmtree(office.folder / "draw")
    (office.folder / "draw.salt-secret.txt").unlink()
    monkeypatch.setattr(rosters, "_SEEN", 0)
    assert announce(office, "--uncovered").code == 0
    assert rows(office.folder / "draw", "scjg.objects.tsv") == quick
    assert len(quick) == 64


def test_a_roster_without_classes_areas_or_inspectors_is_enough(office: Operator) -> None:
    office.file("plan.toml", PLAN.partition("[strata.B]")[0])
    office.file("objects.csv", table(["编号"], *([f"TEST{k}"] for k in range(20))))
    said = announce(office, "--no-inspectors", inspectors="", bans="")
    assert said.code == 0, said.err
    done = carry_out(office, *SEED)
    assert "! list scjg: 2 visits have no team: nobody is sent" in done.out
    assert carry_out(office, *SEED, "--json").json["lists"][0]["teams"] == {}
    judged = office.well("draw", "verify", str(office.folder / "draw"), "--json").json
    assert judged["holds"]
    assert {"list": "scjg", "count": 2} in [one["facts"] for one in judged["remarks"] if one["code"] == "draw.visits_unmanned"]


def test_nobody_is_left_out_by_an_option_forgotten_but_only_by_one_named(office: Operator) -> None:
    before = names(office.folder)
    said = announce(office, inspectors="", bans="")
    assert (said.code, "--no-inspectors" in said.err) == (2, True)
    both = announce(office, "--no-inspectors")
    assert (both.code, "do not go together" in both.err) == (2, True)
    assert names(office.folder) == before


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("file", "heads", "row", "code"),
    [
        ("objects", HEADS, None, "objects_none"),
        ("objects", HEADS, ("TEST1", "A", "cap", "", "", ""), "objects_none_free"),
        ("inspectors", STAFF_HEADS, None, "inspectors_none"),
        ("inspectors", STAFF_HEADS, ("Z1", "东区", "", "9", "leave"), "inspectors_none_free"),
    ],
)
def test_a_register_that_nobody_could_be_taken_from_burns_no_number(
    office: Operator, file: str, heads: tuple[str, ...], row: tuple[str, ...] | None, code: str, packed: bool
) -> None:
    given = [row] if row else []
    name = f"{file}.xlsx" if packed else f"{file}.csv"
    if packed:
        office.workbook(name, heads, *given)
    else:
        office.file(name, table(heads, *given))
    before = names(office.folder)
    said = announce(office, "--json", **{file: name})
    assert faults(said) == [(name, None, "", code)]
    assert said.json["flaws"][0]["fix"]
    assert names(office.folder) == before


def test_classes_without_objects_are_remarked(office: Operator) -> None:
    office.file("plan.toml", PLAN + '[strata.C]\nratio = "5%"\n[strata.D]\nratio = "5%"\n')
    office.file("objects.csv", table(HEADS, *OBJECTS, ("TEST9000", "D", "cap", "", "", "")))
    said = announce(office, "--json")
    assert said.code == 0, said.out
    told = {
        (one["file"], one["column"], one["code"]) for one in said.json["warnings"] if one["column"] in {"strata.C", "strata.D"}
    }
    assert told == {
        ("objects.csv", "strata.C", "class_none"),
        ("objects.csv", "strata.D", "class_none_free"),
    }


def test_a_limit_of_no_visits_is_remarked(office: Operator) -> None:
    office.file(
        "inspectors.csv", table(STAFF_HEADS, *((f"Z{one}", "东区", "特种设备", "09"[one > 1], "") for one in range(1, 5)))
    )
    said = announce(office, "--json", bans="")
    told = [(one["row"], one["column"]) for one in said.json["warnings"] if one["code"] == "cap_none"]
    assert (said.code, told) == (0, [(2, "cap")]), said.out


def test_files_that_cannot_be_read_are_all_named_together_with_the_faults_of_the_others(office: Operator) -> None:
    office.file("plan.toml", PLAN.replace("team = 2", "team = 0"))
    (office.folder / "objects.csv").write_bytes(b"id\n\xff\xff\n")
    office.file("inspectors.csv", "")
    said = announce(office, "--json", bans="away.csv")
    assert faults(said) == [
        ("plan.toml", None, "team", "plan_team"),
        ("objects.csv", None, "", "sheet_encoding"),
        ("inspectors.csv", None, "", "sheet_empty"),
        ("away.csv", None, "", "file_unusable"),
    ]
    told = announce(office, bans="away.csv").err
    assert "objects.csv: The encoding cannot be told" in told
    assert "inspectors.csv: The sheet holds no rows" in told
    assert told.count("away.csv") == 1
    for name in ("plan.toml", "objects.csv", "inspectors.csv"):
        (office.folder / name).unlink()
    assert [one[0] for one in faults(announce(office, "--json", bans="away.csv"))] == [
        *("plan.toml", "objects.csv", "inspectors.csv", "away.csv")
    ]


def test_a_number_that_is_used_is_told_with_the_faults_of_the_files(office: Operator) -> None:
    assert announce(office).code == 0
    (office.folder / "draw").rename(office.folder / "first")
    (office.folder / "draw.salt-secret.txt").unlink()
    assert announce(office).code == 4
    office.file("objects.csv", table(HEADS, ("TEST1", "Z", "", "", "", "")))
    assert [(one[0], one[3]) for one in faults(announce(office, "--json"))] == [
        ("plan.toml", "draw_number_used"),
        ("objects.csv", "choice_unknown"),
    ]


def test_a_full_disk_is_told_as_one_by_the_folder_that_was_named(office: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    before = names(office.folder)

    def full(_file: Path, _lines: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(folder_of_files, "_write", full)
    said = announce(office)
    assert (said.code, "The disk is full" in said.err, str(office.folder / "draw") in said.err) == (5, True, True), said.err
    assert "cannot be reached" not in said.err
    assert names(office.folder) == before


@pytest.mark.slow
@pytest.mark.parametrize("answers", [[], [DICE]])
def test_whoever_breaks_off_at_a_question_is_told_so_with_one_code(office: Operator, answers: list[str]) -> None:
    assert announce(office).code == 0
    code, screen = at_a_terminal(office, [*answers, "\x03"], "draw", "carry-out", "draw")
    assert (code, screen.count("broken off")) == (130, 1), screen


def test_a_fault_of_the_seed_says_what_was_wanted_and_who_is_misspelt(office: Operator) -> None:
    assert announce(office).code == 0
    short = carry_out(office, "--seed", "text=1 2 3", *SEED[2:])
    assert (short.code, "26 × 1..6" in short.err, "3 were given" in short.err) == (2, True, True), short.err
    misspelt = carry_out(office, *SEED[:2], "--seed", f"reveal:justise={NONCE}")
    assert (misspelt.code, "reveal:justise" in misspelt.err, "reveal:justice=64HEX" in misspelt.err) == (2, True, True), (
        misspelt.err
    )


def test_whoever_names_a_file_of_a_bundle_is_told_its_folder(office: Operator) -> None:
    assert announce(office).code == 0
    assert carry_out(office, *SEED).code == 0
    said = office.say("draw", "verify", str(office.folder / "draw/commit.json"))
    assert (said.code, f"give its folder: {office.folder / 'draw'}" in said.err) == (2, True), said.err


def test_a_roster_that_was_cut_off_is_no_shorter_roster(office: Operator) -> None:
    whole = table(HEADS, *OBJECTS)
    office.file("objects.csv", whole + "TEST9999,A\n")
    assert faults(announce(office, "--json")) == [("objects.csv", 62, "", "cells_too_few")]
    office.file("objects.csv", whole.rstrip("\r\n"))
    said = announce(office, "--json")
    assert (said.code, [one["file"] for one in said.json["warnings"] if one["code"] == "line_unended"]) == (0, ["objects.csv"])


def test_a_ban_of_nobody_is_remarked_and_committed_to(office: Operator) -> None:
    office.file("bans.csv", table(("object", "inspector"), ("TEST0000", "Z0"), ("ELSEWHERE", "Z0")))
    said = announce(office, "--json")
    assert [(one["code"], one["row"]) for one in said.json["warnings"] if "ban_of_nobody" in one["code"]] == [
        ("ban_of_nobody", 3)
    ]
    assert len(rows(office.folder / "draw", "scjg.bans.tsv")) == 2


def test_a_draw_is_announced_into_a_new_folder_and_no_secret_is_written_over(office: Operator) -> None:
    assert announce(office).code == 0
    before = {name: (office.folder / name).read_bytes() for name in names(office.folder) if (office.folder / name).is_file()}
    assert (announce(office).code, "not empty" in announce(office).err) == (2, True)
    shutil.rmtree(office.folder / "draw")
    assert "draw.salt-secret.txt is there" in announce(office).err
    assert not (office.folder / "draw").exists()
    assert (office.folder / "draw.salt-secret.txt").read_bytes() == before["draw.salt-secret.txt"]


def test_a_commitment_younger_than_its_beacon_is_refused_and_leaves_nothing_behind(office: Operator) -> None:
    chain = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
    office.file(
        "plan.toml", PLAN.replace("[strata.A]", f'[[seed]]\nkind = "drand"\nchain = "{chain}"\nround = 657413\n[strata.A]')
    )
    before = names(office.folder)
    said = announce(office)
    assert (said.code, "known before" in said.err) == (2, True)
    assert names(office.folder) == before


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("monthly", "--objects", "objects.csv"), "monthly"),
        (("--objects", "objects.csv"), "--plan"),
        (("--plan", "plan.toml", "--objects", "objects.csv"), "--out"),
        (("--plan", "p", "--objects", "o", "--bans", "b", "--out", "d"), "--inspectors"),
        ((), "PLAN"),
    ],
)
def test_whoever_mixes_the_two_ways_to_announce_is_told_which_option_lacks(
    office: Operator, words: tuple[str, ...], problem: str
) -> None:
    said = office.say("draw", "announce", *words)
    assert (said.code, problem in said.err) == (2, True)


@pytest.mark.slow
def test_bars_are_shown_at_a_terminal_and_neither_in_pipes_nor_to_programs(office: Operator) -> None:
    words = ("draw", "announce", "--plan", "plan.toml", "--objects", "objects.csv", "--no-inspectors", "--out", "draw")
    code, screen = at_a_terminal(office, [], *words)
    assert (code, "reading objects.csv" in screen, "committing" in screen) == (0, True, True), screen
    shutil.rmtree(office.folder / "draw")
    (office.folder / "draw.salt-secret.txt").unlink()
    code, screen = at_a_terminal(office, [], *words, "--json")
    assert (code, "committing" in screen) == (0, False)
    shutil.rmtree(office.folder / "draw")
    (office.folder / "draw.salt-secret.txt").unlink()
    assert "committing" not in announce(office).err

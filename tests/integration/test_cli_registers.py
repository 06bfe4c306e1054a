"""`roster` and `credit`: the file is the register; what changes is shown first, and nothing goes without being asked for."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from inspector.demo.cast import person as somebody
from inspector.domain.roster import Declared, Recusal
from tests import house, needs
from tests.operator import Operator, Said, on_both, one_database, operated, settled, table

pytestmark = pytest.mark.alike

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def objects(operator: Operator, *codes: str, more: tuple[str, ...] = ()) -> Said:
    file = operator.file("objects.csv", table(["code", "name"], *([code, f"{code}店"] for code in codes)))
    return operator.say("roster", "import", "objects", file, "--agency", "bureau", "--json", *more)


def held(operator: Operator) -> set[str]:
    with house.closing(operator.store()) as store, store.read() as tx:
        return {row.code for row in tx.rosters.objects("bureau")}


def test_the_same_file_again_changes_nothing_and_leaves_no_trace(operator: Operator) -> None:
    first, second = objects(operator, "TESTA", "TESTB"), objects(operator, "TESTB", "TESTA")
    assert (first.json["added"], second.json["added"], second.json["unchanged"]) == (["FIRM:TESTA", "FIRM:TESTB"], [], 2)
    with house.closing(operator.store()) as store:
        ((rule, facts),) = operated(store)
    content = table(["code", "name"], ["TESTA", "TESTA店"], ["TESTB", "TESTB店"]).encode()
    assert (rule, facts["rows"], facts["added"]) == ("operator.roster.import.objects", 2, 2)
    assert facts["sha256"] == sha256(content).hexdigest(), "that very file, and not the one that changed nothing"


def test_irregular_codes_are_kept_with_a_warning(operator: Operator) -> None:
    said = objects(operator, "TESTA", "not-a-credit-code")
    found = [(one["row"], one["column"], one["code"]) for one in said.json["warnings"]]
    assert found == [(2, "code", "code_irregular"), (3, "code", "code_irregular"), (3, "code", "code_rewritten")]
    assert held(operator) == {"TESTA", "NOT-A-CREDIT-CODE"}


@pytest.mark.parametrize(
    ("kind", "code", "flaw", "word"),
    [
        ("FIRM", "11010519491231002X", "code_of_person", "write PERSON"),
        ("", "１1010519491231002x", "code_of_person", "write PERSON"),
        ("PERSON", "91330106MA2000000F", "code_of_firm", "write FIRM"),
    ],
)
def test_a_persons_number_under_firm_and_a_firms_code_under_person_are_refused(
    operator: Operator, kind: str, code: str, flaw: str, word: str
) -> None:
    file = operator.file("mixed.csv", table(["code", "kind", "name"], ["TESTA", "FIRM", "甲"], [code, kind, "乙"]))
    said = operator.say("roster", "import", "objects", file, "--agency", "bureau", "--json")
    (told,) = said.json["flaws"]
    assert (said.code, told["row"], told["column"], told["code"]) == (2, 3, "kind", flaw)
    assert word in told["fix"]
    assert code not in said.out
    assert held(operator) == set()
    for right in ("PERSON" if flaw == "code_of_person" else "FIRM", kind):
        irregular = code if right != kind else f"{code[:-1]}{'3' if code[-1] != '3' else '4'}"
        file = operator.file("right.csv", table(["code", "kind", "name"], [irregular, right, "乙"]))
        said = operator.say("roster", "import", "objects", file, "--agency", "bureau", "--dry-run", "--json")
        assert said.json["flaws"] == [], "its own kind, and one that is no other's either"


@pytest.mark.slow
@on_both
def test_rows_are_removed_only_when_that_was_said(operator: Operator) -> None:
    codes = [f"TEST{number:02d}" for number in range(20)]
    objects(operator, *codes)
    refused = objects(operator, *codes[1:])
    assert refused.code == 4
    assert "--remove" in refused.err
    assert held(operator) == set(codes)
    kept = objects(operator, *codes[1:], more=("--keep",))
    assert (kept.code, kept.json["removed"], kept.json["kept"]) == (0, [], ["FIRM:TEST00"])
    assert held(operator) == set(codes)
    assert objects(operator, *codes[1:], more=("--remove",)).code == 0
    assert held(operator) == set(codes[1:])
    assert objects(operator, *codes).json["added"] == ["FIRM:TEST00"]


def test_more_than_a_tenth_goes_only_with_yes(operator: Operator) -> None:
    codes = [f"TEST{number:02d}" for number in range(20)]
    objects(operator, *codes)
    refused = objects(operator, *codes[3:], "TESTNEW", more=("--remove",))
    assert refused.code == 4
    assert "3 of 20" in refused.err
    assert held(operator) == set(codes)
    assert objects(operator, *codes[3:], "TESTNEW", more=("--remove", "--yes")).code == 0
    assert held(operator) == {*codes[3:], "TESTNEW"}


def test_a_dry_run_shows_the_changes_and_writes_nothing(operator: Operator) -> None:
    assert objects(operator, "TESTA", more=("--dry-run",)).json["added"] == ["FIRM:TESTA"]
    assert held(operator) == set()


def preview(operator: Operator, what: str, heads: list[str], *rows: list[str], lang: str = "en") -> tuple[str, dict[str, Any]]:
    """A dry run as people see it and as programs do, and then the import itself."""
    words = ("roster", "import", what, operator.file("rows.csv", table(heads, *rows)), "--agency", "bureau", "--remove", "--yes")
    shown = operator.well(*words, "--dry-run", lang=lang).out
    told: dict[str, Any] = operator.well(*words, "--dry-run", "--json").json
    operator.well(*words)
    return shown, told


@pytest.mark.slow
def test_a_preview_says_of_each_changed_row_which_field_becomes_what(operator: Operator) -> None:
    heads = ["id", "name", "certificate", "certificate_until", "cap", "in_post", "leave_from", "address"]
    row = ["Z001", "钱某", "TEST-01", "2030-12-31", "5", "yes", "", "13800001111"]
    preview(operator, "inspectors", heads, row, ["Z002", "李某", "TEST-02", "2030-12-31", "", "", "", ""])
    later = ["Z001", "钱某", "TEST-01", "2030-12-31", "3", "no", "2026-03-09", "13900002222"]
    shown, told = preview(operator, "inspectors", heads, later)
    assert "~ Z001 钱某: cap 5 → 3; in_post yes → no; leave_from — → 2026-03-09; address 138****1111 → 139****2222" in shown
    assert "- Z002 李某" in shown
    (change,) = told["changes"]
    assert (change["key"], change["fields"]["cap"]) == ("Z001", {"old": 5, "new": 3})
    assert change["fields"]["leave_from"] == {"old": None, "new": "2026-03-09"}
    assert "期内上限 3 → 5" in preview(operator, "inspectors", heads, row, lang="zh-Hans")[0]


@pytest.mark.slow
def test_a_preview_shows_no_whole_code_of_a_natural_person(operator: Operator) -> None:
    heads, code = ["code", "kind", "name", "pool"], "110105194912310021"
    previews = [preview(operator, "objects", heads, [code, "PERSON", "王某", pool]) for pool in ("north", "south")]
    for shown, told in previews:
        assert code not in shown + str(told)
        assert "PERSON:110105********0021" in shown
        assert told["added"] + told["changed"] == ["PERSON:110105********0021"]
    assert "pool north → south" in previews[1][0]


@pytest.mark.slow
def test_a_preview_shows_people_the_first_changes_and_programs_all(operator: Operator) -> None:
    rows = [[f"TEST{number:02d}", "甲厂"] for number in range(30)]
    preview(operator, "objects", ["code", "name"], *rows)
    shown, told = preview(operator, "objects", ["code", "name"], *([code, "乙厂"] for code, _ in rows))
    assert shown.count("name 甲厂 → 乙厂") == 20
    assert "and 10 more" in shown
    assert [one["fields"] for one in told["changes"]] == [{"name": {"old": "甲厂", "new": "乙厂"}}] * 30


def test_one_wrong_row_keeps_the_register_as_it_was(operator: Operator) -> None:
    said = objects(operator, "TESTA", "9.1E+17")
    assert said.code == 2
    assert [(one["row"], one["column"]) for one in said.json["flaws"]] == [(3, "code")]
    assert held(operator) == set()


@pytest.mark.slow
@on_both
@pytest.mark.needs("shared-data")
def test_the_real_register_comes_in_whole_and_a_second_time_changes_nothing(operator: Operator) -> None:
    file = needs.shared_data() / "cn-identifiers" / "companies_2019q1_dev.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        codes = {row["credit_code"] for row in csv.DictReader(text)}
    first = operator.well("roster", "import", "objects", str(file), "--agency", "bureau", "--json")
    again = operator.well("roster", "import", "objects", str(file), "--agency", "bureau", "--json")
    assert len(first.json["added"]) == len(codes) == 13_401
    assert (again.json["added"], again.json["changed"], again.json["removed"], again.json["unchanged"]) == ([], [], [], 13_401)
    assert held(operator) == codes


INSPECTORS = ["工号", "姓名", "执法证号", "执法证有效期", "资格", "在岗"]


@pytest.mark.slow
@on_both
@pytest.mark.parametrize(("encoding", "wrong"), [("big5", "gb18030"), ("gb18030", "utf-8")])
def test_a_list_whose_encoding_could_only_be_guessed_is_written_once_somebody_has_said_it(
    operator: Operator, encoding: str, wrong: str
) -> None:
    file = operator.file("objects.csv", table(["code", "name"], ["TESTA", "王記食品行"]), encoding)
    words = ("roster", "import", "objects", file, "--agency", "bureau")
    said = operator.say(*words, "--json")
    error = json.loads(said.err)["error"]
    assert (said.code, error["code"], held(operator)) == (4, "encoding_guessed", set())
    dry = operator.say(*words, "--dry-run", "--json")
    assert (dry.code, dry.json["needs"], "--encoding gb18030 or --encoding big5" in dry.err) == (0, ["--encoding"], True)
    assert "王記食品行" in error["message"], "a person sees how it reads"
    assert operator.well(*words, "--dry-run").code == 0
    if wrong == "utf-8":
        assert operator.say(*words, "--encoding", wrong).code == 2
    operator.well(*words, "--encoding", encoding)
    with house.closing(operator.store()) as store, store.read() as tx:
        assert [row.name for row in tx.rosters.objects("bureau")] == ["王記食品行"]


def test_a_head_of_ours_in_chinese_tells_the_encoding(operator: Operator) -> None:
    file = operator.file("objects.csv", table(["主体代码", "name"], ["TESTA", "王记食品行"]), "gb18030")
    operator.well("roster", "import", "objects", file, "--agency", "bureau")
    assert held(operator) == {"TESTA"}


def test_a_head_of_another_files_layout_tells_no_encoding(operator: Operator) -> None:
    file = operator.file("objects.csv", table(["code", "信用等级"], ["TESTA", "甲级"]), "gb18030")
    assert operator.say("roster", "import", "objects", file, "--agency", "bureau").code == 4
    assert held(operator) == set()


@pytest.mark.slow
def test_an_import_whose_reader_has_gone_away_is_written_all_the_same(operator: Operator) -> None:
    """`roster import … | head`: what a command does does not depend on who listens."""
    file = operator.file("objects.csv", table(["code"], *([f"TEST{number}"] for number in range(50))))
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as nobody:
        ran = subprocess.run(
            [sys.executable, "-P", "-m", "inspector", "roster", "import", "objects", file, "-a", "bureau", "-c", operator.config],
            env={**os.environ, "PYTHONPATH": str(house.ROOT)},
            stdout=nobody,
            stderr=subprocess.PIPE,
            check=False,
            timeout=240,
        )
    assert (ran.returncode, b"Traceback" in ran.stderr, b"Broken" in ran.stderr) == (0, False, False), ran.stderr
    assert len(held(operator)) == 50


@pytest.mark.slow
def test_inspectors_come_in_with_chinese_heads_and_may_be_kept_from_an_object(operator: Operator) -> None:
    rows = (["Z001", "甲", "Z-1", "2030年1月31日", "特种设备；食品", "是"], ["Z002", "乙", "Z-2", "2030-01-31", "", "否"])
    file = operator.file("inspectors.csv", table(INSPECTORS, *rows))
    assert operator.well("roster", "import", "inspectors", file, "--agency", "bureau", "--json").json["added"] == ["Z001", "Z002"]
    conflict = ("roster", "conflict", "add", "test1", "Z001", "--agency", "bureau", "--evidence", "声明书", "--reason", "kin")
    unknown = operator.say(*conflict)
    assert (unknown.code, "No register and no case knows an object TEST1" in unknown.err) == (3, True)
    objects = operator.file("objects.csv", table(["code", "name"], ["TEST1", "甲厂"]))
    operator.well("roster", "import", "objects", objects, "--agency", "other")
    operator.well(*conflict)
    missing = operator.say("roster", "conflict", "add", "TEST1", "Z009", "--agency", "bureau", "--evidence", "声明书")
    assert missing.code == 3
    assert operator.say(*conflict[:-1], "his brother owns it").code == 2, "private words are no code"
    with house.closing(operator.store()) as store, store.read() as tx:
        first, second = tx.rosters.inspectors("bureau")
        assert (first.qualifications, first.pools, second.in_post) == (("特种设备", "食品"), ("bureau",), False)
        assert list(tx.rosters.recusals("bureau")) == [Declared(object="TEST1", inspector="Z001", reason=Recusal.KIN)]


@pytest.mark.slow
@on_both
def test_a_declared_conflict_is_listed_and_ended_with_words_and_may_be_declared_again(operator: Operator) -> None:
    rows = operator.file("inspectors.csv", table(INSPECTORS, ["Z001", "甲", "Z-1", "2030年1月31日", "", "是"]))
    operator.well("roster", "import", "inspectors", rows, "--agency", "bureau")
    operator.well(
        "roster", "import", "objects", operator.file("o.csv", table(["code", "name"], ["TEST1", "甲厂"])), "--agency", "bureau"
    )
    pair = ("TEST1", "Z001", "--agency", "bureau")
    listing = ("roster", "conflict", "list", "--agency", "bureau")
    assert operator.well(*listing, "--asked", "--json").json == [], "no application waits for the head"
    operator.well("roster", "conflict", "add", *pair, "--reason", "interest", "--evidence", "声明书")
    assert "Direct interest" in operator.well(*listing).out
    assert operator.say("roster", "conflict", "remove", *pair, "--note", " ").code == 2
    operator.well("roster", "conflict", "remove", *pair, "--note", "shares sold")
    assert operator.well(*listing, "--json").json == []
    (ended,) = operator.well(*listing, "--ended", "--json").json
    assert (ended["reason"], ended["ended_at"] is not None) == ("interest", True)
    again = operator.say("roster", "conflict", "remove", *pair, "--note", "shares sold")
    assert (again.code, "No conflict of Z001 with TEST1 is declared" in again.err) == (3, True)
    operator.well("roster", "conflict", "add", *pair, "--evidence", "声明书")
    with house.closing(operator.store()) as store:
        with store.read() as tx:
            assert [one.reason for one in tx.rosters.recusals("bureau")] == [Recusal.RELATION]
            assert tx.rosters.recused("bureau", "TEST1", "Z001")
        assert dict(operated(store))["operator.roster.conflict_ended"]["note"] == "shares sold"


@on_both
@pytest.mark.slow
def test_of_two_credit_statements_the_newer_one_stands(operator: Operator) -> None:
    def levels(level: str, day: str) -> Said:
        file = operator.file("levels.csv", table(["code", "level", "as_of"], ["TEST1", level, day]))
        return operator.say("credit", "import", file, "--source", "platform", "--json")

    assert levels("B", "2026-01-02").json["kept"] == 1
    assert levels("A", "2026-01-01").json["kept"] == 0
    assert levels("B", "2026-01-02").code == 0
    file = operator.file(
        "both.csv", table(["code", "level", "as_of"], ["TEST2", "A", "2026-01-02"], ["TEST1", "A", "2026-01-02"])
    )
    for more, kept in (("--dry-run", 1), ("", 1)):
        said = operator.say("credit", "import", file, *filter(None, [more]), "--json").json
        assert (said["kept"], said["conflicts"]) == (kept, 1)
        assert [one["row"] for one in said["warnings"] if one["code"] == "level_conflict"] == [3]
    said = operator.say("credit", "import", file, "--dry-run")
    assert "another level of the same moment stands" in said.err, "which one, is told to people too"
    assert levels("Z", "2026-01-03").json["flaws"][0]["code"] == "level_unknown"
    assert levels("A", "2999-01-01").json["flaws"][0]["code"] == "as_of_future"
    person = operator.file(
        "person.csv", table(["kind", "code", "level", "as_of"], ["PERSON", somebody(1).code, "A", "2026-01-02"])
    )
    refused = operator.say("credit", "import", person, "--source", "platform", "--json")
    assert (refused.code, refused.json["flaws"][0]["code"]) == (levels("Z", "2026-01-03").code, "level_of_person")


@on_both
@pytest.mark.slow
def test_no_register_is_taken_that_leaves_a_town_without_an_officer_unless_that_is_said(operator: Operator) -> None:
    """The row that is missing in the mapping of towns to officers cannot be loaded, from whichever side it comes."""

    def brought(what: str, heads: tuple[str, ...], *rows: tuple[str, ...], more: tuple[str, ...] = ()) -> Said:
        return operator.say("roster", "import", what, operator.file("file.csv", table(heads, *rows)), "--agency", "bureau", *more)

    firms, staff = ("code", "name", "pool"), ("id", "name", "certificate", "certificate_until", "pools")
    assert brought("objects", firms, ("TESTA", "甲", "东镇"), ("TESTB", "乙", "西镇")).code == 0, "nobody is mapped yet"
    one, two = ("Z1", "张", "A-1", "2099-12-31", "东镇;西镇"), ("Z2", "李", "A-2", "2099-12-31", "东镇")
    assert brought("inspectors", staff, one, two).code == 0
    misspelt = (("TESTA", "甲", "东镇"), ("TESTB", "乙", "西村镇"))
    refused = brought("objects", firms, *misspelt)
    assert refused.code == 4
    assert "西村镇 ~ 西镇" in refused.err
    assert "nothing was written" in refused.err
    strange = brought("objects", firms, ("TESTA", "甲", "东镇"), ("TESTB", "乙", "Q"))
    assert (strange.code, "nearest" in strange.err, "东镇" in strange.err) == (4, False, True), (
        "no name is near, and none is told"
    )
    dry = brought("objects", firms, *misspelt, more=("--dry-run", "--json"))
    assert (dry.code, dry.json["needs"]) == (0, ["--uncovered"])
    refused = brought("inspectors", staff, two, more=("--remove", "--yes"))
    assert (refused.code, "西镇" in refused.err) == (4, True), "who leaves would leave a town to nobody"
    assert brought("inspectors", staff, two, more=("--keep",)).code == 0
    assert brought("inspectors", staff, two, more=("--remove", "--yes", "--uncovered")).code == 0
    assert brought("objects", firms, ("TESTA", "甲", "东镇"), ("TESTB", "丙", "西镇")).code == 0, "it was left so before"


@pytest.mark.slow
def test_an_import_that_lacks_several_words_asks_for_all_of_them_at_once(operator: Operator) -> None:
    firms, staff = ("code", "name", "pool"), ("id", "name", "certificate", "certificate_until", "pools")

    def brought(what: str, *rows: tuple[str, ...], more: tuple[str, ...] = (), encoding: str = "utf-8") -> Said:
        file = operator.file("file.csv", table(firms if what == "objects" else staff, *rows), encoding)
        return operator.say("roster", "import", what, file, "--agency", "bureau", *more)

    assert brought("objects", ("TESTA", "甲", "东镇"), ("TESTB", "乙", "西镇")).code == 0
    assert (
        brought("inspectors", ("Z1", "张", "A-1", "2099-12-31", "东镇;西镇"), ("Z2", "李", "A-2", "2099-12-31", "东镇")).code == 0
    )
    left = ("Z2", "李四", "A-2", "2099-12-31", "东镇")
    said = brought("inspectors", left, more=("--yes",))
    assert (said.code, "needs --remove --uncovered" in said.err) == (4, True), said.err
    assert "1 rows of the register are not in the file" in said.err, "each in its own words"
    assert "西镇" in said.err
    said = brought("inspectors", left, more=("--json",), encoding="gb18030")
    error = json.loads(said.err)["error"]
    assert (said.code, error["code"]) == (4, "import_unconfirmed")
    assert error["facts"]["options"] == "--encoding --remove --yes --uncovered"
    assert (error["facts"]["removed"], error["facts"]["towns"]) == (1, "西镇")
    assert brought("inspectors", left, more=("--remove", "--yes")).err.count("西镇") >= 1, "one thing is told in its own words"
    all_said = ("--remove", "--yes", "--uncovered", "--encoding", "gb18030")
    assert brought("inspectors", left, more=all_said, encoding="gb18030").code == 0, "what was asked for is enough"

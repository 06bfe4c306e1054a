"""Past inspections come in from files: whole or not at all, once, and a file takes nothing out of the record."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.inspection import Authority, CheckType, Inspection
from tests import house, needs
from tests.operator import Operator, Said, on_both, one_database, operated, settled, table

database_url = one_database
HEADS = ["code", "on", "check", "authority", "items", "inspectors", "completed", "number"]
CHINESE = ["主体代码", "检查日期", "检查类型", "检查机关", "检查事项", "检查人员", "是否完成", "检查编号"]
FIRST = ["TESTA", "2025-11-03", "PLANNED", "OWN", "", "Z001;Z002", "yes", ""]
SECOND = ["TESTA", "2025-12-01", "CAMPAIGN", "UPPER", "business-licence", "", "no", "7"]


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def imported(operator: Operator, *rows: list[str], heads: list[str] | None = None, more: tuple[str, ...] = ()) -> Said:
    file = operator.file("past.csv", table(heads or HEADS, *rows))
    return operator.say("roster", "import", "inspections", file, "--agency", "bureau", "--json", *more)


def held(operator: Operator) -> list[Inspection]:
    with house.closing(operator.store()) as store, store.read() as tx:
        return tx.inspections.of("bureau")


def test_the_ledger_keeps_whose_checks_a_file_told_and_the_files_digest(operator: Operator) -> None:
    imported(operator, FIRST)
    file = operator.folder / "past.csv"
    first = hashlib.sha256(file.read_bytes()).hexdigest()
    imported(operator, [*FIRST[:5], "Z009", *FIRST[6:]])
    with house.closing(operator.store()) as store:
        (_, one), (_, other) = operated(store)
    with house.closing(operator.store()) as store, store.read() as tx:
        assert tx.inspections.of("bureau", known_at=datetime(2025, 1, 1, tzinfo=UTC)) == [], "and the record since when it knows"
    assert (one["sha256"], one["rows"], other["rows"]) == (first, other["rows"], one["rows"]), "what was replaced is told as well"
    ((who, *told),) = one["rows"]
    assert told == ["2025-11-03", "PLANNED", "OWN", True]
    assert (len(who), "TESTA" in json.dumps(one)) == (32, False)


@on_both
def test_a_history_comes_in_once_and_the_same_file_again_leaves_no_trace(operator: Operator) -> None:
    first, second = imported(operator, FIRST, SECOND), imported(operator, SECOND, FIRST)
    assert (len(first.json["added"]), second.json["added"], second.json["changed"], second.json["unchanged"]) == (2, [], [], 2)
    assert held(operator) == [
        Inspection(
            agency="bureau",
            kind=SubjectKind.FIRM,
            code="TESTA",
            on=date(2025, 11, 3),
            check=CheckType.PLANNED,
            inspectors=("Z001", "Z002"),
        ),
        Inspection(
            agency="bureau",
            kind=SubjectKind.FIRM,
            code="TESTA",
            on=date(2025, 12, 1),
            check=CheckType.CAMPAIGN,
            authority=Authority.UPPER,
            number="7",
            items=("business-licence",),
            completed=False,
        ),
    ]
    with house.closing(operator.store()) as store:
        assert [rule for rule, _ in operated(store)].count("operator.roster.import.inspections") == 1


def test_an_office_writes_it_in_chinese_words(operator: Operator) -> None:
    row = ["TESTA", "2025年11月3日", "计划内随机检查", "上级机关", "", "Z001、Z002", "是", ""]
    assert imported(operator, row, heads=CHINESE).code == 0
    (one,) = held(operator)
    assert (one.check, one.authority, one.inspectors) == (CheckType.PLANNED, Authority.UPPER, ("Z001", "Z002"))


def test_a_later_file_adds_and_corrects_and_takes_nothing_out(operator: Operator) -> None:
    imported(operator, FIRST, SECOND)
    told = imported(operator, [*FIRST[:6], "no", ""], ["TESTB", *FIRST[1:]])
    assert (len(told.json["added"]), len(told.json["changed"])) == (1, 1)
    assert [(one.code, one.completed) for one in held(operator)] == [("TESTA", False), ("TESTB", True), ("TESTA", False)]


def test_a_dry_run_tells_what_it_would_add_and_writes_nothing(operator: Operator) -> None:
    told = imported(operator, FIRST, more=("--dry-run",))
    assert (told.code, len(told.json["added"]), told.json["dry_run"]) == (0, 1, True)
    assert held(operator) == []


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (["TESTA", "2025-13-03", "PLANNED"], "on", "day_unreadable"),
        (["TESTA", "2099-01-01", "PLANNED"], "on", "day_future"),
        (["TESTA", "2025-11-03", "SURPRISE"], "check", "choice_unknown"),
        (["TESTA", "2025-11-03", ""], "check", "cell_empty"),
        (["TESTA", "2025-11-03", "PLANNED", "FRIENDS"], "authority", "choice_unknown"),
        (["", "2025-11-03", "PLANNED"], "code", "cell_empty"),
        (["TESTA", "2025-11-03", "PLANNED", "OWN", "", "", "perhaps"], "completed", "choice_unknown"),
        ([*FIRST[:5], "Z009", "yes", ""], "number", "code_twice"),
    ],
)
def test_one_wrong_row_keeps_the_whole_file_out(operator: Operator, row: list[str], column: str, code: str) -> None:
    told = imported(operator, FIRST, row + [""] * (len(HEADS) - len(row)))
    assert told.code == 2
    assert [(one["row"], one["column"], one["code"]) for one in told.json["flaws"]] == [(3, column, code)]
    assert held(operator) == []


def test_a_spreadsheet_that_took_a_code_for_a_number_is_found_out(operator: Operator) -> None:
    file = operator.workbook("past.xlsx", ["code", "on", "check"], [91000000, date(2025, 3, 4), "PLANNED"])
    told = operator.say("roster", "import", "inspections", file, "--agency", "bureau", "--json")
    assert [(one["column"], one["code"]) for one in told.json["flaws"]] == [("code", "cell_is_number")]


@pytest.mark.needs("shared-data")
@pytest.mark.slow
def test_a_real_city_s_history_comes_in_row_by_row(operator: Operator) -> None:
    lines = gzip.decompress(
        (needs.shared_data() / "chicago-food-inspections" / "inspections_2011-2013.csv.gz").read_bytes()
    ).decode()
    rows = list(csv.DictReader(io.StringIO(lines)))[:2_000]
    told = imported(
        operator,
        *(
            [row["license"], row["inspection_date"], "PLANNED", "OWN", "", row["inspector"], "yes", row["inspection_id"]]
            for row in rows
        ),
    )
    assert (told.code, len(told.json["added"])) == (0, len({row["inspection_id"] for row in rows}))
    found = {one["code"] for one in told.json["warnings"]}
    assert found == {"code_irregular", "organisation_nowhere"}, "a licence number is no credit code, and is kept"


def test_a_fault_is_told_in_chinese_by_the_heads_of_the_file_that_is_read(operator: Operator) -> None:
    file = operator.file("past.csv", table(CHINESE, ["TESTA", "昨天", "PLANNED", "OWN", "", "", "maybe", "7"]))
    said = operator.say("roster", "import", "inspections", file, "--agency", "bureau", lang="zh-Hans")
    assert [name in said.err for name in ("检查日期 on：", "是否完成 completed：", "发现日期")] == [True, True, False], said.err

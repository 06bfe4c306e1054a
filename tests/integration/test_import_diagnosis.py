"""A clerk mends a file once: every fault and every oddity of every row is told in one run, and nothing is half-loaded."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.calendar import SHANGHAI
from tests import house
from tests.integration.test_bad_input import HIDDEN
from tests.integration.test_cli_case import HEADS, bring, cases, row
from tests.operator import Cell, Operator, on_both, one_database, process, quoted, settled, table

pytestmark = pytest.mark.alike

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def found(told: dict[str, Any], which: str = "flaws") -> list[tuple[int, str, str]]:
    return [(one["row"], one["column"], one["code"]) for one in told[which]]


def odd(operator: Operator, file: str) -> list[tuple[int, str, str]]:
    """The remarks on a file that is taken, apart from the irregular codes of the tests."""
    told = operator.well("case", "import", file, "--agency", "bureau", "--sender", "hall", "--yes", "--dry-run", "--json").json
    return [one for one in found(told, "warnings") if one[2] != "code_irregular"]


@on_both
def test_heads_cells_items_duplicates_and_what_is_stored_are_all_told_in_one_run(operator: Operator) -> None:
    assert bring(operator, operator.file("first.csv", table(HEADS, row(1))))[0] == 0
    heads = [*HEADS, "承诺:no-such-fact", "备注"]
    heads[7] = "告知书版本号"  # the needed column is missing, and one is unknown
    rows = [
        [*row(2), "", ""],
        [*row(3, on="soon", item="no-such-item", kind="Firma"), "x", ""],
        [*row(2, name="另一公司"), "y", ""],
        [*row(4, item="legal-aid", on="2999-01-01"), "", ""],
        [*row(5, code="", by=""), "", ""],
    ]
    code, told = bring(operator, operator.file("second.csv", table(heads, *rows)))
    assert code == 2
    assert found(told) == [
        (1, "告知书版本号", "column_unknown"),
        (1, "备注", "column_unknown"),
        (1, "notice_version", "column_missing"),
        (3, "signed_on", "day_unreadable"),
        (3, "subject_kind", "choice_unknown"),
        (3, "item", "item_unknown"),
        (4, "reference", "reference_twice"),
        (4, "claim:no-such-fact", "fact_unknown"),
        (5, "matter", "matter_not_covered"),
        (5, "subject_kind", "subject_not_covered"),
        (5, "signed_on", "signed_in_future"),
        (5, "claim:registration-status", "fact_unknown"),
        (6, "subject_code", "cell_empty"),
        (6, "signed_by", "cell_empty"),
    ]
    assert cases(operator) == ["S-000001"]


def test_a_day_that_a_spreadsheet_keeps_as_a_number_is_told_with_the_days_that_it_may_be(operator: Operator) -> None:
    cells: list[Cell] = [*row(1)]
    cells[HEADS.index("签署日期")] = 45292
    days = [operator.workbook("days.xlsx", HEADS, cells), operator.file("days.csv", table(HEADS, row(1, on="45292")))]
    for file in days:
        code, told = bring(operator, file)
        assert (code, found(told)) == (2, [(2, "signed_on", "day_serial")])
        flaws: Any = told["flaws"]
        (flaw,) = flaws
        assert "2024-01-01" in flaw["what"]
        assert "2028-01-02" in flaw["what"], "a Mac's old workbooks count otherwise, and the number does not say so"
        assert "CSV UTF-8" in flaw["fix"]
    dated: list[Cell] = [*row(1)]
    dated[HEADS.index("签署日期")] = date(2024, 1, 1)
    assert bring(operator, operator.workbook("dated.xlsx", HEADS, dated), "--dry-run")[0] == 0, "a cell that is a date is one"


@on_both
def test_a_conflict_with_what_is_stored_is_told_beside_the_faults_of_other_rows(operator: Operator) -> None:
    assert bring(operator, operator.file("first.csv", table(HEADS, row(1))))[0] == 0
    code, told = bring(operator, operator.file("second.csv", table(HEADS, row(1, claim="注销"), row(2, on="soon"), row(3))))
    assert (code, found(told)) == (2, [(2, "reference", "reference_reused"), (3, "signed_on", "day_unreadable")])
    assert cases(operator) == ["S-000001"]


def test_a_letter_that_answers_a_notice_nobody_knows_is_told_by_row_with_the_version_there_is(operator: Operator) -> None:
    code, told = bring(operator, operator.file("notice.csv", table(HEADS, row(1), row(2, version="2019-07"))))
    assert (code, found(told)) == (2, [(3, "notice_version", "notice_unknown")])
    assert "business-licence has 2025-01 now" in json.dumps(told)
    assert cases(operator) == []


def test_a_file_is_held_to_the_rule_for_names_and_days_that_messages_are_held_to(operator: Operator) -> None:
    hidden = [row(number, name=text) for number, text in enumerate(HIDDEN, 1)]
    heads = [*HEADS, "claims_on", "publicity_until"]
    days = [
        [*row(20), "1800-01-01", ""],
        [*row(21, on="soon"), "", ""],
        [*row(22), "", "1800-01-01"],
        [*row(23), "0001-01-01", ""],
    ]
    code, told = bring(operator, operator.file("cases.csv", table(heads, *([*one, "", ""] for one in hidden), *days)))
    assert (code, found(told)) == (
        2,
        [
            *((number, "subject_name", "cell_control") for number in range(2, len(HIDDEN) + 2)),
            (8, "claims_on", "claim_long_ago"),
            (9, "signed_on", "day_unreadable"),
            (10, "publicity_until", "publicity_before_signature"),
            (11, "claims_on", "day_beyond"),
        ],
    )


def test_a_file_may_say_on_which_day_matters_were_concluded_and_no_day_that_cannot_be(operator: Operator) -> None:
    heads = [*HEADS, "办结日期"]
    days = ["2025-03-02", "2999-01-01", "soon"]  # signed on 2025-03-03
    wrong = operator.file("wrong.csv", table(heads, *([*row(number), day] for number, day in enumerate(days, 1))))
    code, told = bring(operator, wrong)
    assert (code, found(told)) == (
        2,
        [
            (2, "concluded_on", "concluded_out_of_range"),
            (3, "concluded_on", "concluded_out_of_range"),
            (4, "concluded_on", "day_unreadable"),
        ],
    )
    right = operator.file("right.csv", table(heads, [*row(1), "2025-03-10"], [*row(2), ""]))
    assert bring(operator, right)[0] == 0
    held = [json.loads(line) for line in operator.well("export", "cases").out.splitlines()]
    moments = {one["reference"]: one["concluded_at"] for one in held}
    assert moments["S-000002"] is None
    assert datetime.fromisoformat(moments["S-000001"]) == datetime(2025, 3, 10, tzinfo=SHANGHAI)


def test_oddities_of_a_file_that_is_taken_are_told_by_row(operator: Operator) -> None:
    rows = [
        row(1),
        [""] * len(HEADS),
        [""] * len(HEADS),
        row(2, on="２０２５-０３-０３"),
        row(3, name=" 甲店 "),
        row(4, code="ｔｅｓｔ4"),
    ]
    text = table(HEADS, *rows).replace(",", ";")
    assert odd(operator, operator.file("odd.csv", text, "gb18030")) == [
        (1, "", "file_gb18030"),
        (1, "", "file_delimiter"),
        (3, "", "rows_empty"),
        (5, "signed_on", "cell_width"),
        (6, "subject_name", "cell_trimmed"),
        (7, "subject_code", "code_rewritten"),
    ]
    assert odd(operator, operator.file("bom.csv", table(HEADS, row(1)), "utf-8-sig")) == []
    assert odd(operator, operator.file("heads.csv", table(HEADS))) == [(1, "", "rows_none")]


def test_a_promise_about_a_day_to_come_is_a_remark_that_names_the_day(operator: Operator) -> None:
    heads = [*HEADS, "claims_on"]
    file = operator.file("ahead.csv", table(heads, [*row(1), "2999-01-01"], [*row(2), ""]))
    assert odd(operator, file) == [(2, "claim:registration-status", "claim_ahead")]


def test_a_promise_outside_the_list_of_the_pack_is_taken_with_a_remark_that_names_what_is_listed(operator: Operator) -> None:
    file = operator.file("unlisted.csv", table(HEADS, [*row(1)[:10], "正常"], row(2)))
    assert odd(operator, file) == [(2, "claim:registration-status", "claim_unlisted")]
    told = operator.well("case", "import", file, "--agency", "bureau", "--sender", "hall", "--yes").err
    assert "正常" in told
    assert "存续" in told


def test_irregular_codes_numbers_of_excel_and_merged_cells_are_told_by_row(operator: Operator) -> None:
    cells: list[Cell] = [*row(1)]
    cells[9], cells[10] = date(2025, 3, 2), 1
    file = operator.workbook("numbers.xlsx", HEADS, cells, [], row(2), merged="A2:A3")
    assert odd(operator, file) == [
        (2, "", "cells_merged"),
        (2, "claim:registration-status", "cell_was_number"),
        (2, "claim:registration-status", "claim_unlisted"),
        (3, "", "rows_empty"),
    ]
    told = operator.well("case", "import", file, "--agency", "bureau", "--sender", "hall", "--yes", "--dry-run", "--json").json
    irregular = [one for one in told["warnings"] if one["code"] == "code_irregular"]
    assert [(one["row"], "unusual shape" in one["what"]) for one in irregular] == [(2, True), (4, True)]


@pytest.mark.slow
def test_people_read_faults_and_remarks_in_their_language_with_row_column_and_remedy(operator: Operator) -> None:
    file = operator.file("bad.csv", table(HEADS, row(1, item="legal-aid", on="二月"), row(2, name=" 甲店")))
    english = operator.say("case", "import", file, "--agency", "bureau", "--sender", "hall", "--yes")
    chinese = process(
        "case",
        "import",
        file,
        "--agency",
        "bureau",
        "--sender",
        "hall",
        "--yes",
        "--lang",
        "zh-Hans",
        "--config",
        str(operator.config),
    )
    assert (english.code, chinese.code, english.out, chinese.out) == (2, 2, "", "")
    assert "row 2, signed_on: 二月 is no date → write year-month-day, as in 2026-10-08" in english.err
    assert "row 3, subject_name: remark: blanks before or behind the text were taken off" in english.err
    assert "第2行，签署日期 signed_on：“二月”不是日期 → 请按“年-月-日”填写，例如 2026-10-08" in chinese.err
    assert "第2行，主体类型 subject_kind：" in chinese.err
    assert "自然人 PERSON" in chinese.err
    assert "共 4 处错误，未写入任何内容" in chinese.err


def test_a_register_without_codes_is_told_that_first_and_then_of_the_head_that_nobody_asked_for(operator: Operator) -> None:
    said = operator.say(
        "roster", "import", "objects", operator.file("o.csv", table(["编码", "名称"], ["Z1", "甲"])), "-a", "bureau"
    )
    faults, remarks = said.err.index("row 1, code: the column is missing"), said.err.index("row 1, 编码: remark:")
    assert (said.code, faults < remarks < said.err.index("nothing was written")) == (2, True)


def test_a_register_tells_faults_of_heads_and_rows_at_once_and_a_dry_run_what_it_would_need(operator: Operator) -> None:
    heads = ["工号", "姓名", "执法证号", "在岗", "推送渠道", "备注"]
    file = operator.file("i.csv", table(heads, ["Z1", "甲", "Z-1", "maybe", "sms", ""], ["Z1", "乙", "Z-2", "是", "", ""]))
    said = operator.say("roster", "import", "inspectors", file, "--agency", "bureau", "--json")
    assert said.code == 2
    assert found(said.json) == [(1, "certificate_until", "column_missing"), (2, "in_post", "choice_unknown")]
    assert found(said.json, "warnings") == [(1, "备注", "column_passed"), (2, "channel", "channel_unknown")]

    heads = ["工号", "姓名", "执法证号", "执法证有效期"]
    file = operator.file("i.csv", table(heads, ["Z1", "甲", "Z-1", "2020-01-31"], ["Z1", "甲", "Z-1", "2020-01-31"]))
    told = operator.well("roster", "import", "inspectors", file, "--agency", "bureau", "--json").json
    assert found(told, "warnings") == [
        (2, "certificate_until", "certificate_over"),
        (3, "certificate_until", "certificate_over"),
        (3, "id", "row_repeated"),
    ]
    other = operator.file("other.csv", table(heads, ["Z2", "乙", "Z-2", "2999-01-31"]))
    said = operator.well("roster", "import", "inspectors", other, "--agency", "bureau", "--dry-run")
    assert "taking 1 rows out would need --remove --yes" in said.out
    told = operator.well("roster", "import", "inspectors", other, "--agency", "bureau", "--dry-run", "--json").json
    assert (told["removed"], told["needs"]) == (["Z1"], ["--remove", "--yes"])


def test_a_leave_that_ends_before_it_begins_refuses_the_file_for_whoever_is_away_would_be_dealt(operator: Operator) -> None:
    heads = ["工号", "姓名", "执法证号", "执法证有效期", "休假起", "休假止"]
    row = ["Z1", "甲", "Z-1", "2999-01-31"]
    file = operator.file("i.csv", table(heads, [*row, "2026-12-20", "2026-12-01"]))
    said = operator.say("roster", "import", "inspectors", file, "--agency", "bureau", "--json")
    assert (said.code, found(said.json)) == (2, [(2, "leave_until", "leave_reversed")])
    for days in (("2026-12-01", "2026-12-01"), ("2026-12-20", ""), ("", "2026-12-01")):
        file = operator.file("i.csv", table(heads, [*row, *days]))
        assert operator.say("roster", "import", "inspectors", file, "--agency", "bureau").code == 0


def test_two_rows_of_one_staff_code_written_differently_are_refused_for_a_team_could_be_one_person(operator: Operator) -> None:
    heads = ["工号", "姓名", "执法证号", "执法证有效期"]

    def told(*codes: str) -> tuple[int, Any, Any]:
        rows = ([code, "甲", f"A-{number}", "2999-01-31"] for number, code in enumerate(codes))
        file = operator.file("i.csv", table(heads, *rows))
        said = operator.say("roster", "import", "inspectors", file, "--agency", "bureau", "--dry-run", "--json")
        return said.code, found(said.json), found(said.json, "warnings")

    for twin in ("z-1", "Ｚ-1", "Z - 1", "Z–1"):
        assert told("Z-1", twin) == (2, [(3, "id", "staff_twice")], []), twin
    assert told("1-12", "11-2", "112") == (0, [], [(3, "id", "staff_near"), (4, "id", "staff_near")])


def test_one_certificate_of_two_officers_is_refused_for_a_team_could_be_one_person_and_a_limit_of_none_is_remarked(
    operator: Operator,
) -> None:
    heads = ["工号", "姓名", "执法证号", "执法证有效期", "期内上限"]
    rows = (["Z1", "甲", "z-1", "2999-01-31", "3"], ["Z2", "乙", "Z-1", "2999-01-31", "0"], ["Z3", "丙", "Z-3", "2999-01-31", ""])
    file = operator.file("i.csv", table(heads, *rows))
    said = operator.say("roster", "import", "inspectors", file, "--agency", "bureau", "--json")
    assert (said.code, found(said.json)) == (2, [(3, "certificate", "certificate_twice")])
    assert found(said.json, "warnings") == [(3, "cap", "cap_none")]
    file = operator.file("i.csv", table(heads, rows[0], [*rows[1][:2], "Z-2", *rows[1][3:]], rows[2]))
    assert operator.say("roster", "import", "inspectors", file, "--agency", "bureau").code == 0


def test_an_object_that_comes_into_the_register_some_day_to_come_refuses_the_file(operator: Operator) -> None:
    file = operator.file("o.csv", table(["code", "since"], ["TESTA", "2999-01-01"]))
    said = operator.say("roster", "import", "objects", file, "--agency", "bureau", "--json")
    assert (said.code, found(said.json)) == (2, [(2, "since", "since_future")])


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "'", '"', "＝"])
@pytest.mark.parametrize("what", ["objects", "inspectors"])
def test_a_code_that_a_spreadsheet_takes_for_a_formula_or_a_text_mark_is_refused_by_row_and_field(
    operator: Operator, what: str, sign: str
) -> None:
    heads, rest = (
        (["code", "name"], ["示例"])
        if what == "objects"
        else (
            ["id", "name", "certificate", "certificate_until"],
            ["李", "C1", "2030-01-01"],
        )
    )
    file = operator.file("register.csv", table(heads, [quoted(f"{sign}TEST1"), *rest]))
    said = operator.say("roster", "import", what, file, "--agency", "bureau", "--dry-run", "--json")
    assert (said.code, found(said.json)) == (2, [(2, heads[0], "code_formula")])
    assert "without that sign" in said.json["flaws"][0]["fix"]


def test_what_looks_like_a_formula_is_kept_where_it_is_a_text_and_refused_where_it_is_a_code(operator: Operator) -> None:
    name = '=HYPERLINK("x","某店")'
    file = operator.file("cases.csv", table(HEADS, row(1, name=quoted(name)), row(2, code='"=""91330106MA2000000F"""')))
    assert [one for one in found(bring(operator, file)[1]) if one[0] == 3] == [(3, "subject_code", "code_formula")]
    assert bring(operator, operator.file("one.csv", table(HEADS, row(1, name=quoted(name)))))[0] == 0
    (reference,) = cases(operator)
    with house.closing(operator.store()) as store, store.read() as tx:
        (case_id, _) = tx.cases.by_reference("bureau", "hall", reference) or ("", "")
        assert tx.cases.get(case_id).subject.name == name, "as it was sent"


def test_a_dash_in_the_place_of_a_code_is_no_code(operator: Operator) -> None:
    said = bring(operator, operator.file("cases.csv", table(HEADS, row(1, code="（—）"))))
    assert (said[0], found(said[1])) == (2, [(2, "subject_code", "identity_empty")])

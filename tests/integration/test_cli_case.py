"""`case`: a file of cases comes in whole or not at all, and every case can be asked about afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.case import CaseState, Outcome
from inspector.domain.errors import Conflict
from inspector.flows import bulk, importing, intake
from inspector.flows.office import Office
from inspector.sheets import sheet
from inspector.store.store import Store
from tests import house
from tests.edge import serving
from tests.integration.test_api_cases import without
from tests.operator import Cell, Operator, on_both, one_database, operated, process, settled, table

pytestmark = pytest.mark.alike

HEADS = ["申请编号", "事项类型", "事项编码", "主体类型", "主体代码", "主体名称", "承诺书全文", "告知书版本", "签署人", "签署日期"]
HEADS = [*HEADS, "承诺:registration-status"]


def row(number: int, **changes: str) -> list[str]:
    """A row as an office would type it."""
    told = {
        "reference": f"S-{number:06d}",
        "matter": "行政许可",
        "item": "business-licence",
        "kind": "企业",
        "code": f"TEST{number:014d}",
        "name": "某某有限公司",
        "letter": "本单位承诺",
        "version": "2025-01",
        "by": "张三",
        "on": "2025-03-03",
        "claim": "存续",
    }
    return list((told | changes).values())


database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def cases(operator: Operator) -> list[str]:
    return [one["reference"] for one in operator.well("case", "list", "--json", "--limit", "10000").json]


def bring(operator: Operator, file: str, *more: str) -> tuple[int, dict[str, object]]:
    """(exit code, answer without the remarks: every code of these tests is irregular)."""
    said = operator.say("case", "import", file, "--agency", "bureau", "--sender", "hall", "--yes", "--json", *more)
    assert said.out, said.err
    return said.code, {name: told for name, told in said.json.items() if name not in ("warnings", "sender")}


def test_an_imported_case_is_the_approving_systems_own_and_it_is_never_guessed_whose(operator: Operator) -> None:
    file = operator.file("cases.csv", table(HEADS, row(1)))
    nobody = operator.say("case", "import", file, "--agency", "bureau", "--dry-run")
    assert (nobody.code, "--sender" in nobody.err) == (2, True)
    token = operator.well("token", "issue", "hall", "--agency", "bureau", "--role", "system", "--json").json["token"]
    assert "on behalf of hall" in operator.well("case", "import", file, "--agency", "bureau", "--dry-run").out
    assert operator.well("case", "import", file, "--agency", "bureau", "--json").json["sender"] == "hall"
    (case,) = operator.well("case", "list", "--json").json
    with (
        house.closing(operator.store()) as store,
        serving(house.open_office(store, house.Hand())) as edge,
        edge.client(Authorization=f"Bearer {token}") as system,
    ):
        said = system.post(f"/v1/cases/{case['id']}/withdraw", json={"reason": "APPLICANT"})
        assert said.status_code == 200, said.text
    operator.well("token", "issue", "window", "--agency", "bureau", "--role", "system")
    two = operator.say("case", "import", file, "--agency", "bureau")
    assert (two.code, "hall, window" in two.err) == (2, True)


def test_a_sender_without_a_token_is_refused_with_the_nearest_name_unless_it_is_wanted(operator: Operator) -> None:
    file = operator.file("cases.csv", table(HEADS, row(1)))
    for name, agency in (("approving", "bureau"), ("window", "other")):
        operator.well("token", "issue", name, "--agency", agency, "--role", "system")
    for wrong, near in (("aproving", "nearest is approving"), ("window", "nearest is approving")):
        for more in ((), ("--dry-run",)):
            said = operator.say("case", "import", file, "--agency", "bureau", "--sender", wrong, *more)
            assert (said.code, near in said.err) == (2, True)
    assert cases(operator) == []
    operator.well("case", "import", file, "--agency", "bureau", "--sender", "approving")
    other = operator.file("d.csv", table(HEADS, row(2)))
    operator.well("case", "import", other, "--agency", "bureau", "--sender", "later", "--yes")
    assert len(cases(operator)) == 2


def test_who_brought_a_certificate_has_signed_no_letter(operator: Operator) -> None:
    unsigned = dict.fromkeys(("letter", "version", "by", "on", "claim"), "")

    def line(number: int, route: str) -> list[str]:
        return [*row(number, **unsigned), route]

    heads = [*HEADS, "route"]
    wrong = operator.say("case", "import", operator.file("w.csv", table(heads, line(1, "COMMITMENT"))), *WHOSE, "--json")
    assert {flaw["code"] for flaw in wrong.json["flaws"]} >= {"cell_empty", "letter_missing"}
    operator.well("case", "import", operator.file("c.csv", table(heads, line(1, "CERTIFICATE"))), *WHOSE)
    (case,) = operator.well("case", "list", "--json").json
    assert case["state"] == "POOLED"
    assert operator.well("case", "show", case["id"], "--json").json["letter"] is None


@on_both
def test_a_file_comes_in_whole_once_and_says_who_brought_it(operator: Operator) -> None:
    file = operator.file("cases.csv", table(HEADS, row(1), row(2)))
    assert bring(operator, file) == (0, {"opened": 2, "known": 0, "dry_run": False, "needs": [], "flaws": []})
    assert bring(operator, file) == (0, {"opened": 0, "known": 2, "dry_run": False, "needs": [], "flaws": []})
    assert cases(operator) == ["S-000001", "S-000002"]
    with house.closing(operator.store()) as store:
        rules = operated(store)
    assert [rule for rule, _ in rules] == ["operator.case.import", "operator.case.import"]
    assert rules[1][1]["file"] == "cases.csv"
    assert str(rules[1][1]["by"]).startswith("os:")


@on_both
def test_a_file_imported_again_after_its_item_was_given_up_is_still_what_is_in(operator: Operator) -> None:
    with house.closing(operator.store()) as store:
        office = house.open_office(store, house.Hand())
        first = importing.parse(sheet.read(table(HEADS, row(1)).encode()), "bureau", ("bureau",))
        more = importing.parse(sheet.read(table(HEADS, row(1), row(2)).encode()), "bureau", ("bureau",))
        assert load(office, first).opened == 1
        after = replace(office, book=without("business-licence", office.book))
        again, fresh = load(after, first), load(after, more)
    assert (again.opened, again.known, again.flaws) == (0, 1, ())
    assert [(flaw.row, flaw.code) for flaw in fresh.flaws] == [(3, "item_unknown")]


def load(office: Office, parsed: importing.Parsed) -> bulk.Loaded:
    """A file taken in, by nobody in particular."""
    return bulk.load(office, parsed, "hall", dry_run=False, sign=lambda *_: None)


@on_both
def test_one_wrong_row_keeps_the_whole_file_out_and_each_fault_is_named(operator: Operator) -> None:
    wrong = [
        row(1),
        row(2, item="no-such-item"),
        row(3, code="9.13301E+17"),
        row(4, on="soon"),
        row(5, kind="Firma"),
        row(6, name="a\x07b"),
        row(1, name="另一公司"),
    ]
    code, told = bring(operator, operator.file("cases.csv", table(HEADS, *wrong)))
    assert code == 2
    found = told["flaws"]
    assert isinstance(found, list)
    assert [(one["row"], one["column"], one["code"]) for one in found] == [
        (3, "item", "item_unknown"),
        (4, "subject_code", "identity_destroyed_by_spreadsheet"),
        (5, "signed_on", "day_unreadable"),
        (6, "subject_kind", "choice_unknown"),
        (7, "subject_name", "cell_control"),
        (8, "reference", "reference_twice"),
    ]
    assert all(one["what"] and one["fix"] and one["fix"] not in one["what"] for one in found), "each remedy is told once"
    assert "as text" not in found[1]["what"], found[1]
    assert cases(operator) == []


def test_a_reference_used_before_for_other_content_keeps_the_file_out(operator: Operator) -> None:
    assert bring(operator, operator.file("one.csv", table(HEADS, row(1))))[0] == 0
    code, told = bring(operator, operator.file("two.csv", table(HEADS, row(2), row(1, claim="注销"))))
    found = told["flaws"]
    assert isinstance(found, list)
    assert code == 2
    assert [(one["row"], one["code"]) for one in found] == [(3, "reference_reused")]
    assert cases(operator) == ["S-000001"]


def test_a_dry_run_judges_like_the_real_thing_and_writes_nothing(operator: Operator) -> None:
    file = operator.file("cases.csv", table(HEADS, row(1)))
    assert bring(operator, file, "--dry-run") == (0, {"opened": 1, "known": 0, "dry_run": True, "needs": [], "flaws": []})
    assert cases(operator) == []
    assert bring(operator, operator.file("bad.csv", table(HEADS, row(1, item="x"))), "--dry-run")[0] == 2


@on_both
def test_a_large_file_is_judged_whole_before_its_first_row_is_written(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "STAGE", 5)
    monkeypatch.setattr(bulk, "BATCH", 2)
    rows = [row(number) for number in range(1, 8)]
    code, _ = bring(operator, operator.file("bad.csv", table(HEADS, *rows, row(8, item="x"))))
    assert (code, cases(operator)) == (2, [])
    assert bring(operator, operator.file("good.csv", table(HEADS, *rows))) == (
        0,
        {"opened": 7, "known": 0, "dry_run": False, "needs": [], "flaws": []},
    )
    assert len(cases(operator)) == 7


def test_each_case_of_a_large_file_is_taken_in_once_and_its_judging_writes_nothing(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "STAGE", 5)
    monkeypatch.setattr(bulk, "BATCH", 2)
    took, taken = list[str](), intake.take

    def counted(*told: Any) -> Any:
        took.append(told[2].reference)
        return taken(*told)

    monkeypatch.setattr(bulk, "take", counted)
    rows = [row(number) for number in range(1, 8)]
    good = operator.file("good.csv", table(HEADS, *rows))
    assert bring(operator, good, "--dry-run")[1]["opened"] == 7
    assert (took, cases(operator)) == ([], [])
    assert bring(operator, good)[1]["opened"] == 7
    assert took == [one[0] for one in rows]
    more = [row(number) for number in range(8, 15)]
    code, told = bring(operator, operator.file("reused.csv", table(HEADS, *more, row(1, claim="注销"))))
    found = told["flaws"]
    assert isinstance(found, list)
    assert (code, [(one["row"], one["code"]) for one in found]) == (2, [(9, "reference_reused")])
    assert (len(took), len(cases(operator))) == (7, 7), "the last row's fault is found before the first is written"
    assert bring(operator, good, "--dry-run")[1]["known"] == 7


WHOSE = ("--agency", "bureau", "--sender", "hall", "--yes")


def test_a_large_file_that_is_overtaken_says_what_is_in_and_goes_on_when_it_is_imported_again(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "STAGE", 5)
    monkeypatch.setattr(bulk, "BATCH", 2)
    rows = [row(number) for number in range(1, 8)]
    taken = intake.take

    def overtaken(*told: Any) -> Any:
        if told[2].reference == row(5)[0]:  # seven rows judged, four written
            monkeypatch.setattr(bulk, "take", taken)
            raise Conflict("reference_reused", reference=told[2].reference)
        return taken(*told)

    monkeypatch.setattr(bulk, "take", overtaken)
    said = operator.say("case", "import", operator.file("list.csv", table(HEADS, *rows)), *WHOSE, "--json")
    assert (said.code, said.json["opened"], [one["row"] for one in said.json["flaws"]]) == (2, 4, [6])
    assert len(cases(operator)) == 4
    with house.closing(operator.store()) as store, store.read() as tx:
        signed = [json.loads(entry["body"])["facts"] for entry in tx.ledger.about("import:bureau")]
    assert [facts["opened"] for facts in signed] == [2, 2], "each part that is in says who did it"
    assert bring(operator, operator.file("list.csv", table(HEADS, *rows)))[1]["opened"] == 3
    assert len(cases(operator)) == 7


def test_gb18030_is_read_and_what_is_neither_encoding_is_refused(operator: Operator) -> None:
    text = table(HEADS, row(1, name="㐂𠮷商行"))
    assert bring(operator, operator.file("gb.csv", text, "gb18030"), "--encoding", "gb18030")[0] == 0
    held = operator.well("case", "list", "--json").json
    assert held[0]["subject"] == "㐂𠮷商行"
    said = operator.say(
        "case", "import", operator.file("utf16.csv", text, "utf-16"), "--agency", "bureau", "--sender", "hall", "--yes", "--json"
    )
    assert (said.code, json.loads(said.err)["error"]["code"]) == (2, "sheet_utf16")


def test_in_excel_a_code_must_be_text(operator: Operator) -> None:
    cells: list[Cell] = [*row(1)]
    cells[4] = 330106000000000000
    code, told = bring(operator, operator.workbook("number.xlsx", HEADS, cells))
    found = told["flaws"]
    assert isinstance(found, list)
    assert code == 2
    assert [(one["row"], one["column"], one["code"]) for one in found] == [(2, "subject_code", "cell_is_number")]


def test_an_excel_file_of_text_cells_and_dates_comes_in(operator: Operator) -> None:
    cells: list[Cell] = [*row(1)]
    cells[9] = date(2025, 3, 2)
    assert bring(operator, operator.workbook("good.xlsx", HEADS, [], cells))[0] == 0
    case = operator.well("case", "list", "--json").json[0]["id"]
    assert operator.well("case", "show", case, "--json").json["letter"]["signed_on"] == "2025-03-02"


def test_an_unknown_column_is_a_fault_and_its_nearest_is_named(operator: Operator) -> None:
    heads = ["referense", *HEADS[1:]]
    said = operator.say(
        "case", "import", operator.file("c.csv", table(heads, row(1))), "--agency", "bureau", "--sender", "hall", "--yes"
    )
    assert said.code == 2
    assert "there is no column referense → rename it (reference?)" in said.err
    assert "column is missing" in said.err


def test_the_template_of_an_item_filled_in_comes_in(operator: Operator) -> None:
    heads = (
        operator.well("case", "import", "--template", "--agency", "bureau", "--item", "business-licence").out.strip().split(",")
    )
    assert heads[-1] == "claim:registration-status"
    cell = {"reference": "T-1", "matter": "LICENCE", "item": "business-licence", "subject_kind": "FIRM", "subject_code": "TEST1"}
    cell |= {"subject_name": "甲", "letter_text": "承诺", "notice_version": "2025-01", "signed_by": "乙", "signed_on": "2025/3/3"}
    cell |= {"claim:registration-status": "存续"}
    filled = operator.file("t.csv", table(heads, [cell.get(head, "") for head in heads]))
    assert bring(operator, filled)[0] == 0


def test_rows_for_an_agency_outside_the_named_one_are_refused(operator: Operator) -> None:
    file = operator.file("c.csv", table([*HEADS, "agency"], [*row(1), "city"]))
    code, told = bring(operator, file)
    assert (code, cases(operator)) == (2, [])
    assert json.dumps(told).count("agency_outside") == 1


def test_a_row_for_an_agency_that_is_none_is_told_those_there_are_and_no_command_that_would_fail(operator: Operator) -> None:
    file = operator.file("c.csv", table([*HEADS, "agency"], [*row(1), "zzz"]))
    said = operator.say("case", "import", str(file), "--agency", "bureau", "--sender", "hall", "--yes")
    assert (said.code, cases(operator)) == (2, [])
    assert "there is no agency zzz" in said.err
    assert "write one of: bureau" in said.err
    assert "--agency zzz" not in said.err


@pytest.mark.slow
def test_chinese_heads_in_a_file_bear_the_mark_by_which_excel_knows_their_encoding(operator: Operator) -> None:
    told = process("case", "import", "--template", "--config", str(operator.config), environment={"LANG": "zh_CN.UTF-8"}).out
    assert told.startswith("\ufeff")
    assert not operator.well("case", "import", "--template").out.startswith("\ufeff"), "English ones need none"
    heads = told.removeprefix("\ufeff").strip().split(",")
    filled = operator.folder / "t.csv"
    filled.write_text(told + ",".join("" for _ in heads) + "\n", encoding="utf-8")
    assert "no column" not in operator.say("case", "import", str(filled), "--agency", "bureau", "--sender", "hall", "--yes").err


def test_a_list_shows_no_date_where_nothing_is_due_any_more(operator: Operator, store: Store) -> None:
    bring(operator, operator.file("c.csv", table(HEADS, row(1))))
    (one,) = operator.well("case", "list", "--json").json
    assert one["due_at"] is not None
    with store.begin() as tx:
        case = tx.cases.get(one["id"])
        tx.cases.put(replace(case, state=CaseState.CLOSED, outcome=Outcome.UNVERIFIABLE))
    (over,) = operator.well("case", "list", "--json").json
    assert (over["state"], over["due_at"]) == ("CLOSED", None)


def test_the_operator_of_the_machine_is_not_told_that_a_case_may_be_somebody_elses(operator: Operator) -> None:
    said = operator.say("case", "explain", "nope")
    assert (said.code, "find it with case list --reference" in said.err, "yours" in said.err) == (3, True, False)


@pytest.mark.slow
def test_a_case_explains_itself_in_both_languages(operator: Operator) -> None:
    bring(operator, operator.file("c.csv", table(HEADS, row(1))))
    case = operator.well("case", "list", "--json").json[0]["id"]
    told = operator.well("case", "explain", case, "--json").json
    assert (told["case"], told["reference"]) == (case, "S-000001")
    english = operator.well("case", "explain", case).out
    chinese = process("case", "explain", case, "--config", str(operator.config), environment={"LANG": "zh_CN.UTF-8"})
    assert chinese.code == 0, chinese.err
    assert case in english
    assert case in chinese.out
    assert english != chinese.out
    paper = operator.well("case", "explain", "S-000001")
    assert (paper.out, case in paper.err) == (english, True), "the number of the application is what stands on paper"
    with house.closing(operator.store()) as store, store.begin() as tx:
        held = tx.cases.get(case)
        tx.cases.add(replace(held, id="second", sender="window"), digest="0" * 64)
    shared = operator.say("case", "show", "S-000001")
    assert (shared.code, case in shared.err, "second" in shared.err) == (3, True, True), (
        "and where two have it, it is no guess which"
    )


def test_a_case_that_is_not_there_is_exit_code_3_in_one_line(operator: Operator) -> None:
    said = operator.say("case", "show", "0" * 32)
    assert (said.code, said.out, said.err.count("\n")) == (3, "", 1)


def test_whoever_shows_a_case_at_the_command_line_is_on_record_and_it_can_be_listed(operator: Operator) -> None:
    with house.closing(operator.store()) as store:
        given = house.application(1, "business-licence", {"registration-status": "存续"})
        case_id = house.post(house.open_office(store, house.Hand()), given)
    operator.well("case", "show", case_id)
    operator.well("case", "list")
    rows = operator.well("case", "viewings", "--code", "TEST00000000000001", "--json").json
    assert {(one["shown"], one["purpose"], one["door"]) for one in rows} == {
        ("CASE", "RUNNING", "cli"),
        ("LIST", "RUNNING", "cli"),
    }
    shown = operator.well("case", "viewings", case_id, lang="en").out
    assert all(one in shown for one in ("running the machine", "PIPL:51"))
    assert {"系统运行人员", "命令行", "系统运行维护"} <= {*operator.well("case", "viewings", case_id, lang="zh-Hans").out.split()}
    assert operator.say("case", "viewings").code == 2

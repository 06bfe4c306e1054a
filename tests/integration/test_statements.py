"""A statement of our entries, by pages or in a file, is whole or an error: nothing that is cut off looks like what is not there."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from connectors.credit.http import HttpCredit, connect
from inspector.accounts import Accountable, Way
from inspector.domain.creditrecord import Amend
from inspector.domain.errors import Invalid
from inspector.ports import Garbled, PortError, Unavailable
from inspector.testing import caught
from inspector.testing.faults import table
from inspector.testing.peer import answer, peer
from tests.creditplatform import platform as signed

AS_OF = "2026-03-01T00:00:00+08:00"
ROW = {
    "id": "credit:c1:1",
    "case": "c1",
    "subject": {"kind": "FIRM", "code": "91000000MA0000001R"},
    "grade": "kept",
    "outcome": "TRUE",
    "receipt": "R-1",
}
SECOND = {**ROW, "id": "credit:c2:1", "retracted": True}
COLUMNS = {"id": "记录编号", "code": "主体代码", "grade": "程度", "outcome": "结果", "retracted": "状态", "amended": "变化"}
NAME = "statement-20260301.csv"


def page(*rows: Mapping[str, object], total: int, after: str | None = None, as_of: str | None = AS_OF) -> dict[str, object]:
    return {"as_of": as_of, "total": total, "entries": list(rows), "next": after}


def made(url: str, **config: object) -> HttpCredit:
    return connect("platform", {"url": url, "tries": 1, "path_statement": "/statement", "path_held": "/held", **config})


def test_pages_are_one_statement_and_each_is_asked_for_behind_the_one_before() -> None:
    with peer(answer(200, page(ROW, total=2, after="2")), answer(200, page(SECOND, total=2))) as side:
        with closing(made(side.url, statement_rows=1)) as platform:
            assert isinstance(platform, Accountable)
            assert platform.accounts == {Way.WHOLE, Way.EACH}
            told = platform.statement(key="k")
        assert [heard.json() for heard in side.heard] == [{"after": None, "limit": 1}, {"after": "2", "limit": 1}]
    assert (told.as_of.isoformat(), told.of) == (AS_OF, None)
    assert [(row.entry, row.retracted, row.receipt) for row in told.rows] == [
        ("credit:c1:1", False, "R-1"),
        ("credit:c2:1", True, "R-1"),
    ]
    assert dict(told.rows[0].told) == {"kind": "FIRM", "code": "91000000MA0000001R", "grade": "kept", "outcome": "TRUE"}


@pytest.mark.parametrize(
    ("pages", "code"),
    [
        ([page(ROW, total=2)], "statement_truncated"),
        ([page(total=1)], "statement_truncated"),
        ([page(ROW, total=2, after="2"), page(SECOND, total=3)], "statement_moved"),
        ([page(ROW, total=2, after="2"), page(SECOND, total=2, as_of="2026-03-02")], "statement_moved"),
        ([page(ROW, total=3, after="2"), page(SECOND, total=3, after="2")], "statement_circles"),
        ([page(ROW, SECOND, total=1, after="2")], "statement_circles"),
        ([page(ROW, total=1, as_of=None)], "statement_undated"),
        ([{"as_of": AS_OF, "entries": [ROW]}], "field_missing"),
        ([{"as_of": AS_OF, "total": 0}], "field_missing"),
        ([{"as_of": AS_OF, "total": "1", "entries": [ROW]}], "field_type"),
        ([page({**ROW, "id": ""}, total=1)], "field_missing"),
        ([page({**ROW, "retracted": "no"}, total=1)], "field_type"),
        ([page({**ROW, "grade": ["kept"]}, total=1)], "field_type"),
        ([page({**ROW, "amended": "REPAIRED"}, total=1)], "field_type"),
        ([page({**ROW, "amended": ["UNMARKED"]}, total=1)], "field_type"),
    ],
)
def test_what_is_not_proven_to_be_whole_is_no_statement(pages: list[dict[str, Any]], code: str) -> None:
    with peer(*(answer(200, one) for one in pages)) as side, closing(made(side.url)) as platform:
        error = caught(lambda: platform.statement(key="k"))
    assert isinstance(error, Garbled | Unavailable)
    assert error.code == code


FAULTS = [one for one in table(page(ROW, total=1), heeds=True, empty=False) if not one.hasty and one.becomes is not None]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.name)
def test_no_fault_of_the_wire_is_a_statement(fault: Any) -> None:
    with peer(fault.step) as side, closing(made(side.url, read_seconds=0.3, budget_seconds=1.0)) as platform:
        for ask in (lambda: platform.statement(key="k"), lambda: platform.entry("credit:c1:1", key="k", case_id="c1", basis="b")):
            assert isinstance(caught(ask), PortError)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"as_of": AS_OF}, "field_missing"),
        ({"entry": None}, "statement_undated"),
        ({"as_of": AS_OF, "entry": SECOND}, "echo_differs"),
    ],
)
def test_of_one_entry_only_the_platform_itself_can_say_that_it_has_none(told: dict[str, object], code: str) -> None:
    with peer(answer(200, told)) as side, closing(made(side.url)) as platform:
        assert caught(lambda: platform.entry("credit:c1:1", key="k", case_id="c1", basis="b")).code == code
        side.plays(answer(200, {"as_of": AS_OF, "entry": None}))
        none = platform.entry("credit:c1:1", key="k", case_id="c1", basis="b")
    assert none.rows == ()
    assert none.of == frozenset({"credit:c1:1"})


def test_of_an_entry_nobody_asks_without_a_case_and_a_basis() -> None:
    with peer(answer(200, {"as_of": AS_OF, "entry": None})) as side, closing(made(side.url)) as platform:
        for case_id, basis in (("c1", " "), ("", "b")):
            error = caught(partial(platform.entry, "credit:c1:1", key="k", case_id=case_id, basis=basis))
            assert (error.code, error.attempts) == ("question_without_purpose", 0)
        assert side.heard == []


def deliver(folder: Path, rows: list[dict[str, str]], count: int | None = None, name: str = NAME) -> None:
    """A statement in GB 18030 as a platform lays it there, with what says that it is whole."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(COLUMNS.values()))
    writer.writeheader()
    writer.writerows({COLUMNS[key]: value for key, value in row.items()} for row in rows)
    (folder / name).write_bytes(text.getvalue().encode("gb18030"))
    told = {"rows": len(rows) if count is None else count, "as_of": "2026-03-01T02:00:00"}
    (folder / f"{name}.json").write_text(json.dumps(told), encoding="utf-8")


def filed(folder: Path, **config: object) -> HttpCredit:
    told = {"statement_folder": str(folder), "statement_columns": COLUMNS, "statement_encoding": "gb18030"}
    words = {
        "statement_retracted": ["已撤销"],
        "statement_standing": ["有效"],
        "statement_amended": {"已修复": "REPAIRED", "异议": "MARKED"},
    }
    return made("http://127.0.0.1:9", path_statement="", **told, **words, **config)


def test_a_file_is_a_statement_with_its_date_and_its_rows(tmp_path: Path) -> None:
    rows = [
        {"id": "credit:c1:1", "code": "91000000MA0000001R", "grade": "kept", "outcome": "TRUE", "retracted": "有效"},
        {
            "id": "credit:c2:1",
            "code": "91000000MA0000002R",
            "grade": "minor",
            "outcome": "UNTRUE_CURABLE",
            "amended": "异议；已修复",
        },
    ]
    deliver(tmp_path, rows)
    with closing(filed(tmp_path)) as platform:
        told = platform.statement(key="k")
        sighted = platform.look()
    assert [(row.entry, row.retracted, row.told["grade"], row.amended) for row in told.rows] == [
        ("credit:c1:1", False, "kept", frozenset()),
        ("credit:c2:1", False, "minor", {Amend.MARKED, Amend.REPAIRED}),
    ]
    assert told.as_of == datetime(2026, 2, 28, 18, tzinfo=UTC)
    assert [(one.code, one.fine) for one in sighted] == [("statement_whole", True)]


def test_a_file_that_is_cut_off_uncounted_or_not_as_agreed_is_none_and_no_older_one_stands_in_for_it(tmp_path: Path) -> None:
    row = {"id": "credit:c1:1", "code": "91000000MA0000001R", "grade": "kept", "outcome": "TRUE", "retracted": "有效"}
    deliver(tmp_path, [row], name="statement-20260228.csv")
    codes = []
    with closing(filed(tmp_path)) as platform:
        for rows, count in (
            ([row], 2),
            ([{**row, "id": ""}], None),
            ([{**row, "retracted": "?"}], None),
            ([{**row, "amended": "?"}], None),
        ):
            deliver(tmp_path, rows, count)
            codes.append(caught(lambda: platform.statement(key="k")))
    assert [(error.code, error.detail) for error in codes] == [
        ("statement_flawed", f"{NAME}: delivery_rows"),
        ("field_missing", "id"),
        ("field_type", "retracted"),
        ("field_type", "amended"),
    ]
    with closing(filed(tmp_path, statement_complete="rename")) as platform:
        assert caught(lambda: platform.statement(key="k")).code == "statement_uncounted"
    with closing(filed(tmp_path / "nowhere")) as platform:
        assert isinstance(caught(lambda: platform.statement(key="k")), Unavailable)


def test_an_old_file_that_is_broken_for_ever_is_passed_over_once_a_newer_good_one_has_come(tmp_path: Path) -> None:
    row = {"id": "credit:c1:1", "code": "91000000MA0000001R", "grade": "kept", "outcome": "TRUE", "retracted": "有效"}
    deliver(tmp_path, [row], name="statement-20260131.csv")
    broken = tmp_path / "statement-20260131.csv.json"
    broken.write_text("{", encoding="utf-8")
    with closing(filed(tmp_path)) as platform, closing(filed(tmp_path, statement_files="*.csv")) as undated:
        assert caught(lambda: platform.statement(key="k")).code == "statement_flawed", "there is no newer one"
        deliver(tmp_path, [row])
        os.utime(tmp_path / "statement-20260131.csv", (0, 0))
        for one in (platform, undated):
            told = one.statement(key="k")
            assert (len(told.rows), told.passed) == (1, ("statement-20260131.csv",))
        assert [(one.code, one.fine) for one in platform.look()] == [("statement_whole", True), ("statement_passed", False)]
        os.utime(tmp_path / "statement-20260131.csv")
        os.utime(tmp_path / NAME, (0, 0))
        assert platform.statement(key="k").passed, "its name says of when it is"
        assert caught(lambda: undated.statement(key="k")).code == "statement_flawed", "it was laid there last"
        for name in ("statement-20260302.csv", "statement-20990101.csv"):
            deliver(tmp_path, [row], name=name)
            (tmp_path / f"{name}.json").write_text("{", encoding="utf-8")
            error = caught(lambda: platform.statement(key="k"))
            assert (error.code, error.detail) == ("statement_flawed", f"{name}: delivery_manifest")
            (tmp_path / name).unlink()


def test_an_id_that_is_longer_than_any_of_ours_is_garbled_in_a_file_as_on_a_page(tmp_path: Path) -> None:
    row = {"id": "x" * 301, "code": "91000000MA0000001R", "grade": "kept", "outcome": "TRUE", "retracted": "有效"}
    deliver(tmp_path, [row])
    with closing(filed(tmp_path)) as platform:
        error = caught(lambda: platform.statement(key="k"))
    assert (error.code, error.detail) == ("field_type", "id")


def test_each_look_asks_under_a_key_of_its_own() -> None:
    with peer(answer(200, page(ROW, total=1)), answer(200, page(ROW, total=1))) as side, closing(made(side.url)) as platform:
        platform.look()
        platform.look()
        first, second = (heard.headers["idempotency-key"] for heard in side.heard)
    assert first != second, "a platform that heeds keys would tell the first statement for ever"


def test_settings_that_could_never_be_read_by_are_refused(tmp_path: Path) -> None:
    wrong: list[dict[str, object]] = [
        {"statement_rows": 0},
        {"statement_folder": "x"},
        {"path_statement": "", "statement_folder": "x", "statement_columns": {"id": "编号"}},
        {"path_statement": "", "statement_folder": "x", "statement_columns": {**COLUMNS, "name": "名称"}},
        {"path_statement": "", "statement_folder": "x", "statement_columns": COLUMNS, "statement_encoding": "latin-1"},
    ]
    for config in wrong:
        with pytest.raises(Invalid, match="connector_key_range"):
            made("http://127.0.0.1:9", **config)


def test_the_stub_takes_nothing_that_is_unsigned_altered_or_sent_twice(tmp_path: Path) -> None:
    """The other side of these tests checks by the standard's words: else it would prove nothing about signatures."""
    with signed(lambda: datetime.now(UTC), tmp_path) as (outside, platform, side):
        outside.entries["e"] = {**ROW, "id": "e"}
        assert [row.entry for row in platform.statement(key="k").rows] == ["e"]
        assert outside.refused == []
        kept = outside.taken[0]
        assert outside.unsigned(kept) == "replayed"
        outside.seen.clear()
        assert outside.unsigned(replace(kept, body=kept.body + b" ")) == "digest"
        assert outside.unsigned(replace(kept, path="/held")) == "signature"
        assert outside.unsigned(replace(kept, headers={"content-type": "application/json"})) == "unsigned"
        assert outside.unsigned(kept) == ""
        assert side.heard == [], "nothing reached it by another way"


def test_a_broken_file_that_was_corrected_under_another_name_of_the_same_date_hinders_nothing(tmp_path: Path) -> None:
    row = {"id": "credit:c1:1", "code": "91000000MA0000001R", "grade": "kept", "outcome": "TRUE", "retracted": "有效"}
    wrong, right = "statement-20260301.csv", "corrected-20260301.csv"
    for name in (wrong, right):
        deliver(tmp_path, [row], name=name)
    (tmp_path / f"{wrong}.json").write_text("{", encoding="utf-8")
    with closing(filed(tmp_path, statement_files="*-{as_of}.csv")) as platform:
        for laid, passes in (((1, 2), True), ((2, 1), False), ((1, 1), False)):
            for name, at in zip((wrong, right), laid, strict=True):
                os.utime(tmp_path / name, (at, at))
            if passes:
                assert platform.statement(key="k").passed == (wrong,)
            else:
                assert caught(lambda: platform.statement(key="k")).code == "statement_flawed"

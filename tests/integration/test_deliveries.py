"""Files that another side delivers: only whole ones are used, the last good one stays, and nothing bad is evidence."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.domain.identity import citizen_check_digit
from inspector.labels import told as told_of
from inspector.ports import AnswerStatus, Garbled, Sighting
from inspector.testing import CODE, QUESTION, SourceContract, caught
from tests.deliveries import DAY, OTHER, PERSON, ROWS, Exchange, csv, excel
from tests.frontends import SHANGHAI, verdict


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    made = Exchange(tmp_path)
    made.folder.mkdir()
    return made


class TestFilesSource(SourceContract):
    """The public contract suite."""

    @pytest.fixture(autouse=True)
    def _folder(self, exchange: Exchange) -> None:
        exchange.deliver(csv())
        self.exchange = exchange

    def connect(self) -> Any:
        return self.exchange.source()

    def connect_silent(self) -> Any:
        return self.exchange.source(folder=str(self.exchange.at / "nowhere"), keep=str(self.exchange.at / "empty"))


def test_one_fact_is_looked_up_with_the_date_the_name_and_the_digest_of_the_delivery(exchange: Exchange) -> None:
    file = exchange.deliver(csv(), as_of="2026-01-06T08:00:00")
    with closing(exchange.source()) as made:
        found = made.ask(QUESTION, key="k-1")
        none = made.ask(replace(QUESTION, subject_code="X-9"), key="k-2")
        empty = made.ask(replace(QUESTION, subject_code="X-3"), key="k-3")
        other = made.ask(replace(QUESTION, subject_code="９１00-0000 MA0000001r"), key="k-4")
    assert (found.status, found.value, verdict(found)) == (AnswerStatus.FOUND, "存续", Verdict.MATCH)
    told = found.provenance
    assert (told.as_of, told.source_version) == (datetime(2026, 1, 6, 8, tzinfo=SHANGHAI), file.name)
    assert told.reply_digest == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (none.status, none.provenance.as_of) == (AnswerStatus.NOT_FOUND, told.as_of)
    assert (empty.status, empty.note) == (AnswerStatus.CANNOT_SAY, "value_empty")
    assert other.value == "注销", "one code in another writing"


@pytest.mark.parametrize(
    ("content", "end", "keys"),
    [
        (csv(encoding="utf-8-sig"), "csv", {}),
        (csv(encoding="gb18030"), "csv", {"encoding": "gb18030"}),
        (csv().replace(b",", b"\t"), "txt", {}),
        (gzip.compress(csv()), "csv.gz", {}),
        (excel(), "xlsx", {}),
        (csv([["名称", "zt", "dm"], *[["x", row[1], row[0]] for row in ROWS[1:]]]), "csv", {}),
    ],
    ids=["UTF-8 with mark", "GB 18030", "tabs", "gzip", "Excel", "more columns"],
)
def test_csv_and_excel_are_read_as_agreed(exchange: Exchange, content: bytes, end: str, keys: dict[str, Any]) -> None:
    exchange.deliver(content, end=end)
    with closing(exchange.source(**keys)) as made:
        assert made.ask(QUESTION, key="k-1").value == "存续"
        assert made.ask(replace(QUESTION, subject_code=OTHER), key="k-1").value == "注销"


def test_numbers_and_dates_of_excel_are_told_exactly_or_not_at_all(exchange: Exchange) -> None:
    day = datetime(2026, 1, 5)  # noqa: DTZ001 - Excel knows no offsets
    exchange.deliver(
        excel([["dm", "zt"], ["A-1", 7], ["A-2", 0.12], ["A-3", 1.1e17], ["A-4", True], ["A-5", day]]), rows=5, end="xlsx"
    )
    with closing(exchange.source()) as made:
        asked = [replace(QUESTION, subject_code=f"A-{number}") for number in range(1, 6)]
        assert made.ask(asked[0], key="k").value == "7"
        for one in asked[1:3]:
            error = caught(lambda one=one: made.ask(one, key="k"))  # type: ignore[misc]
            assert (type(error), error.code) == (Garbled, "field_type")
        assert made.ask(asked[3], key="k").value == "true"


# --- whole or not


SPOILT: tuple[tuple[Callable[[Exchange], object], str], ...] = (
    (lambda it: it.deliver(csv(), "20260107", rows=4), "delivery_rows"),
    (lambda it: it.deliver(csv()[:-20], "20260107", rows=3), "delivery_unended"),
    (lambda it: it.deliver(csv([*ROWS[:3], ["X-3", "revoked"]])[:-5], "20260107", rows=3), "delivery_unended"),
    (lambda it: it.deliver(csv(), "20260107", rows=3, sha256="0" * 64), "delivery_digest"),
    (lambda it: it.deliver(csv([["dm", "zt"]]), "20260107", rows=0), "delivery_empty"),
    (lambda it: it.deliver(csv(ROWS[:2]), "20260107", rows=1), "delivery_shrunk"),
    (lambda it: it.deliver(b"", "20260107", rows=0), "sheet_empty"),
    (lambda it: it.deliver(csv([["dm", "status"], *ROWS[1:]]), "20260107"), "delivery_column"),
    (lambda it: it.deliver(csv([["dm", "zt", "zt"], *[[*row, "x"] for row in ROWS[1:]]]), "20260107"), "delivery_column"),
    (lambda it: it.deliver(csv([*ROWS[:3], ["X-3"]]), "20260107"), "delivery_cells"),
    (lambda it: it.deliver(csv([*ROWS[:3], ["X-3", "a", "b"]]), "20260107"), "delivery_cells"),
    (lambda it: it.deliver(csv([*ROWS[:3], ["", "x"]]), "20260107"), "delivery_code"),
    (lambda it: it.deliver(csv([*ROWS[:3], ["1.10101E+17", "x"]]), "20260107"), "delivery_code_number"),
    (lambda it: it.deliver(csv([*ROWS[:3], [PERSON, "x"]]), "20260107"), "delivery_code_number"),
    (lambda it: it.deliver(excel([*ROWS[:3], [110101199003074518, "x"]]), "20260107", end="xlsx"), "delivery_code_number"),
    (lambda it: it.deliver(excel([*ROWS[:3], [12345, "x"]]), "20260107", end="xlsx"), "delivery_code_number"),
    (lambda it: it.deliver(csv(encoding="gb18030"), "20260107"), "sheet_encoding_agreed"),
    (lambda it: it.deliver(csv(encoding="utf-16"), "20260107"), "sheet_utf16"),
    (lambda it: it.deliver(b"<html>login</html>", "20260107", rows=0), "sheet_foreign"),
    (lambda it: it.deliver(excel()[:-200], "20260107", end="xlsx"), "sheet_workbook"),
    (lambda it: it.deliver(gzip.compress(csv())[:-9], "20260107", end="csv.gz"), "sheet_packed"),
    (lambda it: it.deliver(csv().replace(b"X-3", b'"X-3'), "20260107"), "sheet_quotes"),
    (lambda it: it.deliver(csv(), "20990101"), "delivery_ahead"),
    (lambda it: it.deliver(csv(), "20261399"), "delivery_undated"),
    (lambda it: it.deliver(csv(), "20260107", as_of="soon"), "delivery_undated"),
    (lambda it: it.deliver(csv(), "20250107", as_of="2026-01-08T02:00:00"), "delivery_dates"),
    (lambda it: it.deliver(csv(), "20261399", as_of="2026-01-08"), "delivery_undated"),
    (lambda it: it.deliver(csv(), "20260107", as_of=7), "delivery_manifest"),
    (lambda it: it.deliver(csv(), "20260107", rows=-1), "delivery_manifest"),
    (lambda it: it.deliver(csv([*ROWS, ["X-4", "更正"]]), "20260106", end="new.csv", rows=4), "delivery_twice"),
)


@pytest.mark.parametrize(("spoil", "code"), SPOILT, ids=[f"{code}-{number}" for number, (_, code) in enumerate(SPOILT)])
def test_what_is_not_whole_or_not_as_agreed_is_not_used_and_the_last_good_delivery_stays(
    exchange: Exchange, spoil: Callable[[Exchange], object], code: str
) -> None:
    good = exchange.deliver(csv())
    assert exchange.used() == good.name
    spoil(exchange)
    assert exchange.used() == good.name
    assert exchange.why() == [code]
    for error in refusals(exchange):
        assert (PERSON in str(error), "qy-" in told_of(error, "en"), "qy-" in told_of(error, "zh-Hans")) == (False, True, True)


@pytest.mark.parametrize("files", ["qy-{date}.csv", "qy-{as_of}-{}.csv", "qy-{as_of.csv"])
def test_braces_that_are_no_placeholder_are_refused_with_those_there_are(exchange: Exchange, files: str) -> None:
    with pytest.raises(Invalid) as refused:
        exchange.source(files=files)
    assert refused.value.code == "connector_placeholder"
    assert "{as_of}, *" in told_of(refused.value, "en")


def refusals(exchange: Exchange) -> list[Invalid]:
    with closing(exchange.source()) as made:
        made.pick_up()
        return list(made._refused.values())


def test_a_code_destroyed_by_a_spreadsheet_is_refused_and_one_that_really_ends_in_zeros_is_not(exchange: Exchange) -> None:
    exchange.deliver(csv([["dm", "zt"], ["110101199001011000", "x"]]), rows=1)
    assert exchange.used() is None
    exchange.deliver(csv([["dm", "zt"], [fitting("110101199001"), "x"]]), "20260107", rows=1)
    assert exchange.used() == "qy-20260107.csv"


def fitting(first12: str) -> str:
    """A citizen number that ends in 000 and whose check digit is right."""
    return next(f"{first12}{number:03d}000" for number in range(1000) if citizen_check_digit(f"{first12}{number:03d}00") == "0")


def test_a_few_codes_that_look_rounded_cost_only_those_whom_they_may_be(exchange: Exchange) -> None:
    """A register holds real subjects under irregular codes: one of them may not shut the source."""
    numbers = [[f"11010119900101{number}", "存续"] for number in range(1001, 1021)]
    exchange.deliver(csv([["dm", "zt"], [CODE, "存续"], *numbers, [PERSON, "注销"]]), rows=22)
    with closing(exchange.source()) as made:
        assert made.ask(QUESTION, key="k").value == "存续"
        assert made.ask(replace(QUESTION, subject_code=numbers[3][0]), key="k").value == "存续"
        for code in (PERSON, PERSON[:15] + "777"):
            error = caught(lambda code=code: made.ask(replace(QUESTION, subject_code=code), key="k"))  # type: ignore[misc]
            assert (type(error), error.code) == (Garbled, "code_destroyed")
        assert made.ask(replace(QUESTION, subject_code="110101199003072777"), key="k").status is AnswerStatus.NOT_FOUND
        assert [one.code for one in made.look() if not one.fine] == ["delivery_unsealed", "codes_rounded"]


def test_a_file_without_its_manifest_is_not_there_yet(exchange: Exchange) -> None:
    file = exchange.deliver(csv(), rows=None)
    (exchange.folder / f"{file.name}.part").write_bytes(b"half")
    assert (exchange.used(), exchange.why()) == (None, [])
    (exchange.folder / f"{file.name}.json").write_text("{")
    assert (exchange.used(), exchange.why()) == (None, ["delivery_manifest"])
    (exchange.folder / f"{file.name}.json").write_text('{"rows": 3}')
    assert exchange.used() == file.name, "a manifest that was mended is looked at again"


def test_what_lies_there_and_counts_as_no_delivery_is_named_once_nobody_writes_it_any_more(exchange: Exchange) -> None:
    """Without its manifest, or under another name than was agreed: nobody would ever hear why nothing comes."""
    exchange.deliver(csv(), sha256=hashlib.sha256(csv()).hexdigest())
    late, other = exchange.deliver(csv(), "20260109", rows=None), exchange.folder / "QY_20260110.csv"
    other.write_bytes(csv())
    for name in (".hidden", "qy-20260111.csv.part", "qy-20260112.csv.json"):
        (exchange.folder / name).write_text("{}")
    assert exchange.used() == "qy-20260106.csv"
    with closing(exchange.source()) as made:
        assert [one.code for one in made.look()] == ["delivery_used"], "they may still be under way"
        for file in exchange.folder.iterdir():
            os.utime(file, (exchange.folder.stat().st_mtime - 3600,) * 2)
        seen = [one.facts["error"] for one in made.look() if one.code == "delivery_passed"]
        assert all(isinstance(one, Invalid) for one in seen)
        told = {one.code: one.facts for one in seen if isinstance(one, Invalid)}
        assert told == {
            "delivery_misnamed": {"file": other.name},
            "delivery_unsaid": {"file": late.name, "note": f"{late.name}.json"},
        }
        made.pick_up()
        assert (made.supply(look=False).error, made.supply(look=False).file) == ("delivery_unsaid", late.name)
        os.utime(late, (DAY.timestamp() - 3600,) * 2)
        os.utime(other, (DAY.timestamp() - 3600,) * 2)
        assert made.look()[1:] == [Sighting(code="deliveries_misnamed", facts={"count": 1, "files": other.name})], (
            "what is older than the one in use may lie there"
        )


@pytest.mark.parametrize("told", [{}, {"sha256": ""}, {"SHA-256": "as agreed"}], ids=["left out", "empty", "another name"])
def test_a_manifest_that_tells_no_sha256_is_used_and_said_to_be_one(exchange: Exchange, told: dict[str, Any]) -> None:
    file = exchange.deliver(csv(), **told)
    assert exchange.used() == file.name
    with closing(exchange.source()) as made:
        assert made.look()[1:] == [Sighting(code="delivery_unsealed", facts={"file": file.name}, fine=False)]
    file = exchange.deliver(csv(), "20260107", sha256=hashlib.sha256(csv()).hexdigest().upper())
    assert exchange.used() == file.name
    with closing(exchange.source()) as made:
        assert [one.code for one in made.look()] == ["delivery_used"]


def test_a_name_that_is_no_text_is_shown_by_its_bytes_and_can_be_kept(exchange: Exchange) -> None:
    exchange.deliver(csv())
    odd = os.fsencode(exchange.folder) + b"/\xd0\xed\xbf\xc9\n.csv"
    with open(odd, "wb") as held:  # noqa: PTH123 - a name that no Path shows
        held.write(b"x")
    os.utime(odd, (DAY.timestamp(),) * 2)
    with closing(exchange.source()) as made:
        made.pick_up()
        (unused,) = made.supply(look=False).unused
    assert (unused.code, unused.file, unused.facts) == ("delivery_misnamed", unused.file, {"file": unused.file})
    assert unused.file.isascii()
    assert unused.file.endswith("\\n.csv")


def test_an_ok_file_says_that_it_is_whole_and_may_count_the_rows(exchange: Exchange) -> None:
    file = exchange.deliver(csv(), rows=None)
    ok = exchange.folder / f"{file.name}.ok"
    assert exchange.used(complete="ok") is None
    for told, code in (("4", "delivery_rows"), ("all", "delivery_manifest")):
        ok.write_text(told)
        assert (exchange.used(complete="ok"), exchange.why(complete="ok")) == (None, [code])
    for told in ("3\n", ""):
        ok.write_text(told)
        shutil.rmtree(exchange.at / "keep")
        assert exchange.used(complete="ok") == file.name


def test_a_file_that_is_renamed_when_it_is_whole_must_end_its_last_line(exchange: Exchange) -> None:
    whole = csv()
    (exchange.folder / "qy-20260106.csv.part").write_bytes(whole[:-30])
    assert exchange.used(complete="rename", files="qy-{as_of}.csv") is None
    file = exchange.deliver(whole[:-1], rows=None)
    keys = {"complete": "rename", "files": "qy-{as_of}.csv"}
    assert (exchange.used(**keys), exchange.why(**keys)) == (None, ["delivery_unended"])
    part = exchange.folder / "qy-20260106.csv.part"
    part.write_bytes(whole)
    part.replace(file)
    assert exchange.used(**keys) == file.name


def test_a_delivery_that_is_longer_than_the_settings_let_it_be_is_not_read(exchange: Exchange) -> None:
    exchange.deliver(csv())
    assert (exchange.used(max_file_bytes=10), exchange.why(max_file_bytes=10)) == (None, ["delivery_large"])


def test_a_link_is_no_delivery(exchange: Exchange, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_bytes(csv())
    (exchange.folder / "qy-20260106.csv").symlink_to(elsewhere)
    (exchange.folder / "qy-20260106.csv.json").write_text('{"rows": 3}')
    assert exchange.used() is None


def test_a_file_that_changes_while_it_is_read_is_read_again(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    file = exchange.deliver(csv())
    with closing(exchange.source()) as made:
        going_on = made._going_on

        def meanwhile(rows: Any) -> Any:
            yield from going_on(rows)
            file.write_bytes(csv([*ROWS, ["X-4", "y"]]))

        monkeypatch.setattr(made, "_going_on", meanwhile)
        made.pick_up()
        assert [error.code for error in made._refused.values()] == ["delivery_changed"]
        monkeypatch.undo()
        exchange.deliver(file.read_bytes(), rows=4)
        made.pick_up()
        assert made.ask(QUESTION, key="k-1").provenance.source_version == file.name


# --- one after the other


def test_the_newest_date_counts_in_whatever_order_they_come(exchange: Exchange) -> None:
    exchange.deliver(csv(), "20260108")
    assert exchange.used() == "qy-20260108.csv"
    exchange.deliver(csv([*ROWS, ["X-4", "x"]]), "20260107", rows=4)
    assert exchange.used() == "qy-20260108.csv", "one that was held up brings nothing back"
    exchange.deliver(csv([*ROWS, ["X-4", "x"]]), "2026-01-08T120000", rows=4)
    assert exchange.used() == "qy-2026-01-08T120000.csv"
    (exchange.folder / "qy-2026-01-08T120000.csv").unlink()
    assert exchange.used() == "qy-2026-01-08T120000.csv", "who delivers may clear up; what was read stays"


def test_the_newest_good_one_of_several_is_used(exchange: Exchange) -> None:
    exchange.deliver(csv(), "20260106")
    exchange.deliver(csv(), "20260107")
    exchange.deliver(csv(), "20260108", rows=9)
    assert exchange.used() == "qy-20260107.csv"


def test_a_delivery_that_is_rightly_smaller_is_accepted_by_its_name(exchange: Exchange) -> None:
    exchange.deliver(csv())
    exchange.used()
    small = exchange.deliver(csv(ROWS[:2]), "20260107", rows=1)
    assert exchange.used() == "qy-20260106.csv"
    assert exchange.used(accept=small.name) == small.name
    exchange.deliver(csv([["dm", "zt"]]), "20260108", rows=0)
    assert exchange.used(accept="qy-20260108.csv") == small.name, "nothing at all is never a register"


def test_the_last_good_delivery_gets_old_and_then_says_nothing(exchange: Exchange) -> None:
    age = datetime.now(UTC) - timedelta(hours=5)
    exchange.deliver(csv(), f"{age.astimezone(SHANGHAI):%Y%m%d}", as_of=age.isoformat())
    with closing(exchange.source(longest_age_hours=6)) as made:
        assert made.ask(replace(QUESTION, subject_code=OTHER), key="k-1").value == "注销"
    with closing(exchange.source(longest_age_hours=4)) as made:
        for code in (CODE, OTHER, "X-9"):
            found = made.ask(replace(QUESTION, subject_code=code), key="k-1")
            assert (found.status, found.value, found.note) == (AnswerStatus.CANNOT_SAY, None, "data_too_old")
        assert [one.code for one in made.look() if not one.fine] == ["delivery_old", "delivery_unsealed"]


def test_rows_that_contradict_each_other_are_told_and_only_questions_about_them_suffer(exchange: Exchange) -> None:
    exchange.deliver(csv([*ROWS, [CODE, "注销"], [OTHER, "注销"]]), rows=5)
    with closing(exchange.source()) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
        assert (type(error), error.code) == (Garbled, "rows_differ")
        assert made.ask(replace(QUESTION, subject_code=OTHER), key="k-2").value == "注销", "said twice is said once"
        told = {one.code: one.facts for one in made.look()}
    assert (told["rows_contradict"], told["rows_twice"]) == ({"count": 1}, {"count": 1})


def test_rows_that_differ_elsewhere_agree_on_what_was_asked(exchange: Exchange) -> None:
    exchange.deliver(csv([["dm", "zt", "dz"], [CODE, "存续", "甲路1号"], [CODE, "存续", "乙路2号"]]), rows=2)
    with closing(exchange.source(facts={QUESTION.fact: "zt", "address": "dz"})) as made:
        assert made.ask(QUESTION, key="k-1").value == "存续"
        assert caught(lambda: made.ask(replace(QUESTION, fact="address"), key="k-2")).code == "rows_differ"
        assert caught(lambda: made.ask(replace(QUESTION, fact="tax"), key="k-3")).code == "fact_not_held"

"""What the machines on the way make of a value, over real sockets and out of real files, and what the case hears of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.sources import database, files, http, soap
from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Claim
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.policy import Compare
from inspector.flows.judge import judge
from inspector.ports import Answer, Garbled
from inspector.testing import QUESTION, caught
from inspector.testing.peer import answer, peer
from tests.facts import REGISTERED

CODE = "330102199001011234"


def judged(told: Answer, claimed: str, rule: Compare) -> Evidence:
    """The answer as evidence for a promise, by a rule and without a list."""
    claim = Claim(key="c", fact=QUESTION.fact, value=claimed, on=QUESTION.on)
    return judge("k", claim, replace(REGISTERED, compare=rule, values=()), told, datetime.now(UTC))


@pytest.mark.parametrize(
    ("found", "verdict"), [(330102199001011200, "cannot_say"), (int(CODE), "match"), (330102199002011200, "mismatch")]
)
def test_a_code_as_a_number_of_json_that_went_through_a_double_contradicts_nobody(found: int, verdict: str) -> None:
    body = {"code": 0, "data": {"value": found, "as_of": datetime.now(UTC).isoformat()}}
    with peer(answer(200, body)) as there, closing(http.connect("registers", {"url": there.url, "owner": "o"})) as source:
        told = source.ask(replace(QUESTION, claimed=CODE), key="k")
    evidence = judged(told, CODE, Compare.NORMALISED)
    assert (evidence.verdict, evidence.found) == (verdict, str(found)), "kept as it came"


def test_a_code_out_of_a_delivery_that_a_spreadsheet_has_saved_contradicts_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rows = f"code,certificate\n{QUESTION.subject_code},{CODE[:15]}000\n"
    (folder / f"r-{datetime.now(UTC):%Y%m%d}.csv").write_text(rows, encoding="utf-8")
    held: dict[str, object] = {
        "folder": str(folder),
        "keep": str(tmp_path / "keep"),
        "owner": "o",
        "files": "r-{as_of}.csv",
        "complete": "rename",
    }
    held |= {"code_column": "code", "facts": {QUESTION.fact: "certificate"}}
    with closing(files.connect("registers", held)) as source:
        told = source.ask(replace(QUESTION, claimed=CODE), key="k")
    assert judged(told, CODE, Compare.NORMALISED).verdict is Verdict.CANNOT_SAY
    assert judged(told, "330102199002011234", Compare.NORMALISED).verdict is Verdict.MISMATCH


NOON = datetime(2025, 11, 28, 4, 0, tzinfo=UTC)
"""Noon in Beijing."""


@pytest.mark.parametrize(
    ("told", "setting"),
    [
        *((told, "") for told in ("2025-11-28 12:00:00", "2025/11/28 12:00", 20251128120000)),
        *((told, "") for told in ("2025-11-28T12:00:00.0000000+08:00", "2025-11-28T04:00:00Z", "2025年11月28日 12:00:00")),
        *((told, "seconds") for told in (1764302400,)),
        *((told, "milliseconds") for told in ("1764302400000",)),
    ],
)
def test_the_date_of_the_data_is_read_as_it_is_written_or_counted(told: object, setting: str) -> None:
    body = {"code": 0, "data": {"value": "存续", "as_of": told}}
    held = {"owner": "o", "as_of_in": setting}
    with peer(answer(200, body)) as there, closing(http.connect("registers", {"url": there.url, **held})) as source:
        assert source.ask(QUESTION, key="k").provenance.as_of == NOON


@pytest.mark.parametrize(
    ("told", "setting"),
    [
        *(
            (told, "")
            for told in (1764302400000, "1764123112345", 1764302400, "29/11/2026", "11/29/2026", "26-11-29", "2026-W48-7")
        ),
        *((told, "seconds") for told in (1764302400000, "2025-11-28")),
        *((told, "milliseconds") for told in (1764302400, 20251128120000)),
    ],
)
def test_a_date_that_may_be_another_one_is_no_answer(told: object, setting: str) -> None:
    body = {"code": 0, "data": {"value": "存续", "as_of": told}}
    held = {"owner": "o", "as_of_in": setting}
    with peer(answer(200, body)) as there, closing(http.connect("registers", {"url": there.url, **held})) as source:
        error = caught(lambda: source.ask(QUESTION, key="k"))
    assert (type(error), error.code) == (Garbled, "field_type")


def test_another_unit_is_refused_at_the_start() -> None:
    table = {"table": "t", "code_column": "c", "facts": {"f": "v"}, "as_of_column": "at"}
    for kind, url, more in ((http, "http://127.0.0.1:9/", {}), (database, "sqlite:////nowhere", table)):
        with pytest.raises(Invalid, match="as_of_in"):
            kind.connect("registers", {"url": url, "owner": "o", "as_of_in": "days", **more})


@pytest.mark.parametrize("value", ["2024-05-01+08:00", "2024-05-01T00:00:00+08:00", "2024-04-30T16:00:00Z", "2024-05-01Z"])
def test_days_as_xml_writes_them_are_days(value: str) -> None:
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><R xmlns="urn:x"><v>'
        f"{value}</v><a>2025-11-28+08:00</a></R></s:Body></s:Envelope>"
    )
    held = {
        "owner": "o",
        "operation": "Q",
        "namespace": "urn:x",
        "asks": {"c": "code"},
        "value_field": "R.v",
        "as_of_field": "R.a",
    }
    xml = answer(200, body=body.encode(), Content_Type="text/xml; charset=utf-8")
    with peer(xml) as there, closing(soap.connect("registers", {"url": there.url, **held})) as source:
        told = source.ask(QUESTION, key="k")
    assert told.provenance.as_of == datetime(2025, 11, 27, 16, 0, tzinfo=UTC)
    held_against(told)


@pytest.mark.parametrize("value", ["2024-05-01 00:00:00", "2024/05/01", "2024-05-01T00:00:00+08:00", "20240501", "2024年5月1日"])
@pytest.mark.parametrize(
    ("at", "setting"), [("2025-11-28 12:00:00", ""), (1764302400, "seconds"), (1764302400000, "milliseconds")]
)
def test_days_of_a_front_end_database_are_days_and_its_dates_are_read_or_counted(
    tmp_path: Path, value: str, at: object, setting: str
) -> None:
    with closing(sqlite3.connect(tmp_path / "front.db")) as front:
        front.execute("CREATE TABLE firms (code TEXT, day TEXT, at)")
        front.execute("INSERT INTO firms VALUES (?, ?, ?)", (QUESTION.subject_code, value, at))
        front.commit()
    held = {"url": f"sqlite:///{tmp_path}/front.db", "owner": "o", "table": "firms", "code_column": "code", "as_of_in": setting}
    with closing(database.connect("registers", {**held, "facts": {QUESTION.fact: "day"}, "as_of_column": "at"})) as source:
        told = source.ask(QUESTION, key="k")
    assert told.provenance.as_of == NOON
    held_against(told)


def held_against(told: Answer) -> None:
    """The first of May 2024 is not before itself, and is before the second."""
    assert judged(told, "2024-05-01", Compare.NOT_BEFORE).verdict is Verdict.MATCH
    assert judged(told, "2024-05-02", Compare.NOT_BEFORE).verdict is Verdict.MISMATCH


@pytest.mark.parametrize("way", ["query", "json"])
@pytest.mark.parametrize(
    ("headers", "days", "fresh"),
    [
        ({}, 0, True),
        ({"Age": "0"}, 0, True),
        ({"Date": timedelta(seconds=40)}, 0, True),
        ({"Age": "864000"}, 10, False),
        ({"Age": "0, 864000"}, 10, False),
        ({"Date": timedelta(days=28)}, 28, False),
        ({"Date": timedelta(days=28), "Age": "864000"}, 28, False),
        ({"Warning": '110 - "Response is Stale"'}, None, False),
        ({"Age": "soon"}, None, False),
        ({"Age": "9" * 30}, None, False),
    ],
)
def test_what_a_cache_has_kept_is_no_answer_of_now(
    way: str, headers: dict[str, str | timedelta], days: int | None, fresh: bool
) -> None:
    """A `Date` stands as how far it lies back: the parameters are older than the test."""
    said = {
        name: f"{datetime.now(UTC) - told:%a, %d %b %Y %H:%M:%S} GMT" if isinstance(told, timedelta) else told
        for name, told in headers.items()
    }
    held = {"owner": "o", "live": True, "asks_in": way, "asks": {"c": "code"}}
    with peer(answer(200, {"code": 0, "data": {"value": "否"}}, body=None, **said)) as there:
        with closing(http.connect("registers", {"url": there.url, **held})) as source:
            told = source.ask(QUESTION, key="k")
        (heard,) = there.heard
    assert heard.headers["cache-control"] == "no-cache"
    claim = Claim(key="c", fact=QUESTION.fact, value="是", on=datetime.now(UTC).astimezone(SHANGHAI).date())
    evidence = judge("k", claim, replace(REGISTERED, values=()), told, datetime.now(UTC))
    assert (evidence.verdict, evidence.fresh) == (Verdict.MISMATCH, fresh)
    assert told.provenance.live is (days is not None)
    if days:
        assert told.provenance.as_of is not None
        assert timedelta(0) <= datetime.now(UTC) - told.provenance.as_of - timedelta(days=days) < timedelta(minutes=1)
    else:
        assert told.provenance.as_of is None


def test_a_date_of_the_data_is_believed_before_the_age_of_the_answer_and_a_cached_date_is_no_clock() -> None:
    body = {"code": 0, "data": {"value": "否", "as_of": "2025-11-28 12:00:00"}}
    cached = answer(200, body, Age="864000", Date=f"{datetime.now(UTC) - timedelta(days=28):%a, %d %b %Y %H:%M:%S} GMT")
    with peer(cached) as there, closing(http.connect("registers", {"url": there.url, "owner": "o", "live": True})) as source:
        assert source.ask(QUESTION, key="k").provenance.as_of == NOON
        assert source._wire.ahead is None, "whose clock it was is not known"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ([{"value": "存续"}], "found"),
        ({"value": "存续"}, "found"),
        ([], "not_found"),
        ([{"value": None}], "cannot_say"),
        ([{"value": "存续"}, {"value": "注销"}], "rows_differ"),
        ([{"value": "存续"}, {"value": "存续"}], "rows_differ"),
        ([[{"value": "存续"}]], "field_type"),
        ([{}], "field_missing"),
        (["存续"], "field_type"),
    ],
)
def test_a_list_of_one_record_is_that_record_and_of_several_none_is_believed(data: object, told: str) -> None:
    held = {"owner": "o", "live": True, "as_of_field": "data.as_of"}
    with peer(answer(200, {"code": 0, "data": data})) as there:
        source = http.connect("registers", {"url": there.url, **held})
        with closing(source):
            try:
                said = source.ask(QUESTION, key="k").status.value
            except Garbled as error:
                said = error.code
    assert said == told

"""Whatever takes a day takes one that can be meant: beyond, whoever wrote it is told, and nothing of ours breaks."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.day import FIRST, LAST
from inspector.flows.diagnosis import Diagnosis
from inspector.flows.layout import Column, Layout, RowReader
from inspector.sheets.sheet import Row
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from inspector.web.app import build
from inspector.web.health import Health
from tests.edge import WEB, Edge, a_case, serving
from tests.house import Hand, open_office
from tests.operator import one_database, settled

database_url = one_database
BEYOND = ["0001-01-01", str(FIRST - timedelta(days=1)), str(LAST + timedelta(days=1)), "9999-12-31"]
ENDS = [str(FIRST), str(LAST)]


@pytest.fixture
def edge(store: Store, hand: Hand) -> Any:
    with serving(open_office(store, hand)) as made:
        yield made


def takers(edge: Edge) -> list[tuple[str, str, str]]:
    """(method, path, parameter) of every day or time that an address takes."""
    told = build(edge.office, Metrics(), Health, lambda: True, WEB).openapi()
    return [
        (method, path, one["name"])
        for path, methods in told["paths"].items()
        for method, held in methods.items()
        for one in held.get("parameters", ())
        if re.search(r'"format": "date', str(one).replace("'", '"'))
    ]


@pytest.mark.slow
def test_every_address_that_takes_a_day_refuses_what_cannot_be_meant_in_both_languages(edge: Edge) -> None:
    asked = takers(edge)
    assert {path for _, path, _ in asked} >= {"/v1/equality", "/v1/equality/groups", "/v1/scoreboard"}
    with edge.as_("auditor") as auditor:
        for method, path, name in asked:
            for day in BEYOND:
                for lang, words in (("en", "between 1800-01-01 and 2999-12-31"), ("zh-Hans", "1800-01-01 至 2999-12-31")):
                    answer = auditor.request(method, path, params={name: day}, headers={"Accept-Language": lang})
                    assert (answer.status_code, words in answer.text) == (422, True), (path, name, day, answer.text)
            for day in ENDS:
                assert auditor.request(method, path, params={name: day}).status_code < 500, (path, name, day)


@pytest.mark.parametrize("day", BEYOND)
def test_a_message_with_a_day_or_a_time_that_cannot_be_meant_is_refused_with_its_field(edge: Edge, day: str) -> None:
    with edge.as_("officer", name="李四") as officer, edge.as_("system") as system:
        asked = officer.post("/v1/duty", json={"officer": "李四", "since": day, "until": day}).json()["error"]
        assert (asked["code"], "since" in str(asked)) == ("message_invalid", True)
        case = system.post("/v1/cases", json=a_case()).json()["id"]
        for moment in (f"{day}T00:00:00+14:00", f"{day}T23:59:59-12:00"):
            told = system.post(f"/v1/cases/{case}/conclude", json={"at": moment})
            assert (told.status_code, told.json()["error"]["code"]) == (422, "message_invalid")


@pytest.mark.parametrize("day", ENDS)
def test_the_first_and_the_last_day_that_can_be_meant_break_nothing(edge: Edge, day: str) -> None:
    with edge.as_("officer", name="李四") as officer, edge.as_("system") as system:
        assert officer.post("/v1/duty", json={"officer": "李四", "since": day, "until": day}).status_code == 200
        case = system.post("/v1/cases", json=a_case()).json()["id"]
        for moment in (f"{day}T00:00:00+14:00", f"{day}T23:59:59-12:00"):
            assert system.post(f"/v1/cases/{case}/conclude", json={"at": moment}).status_code < 500


def test_every_command_refuses_such_a_day_and_names_the_option(database_url: str, tmp_path: Path) -> None:
    office = settled(database_url, tmp_path)
    commands = [
        ("equality", "report", "--since"),
        ("equality", "groups", "--until"),
        ("policy", "replay", "demo@1", "--to", "2026-03-01", "--from"),
        ("duty", "file", "李四", "--to", str(tmp_path / "file"), "--until", "2026-03-01", "--since"),
    ]
    for words in commands:
        for day in (BEYOND[0], BEYOND[-1]):
            said = office.say(*words, day, lang="en")
            assert (said.code, words[-1] in said.err, "between 1800-01-01 and 2999-12-31" in said.err) == (2, True, True), (
                said.err
            )
    said = office.say("equality", "report", "--until", "9999-12-31", lang="zh-Hans")
    assert "日期须在 1800-01-01 至 2999-12-31 之间" in said.err
    for day in ENDS:
        assert office.say("equality", "report", "--since", "1800-01-01", "--until", day).code in (0, 2)


@pytest.mark.parametrize("cell", [*BEYOND, date(9999, 12, 31), date(1, 1, 1)])
def test_a_cell_of_a_table_is_told_with_its_fix(cell: str | date) -> None:
    told = Diagnosis()
    reader = RowReader(
        Layout(columns=(Column(name="signed_on", chinese="签署日期"),)), Row(number=2, cells=(cell,)), ["signed_on"], [True], told
    )
    reader.day("signed_on")
    assert [flaw.code for flaw in told.flaws] == ["day_beyond"]

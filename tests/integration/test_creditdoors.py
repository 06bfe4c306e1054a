"""The doors of credit records: what an officer, the approving system and a clerk may do over HTTP and at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from inspector.daemon import sweeps
from inspector.store.store import Store
from tests.edge import Edge, a_case, serving
from tests.house import Hand, settle
from tests.integration.test_cli_case import HEADS, bring, row
from tests.integration.test_creditrecords import Place, place
from tests.operator import one_database, settled, table

pytestmark = pytest.mark.alike

database_url = one_database
DIGEST = "a" * 64
BARS = ("code", "authority", "document", "ground", "since", "until")


@pytest.fixture
def here(store: Store, hand: Hand, tmp_path: Path) -> Iterator[Place]:
    with place(store, hand, tmp_path) as made:
        yield made


@pytest.mark.slow
def test_over_http_a_record_is_contested_by_the_system_decided_by_another_officer_and_annulled_by_a_courts_document(
    here: Place,
) -> None:
    entry = here.found(1)
    path = f"/v1/credit/records/{entry}"
    with serving(here.office) as edge:
        with edge.as_("system", name="hall") as system:
            again = a_case(77, subject={"kind": "FIRM", "code": f"TEST{1:014d}", "name": "某某有限公司"})
            barred = system.post("/v1/cases", json=again)
            early = system.post(f"{path}/repair", json={"words": "已改正", "papers": [{"paper": "CORRECTED", "digest": DIGEST}]})
            contested = system.post(f"{path}/objections", json={"words": "不属实"}).json()
            let_in = system.post("/v1/cases", json=again)
            own = system.post(f"/v1/credit/objections/{contested['id']}/decision", json={"upheld": True, "reasons": "x"})
            whole = system.get(path).json()
        with edge.as_("auditor") as auditor:
            assert auditor.post(f"{path}/objections", json={"words": "x"}).status_code == 403
            assert [one["id"] for one in auditor.get("/v1/credit/objections").json()["objections"]] == [contested["id"]]
            assert [one["entry"] for one in auditor.get("/v1/credit/records").json()["records"]] == [entry]
        with edge.as_("officer", name="李四") as first, edge.as_("officer", name="王五") as second:
            told = first.get(f"/v1/cases/{let_in.json()['id']}/warning").json()
            decision = {"upheld": False, "reasons": "经核对属实"}
            same = first.post(f"/v1/credit/objections/{contested['id']}/decision", json=decision)
            other = second.post(f"/v1/credit/objections/{contested['id']}/decision", json=decision)
            lacking = second.post(f"{path}/annulment", json={"why": "OBJECTION", "document": "x"})
            gone = second.post(f"{path}/annulment", json={"why": "COURT", "document": "（2026）行初1号"})
            twice = second.post(f"{path}/annulment", json={"why": "COURT", "document": "（2026）行初1号"})
        with edge.as_("officer", agency="other") as stranger:
            assert stranger.get(path).json()["error"]["code"] == "record_unknown"
        events(edge, here)
    assert (barred.status_code, barred.json()["error"]["code"]) == (409, "subject_barred")
    assert barred.json()["error"]["facts"]["record"] == entry
    assert (early.status_code, early.json()["error"]["facts"]["earliest"]) == (409, "2026-06-03")
    assert (let_in.status_code, own.status_code) == (201, 403)
    assert (whole["record"]["contested"], [one["connector"] for one in whole["receivers"]]) == (True, ["platform", "sector"])
    assert ([one["entry"] for one in told["records"]], told["outside"]) == ([entry], [])
    assert (same.json()["error"]["code"], other.json()["state"]) == ("objection_same_officer", "REJECTED")
    assert (lacking.status_code, gone.json()["state"], twice.json()["error"]["code"]) == (422, "ANNULLED", "record_over")
    settle(here.office)
    assert entry not in here.first.entries
    assert entry not in here.second.entries


def events(edge: Edge, here: Place) -> None:
    """The feed tells each step, the entry before its decision has been served too, and no words of a person."""
    sweeps.seal(here.office.store, here.office)
    with edge.as_("system", name="hall") as system:
        told = [one for one in system.get("/v1/events").json()["events"] if one["type"].startswith("credit.")]
    assert [one["type"] for one in told] == [
        "credit.record",
        "credit.record",
        *["credit.objection", "credit.record"] * 2,
        "credit.record",
    ]
    stood = [
        (one["data"]["record_state"], one["data"]["in_effect"], one["data"]["contested"], one["data"]["bars"])
        for one in told
        if "bars" in one["data"]
    ]
    assert stood == [
        ("STANDING", False, False, False),
        ("STANDING", True, False, True),
        ("STANDING", True, True, False),
        ("STANDING", True, False, True),
        ("ANNULLED", False, False, False),
    ]
    assert "不属实" not in str(told)


@pytest.mark.slow
def test_a_clerk_brings_bars_from_a_file_and_a_barred_row_of_a_file_of_cases_is_told_by_its_row(
    database_url: str, tmp_path: Path
) -> None:
    operator = settled(database_url, tmp_path)
    code, last = f"TEST{2:014d}", "2999-12-31"
    wrong = operator.file(
        "wrong.csv",
        table(BARS, (code, "某市税务局", "", "虚开发票", "2026-02-01", "2026-01-01"), (code, "局", "7号", "x", "soon", "")),
    )
    said = operator.say("credit", "bars", "import", wrong, "--agency", "bureau", "--json")
    assert said.code == 2
    assert [(one["row"], one["column"], one["code"]) for one in said.json["flaws"]] == [
        (2, "document", "cell_empty"),
        (2, "until", "bar_ends_first"),
        (3, "since", "day_unreadable"),
    ]
    file = operator.file("bars.csv", table(BARS, (code, "某市税务局", "税罚7号", "虚开发票", "2026-02-01", last)))
    counts = []
    for more in (["--dry-run"], [], []):
        told = operator.well("credit", "bars", "import", file, "--agency", "bureau", "--json", *more).json
        counts.append((told["added"], told["same"]))
    assert counts == [(1, 0), (1, 0), (0, 1)]
    status, found = bring(operator, operator.file("cases.csv", table(HEADS, row(1), row(2))))
    (flaw,) = cast("list[dict[str, object]]", found["flaws"])
    assert (status, flaw["row"], flaw["code"]) == (2, 3, "subject_barred")
    assert "税罚7号" in str(flaw["what"])
    (held,) = operator.well("credit", "bars", "list", "--json").json
    assert operator.say("credit", "bars", "repair", held["id"], "--on", "yesterday", "--document", "x").code == 2
    operator.well("credit", "bars", "repair", held["id"], "--on", "2026-02-02", "--document", "税修1号")
    assert bring(operator, operator.file("again.csv", table(HEADS, row(1), row(2, on="2026-02-02"))))[0] == 0
    assert operator.well("credit", "records", "--json").json == []
    assert operator.say("credit", "repair", "decide", "credit:x:1", "--grant", "--reason", "x").code == 3
    assert operator.say("credit", "object", "credit:x:1", "--words", "x").code == 3

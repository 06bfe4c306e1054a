"""A bar of another authority that is handed in again: its repair, its end and its agency stay. On both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Thread

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.errors import Refusal
from inspector.domain.gate import OutsideBar
from inspector.flows import eligibility
from inspector.flows.bars import bar_id
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import drawing
from tests.edge import serving
from tests.house import Hand, application, post
from tests.integration.test_way import LICENCE
from tests.operator import one_database, settled, table

CODE = application(1, "business-licence", LICENCE).subject_code
GIVEN = {
    "agency": "bureau",
    "kind": "FIRM",
    "code": CODE,
    "authority": "省税务局",
    "document": "税稽罚〔2026〕3号",
    "ground": "偷税",
    "since": "2026-01-05",
}
BAR = OutsideBar(
    id=bar_id(SubjectKind.FIRM, CODE, "省税务局", "税稽罚〔2026〕3号"),
    kind=SubjectKind.FIRM,
    code=CODE,
    agency="bureau",
    authority="省税务局",
    document="税稽罚〔2026〕3号",
    ground="偷税",
    since=date(2026, 1, 5),
)
REPAIRED = replace(BAR, repaired_on=date(2026, 2, 20), repaired_by="修复〔2026〕1号")
DAY = date(2026, 2, 21)
COLUMNS = ("code", "authority", "document", "ground", "since", "repaired_on", "repaired_by")
database_url = one_database


def entered(office: Office, *bars: OutsideBar) -> eligibility.Entered:
    with office.store.begin() as tx:
        return eligibility.enter(office, tx, bars, "os:clerk", office.now())


def rules(office: Office) -> list[str]:
    with office.store.read() as tx:
        return [str(one["rule"]) for one in tx.ledger.about(f"bar:{BAR.id}")]


def lets_in(office: Office, number: int) -> bool:
    try:
        post(office, application(number, "business-licence", LICENCE, subject_code=CODE))
    except Refusal as error:
        return error.code != "subject_barred"
    return True


def test_a_bar_handed_in_again_over_http_keeps_its_repair_until_an_officer_takes_that_back_with_reasons(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    with serving(office) as edge, edge.as_("officer") as mine:
        bar = mine.post("/v1/credit/bars", json=GIVEN).json()
        path = f"/v1/credit/bars/{bar['id']}/repair"
        assert mine.post(f"{path}/undo", json={"reasons": "x"}).json()["error"]["code"] == "bar_unrepaired"
        repaired = mine.post(path, json={"on": "2026-02-20", "document": "修复〔2026〕1号"}).json()
        assert mine.post("/v1/credit/bars", json=GIVEN).json() == repaired, "the answer is the bar as it stands"
        assert lets_in(office, 1)
        blank = mine.post(f"{path}/undo", json={"reasons": " "})
        assert (blank.status_code, mine.post(f"{path}/undo", json={"reasons": "误录"}).json()) == (422, bar)
        assert not lets_in(office, 2)
    assert rules(office) == ["bar.entered", "bar.changed", "bar.repair_undone"]


def test_another_agency_takes_no_bar_over_and_changes_none(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    with serving(office) as edge, edge.as_("officer") as mine, edge.as_("officer", "other") as theirs:
        bar = mine.post("/v1/credit/bars", json=GIVEN).json()
        again = theirs.post("/v1/credit/bars", json=GIVEN | {"agency": "other"})
        assert (again.status_code, again.json()) == (200, bar), "it bars there, too, and stays whose it was"
        changed = theirs.post("/v1/credit/bars", json=GIVEN | {"agency": "other", "until": "2026-02-01"})
        assert (changed.status_code, changed.json()["error"]["code"]) == (409, "bar_of_another")
        assert changed.json()["error"]["facts"]["agency"] == "bureau"
        path = f"/v1/credit/bars/{bar['id']}/repair"
        for far in (path, f"{path}/undo"):
            body = {"reasons": "x"} if far.endswith("undo") else {"on": "2026-02-20", "document": "x"}
            assert theirs.post(far, json=body).json()["error"]["code"] == "bar_unknown"
        assert mine.get("/v1/credit/bars").json()["bars"] == [bar]
        assert mine.post(path, json={"on": "2026-02-20", "document": "修复〔2026〕1号"}).status_code == 200


def test_no_statement_takes_an_end_away_and_a_later_repair_of_its_own_counts(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    ends = replace(BAR, until=date(2027, 1, 5))
    assert entered(office, ends).added == 1
    assert entered(office, BAR).held == (ends,)
    assert entered(office, replace(BAR, ground="偷税漏税")).held == (replace(ends, ground="偷税漏税"),), (
        "what is mended is mended"
    )
    assert entered(office, replace(REPAIRED, until=ends.until)).changed == 1
    again = entered(office, BAR, replace(REPAIRED, id="x" * 32, document="别号"))
    assert (again.same, again.changed, again.added) == (1, 0, 1)
    early = entered(office, replace(REPAIRED, repaired_on=date(2026, 2, 1), repaired_by="旧号"))
    assert early.held[0].repaired_on == REPAIRED.repaired_on, "a file of before says what was said before"
    later = replace(REPAIRED, repaired_on=DAY, repaired_by="新号")
    assert entered(office, later).held == (replace(later, until=ends.until),)


def test_two_agencies_that_enter_one_bar_at_once_leave_it_to_who_was_first(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    theirs: list[eligibility.Entered] = []
    other = Thread(target=lambda: theirs.append(entered(office, replace(BAR, agency="other"))))
    with store.begin() as tx:
        assert eligibility.enter(office, tx, [REPAIRED], "os:clerk", office.now()).added == 1
        other.start()
        other.join(0.3)
        assert not theirs, "it waits for who was first"
    other.join(60)
    assert [(one.same, one.held) for one in theirs] == [(1, (REPAIRED,))]


@pytest.mark.slow
def test_a_weekly_file_says_that_nothing_has_changed_and_wipes_no_repair(database_url: str, tmp_path: Path) -> None:
    operator = settled(database_url, tmp_path)
    row = (CODE, "省税务局", "税稽罚〔2026〕3号", "偷税", "2026-01-05")
    weekly = operator.file("weekly.csv", table(COLUMNS, (*row, "", "")))
    counts = []
    for more in ([], ["--dry-run"], []):
        told = operator.well("credit", "bars", "import", weekly, "--agency", "bureau", "--json", *more).json
        counts.append((told["added"], told["changed"], told["same"]))
        if not more:
            operator.well("credit", "bars", "repair", BAR.id, "--on", "2026-02-20", "--document", "修复1号")
    assert counts == [(1, 0, 0), (0, 0, 1), (0, 0, 1)]
    (held,) = operator.well("credit", "bars", "list", "--json").json
    assert (held["repaired_on"], held["repaired_by"]) == ("2026-02-20", "修复1号")
    mended = operator.file("mended.csv", table(COLUMNS, (*row, "2026-02-22", "修复2号")))
    refused = operator.say("credit", "bars", "import", mended, "--agency", "other")
    assert (refused.code, "bureau" in refused.err) == (4, True)
    assert operator.say("credit", "bars", "undo-repair", BAR.id).code == 2
    operator.well("credit", "bars", "undo-repair", BAR.id, "--reason", "误录")
    (held,) = operator.well("credit", "bars", "list", "--json").json
    assert (held["repaired_on"], held["repaired_by"]) == (None, "")

"""The clock of a case stands still and goes on, over the API, at the command line and by itself, on both databases."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.calendar import SHANGHAI, Term
from inspector.domain.case import CaseState
from inspector.domain.decision import OrderKind
from inspector.domain.pause import Approver, ExtensionRow, Reason, SuspensionRow
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.ports import Origin, Unavailable
from inspector.store.store import Store
from tests.edge import Edge, a_case, serving
from tests.house import Hand, Table, application, closing, open_office, post, settle
from tests.integration.test_recount import LONGER, RELIEF, started, waiting, with_2027
from tests.integration.test_way import LICENCE, Post, person
from tests.needs import ROOT
from tests.operator import Operator, one_database, operated, settled

pytestmark = pytest.mark.alike

SUSPENSIONS = tuple(
    SuspensionRow(row=f"suspend-{reason}", reason=reason, name=reason.value, longest=None, basis="P:2.4") for reason in Reason
)
EXTENSION = ExtensionRow(row="extend", term=Term.parse("5wd"), times=1, approver=Approver.OFFICER, basis="P:2.4")


def listing(office: Office) -> Office:
    """The same office, whose pack lists reasons for which a clock may stand still, and lengthens a term once."""
    packs = (replace(one, suspensions=SUSPENSIONS, extensions=(EXTENSION,)) for one in office.book.packs)
    return replace(office, book=replace(office.book, packs=tuple(packs)))


def away(store: Store, hand: Hand) -> Office:
    """Such an office whose register is away, so that its cases wait."""
    return listing(open_office(store, hand, sources={"registers": Table(default=Unavailable("timeout", origin=Origin.WIRE))}))


def stop(edge: Edge, case: str, **changes: Any) -> Any:
    """An officer stops a case's clock."""
    told = {"reason": "TESTING", "until": "2026-03-06", "evidence": "送检单第5号"} | changes
    with edge.as_("officer", name="李四") as client:
        return client.post(f"/v1/cases/{case}/suspension", json=told)


def test_a_case_s_date_is_put_off_by_the_days_its_clock_stands_still_and_everybody_hears_of_it(store: Store, hand: Hand) -> None:
    office = listing(open_office(store, hand, sources={}, agencies={"civil-affairs": Post("civil-affairs")}))
    case_id = post(office, person(2, "relief-household", RELIEF))
    with serving(office) as edge, edge.as_("auditor") as client:
        case = client.get(f"/v1/cases/{case_id}").json()
        assert case["due_at"][:10] == "2026-03-16"
        held = stop(edge, case["id"], until="2026-03-04")
        assert held.status_code == 200, held.text
        assert held.json()["due_at"][:16] == "2026-03-18T17:30"
        assert stop(edge, case["id"], until="2026-03-04").json() == held.json(), "the same words again change nothing"
        assert stop(edge, case["id"], evidence="另一份").json()["error"]["code"] == "suspension_open"
        assert [row["due_at"].date().isoformat() for row in waiting(office, OrderKind.VERIFY_DUE)] == ["2026-03-18"]
        hand.now = datetime(2026, 3, 5, 0, 0, tzinfo=SHANGHAI)
        settle(office)
        shown = client.get(f"/v1/cases/{case['id']}").json()
    assert (shown["due_at"][:10], shown["suspensions"][0]["ended_at"][:10]) == ("2026-03-18", "2026-03-05")
    assert (shown["suspensions"][0]["by"], shown["suspensions"][0]["ended_by"]) == ("李四", "")
    days = shown["explanation"]["why"]["due_days"]
    stood = [one["day"] for one in days if (one["kind"], one["name"]) == ("SUSPENDED", "TESTING")]
    assert stood == [f"2026-03-0{day}" for day in (3, 4)]
    with store.read() as tx:
        heard = [one["type"] for one in tx.events.of_case(case["id"])]
        english, chinese = (render(explain(office, tx, case["id"]), lang) for lang in ("en", "zh-Hans"))
    assert "2026-03-03 to 2026-03-04 (clock standing still, not counted, inspection, testing or quarantine)" in english
    assert "by 李四: “送检单第5号”" in english
    assert "中止期间不计：" in chinese
    assert heard == ["verification.started", "verification.suspended", "verification.resumed"]
    assert waiting(office, OrderKind.SUSPENSION_END) == []


def test_questions_go_on_while_the_clock_stands_still_and_an_answer_closes_the_case(store: Store, hand: Hand) -> None:
    office = listing(open_office(store, hand, sources={"registers": Table(default="=")}))
    with serving(office) as edge, edge.as_("system") as client:
        case = client.post("/v1/cases", json=a_case()).json()["id"]
        assert stop(edge, case).status_code == 200
        settle(office)
        shown = client.get(f"/v1/cases/{case}").json()
        assert (shown["outcome"], shown["suspensions"][0]["ended_by"]) == ("TRUE", "")
        assert shown["suspensions"][0]["ended_at"] is not None
        assert stop(edge, case, evidence="另一份").json()["error"]["code"] == "clock_over"
    assert waiting(office, OrderKind.SUSPENSION_END) == []


def test_an_officer_lets_the_clock_go_on_and_lengthens_the_term_once(store: Store, hand: Hand) -> None:
    office = away(store, hand)
    with serving(office) as edge, edge.as_("system") as client, edge.as_("officer", name="王五") as officer:
        case = client.post("/v1/cases", json=a_case()).json()["id"]
        stop(edge, case, until="2026-03-31")
        hand.on(days=2)
        for _ in range(2):
            again = officer.post(f"/v1/cases/{case}/resumption", json={"evidence": "报告已收到"})
            assert again.json()["due_at"][:10] == "2026-03-17", again.text
        assert officer.post(f"/v1/cases/{case}/resumption", json={"evidence": "x"}).json()["error"]["code"] == "not_suspended"
        for _ in range(2):
            longer = officer.post(f"/v1/cases/{case}/extension", json={"reason": "案情复杂"})
            assert longer.json()["due_at"][:10] == "2026-03-24", longer.text
        assert officer.post(f"/v1/cases/{case}/extension", json={"reason": "再次"}).json()["error"]["code"] == "extension_spent"
        assert client.post(f"/v1/cases/{case}/extension", json={"reason": "再次"}).status_code == 403
        hand.now = datetime(2026, 3, 24, 17, 30, tzinfo=SHANGHAI)
        late = officer.post(f"/v1/cases/{case}/suspension", json={"reason": "EXPERT", "until": "2026-04-30", "evidence": "x"})
        assert late.json()["error"]["code"] == "term_over"
        settle(office)
        assert client.get(f"/v1/cases/{case}").json()["state"] == "REVIEW"


def test_a_case_that_waits_for_its_level_stands_still_too(store: Store, hand: Hand) -> None:
    """The date does not depend on the level, so neither does its clock."""
    office = away(store, hand)
    case_id = post(office, application(1, "business-licence", LICENCE))
    with store.begin() as tx:
        case = tx.cases.get(case_id, lock=True)
        tx.cases.put(replace(case, state=CaseState.RATING, strategy=None))
    with serving(office) as edge:
        assert stop(edge, case_id).json()["due_at"][:10] == "2026-03-20"


def test_suspending_a_case_does_not_move_the_date_by_which_another_agency_replies(store: Store, hand: Hand) -> None:
    """Two clocks: waiting for another agency stops none of them, and the case's stop does not stop the agency's."""
    office = listing(open_office(store, hand, sources={}, agencies={"civil-affairs": Post("civil-affairs")}))
    case_id = post(office, person(2, "relief-household", RELIEF))
    settle(office)

    def dates() -> list[tuple[datetime, datetime]]:
        with store.read() as tx:
            return [(one.due_at, one.escalate_at) for one in tx.assistance.of_case(case_id)]

    before, rows = dates(), waiting(office, OrderKind.ASSIST_DUE)
    with serving(office) as edge:
        held = stop(edge, case_id, reason="PERSON")
        assert held.status_code == 200, held.text
        assert stop(edge, case_id, reason="AGENCY").status_code == 422, "no reason code says that an agency is waited for"
    assert before
    assert dates() == before
    assert waiting(office, OrderKind.ASSIST_DUE) == rows


def test_a_notice_of_days_off_counts_a_suspended_case_again(store: Store, hand: Hand) -> None:
    hand.now = datetime(2026, 12, 25, 9, tzinfo=SHANGHAI)
    office = away(store, hand)
    started(office)
    case_id = post(office, application(1, "business-licence", LICENCE))
    with serving(office) as edge:
        assert stop(edge, case_id, until="2026-12-29").json()["due_at"][:10] == "2027-01-13"
    newer = with_2027(office, off=LONGER)
    started(newer)
    settle(newer)
    with store.read() as tx:
        case = tx.cases.get(case_id)
    assert case.due_at == datetime(2027, 1, 14, 17, 30, tzinfo=SHANGHAI)
    assert [row["due_at"] for row in waiting(newer, OrderKind.VERIFY_DUE)] == [case.due_at]


def test_a_corrected_case_keeps_the_days_its_clock_stood_still(store: Store, hand: Hand) -> None:
    office = away(store, hand)
    with serving(office) as edge, edge.as_("system") as client:
        case = client.post("/v1/cases", json=a_case()).json()["id"]
        stop(edge, case)
        changed = a_case() | {"claims": [{"key": "c1", "fact": "registration-status", "value": "在营", "on": "2026-02-27"}]}
        corrected = client.put(f"/v1/cases/{case}", json=changed)
    assert (corrected.status_code, corrected.json()["due_at"][:10]) == (200, "2026-03-20")
    assert len(waiting(office, OrderKind.SUSPENSION_END)) == 1


database_url = one_database

ROWS = """
[[extension]]
id = "extend"
term = "5wd"
times = 1
approver = "HEAD"
basis = "P:2.4"
"""


@pytest.mark.slow
def test_the_command_line_stops_a_clock_by_name_and_says_the_new_date(database_url: str, tmp_path: Path) -> None:
    operator: Operator = settled(database_url, tmp_path)
    folder = tmp_path / "policies"
    shutil.copytree(ROOT / "policies" / "calendars", folder / "calendars")
    (folder / "demo").mkdir()
    pack = (ROOT / "policies" / "demo" / "pack.toml").read_text("utf-8")
    (folder / "demo" / "pack.toml").write_text(pack + ROWS, "utf-8")
    operator.config.write_text(operator.config.read_text("utf-8").replace(str(ROOT / "policies"), str(folder)), "utf-8")
    now = datetime.now(SHANGHAI)
    for file in (folder / "calendars").glob(f"cn-{now.year}.toml"):
        file.unlink()  # so that every date of the year is provisional, whenever this is run
    with closing(operator.store()) as store:
        case = post(open_office(store, Hand(now)), application(1, "business-licence", LICENCE))
    until = (now + timedelta(days=4)).date().isoformat()
    told = operator.well(
        "case", "suspend", case, "--reason", "TESTING", "--until", until, "--evidence", "送检单第5号", "--by", "李四"
    )
    assert f"stands still (inspection, testing or quarantine) to the end of {until}" in told.out
    assert "(provisional)" in told.out
    assert "(provisional)" in operator.well("case", "list").out
    assert "← standing still" in operator.well("case", "explain", case).out
    assert operator.say("case", "suspend", case, "--reason", "TESTING", "--until", until, "--evidence", "x").code == 4
    assert operator.well("case", "resume", case, "--evidence", "报告已收到", "--json").json["suspended_until"] is None
    alone = operator.say("case", "extend", case, "--reason", "案情复杂", "--by", "李四", "--head", "李四")
    assert (alone.code, "another person than the officer" in alone.err) == (2, True)
    assert "was lengthened" in operator.well("case", "extend", case, "--reason", "案情复杂", "--head", "赵局长").out
    missing = operator.say("case", "resume", "f" * 32, "--evidence", "x")
    wrong = operator.say("case", "suspend", case, "--reason", "AGENCY", "--until", until, "--evidence", "x")
    assert (missing.code, wrong.code, "TESTING" in wrong.err) == (3, 2, True)
    with closing(operator.store()) as store:
        assert [rule for rule, _ in operated(store)] == ["operator.case.suspend", "operator.case.resume", "operator.case.extend"]

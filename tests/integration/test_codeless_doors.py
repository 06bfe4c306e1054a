"""A visit on which no code was read, at the doors: what is to be filed is listed and entered by token and by command, each by its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.domain.visit import Visit
from inspector.flows import codeless
from inspector.store.store import Store
from tests import house
from tests.edge import Edge, serving
from tests.house import Hand
from tests.integration.test_codeless import accepted, held, result
from tests.operator import one_database, operated, settled

pytestmark = pytest.mark.alike
database_url = one_database
PROOF = {"number": "补录〔2026〕1号", "on": "2026-04-01"}


@pytest.fixture
def visited(store: Store, hand: Hand) -> Iterator[tuple[Edge, Visit]]:
    office, visit = accepted(store, hand)
    with serving(office) as edge:
        yield edge, visit


@pytest.mark.slow
def test_a_clerk_lists_what_is_to_be_filed_and_enters_its_number_once(visited: tuple[Edge, Visit], hand: Hand) -> None:
    edge, visit = visited
    path = f"/v1/visits/{visit.id}/filed"
    with (
        edge.as_("clerk", name="王科员") as clerk,
        edge.as_("auditor", name="审计") as auditor,
        edge.as_("clerk", "other") as other,
    ):
        assert clerk.get("/v1/visit-filings").json() == {"filings": [], "next": None}
        assert clerk.post(path, json=PROOF).json()["error"]["code"] == "visit_filing_none"
        result(edge.office, visit, hand)
        (told,) = auditor.get("/v1/visit-filings", params={"limit": 5}).json()["filings"]
        assert (told["visit"], told["visited_on"], told["due_at"]) == (visit.id, "2026-04-01", "2026-04-07T17:30:00+08:00")
        assert (told["duty"]["basis"], told["duty"]["counted"]["event"], told["filed"]) == ("S44:18", "VISIT_MADE", None)
        assert other.get("/v1/visit-filings").json()["filings"] == []
        assert (other.post(path, json=PROOF).status_code, auditor.post(path, json=PROOF).status_code) == (404, 403)
        (matter,) = auditor.get("/v1/attention", params={"kind": codeless.UNFILED}).json()["attention"]
        assert matter["about"] == visit.id
        done = clerk.post(path, json=PROOF, headers={"Idempotency-Key": "f1"}).json()
        assert (done["filed"]["by"], done["filed"]["receipt"], done["filed"]["late"]) == ("王科员", PROOF["number"], False)
        assert clerk.post(path, json=PROOF, headers={"Idempotency-Key": "f1"}).json() == done, "a message sent again counts once"
        again = clerk.post(path, json=PROOF).json()["error"]
        assert (again["code"], "王科员" in again["message_zh"]) == ("visit_filed_already", True)
        assert auditor.get("/v1/attention", params={"kind": codeless.UNFILED}).json()["attention"] == []


def test_the_inspector_s_page_of_the_code_says_that_a_visit_without_one_is_filed(visited: tuple[Edge, Visit]) -> None:
    edge, visit = visited
    with edge.office.store.read() as tx:
        seat = tx.visits.team(visit.id)[0].name
    with edge.client() as phone:
        text = phone.get(f"/seat/{seat}/{edge.office.link_token('seat', seat)}/code", params={"lang": "zh-Hans"}).text
    assert "自检查之日起 3 个工作日内补录备案" in text


@pytest.mark.slow
def test_an_operator_lists_and_enters_a_filing_in_the_own_name(database_url: str, tmp_path: Path, hand: Hand) -> None:
    operator = settled(database_url, tmp_path)
    with house.closing(operator.store()) as store:
        office, visit = accepted(store, hand)
        result(office, visit, hand)
    (told,) = operator.well("visit", "unfiled", "--json").json
    assert (told["visit"], told["visited_on"]) == (visit.id, "2026-04-01")
    step = ("visit", "filed", visit.id, "--number", "补录1号", "--by", "王科员")
    assert operator.say(*step, "--on", "2026-03-31").code == 2, "before the visit"
    done = operator.well(*step, "--on", "2026-04-03", "--json").json
    assert (done["filed_by"].startswith("王科员"), done["receipt"], done["late"]) == (True, "补录1号", False)
    assert operator.say(*step).code == 4
    assert operator.say("visit", "filed", "v", "--number", "1").code == 3
    assert operator.well("visit", "unfiled", "--json").json == []
    with house.closing(operator.store()) as store:
        assert "operator.visit.filed" in [rule for rule, _ in operated(store)]
        assert held(office, visit).file_by is None

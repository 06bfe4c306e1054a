"""Sending a case back by the API and at the command line: who may, what is answered, what its sender hears."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from inspector.cli import terminal
from inspector.daemon import sweeps
from inspector.store.store import Store
from tests.edge import Edge, a_case, serving
from tests.house import Hand, Table, application, open_office, post
from tests.integration.test_api_cases import code
from tests.integration.test_way import LICENCE
from tests.operator import Operator, operated, settled

MISTAKE = {"reason": "OTHER_AGENCY", "words": "应由交通运输机关核查", "competent": "市交通运输局"}


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """A house at its door."""
    with serving(open_office(store, hand, sources={"registers": Table(default="=")})) as edge:
        yield edge


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    """Somebody at the command line."""
    return settled(database_url, tmp_path)


@pytest.mark.alike
def test_two_tokens_of_officers_send_a_case_back_and_its_sender_hears_why(edge: Edge) -> None:
    with edge.as_("system") as hall:
        case_id = hall.post("/v1/cases", json=a_case()).json()["id"]
        assert code(hall.post(f"/v1/cases/{case_id}/send-back", json=MISTAKE)) == (403, "role_missing")
    way = f"/v1/cases/{case_id}/send-back"
    with edge.as_("officer", name="李四") as first, edge.as_("officer", name="王五") as second:
        assert code(second.post(f"{way}/agreement")) == (409, "send_back_unasked")
        assert code(first.post(way, json={**MISTAKE, "words": " "})) == (422, "reason_missing")
        assert code(first.post(way, json={**MISTAKE, "reason": "DIFFICULT"})) == (422, "message_invalid")
        asked = first.post(way, json=MISTAKE)
        assert (asked.status_code, asked.json()["sent_back"]) == (200, None)
        assert code(first.post(f"{way}/agreement")) == (409, "send_back_same_person")
        assert code(second.post(f"{way}/refusal", json={"words": ""})) == (422, "reason_missing")
        assert second.post(f"{way}/refusal", json={"words": "属于本机关"}).status_code == 200
        assert first.post(way, json=MISTAKE).status_code == 200
        done = second.post(f"{way}/agreement", headers={"Idempotency-Key": "m-1"})
        again = second.post(f"{way}/agreement", headers={"Idempotency-Key": "m-1"})
        assert (done.status_code, done.json()["state"], done.json()["outcome"]) == (200, "SENT_BACK", None)
        assert again.json() == done.json()
        assert code(second.post(f"{way}/refusal", json={"words": "属于本机关"})) == (409, "already_sent_back")
    sweeps.seal(edge.office.store, edge.office)
    with edge.as_("system") as hall:
        shown = hall.get(f"/v1/cases/{case_id}").json()
        events = hall.get("/v1/events").json()["events"]
        assert code(hall.post(f"/v1/cases/{case_id}/withdraw", json={"reason": "不办了"})) == (409, "already_sent_back")
        assert hall.post("/v1/cases", json=a_case()).json()["id"] == case_id, "the same message is the same case"
        assert hall.get("/v1/cases", params={"state": "SENT_BACK"}).json()["cases"][0]["id"] == case_id
    assert {name: shown["sent_back"][name] for name in MISTAKE} == MISTAKE
    (heard,) = [event["data"] for event in events if event["type"] == "case.sent_back"]
    assert heard == MISTAKE | {"state": "SENT_BACK"}


@pytest.mark.alike
def test_an_officer_of_another_agency_does_not_know_of_the_case(edge: Edge) -> None:
    with edge.as_("system") as hall:
        case_id = hall.post("/v1/cases", json=a_case()).json()["id"]
    with edge.as_("officer", agency="housing") as stranger:
        for way, given in (("", MISTAKE), ("/agreement", None), ("/refusal", {"words": "不同意"})):
            assert code(stranger.post(f"/v1/cases/{case_id}/send-back{way}", json=given)) == (404, "case_unknown")


@pytest.mark.slow
def test_two_users_of_the_machine_send_a_case_back_by_its_number(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(operator.store()) as store:
        case = post(open_office(store, Hand()), application(1, "business-licence", LICENCE))
    told = operator.well("case", "send-back", "R-000001", "--reason", "NOT_OURS", "--words", "不属于本机关事项", "--by", "李四")
    assert f"case send-back-agree {case}" in told.out
    alone = operator.say("case", "send-back-agree", case, "--by", "李四")
    assert (alone.code, "another officer agrees" in alone.err) == (4, True), "two names of one user of the machine are one person"
    assert "goes on" in operator.well("case", "send-back-decline", case, "--words", "属于本机关").out
    operator.well("case", "send-back", case, "--reason", "NOT_OURS", "--words", "不属于本机关事项", "--by", "李四")
    monkeypatch.setattr(terminal, "operator", lambda: "os:second")
    done = operator.well("case", "send-back-agree", case, "--by", "王五", "--json")
    assert (done.json["state"], done.json["reason"]) == ("SENT_BACK", "NOT_OURS")
    assert "Sent back (came by mistake)" in operator.well("case", "explain", case).out
    assert case in operator.well("case", "list", "--state", "SENT_BACK").out
    with closing(operator.store()) as store:
        assert [rule for rule, _ in operated(store)] == [
            *("operator.case.send_back", "operator.case.send_back.decline"),
            *("operator.case.send_back", "operator.case.send_back.agree"),
        ]

"""What may be said about a request for assistance beside its answer, by whom, and what comes of it for the case."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from inspector.daemon import sweeps
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, open_office, settle
from tests.integration.test_api_links import asked
from tests.integration.test_way import Post

pytestmark = pytest.mark.alike

SIGNED = {"reasons": "该档案已移交", "signer": "赵六"}


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office that asks other agencies, each of which takes its letters."""
    agencies = {name: Post(name) for name in ("housing", "civil-affairs", "county-office")}
    with serving(open_office(store, hand, agencies=agencies)) as held:
        yield held


DATE = "2026-03-20T17:30:00+08:00"


def say(client: httpx.Client, request_id: str, what: str, **given: object) -> tuple[int, dict[str, Any]]:
    """A word about a request: the status, and what came back."""
    told = client.post(f"/v1/assistance/{request_id}/{what}", json=given)
    body = told.json()
    return told.status_code, body.get("error") or body


def kinds(edge: Edge, name: str) -> list[str]:
    """The kinds of the letters that an agency has got."""
    settle(edge.office)
    post = edge.office.connectors.agencies[name]
    assert isinstance(post, Post)
    return [letter.kind.value for letter in post.letters]


def test_an_agency_acknowledges_answers_a_part_and_gets_the_date_it_proposes_once_an_officer_agrees(edge: Edge) -> None:
    request_id, link = asked(edge)
    assert kinds(edge, "housing") == ["request"]
    with edge.client(X_Link_Token=link) as agency, edge.as_("officer") as officer, edge.as_("officer", "other") as stranger:
        assert say(agency, request_id, "accept", signer="赵六")[1]["state"] == "ACCEPTED"
        assert say(agency, request_id, "part", value="一处", rest="另一处", signer="赵六")[1]["state"] == "PARTLY"
        code, told = say(agency, request_id, "date", day="2026-03-14", **SIGNED)
        assert (code, told["code"]) == (422, "date_not_working"), "a Saturday"
        assert say(agency, request_id, "date", day="2026-03-20", **SIGNED)[1]["state"] == "PROPOSED"
        assert say(stranger, request_id, "date/agreement", due_at=DATE)[0] == 404
        (matter,) = (one for one in officer.get("/v1/attention").json()["attention"] if one["kind"] == "date_proposed")
        assert matter["about"] == request_id
        shown = officer.get(f"/v1/assistance/{request_id}").json()["proposed"]["due_at"]
        assert say(agency, request_id, "date", day="2026-06-30", **SIGNED)[1]["state"] == "PROPOSED"
        told = {"due_at": shown, "reasons": "承诺人急需办结"}
        for step, given in (("agreement", {"due_at": shown}), ("refusal", told)):
            code, changed = say(officer, request_id, f"date/{step}", **given)
            assert (code, changed["code"]) == (409, "date_changed"), "nobody agrees to a date that was not shown"
            assert "2026-03-20" in changed["message"]
            assert "2026-06-30" in changed["message"]
        assert say(agency, request_id, "date", day="2026-03-20", **SIGNED)[1]["state"] == "PROPOSED"
        agreed = say(officer, request_id, "date/agreement", due_at="2026-03-20T09:30:00Z")[1]
        assert (agreed["state"], agreed["due_at"]) == ("ACCEPTED", "2026-03-20T17:30:00+08:00")
        assert "date_proposed" not in officer.get("/v1/attention").text
        assert kinds(edge, "housing") == ["request", "agreed"]
        told = say(agency, request_id, "answer", verdict="match", signer="赵六")[1]
        assert told["state"] == "ANSWERED"
        assert kinds(edge, "housing") == ["request", "agreed", "outcome"]
        assert agency.get(f"/v1/assistance/{request_id}").json()["echo"] == "USED"
        housing = edge.office.connectors.agencies["housing"]
        assert isinstance(housing, Post)
        least = housing.letters[-1]
        assert (least.outcome, least.subject_code, least.claimed, least.text) == ("USED", "", "", ""), "nothing about the subject"
        explained = officer.get(f"/v1/cases/{told['case_id']}").text
    assert "一处" in explained, "the part lies before whoever decides"
    with edge.office.store.read() as tx:
        events = [one["type"] for one in tx.events.of_case(str(told["case_id"]))]
    assert "assistance.moved" in events, "the approving system hears that the day has moved"


def test_a_wrong_addressee_forwards_and_who_was_named_answers_in_its_place(edge: Edge) -> None:
    request_id, link = asked(edge)
    with edge.client(X_Link_Token=link) as agency, edge.as_("officer") as officer:
        code, told = say(agency, request_id, "forward", to="nobody", **SIGNED)
        assert (code, told["code"]) == (422, "forward_unknown")
        given, once = {"to": edge.office.tree["civil"].name, **SIGNED}, {"Idempotency-Key": "m-1"}
        told, same = (agency.post(f"/v1/assistance/{request_id}/forward", json=given, headers=once).json() for _ in range(2))
        assert (told["state"], same) == ("FORWARDED", told), "the same message again is one forwarding"
        again = str(told["forwarded_to"])
        kept = say(agency, request_id, "answer", verdict="match", signer="赵六")[1]
        assert (told["beside"], kept["beside"]) == (False, True), "a program need not count the words that lie there"
        assert (kept["state"], kept["afterwords"][0]["verdict"]) == ("FORWARDED", "match"), "on record, and proves nothing"
        assert say(agency, again, "answer", verdict="match", signer="赵六")[1]["code"] == "link_unknown"
        with edge.client(X_Link_Token=edge.office.link_token("assist", again)) as civil:
            code, back = say(civil, again, "forward", to="houses", **SIGNED)
            assert (code, back["code"]) == (409, "forward_circle")
            assert (back["facts"]["to"], back["facts"]["chain"]) == ("区住建局", "区住建局 → 区民政局"), (
                "agencies are told by name"
            )
            (matter,) = (one for one in officer.get("/v1/attention").json()["attention"] if one["kind"] == "forward_circle")
            assert matter["about"] == again, "a person hears that two agencies send it to each other"
            shown = say(civil, again, "answer", verdict="match", signer="钱七")[1]
        assert "forward_circle" not in officer.get("/v1/attention").text
        assert [one["rule"] for one in shown["history"]] == ["assistance.open", "assistance.forward", "assistance.answer"]
        case = officer.get(f"/v1/cases/{told['case_id']}").json()
        assert case["outcome"] == "TRUE", "the case's way takes it as its own"
        first, second = case["explanation"]["letters"]
        assert (first["forwarded_to"], second["forwarded_by"], second["echo"]) == ("区民政局", ["区住建局"], "USED")


def test_a_competence_is_disputed_and_the_common_superior_decides_by_its_link_and_nobody_else(edge: Edge) -> None:
    request_id, link = asked(edge)
    above = edge.office.link_token("oversee", request_id)
    with edge.client(X_Link_Token=link) as agency, edge.client(X_Link_Token=above) as superior:
        assert say(agency, request_id, "dispute", about="REFUSAL", **SIGNED)[0] == 422
        assert say(agency, request_id, "dispute", about="COMPETENCE", **SIGNED)[1]["state"] == "DISPUTED"
        assert say(agency, request_id, "extension", **SIGNED)[1]["code"] == "request_disputed"
        assert kinds(edge, "county-office") == ["dispute"]
        county = edge.office.connectors.agencies["county-office"]
        assert isinstance(county, Post)
        for word in (request_id, "房屋权利人", "〕", "提出争议", SIGNED["reasons"]):
            assert word in county.letters[-1].text, "the superior gets the whole dossier"
        for code in ("home-title", "S0:7"):
            assert code not in county.letters[-1].text, "and no code of ours"
        assert say(agency, request_id, "decision", helps=False, **SIGNED)[1]["code"] == "link_unknown"
        with edge.as_("officer", "bureau") as officer, edge.as_("officer", "city") as city:
            status, no = say(officer, request_id, "decision", helps=True, **SIGNED)
            assert (status, no["code"], no["facts"]["agency"]) == (403, "dispute_not_decided_here", "区市场监管局")
            assert say(city, request_id, "decision", helps=True, reasons=" ", signer="周八")[1]["code"] == "reasons_missing"
        told = say(superior, request_id, "decision", helps=True, **SIGNED)[1]
        assert (told["state"], told["dispute"]["helps"]) == ("ACCEPTED", True)
    assert kinds(edge, "housing")[-1] == "decided"
    housing = edge.office.connectors.agencies["housing"]
    assert isinstance(housing, Post)
    assert SIGNED["reasons"] in housing.letters[-1].words.body, "and why"


def test_a_disputed_refusal_stops_no_case_and_what_comes_of_it_is_late_evidence(edge: Edge) -> None:
    request_id, link = asked(edge)
    above = edge.office.link_token("oversee", request_id)
    with edge.client(X_Link_Token=link) as agency, edge.as_("officer") as officer, edge.client(X_Link_Token=above) as superior:
        told = say(agency, request_id, "decline", **SIGNED, inability="NOT_PERMITTED")[1]
        assert told["reply"] == {**SIGNED, "inability": "NOT_PERMITTED"}
        with edge.office.store.read() as tx:
            (notice,) = tx.assistance.notices(request_id)
        for word in ("落户地址房屋权利人为申请人", "〕", SIGNED["reasons"]):
            assert word in notice["body"], "whoever reads the notice in ten years knows none of our codes"
        for code in ("home-title", "S0:7", "NOT_PERMITTED"):
            assert code not in notice["body"]
        before = officer.get(f"/v1/cases/{told['case_id']}").json()
        assert say(officer, request_id, "refusal/dispute", reasons="法律没有禁止")[1]["state"] == "DISPUTED"
        assert officer.get(f"/v1/cases/{told['case_id']}").json()["state"] == before["state"]
        assert say(superior, request_id, "decision", helps=True, **SIGNED)[1]["state"] == "ACCEPTED"
        late = say(agency, request_id, "answer", verdict="match", signer="赵六")[1]
        assert (late["state"], late["late"]) == ("ANSWERED", True)
        evidence = officer.get(f"/v1/cases/{told['case_id']}").json()["explanation"]["heard"]
    assert [one["verdict"] for one in evidence if one["method"] == "ASSISTANCE"] == ["cannot_say", "match"]


def test_a_case_that_comes_to_an_officer_leaves_its_open_requests_their_clocks(edge: Edge, hand: Hand) -> None:
    request_id, link = asked(edge)
    with edge.client(X_Link_Token=link) as agency, edge.as_("officer") as officer:
        case_id = say(agency, request_id, "date", day="2026-03-20", **SIGNED)[1]["case_id"]
        say(officer, request_id, "date/agreement", due_at=DATE)
        hand.on(days=15)  # the case's own date has passed, the agency's has not
        settle(edge.office)
        case = officer.get(f"/v1/cases/{case_id}").json()
        assert (case["state"], agency.get(f"/v1/assistance/{request_id}").json()["state"]) == ("REVIEW", "ACCEPTED")
        assert "assist.due" in {one["kind"] for one in case["explanation"]["next"]}
        for _ in range(3):
            hand.on(days=14)
            settle(edge.office)
        assert agency.get(f"/v1/assistance/{request_id}").json()["state"] == "UNANSWERED"
        assert officer.get(f"/v1/cases/{case_id}").json()["state"] == "REVIEW", "and the case is still the officer's"


def test_a_refusal_is_a_written_notice_that_the_ledger_s_seal_signs_and_the_scoreboard_counts_both_ways(edge: Edge) -> None:
    request_id, link = asked(edge)
    with edge.client(X_Link_Token=link) as agency, edge.as_("officer") as officer, edge.as_("officer", "other") as stranger:
        say(agency, request_id, "decline", **SIGNED, inability="UNCLEAR")
        path = f"/v1/assistance/{request_id}/notices"
        (before,) = agency.get(path).json()["notices"]
        assert (before["seal"], before["head"]) == (None, None)
        sweeps.seal(edge.office.store, edge.office)
        (notice,) = officer.get(path).json()["notices"]
        assert stranger.get(path).status_code == 404
        shown = officer.get("/v1/scoreboard").json()["rows"]
        sheet = officer.get("/v1/scoreboard", params={"form": "csv", "until": "2026-03-02"}).text
        assert stranger.get("/v1/scoreboard").json()["rows"] == []
        assert officer.get("/v1/scoreboard", params={"since": "2026-03-03"}).json()["rows"] == []
        ever = {"since": "1800-01-01", "until": "2999-12-31"}
        assert officer.get("/v1/scoreboard", params=ever).json()["rows"] == shown, "the first and the last day that can be meant"
        assert officer.get("/v1/scoreboard/connect").json()["rows"] == []
    assert notice["digest"] == hashlib.sha256(notice["text"].encode()).hexdigest()
    assert all(word in notice["text"] for word in ("区住建局", SIGNED["reasons"], SIGNED["signer"], "请求不明确"))
    with edge.office.store.read() as tx:
        (entry,) = (row for row in tx.ledger.about(notice["request"].partition(".")[0]) if row["id"] == notice["entry"])
        assert (json.loads(entry["body"])["facts"]["notice_digest"], entry["seal"]) == (notice["digest"], notice["seal"])
        assert (notice["seal"], notice["head"]) == tx.ledger.head()
    (score,) = shown
    told = {name: score[name] for name in ("agency", "asked", "declined", "heard_in_time", "badly_put", "reasons")}
    assert told == {"agency": "housing", "asked": 1, "declined": 1, "heard_in_time": 1, "badly_put": 1, "reasons": "UNCLEAR=1"}
    head, row = csv.reader(io.StringIO(sheet.removeprefix("\ufeff")))
    assert dict(zip(head, row, strict=True))["declined"] == "1"


def test_silence_after_a_dispute_ends_the_request_and_the_case_takes_its_next_way(edge: Edge, hand: Hand) -> None:
    request_id, link = asked(edge)
    with edge.client(X_Link_Token=link) as agency, edge.as_("officer") as officer:
        case_id = say(agency, request_id, "dispute", about="GROUND", **SIGNED)[1]["case_id"]
        settle(edge.office)  # the superior has the letter: its time begins there
        hand.on(days=7)
        settle(edge.office)
        assert agency.get(f"/v1/assistance/{request_id}").json()["state"] == "UNANSWERED"
        notes = [one["note"] for one in officer.get(f"/v1/cases/{case_id}").json()["explanation"]["heard"]]
    assert "undecided" in notes

"""Nobody is party and judge, or asks and is asked, of one request: whose officers take the requester's steps, and whose never do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, open_office, settle
from tests.integration.test_api_assistance import SIGNED, say
from tests.integration.test_api_links import asked
from tests.integration.test_forms import logged_in
from tests.integration.test_way import Post

pytestmark = pytest.mark.alike

PAPER = {"do": "answer", "verdict": "match", "written": "经核查，一致", "signer": "赵六", "scan": "a" * 64}
BOTH = (403, "request_two_sided")


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office that asks other agencies; the city stands above both the bureau and whom it asks, and is asked by some."""
    agencies = {name: Post(name) for name in ("housing", "civil-affairs", "county-office")}
    with serving(open_office(store, hand, agencies=agencies)) as held:
        yield held


def met(told: tuple[int, dict[str, Any]]) -> tuple[int, object]:
    """The status, and the code of what refused it."""
    return told[0], told[1].get("code")


def steps(client: httpx.Client, request_id: str) -> dict[str, tuple[int, object]]:
    """Each step of the requester's that an officer may try of an open request, and how it was met."""
    due = "2026-03-20T17:30:00+08:00"
    tried = {
        "transcription": PAPER,
        "link": {"reason": "发错邮箱"},
        "date/agreement": {"due_at": due},
        "date/refusal": {"due_at": due, "reasons": "承诺人急需办结"},
        "refusal/dispute": {"reasons": "应予协助"},
    }
    return {what: met(say(client, request_id, what, **given)) for what, given in tried.items()}


def test_who_stands_above_both_sides_takes_no_step_in_the_requesters_name_and_then_decides(edge: Edge) -> None:
    request_id, link = asked(edge)
    with edge.client(X_Link_Token=link) as agency, edge.as_("officer", "city") as city, edge.as_("officer") as officer:
        assert set(steps(city, request_id).values()) == {BOTH}
        assert say(agency, request_id, "decline", inability="BEYOND_POWERS", **SIGNED)[1]["state"] == "DECLINED"
        assert met(say(city, request_id, "refusal/dispute", reasons="应予协助")) == BOTH, "it would judge what it has brought up"
        assert say(officer, request_id, "refusal/dispute", reasons="应予协助")[1]["state"] == "DISPUTED"
        assert set(steps(city, request_id).values()) == {BOTH}
        told = say(city, request_id, "decision", helps=True, **SIGNED)[1]
        assert (told["state"], told["dispute"]["helps"]) == ("ACCEPTED", True), "what it is there for it does"


def test_who_is_asked_agrees_to_no_date_of_its_own_and_transcribes_no_answer_of_its_own(edge: Edge) -> None:
    request_id, link = asked(edge)
    with edge.client(X_Link_Token=link) as agency, edge.as_("officer", "city") as city, edge.as_("officer") as officer:
        again = str(say(agency, request_id, "forward", to="city", **SIGNED)[1]["forwarded_to"])
        settle(edge.office)
        before = officer.get(f"/v1/assistance/{again}").json()["due_at"]
        assert say(city, again, "date", day="2026-03-20", **SIGNED)[1]["state"] == "PROPOSED"
        assert set(steps(city, again).values()) == {BOTH}
        assert officer.get(f"/v1/assistance/{again}").json()["due_at"] == before
        assert say(officer, again, "date/agreement", due_at="2026-03-20T17:30:00+08:00")[1]["due_at"] != before
        assert say(city, again, "answer", verdict="match", signer="周八")[1]["state"] == "ANSWERED", "it answers by its own token"


def test_who_stands_above_the_requesters_side_alone_acts_for_it_as_before(edge: Edge) -> None:
    request_id, link = asked(edge)
    with edge.client(X_Link_Token=link) as agency, edge.as_("officer", "county") as county:
        say(agency, request_id, "date", day="2026-03-20", **SIGNED)
        assert say(county, request_id, "date/agreement", due_at="2026-03-20T17:30:00+08:00")[1]["state"] == "ACCEPTED"
        assert say(county, request_id, "transcription", **PAPER)[1]["state"] == "ANSWERED"


def test_the_page_shows_who_is_asked_no_forms_and_no_notes_of_the_requesters(edge: Edge) -> None:
    request_id, link = asked(edge)
    note = "已电话请示区政府办公室"
    with edge.client(X_Link_Token=link) as agency:
        again = str(say(agency, request_id, "forward", to="city", **SIGNED)[1]["forwarded_to"])
    settle(edge.office)
    with edge.office.store.begin() as tx:
        facts = {"requested": "county-office", "case": tx.assistance.case_of(again), "superior": ""}
        tx.attention.open("superior_unknown", "bureau", again, facts, edge.office.now())
    matter = f"superior_unknown:{again}"
    with edge.as_("officer", "city") as city, edge.as_("officer") as officer:
        told = city.post(f"/v1/attention/{matter}/close", json={"note": note})
        assert (told.status_code, told.json()["error"]["code"]) == BOTH, "whom a person of the requester tells it does not pick"
        assert officer.post(f"/v1/attention/{matter}/close", json={"note": note}).status_code == 200
    for whose, seen in (("bureau", True), ("city", False)):
        with edge.client() as browser:
            logged_in(edge, browser, agency=whose)
            page = browser.get(f"/requests/{again}")
        assert page.status_code == 200
        assert ('value="transcribe"' in page.text, 'value="link"' in page.text, note in page.text) == (seen,) * 3, whose

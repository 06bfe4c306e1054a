"""What the gravity of an untrue promise is judged by is asked for where the pack needs it, kept, and told (handbook 2.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from inspector.flows.office import Office
from inspector.store.store import Store
from tests.edge import Edge, a_case, serving
from tests.house import Hand, Table, open_office, settle
from tests.integration.test_forms import hidden, in_review, logged_in
from tests.proceedings import recorded

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def graded(office: Office) -> Office:
    """The demo's pack with the plan's rows of what must be said."""
    rows = office.book.get("maoji@2026.2").gradings
    assert [(row.needs, str(row.within), row.basis) for row in rows] == [(("knowledge", "harm"), "24mo", "P:2.7")]
    packs = tuple(replace(pack, gradings=rows) if pack.id == "demo" else pack for pack in office.book.packs)
    return replace(office, book=replace(office.book, packs=packs))


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    with serving(graded(open_office(store, hand, sources={"registers": Table(default="吊销")}))) as held:
        yield held


def test_an_officer_says_what_the_gravity_is_judged_by_and_the_house_knows_whether_it_is_the_first_time(
    edge: Edge, hand: Hand
) -> None:
    first = in_review(edge)
    with edge.as_("officer") as officer:
        heard = officer.get(f"/v1/cases/{first}").json()["explanation"]["heard"]
        decision = {"outcome": "UNTRUE_CURABLE", "reasons": "登记状态为吊销", "evidence": [heard[0]["id"]]}
        lacking = officer.post(f"/v1/cases/{first}/review", json=decision | {"grading": {"harm": "NONE"}})
        assert (lacking.status_code, lacking.json()["error"]["code"], lacking.json()["error"]["facts"]["missing"]) == (
            422,
            "grading_missing",
            ["knowledge"],
        )
        assert "尚缺：主观状态" in lacking.json()["error"]["message_zh"]
        said = {"harm": "NONE", "knowledge": "NEGLIGENT", "amount": 20000, "third_parties": False, "cooperation": "FULL"}
        assert officer.post(f"/v1/cases/{first}/review", json=decision | {"grading": said}).status_code == 200
        told = officer.get(f"/v1/cases/{first}/explain").json()
    (decided,) = (one["facts"] for one in told["explanation"]["decisions"] if one["rule"] == "officer.review")
    assert (decided["grade_knowledge"], decided["grade_amount"], decided["grade_first_time"]) == ("NEGLIGENT", 20000, True)
    assert "危害后果：无危害后果" in told["text"]
    assert "是否首次：是" in told["text"]
    recorded(edge.office, hand, first)  # an earlier finding counts once a decision about it has come
    hand.on(days=300)
    with edge.as_("system") as system:
        given = a_case(2) | {"subject": a_case(1)["subject"]}
        second = system.post("/v1/cases", json=given).json()["id"]
    settle(edge.office)
    with edge.client() as browser:
        logged_in(edge, browser)
        page = browser.get(f"/review/{second}").text
        form = {"message": hidden(page), "guard": hidden(page, "guard"), "outcome": "UNTRUE_CURABLE", "reasons": "又一次"}
        form["evidence"] = page.split('name="evidence" value="')[1].split('"')[0]
        refused = browser.post(f"/review/{second}", data=form)
        assert "定级情节" in refused.text
        assert refused.status_code == 422
        done = browser.post(f"/review/{second}", data=form | {"knowledge": "KNOWING", "harm": "MINOR", "curable": "true"})
        assert done.status_code == 303
        assert "是否首次：否" in browser.get(f"/review/{second}").text

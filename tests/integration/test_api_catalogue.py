"""The catalogue over HTTP: two persons, two tokens, one database user; the same rules as at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import httpx
import pytest

from inspector.store.store import Store
from tests.edge import Edge, a_case, serving
from tests.house import Hand, Table, open_office

pytestmark = pytest.mark.alike

PATH = "/v1/catalogue/bureau/business-licence"
SEEN = {"bureau": "区司法局", "document": "区司审〔2026〕1号"}


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    with serving(open_office(store, hand, sources={"registers": Table(default="=")})) as held:
        yield held


def code(answer: httpx.Response) -> tuple[int, str]:
    """What an answer is, in short."""
    told = answer.json()
    return answer.status_code, told["error"]["code"] if "error" in told else told["state"]


def test_a_clerk_applies_an_officer_reviews_and_what_is_withdrawn_takes_in_no_commitment(edge: Edge, hand: Hand) -> None:
    with edge.as_("clerk", name="王科员") as clerk, edge.as_("officer", name="李主任") as officer, edge.as_("system") as hall:
        made = clerk.post(PATH, json={"technical": True})
        assert code(made) == (201, "APPLIED")
        given = {**SEEN, "digest": made.json()["digest"]}
        assert code(clerk.post(f"{PATH}/review", json=given)) == (403, "role_missing")
        assert code(officer.post(f"{PATH}/review", json=given)) == (409, "catalogue_meeting_missing")
        meeting = {"on": "2026-03-01", "experts": 2, "names": ["甲", "乙"], "minutes": "纪要1号"}
        reviewed = officer.post(f"{PATH}/review", json={**given, "meeting": meeting})
        assert code(reviewed) == (200, "REVIEWED")
        assert reviewed.json()["review"]["meeting"] == meeting
        published = clerk.post(f"{PATH}/publish", json={"reference": "政务公开平台"}, headers={"Idempotency-Key": "p1"})
        assert code(published) == (200, "PUBLISHED")
        again = clerk.post(f"{PATH}/publish", json={"reference": "政务公开平台"}, headers={"Idempotency-Key": "p1"})
        assert again.json() == published.json(), "a message sent again counts once"
        duty = published.json()["duty"]
        assert (duty["due_at"], duty["counted"]["event"]) == ("2026-03-11T17:30:00+08:00", "CATALOGUE_PUBLISHED")
        assert code(clerk.post(f"{PATH}/file", json={"receipt": "回执12号"})) == (200, "FILED")
        shown = officer.get(PATH).json()
        assert (shown["standing"], [one["edition"] for one in shown["editions"]]) == ("PUBLISHED", [1])
        assert code(officer.post(f"{PATH}/withdraw", json={"reason": "证明取消"})) == (200, "WITHDRAWN")
        refused = hall.post("/v1/cases", json=a_case())
        assert code(refused) == (409, "item_withdrawn")
        assert "证明取消" in refused.json()["error"]["message_zh"]
    assert date.fromisoformat(duty["counted"]["last"]) == date(2026, 3, 11)


def test_nobody_reviews_over_http_what_he_applied_for_by_a_second_token(edge: Edge) -> None:
    with edge.as_("officer", name="王科员") as officer, edge.as_("clerk", name="王科员") as clerk:
        digest = clerk.post(PATH, json={}).json()["digest"]
        assert code(officer.post(f"{PATH}/review", json={**SEEN, "digest": digest})) == (409, "catalogue_own_review")


def test_a_catalogue_is_its_agencys_and_of_those_above_it(edge: Edge) -> None:
    with edge.as_("clerk") as clerk, edge.as_("officer", "other") as stranger, edge.as_("auditor", "city") as above:
        assert code(clerk.post("/v1/catalogue/city/business-licence", json={})) == (404, "catalogue_item_unknown")
        clerk.post(PATH, json={})
        assert code(stranger.get(PATH)) == (404, "catalogue_item_unknown")
        assert code(stranger.post(f"{PATH}/withdraw", json={"reason": "有误"})) == (404, "catalogue_item_unknown")
        assert stranger.get("/v1/catalogue").json() == {"editions": []}
        assert [one["item"] for one in above.get("/v1/catalogue").json()["editions"]] == ["business-licence"]
        assert code(above.post(PATH, json={})) == (403, "role_missing")


def test_an_officer_enters_a_repeal_for_the_agencies_of_the_token_and_answers_for_an_item(edge: Edge) -> None:
    with edge.as_("clerk", "city") as clerk, edge.as_("officer", "city", name="李主任") as officer, edge.as_("officer") as below:
        clerk.post("/v1/catalogue/city/business-licence", json={})
        given = {"source": "毛管办〔2021〕4号", "on": "2026-07-01"}
        assert code(below.post("/v1/catalogue/repeals", json=given)) == (422, "catalogue_source_unknown"), "no pack of its own"
        told = officer.post("/v1/catalogue/repeals", json=given)
        assert told.status_code == 201
        assert "business-licence" in [one["item"] for one in told.json()["rereviews"]]
        assert code(officer.post("/v1/catalogue/repeals", json=given)) == (409, "catalogue_repeal_known")
        path = "/v1/catalogue/city/business-licence"
        assert len(officer.get(path).json()["rereviews"]) == 1
        done = officer.post(f"{path}/confirm", json={"document": "7号", "reason": "上位依据仍在"})
        assert [one["ended"] for one in done.json()["rereviews"]] == ["CONFIRMED"]
        assert officer.get(path).json()["rereviews"] == []


def test_the_answer_to_a_step_names_what_the_item_rests_on_and_an_officer_takes_a_mistaken_repeal_back(edge: Edge) -> None:
    path, given = "/v1/catalogue/city/business-licence", {"source": "S0", "on": "2026-07-01"}
    with edge.as_("clerk", "city", name="王科员") as clerk, edge.as_("officer", "city", name="李主任") as officer:
        assert officer.post("/v1/catalogue/repeals", json=given).status_code == 201
        made = clerk.post(path, json={}).json()
        assert [one["repealed_on"] for one in made["rereviews"]] == ["2026-07-01"]
        seen = {**SEEN, "digest": made["digest"]}
        assert code(officer.post(f"{path}/review", json=seen)) == (200, "REVIEWED"), "the day of the repeal lies ahead"
        mended = officer.post("/v1/catalogue/repeals", json=given | {"on": "2026-03-01"}).json()
        assert (mended["rereviews"], {one["repealed_on"] for one in mended["mended"]}) == ([], {"2026-03-01"})
        assert code(clerk.post(f"{path}/publish", json={"reference": "平台"})) == (409, "catalogue_basis_repealed")
        back = {"source": "S0", "reason": "登记有误"}
        assert code(clerk.post("/v1/catalogue/mistaken-repeals", json=back)) == (403, "role_missing")
        over = officer.post("/v1/catalogue/mistaken-repeals", json=back).json()
        assert {(one["ended"], one["ended_by"], one["reason"]) for one in over["rereviews"]} == {
            ("TAKEN_BACK", "李主任", "登记有误")
        }
        assert code(officer.post("/v1/catalogue/mistaken-repeals", json=back)) == (404, "catalogue_repeal_unknown")
        assert clerk.post(f"{path}/publish", json={"reference": "平台"}).json()["rereviews"] == []

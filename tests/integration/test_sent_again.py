"""What a sending system delivers twice, in another order, late, or under another's name. On both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from inspector.store.store import Store
from tests.edge import Edge, a_case, serving
from tests.house import Hand, Table, open_office
from tests.integration.test_api_cases import code

pytestmark = pytest.mark.alike

CLAIM = {"key": "c1", "fact": "registration-status", "value": "存续", "on": "2026-02-27"}


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office with one source."""
    with serving(open_office(store, hand, sources={"registers": Table(default="=")})) as held:
        yield held


def test_the_first_message_delivered_again_after_a_correction_is_the_same_case_as_it_stands(edge: Edge) -> None:
    with edge.as_("system") as client:
        first = client.post("/v1/cases", json=a_case()).json()
        path = f"/v1/cases/{first['id']}"
        corrected = client.put(path, json=a_case(claims=[CLAIM | {"value": "歇业"}])).json()
        again = client.post("/v1/cases", json=a_case())
        other = client.post("/v1/cases", json=a_case(claims=[CLAIM | {"value": "注销"}]))
        shown = client.get(path).json()
    assert (again.status_code, again.json()) == (200, corrected)
    assert code(other) == (409, "reference_reused")
    assert [claim["value"] for claim in shown["claims"]] == ["歇业"]


def test_claims_in_another_order_are_the_same_content(edge: Edge) -> None:
    claims = [CLAIM, CLAIM | {"key": "c2", "value": "在业"}]
    with edge.as_("system") as client:
        first = client.post("/v1/cases", json=a_case(claims=claims))
        again = client.post("/v1/cases", json=a_case(claims=claims[::-1]))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


def test_a_message_id_counts_for_a_new_case_as_for_everything_else(edge: Edge) -> None:
    key = {"Idempotency-Key": "m-1"}
    with edge.as_("system") as client:
        first = client.post("/v1/cases", json=a_case(), headers=key)
        again = client.post("/v1/cases", json=a_case(), headers=key)
        other = client.post("/v1/cases", json=a_case(2), headers=key)
        known = client.post("/v1/cases", json=a_case(), headers={"Idempotency-Key": "m-2"})
        free = client.post("/v1/cases", json=a_case(2), headers={"Idempotency-Key": "m-3"})
    assert (first.status_code, again.status_code, known.status_code) == (201, 200, 200)
    assert again.json() == first.json() == known.json()
    assert code(other) == (409, "message_id_reused")
    assert free.status_code == 201, "what was refused has changed nothing"


def test_references_begin_anew_where_a_systems_name_passes_to_another_agency(edge: Edge) -> None:
    with edge.as_("system", "other", "hall") as client:
        theirs = client.post("/v1/cases", json=a_case(agency="other")).json()
    with edge.office.store.begin() as tx:
        for row in tx.tokens.all():
            tx.tokens.revoke(row["id"], tx.machine_now())
    with edge.as_("system", "bureau", "hall") as client:
        ours = client.post("/v1/cases", json=a_case())
        conflict: Any = client.post("/v1/cases", json=a_case(claims=[CLAIM | {"value": "注销"}]))
    assert ours.status_code == 201
    assert ours.json()["id"] != theirs["id"]
    assert conflict.json()["error"]["facts"]["case"] == ours.json()["id"], "nobody hears of another agency's case"


@pytest.mark.parametrize(
    ("route", "told", "next_step"),
    [("COMMITMENT", "commitment.withdrawn", "ordinary_procedure"), ("CERTIFICATE", "application.withdrawn", None)],
)
def test_who_has_committed_to_nothing_withdraws_an_application(edge: Edge, route: str, told: str, next_step: str | None) -> None:
    given = a_case(route=route) if route == "COMMITMENT" else a_case(route=route, claims=[], letter=None)
    with edge.as_("system") as client:
        case = client.post("/v1/cases", json=given).json()
        assert client.post(f"/v1/cases/{case['id']}/withdraw", json={"reason": "不再办理"}).status_code == 200
    with edge.office.store.read() as tx:
        (row,) = [one for one in tx.events.of_case(case["id"]) if one["type"].endswith("withdrawn")]
    assert row["type"] == told
    assert json.loads(row["body"]).get("next") == next_step

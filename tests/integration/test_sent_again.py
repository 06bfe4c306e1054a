"""What a sending system delivers twice, in another order, late, or under another's name. On both databases."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.domain.errors import Conflict, Stale
from inspector.flows import intake
from inspector.store.store import Store
from inspector.store.tables import case_file
from tests.edge import Edge, a_case, serving
from tests.house import Hand, Table, application, open_office
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


@pytest.mark.parametrize(("first", "again"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_reference_in_another_unicode_form_is_the_same_and_is_kept_as_it_was_sent(edge: Edge, first: str, again: str) -> None:
    sent, later = (unicodedata.normalize(form, "Café-Zürich-0001") for form in (first, again))  # type: ignore[arg-type]
    assert sent != later
    with edge.as_("system") as client:
        made = client.post("/v1/cases", json=a_case(reference=sent))
        same = client.post("/v1/cases", json=a_case(reference=later))
        other = client.post("/v1/cases", json=a_case(reference=later, claims=[CLAIM | {"value": "注销"}]))
        mended = client.put(f"/v1/cases/{made.json()['id']}", json=a_case(reference=later, claims=[CLAIM | {"value": "歇业"}]))
        kept = client.get("/v1/cases").json()["cases"]
    assert (made.status_code, same.status_code, same.json()) == (201, 200, made.json())
    assert code(other) == (409, "reference_reused")
    assert (mended.status_code, [one["reference"] for one in kept]) == (200, [sent]), "as it was sent, and once"


FORMS = [("\uf979山-1", "凉山-1"), ("凉山-1", "\uf979山-1"), ("é-e\u0301-1", "e\u0301-é-1"), ("K\u212b-1", "K\u0041\u030a-1")]
"""A sign of GBK, and the usual one; forms that are mixed."""


@pytest.mark.parametrize(("sent", "later"), FORMS)
def test_a_reference_in_any_mixture_of_forms_is_the_same(store: Store, hand: Hand, sent: str, later: str) -> None:
    office = open_office(store, hand)
    given = application(1, "business-licence", {"registration-status": "存续"})
    taken = []
    for one in (sent, later):
        with store.begin() as tx:
            taken.append(intake.take(office, tx, replace(given, reference=one), "hall", hand()))
    assert (taken[0].new, taken[1].new, taken[1].case.id) == (True, False, taken[0].case.id)
    with store.read() as tx:
        assert tx.cases.get(taken[0].case.id).reference == sent
        for one in (sent, later):
            assert [held.id for held in tx.cases.page(agencies=None, only={"reference": one})] == [taken[0].case.id]
            assert tx.cases.digests("hall", [one]).keys() == {("bureau", one)}


@pytest.mark.differs
def test_a_reference_that_comes_in_two_forms_at_once_is_one_case(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    given = application(1, "business-licence", {"registration-status": "存续"})

    def send(reference: str) -> str:
        while True:
            with suppress(Stale), store.begin() as tx:
                return intake.take(office, tx, replace(given, reference=reference), "hall", hand()).case.id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(send, [one for _ in range(4) for one in FORMS[0]]))) == 1


def test_a_case_of_a_former_release_is_known_by_its_reference_in_either_form(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    given = application(1, "business-licence", {"registration-status": "存续"})
    given = replace(given, reference=unicodedata.normalize("NFD", "Zürich-1"))
    with store.begin() as tx:
        case_id = intake.take(office, tx, given, "hall", hand()).case.id
        tx.connection.execute(sa.update(case_file).values(digest=given.digest(as_sent=True), reference=given.reference))
    for again in (given, replace(given, reference=unicodedata.normalize("NFC", given.reference))):
        with store.begin() as tx:
            assert intake.take(office, tx, again, "hall", hand()).case.id == case_id
            assert not intake.correct(office, tx, case_id, again, "hall", hand()).corrected, "the same content changes nothing"
        with store.begin() as tx, pytest.raises(Conflict, match="reference_reused"):
            intake.take(office, tx, replace(again, claims=(replace(again.claims[0], value="注销"),)), "hall", hand())
